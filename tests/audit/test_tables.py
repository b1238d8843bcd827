"""The proof from the tables alone, the comparison of both, and the command that tells them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.audit.double_count.findings import CHECKS
from exchange.audit.double_count.log import audit_log
from exchange.audit.export import export_journal, exported_entries
from exchange.cli import main
from exchange.cli.audit_command import BOTH, LOG, TABLES, as_json, as_text, audit_database
from exchange.core.values import Seq
from exchange.store.double_count_checks import CHECKS as QUERIES
from exchange.store.embedded import DatabaseUrls, EmbeddedServer
from exchange.store.reading import open_reader
from tests.audit.corrupted_names import UNNAMED
from tests.audit.corrupted_requests import CORRUPTIONS
from tests.audit.history import full_scene
from tests.double_counting.scene import Scene
from tests.double_counting.venue import write_history, write_log
from tests.support.database import fresh_database, unguarded
from tests.support.market import Market

NOT_BY_SQL = {
    "TABLE-PLACES", "TABLE-CLAIMS", "TABLE-BUDGETS", "TABLE-FACILITIES", "TABLE-RECEIPTS", "TABLE-REQUESTS",
    "TABLE-PEOPLE", "TABLE-RULES", "TABLE-DAYS", "TABLE-HELD", "TABLE-UNREADABLE", "LOG-BROKEN", "END-DIFFERS",
    "SOLD-UNSELLABLE",
}  # fmt: skip
"""Checks of the log and of the comparison; how a tonne stood when it was sold the tables do not remember."""


@pytest.fixture(scope="module")
def scene() -> Scene:
    """Everything that can happen."""
    return full_scene()


@pytest.fixture(scope="module")
def audited(postgres: EmbeddedServer, scene: Scene) -> Iterator[DatabaseUrls]:
    """A database in which it has happened, for tests that change nothing."""
    with fresh_database(postgres) as urls:
        asyncio.run(_write(scene, urls))
        yield urls


async def _write(scene: Scene, urls: DatabaseUrls) -> None:
    await write_history(scene, urls)


async def test_both_proofs_find_nothing_where_nothing_is_wrong(audited: DatabaseUrls) -> None:
    audit = await audit_database(audited.service)
    assert audit.tables is not None
    assert not audit.counts, audit.findings
    assert audit.log.summary.claims and audit.log.summary.receipts
    assert audit.log.spent and audit.log.parcels > len(audit.log.summary.lots)


@pytest.mark.parametrize("name", CORRUPTIONS)
async def test_a_corruption_of_the_tables_is_found(
    name: str, postgres: EmbeddedServer, database: DatabaseUrls, scene: Scene
) -> None:
    corruption = CORRUPTIONS[name]
    await write_history(scene, database)
    async with unguarded(postgres, database) as connection:
        for statement in (*UNNAMED, *corruption.statements):
            assert await connection.execute(statement) not in ("UPDATE 0", "DELETE 0", "INSERT 0 0"), statement
    audit = await audit_database(database.service)
    assert {check for source, check in audit.counts if source == TABLES} >= set(corruption.found_by), audit.counts
    assert LOG not in {source for source, _ in audit.counts}
    assert "不符" in as_text(audit)


def test_every_query_has_a_corruption() -> None:
    assert {check for corruption in CORRUPTIONS.values() for check in corruption.found_by} == set(QUERIES)
    assert set(QUERIES) == set(CHECKS) - NOT_BY_SQL


@pytest.mark.parametrize(
    "statements",
    [
        (
            "ALTER TABLE encumbered_ranges DROP CONSTRAINT encumbered_ranges_range",
            "UPDATE encumbered_ranges SET lo = hi, hi = lo",
        ),
        ("UPDATE obligations SET due = 9223372036854775807",),
        ("DROP TABLE parcels CASCADE",),
    ],
    ids=["a range that ends before it begins", "a duty beyond counting", "no parcels"],
)
async def test_tables_that_make_no_sense_are_a_finding(
    statements: tuple[str, ...], postgres: EmbeddedServer, database: DatabaseUrls, scene: Scene
) -> None:
    await write_history(scene, database)
    async with unguarded(postgres, database) as connection:
        for statement in statements:
            await connection.execute(statement)
    audit = await audit_database(database.service)
    assert (TABLES, "TABLE-UNREADABLE") in audit.counts
    assert "TABLE-UNREADABLE" in as_text(audit)


async def test_tables_that_agree_with_themselves_are_held_against_the_log(
    postgres: EmbeddedServer, database: DatabaseUrls, scene: Scene
) -> None:
    """A claim and its certificate's receipt moved to other numbers everywhere: only the log knows better."""
    await write_history(scene, database)
    async with unguarded(postgres, database) as connection:
        for statement in UNNAMED:
            await connection.execute(statement)
        changes = {
            "registry_answers": "receipt = receipt || '-x', receipt_folded = folded_number(receipt || '-x')",
            "registry_requests": "receipt = receipt || '-x'",
        }
        for table, change in changes.items():
            await connection.execute(f"UPDATE {table} SET {change} WHERE receipt NOT IN ('', 'paper 5')")
    audit = await audit_database(database.service)
    assert set(audit.counts) == {(BOTH, "TABLE-RECEIPTS")}


async def test_the_receipt_of_a_contradiction_is_held_against_the_log(
    postgres: EmbeddedServer, database: DatabaseUrls, scene: Scene
) -> None:
    """Who takes it out of the table makes it new again."""
    await write_history(scene, database)
    async with unguarded(postgres, database) as connection:
        await connection.execute(
            "UPDATE registry_answers SET receipt = 'lie', receipt_folded = 'lie'"
            " WHERE seq = (SELECT min(seq) FROM registry_answers WHERE contradicts)"
        )
    audit = await audit_database(database.service)
    assert audit.counts == {(BOTH, "TABLE-RECEIPTS"): 1}


async def test_a_signature_and_a_key_in_the_tables_are_held_against_the_log(
    postgres: EmbeddedServer, database: DatabaseUrls, scene: Scene
) -> None:
    """SQL cannot tell whose signature it is, nor whose key a person should have."""
    await write_history(scene, database)
    async with unguarded(postgres, database) as connection:
        await connection.execute("UPDATE registry_answers SET signature = sha512(signature) WHERE signature <> ''")
        await connection.execute("UPDATE api_keys SET public_key = sha256(public_key) WHERE seq = 1")
    audit = await audit_database(database.service)
    assert set(audit.counts) == {(BOTH, "TABLE-RECEIPTS"), (BOTH, "TABLE-PEOPLE")}


async def test_what_only_one_side_knows_that_the_registry_was_asked_is_found(
    postgres: EmbeddedServer, database: DatabaseUrls, scene: Scene
) -> None:
    """The outbox would send it under a reference that no entry has."""
    await write_history(scene, database)
    async with unguarded(postgres, database) as connection:
        await connection.execute("UPDATE registry_requests SET reference = 'X' || reference WHERE status < 3")
    audit = await audit_database(database.service)
    assert set(audit.counts) == {(BOTH, "TABLE-REQUESTS")}


async def test_signatures_that_are_none_are_found_in_log_and_export(database: DatabaseUrls, tmp_path: Path) -> None:
    """The core takes any 64 bytes. What it wrote is what it did, so a replay says nothing of them."""
    market = Market()
    market.lot(market.firm("WOOD"), 10)
    await write_log(market.log, database)
    audit = await audit_database(database.service)
    assert audit.counts == {(LOG, "NOT-SIGNED"): 1}
    file = tmp_path / "journal"
    reader = await open_reader(database.service)
    with file.open("wb") as out:
        await export_journal(reader.entries(Seq(0)), out)
    await reader.close()
    exported = await audit_log(lambda: exported_entries(file))
    assert exported.notebook.counts == {"NOT-SIGNED": 1}


async def test_play_units_come_in_with_nobodys_word(postgres: EmbeddedServer, database: DatabaseUrls) -> None:
    """In a sandbox alone: at a real venue nothing comes in by itself."""
    market = Market(sandbox=(1_000_000, 60))
    market.firm("WOOD")
    await write_log(market.log, database)
    assert not (await audit_database(database.service)).counts
    async with unguarded(postgres, database) as connection:
        await connection.execute("UPDATE venue SET is_sandbox = false")
    assert (TABLES, "ONE-PERSON") in (await audit_database(database.service)).counts


async def test_a_journal_that_was_changed_is_no_proof(
    postgres: EmbeddedServer, database: DatabaseUrls, scene: Scene
) -> None:
    await write_history(scene, database)
    async with unguarded(postgres, database) as connection:
        await connection.execute("UPDATE journal SET events = events || events WHERE seq = 20")
    audit = await audit_database(database.service)
    assert (LOG, "LOG-BROKEN") in audit.counts
    assert audit.log.entries == 19


async def test_an_exported_journal_is_one_proof(
    audited: DatabaseUrls, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "journal"
    reader = await open_reader(audited.service)
    with file.open("wb") as out:
        await export_journal(reader.entries(Seq(0)), out)
    await reader.close()
    code = await asyncio.to_thread(main, ["audit", "double-count", "--export", str(file), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (code, told["findings"], told["tables"]) == (0, 0, False)
    assert told["spent"] > 0


def test_the_command_tells_both_languages_and_ends_with_its_verdict(
    audited: DatabaseUrls, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXCHANGE_DATABASE_URL", audited.service)
    assert main(["audit", "double-count"]) == 0
    told = capsys.readouterr().out
    assert "every tonne has one place" in told
    assert "每一吨" in told


async def test_findings_are_told_with_their_number(
    postgres: EmbeddedServer, database: DatabaseUrls, scene: Scene
) -> None:
    await write_history(scene, database)
    async with unguarded(postgres, database) as connection:
        await connection.execute("UPDATE parcels SET owner = owner + 1")
    audit = await audit_database(database.service)
    told = json.loads(as_json(audit))
    assert told["findings"] == audit.total == sum(told["counts"].values())
    assert {each["check"] for each in told["told"]} >= {"MOVED-UNTOLD", "TABLE-PLACES"}
