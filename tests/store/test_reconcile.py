"""The whole-database checks find what somebody with every right has spoiled, and nothing in a sound database.

The faults are planted by the server's superuser with triggers and constraints out of the way, because nobody else
could.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.store import guards
from exchange.store.embedded import DatabaseUrls, EmbeddedServer
from exchange.store.journal import PostgresJournal
from exchange.store.reconcile import CHECKS, GUARDED, STEPS, TABLES, Finding, reconcile
from tests.store.streams import eventful_log
from tests.support.database import unguarded
from tests.support.entries import batch_of

OVERLAPPING_LOT = (
    "INSERT INTO lots SELECT lot_id + 1, issuance_id, space_id, issuance_lo, issuance_hi, lo, hi, first_owner, "
    "lock_reference || 'again', lock_folded || 'again', seq, at_us FROM lots LIMIT 1"
)
OVERLAPPING_ISSUANCE = (
    "CREATE TEMP TABLE copy AS SELECT * FROM issuances LIMIT 1; UPDATE copy SET issuance_id = issuance_id + 1; "
    "INSERT INTO issuances SELECT * FROM copy"
)
FIRST_PARCEL = "(SELECT ctid FROM parcels ORDER BY lot_id, lo LIMIT 1)"

FAULTS = {
    "balances are the sum of postings": "UPDATE balances SET credits_posted = credits_posted + 1 WHERE owner = -4",
    "every asset sums to zero": "UPDATE balances SET debits_pending = debits_pending + 1 WHERE owner = -1",
    "no participant is overdrawn": "UPDATE balances SET debits_posted = credits_posted + 5 WHERE owner > 0",
    "issuances of a space do not overlap": OVERLAPPING_ISSUANCE,
    "lots lie inside their issuances": "UPDATE lots SET issuance_id = issuance_id + 1",
    "lots of a space do not overlap": OVERLAPPING_LOT,
    "parcels cover their lots without gap or overlap": f"UPDATE parcels SET hi = hi - 1 WHERE ctid = {FIRST_PARCEL}",
    "parcels are the ledger's balances": f"UPDATE parcels SET owner = owner + 1 WHERE ctid = {FIRST_PARCEL}",
    "what cannot be sold is held": "UPDATE balances SET debits_pending = 0 WHERE owner > 0 AND asset > 0",
    "the ledger has what was admitted": "UPDATE balances SET debits_posted = debits_posted + 1 WHERE owner = -2",
    "units stand where their last step has brought them": "UPDATE standings SET hi = hi - 1",
    "steps are those of the table": "UPDATE parcel_changes SET cause = 12 WHERE cause = 7",
    "one claim a tonne": "INSERT INTO claim_ranges SELECT claim_id + 1, lot_id, lo, hi, 2, seq, last_seq "
    "FROM claim_ranges WHERE status = 2 LIMIT 1",
    "what is used up is claimed": "UPDATE claim_ranges SET hi = hi - 1 WHERE status = 2",
    "no ground is issued twice": "INSERT INTO period_sites SELECT project_id + 1, monitoring_start, monitoring_end, "
    "activity, path || 'part/' FROM period_sites LIMIT 1",
    "no more is issued than was verified": "UPDATE issuances SET verified = 1",
    "a conversion is issued once": "UPDATE claims SET quantity = 1, covers = 1 WHERE purpose = 8",
    "budgets have what was used elsewhere": "UPDATE budget_entries SET quantity = quantity + 1",
    "a receipt comes once": "UPDATE registry_requests SET receipt = 'r-1' WHERE status = 3",
    STEPS: "DELETE FROM parcel_transitions WHERE cause = 18",
    "orders are what their trades say": "UPDATE orders SET fee = fee + 1 WHERE status = 3",
    "rows belong to entries": "INSERT INTO feed VALUES (1, 1000000)",
    "the journal has no gap": "DELETE FROM journal WHERE seq = 5",
    "the journal is chained": "UPDATE journal SET head = sha256('x') WHERE seq = 5",
    "the journal ends at its leader row": "DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)",
    "times never fall": "UPDATE journal SET at_us = at_us - 5000000 WHERE seq = 5",
    "entries are what their leaves say": "UPDATE journal SET at_us = at_us + 1 WHERE seq = 5",
}


async def spoil(server: EmbeddedServer, database: DatabaseUrls, statement: str) -> None:
    """Do something with all rights and no guards."""
    async with unguarded(server, database) as connection:
        constraints = await connection.fetch(
            "SELECT conrelid::regclass::text AS name, conname FROM pg_constraint "
            "WHERE contype IN ('x', 'c') AND connamespace = 'public'::regnamespace"
        )
        for constraint in constraints:
            await connection.execute(f"ALTER TABLE {constraint['name']} DROP CONSTRAINT {constraint['conname']}")
        await connection.execute(statement)


@pytest.fixture
async def sound(journal: PostgresJournal, database: DatabaseUrls) -> DatabaseUrls:
    """A database with an eventful day in it."""
    await journal.append(batch_of(eventful_log().entries))
    return database


async def test_a_sound_database_has_no_findings(sound: DatabaseUrls) -> None:
    assert await reconcile(sound.service) == []


async def test_an_empty_database_has_no_findings(database: DatabaseUrls) -> None:
    assert await reconcile(database.service) == []


@pytest.mark.parametrize("check", FAULTS)
async def test_a_fault_is_found_by_its_check(sound: DatabaseUrls, postgres: EmbeddedServer, check: str) -> None:
    await spoil(postgres, sound, FAULTS[check])
    found = await reconcile(sound.service)
    assert check in {finding.check for finding in found}


REPLACED = (
    "CREATE OR REPLACE FUNCTION refuse_other_batch(table_name text) RETURNS void LANGUAGE plpgsql AS "
    "$$ BEGIN RETURN; END $$"
)
OVERLOADED = (
    "CREATE FUNCTION refuse_other_batch(table_name name) RETURNS void LANGUAGE plpgsql AS $$ BEGIN RETURN; END $$"
)


@pytest.mark.parametrize(
    ("statement", "subject", "detail"),
    [
        ("ALTER TABLE postings DISABLE TRIGGER append_only", "trigger append_only of postings", "is switched off"),
        ("ALTER TABLE trades ENABLE REPLICA TRIGGER append_only", "trigger append_only of trades", "is switched off"),
        ("DROP TRIGGER only_forward ON leader", "trigger only_forward of leader", "is missing"),
        (REPLACED, "function refuse_other_batch(table_name text)", "is another than the migration makes"),
        (OVERLOADED, "function refuse_other_batch(table_name name)", "is none that the migration makes"),
        ("ALTER FUNCTION refuse_change() SET search_path = x", "function refuse_change()", "is another than the"),
        (
            "GRANT EXECUTE ON FUNCTION is_name(text) TO PUBLIC",
            "function is_name(name text)",
            "may be called by everybody",
        ),
        (
            "GRANT EXECUTE ON FUNCTION follow_steps() TO exchange_service",
            "function follow_steps()",
            "may be called by exchange_service",
        ),
        (
            "CREATE TRIGGER more BEFORE INSERT ON feed EXECUTE FUNCTION refuse_change()",
            "trigger more of feed",
            "is none that the migration makes",
        ),
        (
            "ALTER TABLE downloads_ended DISABLE TRIGGER ALL; ALTER TABLE downloads_ended ENABLE TRIGGER USER",
            "constraint downloads_ended_read_id_fkey of downloads_ended",
            "is switched off",
        ),
    ],
)
async def test_a_guard_that_is_not_as_it_was_made_is_found(
    sound: DatabaseUrls, postgres: EmbeddedServer, statement: str, subject: str, detail: str
) -> None:
    async with unguarded(postgres, sound) as connection:
        await connection.execute(statement)
    (found,) = await reconcile(sound.service)
    assert (found.check, found.subject) == (GUARDED, subject)
    assert found.detail.startswith(detail)


async def test_the_guards_that_are_known_are_those_of_the_migration(database: DatabaseUrls) -> None:
    """When this fails after a change of the migration: ``python -m exchange.store.guards URL`` makes both anew."""
    sources = await guards.sources(database.owner)
    assert {name: Path(guards.__file__).with_name(f"{name}.py").read_text() for name in sources} == sources


def test_every_check_has_a_fault_that_it_finds() -> None:
    assert set(CHECKS) <= set(FAULTS)


async def test_changed_events_are_found_where_they_are(sound: DatabaseUrls, postgres: EmbeddedServer) -> None:
    await spoil(postgres, sound, "UPDATE journal SET events = events || '\\x00' WHERE seq = 9")
    said = "its events are not those that its leaf was made with"
    first, second = [finding for finding in await reconcile(sound.service) if finding.check != GUARDED]
    assert first == Finding("entries are what their leaves say", "entry 9", said)
    assert (second.check, second.detail.startswith("entry 9 cannot be read")) == (TABLES, True)


async def test_of_a_broken_chain_only_the_first_break_is_told(sound: DatabaseUrls, postgres: EmbeddedServer) -> None:
    await spoil(postgres, sound, "UPDATE journal SET leaf = set_byte(leaf, 40, get_byte(leaf, 40) # 1) WHERE seq = 9")
    broken = [finding for finding in await reconcile(sound.service) if finding.check == "the journal is chained"]
    assert [finding.subject for finding in broken] == ["entry 9"]
