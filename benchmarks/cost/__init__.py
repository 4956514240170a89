"""What a month costs: every billable call of a simulated month, at list price.

Real handlers, the real adapters, clients that count instead of calling AWS.
"""
