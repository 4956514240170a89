"""Twenty-six ways in which a mail server can misbehave, and who is let in at the door.

What the HTTP faults are to other sources (`faults.py`), these are to a mailbox.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chalicelib.domain.errors import (
    SourceAuthError,
    SourceContractError,
    SourceError,
    SourceRateLimited,
    SourceUnavailable,
)
from chalicelib.pull.imap_session import VISIT_LIMIT, connect_publicly, visit
from tests.pull.given import NOW
from tests.pull.played.mailbox import PASSWORD, Misbehave, PlayedMailbox, Wire
from tests.pull.playing import playing

HOST = "imap.example.com"


@dataclass(frozen=True, slots=True)
class Fault:
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
            if not command.startswith(self.command):
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


def _drip(tag: str, wire: Wire) -> None:
    for _ in range(9):
        wire.raw(b"* ")


def _flood(tag: str, wire: Wire) -> None:
    for _ in range(40):
        wire.raw(b"x" * 65_536)


def _break_off(tag: str, wire: Wire) -> None:
    wire.raw(b"* 1 FETCH (UID 1 BODY[] {500}\r\nSubject: half")
    wire.close()


IN = "AUTHENTICATE"
FAULTS = (
    Fault("hangs up", SourceUnavailable, "GREETING", _hang_up),
    Fault("says nothing", SourceUnavailable, "GREETING", _say_nothing),
    Fault("drips", SourceUnavailable, "GREETING", _drip, seconds=30.0),
    Fault("is no mail server", SourceUnavailable, "GREETING", _say("SSH-2.0-odd")),
    Fault("is for sending", SourceUnavailable, "GREETING", _say("220 mail ready")),
    Fault("is full", SourceUnavailable, "GREETING", _say("* BYE too many")),
    Fault("floods", SourceContractError, "GREETING", _flood),
    Fault("knows too little", SourceContractError, "CAPABILITY", _say("TAG BAD what")),
    Fault("refuses the password", SourceAuthError, IN, _no("[AUTHENTICATIONFAILED]")),
    Fault("refuses without a code", SourceAuthError, IN, _no("")),
    Fault("wants a new password", SourceAuthError, IN, _no("[EXPIRED]")),
    Fault("cannot ask its list", SourceUnavailable, IN, _no("[UNAVAILABLE]")),
    Fault("was asked too often", SourceRateLimited, IN, _no("[LIMIT]")),
    Fault("throws out", SourceUnavailable, IN, _say("* BYE go")),
    Fault("has no such folder", SourceContractError, "EXAMINE", _no("[NONEXISTENT]")),
    Fault("gives no folder", SourceContractError, "EXAMINE", _no("")),
    Fault("has no validity", SourceContractError, "EXAMINE", _say("TAG OK done")),
    Fault("will not search", SourceContractError, "UID SEARCH", _say("TAG BAD what")),
    Fault("finds no time", SourceRateLimited, "UID SEARCH", _no("[OVERQUOTA]")),
    Fault("has odd numbers", SourceContractError, "UID SEARCH", _say("* SEARCH 4 x", "TAG OK a")),
    Fault("keeps the mails", SourceUnavailable, "UID FETCH", _say("TAG OK done")),
    Fault("breaks down", SourceUnavailable, "UID FETCH", _no("[SERVERBUG]")),
    Fault("breaks off", SourceUnavailable, "UID FETCH", _break_off),
    Fault("goes away", SourceUnavailable, "UID FETCH", _hang_up),
    Fault(
        "announces a bomb",
        SourceContractError,
        "UID FETCH",
        _say(f"* 1 FETCH (UID 1 BODY[] {{{VISIT_LIMIT + 1}}}"),
    ),
    Fault("talks of others", SourceUnavailable, "UID FETCH", _say("* 9 FETCH (UID 99)", "TAG OK")),
)


def test_there_are_twenty_six_faults() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) == 26


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_leaves_the_row_as_it_was_and_says_what_to_do(fault: Fault) -> None:
    played = PlayedMailbox()
    with playing(played) as stage:
        played.write(3)
        stage.look()
        assert len(stage.queued) == 3
        before = stage.store.state
        played.write(1)
        played.misbehave, played.leap = fault.misbehave, fault.seconds

        with pytest.raises(SourceError) as caught:
            stage.look()

        assert type(caught.value) is fault.expected, caught.value
        assert caught.value.advice.endswith(".")
        assert PASSWORD not in str(caught.value)
        assert (stage.queued, stage.store.state) == ([], before)
        if isinstance(caught.value, SourceRateLimited):
            assert caught.value.retry_at == stage.now + timedelta(hours=1)
        played.misbehave, played.leap = lambda command, tag, wire: False, 0.0
        stage.look()
        assert [one.external_id for one in stage.queued] == ["4@reviews.example.com"]


def test_a_server_that_swallows_its_trouble_is_found_out() -> None:
    """The trial itself: an answer without fault raises nothing."""
    fault = Fault("none", SourceUnavailable, "NEVER", _hang_up)

    with pytest.raises(pytest.fail.Exception):
        test_a_fault_leaves_the_row_as_it_was_and_says_what_to_do(fault)


# --- the door -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of imap.example.com, signed by itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    begin = datetime(2020, 1, 1, tzinfo=UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


@contextmanager
def listening(played: PlayedMailbox, certificate: Path) -> Iterator[int]:
    """The played server behind TLS on the loopback; its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    door = socket.create_server(("127.0.0.1", 0))

    def take_one() -> None:
        try:
            end, _ = door.accept()
        except OSError:
            return
        end.settimeout(5)
        try:
            played.serve(context.wrap_socket(end, server_side=True))
        except OSError:
            end.close()

    thread = threading.Thread(target=take_one)
    thread.start()
    try:
        yield door.getsockname()[1]
    finally:
        # Closing alone does not wake who waits at the door.
        with socket.socket() as caller:
            caller.settimeout(1)
            caller.connect_ex(door.getsockname())
        door.close()
        thread.join()


def connector(port: int, trust: ssl.SSLContext | None = None) -> Callable[[str], socket.socket]:
    return lambda host: connect_publicly(
        host,
        port=port,
        resolve=lambda host, port: ["127.0.0.1"],
        is_allowed=lambda address: True,
        trust=trust,
    )


def test_over_tls_the_mailbox_is_read(certificate: Path) -> None:
    played = PlayedMailbox()
    played.write(2)
    trust = ssl.create_default_context(cafile=str(certificate))
    with (
        listening(played, certificate) as port,
        visit(HOST, connect=connector(port, trust), now=NOW) as server,
    ):
        server.sign_in("owner@bakery.example", PASSWORD)
        validity = server.examine("Kritiken & Lob/Gute für uns")
        found = server.search(["SINCE", "1-Jan-2026"])

    assert (validity, found) == ("7", [1, 2])


@pytest.mark.parametrize("host", [HOST, "other.example.com"])
def test_a_certificate_that_is_not_trusted_or_names_another_ends_it(
    certificate: Path, host: str
) -> None:
    trust = None if host == HOST else ssl.create_default_context(cafile=str(certificate))
    with (
        listening(PlayedMailbox(), certificate) as port,
        pytest.raises(SourceUnavailable, match="no valid certificate"),
    ):
        connector(port, trust)(host)


def test_where_nobody_listens_the_next_look_tries_again() -> None:
    with pytest.raises(SourceUnavailable, match="does not answer"):
        connector(9)(HOST)


def test_a_name_without_an_address_is_told() -> None:
    def unknown(host: str, port: int) -> NoReturn:
        raise socket.gaierror("no such name")

    with pytest.raises(SourceUnavailable, match="does not answer"):
        connect_publicly(HOST, resolve=unknown)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.8", "169.254.169.254", "::1"])
def test_an_address_inside_is_never_connected_to(address: str) -> None:
    with pytest.raises(SourceContractError, match="public"):
        connect_publicly(HOST, resolve=lambda host, port: ["93.184.215.14", address])
