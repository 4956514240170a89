"""No address in a file, in a redirect or in a name server's second answer leads inside."""

import socket
from datetime import UTC, datetime

import pytest
from pytest_socket import SocketConnectBlockedError

from chalicelib.domain.errors import SourceContractError, SourceUnavailable
from chalicelib.pull.http import SourceHttp
from chalicelib.pull.public_address import is_public

NOW = datetime(2026, 3, 29, tzinfo=UTC)
# The deprecated 6to4 relay (RFC 7526): public by form, and nobody's.
PUBLIC = "192.88.99.1"

Found = list[tuple[object, ...]]


def answering(*rounds: tuple[str, ...]) -> tuple[SourceHttp, list[str]]:
    """A session whose name server gives these addresses, call after call, and what it was asked."""
    left, asked = list(rounds), []

    def resolve(host: str, port: int, **_: object) -> Found:
        asked.append(host)
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in (left.pop(0) if len(left) > 1 else left[0])
        ]

    return SourceHttp(resolve=resolve, backoff_seconds=0), asked


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.0.9",
        "192.0.0.192",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_an_inside_address_is_not_public(address: str) -> None:
    http, _ = answering((address,))

    assert not is_public(address)
    with pytest.raises(SourceContractError, match="does not lead to a public address") as caught:
        http.get("https://feeds.example/rss", now=NOW)
    assert "public internet" in caught.value.advice


@pytest.mark.parametrize("address", [PUBLIC, "172.32.0.1", "100.128.0.1", "2606:4700::6810:1"])
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f.1",
        "0x7f000001",
        "017700000001",
        "127.1",
        "127.0.1",
        "0",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[fd00:ec2::254]",
        "169.254.169.254",
        "2852039166",
        "100.64.0.1",
    ],
)
def test_no_spelling_of_an_inside_address_gets_through(host: str) -> None:
    http = SourceHttp(backoff_seconds=0)

    with pytest.raises(SourceContractError, match="does not lead to a public address"):
        http.get(f"https://{host}/rss", now=NOW)


@pytest.mark.parametrize(
    "address",
    [
        "http://feeds.example/rss",
        "ftp://feeds.example/rss",
        "file:///etc/hostname",
        "https://feeds.example:8443/rss",
        "https://feeds.example:80/rss",
        "https://feeds.example:0/rss",
        "https://feeds.example:99999/rss",
        "https://name@feeds.example/rss",
        "https://name:word@feeds.example/rss",
        "https://@127.0.0.1/rss",
        "https://feeds.example\\@127.0.0.1/rss",
        "http://127.0.0.1/rss",
        "http://localhost/rss",
        "https://127.0.0.1:8443/rss",
    ],
)
def test_only_https_on_its_port_without_a_user_is_asked(address: str) -> None:
    http, asked = answering((PUBLIC,))

    with pytest.raises(SourceContractError):
        http.get(address, now=NOW)

    assert asked == []


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    # The name server turns to the loopback as soon as it was asked once.
    http, asked = answering((PUBLIC,), ("127.0.0.1",))

    with pytest.warns(UserWarning, match=PUBLIC), pytest.raises(SocketConnectBlockedError):
        http.get("https://rebinding.example/rss", now=NOW)

    assert asked == ["rebinding.example"]


def test_the_second_look_at_a_rebinding_name_is_refused() -> None:
    http, asked = answering((PUBLIC,), ("127.0.0.1",))
    with pytest.warns(UserWarning, match=PUBLIC), pytest.raises(SocketConnectBlockedError):
        http.get("https://rebinding.example/rss", now=NOW)

    with pytest.raises(SourceContractError, match="does not lead to a public address"):
        http.get("https://rebinding.example/rss", now=NOW)

    assert len(asked) == 2


def test_one_inside_address_among_public_ones_is_enough_to_refuse() -> None:
    http, asked = answering((PUBLIC, "10.0.0.1"))

    with pytest.raises(SourceContractError, match="does not lead to a public address"):
        http.get("https://mixed.example/rss", now=NOW)

    assert asked == ["mixed.example"]


def test_a_name_without_an_address_is_unavailable() -> None:
    def resolve(host: str, port: int, **_: object) -> Found:
        raise socket.gaierror(-2, "Name or service not known")

    http = SourceHttp(resolve=resolve, backoff_seconds=0)

    with pytest.raises(SourceUnavailable, match=r"gone\.example does not answer"):
        http.get("https://gone.example/rss", now=NOW)
