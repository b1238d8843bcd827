"""Which private key belongs to a token, so that a test that has a token can sign as its owner would.

Tokens hold 256 random bits, so those of all exchanges of a run can lie in one place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import httpx

from exchange.bootstrap.genesis import FirstKey
from exchange.client import PrivateKey
from exchange.client.signing import RequestSigner

_private_keys: dict[str, PrivateKey] = {}


def keep(token: str, private_key: PrivateKey) -> None:
    """Remember with what the owner of a token signs."""
    _private_keys[token] = private_key


def keep_first_keys(keys: Iterable[FirstKey]) -> None:
    """The same for the keys that an exchange began with."""
    for key in keys:
        keep(key.token, PrivateKey.read(key.private_key))


def tokens_by_role(keys: Sequence[FirstKey]) -> dict[str, str]:
    """The tokens of the first keys, which are kept as well; "SECOND" is the other operator."""
    keep_first_keys(keys)
    return {**{key.role: key.token for key in reversed(keys)}, "SECOND": keys[1].token}


def private_key_of(token: str | None) -> PrivateKey | None:
    """What the owner of a token signs with; None for one who cannot sign."""
    return None if token is None else _private_keys.get(token)


def sign_as(token: str, request: httpx.Request) -> None:
    """Put the signature of a token's owner to a request, if they can sign."""
    private_key = private_key_of(token)
    if private_key is not None:
        RequestSigner(token.partition(".")[0], private_key).sign(request)
