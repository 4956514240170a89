"""Putting things into words: the message catalogue and what messages and pages say alike.

A leaf: it imports the domain and the standard library, and `alert`, `pages` and `recover` read it.
"""
