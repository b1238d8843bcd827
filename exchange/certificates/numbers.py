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
_UNPARTED: Final = re.compile(r"GC([1-9][0-9]{3})([1-9][0-9]{0,18})([0-9A-HJKMNP-TV-Z]{12})", re.ASCII)
_DASHES: Final = re.compile("[-\u2010-\u2015\u2212]+")
"""Hyphens, dashes and the minus sign. In Chinese a dash is written as two of them."""

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
    """A number as people may type it, in the one spelling that it has: capitals, the digits that were meant, signs of
    the usual width, and plain hyphens (a Chinese keyboard has wide letters and long dashes). What is no number so is
    given back as its letters and digits alone.
    """
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).upper()
    head, dash, code = "".join(_DASHES.sub("-", plain).split()).rpartition("-")
    hyphened = f"{head}{dash}{code.translate(_MISREAD)}"
    if claim_of(hyphened) is not None:
        return hyphened
    return "".join(sign for sign in plain if sign.isalnum()).translate(_MISREAD)


def readings(written: str) -> tuple[str, ...]:
    """The numbers that a text can mean which :func:`as_written` gave. Without hyphens nobody sees where the number of
    the claim is parted, so there may be a few; the characters at the end fit to one of them.
    """
    if claim_of(written) is not None:
        return (written,)
    match = _UNPARTED.fullmatch(written)
    if match is None:
        return ()
    year, place, code = match.groups()
    places = (place, *(f"{place[:at]}-{place[at:]}" for at in range(1, len(place))))
    numbers = (f"GC-{year}-{one}-{code}" for one in places)
    return tuple(number for number in numbers if claim_of(number) is not None)
