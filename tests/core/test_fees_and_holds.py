"""Fees by the cumulative formula, and holds that always suffice and are never more than needed."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from exchange.core import holds
from exchange.core.commands.orders import TimeInForce
from exchange.core.events.participants import Layer, Posting
from exchange.core.orders import LotHold, Order
from exchange.core.settlement.dvp import settle_fill
from exchange.core.settlement.fees import fee_due
from exchange.core.values import Fen, LotId, Ppm, Price, Side, Tonnes, share
from tests.support.market import Market

MARKET = Market()
FIRM = MARKET.firm("firm", cash=10_000_000)
OTHER = MARKET.firm("other")
LOT = MARKET.lot(OTHER, 10)
INSTRUMENT = MARKET.instrument()
MARKET.done(MARKET.order(FIRM, INSTRUMENT, Side.BUY, 10, 3_000, TimeInForce.GTC))
BUY: Order = next(iter(MARKET.state.orders.by_id.values()))

FILLS = st.lists(st.tuples(st.integers(1, 500), st.integers(1, 40)), min_size=1, max_size=12)
RATES = st.one_of(st.integers(0, 20_000), st.integers(0, 1_000_000))


def order(side: Side, price: int, quantity: int, rate: int, lots: list[LotHold] | None = None) -> Order:
    """A new order with what it must hold."""
    made = replace(
        BUY,
        side=side,
        participant=FIRM if side is Side.BUY else OTHER,
        price=Price(price),
        quantity=Tonnes(quantity),
        leaves=Tonnes(quantity),
        fee_rate=Ppm(rate),
        lots_held=lots or [],
        cash_held=Fen(0),
    )
    made.cash_held = holds.cash_needed(made) if side is Side.BUY else Fen(0)
    return made


def total(postings: list[Posting], layer: Layer, debit: int) -> int:
    """What one owner's account was debited on a layer."""
    return sum(posting.amount for posting in postings if (posting.layer, posting.debit) == (layer, debit))


@given(FILLS, RATES)
def test_many_small_fills_cost_what_one_large_fill_costs(fills: list[tuple[int, int]], rate: int) -> None:
    quantity = sum(size for _, size in fills)
    buy, value = order(Side.BUY, 500, quantity, rate), 0
    for price, size in fills:
        fee = fee_due(buy, Fen(price * size))
        assert 0 <= fee <= price * size
        buy.value, buy.fee = Fen(buy.value + price * size), Fen(buy.fee + fee)
        value += price * size
    assert buy.fee == share(Ppm(rate), Fen(value))


@given(FILLS, RATES, st.integers(0, 50))
def test_the_hold_pays_every_fill_and_is_exact_after_it(fills: list[tuple[int, int]], rate: int, more: int) -> None:
    limit, quantity = max(price for price, _ in fills), sum(size for _, size in fills) + more
    buy = order(Side.BUY, limit, quantity, rate)
    held = int(buy.cash_held)
    for price, size in fills:
        sell = order(Side.SELL, price, size, rate, [LotHold(LOT, Tonnes(size))])
        postings, *_ = settle_fill(buy, sell, Price(price), Tonnes(size))
        released, paid = total(postings, Layer.RELEASE, FIRM), total(postings, Layer.POST, FIRM)
        assert released >= paid, "the trade was paid with money that was not held for it"
        held -= released
        assert held == buy.cash_held == holds.cash_needed(buy)
    if not more:
        assert held == 0


@given(st.lists(st.integers(1, 20), min_size=1, max_size=4), st.integers(1, 80))
def test_a_seller_delivers_the_lots_that_it_holds_in_their_order(sizes: list[int], quantity: int) -> None:
    assume(quantity <= sum(sizes))
    lots = [LotHold(LotId(number), Tonnes(size)) for number, size in enumerate(sizes)]
    tonnes = [number for number, size in enumerate(sizes) for _ in range(size)]
    sell = order(Side.SELL, 10, sum(sizes), 0, lots)
    _, delivered, _, _ = settle_fill(order(Side.BUY, 10, quantity, 0), sell, Price(10), Tonnes(quantity))
    assert [part.lot for part in delivered for _ in range(part.quantity)] == tonnes[:quantity]
    assert [part.lot for part in sell.lots_held for _ in range(part.quantity)] == tonnes[quantity:]
    assert all(part.quantity > 0 for part in sell.lots_held)


@given(st.lists(st.integers(1, 20), min_size=1, max_size=4), st.integers(0, 80))
def test_what_would_be_delivered_last_is_dropped_first(sizes: list[int], surplus: int) -> None:
    assume(surplus <= sum(sizes))
    lots = [LotHold(LotId(number), Tonnes(size)) for number, size in enumerate(sizes)]
    tonnes = [number for number, size in enumerate(sizes) for _ in range(size)]
    sell, postings = order(Side.SELL, 10, sum(sizes), 0, lots), list[Posting]()
    holds.drop_tonnes(sell, surplus, postings)
    assert [part.lot for part in sell.lots_held for _ in range(part.quantity)] == tonnes[: len(tonnes) - surplus]
    assert total(postings, Layer.RELEASE, OTHER) == surplus


def test_tonnes_of_a_lot_that_is_held_already_join_it() -> None:
    one, two, three = LotId(1), LotId(2), LotId(3)
    sell = order(Side.SELL, 10, 5, 0, [LotHold(one, Tonnes(2)), LotHold(two, Tonnes(3))])
    postings = list[Posting]()
    holds.add_tonnes(sell, [LotHold(one, Tonnes(4)), LotHold(three, Tonnes(1))], postings)
    assert sell.lots_held == [LotHold(one, Tonnes(6)), LotHold(two, Tonnes(3)), LotHold(three, Tonnes(1))]
    assert total(postings, Layer.HOLD, OTHER) == 5
