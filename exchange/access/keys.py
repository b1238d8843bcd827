"""API keys: 256-bit secrets that are shown once and stored as SHA-256, and the token that carries one.

A plain hash is enough for a secret of full entropy (OWASP ASVS 5.0, 6.5.2 asks for 112 bits); the journal and the view
know nothing but the hash.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Final

from exchange.access.ids import NEVER, Kind, id_number, id_text
from exchange.core.values import KeyId

SECRET_BYTES: Final = 32
LONGEST_TOKEN: Final = 80

_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(slots=True, frozen=True)
class Token:
    """What ``Authorization: Bearer`` carries: the key's id, which is no secret, and the secret."""

    key: KeyId
    secret: str


def new_secret() -> str:
    """A fresh secret: 43 characters of URL-safe base64 over 32 random bytes."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hash_secret(secret: str) -> bytes:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def same_hash(left: bytes, right: bytes) -> bool:
    """Compare in a time that does not tell where they differ."""
    return hmac.compare_digest(left, right)


def token_text(key: KeyId, secret: str) -> str:
    """The token as its owner keeps it."""
    return f"{id_text(Kind.KEY, key)}.{secret}"


def read_token(text: str) -> Token | None:
    """Read a token; None when it is not of the right form, whatever is wrong with it."""
    if len(text) > LONGEST_TOKEN:
        return None
    name, _, secret = text.partition(".")
    key = id_number(Kind.KEY, name)
    if key == NEVER or _SECRET.fullmatch(secret) is None:
        return None
    return Token(KeyId(key), secret)
