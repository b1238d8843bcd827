"""The table of keys says of each what is true now, in whichever batches that came to be so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exchange.core.commands.governance import RegisterKey, RevokeKey, RotateKey
from exchange.core.values import KeyId, Micros, Seq
from exchange.store.journal import PostgresJournal
from tests.store.streams import log_of
from tests.support.entries import batches_of
from tests.support.market import Market

if TYPE_CHECKING:
    from exchange.store.connecting import Connection


@pytest.mark.parametrize("sizes", [[], [3], [2, 1, 1, 1, 1]], ids=["one batch", "two batches", "a batch for each"])
async def test_a_key_and_its_successor(journal: PostgresJournal, service: Connection, sizes: list[int]) -> None:
    market = Market()
    person, networks = market.operator, ("10.1.0.0/16", "10.2.0.0/16")
    made = RegisterKey(person, "desk", market.new_secret_hash(), b"", 15, Micros(0), networks)
    old = KeyId(market.done(made).created)
    ends = market.now() + 60_000_000
    new = KeyId(market.done(RotateKey(person, market.new_secret_hash(), b"", 60), old).created)
    market.done(RevokeKey(person, old), new)
    revoked = Seq(market.state.seq)
    for batch in batches_of(log_of(market).entries, sizes):
        await journal.append(batch)
    row = await service.fetchrow("SELECT * FROM api_keys WHERE key_id = $1", old)
    assert row is not None
    assert (row["expires_at_us"], row["replaced_by"], row["networks"]) == (ends, new, "10.1.0.0/16 10.2.0.0/16")
    assert (row["revoked_seq"], row["last_seq"], row["public_key"]) == (revoked, revoked, b"")
    row = await service.fetchrow("SELECT * FROM api_keys WHERE key_id = $1", new)
    assert row is not None
    assert (row["expires_at_us"], row["replaced_by"], row["revoked_seq"], row["last_seq"]) == (
        None,
        None,
        None,
        revoked - 1,
    )
