"""What the guards read while PostgreSQL believes every table empty: no more than else.

It believes so where a table was counted before its first rows were committed, and a batch is then written and checked
by plans made of that. A guard that leaves the order of its joins to the planner may read a table whole for each row of
another for each row of a third: a COMMIT of a thousand entries took half a minute. PostgreSQL counts what is read, so
no clock is asked.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from exchange.core.commands.encumbrances import ReportReversal
from exchange.core.commands.instruments import Family
from exchange.core.commands.uses import Pick, ReleaseUnits
from exchange.core.handlers.replacing import NO_DETAILS
from exchange.core.values import LotId, ParticipantId, ReversalId, Tonnes
from exchange.store.connecting import WRITER, connect
from exchange.store.embedded import DatabaseUrls, EmbeddedServer
from exchange.store.writer import NO_CRASH, BatchWriter, rows_of
from tests.store.unit_life import use
from tests.support.database import unguarded
from tests.support.entries import Log, batches_of
from tests.support.market import Market

MANY: Final = 40
"""Of everything: enough for a plan that takes the square or the cube of it to stand out."""

BELIEVED_EMPTY: Final = """
    SELECT pg_restore_relation_stats(
        'schemaname', 'public', 'relname', relname::text, 'relpages', 1, 'reltuples', 0::real)
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')
"""
READ: Final = "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint FROM pg_stat_xact_user_tables"
AGAIN: Final = 6
"""How many times as much may be read: a join of two tables may begin at the wrong one, one of five tables may not."""


def busy_log() -> Log:
    """Many lots, each with a use, and with a use that replaces a part of one loss; and many releases."""
    market = Market()
    wood = market.firm("WOOD")
    lots = [market.lot(wood, 10) for _ in range(MANY)]
    quota = [market.lot(wood, 10, Family.REDUCTION_QUOTA) for _ in range(MANY)]
    number = _loss(market, wood)
    for lot, of_quota in zip(lots, quota, strict=True):
        market.agree(use(market, wood, _first(market, of_quota, 2)), market.second)
        freely = use(market, wood, _first(market, lot, 1), details=NO_DETAILS)
        market.agree(replace(freely, reversal=number), market.second)
    market.registry_confirms()
    for lot in lots:
        pick = _first(market, lot, 4, behind=2)
        market.agree(ReleaseUnits(market.traders[wood], wood, (pick,), "N-1"), market.second)
    market.cool_down()
    market.registry_confirms()
    log = Log()
    log.follow(market.log)
    return log


def _loss(market: Market, firm: ParticipantId) -> ReversalId:
    report = ReportReversal(market.operator, market.project("P1"), 2023, firm, Tonnes(MANY), "fire")
    return ReversalId(market.agree(report, market.second))


def _first(market: Market, lot: LotId, tonnes: int, behind: int = 0) -> Pick:
    lo = market.state.credits.lots[lot].serials.lo + behind
    return Pick(lot, lo, lo + tonnes)


async def rows_read(urls: DatabaseUrls, log: Log) -> int:
    """How many rows of all tables are read to write a log and to check it, which is taken back in the end."""
    connection = await connect(urls.service, {**WRITER, "default_transaction_read_only": "off"})
    try:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("UPDATE leader SET epoch = 1 WHERE epoch = 0")
        writer = BatchWriter(connection, NO_CRASH)
        for batch in batches_of(log.entries, [200] * len(log.entries)):
            await writer.write_inside(batch, rows_of(batch))
            await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            await connection.execute("SET CONSTRAINTS ALL DEFERRED")
        read: int = await connection.fetchval(READ)
        await transaction.rollback()
        return read
    finally:
        await connection.close()


async def test_what_is_believed_empty_is_read_by_its_keys(postgres: EmbeddedServer, database: DatabaseUrls) -> None:
    log = busy_log()
    usual = await rows_read(database, log)
    async with unguarded(postgres, database) as connection:
        await connection.execute(BELIEVED_EMPTY)
    assert await rows_read(database, log) < AGAIN * usual, usual
