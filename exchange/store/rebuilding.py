"""Every table again from the journal's events, beside the tables that are there, and the two compared row by row.

The second set is made in temporary tables by the very functions and statements that the writer uses
(:mod:`exchange.store.projections`, :mod:`exchange.store.writes`), without any trigger, constraint or earlier row of the
first: what triggers keep there is added up here at the end, and the steps of units are followed here too. So a row that
somebody put in, took out or changed around the writer shows, and so does a trigger that did something else than it
should. The events are believed: that they are those of the commands is what replay proves, and that they are those of
the leaves the check of the journal.

The entries pass through in portions and the tables lie on the server's disk, so memory is bounded. Parcels are the
exception: each trade replaces some, and what a transaction has deleted stays in its own way until it ends, so that the
millionth row of one lot and serial is found behind all that were there before. They are kept in memory, where the
service has them as well, and put into their table at the end.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import asyncpg

from exchange.core.canonical import CanonicalError
from exchange.core.codec import decode_command, decode_events
from exchange.core.events.credits import ParcelState
from exchange.sequencer.journal import Answer, Entry, JournalCorruptError, decode_leaf
from exchange.store.connecting import WRITER
from exchange.store.projections import project
from exchange.store.projections.happened import Rows
from exchange.store.standing import Standings, account_column
from exchange.store.tables import METADATA
from exchange.store.write import Write, arguments_of, statement_of
from exchange.store.writes import WRITES

if TYPE_CHECKING:
    from exchange.store.connecting import Connection, Statement

FETCHED_AT_ONCE: Final = 500
"""Entries that are in memory at a time."""

WRITTEN_AT_ONCE: Final = 10_000
"""Parcels in one statement."""

TOLD_AT_MOST: Final = 20
"""Findings of a table that are told one by one; of the others only the number is."""

LONGEST_VALUE: Final = 200
"""Letters of a value that are told; a rulebook in a proposal has thousands."""

NOT_OF_THE_JOURNAL: Final = (
    "alembic_version",
    "downloads_ended",
    "journal",
    "leader",
    "parcel_transitions",
    "quarantine",
    "reads",
)
"""Tables that are not made from the journal's events: it itself, where it ends, and what no entry is about."""

REBUILT: Final = tuple(sorted(set(METADATA.tables) - set(NOT_OF_THE_JOURNAL)))
"""The tables that are compared."""

NOT_IN_THE_LOG: Final = ("status", "content_type", "language", "body")
"""Columns of idempotency that no leaf has: what was answered, which may be emptied as well."""

KEYS: Final = {name: tuple(c.name for c in METADATA.tables[name].primary_key) or ("lot_id", "lo") for name in REBUILT}
"""By which columns the rows of a table are matched; parcels have no primary key."""

_SEQS: Final = ("last_seq", "seq", "placed_seq")
"""Columns that say which entry wrote a row, the one of the last change first."""

_PLANNING: Final = ("plan_cache_mode", "enable_seqscan", "enable_hashjoin", "enable_mergejoin")

_ENTRIES: Final = "SELECT seq, leaf, head, events FROM public.journal WHERE seq > $1 ORDER BY seq LIMIT $2"
_UNKNOWN_ANSWER: Final = Answer(0, "", "", b"")

_BALANCES: Final = """
    INSERT INTO balances (owner, asset, debits_posted, credits_posted, debits_pending, credits_pending)
    SELECT owner, asset, sum(debited), sum(credited), sum(debits_held), sum(credits_held)
    FROM (SELECT debit AS owner, asset, posted AS debited, 0 AS credited, held AS debits_held, 0 AS credits_held
          FROM amounts
          UNION ALL SELECT credit, asset, 0, posted, 0, held FROM amounts) sides
    GROUP BY owner, asset
"""
_AMOUNTS: Final = """
    CREATE TEMPORARY VIEW amounts AS
    SELECT debit, credit, asset, CASE layer WHEN 1 THEN amount ELSE 0 END AS posted,
           CASE layer WHEN 2 THEN amount WHEN 3 THEN -amount ELSE 0 END AS held
    FROM postings
"""
_COVERAGE: Final = """
    INSERT INTO lot_coverage (lot_id, quantity, covered, born, unsellable, stood)
    SELECT l.lot_id, l.hi - l.lo, coalesce(sum(p.hi - p.lo), 0),
           (SELECT coalesce(sum(c.hi - c.lo), 0) FROM parcel_changes c WHERE c.lot_id = l.lot_id AND state_before = 0),
           coalesce(sum(p.hi - p.lo) FILTER (WHERE p.state <> 1), 0),
           (SELECT coalesce(sum(s.hi - s.lo), 0) FROM standings s WHERE s.lot_id = l.lot_id)
    FROM lots l LEFT JOIN parcels p ON p.lot_id = l.lot_id GROUP BY l.lot_id, l.lo, l.hi
"""
_SPACES: Final = "INSERT INTO serial_spaces (space_id, name) SELECT DISTINCT space_id, space_folded FROM issuances"
_WORDINGS: Final = """
    INSERT INTO serial_wordings (wording, space_id)
    SELECT DISTINCT serial_wording, space_id FROM issuances WHERE serial_wording <> ''
"""
_PERIODS: Final = """
    INSERT INTO monitoring_periods (project_id, monitoring_start, monitoring_end, verified, issued)
    SELECT project_id, monitoring_start, monitoring_end, min(verified), sum(hi - lo) FROM issuances
    GROUP BY project_id, monitoring_start, monitoring_end
"""
_GROUND: Final = """
    INSERT INTO period_sites (project_id, monitoring_start, monitoring_end, activity, path)
    SELECT DISTINCT i.project_id, i.monitoring_start, i.monitoring_end, s.activity, s.path
    FROM issuances i JOIN project_sites s ON s.project_id = i.project_id WHERE i.converted IS NULL
"""
_ACCOUNTS: Final = f"""
    INSERT INTO account_units (lot_id, account, tonnes)
    SELECT lot_id, {account_column("parcels")} AS account, sum(hi - lo) FROM parcels
    WHERE state <> {ParcelState.ACTIVE:d} OR encumbered > 0 GROUP BY lot_id, account
"""
_ADDED_UP: Final = (_AMOUNTS, _BALANCES, _COVERAGE, _SPACES, _WORDINGS, _PERIODS, _GROUND, _ACCOUNTS)


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that the journal does not make, makes otherwise, or makes and is not there."""

    table: str
    row: str
    detail: str


class RebuildFailedError(Exception):
    """The journal makes no tables: an entry cannot be read, or changes what is not there. The text names the entry."""


async def compare_with_journal(connection: Connection) -> list[Difference]:
    """Make every table again and compare; an empty list means that the tables are what the journal makes.

    ``connection`` is in a transaction of isolation ``repeatable read`` that may write, so that both sides are of one
    moment. Nothing is written but temporary tables, which the caller drops by rolling back.

    Raises:
        RebuildFailedError: when the journal cannot be followed.
        ConnectionError: when the role may not make temporary tables.
    """
    rebuilder = _Rebuilder(connection)
    await rebuilder.make_tables()
    await rebuilder.follow_journal()
    await rebuilder.finish()
    return [difference for table in REBUILT for difference in await _differences(connection, table)]


class _Rebuilder:
    """The second set of tables, and the writer's statements for it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._prepared: dict[str, Statement] = {}
        self._parcels: dict[tuple[int, int], tuple[Any, ...]] = {}
        self._standings = Standings()

    async def make_tables(self) -> None:
        """Empty tables with the same names and columns, and nothing else in reach by a bare name."""
        for table in REBUILT:
            key = ", ".join(KEYS[table])
            try:
                await self._connection.execute(
                    f"CREATE TEMPORARY TABLE {table} (LIKE public.{table}) ON COMMIT DROP;"
                    f"ALTER TABLE pg_temp.{table} ADD PRIMARY KEY ({key})"
                )
            except asyncpg.InsufficientPrivilegeError as error:
                advice = "GRANT TEMPORARY ON DATABASE to the service's role, or run `exchange migrate`"
                raise ConnectionError(
                    f"the tables cannot be made again beside themselves: {advice} ({error})"
                ) from error
        await self._connection.execute("SET LOCAL search_path = pg_temp, pg_catalog")
        for setting in _PLANNING:
            await self._connection.execute(f"SET LOCAL {setting} = {WRITER[setting]}")

    async def follow_journal(self) -> None:
        """Write the rows of all entries."""
        seq = 0
        while rows := await self._connection.fetch(_ENTRIES, seq, FETCHED_AT_ONCE):
            seq = rows[-1]["seq"]
            try:
                await self._write(project([_entry(row) for row in rows]))
            except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, AssertionError) as error:
                raise RebuildFailedError(f"entries {rows[0]['seq']} to {seq} make no rows: {error}") from error

    async def finish(self) -> None:
        """Write the parcels that are left, add up what triggers keep on the other side, and let the planner see what
        there is to compare.
        """
        parcels = list(self._parcels.values())
        for first in range(0, len(parcels), WRITTEN_AT_ONCE):
            await self._write_one(WRITES["parcels_opened"], parcels[first : first + WRITTEN_AT_ONCE])
        names = [column.name for column in METADATA.tables["standings"].columns]
        await self._connection.copy_records_to_table("standings", records=self._standings.rows(), columns=names)
        for setting in _PLANNING:
            await self._connection.execute(f"SET LOCAL {setting} = DEFAULT")
        for statement in _ADDED_UP:
            await self._connection.execute(statement)
        for table in REBUILT:
            await self._connection.execute(f"ANALYZE pg_temp.{table}")

    async def _write(self, rows: Rows) -> None:
        self._reshape(rows.pop("parcels_closed", []), rows.pop("parcels_opened", []))
        self._standings.follow(rows.get("parcel_changes", ()))
        for write in WRITES.values():
            if write.name in rows and write.name != "journal":
                await self._write_one(write, rows[write.name])

    def _reshape(self, closed: Sequence[tuple[Any, ...]], opened: Sequence[tuple[Any, ...]]) -> None:
        """Follow what a portion does to parcels: the first columns of both are lot, lo and hi."""
        for lot, lo, hi in closed:
            parcel = self._parcels.pop((lot, lo), None)
            assert parcel is not None and parcel[2] == hi, f"parcel {lo}-{hi} of lot {lot} is not there"
        for row in opened:
            assert row[:2] not in self._parcels, f"a parcel of lot {row[0]} begins twice at {row[1]}"
            self._parcels[row[:2]] = row

    async def _write_one(self, write: Write, rows: Sequence[tuple[Any, ...]]) -> None:
        if write.copied_to:
            names = write.column_names
            await self._connection.copy_records_to_table(write.copied_to, records=rows, columns=names)
            return
        statement = self._prepared.get(write.name)
        if statement is None:
            parts, conditions = statement_of([write], 1)
            text = f"WITH {parts} SELECT {' AND '.join(conditions) or 'true'}"
            statement = self._prepared[write.name] = await self._connection.prepare(text)
        found = await statement.fetchval(*arguments_of(write, rows))
        assert found, f"a row that {write.name} needs is not there"


def _entry(row: Any) -> Entry:
    """An entry as the writer had it, but for the answer, which is not in the log."""
    try:
        leaf = decode_leaf(row["leaf"])
        command, events = decode_command(leaf.command), decode_events(row["events"])
    except (CanonicalError, JournalCorruptError) as error:
        raise RebuildFailedError(f"entry {row['seq']} cannot be read: {error}") from error
    answer = _UNKNOWN_ANSWER if leaf.idempotency_key else None
    return Entry(leaf, row["leaf"], row["head"], command, list(events), row["events"], answer)


def _compared(table: str) -> list[str]:
    names = [column.name for column in METADATA.tables[table].columns]
    return [name for name in names if table != "idempotency" or name not in NOT_IN_THE_LOG]


async def _differences(connection: Connection, table: str) -> list[Difference]:
    """The rows of one table that differ, as far as they are told, and how many more there are."""
    names = _compared(table)
    there, made = (f"ROW({', '.join(f'{side}.{name}' for name in names)})" for side in ("t", "m"))
    rows = await connection.fetch(
        f"SELECT to_jsonb(t)::text AS there, to_jsonb(m)::text AS made, count(*) OVER () AS differences "
        f"FROM public.{table} t FULL JOIN pg_temp.{table} m USING ({', '.join(KEYS[table])}) "
        f"WHERE {there} IS DISTINCT FROM {made} "
        f"ORDER BY {', '.join(KEYS[table])} LIMIT {TOLD_AT_MOST}"
    )
    found = [_told(table, names, row["there"], row["made"]) for row in rows]
    more = rows[0]["differences"] - len(rows) if rows else 0
    if more:
        found.append(Difference(table, f"{more:,} more rows", "differ as well"))
    return found or await _doubled(connection, table)


def _told(table: str, names: Sequence[str], there: str | None, made: str | None) -> Difference:
    """One row in words: its key, the entry that wrote it last, and both values of what differs."""
    mine: dict[str, Any] = json.loads(there) if there else {}
    theirs: dict[str, Any] = json.loads(made) if made else {}
    either = mine or theirs
    seq = "" if "seq" in KEYS[table] else next((f", seq {either[n]}" for n in _SEQS if either.get(n) is not None), "")
    row = f"{', '.join(f'{name} {either[name]}' for name in KEYS[table])}{seq}"
    if not theirs:
        return Difference(table, row, f"is there and the journal does not make it: {_values(names, mine)}")
    if not mine:
        return Difference(table, row, f"is not there, and the journal makes it: {_values(names, theirs)}")
    differing = [name for name in names if mine[name] != theirs[name]]
    return Difference(
        table, row, f"is {_values(differing, mine)}, and the journal makes it {_values(differing, theirs)}"
    )


def _values(names: Sequence[str], row: dict[str, Any]) -> str:
    return ", ".join(f"{name}={json.dumps(row[name], ensure_ascii=False)[:LONGEST_VALUE]}" for name in names)


async def _doubled(connection: Connection, table: str) -> list[Difference]:
    """Rows that are there twice match one of the journal's each time; only counting tells."""
    counted = f"SELECT (SELECT count(*) FROM public.{table}) - (SELECT count(*) FROM pg_temp.{table})"
    surplus = await connection.fetchval(counted)
    return [Difference(table, f"{surplus:,} rows", "are there more than once")] if surplus else []
