"""Proofs: each runs by `./dev prove NAME` and ends with one line that holds its figure."""
