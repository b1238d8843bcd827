"""From committed entries to readers: nobody sees a gap or anything of anybody else, however slow, late or often."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.access.ids import Kind, id_text
from exchange.api.order_documents import order_document, shown_row
from exchange.bootstrap.market_data import start_of
from exchange.core.values import InstrumentId, OrderId, ParticipantId, Seq, Side
from exchange.marketdata import streams
from exchange.marketdata.candles import Candles, Interval
from exchange.marketdata.feed import LINGER, MarketData, MarketStart
from exchange.marketdata.frames import candle_document, trade_document
from exchange.marketdata.hub import TRY_AGAIN_LATER, Bounds, Subscriber
from tests.marketdata.readers import Document, Follower, LocalBook, waiting
from tests.marketdata.traffic import MIDDLE, Act, Publication, Venue, ViewAccounts, sessions, venue


def names(book: InstrumentId) -> list[str]:
    """The channels of one instrument."""
    text = id_text(Kind.INSTRUMENT, book)
    candles = [f"candles:{text}:{interval.value}" for interval in Interval]
    return [f"book:{text}", f"trades:{text}", f"ticker:{text}", *candles]


def join(data: MarketData, subscriber: Subscriber, name: str, after_seq: Seq | None = None) -> None:
    channel = data.public(name)
    assert channel is not None, name
    assert data.join(subscriber, channel, after_seq)


@dataclass
class Reader:
    """A client that listens to one book's channels and to one account, and comes back where it was after a loss."""

    publication: Publication
    market: Venue
    book: InstrumentId
    firm: ParticipantId
    follower: Follower = field(default_factory=Follower)
    local: LocalBook = field(default_factory=LocalBook)
    trades: dict[int, Document] = field(default_factory=dict)
    orders: dict[str, Document] = field(default_factory=dict)
    lost: int = 0

    def __post_init__(self) -> None:
        self.connect()

    def connect(self) -> None:
        data = self.publication.data
        self.subscriber = data.hub.open()
        for name in [*names(self.book), "private"]:
            stood = self.follower.at.get(name)
            channel = data.private(self.firm) if name == "private" else data.public(name)
            assert channel is not None
            if stood is not None:
                self.follower.resume(name, stood)
            data.join(self.subscriber, channel, None if stood is None else Seq(stood))

    def read(self, most: int | None) -> None:
        """Read some of what waits; one who was closed comes back."""
        if self.subscriber.closed_with is not None:
            assert self.subscriber.closed_with == TRY_AGAIN_LATER
            self.lost += 1
            self.connect()
        for frame in waiting(self.subscriber, most):
            self.take(frame)

    def take(self, frame: Document) -> None:
        self.follower.take(frame)
        kind = frame["channel"].split(":")[0]
        if kind == "book":
            self.local.take(frame)
        elif kind == "trades":
            self.trades.update({trade["trade_no"]: trade for trade in frame["trades"]})
        elif kind == "private":
            self._take_own(frame)

    def _take_own(self, frame: Document) -> None:
        if frame["type"] == "snapshot":
            self.orders.clear()
        for order in frame["orders"]:
            self.orders.pop(order["id"], None)
            if order["status"] in ("NEW", "PARTIALLY_FILLED"):
                self.orders[order["id"]] = order

    def compare(self) -> None:
        """Everything that was read so far makes the market as it is."""
        for name, side in (("bids", Side.BUY), ("asks", Side.SELL)):
            levels = self.market.levels(self.book, side)
            assert self.local.best(name) == [(f"{p // 100}.{p % 100:02}", q, n) for p, q, n in levels]
        tape = self.publication.data.markets[self.book].tape
        assert [self.trades[n] for n in sorted(self.trades)] == [
            trade_document(id_text(Kind.INSTRUMENT, self.book), trade)
            for trade in tape.newest(10_000)
            if trade.trade_no in self.trades
        ]
        view = self.publication.view
        own = [order_document(shown_row(row)) for row in view.orders.of(self.firm)]
        assert sorted(self.orders) == sorted(order["id"] for order in own)
        assert [self.orders[order["id"]] for order in own] == own


def settle(publication: Publication, readers: list[Reader]) -> None:
    """Nothing more happens, and everybody reads to the end."""
    publication.flush()
    for reader in readers:
        while reader.subscriber.closed_with is not None or reader.subscriber.queued:
            reader.read(None)


@given(sessions, st.integers(0, 2**32), st.sampled_from([12, 20, 200]))
@settings(max_examples=60)
def test_no_reader_sees_a_gap_or_anything_foreign(drawn: list[Act], seed: int, frames: int) -> None:
    random, market = Random(seed), venue()
    publication = Publication(Bounds(frames=frames, channels=11))
    publication.catch_up(market)
    publication.flush()
    readers: list[Reader] = []
    for act in drawn:
        if len(readers) < 4 and random.random() < 0.2:
            readers.append(Reader(publication, market, random.choice(market.books), random.choice(market.firms)))
        market.act(act)
        if random.random() < 0.7:
            publication.catch_up(market)
            if random.random() < 0.5:
                publication.flush()
        for reader in readers:
            if random.random() < 0.4:
                reader.read(random.choice([1, 3, None]))
            assert reader.subscriber._made <= frames, "memory is bounded"
    publication.catch_up(market)
    settle(publication, readers)
    for reader in readers:
        reader.compare()


def trading(market: Venue, rounds: int, book: int = 0) -> Iterator[int]:
    """A trade a round, and something that rests."""
    seller, buyer = market.firms[1], market.firms[2]
    for n in range(rounds):
        market.done(market.order(seller, market.books[book], Side.SELL, 2, MIDDLE + n % 5))
        market.done(market.order(buyer, market.books[book], Side.BUY, 1, MIDDLE + 4))
        yield n


def test_a_reader_that_never_reads_is_closed_and_costs_nobody_anything() -> None:
    market, publication = venue(), Publication(Bounds(frames=30))
    publication.catch_up(market)
    slow, fast = (Reader(publication, market, market.books[0], market.firms[1]) for _ in range(2))
    fast.read(None)
    for _ in trading(market, 30):
        publication.catch_up(market)
        publication.flush()
        fast.read(None)
    assert (slow.subscriber.closed_with, slow.subscriber.queued) == (TRY_AGAIN_LATER, 0)
    assert len(publication.data.hub) == 1
    fast.compare()
    assert fast.lost == 0


def test_one_who_comes_back_soon_gets_what_it_missed_and_one_who_comes_late_a_snapshot() -> None:
    market, publication = venue(), Publication()
    publication.catch_up(market)
    publication.flush()
    reader = Reader(publication, market, market.books[0], market.firms[1])
    reader.read(None)
    for soon in (True, False):
        reader.subscriber.close(1_000)
        for _ in trading(market, 3 if soon else 150):
            publication.catch_up(market)
            publication.flush()
            market.cancel(market.firms[1], _newest(market, market.firms[1]))
            publication.catch_up(market)
            publication.flush()
        reader.connect()
        forms = {frame["channel"].split(":")[0]: frame["type"] for frame in _take(reader)}
        # Of a ticker only the newest counts; trades and candles are kept for longer than books and accounts.
        kept = "update" if soon else "snapshot"
        assert forms == {
            "book": kept, "private": kept, "trades": "update", "candles": "update", "ticker": "snapshot",
        }  # fmt: skip
        reader.compare()
    assert streams.BOOK_BACKLOG[0] < 300


def _newest(market: Venue, firm: ParticipantId) -> OrderId:
    return max(number for number, order in market.state.orders.by_id.items() if order.participant == firm)


def _take(reader: Reader) -> list[Document]:
    frames = waiting(reader.subscriber)
    for frame in frames:
        reader.take(frame)
    return frames


def test_a_place_that_does_not_exist_yet_is_answered_with_a_snapshot() -> None:
    market, publication = venue(), Publication()
    publication.catch_up(market)
    publication.flush()
    subscriber = publication.data.hub.open()
    for name in names(market.books[0]):
        join(publication.data, subscriber, name, Seq(publication.data.seq + 1))
    assert [frame["type"] for frame in waiting(subscriber)] == ["snapshot"] * len(names(market.books[0]))


def test_a_book_is_published_at_most_once_a_flush_however_much_happens() -> None:
    market, publication = venue(), Publication()
    publication.catch_up(market)
    publication.flush()
    subscriber, name = publication.data.hub.open(), names(market.books[0])[0]
    join(publication.data, subscriber, name)
    list(trading(market, 20))
    publication.catch_up(market)
    publication.flush()
    frames = waiting(subscriber)
    assert [frame["type"] for frame in frames] == ["snapshot", "update"]
    assert frames[1]["first_seq"] > frames[0]["seq"]
    assert frames[1]["seq"] == publication.data.seq


def test_trades_are_never_merged() -> None:
    market, publication = venue(), Publication()
    publication.catch_up(market)
    subscriber = publication.data.hub.open()
    join(publication.data, subscriber, names(market.books[0])[1])
    list(trading(market, 20))
    publication.catch_up(market)
    updates = [frame for frame in waiting(subscriber) if frame["type"] == "update"]
    assert [trade["trade_no"] for frame in updates for trade in frame["trades"]] == list(range(1, 21))
    assert len(updates) == 20


def test_all_trades_of_an_entry_come_in_one_frame() -> None:
    market, publication = venue(), Publication()
    for _ in range(3):
        market.done(market.order(market.firms[1], market.books[0], Side.SELL, 1, MIDDLE))
    publication.catch_up(market)
    subscriber = publication.data.hub.open()
    join(publication.data, subscriber, names(market.books[0])[1])
    market.done(market.order(market.firms[2], market.books[0], Side.BUY, 3, MIDDLE))
    publication.catch_up(market)
    _, frame = waiting(subscriber)
    assert [trade["trade_no"] for trade in frame["trades"]] == [1, 2, 3]
    assert {trade["seq"] for trade in frame["trades"]} == {frame["seq"]} == {publication.data.seq}


def test_the_ticker_of_a_new_day_is_published_when_the_day_opens() -> None:
    market, publication = venue(), Publication()
    list(trading(market, 5))
    publication.catch_up(market)
    publication.flush()
    subscriber = publication.data.hub.open()
    join(publication.data, subscriber, names(market.books[0])[2])
    market.end_day()
    for entry in market.entries[publication.data.seq :]:
        publication.publish([entry])
        publication.flush()
    first, *_, last = waiting(subscriber)
    assert (first["reference_price"], first["trades"]) == ("30.00", 5)
    assert (last["reference_price"], last["trades"], last["change"], last["day_open"]) == ("30.01", 0, None, None)
    assert last["last_price"] == first["last_price"]


def test_newcomers_of_one_moment_share_the_bytes_of_a_snapshot() -> None:
    market, publication = venue(), Publication()
    list(trading(market, 5))
    publication.catch_up(market)
    publication.flush()
    data, (book, _, ticker, *_) = publication.data, names(market.books[0])
    for name in (book, ticker):
        pair = [data.hub.open(), data.hub.open()]
        for subscriber in pair:
            join(data, subscriber, name)
        first, second = (subscriber._frames[0] for subscriber in pair)
        assert first is second


def test_who_joins_between_two_pulses_gets_what_was_published_and_then_the_rest() -> None:
    market, publication = venue(), Publication()
    list(trading(market, 5))
    publication.catch_up(market)
    publication.flush()
    before = market.levels(market.books[0], Side.SELL)
    list(trading(market, 3))
    publication.catch_up(market)
    reader = Reader(publication, market, market.books[0], market.firms[1])
    reader.read(None)
    assert [quantity for _, quantity, _ in reader.local.best("asks")] == [level.quantity for level in before]
    publication.flush()
    reader.read(None)
    reader.compare()


def test_who_stands_beyond_what_was_published_is_given_nothing_twice() -> None:
    market, publication = venue(), Publication()
    list(trading(market, 5))
    publication.catch_up(market)
    publication.flush()
    list(trading(market, 3))
    publication.catch_up(market)
    subscriber = publication.data.hub.open()
    for name in names(market.books[0]):
        join(publication.data, subscriber, name, publication.data.seq)
    assert {frame["type"] for frame in waiting(subscriber)} == {"snapshot"}, "of the ticker"
    publication.flush()
    assert waiting(subscriber)


def test_candles_that_ended_are_published_with_those_that_began() -> None:
    market, publication = venue(), Publication()
    publication.catch_up(market)
    publication.flush()
    subscriber = publication.data.hub.open()
    minute = names(market.books[0])[3]
    join(publication.data, subscriber, minute)
    list(trading(market, 100))
    publication.catch_up(market)
    publication.flush()
    frame = waiting(subscriber)[-1]
    candles = publication.data.markets[market.books[0]].candles
    assert frame["candles"] == [candle_document(Interval.M1, c) for c in candles.newest(Interval.M1, 1_000)]
    assert len(frame["candles"]) > 1


def test_an_account_is_forgotten_when_nobody_listened_for_a_while() -> None:
    market, publication = venue(), Publication()
    publication.catch_up(market)
    firm, data = market.firms[1], publication.data
    subscriber = data.hub.open()
    channel = data.private(firm)
    data.join(subscriber, channel)
    data.flush(0)
    data.flush(LINGER * 2)
    assert data.private(firm) is channel, "somebody listens"
    subscriber.close(1_000)
    data.flush(LINGER * 3)
    data.flush(LINGER * 3.5)
    assert data.private(firm) is channel, "it may come back"
    data.flush(LINGER * 4.5)
    assert data.private(firm) is not channel


def test_an_account_whose_listener_came_back_is_kept_as_long_again() -> None:
    market, publication = venue(), Publication()
    publication.catch_up(market)
    firm, data = market.firms[1], publication.data
    channel = data.private(firm)
    data.flush(0)
    subscriber = data.hub.open()
    data.join(subscriber, channel)
    data.flush(LINGER / 2)
    subscriber.close(1_000)
    data.flush(LINGER)
    data.flush(LINGER * 1.5)
    assert data.private(firm) is channel
    data.flush(LINGER * 2)
    assert data.private(firm) is not channel


def test_an_entry_that_is_left_out_is_a_bug() -> None:
    market, publication = venue(), Publication()
    with pytest.raises(AssertionError):
        publication.data.apply(*market.entries[1])


def test_an_account_cannot_begin_while_the_view_is_elsewhere() -> None:
    market, publication = venue(), Publication()
    publication.catch_up(market)
    market.deposit(market.firms[0], 1)
    seq, at, events = market.entries[-1]
    publication.view.apply(seq, at, bytes(32), events)
    with pytest.raises(AssertionError):
        publication.data.private(market.firms[0])


@given(sessions, sessions)
@settings(max_examples=30)
def test_market_data_that_begins_in_the_middle_tells_the_same(before: list[Act], after: list[Act]) -> None:
    market, publication = venue(), Publication()
    for act in before:
        market.act(act)
    publication.catch_up(market)
    publication.flush()
    view, old = publication.view, publication.data
    restored = MarketData(ViewAccounts(view))
    starts = [_start(publication, book) for book in market.books]
    restored.restore(view.seq, view.at, starts, {order: row.leaves for order, row in view.orders.by_id.items()})
    for act in after:
        market.act(act)
    for seq, at, events in market.entries[old.seq :]:
        for data in (old, restored):
            data.apply(seq, at, events)
    for data in (old, restored):
        data.flush(1_000)
    for book in market.books:
        for name in names(book):
            assert _shown(old, name) == _shown(restored, name)


def _start(publication: Publication, book: InstrumentId) -> MarketStart:
    """What the committed view and the history in the database say of an instrument."""
    row = publication.view.markets.instruments[book]
    trades = publication.data.markets[book].tape.newest(10_000)
    start = start_of(row, publication.view.orders)
    assert start.trades == (trades[-1].trade_no if trades else 0)
    start.newest_trades, start.candles = trades[-3:], Candles.rebuild(trades)
    return start


def _shown(data: MarketData, name: str) -> Document:
    """What a newcomer is given, but for the place in the journal, which may differ where nothing happened."""
    subscriber = data.hub.open()
    join(data, subscriber, name)
    (frame,) = waiting(subscriber)
    trades = frame.get("trades")
    if isinstance(trades, list):
        frame["trades"] = trades[-1:]
    return {key: value for key, value in frame.items() if key not in ("seq", "at")}
