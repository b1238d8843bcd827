"""What a sandbox gives with an admission gets past every guard of the database, in one batch and in several."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exchange.core.commands.participants import ParticipantRole
from exchange.store.embedded import DatabaseUrls
from exchange.store.journal import PostgresJournal
from exchange.store.reconcile import reconcile
from tests.store.streams import log_of
from tests.support.entries import batches_of
from tests.support.market import Market

if TYPE_CHECKING:
    from exchange.store.connecting import Connection


@pytest.mark.parametrize("sizes", [[], [2, 3, 1]])
async def test_play_money_and_play_units_are_rows_like_others(
    journal: PostgresJournal, service: Connection, database: DatabaseUrls, sizes: list[int]
) -> None:
    market = Market(sandbox=(5_000, 300))
    wood, steel = market.firm("wood", ParticipantRole.SELLER), market.firm("steel", ParticipantRole.BOTH)
    for batch in batches_of(log_of(market).entries, sizes):
        await journal.append(batch)
    lots = await service.fetch("SELECT first_owner, lo, hi FROM lots ORDER BY lot_id")
    assert [tuple(row) for row in lots] == [(wood, 1, 301)] * 2 + [(steel, 301, 601)] * 2
    (deposit,) = await service.fetch("SELECT participant_id, amount, bank_reference FROM bank_references")
    assert tuple(deposit) == (steel, 5_000, f"SANDBOX-{steel}")
    assert await reconcile(database.service) == []
