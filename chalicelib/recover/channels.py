"""Where a reply is read: by everybody or by one person, how long it may be, and who posts it.

Heedful posts itself only where a site has an interface for it and one's own credential is enough
(see `pull.posting`); everywhere else a person copies the approved text.
"""

from collections.abc import Mapping
from dataclasses import dataclass

# A draft longer than this is read by nobody.
USUAL_LIMIT = 1_500


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """The place of a reply. `limit` is in characters, as the site counts them (contracts A)."""

    is_public: bool = True
    limit: int = USUAL_LIMIT
    is_posted: bool = False


_ELSEWHERE = Channel()
_PRIVATE = Channel(is_public=False)
_CHANNELS: Mapping[str, Channel] = {
    # Google cuts at 4,096 bytes, which is half as many letters of some languages.
    "google_business": Channel(limit=2_000, is_posted=True),
    "google_play": Channel(limit=350, is_posted=True),
    "app_store_connect": Channel(limit=2_000, is_posted=True),
    "trustpilot": Channel(limit=2_000, is_posted=True),
    # The name of whom we answer stands before it.
    "mastodon": Channel(limit=440, is_posted=True),
    "bluesky": Channel(limit=300, is_posted=True),
    # Our credential there reads and cannot write.
    "x": Channel(limit=280),
    **dict.fromkeys(
        (
            "survey", "typeform", "tally", "formbricks", "google_forms", "jotform",
            "surveymonkey", "zendesk_rating", "intercom_rating", "messages", "zendesk",
            "intercom", "imap",
        ),
        _PRIVATE,
    ),
}  # fmt: skip


def channel_of(kind: str) -> Channel:
    """The channel of a kind of source."""
    return _CHANNELS.get(kind, _ELSEWHERE)


def posted_kinds() -> frozenset[str]:
    """The kinds of source at which Heedful posts an approved reply itself."""
    return frozenset(kind for kind, channel in _CHANNELS.items() if channel.is_posted)
