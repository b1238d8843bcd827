"""When a constraint refuses a batch, the entry at fault is found without leaving a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exchange.sequencer.journal import Batch, ConstraintBrokenError
from exchange.store.journal import PostgresJournal
from tests.support.entries import Log, admission, batch_of, deposit, issuance, post, project, transaction

if TYPE_CHECKING:
    from exchange.store.connecting import Connection


def batch_with_fault_at(position: int, length: int) -> Batch:
    """Deposits, one of which comes with more spending than there is."""
    log = Log()
    for seq in range(1, length + 1):
        events = deposit(seq, 5, 100, f"bank-{seq}")
        if seq == position:
            events = (*events, transaction(seq, post(6, 5, 1)))  # type: ignore[assignment]
        log.add(*events)
    return batch_of(log.entries)


@pytest.mark.parametrize(("position", "length"), [(1, 1), (1, 9), (5, 9), (9, 9), (120, 200)])
async def test_the_entry_at_fault_is_found(
    journal: PostgresJournal, service: Connection, position: int, length: int
) -> None:
    batch = batch_with_fault_at(position, length)
    with pytest.raises(ConstraintBrokenError):
        await journal.append(batch)
    assert (await journal.find_offender(batch)).leaf.seq == position
    assert await service.fetchval("SELECT count(*) FROM journal") == 0
    assert await service.fetchval("SELECT seq FROM leader") == 0


async def test_what_was_before_the_entry_at_fault_can_be_written_afterwards(journal: PostgresJournal) -> None:
    batch = batch_with_fault_at(5, 9)
    offender = await journal.find_offender(batch)
    await journal.append(Batch(batch.epoch, batch.before, batch.entries[: offender.leaf.seq - 1]))


async def test_a_check_that_only_speaks_at_commit_is_heard(journal: PostgresJournal) -> None:
    """Coverage of a lot is deferred, so a prefix is only known to be good when its deferred checks have run."""
    log = Log()
    log.add(project(), issuance(1, 1, 1_001))
    lot, booked, moved, *_ = admission(2, 7, 1, 5, 1, 101)
    log.add(lot, booked, moved)
    log.add(*deposit(3, 5, 100, "bank-3"))
    batch = batch_of(log.entries)
    with pytest.raises(ConstraintBrokenError):
        await journal.append(batch)
    assert (await journal.find_offender(batch)).leaf.seq == 2


async def test_a_batch_without_fault_has_no_offender(journal: PostgresJournal) -> None:
    log = Log()
    log.add(*deposit(1, 5, 100, "bank-1"))
    with pytest.raises(LookupError):
        await journal.find_offender(batch_of(log.entries))
    await journal.append(batch_of(log.entries))
