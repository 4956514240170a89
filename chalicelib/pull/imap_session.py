"""One read-only visit to a mail server, from the sign-in to the last mail.

imaplib speaks the protocol. What a refusal means is told by its response code (RFC 5530) and never
by its words.
"""

import base64
import contextlib
import imaplib
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.errors import (
    SourceAuthError,
    SourceContractError,
    SourceError,
    SourceRateLimited,
    SourceUnavailable,
)
from chalicelib.pull.imap_wire import BoundedImap, Connect, TooMuch, silent

PAUSE = timedelta(hours=1)

_CODE = re.compile(r"^\s*\[([A-Z-]+)")
_UID = re.compile(rb"\bUID (\d{1,10})\b")
_NOBODY = frozenset({"AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED", "PRIVACYREQUIRED"})
_NOT_NOW = frozenset({"UNAVAILABLE", "SERVERBUG", "INUSE"})
_TOO_OFTEN = frozenset({"LIMIT", "OVERQUOTA"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What the server holds of one mail: its attributes as they came, and the part asked for."""

    attributes: bytes
    content: bytes


class MailVisit:
    """What a mailbox needs of a server, after the sign-in. Every method raises a SourceError."""

    def __init__(self, server: BoundedImap, host: str, now: datetime) -> None:
        self._server = server
        self._host = host
        self._now = now

    def sign_in(self, user: str, password: str) -> None:
        """As this user; the server's refusal is the owner's to mend."""
        capabilities = {str(one).upper() for one in self._server.capabilities}
        try:
            if "AUTH=PLAIN" in capabilities:
                said = f"\0{user}\0{password}".encode()
                self._server.authenticate("PLAIN", lambda _: said)
            else:
                self._server.login(user, password)
        except imaplib.IMAP4.abort:
            raise
        except UnicodeEncodeError as error:
            raise self._no_entry() from error
        except imaplib.IMAP4.error as error:
            known = self._meaning(_text(error.args[0] if error.args else ""))
            raise (known or self._no_entry()) from error

    def examine(self, folder: str) -> str:
        """Open a folder for reading only; its UIDVALIDITY, under which its numbers hold."""
        kind, said = self._server.select(_quoted(_utf7(folder)), readonly=True)
        if kind != "OK":
            raise self._meaning(_text(said[0])) or SourceContractError(
                f"{self._host} opens no folder of that name",
                advice="Put the folder's name into heedful.toml as the mail server writes it.",
            )
        validity = self._server.response("UIDVALIDITY")[1]
        found = _text(validity[-1]) if validity and validity[-1] is not None else ""
        if not found.isdigit():
            raise self._broken("no UIDVALIDITY")
        return found

    def search(self, criteria: Sequence[str]) -> list[int]:
        """The numbers of the mails that meet them, lowest first."""
        kind, said = self._server.uid("SEARCH", *criteria)
        if kind != "OK":
            raise self._refused(said)
        words = b" ".join(part for part in said if isinstance(part, bytes)).split()
        if not all(word.isdigit() and len(word) <= 10 for word in words):
            raise self._broken("odd numbers of mails")
        return sorted({int(word) for word in words})

    def fetch(self, uids: Sequence[int], part: str) -> dict[int, Fetched]:
        """That part of each mail that is there. A refusal that may pass raises; any other leaves
        a mail out, so that one bad mail loses no other."""
        kind, said = self._server.uid("FETCH", ",".join(map(str, uids)), f"({part})")
        if kind == "OK":
            found = {uid: one for uid, one in _read_fetched(said) if uid in uids}
            if not found:
                # It named them a moment ago; the next look asks anew.
                raise silent(self._host)
            return found
        known = self._meaning(_text(said[0] if said else ""))
        if known is not None:
            raise known
        if len(uids) == 1:
            return {}
        return {uid: one for each in uids for uid, one in self.fetch([each], part).items()}

    def _meaning(self, said: str) -> SourceError | None:
        code = _CODE.match(said)
        name = code.group(1) if code else ""
        if name in _NOBODY:
            return self._no_entry()
        if name in _NOT_NOW:
            return SourceUnavailable(
                f"{self._host} has trouble of its own",
                advice="Nothing to do unless it lasts: the next look tries again.",
            )
        if name in _TOO_OFTEN:
            return SourceRateLimited(
                f"{self._host} asks for a pause",
                advice="Nothing to do: the next look waits an hour.",
                retry_at=self._now + PAUSE,
            )
        return None

    def _refused(self, said: Sequence[object]) -> SourceError:
        return self._meaning(_text(said[0] if said else "")) or self._broken("a refusal")

    def _no_entry(self) -> SourceAuthError:
        return SourceAuthError(
            f"{self._host} does not let this user in",
            advice="Make an app password for this mailbox, see that IMAP is switched on, and store "
            "the password as the secret.",
        )

    def _broken(self, what: str) -> SourceContractError:
        return SourceContractError(
            f"{self._host} sends {what}",
            advice="Check host and folder in heedful.toml: this is no usual mail server.",
        )


@contextmanager
def visit(
    host: str,
    *,
    connect: Connect,
    now: datetime,
    stopwatch: Callable[[], float] = time.monotonic,
) -> Iterator[MailVisit]:
    """A visit that ends with the block. Raises a SourceError for all that goes wrong in it."""
    server: BoundedImap | None = None
    try:
        server = BoundedImap(host, connect, stopwatch)
        yield MailVisit(server, host, now)
    except TooMuch as error:
        raise SourceContractError(
            f"{host} sends more than a visit may bring",
            advice="Let a filter put the notifications into a folder of their own and name that.",
        ) from error
    except imaplib.IMAP4.abort as error:
        raise silent(host) from error
    except imaplib.IMAP4.error as error:
        if _text(error.args[0] if error.args else "").startswith("* BYE"):
            raise silent(host) from error
        raise SourceContractError(
            f"{host} does not speak IMAP as it should",
            advice="Check host in heedful.toml: it must be the server for incoming mail (IMAP).",
        ) from error
    except OSError as error:
        raise silent(host) from error
    finally:
        if server is not None:
            with contextlib.suppress(imaplib.IMAP4.error, OSError, TooMuch):
                server.shutdown()


def _read_fetched(said: Sequence[object]) -> Iterator[tuple[int, Fetched]]:
    # imaplib gives a pair (attributes before a literal, the literal) and then what follows it.
    # A mail without content comes in one piece, and so does news of marks that nobody asked for.
    for place, one in enumerate(said):
        if isinstance(one, tuple):
            after = said[place + 1] if place + 1 < len(said) else b""
            attributes = one[0] + b" " + (after if isinstance(after, bytes) else b"")
            content = one[1]
        elif isinstance(one, bytes) and b"BODY[" in one:
            attributes, content = one, b""
        else:
            continue
        found = _UID.search(attributes)
        if found:
            yield int(found.group(1)), Fetched(attributes=attributes, content=content)


def _text(said: object) -> str:
    return said.decode("ascii", "replace") if isinstance(said, bytes) else str(said or "")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _utf7(name: str) -> str:
    """A folder's name as IMAP writes it: RFC 3501, section 5.1.3."""

    def shifted(found: re.Match[str]) -> str:
        if found.group() == "&":
            return "&-"
        coded = base64.b64encode(found.group().encode("utf-16-be")).decode()
        return "&" + coded.rstrip("=").replace("/", ",") + "-"

    return re.sub(r"&|[^\x20-\x7e]+", shifted, name)
