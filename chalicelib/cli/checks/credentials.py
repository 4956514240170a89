"""How long a source's credential lasts, as far as the secret or the service says it."""

import json
from datetime import UTC, datetime, timedelta

# Long enough to do something about it, with a week-end in between.
WARN_BEFORE = timedelta(days=7)
NOT_NEEDED, UNTIL_REVOKED = "none needed", "until revoked"
# What `heedful connect` writes into a secret that ends some day.
EXPIRES_AT = "expires_at"
# Tokens that carry no end: it is counted from when they were stored.
LIVES_FOR = {"instagram": timedelta(days=60)}


def end_in_secret(secrets: tuple[str, ...]) -> datetime | None:
    """The end that the newest value carries, or None."""
    try:
        given = json.loads(secrets[0])
        moment = datetime.fromisoformat(given[EXPIRES_AT])
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (IndexError, ValueError, TypeError, KeyError, RecursionError):
        return None


def until_words(*, has_secret: bool, ends_at: datetime | None) -> str:
    """For the table."""
    if ends_at is not None:
        return f"{ends_at:%Y-%m-%d}"
    return UNTIL_REVOKED if has_secret else NOT_NEEDED
