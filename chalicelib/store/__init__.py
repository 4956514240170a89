"""Keeps what was pulled and scored: one DynamoDB table, or its twin in memory; and the queues.

`rules` says what a write means, `keys` and `rows` how it lies in the table; `dynamodb` and `memory`
do it. Both pass the same contract tests.
"""
