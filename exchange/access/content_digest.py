"""``Content-Digest`` (RFC 9530): the SHA-256 of the body's bytes in a field, so that a signature can cover the body."""

from __future__ import annotations

import hashlib
import hmac

import http_sf

LONGEST_FIELD = 1_024
"""Most bytes of the field that are read; one SHA-256 takes 55."""


def fits(field: str, body: bytes) -> bool:
    """Whether the field is readable and its SHA-256 is that of the body. Digests of other kinds are passed over."""
    if len(field) > LONGEST_FIELD:
        return False
    try:
        digests = http_sf.parse(field.encode(), tltype="dictionary")
    except ValueError:
        return False
    member = digests.get("sha-256") if isinstance(digests, dict) else None
    given = member[0] if isinstance(member, tuple) else member
    return isinstance(given, bytes) and hmac.compare_digest(given, hashlib.sha256(body).digest())
