"""Notifications of new reviews in a mailbox (contracts A15): works for every platform that mails.

The folder is opened with EXAMINE and read with PEEK: nothing in it changes, no mail is marked as
read. Only heads are fetched until a head shows one of the named senders, so other mail stays
unread. The cursor holds the folder's UIDVALIDITY and the number seen last; with another validity
the numbers mean other mails, and the walk begins anew: the same mails come under the same ids.
A notification tells nothing of edits and deletions, and a mail that is tidied away is no deletion.
"""

import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from chalicelib.domain.errors import SettingsError
from chalicelib.domain.feedback import Feedback, FeedbackKind, Page
from chalicelib.ports import PullContext, SourceKind
from chalicelib.pull.imap_session import Fetched, MailVisit, visit
from chalicelib.pull.imap_wire import Connect, connect_publicly
from chalicelib.pull.mail_text import Mail, between, is_from, moment_of, read_mail, stars_in

PAGE_SIZE = 100
# Of one mail; the rest is a picture or a list of offers.
MAIL_LIMIT = 256 * 1024
# How far back the first walk reads.
HISTORY = timedelta(days=365)
# After this a page ends early and the cursor stands at the last mail read.
PAGE_SECONDS = 15.0
FIELDS = "FROM SUBJECT DATE MESSAGE-ID AUTHENTICATION-RESULTS"
HEAD = f"UID INTERNALDATE BODY.PEEK[HEADER.FIELDS ({FIELDS})]"
WHOLE = f"UID INTERNALDATE BODY.PEEK[]<0.{MAIL_LIMIT}>"
# Not by strftime, which writes them in the language of the machine.
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ARRIVED = re.compile(rb'INTERNALDATE "([^"]{10,40})"')
_HOST = re.compile(r"(?=.{4,253}$)([A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class ImapMailbox:
    """One folder. Options: `host`, `user`, `senders`; `folder`, `subjects`, `text_after`,
    `text_before`."""

    def __init__(
        self,
        context: PullContext,
        *,
        connect: Connect = connect_publicly,
        stopwatch: Callable[[], float] = time.monotonic,
        page_size: int = PAGE_SIZE,
    ) -> None:
        options = context.settings.options
        self._context = context
        self._now = context.now
        self._connect = connect
        self._stopwatch = stopwatch
        self._page_size = page_size
        self._host = _line(options.get("host"), "host")
        self._user = _line(options.get("user"), "user")
        self._folder = _line(options.get("folder", "INBOX"), "folder")
        self._senders = tuple(one.lower() for one in _lines(options.get("senders"), "senders"))
        self._subjects = tuple(
            one.casefold() for one in _lines(options.get("subjects"), "subjects")
        )
        self._after = _lines(options.get("text_after"), "text_after")
        self._before = _lines(options.get("text_before"), "text_before")
        if not _HOST.fullmatch(self._host):
            raise SettingsError('host of an imap source is a name like "imap.example.com"')
        if not self._senders:
            raise SettingsError(
                "senders of an imap source names who sends the notifications, for example "
                '["reviews.example.com"]'
            )
        if not context.secrets or not context.secrets[0]:
            raise SettingsError("the secret of an imap source is the mailbox's (app) password")

    def fetch(self, cursor: Mapping[str, object]) -> Page:
        """The mails after the number in the cursor, oldest first. Raises a SourceError."""
        began = self._stopwatch()
        with visit(
            self._host, connect=self._connect, now=self._now, stopwatch=self._stopwatch
        ) as server:
            server.sign_in(self._user, self._context.secrets[0])
            validity = server.examine(self._folder)
            seen = cursor.get("uid") if cursor.get("validity") == validity else 0
            last = seen if isinstance(seen, int) else 0
            waiting = [uid for uid in server.search(_criteria(last, self._now)) if uid > last]
            wanted = waiting[: self._page_size]
            heads = server.fetch(wanted, HEAD) if wanted else {}
            said: list[Feedback] = []
            refused = 0
            for place, uid in enumerate(wanted):
                # One mail at least, or a slow server would never let a look get on.
                if place and self._stopwatch() - began > PAGE_SECONDS:
                    break
                last = uid
                found = self._read(server, uid, heads.get(uid))
                if found is None:
                    refused += 1
                elif isinstance(found, Feedback):
                    said.append(found)
        return Page(
            feedback=tuple(said),
            cursor={"validity": validity, "uid": last},
            is_complete=not waiting or last == waiting[-1],
            refused=refused,
        )

    def _read(self, server: MailVisit, uid: int, head: Fetched | None) -> Feedback | bool | None:
        """The feedback; False for a mail that is not ours to read, None for one that cannot be."""
        if head is None:
            return None
        try:
            known = read_mail(head.content)
        except ValueError:
            return None
        if not is_from(known.sender, self._senders) or not self._is_told_by(known.subject):
            return False
        if known.is_forged:
            return None
        whole = server.fetch([uid], WHOLE).get(uid)
        if whole is None:
            return None
        try:
            return self._feedback(read_mail(whole.content), whole.attributes)
        except (ValueError, OverflowError):
            return None

    def _is_told_by(self, subject: str) -> bool:
        return not self._subjects or any(one in subject.casefold() for one in self._subjects)

    def _feedback(self, mail: Mail, attributes: bytes) -> Feedback | None:
        text = between(mail.text, self._after, self._before)
        if not text and not mail.subject:
            return None
        sent_at = mail.sent_at or _arrived(attributes) or self._now
        business = self._context.business
        return Feedback(
            business_id=business.business_id,
            source=self._context.settings.name,
            external_id=mail.key,
            kind=FeedbackKind.REVIEW,
            text=text or mail.subject,
            written_at=sent_at,
            updated_at=sent_at,
            stars=stars_in(mail.subject, mail.text),
            location=self._place_named_in(f"{mail.subject}\n{mail.text}"),
        ).clamped(self._now)

    def _place_named_in(self, text: str) -> str:
        """The one location whose name the mail holds, else the source's own."""
        names = self._context.business.location_ids
        found = {place for name, place in names.items() if name.casefold() in text.casefold()}
        return found.pop() if len(found) == 1 else self._context.settings.location


def _criteria(last: int, now: datetime) -> list[str]:
    since = (now - HISTORY).astimezone(UTC)
    # Not by FROM: servers look for that in the display name too, and each in its own way.
    return [
        *(("UID", f"{last + 1}:*") if last else ()),
        "SINCE",
        f"{since.day}-{MONTHS[since.month - 1]}-{since.year}",
    ]


def _arrived(attributes: bytes) -> datetime | None:
    found = _ARRIVED.search(attributes)
    return (
        moment_of(found.group(1).decode("ascii", "replace").replace("-", " ", 2)) if found else None
    )


def _line(value: object, name: str) -> str:
    if not isinstance(value, str) or not value.strip() or _CONTROL.search(value):
        raise SettingsError(f"{name} of an imap source must be one line of text")
    return value.strip()


def _lines(value: object, name: str) -> tuple[str, ...]:
    if value is None:
        return ()
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list | tuple):
        raise SettingsError(f"{name} of an imap source must be a list of texts")
    return tuple(_line(one, name) for one in given)


KIND = SourceKind(
    name="imap",
    title="Notifications of reviews in a mailbox (IMAP)",
    required={
        "host": "the server for incoming mail, for example imap.example.com",
        "user": "the name that signs in, mostly the e-mail address",
        "senders": "who sends the notifications: addresses or domains",
    },
    optional={
        "folder": "the folder they lie in; INBOX if not said",
        "subjects": "words of which the subject of a notification holds one",
        "text_after": "words after which the customer's own begin",
        "text_before": "words before which the customer's own end",
    },
    needs_secret=True,
    build=ImapMailbox,
    secret_form="the mailbox's password, an app password where the provider has them",  # noqa: S106
)
