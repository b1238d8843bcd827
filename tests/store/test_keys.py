"""The table of keys says of each what is true now, in whichever batches that came to be so; and what of a key or of a
proposal nobody changes afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import pytest

from exchange.core.commands.approvals import RejectProposal
from exchange.core.commands.governance import PersonRole, RegisterKey, RegisterStaff, RevokeKey, RotateKey
from exchange.core.values import KeyId, Micros, Seq
from exchange.store.journal import PostgresJournal
from tests.store.bypass import moved_leader
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


@pytest.fixture
async def written(journal: PostgresJournal) -> Market:
    """Everybody's first key, and of the operator's one that ends, one that was replaced and one that was revoked.

    Of two proposals one is decided.
    """
    market = Market()
    person = market.operator
    for label in ("ends", "replaced", "revoked"):
        ends = Micros(market.now() + 10**9 if label == "ends" else 0)
        made = RegisterKey(person, label, market.new_secret_hash(), b"", 15, ends, ())
        key = KeyId(market.done(made).created)
        if label == "replaced":
            market.done(RotateKey(person, market.new_secret_hash(), b"", 60), key)
        elif label == "revoked":
            market.done(RevokeKey(person, key))
    for name, reason in (("waits", ""), ("is decided", "no")):
        proposal, _ = market.propose(RegisterStaff(person, name, PersonRole.OPERATOR, market.new_secret_hash(), b""))
        if reason:
            market.done(RejectProposal(market.second, proposal, reason))
    for batch in batches_of(log_of(market).entries, []):
        await journal.append(batch)
    return market


_STAYS = ("person_id = person_id + 1", "label = 'x'", "secret_hash = sha256('x')", "public_key = sha256('x')")
_LASTING = ("scopes = 1", "networks = '10.0.0.0/8'", "made_with = 1", "seq = seq + 1", "at_us = at_us + 1")
_WAITING = "WHERE status = 1"

FORBIDDEN = {
    **{f"api_keys SET {change}": "api_keys stays as it was written" for change in (*_STAYS, *_LASTING)},
    **{
        f"api_keys SET {change}": "api_keys is append-only"
        for change in (
            "revoked_seq = NULL WHERE label = 'revoked'",
            "expires_at_us = 1 WHERE label = 'revoked'",
            "replaced_by = NULL WHERE label = 'replaced'",
            "replaced_by = 7 WHERE replaced_by IS NOT NULL",
            "expires_at_us = NULL WHERE label = 'ends'",
            "expires_at_us = expires_at_us + 1 WHERE label = 'ends'",
        )
    },
    **{
        f"proposals SET {change} {_WAITING}": "proposals stays as it was written"
        for change in (
            "proposer = proposer + 1",
            "participant_id = 7",
            "action = action || '\\x00'",
            "action_hash = sha256('x')",
            "seq = seq + 1",
            "at_us = at_us + 1",
        )
    },
    **{
        f"proposals SET {change} WHERE status = 3": "proposals_decided_once"
        for change in ("status = 2", "status = 1", "decided_by = 7", "reject_reason = 'x'")
    },
}
"""What the service's role may not change of a row, and what it is told."""

ALLOWED = (
    "api_keys SET revoked_seq = 1, revoked_at_us = 1 WHERE label = 'ends'",
    "api_keys SET expires_at_us = expires_at_us - 1 WHERE label = 'ends'",
    "api_keys SET expires_at_us = 1, replaced_by = 7 WHERE label = 'first key'",
    "api_keys SET revoked_seq = 1, revoked_at_us = 1 WHERE label = 'replaced'",
    f"proposals SET status = 2, decided_by = 7 {_WAITING}",
    f"proposals SET status = 3, reject_reason = 'x' {_WAITING}",
)


async def test_of_a_key_only_its_end_changes_and_of_a_proposal_only_its_decision(
    written: Market, service: Connection
) -> None:
    """In an entry of the intruder's own, in which a row of these tables may change at all."""
    last = f"last_seq = {written.state.seq + 1}"
    async with moved_leader(service):
        for change, told in FORBIDDEN.items():
            with pytest.raises(asyncpg.PostgresError, match=told):
                async with service.transaction():
                    await service.execute(f"UPDATE {change.replace(' SET ', f' SET {last}, ', 1)}")
        for change in ALLOWED:
            transaction = service.transaction()
            await transaction.start()
            done = await service.execute(f"UPDATE {change.replace(' SET ', f' SET {last}, ', 1)}")
            assert done != "UPDATE 0", change
            await transaction.rollback()


@pytest.mark.parametrize("table", ["api_keys", "proposals"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {}"])
async def test_neither_is_taken_out(written: Market, owner: Connection, statement: str, table: str) -> None:
    """Not by the owner of the tables either, as long as the triggers are there."""
    with pytest.raises(asyncpg.PostgresError, match=f"{table} is append-only"):
        await owner.execute(statement.format(table))
