"""The journal read by its readers: an own feed, and the auditor's page of leaves."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from exchange.core.values import Micros, Seq
from exchange.store.queries.cursors import check_limit
from exchange.store.tables import feed, journal


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An entry that concerns a participant, or a refused command of one of the staff. ``events`` are all events of the
    entry in canonical bytes, also those of the other party, and ``leaf`` has the command: what of them may be seen is
    for the caller to choose.
    """

    seq: Seq
    at: Micros
    events: bytes
    leaf: bytes


@dataclass(frozen=True, slots=True)
class JournalLine:
    """An entry as an auditor checks it: the leaf's canonical bytes and the chain's head after it."""

    seq: Seq
    at: Micros
    leaf: bytes
    head: bytes


async def feed_of(connection: AsyncConnection, owner: int, after: Seq, limit: int) -> list[FeedEntry]:
    """The next entries that concern a participant (or person of the staff), in order; the seq of the last is the next
    ``after``.
    """
    statement = (
        select(feed.c.seq, journal.c.at_us, journal.c.events, journal.c.leaf)
        .join(journal, journal.c.seq == feed.c.seq)
        .where(feed.c.participant_id == owner, feed.c.seq > after)
        .order_by(feed.c.seq)
        .limit(check_limit(limit))
    )
    return [FeedEntry(row.seq, row.at_us, row.events, row.leaf) for row in await connection.execute(statement)]


async def journal_page(connection: AsyncConnection, after: Seq, limit: int) -> list[JournalLine]:
    """The next entries of the journal, in order."""
    columns = (journal.c.seq, journal.c.at_us, journal.c.leaf, journal.c.head)
    statement = select(*columns).where(journal.c.seq > after).order_by(journal.c.seq).limit(check_limit(limit))
    return [JournalLine(row.seq, row.at_us, row.leaf, row.head) for row in await connection.execute(statement)]
