"""Names in the tables: whatever hides in one is found, wherever it stands, and so is what is compared in its place."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

import pytest

from exchange.audit.double_count.names import hides_something
from exchange.core.credits.serial_text import wording
from exchange.core.credits.spelling import folded, folded_number, folded_space, is_name
from exchange.store.double_count_names import NAME_WRONG, PATH
from exchange.store.double_count_words import FOLDED, FOLDED_NUMBER, SEPARATED, WORDING
from exchange.store.embedded import DatabaseUrls, EmbeddedServer
from exchange.store.projections.projects import path_text
from tests.audit.corrupted_names import COMPARED, UNNAMED, WRITTEN
from tests.audit.history import full_scene
from tests.double_counting.venue import write_history
from tests.support.database import fresh_database, unguarded

if TYPE_CHECKING:
    from exchange.store.connecting import Connection

EVERYWHERE: Final = [chr(code) for code in range(1, 0x10000) if not 0xD800 <= code < 0xE000]
STRANGE: Final = (
    "\N{CYRILLIC CAPITAL LETTER ES}",
    "內",
    "Ⅲ",
    "x\N{VARIATION SELECTOR-16}",
    " . ",
    "\N{IDEOGRAPHIC SPACE}",
)
GOOD: Final = ("（2026）内01执118号", "ＣＣＥＲ－1", "Ä/ß.", "〔2026〕9号、々〇")

TEMPLATES: Final = (
    "",
    "{lo}-{hi}",
    "{lo}{hi}.",
    "ACR-US-192-2023-203-{lo}-{hi}",
    "#acr us 0192 2023 203 {lo:6} to {hi:6}",
    "{lo:9}-{hi:9}-VCS-VCU-0048",
    "CCER－15／{lo:8}—{hi:8} 内蒙古·1",
)


@pytest.fixture(scope="module")
def unnamed(postgres: EmbeddedServer) -> Iterator[DatabaseUrls]:
    """A database in which everything has happened, and names are held to nothing."""
    with fresh_database(postgres) as urls:
        asyncio.run(_write(postgres, urls))
        yield urls


async def _write(postgres: EmbeddedServer, urls: DatabaseUrls) -> None:
    await write_history(full_scene(), urls)
    async with unguarded(postgres, urls) as connection:
        for statement in UNNAMED:
            await connection.execute(statement)


async def _found(connection: Connection, change: str, *values: str) -> list[tuple[str, ...]]:
    """What both queries find after a change, which is taken back."""
    transaction = connection.transaction()
    await transaction.start()
    assert await connection.execute(change, *values) != "UPDATE 0"
    found = [tuple(row.values()) for query in NAME_WRONG for row in await connection.fetch(query)]
    await transaction.rollback()
    return found


def _one(table: str, column: str) -> str:
    return f"UPDATE {table} SET {column} = $1 WHERE ctid = (SELECT ctid FROM {table} WHERE {column} <> '' LIMIT 1)"


def test_the_alphabet_of_the_proof_is_that_of_the_core() -> None:
    """It is written out a second time, so a character that one of both lets in is found here."""
    differing = [ascii(letter) for letter in EVERYWHERE if is_name(f"a{letter}") is hides_something(f"a{letter}")]
    assert not differing


async def test_strange_letters_are_found_in_every_name(postgres: EmbeddedServer, unnamed: DatabaseUrls) -> None:
    async with unguarded(postgres, unnamed) as connection:
        for table, columns in WRITTEN.items():
            for column in columns:
                told = {row[1] for name in STRANGE for row in await _found(connection, _one(table, column), name)}
                assert told >= set(STRANGE), (table, column)


async def test_good_names_are_none(postgres: EmbeddedServer, unnamed: DatabaseUrls) -> None:
    """Of a name that nothing else is compared for: what is written of a paper."""
    async with unguarded(postgres, unnamed) as connection:
        for name in GOOD:
            assert not await _found(connection, _one("lock_papers", "reference"), name)


async def test_every_character_of_the_core_is_good_in_the_tables(
    postgres: EmbeddedServer, unnamed: DatabaseUrls
) -> None:
    """And no other is: one row a character would be slow, so all of them stand in one name, and are taken out of it."""
    letters = "".join(letter for letter in EVERYWHERE if is_name(f"a{letter}"))
    async with unguarded(postgres, unnamed) as connection:
        assert not await _found(connection, _one("lock_papers", "reference"), letters)


@pytest.mark.parametrize(
    ("query", "fold"),
    [(FOLDED, folded), (FOLDED_NUMBER, folded_number), (SEPARATED, folded_space)],
    ids=["folded", "number", "separated"],
)
async def test_sql_folds_each_letter_as_the_core_does(
    postgres: EmbeddedServer, unnamed: DatabaseUrls, query: str, fold: Callable[[str], str]
) -> None:
    letters = [letter for letter in EVERYWHERE if is_name(f"a{letter}")]
    names = [around.replace("%", letter) for letter in letters for around in ("%", "A%b", "0%07.", ".%1% ")]
    asked = f"SELECT {query.format('name')} FROM unnest($1::text[]) WITH ORDINALITY names (name, n) ORDER BY n"
    async with unguarded(postgres, unnamed) as connection:
        made = [row[0] for row in await connection.fetch(asked, names)]
    assert not [(name, it) for name, it in zip(names, made, strict=True) if it != fold(name)][:10]


async def test_sql_reads_the_way_to_ground_as_the_core_does(postgres: EmbeddedServer, unnamed: DatabaseUrls) -> None:
    """Whatever stands between two names, and whatever stands in the place of one."""
    letters = [letter for letter in EVERYWHERE if is_name(f"a{letter}")]
    paths = [around.replace("%", letter) for letter in letters for around in ("%", "A%1/07", "0/%/%0b")]
    asked = f"SELECT {PATH} FROM unnest($1::text[]) WITH ORDINALITY sites (site_parcel, place) ORDER BY place"
    async with unguarded(postgres, unnamed) as connection:
        made = [row[0] for row in await connection.fetch(asked, paths)]
    assert not [(site, it) for site, it in zip(paths, made, strict=True) if it != path_text(site)][:10]
    assert path_text("A＼－/1") == path_text("a\\1") == "a/1/"


async def test_sql_reads_the_words_of_serials_as_the_core_does(postgres: EmbeddedServer, unnamed: DatabaseUrls) -> None:
    asked = f"SELECT {WORDING} FROM unnest($1::text[]) WITH ORDINALITY templates (serial_text, n) ORDER BY n"
    async with unguarded(postgres, unnamed) as connection:
        made = [row[0] for row in await connection.fetch(asked, TEMPLATES)]
    assert made == [wording(template) for template in TEMPLATES]
    assert len({*made}) > 3


async def test_what_is_compared_is_the_name(postgres: EmbeddedServer, unnamed: DatabaseUrls) -> None:
    async with unguarded(postgres, unnamed) as connection:
        assert not await _found(connection, "UPDATE claims SET facility = facility")
        for table, columns in COMPARED.items():
            for column in columns:
                found = await _found(connection, _one(table, column), "another/")
                assert "another/" in {row[-1] for row in found}, (table, column)
                # Where ground is compared as other ground its periods are told as well, as they should be.
                assert {row[-1] for row in found if row[0] != "period"} <= {"another/"}, (table, column)


@pytest.mark.parametrize("name", ["ＩCP-1", " icp-1.", "ICP_01", "Äß"])
async def test_another_spelling_is_the_same_name(postgres: EmbeddedServer, unnamed: DatabaseUrls, name: str) -> None:
    """SQL folds by itself what was written."""
    async with unguarded(postgres, unnamed) as connection:
        compared = {"Äß": "äss"}.get(name, "icp1")
        change = f"UPDATE obligations SET facility_code = $1, facility = '{compared}'"
        assert not await _found(connection, change, name)
