"""Connections to public addresses only (SSRF), whatever a file or a redirect asks for.

A name is resolved once, every address it has must be public, and the connection goes to the very
address that was checked, so that a second answer of the name server changes nothing.
"""

import ipaddress
import socket
from collections.abc import Callable

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError
from urllib3.poolmanager import PoolManager
from urllib3.util import connection as address
from urllib3.util.retry import Retry

Resolve = Callable[..., list[tuple[object, ...]]]

# All of IPv6 that is given out (RFC 4291, IANA); outside lie NAT64, IPv4-compatible and
# site-local addresses, of which Python calls some global.
GIVEN_OUT = ipaddress.ip_network("2000::/3")
# Ranges within it that carry an IPv4 address inside and would lead back in (6to4, Teredo).
CARRIERS = tuple(ipaddress.ip_network(net) for net in ("2002::/16", "2001::/32"))
# For protocols and no site (RFC 6890). Older Pythons call parts of it global, among them
# 192.0.0.192, at which a cloud shows the credentials of a machine.
FOR_PROTOCOLS = ipaddress.ip_network("192.0.0.0/24")


class InsideAddress(Exception):
    """The address leads to a place that is not public.

    No OSError on purpose: urllib3 would take it for a lost connection and try again.
    """


def is_public(text: str) -> bool:
    """True when an IP address may be connected to from a function that pulls sources."""
    found = ipaddress.ip_address(text.split("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        elif found not in GIVEN_OUT or any(found in net for net in CARRIERS):
            return False
    if found in FOR_PROTOCOLS:
        return False
    return found.is_global and not found.is_multicast


def _checked_socket(connection: HTTPConnection, resolve: Resolve) -> socket.socket:
    try:
        found = resolve(connection.host, connection.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NewConnectionError(connection, f"{connection.host} has no address") from error
    addresses = [str(entry[4][0]) for entry in found if isinstance(entry[4], tuple)]
    if not addresses or not all(is_public(one) for one in addresses):
        raise InsideAddress(f"{connection.host} is not a public address")
    trouble: OSError | None = None
    for checked in dict.fromkeys(addresses):
        try:
            return address.create_connection(
                (checked, connection.port),
                connection.timeout,
                source_address=connection.source_address,
                socket_options=connection.socket_options,
            )
        except OSError as error:
            trouble = error
    raise NewConnectionError(connection, f"no connection to {connection.host}") from trouble


class PublicOnly(HTTPAdapter):
    """An adapter whose connections refuse every address that is not public."""

    def __init__(self, resolve: Resolve, retries: Retry) -> None:
        self._resolve = resolve
        super().__init__(max_retries=retries)

    def init_poolmanager(self, *args: object, **kwargs: object) -> None:
        super().init_poolmanager(*args, **kwargs)  # type: ignore[arg-type]
        resolve = self._resolve

        class Https(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return _checked_socket(self, resolve)

        class Http(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return _checked_socket(self, resolve)

        class HttpsPool(HTTPSConnectionPool):
            ConnectionCls = Https

        class HttpPool(HTTPConnectionPool):
            ConnectionCls = Http

        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = {"http": HttpPool, "https": HttpsPool}
