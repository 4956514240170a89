"""Signing in: a link by e-mail that works once, and the session that it begins.

Roles: an owner does everything, staff answer customers and close cases, read-only looks.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SIGN_IN_LIVES = timedelta(minutes=15)
SESSION_LIVES = timedelta(hours=12)


class Role(StrEnum):
    """What a contact may do on the owner's pages."""

    OWNER = "owner"
    STAFF = "staff"
    READ_ONLY = "read_only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser of one contact. Only the hash of its cookie is kept.

    `epoch` is the contact's count of "sign out everywhere" when it began; a session of an older
    epoch is over.
    """

    token_hash: str
    business_id: str
    contact: str
    begun_at: datetime
    expires_at: datetime
    epoch: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who looks at the owner's pages: a contact by name, in that contact's language."""

    business_id: str
    contact: str
    role: Role
    language: str

    @property
    def may_act(self) -> bool:
        """False for whoever only looks."""
        return self.role is not Role.READ_ONLY
