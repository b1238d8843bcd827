"""A signed request as the client makes it and as the venue gets it, and a verifier with a clock that stands still."""

from __future__ import annotations

import base64
from typing import Final

import httpx

from exchange.access.nonces import Nonces
from exchange.access.public_keys import read_public_key
from exchange.access.signature_base import Origin, SignedRequest
from exchange.access.signatures import Refused, SigningKey, Verified, Verifier
from exchange.client.signing import PrivateKey, RequestSigner
from exchange.core.values import Micros

SECOND: Final = 1_000_000
STARTED: Final = 1_800_000_000
NOW: Final = STARTED + 1_000
ORIGIN: Final = Origin.read("https://exchange.example")
ADDRESS: Final = "https://exchange.example/v1/proposals/prp-7/approval?lang=zh&a=%E9%93%81"
KEY_ID: Final = "key-17-1"
PRIVATE: Final = PrivateKey.generate()
BODY: Final = b'{"hash":"00ff"}'


def signing_key(private: PrivateKey = PRIVATE, key_id: str = KEY_ID) -> SigningKey:
    public = read_public_key(private.public_text)
    assert public is not None
    return SigningKey(key_id, public)


def a_request(
    method: str = "POST", address: str = ADDRESS, body: bytes = BODY, more: dict[str, str] | None = None
) -> httpx.Request:
    """A change with a bearer key, not signed yet."""
    headers = {"Authorization": "Bearer key-17-1.secret", "Idempotency-Key": "approve-1", **(more or {})}
    if body:
        headers["Content-Type"] = "application/json"
    return httpx.Request(method, address, content=body, headers=headers)


def signer(at: float = NOW, private: PrivateKey = PRIVATE, key_id: str = KEY_ID) -> RequestSigner:
    return RequestSigner(key_id, private, clock=lambda: at)


def signed(at: float = NOW, body: bytes = BODY, method: str = "POST") -> SignedRequest:
    """A good request as the venue gets it."""
    request = a_request(method, body=body)
    signer(at).sign(request)
    return as_it_came(request)


def as_it_came(request: httpx.Request) -> SignedRequest:
    """What an ASGI server makes of it."""
    path, _, query = request.url.raw_path.partition(b"?")
    headers = tuple((name.lower(), value) for name, value in request.headers.raw)
    return SignedRequest(request.method, ORIGIN, path, query, headers, request.content)


def with_field(request: SignedRequest, name: str, value: bytes | None) -> SignedRequest:
    """The request with another value of a header, or without it."""
    rest = tuple(pair for pair in request.headers if pair[0] != name.encode())
    return with_headers(request, rest if value is None else (*rest, (name.encode(), value)))


def with_headers(request: SignedRequest, headers: tuple[tuple[bytes, bytes], ...]) -> SignedRequest:
    return SignedRequest(request.method, request.origin, request.path, request.query, headers, request.body)


def signed_by_hand(declared: str, values: dict[str, str], private: PrivateKey = PRIVATE) -> tuple[bytes, bytes]:
    """``Signature-Input`` and ``Signature`` over lines that were written down here, whatever they say."""
    base = "\n".join([*(f'"{name}": {value}' for name, value in values.items()), f'"@signature-params": {declared}'])
    signature = base64.b64encode(private.sign(base.encode("latin-1")))
    return b"sig1=" + declared.encode("latin-1"), b"sig1=:" + signature + b":"


def verify(
    request: SignedRequest, key: SigningKey | None = None, now: int = NOW * SECOND, verifier: Verifier | None = None
) -> Verified | Refused:
    """The verdict of a venue that has seen nothing yet."""
    return (verifier or Verifier(Nonces(STARTED))).verify(request, key or signing_key(), Micros(now))


def refusal(request: SignedRequest, key: SigningKey | None = None, now: int = NOW * SECOND) -> tuple[str, str] | None:
    """Reason and what; None when the signature is good."""
    verdict = verify(request, key, now)
    return (str(verdict.reason), verdict.what) if isinstance(verdict, Refused) else None
