"""Whatever a mail server does, nothing is lost; and who is let in at the door."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chalicelib.domain.errors import (
    SourceContractError,
    SourceUnavailable,
)
from chalicelib.pull.imap_session import visit
from chalicelib.pull.imap_wire import connect_publicly
from tests.pull.given import NOW
from tests.pull.mailbox_faults import MAILBOX_FAULTS, MailboxFault, try_mailbox_fault
from tests.pull.played.mailbox import PASSWORD, PlayedMailbox

HOST = "imap.example.com"


def test_there_are_twenty_six_faults() -> None:
    assert len({fault.name for fault in MAILBOX_FAULTS}) == len(MAILBOX_FAULTS) == 26


@pytest.mark.parametrize("fault", MAILBOX_FAULTS, ids=lambda fault: fault.name)
def test_a_fault_leaves_the_row_as_it_was_and_says_what_to_do(fault: MailboxFault) -> None:
    assert try_mailbox_fault(fault) == ""


def test_a_mailbox_that_swallows_its_trouble_is_found_out() -> None:
    silent = MailboxFault("none", SourceUnavailable, "NEVER", lambda tag, wire: wire.close())

    assert try_mailbox_fault(silent) == "nothing was raised"


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
