"""A mail server, played: IMAP over a pair of sockets, read-only, with what platforms mail."""

import base64
import re
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any, ClassVar

from chalicelib.pull.imap_mailbox import KIND, MAIL_LIMIT, ImapMailbox
from tests.pull.playing import Played

PASSWORD = "pass ünd word"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
HEADERS = ("From", "Subject", "Date", "Message-ID", "Authentication-Results", "Content-Type")
_FETCH = re.compile(r"UID FETCH ([\d,]+) \((.*)\)")
# Takes a command and the wire; True when it has answered in its own way.
Misbehave = Callable[[str, str, "Wire"], bool]


class Wire:
    """The server's end of one connection."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._read = end.makefile("rb")

    def line(self) -> str:
        """The next line of the client; "" when it is gone."""
        return self._read.readline().decode().rstrip("\r\n")

    def say(self, *lines: str | bytes) -> None:
        """These lines."""
        for one in lines:
            self.raw((one if isinstance(one, bytes) else one.encode()) + b"\r\n")

    def raw(self, sent: bytes) -> None:
        """These bytes."""
        self._end.sendall(sent)

    def close(self) -> None:
        """Hang up."""
        self._read.close()
        self._end.close()


class PlayedMailbox(Played):
    """A folder into which a platform mails each review; three mails a page."""

    kind = KIND
    options: Mapping[str, object] = {
        "host": "imap.example.com",
        "user": "owner@bakery.example",
        "senders": ["reviews.example.com"],
        "folder": "Kritiken & Lob/Gute für uns",
    }
    secrets: tuple[str, ...] = (PASSWORD,)
    faulty = "imap.example.com"
    fields: ClassVar = {
        "Message-ID": "external_id",
        "Subject": "stars",
        "Date": "written_at",
        "body": "text",
    }
    has_edits = has_deletions = False
    capabilities = "IMAP4rev1 AUTH=PLAIN"

    def __init__(self) -> None:
        super().__init__()
        self.kind = replace(
            KIND,
            build=lambda context: ImapMailbox(
                context, connect=self.connect, stopwatch=self.stopwatch, page_size=3
            ),
        )
        self.validity = 7
        self.commands: list[str] = []
        self.misbehave: Misbehave = lambda command, tag, wire: False
        self.seconds = self.leap = 0.0

    def stopwatch(self) -> float:
        """Seconds, as the test lets them pass."""
        self.seconds += self.leap
        return self.seconds

    def connect(self, host: str) -> socket.socket:
        """A connection, with its server behind it."""
        client, server = socket.socketpair()
        client.settimeout(0.3)
        threading.Thread(target=self.serve, args=(server,), daemon=True).start()
        return client

    def entry(self, number: int, moment: datetime) -> dict[str, Any]:
        """A notification. `uid` and `arrived` are the server's own."""
        return {
            "uid": number,
            "arrived": moment + timedelta(seconds=9),
            "Message-ID": f"<{number}@reviews.example.com>",
            "From": "Reviews <noreply@reviews.example.com>",
            "Subject": f"A customer left {number % 5 + 1} stars",
            "Date": format_datetime(moment),
            "body": f"The bread was cold, number {number}",
        }

    def serve(self, end: socket.socket) -> None:
        """Speak with one client until it hangs up."""
        wire = Wire(end)
        try:
            if not self.misbehave("GREETING", "*", wire):
                wire.say("* OK ready")
                while line := wire.line():
                    self._answer(line, wire)
        except (OSError, ValueError):
            # The client is gone, or the server hung up on purpose.
            pass
        finally:
            wire.close()

    def _answer(self, line: str, wire: Wire) -> None:
        tag, _, command = line.partition(" ")
        self.commands.append(command)
        if self.misbehave(command, tag, wire):
            return
        if command == "CAPABILITY":
            wire.say(f"* CAPABILITY {self.capabilities}")
        elif command == "AUTHENTICATE PLAIN":
            wire.say("+ ")
            said = base64.b64decode(wire.line()).decode()
            assert said == f"\0owner@bakery.example\0{PASSWORD}", said
        elif command.startswith("LOGIN "):
            assert command == 'LOGIN owner@bakery.example "plain pass"', command
        elif command.startswith("EXAMINE "):
            assert command == 'EXAMINE "Kritiken &- Lob/Gute f&APw-r uns"', command
            wire.say(
                f"* {len(self.entries)} EXISTS", f"* OK [UIDVALIDITY {self.validity}] so it is"
            )
        elif command.startswith("UID SEARCH "):
            wire.say("* SEARCH " + " ".join(str(uid) for uid in self._found(command)))
        elif command.startswith("UID FETCH "):
            self._send_mails(command, wire)
        else:
            raise AssertionError(command)
        wire.say(f"{tag} OK done")

    def _found(self, command: str) -> list[int]:
        uids = sorted(entry["uid"] for entry in self.entries)
        asked = re.search(r"UID (\d+):\*", command)
        if asked is None:
            return uids
        # The star means the last mail, however small its number.
        return [uid for uid in uids if uid >= int(asked.group(1))] or uids[-1:]

    def _send_mails(self, command: str, wire: Wire) -> None:
        asked = _FETCH.fullmatch(command)
        assert asked is not None, command
        assert "BODY.PEEK[" in asked.group(2)
        for uid in map(int, asked.group(1).split(",")):
            found = [entry for entry in self.entries if entry["uid"] == uid]
            for entry in found:
                wire.say(f"* {uid} FETCH (FLAGS (\\Seen) UID {uid})")
                whole = asked.group(2).endswith(f"BODY.PEEK[]<0.{MAIL_LIMIT}>")
                content = raw_mail(entry) if whole else raw_mail({**entry, "body": ""})
                at: datetime = entry["arrived"]
                arrived = f"{at.day:2}-{MONTHS[at.month - 1]}-{at:%Y %H:%M:%S} +0000"
                wire.raw(
                    f'* 1 FETCH (INTERNALDATE "{arrived}" BODY[] {{{len(content)}}}\r\n'.encode()
                    + content
                    + f" UID {uid})\r\n".encode()
                )


def raw_mail(entry: dict[str, Any]) -> bytes:
    """The mail as it lies on the server."""
    if "raw" in entry:
        raw: bytes = entry["raw"]
        return raw
    head = "".join(f"{name}: {entry[name]}\r\n" for name in HEADERS if name in entry)
    return f"{head}\r\n{entry.get('body', '')}\r\n".encode()
