"""Whether what was acknowledged is what happened: answers against the journal, and every table against the journal.

``exchange reconcile`` makes each table again from the journal, adds the sums up and hashes the chain. What it cannot
know is how many commands clients were told of; that is compared here with the entries that carry somebody's key.
"""

from __future__ import annotations

from dataclasses import dataclass

from exchange.cli.bench.results import Report
from exchange.cli.bench.venue import Venue
from exchange.cli.problem import CommandError
from exchange.core.values import NOBODY, Seq
from exchange.sequencer.journal import decode_leaf
from exchange.store.reconcile import reconcile

_TABLES = ("journal", "orders", "trades", "postings", "movements", "idempotency", "feed")


@dataclass(slots=True)
class Acknowledged:
    """Commands that clients were told of, and requests whose connection was lost before the answer came."""

    commands: int = 0
    unanswered: int = 0


async def last_seq(venue: Venue) -> Seq:
    """Where the journal ends now."""
    async with venue.connected() as connection:
        return Seq(await connection.fetchval("SELECT seq FROM leader"))


async def commands_after(venue: Venue, seq: Seq) -> int:
    """Entries after one that a person's key stands on; the program's own have none."""
    async with venue.connected() as connection, connection.transaction():
        leaves = connection.cursor("SELECT leaf FROM journal WHERE seq > $1 ORDER BY seq", seq, prefetch=5_000)
        return sum([decode_leaf(row["leaf"]).key != NOBODY async for row in leaves])


async def rows_after(venue: Venue, seq: Seq) -> dict[str, int]:
    """Rows that the entries after one have made, by table."""
    column = {"orders": "placed_seq"}
    async with venue.connected() as connection:
        return {
            table: int(
                await connection.fetchval(f"SELECT count(*) FROM {table} WHERE {column.get(table, 'seq')} > $1", seq)
            )
            for table in _TABLES
        }


def compare(told: Acknowledged, journalled: int) -> None:
    """Whether the journal has what clients were told of, and nothing that nobody asked for.

    Raises:
        CommandError: when it has not.
    """
    if not told.commands <= journalled <= told.commands + told.unanswered:
        raise CommandError(
            f"{told.commands:,} commands were acknowledged, {told.unanswered:,} requests not answered,"
            f" and {journalled:,} are in the journal. 已应答与已记载的命令数不符"
        )


async def settle(report: Report, venue: Venue, first: Seq, told: Acknowledged) -> None:
    """Compare, and put it into the report.

    Raises:
        CommandError: when something that was acknowledged is not there, or anything disagrees; the figures are
            worthless then.
    """
    journalled = await commands_after(venue, first)
    rows = await rows_after(venue, first)
    findings = await reconcile(venue.server.service_dsn)
    each = {f"{table}_rows": round(count / max(journalled, 1), 2) for table, count in rows.items()}
    report.add("reconciled", acknowledged=told.commands, in_the_journal=journalled, findings=len(findings))
    report.add("rows per command", **each)
    compare(told, journalled)
    if findings:
        raise CommandError(f"the database does not agree with itself: {findings[0]} 数据库对账不符")
