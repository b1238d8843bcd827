"""Which beneficiary codes may be shown to everybody: those of organisations, never those of persons.

An organisation in China has a unified social credit code (统一社会信用代码, GB 32100-2015), which is public. A person
has an identity number (公民身份号码, GB 11643-1999), which is as long and looks alike, and which a certificate must not
give away to whoever was shown its number. Both end in a check character, so they can be told apart; what is neither is
withheld too.
"""

from __future__ import annotations

import re
from typing import Final

LENGTH: Final = 18

_ORGANISATION: Final = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}", re.ASCII)
_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_MODULUS: Final = 31
_BASE: Final = 3

_PERSON: Final = re.compile(r"[0-9]{17}[0-9X]", re.ASCII)
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"


def public_code(code: str) -> str | None:
    """The code as it was given where it is an organisation's and cannot be a person's; None otherwise."""
    return code if is_of_organisation(code) and not is_of_person(code) else None


def is_of_organisation(code: str) -> bool:
    """Whether it is a unified social credit code, check character included."""
    if _ORGANISATION.fullmatch(code) is None:
        return False
    total = sum(_ALPHABET.index(sign) * pow(_BASE, place, _MODULUS) for place, sign in enumerate(code[:-1]))
    return _ALPHABET[-total % _MODULUS] == code[-1]


def is_of_person(code: str) -> bool:
    """Whether it is an identity number, check character included."""
    if _PERSON.fullmatch(code.upper()) is None:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(code, _WEIGHTS, strict=False))
    return _CHECKS[total % len(_CHECKS)] == code[-1].upper()
