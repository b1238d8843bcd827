"""Ed25519 signatures of requests (RFC 9421): whether the owner of a key asked for exactly this, here and now.

A bearer key proves that somebody has a secret which every request carries. A signature proves that the owner of a
private key, which never leaves its place, asked for this very act: it covers the method, the address with the venue's
own origin, the body, and the idempotency key; and it names its key, its time of at most a minute, and a nonce. Decision
0023 tells what each of them prevents.

:meth:`Verifier.verify` returns :class:`Verified` or :class:`Refused`; it raises nothing, whatever a client sends.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from exchange.access.content_digest import fits
from exchange.access.nonces import Nonces
from exchange.access.public_keys import has_signed
from exchange.access.signature_base import SignedRequest, component_value, signature_base
from exchange.access.signature_input import Fault, SignatureInput, read_signature_input
from exchange.core.values import Micros

MICROS_PER_SECOND: Final = 1_000_000

LARGEST_SKEW: Final = 5
"""By how many seconds a client's clock may be ahead of ours."""

TARGET_URI: Final = "@target-uri"
TARGET_PARTS: Final = ("@authority", "@path", "@query")
"""What may be covered instead of ``@target-uri``: some libraries know no scheme."""


class SignatureRefusal(StrEnum):
    """Why a signature is not good, in the order in which it is looked for."""

    SIGNATURE_MISSING = "SIGNATURE_MISSING"
    SIGNATURE_MALFORMED = "SIGNATURE_MALFORMED"
    SIGNATURE_INCOMPLETE = "SIGNATURE_INCOMPLETE"
    CLOCK_SKEW = "CLOCK_SKEW"
    SIGNATURE_EXPIRED = "SIGNATURE_EXPIRED"
    DIGEST_MISMATCH = "DIGEST_MISMATCH"
    SIGNATURE_WRONG = "SIGNATURE_WRONG"
    NONCE_USED = "NONCE_USED"


@dataclass(slots=True, frozen=True)
class SigningKey:
    """By which key a request must be signed: the id of the bearer key that it carries, and the public key of that."""

    key_id: str
    public_key: bytes


@dataclass(slots=True, frozen=True)
class Verified:
    """A good signature, with what it takes to check it again later: the signed bytes and the signature."""

    key_id: str
    created: int
    expires: int
    nonce: str
    base: bytes
    signature: bytes


@dataclass(slots=True, frozen=True)
class Refused:
    """Why not. ``what`` names the field, component or parameter; ``server_time`` lets a client put its clock right."""

    reason: SignatureRefusal
    what: str
    server_time: Micros


class Verifier:
    """Verifies requests to one venue; it remembers their nonces, so there is one for each process."""

    __slots__ = ("_nonces",)

    def __init__(self, nonces: Nonces) -> None:
        self._nonces = nonces

    def verify(self, request: SignedRequest, key: SigningKey, now: Micros) -> Verified | Refused:
        """Whether the request is signed by ``key``, for now, and for the first time.

        The nonce is looked at last and remembered only behind a good signature, so nobody can use up another's.
        """
        given = _given(request, now)
        if isinstance(given, Refused):
            return given
        values = _values(request, given)
        refusal = _refuse_coverage(request, given, values) or _refuse_time(given, now) or _refuse_body(request, values)
        if refusal is not None:
            return Refused(*refusal, now)
        base = signature_base(values.items(), given.parameters)
        if given.key_id != key.key_id:
            return Refused(SignatureRefusal.SIGNATURE_WRONG, "keyid", now)
        if not has_signed(key.public_key, given.signature, base):
            return Refused(SignatureRefusal.SIGNATURE_WRONG, "signature", now)
        if not self._nonces.use(given.key_id, given.nonce, given.created, given.expires, now // MICROS_PER_SECOND):
            return Refused(SignatureRefusal.NONCE_USED, "nonce", now)
        return Verified(given.key_id, given.created, given.expires, given.nonce, base, given.signature)


_Reason = tuple[SignatureRefusal, str]


def _given(request: SignedRequest, now: Micros) -> SignatureInput | Refused:
    fields = request.field("signature-input"), request.field("signature")
    for name, field in zip(("signature-input", "signature"), fields, strict=True):
        if field is None:
            return Refused(SignatureRefusal.SIGNATURE_MISSING, name, now)
    read = read_signature_input(fields[0] or "", fields[1] or "")
    return Refused(SignatureRefusal.SIGNATURE_MALFORMED, read.what, now) if isinstance(read, Fault) else read


def _values(request: SignedRequest, given: SignatureInput) -> dict[str, str]:
    """What the request has of what is covered, in the order of the signature."""
    values = {name: component_value(request, name) for name in given.components}
    return {name: value for name, value in values.items() if value is not None}


def _refuse_coverage(request: SignedRequest, given: SignatureInput, values: dict[str, str]) -> _Reason | None:
    """A component that must be covered and is not, or that is covered and not there."""
    wanted = ["@method", "idempotency-key"]
    wanted += TARGET_PARTS if TARGET_URI not in given.components and "@path" in given.components else (TARGET_URI,)
    # A body without a covered digest could be exchanged, and one could be put to a request that has none.
    wanted += ("content-digest",) if request.body else ()
    for name in (*wanted, *given.components):
        if name not in values:
            return SignatureRefusal.SIGNATURE_INCOMPLETE, name
    return None


def _refuse_time(given: SignatureInput, now: Micros) -> _Reason | None:
    if given.created * MICROS_PER_SECOND > now + LARGEST_SKEW * MICROS_PER_SECOND:
        return SignatureRefusal.CLOCK_SKEW, "created"
    if given.expires * MICROS_PER_SECOND < now:
        return SignatureRefusal.SIGNATURE_EXPIRED, "expires"
    return None


def _refuse_body(request: SignedRequest, values: dict[str, str]) -> _Reason | None:
    digest = values.get("content-digest")
    if digest is not None and not fits(digest, request.body):
        return SignatureRefusal.DIGEST_MISMATCH, "content-digest"
    return None
