"""One POST to an address that a client named: bounded in time, not redirected, not into our own network."""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from threading import Timer
from urllib.parse import SplitResult, urlsplit

TIMEOUT = 15.0  # seconds for connecting, sending and the answer together
LONGEST_ANSWER = 500  # bytes kept of what the other side says
LONGEST_HOST = 270  # characters, with the port: a name in the DNS has 253 (RFC 1035)
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Not global in IANA's registry of special addresses, or an old way to write an IPv4 address.
NOT_PUBLIC = tuple(
    ipaddress.IPv6Network(one)
    for one in ("::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "fec0::/10", "3fff::/20", "5f00::/16")
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Unreachable(Exception):
    """The message could not be handed over; the text says why."""


@dataclass(frozen=True)
class Answer:
    """What the other side said: status, the beginning of its body, and the seconds it asks us to wait."""

    status: int
    text: str
    retry_after: int | None


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allow_private: bool = False,
    timeout: float = TIMEOUT,
    longest: int = LONGEST_ANSWER,
) -> Answer:
    """Send `body` to `url` and return the answer, its first `longest` bytes; raises Unreachable.

    The name is resolved once and the connection goes to that very address, so that a name which changes
    between check and use (DNS rebinding) gains nothing. Proxies of the environment are not used.
    """
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        address = _resolve(parts.hostname or "", port, allow_private=allow_private)
        until = time.monotonic() + timeout
        with closing(socket.create_connection((address, port), timeout)) as plain, _deadline(plain, until):
            sock = _secured(plain, parts)
            connection = http.client.HTTPConnection(parts.hostname, port)
            connection.sock = sock
            with closing(connection):
                return _exchange(connection, parts, body, headers, longest)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(f"{type(error).__name__}: {error}") from error


def callable_url(url: str) -> bool:
    """Return whether messages can be sent there: http(s), a sane host and port, no user name in it."""
    if not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and len(parts.netloc) <= LONGEST_HOST
            and parts.port != 0
            and parts.username is None
        )
    except ValueError:
        return False


def _resolve(host: str, port: int, *, allow_private: bool) -> str:
    """Return the first address of `host` that may be called; raises Unreachable where there is none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [entry[4][0] for entry in found]
    for address in addresses:
        if allow_private or is_public(ipaddress.ip_address(address)):
            return address
    raise Unreachable(f"{host} is at {', '.join(addresses)}, which is not a public address.")


def is_public(address: Address) -> bool:
    """Return whether an address lies in the public Internet, also when an IPv6 address wraps an IPv4 one."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id or any(address in one for one in NOT_PUBLIC):
            return False
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner and not is_public(inner):
            return False
        if address.ipv4_mapped:
            return True
    return address.is_global and not address.is_multicast


def _secured(plain: socket.socket, parts: SplitResult) -> socket.socket:
    if parts.scheme != "https":
        return plain
    return ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname)


@contextmanager
def _deadline(sock: socket.socket, until: float) -> Iterator[None]:
    """Cut the connection at a monotonic time: a socket's own timeout starts anew with every byte."""
    copy = sock.dup()  # wrapping a socket for TLS takes the original one away
    timer = Timer(max(0.0, until - time.monotonic()), _cut, [copy])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        copy.close()


def _cut(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # closed meanwhile


def _exchange(
    connection: http.client.HTTPConnection,
    parts: SplitResult,
    body: bytes,
    headers: Mapping[str, str],
    longest: int,
) -> Answer:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    own = {
        "Host": parts.netloc,
        "Content-Type": "application/json",
        "Connection": "close",
        "User-Agent": "HITL/1",
    }
    connection.request("POST", target, body, {**own, **headers})
    response = connection.getresponse()
    text = response.read(longest).decode("utf-8", "replace").replace("\x00", "")
    wait = response.headers.get("Retry-After", "")
    return Answer(response.status, text, int(wait[:9]) if wait.isascii() and wait.isdigit() else None)
