"""From entries to rows, without a database: what a batch comes down to."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.core.commands.approvals import Propose
from exchange.core.commands.cash import DepositCash, WithdrawCash
from exchange.core.events import Event, Rejected
from exchange.core.events.governance import KeyRevoked, KeyRotated
from exchange.core.events.orders import CancelReason, OrderCancelled
from exchange.core.values import Fen, InstrumentId, KeyId, Micros, OrderId, ParticipantId, PersonId, Price, Side, Tonnes
from exchange.store.projections import project
from exchange.store.tables import OrderStatus
from exchange.store.writes import WRITES
from tests.store.streams import eventful_log
from tests.support.entries import Log, post, reshaped, transaction


def rows_of(name: str, *entries: tuple[Event, ...]) -> list[dict[str, Any]]:
    """The rows of one write for entries with these events, by column."""
    log = Log()
    for events in entries:
        log.add(*events)
    return [dict(zip(WRITES[name].column_names, row, strict=True)) for row in project(log.entries).get(name, [])]


def cancelled(reason: CancelReason, order: int = 5) -> OrderCancelled:
    """The end of an earlier order."""
    who, what = ParticipantId(11), InstrumentId(1)
    return OrderCancelled(
        OrderId(order), who, what, Side.BUY, Price(3_000), Tonnes(10), Tonnes(10), was_resting=True, reason=reason
    )


@pytest.mark.parametrize("reason", list(CancelReason))
def test_an_order_expires_by_time_alone_and_is_cancelled_by_everything_else(reason: CancelReason) -> None:
    (row,) = rows_of("orders_changed", (cancelled(reason),))
    by_time = reason in (CancelReason.DAY_ENDED, CancelReason.GOOD_TIL_PASSED)
    assert row["ended"] is (OrderStatus.EXPIRED if by_time else OrderStatus.CANCELLED)
    assert (row["leaves"], row["cancel_reason"], row["cumulative"]) == (0, reason, 0)


def test_an_order_is_written_once_for_a_batch_however_often_it_is_touched() -> None:
    rows = project(eventful_log().entries)
    orders = [row[0] for row in rows["orders"]]
    assert len(orders) == len(set(orders))
    assert "orders_changed" not in rows


def test_a_key_that_is_rotated_and_revoked_in_a_batch_is_changed_once() -> None:
    rotated, revoked = KeyRotated(KeyId(5), KeyId(6), Micros(77)), KeyRevoked(KeyId(5))
    (row,) = rows_of("keys_changed", (rotated,), (revoked,))
    assert (row["key_id"], row["expires_at_us"], row["replaced_by"]) == (5, 77, 6)
    assert (row["revoked_seq"], row["last_seq"]) == (2, 2)
    (row,) = rows_of("keys_changed", (rotated,))
    assert (row["revoked_seq"], row["revoked_at_us"], row["last_seq"]) == (None, None, 1)
    (row,) = rows_of("keys_changed", (revoked,))
    assert (row["expires_at_us"], row["replaced_by"]) == (None, None)


def test_a_parcel_that_begins_and_ceases_in_a_batch_was_never_there() -> None:
    events = (reshaped(7, [(1, 101)], [(1, 51, 11), (51, 101, 12)]),), (reshaped(7, [(1, 51)], [(1, 51, 13)]),)
    assert [row["lo"] for row in rows_of("parcels_closed", *events)] == [1]
    assert [(row["lo"], row["owner"]) for row in rows_of("parcels_opened", *events)] == [(51, 12), (1, 13)]


def test_a_parcel_that_comes_back_with_another_owner_is_closed_and_opened() -> None:
    events = (reshaped(7, [(1, 101)], [(1, 101, 12)]),)
    assert [(row["lo"], row["hi"]) for row in rows_of("parcels_closed", events)] == [(1, 101)]
    assert [(row["lo"], row["hi"], row["owner"]) for row in rows_of("parcels_opened", events)] == [(1, 101, 12)]


def test_a_parcel_that_begins_twice_is_a_bug() -> None:
    with pytest.raises(AssertionError, match="begins twice"):
        rows_of("parcels_opened", (reshaped(7, [], [(1, 101, 11)]), reshaped(7, [], [(1, 101, 12)])))


def test_postings_are_numbered_over_all_transactions_of_an_entry() -> None:
    first, second = transaction(1, post(-1, 11, 5), post(-1, 12, 5)), transaction(1, post(-1, 13, 5))
    rows = rows_of("postings", (first, second), (transaction(2, post(-1, 14, 5)),))
    assert [(row["seq"], row["n"], row["credit"]) for row in rows] == [(1, 0, 11), (1, 1, 12), (1, 2, 13), (2, 0, 14)]


def test_a_feed_names_participants_once_an_entry_and_never_the_venue() -> None:
    rows = rows_of("feed", (transaction(1, post(-1, 11, 5), post(11, 12, 5), post(12, -4, 1)),))
    assert [(row["participant_id"], row["seq"]) for row in rows] == [(11, 1), (12, 1)]


def test_a_refusal_is_seen_by_the_one_who_was_refused_and_not_by_who_is_named_in_the_command() -> None:
    log = Log()
    refused = Rejected(801, 1, (), ())
    log.add(refused, command=DepositCash(PersonId(1), ParticipantId(11), Fen(1), "bank-1"), scope=1, used=KeyId(5))
    rows = project(log.entries)
    assert set(rows) == {"journal", "feed", "refusals"}
    assert rows["feed"] == [(1, 1)]
    assert rows["refusals"] == [(1, log.at, 1, 1, 5, "DepositCash", 801)]


def test_a_refusal_of_the_program_itself_is_in_no_feed() -> None:
    log = Log()
    log.add(Rejected(801, 1, (), ()))
    assert set(project(log.entries)) == {"journal", "refusals"}


def test_a_refused_proposal_says_what_was_proposed() -> None:
    action = WithdrawCash(PersonId(1), ParticipantId(11), Fen(1), "account")
    log = Log()
    log.add(Rejected(801, 1, (), ()), command=Propose(PersonId(1), action), scope=11)
    assert [row[5] for row in project(log.entries)["refusals"]] == ["Propose WithdrawCash"]


def test_a_key_without_an_answer_of_its_own_is_not_kept() -> None:
    """A request of several commands has one key; only the entry that carries the answer makes a row of it."""
    log = Log()
    silent = log.add(key="k", scope=1)
    silent.answer = None
    answered = log.add(key="k", scope=1)
    assert [row[2] for row in project([silent, answered])["idempotency"]] == [2]
