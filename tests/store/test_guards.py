"""The database refuses what the core would never do: each guard, reached by events made by hand.

Every batch goes through the journal as the sequencer would send it. What a guard refuses leaves nothing behind.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import asyncpg
import pytest

from exchange.core.commands.orders import OrderKind, TimeInForce
from exchange.core.events.credits import ParcelsMoved
from exchange.core.events.governance import KeyRegistered, KeyRevoked
from exchange.core.events.orders import CancelReason, OrderAccepted, OrderCancelled, OrderReduced, Traded
from exchange.core.events.participants import Layer
from exchange.core.serials import SerialRange
from exchange.core.values import (
    Day,
    Fen,
    InstrumentId,
    KeyId,
    LotId,
    Micros,
    OrderId,
    OwnerGroupId,
    ParticipantId,
    PersonId,
    Price,
    SelfTradePrevention,
    Seq,
    Side,
    Tonnes,
    TradeId,
    TransactionId,
    derived_id,
)
from exchange.sequencer.journal import ConstraintBrokenError, FencedError
from exchange.store.journal import PostgresJournal
from tests.store.bypass import ANNA, BERT, Bypass, moved_leader
from tests.store.streams import eventful_log
from tests.support.entries import (
    DAY,
    admission,
    batch_of,
    batches_of,
    deposit,
    issuance,
    post,
    reshaped,
    transaction,
)

if TYPE_CHECKING:
    from exchange.store.connecting import Connection


def accepted(order: int, side: Side = Side.BUY, quantity: int = 10) -> OrderAccepted:
    """A limit order of Anna's."""
    return OrderAccepted(
        OrderId(order),
        ParticipantId(ANNA),
        OwnerGroupId(1),
        InstrumentId(1),
        "",
        side,
        OrderKind.LIMIT,
        TimeInForce.GTC,
        Price(3_000),
        Tonnes(quantity),
        False,
        SelfTradePrevention.CANCEL_NEWEST,
        Day(0),
    )


def traded(trade: int, buy_order: int, sell_order: int, quantity: int, buy_leaves: int, sell_leaves: int) -> Traded:
    """A trade between Anna and Bert."""
    return Traded(
        TradeId(trade),
        InstrumentId(1),
        Price(3_000),
        Tonnes(quantity),
        Side.BUY,
        OrderId(buy_order),
        OrderId(sell_order),
        ParticipantId(ANNA),
        ParticipantId(BERT),
        Fen(0),
        Fen(0),
        Tonnes(buy_leaves),
        Tonnes(sell_leaves),
        DAY,
    )


# --- serials ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lo", "hi"), [(1_000, 2_000), (1, 1_001), (400, 500), (1, 2)])
async def test_issuances_of_one_space_never_overlap(bypass: Bypass, lo: int, hi: int) -> None:
    await bypass.refuse("issuances_never_overlap", (issuance(2, lo, hi),))


async def test_issuances_that_touch_or_lie_in_other_spaces_are_fine(bypass: Bypass) -> None:
    await bypass.send((issuance(2, 1_001, 2_000),), (issuance(3, 1, 1_001, space=2),))


async def test_two_issuances_of_one_batch_are_held_against_each_other_too(bypass: Bypass) -> None:
    await bypass.refuse("issuances_never_overlap", (issuance(2, 5_000, 6_000),), (issuance(3, 5_999, 7_000),))


@pytest.mark.parametrize("name", ["CCER", "ccer", "Ccer", "C-CER", " cc/er. "])
async def test_a_name_stands_for_one_serial_space_in_whatever_spelling(bypass: Bypass, name: str) -> None:
    other = replace(issuance(2, 1, 1_001, space=2), space_name=name)
    await bypass.refuse("serial_spaces_name_once", (other,))


async def test_a_serial_space_has_one_name(bypass: Bypass) -> None:
    await bypass.refuse("serial_spaces_pkey", (replace(issuance(2, 1_001, 2_000), space_name="Gold"),))
    await bypass.send((issuance(2, 1_001, 2_000),))


async def test_a_lock_reference_admits_one_lot(bypass: Bypass) -> None:
    admitted = admission(bypass.seq, 8, 1, ANNA, 201, 301)
    for same in ("lock-7", "LOCK-7", "lock - 7.", "Lock_07", "lock7"):
        again = (replace(admitted[0], lock_reference=same), *admitted[1:])
        await bypass.refuse("lock_papers_entered_once", again)


async def test_a_secret_belongs_to_one_key_for_ever(bypass: Bypass) -> None:
    def key(number: int) -> KeyRegistered:
        return KeyRegistered(KeyId(number), PersonId(number), "desk", bytes(32), b"", 1, Micros(0), (), KeyId(0))

    await bypass.send((key(5), KeyRevoked(KeyId(5))))
    await bypass.refuse("api_keys_secret_once", (key(6),))


async def test_a_key_pair_belongs_to_one_key_for_ever(bypass: Bypass) -> None:
    def key(number: int, public_key: bytes) -> KeyRegistered:
        secret, person = bytes([number]) * 32, PersonId(number)
        return KeyRegistered(KeyId(number), person, "desk", secret, public_key, 1, Micros(0), (), KeyId(0))

    await bypass.send((key(5, bytes(32)), KeyRevoked(KeyId(5))))
    await bypass.refuse("api_keys_public_key_once", (key(6, bytes(32)),))
    await bypass.refuse("api_keys_public_key_once", (replace(key(6, bytes(32)), person=PersonId(5)),))
    await bypass.send((key(6, b""),), (key(7, b""),))


@pytest.mark.parametrize("size", [1, 31, 33])
async def test_a_public_key_is_of_ed25519_or_none(bypass: Bypass, size: int) -> None:
    key = KeyRegistered(KeyId(5), PersonId(5), "desk", bytes(32), bytes(size), 1, Micros(0), (), KeyId(0))
    await bypass.refuse("api_keys_public_key_is_ed25519", (key,))
    await bypass.send((replace(key, public_key=bytes(32)),))


@pytest.mark.parametrize(("lo", "hi"), [(901, 1_002), (2_000, 2_100)])
async def test_a_lot_lies_inside_its_issuance(bypass: Bypass, lo: int, hi: int) -> None:
    await bypass.refuse("lots_inside_their_issuance", admission(bypass.seq, 8, 1, ANNA, lo, hi))


async def test_a_lot_lies_in_the_space_of_its_issuance(bypass: Bypass) -> None:
    await bypass.refuse("lots_of_an_issuance", admission(bypass.seq, 8, 1, ANNA, 201, 301, space=2))


async def test_a_lot_has_an_issuance(bypass: Bypass) -> None:
    await bypass.refuse("issuance_lo", admission(bypass.seq, 8, 99, ANNA, 201, 301))


async def test_lots_never_overlap(bypass: Bypass) -> None:
    await bypass.refuse("lots_never_overlap", admission(bypass.seq, 8, 1, BERT, 100, 200))


async def test_parcels_of_a_lot_never_overlap(bypass: Bypass) -> None:
    """The sum is right, so that only the look for overlaps can see it."""
    overlapping = reshaped(7, [(1, 101)], [(1, 61, ANNA), (51, 91, BERT)])
    await bypass.refuse("parcels_never_overlap", (overlapping,))


@pytest.mark.parametrize(
    ("closed", "lo", "hi", "constraint"),
    [
        ([(71, 101)], 61, 91, "parcels_never_overlap"),  # begins inside one that stays
        ([(1, 41)], 11, 51, "parcels_never_overlap"),  # one that stays begins inside of it
        ([(1, 41), (71, 101)], 31, 101, "parcels_never_overlap"),  # one that stays lies inside of it
        ([(71, 101)], 43, 73, "parcels_never_overlap"),  # begins inside one that stays and ends beyond it
        ([(71, 101)], 41, 71, "parcels_begin_once"),  # is one that stays
    ],
)
async def test_a_parcel_overlaps_none_that_stays(
    bypass: Bypass, closed: list[tuple[int, int]], lo: int, hi: int, constraint: str
) -> None:
    thirds = [(1, 41, ANNA), (41, 71, BERT), (71, 101, ANNA)]
    await bypass.send((reshaped(7, [(1, 101)], thirds),))
    await bypass.refuse(constraint, (reshaped(7, closed, [(lo, hi, BERT)]),))


async def test_parcels_cover_their_lot(bypass: Bypass) -> None:
    await bypass.refuse("parcels of lot 7 do not sum", (reshaped(7, [(1, 101)], [(1, 51, ANNA), (61, 101, BERT)]),))


async def test_a_parcel_does_not_vanish(bypass: Bypass) -> None:
    await bypass.refuse("parcels of lot 7 do not sum", (reshaped(7, [(1, 101)], []),))


async def test_a_lot_without_parcels_is_refused(bypass: Bypass) -> None:
    lot, booked, *_ = admission(bypass.seq, 8, 1, ANNA, 201, 301)
    await bypass.refuse("parcels of lot 8 do not sum", (lot, booked))


async def test_a_parcel_lies_inside_its_lot(bypass: Bypass) -> None:
    await bypass.refuse("parcels_inside_their_lot", (reshaped(7, [(1, 101)], [(51, 151, ANNA)]),))


async def test_a_parcel_has_a_lot(bypass: Bypass) -> None:
    await bypass.refuse("lot_lo", (reshaped(99, [], [(1, 11, ANNA)]),))


async def test_a_parcel_that_is_not_there_cannot_be_closed(bypass: Bypass) -> None:
    await bypass.refuse("is not there", (reshaped(7, [(2, 101)], [(2, 101, BERT)]),))


async def test_a_parcel_has_an_owner(bypass: Bypass) -> None:
    await bypass.refuse("parcels_of_a_participant", (reshaped(7, [(1, 101)], [(1, 101, 0)]),))


async def test_a_movement_moves_something(bypass: Bypass) -> None:
    empty = (SerialRange(5, 5),)
    moved = ParcelsMoved(TransactionId(1), LotId(7), ParticipantId(ANNA), ParticipantId(BERT), empty)
    await bypass.refuse("movements_range", (moved,))


# --- money ------------------------------------------------------------------------------------------------------------


async def test_nobody_spends_more_than_is_there(bypass: Bypass) -> None:
    await bypass.refuse("balances_available_not_negative", (transaction(bypass.seq, post(ANNA, BERT, 1_001)),))


async def test_a_hold_takes_what_is_available(bypass: Bypass) -> None:
    await bypass.send((transaction(bypass.seq, post(ANNA, -3, 600, layer=Layer.HOLD)),))
    await bypass.refuse("balances_available_not_negative", (transaction(bypass.seq, post(ANNA, BERT, 402)),))


async def test_nobody_sells_more_tonnes_than_are_there(bypass: Bypass) -> None:
    await bypass.refuse("balances_available_not_negative", (transaction(bypass.seq, post(ANNA, BERT, 101, asset=7)),))


async def test_no_more_is_released_than_is_held(bypass: Bypass) -> None:
    release = transaction(bypass.seq, post(ANNA, -3, 1, layer=Layer.RELEASE))
    await bypass.refuse("its_pending_not_negative", (release,))


async def test_the_venue_itself_may_owe(bypass: Bypass) -> None:
    await bypass.send((transaction(bypass.seq, post(-4, ANNA, 5)),))


@pytest.mark.parametrize(
    ("constraint", "debit", "credit", "amount"),
    [
        ("postings_amount_positive", ANNA, BERT, 0),
        ("postings_amount_positive", ANNA, BERT, -5),
        ("postings_between_two_owners", ANNA, ANNA, 5),
        ("postings_between_two_owners", 0, BERT, 5),
    ],
)
async def test_a_posting_moves_something_between_two(
    bypass: Bypass, constraint: str, debit: int, credit: int, amount: int
) -> None:
    await bypass.refuse(constraint, (transaction(bypass.seq, post(debit, credit, amount)),))


@pytest.mark.parametrize("same", ["bank-1", "BANK-1", "ｂａｎｋ－ 1", "Bank-1."])
async def test_a_bank_reference_is_credited_once_in_whatever_spelling(bypass: Bypass, same: str) -> None:
    await bypass.refuse("bank_references_credited_once", deposit(bypass.seq, BERT, 5, same))
    await bypass.send(deposit(bypass.seq, BERT, 5, "bank-10"))


@pytest.mark.parametrize("name", ["bank-1\ufe0f", "ЬANK-1", "", "."])
async def test_a_bank_reference_hides_nothing(bypass: Bypass, name: str) -> None:
    await bypass.refuse("bank_references_are_names", deposit(bypass.seq, BERT, 5, name))


async def test_postings_of_an_entry_come_whole(bypass: Bypass, service: Connection) -> None:
    insert = "INSERT INTO postings VALUES (4, {0}, 1, 1, -1, 5, 0, 10)"
    async with moved_leader(service):
        for refusal, n in (("not whole", 1), ("", 0), ("not whole", 1), ("postings_pkey", 0)):
            if not refusal:
                await service.execute(insert.format(n))
                continue
            with pytest.raises(asyncpg.PostgresError, match=refusal):
                async with service.transaction():
                    await service.execute(insert.format(n))


# --- orders -----------------------------------------------------------------------------------------------------------


async def test_an_order_that_is_not_there_cannot_change(bypass: Bypass) -> None:
    order = OrderId(404)
    cancelled = OrderCancelled(
        order,
        ParticipantId(ANNA),
        InstrumentId(1),
        Side.BUY,
        Price(3_000),
        Tonnes(10),
        Tonnes(10),
        True,
        CancelReason.REQUESTED,
    )
    await bypass.refuse("is not there", (cancelled,))


async def test_an_order_is_not_filled_beyond_its_quantity(bypass: Bypass) -> None:
    trade = derived_id(Seq(bypass.seq))
    events = (accepted(5), accepted(6, Side.SELL, 20), traded(trade, 5, 6, 11, 0, 9))
    await bypass.refuse("orders_add_up", events)


async def test_leaves_and_fills_of_an_order_add_up(bypass: Bypass) -> None:
    await bypass.send((accepted(5),))
    reduced = OrderReduced(
        OrderId(5), ParticipantId(ANNA), InstrumentId(1), Side.BUY, Price(3_000), Tonnes(8), Tonnes(7)
    )
    await bypass.refuse("orders_add_up", (reduced,))


async def test_a_trade_carries_its_seq_in_its_id(bypass: Bypass) -> None:
    events = (accepted(5), accepted(6, Side.SELL), traded(1, 5, 6, 10, 0, 0))
    await bypass.refuse("trades_id_holds_its_seq", events)


async def test_an_order_id_is_given_once(bypass: Bypass) -> None:
    await bypass.send((accepted(5),))
    await bypass.refuse("orders_pkey", (accepted(5),))


# --- the journal itself -----------------------------------------------------------------------------------------------


async def test_a_key_is_used_once_in_its_scope(bypass: Bypass) -> None:
    log, journal = bypass.log, bypass.journal
    before = log.head
    await journal.append(batch_of([log.add(key="k", scope=1), log.add(key="k", scope=2)], before))
    before = log.head
    with pytest.raises(ConstraintBrokenError, match="idempotency_pkey"):
        await journal.append(batch_of([log.add(key="k", scope=1)], before))


async def test_a_seq_is_used_once(bypass: Bypass) -> None:
    """A batch that begins anywhere but behind the last entry is refused as one of a writer that does not lead."""
    log = bypass.log
    with pytest.raises(FencedError):
        await bypass.journal.append(batch_of(log.entries[-1:], log.head))
    with pytest.raises(FencedError):
        await bypass.journal.append(batch_of(log.entries[-1:], log.entries[-2].head))


async def test_a_batch_continues_the_chain(bypass: Bypass) -> None:
    """The right seq is not enough: the head must be the one that the entries were chained to."""
    with pytest.raises(FencedError):
        await bypass.journal.append(batch_of([bypass.log.add()], bytes(32)))


async def test_a_batch_cannot_leave_a_gap(bypass: Bypass) -> None:
    log = bypass.log
    before = log.head
    log.add()
    with pytest.raises(FencedError):
        await bypass.journal.append(batch_of([log.add()], before))


async def test_a_batch_with_a_gap_inside_is_a_bug(bypass: Bypass) -> None:
    log = bypass.log
    before = log.head
    first, _, third = log.add(), log.add(), log.add()
    with pytest.raises(AssertionError, match="gap"):
        await bypass.journal.append(batch_of([first, third], before))


async def test_a_seq_cannot_be_written_twice_around_the_leader_row(bypass: Bypass, service: Connection) -> None:
    row = "INSERT INTO journal VALUES (1, 1, 1, 'x', $1, 'x')"
    with pytest.raises(asyncpg.UniqueViolationError):
        await service.execute(row, bytes(32))


async def test_a_stale_epoch_writes_nothing(bypass: Bypass, service: Connection) -> None:
    await service.execute("UPDATE leader SET epoch = epoch + 1")
    with pytest.raises(FencedError):
        await bypass.send(deposit(bypass.seq, ANNA, 5, "stale"))
    assert await service.fetchval("SELECT max(seq) FROM journal") == 3
    assert not await service.fetchval("SELECT count(*) FROM bank_references WHERE bank_reference = 'stale'")


# --- what the owner cannot do either
# ------------------------------------------------------------------------------------


async def test_even_the_owner_cannot_raise_a_balance(journal: PostgresJournal, owner: Connection) -> None:
    await journal.append(batches_of(eventful_log().entries, [])[0])
    with pytest.raises(asyncpg.PostgresError, match="only changed by its triggers"):
        await owner.execute("UPDATE balances SET credits_posted = credits_posted + 1 WHERE owner > 0")


async def test_of_an_idempotency_key_only_the_answer_can_be_emptied(
    journal: PostgresJournal, owner: Connection
) -> None:
    await journal.append(batches_of(eventful_log().entries, [])[0])
    for change in ("body = 'other'", "seq = seq + 1", "body_hash = sha256('x')", "idempotency_key = 'y'"):
        with pytest.raises(asyncpg.PostgresError, match="append-only: UPDATE is refused"):
            await owner.execute(f"UPDATE idempotency SET {change} WHERE seq = 3")
    emptied = "status = NULL, content_type = NULL, language = NULL, body = NULL"
    assert await owner.execute(f"UPDATE idempotency SET {emptied} WHERE seq = 3") == "UPDATE 1"
