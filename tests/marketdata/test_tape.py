"""The tape has every trade once, with numbers that have no gap, and says honestly what it has forgotten."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.core.events.orders import Traded
from exchange.core.values import (
    Day,
    Fen,
    InstrumentId,
    Micros,
    OrderId,
    ParticipantId,
    Price,
    Seq,
    Side,
    Tonnes,
    TradeId,
)
from exchange.marketdata.tape import PublicTrade, Tape
from tests.marketdata.traffic import Act, sessions, venue

CAPACITY = 7


def traded(trade: int, price: int = 3_000, quantity: int = 1) -> Traded:
    """A trade of the book between two firms that the tape must not show."""
    nothing, firm = Fen(0), ParticipantId(77)
    orders = (OrderId(88), OrderId(89))
    return Traded(
        TradeId(trade),
        InstrumentId(1),
        Price(price),
        Tonnes(quantity),
        Side.BUY,
        *orders,
        firm,
        firm,
        nothing,
        nothing,
        Tonnes(0),
        Tonnes(0),
        Day(20260921),
    )


def tape_of(entries: list[int], capacity: int = CAPACITY) -> tuple[Tape, list[PublicTrade]]:
    """A tape on which each entry, from 1 on, made so many trades; and all of those trades."""
    tape, every = Tape(capacity), []
    for seq, trades in enumerate(entries, 1):
        for n in range(trades):
            every.append(tape.add(traded(seq * 100 + n), Seq(seq), Micros(seq)))
    return tape, every


@given(st.lists(st.integers(0, 4), max_size=15), st.integers(0, 15))
def test_what_is_missed_is_given_whole_or_not_at_all(entries: list[int], after: int) -> None:
    tape, every = tape_of(entries)
    wanted = [trade for trade in every if trade.seq > after]
    found = tape.since(Seq(after), 100)
    forgotten = every[:-CAPACITY]
    if forgotten and after < forgotten[-1].seq:
        assert found is None
    else:
        assert found == wanted


@given(st.lists(st.integers(0, 4), min_size=1, max_size=15), st.integers(0, CAPACITY))
def test_a_restored_tape_goes_on_with_the_numbers_and_promises_no_more_than_it_has(
    entries: list[int], loaded: int
) -> None:
    _, every = tape_of(entries)
    newest = every[len(every) - min(loaded or len(every), len(every)) :][-CAPACITY:]
    tape = Tape(CAPACITY)
    tape.restore(len(every), newest)
    for after in range(len(entries) + 1):
        found = tape.since(Seq(after), 100)
        assert found is None or found == [trade for trade in every if trade.seq > after]
    assert tape.since(Seq(len(entries)), 100) == []
    assert tape.add(traded(1), Seq(99), Micros(99)).trade_no == len(every) + 1


def test_a_tape_is_not_restored_with_a_gap_in_its_numbers() -> None:
    _, every = tape_of([3])
    with pytest.raises(AssertionError):
        Tape().restore(4, every)


@given(sessions)
@settings(max_examples=30)
def test_every_trade_of_the_engine_is_on_the_tape_in_order(drawn: list[Act]) -> None:
    market = venue()
    for act in drawn:
        market.act(act)
    for book in market.books:
        tape = Tape()
        for seq, at, event in market.trades(book):
            tape.add(event, seq, at)
        trades = tape.newest(1_000)
        assert [trade.trade_no for trade in trades] == list(range(1, len(trades) + 1))
        real = [(seq, at, event.trade, event.price, event.quantity) for seq, at, event in market.trades(book)]
        assert [(t.seq, t.at, t.trade, t.price, t.quantity) for t in trades] == real


def test_the_newest_trades_come_oldest_first_and_more_than_asked_for_are_not_given() -> None:
    tape, every = tape_of([1, 2, 3])
    assert tape.newest(2) == every[-2:]
    assert tape.since(Seq(1), 5) == every[1:]
    assert tape.since(Seq(1), 4) is None


def test_a_public_trade_has_no_field_for_a_party() -> None:
    names = {field.name for field in fields(PublicTrade)}
    assert names == {"trade_no", "trade", "seq", "at", "price", "quantity", "aggressor", "day"}
