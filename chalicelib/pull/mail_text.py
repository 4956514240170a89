"""What a notification mail says: sender, subject, date, text and stars.

Mails come broken in every way, so each part is read for itself and the rest of the mail survives
it. Headers are read with the old, lenient policy: the newer one raises on odd headers.
"""

import email
import email.errors
import email.header
import email.message
import email.policy
import email.utils
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.pull.plain_text import clean, from_html

# A notification has three parts; what has more than this is meant to cost time.
PARTS_LIMIT = 50
HEADER_LIMIT = 2_000
_NESTED = re.compile(rb"multipart/|message/rfc822", re.IGNORECASE)
_ONLY_A_LINK = re.compile(r"[<(\[]?https?://\S+")
_DMARC_FAILS = re.compile(r"\bdmarc\s*=\s*fail\b", re.IGNORECASE)
# Not the 5 of "4.5 stars" and not the 1/5 of a date.
_IN_WORDS = re.compile(
    r"(?<![\d.,/])([1-5])(?:[.,]0)?\s*(?:/|out of|von|sur|su|de|van|av|af|z)\s*5(?![\d/]|[.,]\d)"
    r"|(?<![\d.,/])([1-5])[ -]?"
    r"(?:stars?|sterne?n?|étoiles?|estrellas?|estrelas?|stelle|stella|sterren)\b",
    re.IGNORECASE,
)
_DRAWN = re.compile("([★⭐🌟](?:\ufe0f?[★⭐🌟]){0,4})\ufe0f?(?:[☆✩](?:\ufe0f?[☆✩]){0,4})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail in plain words. `sender` is one address in small letters, or "" when it names none or
    several; `is_forged` when the receiving server says so; `key` stays the same wherever the mail
    is moved to."""

    key: str
    sender: str
    subject: str
    sent_at: datetime | None
    text: str
    is_forged: bool


def read_mail(raw: bytes) -> Mail:
    """A mail, or its head alone. Raises ValueError for what is none."""
    # Python's parser takes time with the square of the depth: a second for some hundred frames.
    if len(_NESTED.findall(raw)) > PARTS_LIMIT:
        raise ValueError("a mail of too many parts")
    try:
        message = email.message_from_bytes(raw, policy=email.policy.compat32)
        subject, sender = _header(message, "Subject"), _sender(message)
        sent_at, text = _sent_at(message), _text(message)
        key = _header(message, "Message-ID").strip("<> ")
    except (LookupError, TypeError, AttributeError, RecursionError, AssertionError) as error:
        raise ValueError("not a mail that can be read") from error
    dated = "" if sent_at is None else sent_at.isoformat()
    said = "\0".join((sender, subject, dated, text)).encode("utf-8", "replace")
    # Only the topmost is the receiving server's own; a sender can write more of them below.
    judged = message.get_all("Authentication-Results") or [""]
    return Mail(
        key=key or hashlib.sha256(said).hexdigest(),
        sender=sender,
        subject=subject,
        sent_at=sent_at,
        text=text,
        is_forged=bool(_DMARC_FAILS.search(str(judged[0])[:HEADER_LIMIT])),
    )


def is_from(sender: str, senders: Sequence[str]) -> bool:
    """Whether an address is one of these, or lies in one of these domains or below."""
    domain = sender.rpartition("@")[2]
    return bool(sender) and any(
        sender == one or domain == one.lstrip("@") or domain.endswith("." + one.lstrip("@."))
        for one in senders
        if one
    )


def between(text: str, after: Sequence[str], before: Sequence[str]) -> str:
    """What stands after the first of these marks and before the first of those; all of it where a
    mark is missing, so that a new layout of the mails loses nothing."""
    starts = [(text.find(mark), len(mark)) for mark in after if mark in text]
    if starts:
        place, length = min(starts)
        text = text[place + length :]
    ends = [text.find(mark) for mark in before if mark in text]
    return text[: min(ends)].strip() if ends and text[: min(ends)].strip() else text.strip()


def stars_in(*texts: str) -> float | None:
    """The one rating that the first of these texts names that names any; None for several."""
    for text in texts:
        found = {float(one.group(1) or one.group(2)) for one in _IN_WORDS.finditer(text)}
        found |= {
            float(sum(sign in "★⭐🌟" for sign in one.group(1))) for one in _DRAWN.finditer(text)
        }
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _header(message: email.message.Message, name: str) -> str:
    value = message.get(name)
    if value is None:
        return ""
    parts = []
    try:
        for part, charset in email.header.decode_header(str(value)[:HEADER_LIMIT]):
            parts.append(part if isinstance(part, str) else _decoded(part, charset))
    except (email.errors.MessageError, ValueError):
        parts = [str(value)[:HEADER_LIMIT]]
    return " ".join(clean("".join(parts)).split())


def _decoded(part: bytes, charset: str | None) -> str:
    try:
        return part.decode(charset or "utf-8", "replace")
    except LookupError:
        return part.decode("utf-8", "replace")


def _sender(message: email.message.Message) -> str:
    # Undecoded: a display name may hold what looks like an address once it is decoded.
    written = [str(value)[:HEADER_LIMIT] for value in message.get_all("From") or []][:2]
    found = [address for _, address in email.utils.getaddresses(written) if "@" in address]
    return found[0].strip().lower() if len(found) == 1 else ""


def _sent_at(message: email.message.Message) -> datetime | None:
    return moment_of(str(message.get("Date") or "")[:100])


def moment_of(written: str) -> datetime | None:
    """A date as mails (and IMAP, with hyphens) write it; UTC where it names no zone."""
    try:
        found = email.utils.parsedate_to_datetime(written)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def _text(message: email.message.Message) -> str:
    plain: list[str] = []
    markup: list[str] = []
    for count, part in enumerate(message.walk()):
        if count >= PARTS_LIMIT:
            break
        kind = part.get_content_type()
        if kind not in ("text/plain", "text/html") or part.get_filename():
            continue
        body = part.get_payload(decode=True)
        if isinstance(body, bytes):
            charset = part.get_content_charset()
            (plain if kind == "text/plain" else markup).append(_decoded(body, charset))
    text = clean("\n".join(plain)) or "\n".join(from_html(one) for one in markup)
    lines = [line for line in text.split("\n") if not _ONLY_A_LINK.fullmatch(line.strip())]
    # What follows two hyphens and a space is a signature, by custom.
    for place, line in enumerate(lines):
        if line.strip() == "--" and any(lines[:place]):
            lines = lines[:place]
            break
    return clean("\n".join(lines))
