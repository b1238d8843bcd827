"""The database folds names by itself, and comes to what the core comes to, for whatever may be a name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from random import Random
from typing import TYPE_CHECKING, Final

import pytest

from exchange.core.credits.project import path_of
from exchange.core.credits.serial_text import is_template, wording
from exchange.core.credits.spelling import folded, folded_number, folded_space, is_name

if TYPE_CHECKING:
    from exchange.store.connecting import Connection

SURROGATES: Final = range(0xD800, 0xE000)
CODES: Final = chain(range(1, 0x10000), range(0x10000, 0x110000, 61))
EVERYWHERE: Final = [chr(code) for code in CODES if code not in SURROGATES]
"""All characters of the first plane of Unicode but NUL, which no text of PostgreSQL has, and some of the others."""

LETTERS: Final = [letter for letter in EVERYWHERE if is_name(f"a{letter}")]
"""The alphabet of names."""

CONFUSING: Final = "aZzÀàßÞ0109 .．。·-_/／\\＼,:　\u00a0々〇、，Ａｚ０９一龥"
"""What folding has to do with, and what stands beside it."""


def _path_text(site_parcel: str) -> str:
    return "".join(f"{name}/" for name in path_of(site_parcel))


FOLDS: Final[dict[str, Callable[[str], str]]] = {
    "folded": folded,
    "folded_space": folded_space,
    "folded_number": folded_number,
    "folded_path": _path_text,
}
"""By the database's functions what the core does."""


async def _asked(service: Connection, function: str, names: Sequence[str]) -> list[object]:
    """What a function of the database makes of each of the names."""
    query = f"SELECT {function}(name) FROM unnest($1::text[]) WITH ORDINALITY names (name, at) ORDER BY at"
    return [row[0] for row in await service.fetch(query, names)]


async def _compare(service: Connection, function: str, fold: Callable[[str], object], names: Sequence[str]) -> None:
    """Both make the same of each of the names; the first ten that differ are told."""
    made = await _asked(service, function, names)
    assert not [(ascii(name), it) for name, it in zip(names, made, strict=True) if it != fold(name)][:10]


def _random_names() -> list[str]:
    """Names of signs that folding has to do with, and of any other ones."""
    chance = Random("names")
    texts = ["".join(chance.choices(CONFUSING, k=chance.randint(1, 12))) for _ in range(4_000)]
    texts += ["".join(chance.choices(LETTERS, k=chance.randint(1, 200))) for _ in range(400)]
    return texts


async def test_the_alphabet_is_that_of_the_core(service: Connection) -> None:
    await _compare(service, "is_name", is_name, [f"a{letter}" for letter in EVERYWHERE])


async def test_the_alphabet_is_that_of_the_core_for_whole_names(service: Connection) -> None:
    odd = ["", " ", ".", "。 ·", "x" * 200, "x" * 201, "ẞ", "İ", "ſ", "K", "内", "內", "内內", "a\n", "\u9ffe"]
    await _compare(service, "is_name", is_name, [*odd, *_random_names()])


@pytest.mark.parametrize("function", FOLDS)
@pytest.mark.parametrize("around", ["{}", "A{}b", "0{}07.", "/{}/.{}", ".{}1{} "])
async def test_each_letter_folds_as_in_the_core(service: Connection, function: str, around: str) -> None:
    """Capital letters, full-width ones, those with accents, Chinese: wherever they stand."""
    await _compare(service, function, FOLDS[function], [around.replace("{}", letter) for letter in LETTERS])


@pytest.mark.parametrize("function", FOLDS)
async def test_any_name_folds_as_in_the_core(service: Connection, function: str) -> None:
    await _compare(service, function, FOLDS[function], _random_names())


async def test_words_of_serials_are_those_of_the_core(service: Connection) -> None:
    texts = [name.replace("{", "").replace("}", "") for name in _random_names()]
    triples = list(zip(texts, texts[1:], texts[2:], strict=False))
    made = [f"{before}{{lo}}-{between}{{hi:6}}{after}" for before, between, after in triples]
    templates = ["", "{lo}-{hi}", ". {lo:6} to {hi:06}·", *filter(is_template, made)]
    assert len(templates) > 100
    await _compare(service, "serial_wording", wording, templates)


@pytest.mark.parametrize("collation", ["C", "pg_c_utf8", "pg_unicode_fast", "tr-x-icu"])
async def test_the_language_of_a_database_does_not_matter(service: Connection, collation: str) -> None:
    """There İ and ẞ may have small letters, and in Turkish the one of I is another."""
    if not await service.fetchval("SELECT count(*) FROM pg_collation WHERE collname = $1", collation):
        pytest.skip(f"this PostgreSQL has no {collation}")
    assert await service.fetchval(f"""SELECT folded('ÄIẞİi' COLLATE "{collation}")""") == "äiẞİi"
