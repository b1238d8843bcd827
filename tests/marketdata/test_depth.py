"""A book kept from a snapshot and deltas is the book, however the deltas were merged, and its checksum says so."""

from __future__ import annotations

from random import Random
from zlib import crc32

from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.core.events.orders import CancelReason, OrderCancelled, OrderReduced, OrderReplaced, OrderRested, Traded
from exchange.core.values import InstrumentId, OrderId, ParticipantId, Price, Seq, Side, Tonnes
from exchange.marketdata.depth import Delta, DepthBook, PriceLevel, Snapshot, checksum
from tests.marketdata.traffic import MIDDLE, Act, Entry, Venue, sessions, venue


class Copy:
    """A copy of a book that knows nothing but what is told."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.seq = snapshot.seq
        self.bids = {level.price: level for level in snapshot.bids}
        self.asks = {level.price: level for level in snapshot.asks}

    def take(self, delta: Delta) -> None:
        assert delta.prev_seq == self.seq < delta.first_seq <= delta.last_seq
        for side, levels in ((self.bids, delta.bids), (self.asks, delta.asks)):
            for level in levels:
                side.pop(level.price, None)
                if level.quantity:
                    side[level.price] = level
        self.seq = delta.last_seq
        assert delta.checksum == checksum(self.levels(Side.BUY), self.levels(Side.SELL))

    def levels(self, side: Side) -> list[PriceLevel]:
        kept = self.bids if side is Side.BUY else self.asks
        return [kept[price] for price in sorted(kept, reverse=side is Side.BUY)]


def feed(book: DepthBook, instrument: InstrumentId, entry: Entry) -> None:
    seq, _, events = entry
    for event in events:
        match event:
            case OrderRested(instrument=of) if of == instrument:
                book.on_rested(event, seq)
            case OrderReduced(instrument=of) if of == instrument:
                book.on_reduced(event, seq)
            case OrderReplaced(instrument=of) if of == instrument:
                book.on_replaced(event, seq)
            case OrderCancelled(instrument=of) if of == instrument:
                book.on_cancelled(event, seq)
            case Traded(instrument=of) if of == instrument:
                book.on_traded(event, seq)


def follow(market: Venue, drawn: list[Act], random: Random) -> None:
    """Compare a copy kept after every entry, and one kept now and then, with the engine's own orders."""
    instrument = market.books[0]
    start = Seq(len(market.entries))
    each, merged = DepthBook(start), DepthBook(start)
    exact, late = Copy(each.snapshot()), Copy(merged.snapshot())
    for act in drawn:
        done = len(market.entries)
        market.act(act)
        for entry in market.entries[done:]:
            feed(each, instrument, entry)
            feed(merged, instrument, entry)
            if (delta := each.delta()) is not None:
                exact.take(delta)
        copies = [exact]
        if random.random() < 0.3:
            if (delta := merged.delta()) is not None:
                late.take(delta)
            copies.append(late)
        for side in Side:
            for kept in copies:
                assert kept.levels(side) == market.levels(instrument, side)
    assert Copy(each.snapshot()).levels(Side.BUY) == market.levels(instrument, Side.BUY)


@given(sessions, st.integers(0, 2**32))
@settings(max_examples=50)
def test_deltas_make_the_book_of_the_engine(drawn: list[Act], seed: int) -> None:
    follow(venue(), drawn, Random(seed))


def test_the_checksum_is_the_documented_one() -> None:
    bids = [PriceLevel(3_000, 500, 2), PriceLevel(2_999, 20, 1)]
    asks = [PriceLevel(3_001, 4, 1)]
    assert checksum(bids, asks) == crc32(b"30.00:500:2,29.99:20:1|30.01:4:1") == 2_775_990_470
    assert checksum([], []) == crc32(b"|")
    assert checksum([PriceLevel(5, 1, 1)], []) == crc32(b"0.05:1:1|")


def test_the_checksum_covers_ten_levels_of_each_side() -> None:
    levels = [PriceLevel(price, 1, 1) for price in range(100, 111)]
    assert checksum(levels, []) == checksum(levels[:10], [])
    assert checksum(levels, []) != checksum(levels[:9], [])
    assert checksum([], levels) == checksum([], levels[:10])


def rested(order: int, price: int, leaves: int, side: Side = Side.BUY) -> OrderRested:
    return OrderRested(
        OrderId(order), ParticipantId(1), InstrumentId(1), side, Price(price), Tonnes(leaves), Seq(order)
    )


def test_what_changed_back_is_not_told() -> None:
    market = venue()
    book, firm = market.books[0], market.firms[2]
    depth = DepthBook(Seq(len(market.entries)))
    order = market.next_order_id()
    market.done(market.order(firm, book, Side.BUY, 5, MIDDLE))
    market.cancel(firm, order)
    for entry in market.entries[-2:]:
        feed(depth, book, entry)
    assert depth.delta() is None
    assert depth.seq == len(market.entries) - 2, "nothing was told, so readers stand where they stood"


def test_a_level_that_changed_back_is_not_told_with_the_others() -> None:
    depth = DepthBook(Seq(1))
    depth.on_rested(rested(2, 3_000, 5), Seq(2))
    depth.delta()
    depth.on_rested(rested(3, 3_000, 1), Seq(3))
    depth.bids.take(3_000, 1, True)
    depth.on_rested(rested(4, 2_999, 1), Seq(4))
    delta = depth.delta()
    assert delta is not None
    assert (delta.first_seq, delta.bids) == (3, [PriceLevel(2_999, 1, 1)])


def test_a_level_that_goes_is_told_as_zero() -> None:
    depth = DepthBook(Seq(1))
    depth.on_rested(rested(2, 3_000, 5), Seq(2))
    assert depth.delta() == Delta(Seq(2), Seq(2), Seq(1), [PriceLevel(3_000, 5, 1)], [], crc32(b"30.00:5:1|"))
    depth.bids.take(3_000, 5, True)
    assert depth.bids.tell() == [PriceLevel(3_000, 0, 0)]


def test_levels_are_told_best_first() -> None:
    depth = DepthBook(Seq(1))
    for order, price in enumerate((2_990, 3_000, 2_995), 2):
        depth.on_rested(rested(order, price, 1), Seq(order))
        depth.on_rested(rested(order + 10, price + 100, 1, Side.SELL), Seq(order))
    delta = depth.delta()
    assert delta is not None
    assert [level.price for level in delta.bids] == [3_000, 2_995, 2_990]
    assert [level.price for level in delta.asks] == [3_090, 3_095, 3_100]
    assert (delta.first_seq, delta.last_seq) == (2, 4)


def test_a_restored_book_has_its_orders_and_tells_only_what_is_new() -> None:
    depth = DepthBook(Seq(7), {OrderId(3): Tonnes(5)})
    depth.restore([], [PriceLevel(3_000, 5, 1)])
    assert depth.delta() is not None
    depth.on_cancelled(_cancelled(OrderId(3), 3_000, 5), Seq(8))
    delta = depth.delta()
    assert delta is not None and delta.asks == [PriceLevel(3_000, 0, 0)] and delta.prev_seq == 7


def _cancelled(order: OrderId, price: int, leaves: int) -> OrderCancelled:
    return OrderCancelled(
        order,
        ParticipantId(1),
        InstrumentId(1),
        Side.SELL,
        Price(price),
        Tonnes(leaves),
        Tonnes(leaves),
        True,
        CancelReason.REQUESTED,
    )
