"""Which addresses a feed may reach: resolve, check every answer, then connect to exactly the address checked.

Public addresses are open, everything else (loopback, private, link-local with the metadata services of clouds,
multicast, IPv4 hidden in IPv6) needs a network in the source's ``allowed_networks``. Because the connection goes to
the address that was checked, a name that resolves differently a moment later gains nothing.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from data.loaders.fetch_options import PLACEHOLDER, FetchOptions

Address = IPv4Address | IPv6Address
Origin = tuple[str, str, int]  # scheme, host, port
Resolver = Callable[[str, int], Sequence[str]]
DEFAULT_PORTS = {"http": 80, "https": 443}
HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?", re.ASCII)
NUMERIC_LAST_LABEL = re.compile(r"(?:.*\.)?(?:0x[0-9a-f]*|[0-9]+)\.?", re.ASCII)
NAT64 = IPv6Network("64:ff9b::/96")
MAX_URL_CHARACTERS = 4000


class FetchError(Exception):
    """An answer could not be had, and asking again at once would not help. The text holds no key."""


class TransientFetchError(FetchError):
    """An answer could not be had now; asking again may help. ``retry_after_s`` is what the server asked for."""

    def __init__(self, text: str, retry_after_s: float | None = None) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(text)


class AddressRefusedError(FetchError):
    """The feed may not reach this address."""


@dataclass(frozen=True)
class Target:
    """One hop: the address to connect to and the name to ask and to verify the certificate for."""

    scheme: str
    host: str
    port: int
    address: Address

    @property
    def origin(self) -> Origin:
        """Scheme, host and port."""
        return self.scheme, self.host, self.port


def system_resolver(host: str, port: int) -> list[str]:
    """Return the addresses the operating system gives for a name."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def check_url(url: str, options: FetchOptions, resolver: Resolver = system_resolver) -> Target:
    """Return where to connect for ``url``; a scheme, port, host or address that is not allowed raises."""
    scheme, host, port = parts_of(url, options)
    found = _literal(host) or _resolve(host, port, options.connect_s, resolver)
    for address in found:
        if not is_allowed(address, options.allowed_networks):
            raise AddressRefusedError(f"{host} is {address}, which is not public and not in allowed_networks")
    return Target(scheme, host, port, found[0])


def is_allowed(address: Address, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    """Tell whether an address is public or in one of ``networks``; one hidden in IPv6 is taken for what it is."""
    plain = unwrapped(address)
    if any(plain.version == network.version and plain in network for network in networks):
        return True
    return plain.is_global and not plain.is_multicast and not plain.is_reserved


def unwrapped(address: Address) -> Address:
    """Return the IPv4 address inside a mapped, 6to4, Teredo or NAT64 address, else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    inside = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
    if inside is None and int(address) >> 32 == 0 and int(address) > 1:
        return IPv4Address(int(address))  # ::a.b.c.d, the deprecated compatible form
    return inside or address


def origin_of(options: FetchOptions) -> Origin:
    """Return scheme, host and port of the declared address; keys go there and nowhere else."""
    return parts_of(PLACEHOLDER.sub("", options.url), options)


def parts_of(url: str, options: FetchOptions) -> Origin:
    """Return scheme, host and port of an address; what is not allowed or has more than one reading raises."""
    if len(url) > MAX_URL_CHARACTERS or not url.isascii() or re.search(r"[\x00-\x20\x7f\\]", url):
        raise AddressRefusedError("an address with blanks, control signs, backslashes or beyond ASCII is not followed")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefusedError(f"not an address: {error}") from error
    if parts.scheme not in options.schemes:
        raise AddressRefusedError(f"scheme {parts.scheme!r} is none of {', '.join(options.schemes)}")
    if parts.username is not None or parts.password is not None:
        raise AddressRefusedError("an address may not hold a user name or password")
    host = _host(parts.hostname or "")
    return parts.scheme, host, _port(parts.scheme, port, options)


def _literal(host: str) -> list[Address]:
    """Return the address a host is itself; an interface behind ``%`` has no place in a declaration."""
    try:
        return [] if "%" in host else [ip_address(host)]
    except ValueError:
        return []


def _host(host: str) -> str:
    literal = _literal(host)
    if literal:
        return str(literal[0])
    # 127.1, 0x7f000001, 2130706433 and 0177.0.0.1 are addresses to the C library and to nobody else.
    if NUMERIC_LAST_LABEL.fullmatch(host) or not HOST.fullmatch(host):
        raise AddressRefusedError(f"{host!r} is not a host name")
    return host


def _port(scheme: str, port: int | None, options: FetchOptions) -> int:
    asked = DEFAULT_PORTS[scheme] if port is None else port
    declared = urlsplit(options.url).port
    if asked not in {*DEFAULT_PORTS.values(), *options.ports, declared}:
        raise AddressRefusedError(f"port {asked} is not among the declared ones")
    return asked


def _resolve(host: str, port: int, timeout_s: float, resolver: Resolver) -> list[Address]:
    """Ask the resolver, which has no deadline of its own, in a thread that is left behind if it hangs."""
    found: list[Address] = []
    problem: list[Exception] = []

    def ask() -> None:
        try:
            found.extend(ip_address(text.partition("%")[0]) for text in resolver(host, port))
        except (OSError, ValueError) as error:
            problem.append(error)

    thread = threading.Thread(target=ask, name="resolve", daemon=True)
    thread.start()
    thread.join(timeout_s)
    if problem or not found:
        reason = problem[0] if problem else "no answer in time" if thread.is_alive() else "no address"
        raise TransientFetchError(f"{host} could not be resolved: {reason}")
    return found
