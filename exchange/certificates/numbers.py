"""Certificate numbers, such as ``GC-2026-1027-1-K7QP3M9XWA2B``.

The year and the claim come first; the twelve characters at the end are made of everything that the certificate states.
So a number fits one wording only: whoever has a certificate as JSON can find out that nothing in it was changed, with
no more than SHA-256. And nobody can find other certificates by counting, since what stands in them, the instant and the
log's hashes among it, is not known to strangers. The alphabet is Crockford's base 32, which has no I, L, O and U; what
people write instead is understood.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Final

from exchange.core.values import ID_CHILDREN, ClaimId, Day, Seq, derived_id, maker_of

CODE_LENGTH: Final = 12
"""Five bits each: one try in 10**18 finds a certificate by chance."""

_PURPOSE: Final = b"carbon-exchange certificate number 1\x00"
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD: Final = str.maketrans("ILO", "110")
_NUMBER: Final = re.compile(
    r"GC-([1-9][0-9]{3})-([1-9][0-9]{0,11})(?:-([1-9][0-9]{0,6}))?-([0-9A-HJKMNP-TV-Z]{12})", re.ASCII
)
LONGEST: Final = 48
"""Longer than any number, in characters."""


def number_of(claim: ClaimId, day: Day, stated: bytes) -> str:
    """The number of the certificate of a claim that states these bytes; ``day`` is when its units were cancelled."""
    seq, n = maker_of(claim)
    place = f"{seq}-{n}" if n else f"{seq}"
    return f"GC-{day // 10_000:04}-{place}-{check_code(stated)}"


def check_code(stated: bytes) -> str:
    """Twelve characters: the first sixty bits of a hash of what is stated."""
    digest = hashlib.sha256(_PURPOSE + stated).digest()
    bits = int.from_bytes(digest[:8], "big") >> 4
    return "".join(_ALPHABET[bits >> shift & 31] for shift in range(5 * (CODE_LENGTH - 1), -1, -5))


def claim_of(number: str) -> ClaimId | None:
    """The claim that a number names, if it is one; whether such a certificate exists is another matter."""
    match = _NUMBER.fullmatch(number)
    if match is None:
        return None
    n = int(match[3] or 0)
    return ClaimId(derived_id(Seq(int(match[2])), n)) if n < ID_CHILDREN else None


def as_written(text: str) -> str:
    """A number as people may type it, in the one spelling that it has: capitals without spaces, the digits that were
    meant, and signs of the usual width (a Chinese keyboard has wide ones).
    """
    plain = "".join(unicodedata.normalize("NFKC", text[:LONGEST]).split())
    head, dash, code = plain.upper().rpartition("-")
    return f"{head}{dash}{code.translate(_MISREAD)}"
