"""Troubles: what may be said of an error, and how often a write that lost is tried again."""

from chalicelib.domain.errors import kind_and_place

TRIES = 5


def name_of_failure(error: Exception) -> str:
    """What the log may say of an error: its kind and its place, never its words."""
    return kind_and_place(error)


def trouble_of(business_id: str, error: Exception) -> str:
    """A trouble of one business, for a report."""
    return f"{business_id}: {kind_and_place(error)}"
