"""The gate that every request passes, over HTTP and over the stream: whose key it is, from where, and signed by whom.

It is the one place that answers whether a key may be used from an address. A key outside of its networks is refused as
a wrong key is, to the byte, so that a thief does not learn that the secret is good. Its owner has to learn it, though,
as a mistake in the list or as an alarm: :class:`Strays` remembers it, and the listing of the own keys shows it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, NamedTuple

from exchange.access.addresses import Address, AddressFault, AddressList, Network, client_address
from exchange.access.nonces import Nonces
from exchange.access.principal import Directory, Principal, Recognised, is_good
from exchange.access.signature_base import Origin, SignedRequest
from exchange.access.signatures import Verifier
from exchange.core.events.governance import KeyRegistered
from exchange.core.values import KeyId, Micros

MOST_STRAYS: Final = 10_000
UNKNOWN: Final = "unknown"
"""How an address is shown that nobody can tell."""


class Stray(NamedTuple):
    """When, and from which address, a key was used outside of its networks with its right secret."""

    at: Micros
    address: str


class Strays:
    """The last use of each key outside of its networks, since the start of this process."""

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last: OrderedDict[KeyId, Stray] = OrderedDict()

    def note(self, key: KeyId, at: Micros, address: Address | None) -> None:
        """Remember it in place of an earlier one of this key; beyond a bound the longest ago is forgotten."""
        self._last[key] = Stray(at, UNKNOWN if address is None else str(address))
        self._last.move_to_end(key)
        if len(self._last) > MOST_STRAYS:
            self._last.popitem(last=False)

    def of(self, key: KeyId) -> Stray | None:
        """The last one of a key."""
        return self._last.get(key)


@dataclass(slots=True)
class Gate:
    """What the operator says about the way to the venue, and what has to be remembered about those who come.

    ``origin`` is where clients find the venue; None believes the ``Host`` of each request, which is for a machine of
    one's own. ``proxies`` are the reverse proxies whose ``X-Forwarded-For`` is believed.
    """

    verifier: Verifier = field(default_factory=lambda: Verifier(Nonces(0)))
    origin: Origin | None = None
    proxies: tuple[Network, ...] = ()
    strays: Strays = field(default_factory=Strays)
    recognised: Recognised = field(default_factory=Recognised)

    def authenticate(
        self, header: str | None, directory: Directory, now: Micros, scope: Mapping[str, Any]
    ) -> Principal | None:
        """The principal of a request, or None: no header, unknown, wrong, expired, revoked and out of place look alike.

        ``header`` is ``Authorization``; ``scope`` the ASGI scope of the request or of the WebSocket's handshake, which
        tells where it comes from.
        """
        known = None if header is None else self.recognised.find(header, directory)
        if known is None or not is_good(known.record, now):
            return None
        terms = known.record.terms
        if terms.networks:
            address = self.address_of(scope)
            if not may_be_used_from(terms, address):
                self.strays.note(terms.key, now, address)
                return None
        return known.principal

    def address_of(self, scope: Mapping[str, Any]) -> Address | None:
        """From which address a request or a handshake came; None when nobody can tell."""
        peer = scope.get("client")
        if peer is None:
            return None
        forwarded_for = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        return client_address(peer[0], forwarded_for, self.proxies)

    def signed_request(self, scope: Mapping[str, Any], body: bytes) -> SignedRequest:
        """A request with its body as its signature has to cover it."""
        origin = self.origin
        if origin is None:
            host = next((value for name, value in scope["headers"] if name == b"host"), None)
            origin = Origin.of_host(host, scope["scheme"])
        return SignedRequest.of_scope(scope, body, origin)


def may_be_used_from(key: KeyRegistered, address: Address | None) -> bool:
    """Whether a key may be used from there; an address that nobody knows is good for a key without a list only."""
    return _list_of(key.networks).allows(address)


@lru_cache(maxsize=4_096)
def _list_of(texts: tuple[str, ...]) -> AddressList:
    """The list of a key, which the core took as it is written here; read once, since every request asks for it."""
    networks = AddressList.read(texts)
    assert not isinstance(networks, AddressFault), "a list that nobody could have entered"
    return networks
