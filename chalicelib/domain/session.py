"""Signing in: a link by e-mail that works once, and the session that it begins.

Roles: an owner does everything, staff answer customers and close cases, read-only looks.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SIGN_IN_LIVES = timedelta(minutes=15)
SESSION_LIVES = timedelta(hours=12)
ABOUT_SIGN_IN = "sign-in-"
# Anybody can type a contact's address: so many mails a day it can make us send to one contact.
MAILS_A_DAY = 20


def about_sign_in(now: datetime) -> str:
    """What stands in the mail's notification where others have their incident.

    It names the minute: whoever presses twice gets one mail.
    """
    return f"{ABOUT_SIGN_IN}{now:%Y-%m-%dT%H-%M}"


def is_about_sign_in(incident_id: str) -> bool:
    """True when a notification or a link is for signing in and about no incident."""
    return incident_id.startswith(ABOUT_SIGN_IN)


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

    def holds(self, epoch: int, now: datetime) -> bool:
        """True until it expires or its contact signs out everywhere."""
        return self.epoch == epoch and now < self.expires_at


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
