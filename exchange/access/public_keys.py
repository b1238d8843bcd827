"""Ed25519 public keys as their owners write them: the 32 bytes in URL-safe base64 without padding, 43 characters.

It is the ``x`` of a JWK (RFC 8037, section 2), so that tools of other makers can print it. Each key has one spelling.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64

_TEXT: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_SIGN_BIT: Final = 1 << 255
_PRIME: Final = (1 << 255) - 19

_ORDER_EIGHT: Final = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
"""The smaller y of the points of order eight; the other one is its negative."""

_WEAK: Final = frozenset({0, 1, _PRIME - 1, _ORDER_EIGHT, _PRIME - _ORDER_EIGHT})
"""y, modulo the prime, of the eight points of small order (RFC 8032, section 5.1; two points share most of them)."""


def read_public_key(text: str) -> bytes | None:
    """The 32 bytes of a public key; None when the text is not the one spelling of a key that can be used.

    A key of small order is refused: under it a signature that nobody made fits some messages, so its owner could say of
    any approval that somebody else had signed it.
    """
    if _TEXT.fullmatch(text) is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(text + "=")
    except binascii.Error:
        return None
    return raw if public_key_text(raw) == text and not _is_weak(raw) else None


def public_key_text(raw: bytes) -> str:
    """How a public key is written."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def new_key_pair() -> tuple[str, bytes]:
    """A fresh private key, as text (the ``d`` of a JWK, RFC 8037), and the 32 bytes of its public key."""
    private = Ed25519PrivateKey.generate()
    return public_key_text(private.private_bytes_raw()), private.public_key().public_bytes_raw()


def has_signed(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the owner of ``public_key`` signed ``message`` (Ed25519, RFC 8032); False for anything else."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return True


def _is_weak(raw: bytes) -> bool:
    y = int.from_bytes(raw, "little") & (_SIGN_BIT - 1)
    return y % _PRIME in _WEAK
