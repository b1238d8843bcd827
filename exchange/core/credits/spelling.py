"""One name in several spellings: what a registry calls by one name must not come in a second time under a look-alike.

Two names are one when they fold to the same text: capital or small letters, full-width or plain characters, with or
without spaces, with or without dots at their ends. Folding must be the same on every Python for ever, and the tables of
letters grow with each version of Unicode, so letters are folded only in blocks that were full long ago (Latin, Greek,
Cyrillic and Armenian) and by shifts that are fixed.

Unicode has far more ways to write what looks the same: characters that nobody sees, letters of other scripts, radicals
that look like the characters made of them, numerals and fractions in one piece. So a name that is compared is written
with the characters of :data:`_IN_NAMES` alone. Characters that only look like others (0 and O, 未 and 末) remain: the
two persons who enter a name see to that.
"""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import groupby
from typing import Final

from exchange.core.values import MAX_TEXT

_SETTLED: Final = (range(0x600), range(0x1E00, 0x2000))
"""The blocks of letters that no version of Unicode can add to."""

_IN_NAMES: Final = (
    range(0x20, 0x7F),  # letters, digits and signs of ASCII
    range(0xA0, 0xA1),  # a space that does not break
    range(0xA7, 0xA8),  # §
    range(0xB7, 0xB8),  # ·
    range(0xC0, 0xD7),  # Latin letters with accents, in one piece
    range(0xD8, 0xF7),
    range(0xF8, 0x100),
    range(0x3000, 0x3003),  # the wide space, 、 and 。
    range(0x3005, 0x3006),  # 々
    range(0x3007, 0x3012),  # 〇, and the brackets of Chinese
    range(0x3014, 0x3018),
    range(0x4E00, 0xA000),  # Chinese characters, those of GB 2312
    range(0xFF01, 0xFF5F),  # ASCII as wide as Chinese
)
"""What a name may be written with. None of it changes under Unicode's NFKC but by what :func:`folded` does as well, and
no later version of Unicode can change that. Of Chinese, only what GB 2312 has: Unicode keeps old and new forms of one
character apart (內 and 内, 靑 and 青), and that standard has one of them. Mongolian is left out, since several of its
letters are printed alike.
"""

NAME_PATTERN: Final = "^[" + "".join(f"{chr(block[0])}-{chr(block[-1])}" for block in _IN_NAMES) + "]+$"
"""The same as a regular expression, but for the choice of Chinese characters."""

_CHINESE: Final = range(0x4E00, 0xA000)

_FULL_WIDTH: Final = range(0xFF01, 0xFF5F)
_FULL_WIDTH_SHIFT: Final = 0xFEE0
_SPACES: Final = frozenset(
    map(chr, (0x09, 0x20, 0xA0, 0xAD, *range(0x2000, 0x2010), 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF))
)
_FIRM_CODE: Final = 18
_FIRM_SIGNS: Final = "0123456789abcdefghjklmnpqrtuwxy"
"""What such a code is written with: no i, o, s, v or z, which look like digits; each sign counts as its place here."""

_DOTS: Final = ".。·"
_PLAIN_SPACES: Final = {ord(space): None for space in _SPACES if space.isascii()}
_DIGITS: Final = frozenset("0123456789")
_LETTERS_KEPT: Final = 8_192
"""Of so many letters it is remembered what they fold to; there are as many in all that is written with GB 2312."""


def folded(name: str) -> str:
    """What all spellings of a name have in common; for comparing, never for showing."""
    if name.isascii():
        # The same in one step: most names are plain, and a file of units has thousands of them.
        return name.translate(_PLAIN_SPACES).lower().strip(_DOTS)
    return "".join(map(_folded_character, name)).strip(_DOTS)


def is_name(text: str) -> bool:
    """Whether a text can be a name that is compared with others: 1 to 200 characters, none of which hides anything.

    >>> is_name("（2026）内01执118号"), is_name("VCS-VCU\N{VARIATION SELECTOR-16}"), is_name(" . ")
    (True, False, False)
    """
    if not 0 < len(text) <= MAX_TEXT or not folded(text):
        return False
    return (text.isascii() and text.isprintable()) or all(map(_is_in_names, text))


@cache
def _is_in_names(character: str) -> bool:
    code = ord(character)
    if code in _CHINESE:
        return bool(character.encode("gb2312", "ignore"))
    return any(code in block for block in _IN_NAMES)


def is_firm_code(code: str) -> bool:
    """Whether this is a unified social credit code (统一社会信用代码, GB 32100-2015), in whatever spelling.

    18 digits and letters of an alphabet of its own, the last of which checks the others. One wrong sign would name
    another firm, and what is asked of a firm by its code (guard 3) would find nothing.

    >>> is_firm_code("91150200701464975E"), is_firm_code("91150200701464976E")
    (True, False)
    """
    plain = folded(code)
    if not is_name(code) or len(plain) != _FIRM_CODE or not set(plain) <= set(_FIRM_SIGNS):
        return False
    base, weight = len(_FIRM_SIGNS), 3
    # Weights are powers of three; with the check character, whose weight is one, the sum is a multiple of 31.
    total = sum(_FIRM_SIGNS.index(sign) * pow(weight, place, base) for place, sign in enumerate(plain[:-1]))
    return (total + _FIRM_SIGNS.index(plain[-1])) % base == 0


def plain_firm_code(code: str) -> str:
    """The one spelling in which a credit code is kept and shown: capital letters and digits of ASCII. What is no such
    code is given back as it came.

    >>> plain_firm_code("９１１５０２００７０１４６４９７５ｅ"), plain_firm_code("S1")
    ('91150200701464975E', 'S1')
    """
    return folded(code).upper() if is_firm_code(code) else code


def folded_space(name: str) -> str:
    """The same for the name of a serial space, for the words of a serial, and for each name on the way to a piece of
    ground: letters and numbers alone, since signs say nothing here but where one number ends and the next begins, and
    zeros in front of a number nothing at all.

    >>> folded_space("SPC-013"), folded_space("spc_13"), folded_space("GS1-1-CN"), folded_space("(GS1,01+CN)")
    ('spc13', 'spc13', 'gs1-1cn', 'gs1-1cn')
    """
    bare = name.translate(_PLAIN_LETTERS) if name.isascii() else "".join(map(_letter_or_gap, name))
    text = ""
    for part in bare.split():
        apart = text[-1:] in _DIGITS and part[0] in _DIGITS
        text += ("-" if text and apart else "") + _with_short_numbers(part)
    return text


def folded_number(name: str) -> str:
    """The same for the number of a paper (a receipt, or what shows a lock) or of a facility: which signs stand between
    its letters and numbers is a habit of whoever types it. One of signs alone has nothing else to tell it by, so there
    they count.

    >>> folded_number("RC-2026-001"), folded_number("rc_2026 1"), folded_number("（2026）内01执118号")
    ('rc2026-1', 'rc2026-1', '2026内1执118号')
    >>> folded_number("--.")
    '--'
    """
    return folded_space(name) or folded(name)


@lru_cache(_LETTERS_KEPT)
def _letter_or_gap(character: str) -> str:
    if _is_sign(ord(character)):
        return " "
    return _folded_character(character)


def _is_sign(code: int) -> bool:
    """Whether it is neither letter nor digit, in the alphabet of names; full-width signs are those of ASCII."""
    if code in _FULL_WIDTH:
        code -= _FULL_WIDTH_SHIFT
    if code < 0x80:
        return not chr(code).isalnum()
    return code < 0xC0 or (0x2000 <= code < 0x3020 and code not in (0x3005, 0x3007))


def _with_short_numbers(part: str) -> str:
    if "0" not in part:
        return part
    runs = ("".join(run) for _, run in groupby(part, _DIGITS.__contains__))
    return "".join((run.lstrip("0") or "0") if run[0] in _DIGITS else run for run in runs)


@lru_cache(_LETTERS_KEPT)
def _folded_character(character: str) -> str:
    if character in _SPACES:
        return ""
    code = ord(character)
    if code in _FULL_WIDTH:
        code -= _FULL_WIDTH_SHIFT
    return chr(code).casefold() if any(code in block for block in _SETTLED) else character


_PLAIN_LETTERS: Final = {code: _letter_or_gap(chr(code)) for code in range(0x80)}
"""What plain characters are in the words of a serial, in one step: a file of units has a hundred thousand of them."""
