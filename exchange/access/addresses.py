"""From where a key may be used: a list of IPv4 and IPv6 networks, and which address a request came from.

An empty list lets every address in. Each network has one spelling, ``192.0.2.0/24`` or ``2001:db8::/32``, a single
address too (``192.0.2.1/32``); an IPv4 address that is written as IPv6 (``::ffff:192.0.2.1``) is that IPv4 address.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MOST_NETWORKS: Final = 20
LONGEST_TEXT: Final = 49
"""The longest text of a network: an IPv6 address with an IPv4 address at its end, and /128."""

MOST_FORWARDERS: Final = 32
_MAPPED: Final = ipaddress.IPv6Network("::ffff:0:0/96")


@dataclass(slots=True, frozen=True)
class AddressFault:
    """Which text of a list is no network, counted from 0; ``MOST_NETWORKS`` when there are too many."""

    index: int


@dataclass(slots=True, frozen=True)
class AddressList:
    """The networks from which a key may be used, in one order, each once."""

    networks: tuple[Network, ...] = ()

    @classmethod
    def read(cls, texts: Sequence[str]) -> Self | AddressFault:
        """Read what an owner wrote. A network with bits set behind its prefix is a mistake, not rounded."""
        if len(texts) > MOST_NETWORKS:
            return AddressFault(MOST_NETWORKS)
        networks: set[Network] = set()
        for index, text in enumerate(texts):
            network = _network(text)
            if network is None:
                return AddressFault(index)
            networks.add(network)
        return cls(tuple(sorted(networks, key=_order)))

    @property
    def texts(self) -> tuple[str, ...]:
        """The canonical texts, which read back to the same list."""
        return tuple(str(network) for network in self.networks)

    def allows(self, address: Address | None) -> bool:
        """Whether a request from there is let in. An address that nobody knows is let in by an empty list only."""
        if not self.networks:
            return True
        if address is None:
            return False
        plain = _unmapped(address)
        return any(plain in network for network in self.networks)


def read_address(text: str) -> Address | None:
    """An address without zone and port; None when the text is none."""
    if len(text) > LONGEST_TEXT or "%" in text or not text.isascii():
        return None
    try:
        return _unmapped(ipaddress.ip_address(text))
    except ValueError:
        return None


def client_address(peer: str, forwarded_for: Iterable[bytes], proxies: Sequence[Network] = ()) -> Address | None:
    """From which address a request came, or None when nobody can tell.

    ``peer`` is the other end of the connection, ``forwarded_for`` the lines of ``X-Forwarded-For``. These are believed
    only from a proxy that the operator named: each proxy adds at the end the address that it was called from, so the
    last address that is no such proxy is the client's, and whatever stands before it the client may have made up.
    """
    address = read_address(peer)
    if address is None or not _is_among(address, proxies):
        return address
    hops = [hop.strip() for line in forwarded_for for hop in line.decode("latin-1").split(",")]
    for hop in reversed(hops[-MOST_FORWARDERS:]):
        address = read_address(hop)
        if address is None or not _is_among(address, proxies):
            return address
    return address


def _network(text: str) -> Network | None:
    if len(text) > LONGEST_TEXT or "%" in text or not text.isascii():
        return None
    _, slash, prefix = text.partition("/")
    # The library also takes masks (/255.255.255.0) and prefixes with zeros in front (/08).
    if slash and not (prefix.isdigit() and str(int(prefix)) == prefix):
        return None
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        return None
    if isinstance(network, ipaddress.IPv6Network) and network.subnet_of(_MAPPED):
        return ipaddress.IPv4Network((int(network.network_address) & 0xFFFF_FFFF, network.prefixlen - 96))
    return network


def _unmapped(address: Address) -> Address:
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return address if mapped is None else mapped


def _is_among(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


def _order(network: Network) -> tuple[int, int, int]:
    return network.version, int(network.network_address), network.prefixlen
