"""Twenty-six ways in which a mail server can misbehave: what `faults.py` is to HTTP.

A trial looks once while all is well, once while the server misbehaves, and once more when it is
well again.
"""

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.domain.errors import (
    SourceAuthError,
    SourceContractError,
    SourceError,
    SourceRateLimited,
    SourceUnavailable,
)
from chalicelib.pull.imap_session import PAUSE
from chalicelib.pull.imap_wire import VISIT_LIMIT
from tests.pull.played.mailbox import PASSWORD, Misbehave, PlayedMailbox, Wire
from tests.pull.playing import Stage, playing


@dataclass(frozen=True, slots=True)
class MailboxFault:
    """One way to misbehave at one command, and the error it must end in."""

    name: str
    expected: type[SourceError]
    command: str
    answer: Callable[[str, Wire], None]
    seconds: float = 0.0

    @property
    def misbehave(self) -> Misbehave:
        """What the server does: true when this is the command."""

        def act(command: str, tag: str, wire: Wire) -> bool:
            if not command.startswith(self.command) or self.answer is _as_usual:
                return False
            self.answer(tag, wire)
            return True

        return act


def _no(code: str) -> Callable[[str, Wire], None]:
    return lambda tag, wire: wire.say(f"{tag} NO {code} in words of its own")


def _say(*lines: str) -> Callable[[str, Wire], None]:
    return lambda tag, wire: wire.say(*(line.replace("TAG", tag) for line in lines))


def _hang_up(tag: str, wire: Wire) -> None:
    wire.close()


def _say_nothing(tag: str, wire: Wire) -> None:
    wire.line()


def _as_usual(tag: str, wire: Wire) -> None:
    raise AssertionError("nobody gets this far")


def _flood(tag: str, wire: Wire) -> None:
    for _ in range(40):
        wire.raw(b"x" * 65_536)


def _break_off(tag: str, wire: Wire) -> None:
    wire.raw(b"* 1 FETCH (UID 1 BODY[] {500}\r\nSubject: half")
    wire.close()


IN = "AUTHENTICATE"
MAILBOX_FAULTS = (
    MailboxFault("hangs up", SourceUnavailable, "GREETING", _hang_up),
    MailboxFault("says nothing", SourceUnavailable, "GREETING", _say_nothing),
    MailboxFault("drips", SourceUnavailable, "GREETING", _as_usual, seconds=30.0),
    MailboxFault("is no mail server", SourceUnavailable, "GREETING", _say("SSH-2.0-odd")),
    MailboxFault("is for sending", SourceUnavailable, "GREETING", _say("220 mail ready")),
    MailboxFault("is full", SourceUnavailable, "GREETING", _say("* BYE too many")),
    MailboxFault("floods", SourceContractError, "GREETING", _flood),
    MailboxFault("knows too little", SourceContractError, "CAPABILITY", _say("TAG BAD what")),
    MailboxFault("refuses the password", SourceAuthError, IN, _no("[AUTHENTICATIONFAILED]")),
    MailboxFault("refuses without a code", SourceAuthError, IN, _no("")),
    MailboxFault("wants a new password", SourceAuthError, IN, _no("[EXPIRED]")),
    MailboxFault("cannot ask its list", SourceUnavailable, IN, _no("[UNAVAILABLE]")),
    MailboxFault("was asked too often", SourceRateLimited, IN, _no("[LIMIT]")),
    MailboxFault("throws out", SourceUnavailable, IN, _say("* BYE go")),
    MailboxFault("has no such folder", SourceContractError, "EXAMINE", _no("[NONEXISTENT]")),
    MailboxFault("gives no folder", SourceContractError, "EXAMINE", _no("")),
    MailboxFault("has no validity", SourceContractError, "EXAMINE", _say("TAG OK done")),
    MailboxFault("will not search", SourceContractError, "UID SEARCH", _say("TAG BAD what")),
    MailboxFault("finds no time", SourceRateLimited, "UID SEARCH", _no("[OVERQUOTA]")),
    MailboxFault(
        "has odd numbers", SourceContractError, "UID SEARCH", _say("* SEARCH x", "TAG OK a")
    ),
    MailboxFault("keeps the mails", SourceUnavailable, "UID FETCH", _say("TAG OK done")),
    MailboxFault("breaks down", SourceUnavailable, "UID FETCH", _no("[SERVERBUG]")),
    MailboxFault("breaks off", SourceUnavailable, "UID FETCH", _break_off),
    MailboxFault("goes away", SourceUnavailable, "UID FETCH", _hang_up),
    MailboxFault(
        "announces a bomb",
        SourceContractError,
        "UID FETCH",
        _say(f"* 1 FETCH (UID 1 BODY[] {{{VISIT_LIMIT + 1}}}"),
    ),
    MailboxFault("strays", SourceUnavailable, "UID FETCH", _say("* 9 FETCH (UID 99)", "TAG OK a")),
)


def try_mailbox_fault(fault: MailboxFault) -> str:
    """Empty when a mailbox takes this fault as it must; else what is wrong, in words."""
    played = PlayedMailbox()
    with playing(played) as stage:
        played.write(3)
        stage.look()
        before = stage.store.state
        played.write(1)
        played.misbehave, played.leap = fault.misbehave, fault.seconds
        mistake = _misbehave(stage, fault)
        if mistake:
            return mistake
        if stage.queued or stage.store.state != before:
            return "the row or the queue changed"
        played.misbehave, played.leap = lambda command, tag, wire: False, 0.0
        stage.look()
        came = [one.external_id for one in stage.queued]
        if came != ["4@reviews.example.com"]:
            return f"{len(came)} instead of 1 come when all is well again"
    return ""


def _misbehave(stage: Stage, fault: MailboxFault) -> str:
    try:
        stage.look()
    except SourceError as error:
        if type(error) is not fault.expected:
            return f"{type(error).__name__}: {error}"
        if not error.advice.endswith(".") or len(error.advice) < 20:
            return f"the advice is no sentence: {error.advice!r}"
        if PASSWORD in str(error):
            return "the password is told"
        if isinstance(error, SourceRateLimited) and error.retry_at != stage.now + PAUSE:
            return "the pause is not an hour"
        return ""
    return "nothing was raised"
