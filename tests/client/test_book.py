"""The local book against the frames that the exchange makes: it is the book, or it knows that it is not."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.access.ids import Kind, id_text
from exchange.client.book import BUY, SELL, Fault, LocalBook, Sweep
from exchange.client.models import Level
from exchange.client.models.stream import BookMessage
from exchange.client.problem import UnexpectedAnswerError
from exchange.client.stream.messages import read_message
from exchange.core.values import Side
from tests.marketdata.readers import waiting
from tests.marketdata.traffic import Publication, session, venue

Frame = dict[str, Any]
Levels = list[tuple[str, int, int]]
Truth = tuple[Levels, Levels]

SESSIONS = 8
NAME = "ins-1"


def told(levels: list[Level]) -> Levels:
    return [(f"{level.price:.2f}", level.quantity, level.orders) for level in levels]


def shown(book: LocalBook) -> Truth:
    return told(book.bids), told(book.asks)


@cache
def recorded(seed: int) -> tuple[str, list[tuple[Frame, Truth]]]:
    """One book's frames on a random day, some of them snapshots for a newcomer, each with the book as it was then."""
    random, market = Random(seed), venue()
    publication = Publication()
    publication.catch_up(market)
    publication.flush()
    traded = market.books[0]
    name = id_text(Kind.INSTRUMENT, traded)
    channel = publication.data.public(f"book:{name}")
    assert channel is not None
    reader = publication.data.hub.open()
    publication.data.join(reader, channel)
    found: list[tuple[Frame, Truth]] = [(frame, ([], [])) for frame in waiting(reader)]
    for act in session(seed, 120):
        market.act(act)
        publication.catch_up(market)
        publication.flush()
        bids, asks = (market.levels(traded, side) for side in (Side.BUY, Side.SELL))
        truth = tuple([(f"{p // 100}.{p % 100:02}", q, n) for p, q, n in half] for half in (bids, asks))
        frames = waiting(reader)
        if random.random() < 0.1:
            newcomer = publication.data.hub.open()
            publication.data.join(newcomer, channel)
            frames += waiting(newcomer)
        found += [(frame, (truth[0], truth[1])) for frame in frames]
    return name, found


def apply(book: LocalBook, frame: Frame) -> bool:
    """Take a frame as the stream client does: one that cannot be read is worth a fault."""
    try:
        message = read_message(frame)
    except UnexpectedAnswerError:
        book.doubt()
        return False
    assert isinstance(message, BookMessage)
    return book.apply(message)


def places(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the values of a frame stand."""
    if isinstance(document, dict):
        for key, value in document.items():
            yield from places(value, (*path, key))
    elif isinstance(document, list):
        for number, value in enumerate(document):
            yield from places(value, (*path, number))
    else:
        yield path


def flipped(frame: Frame, random: Random) -> Frame:
    """The frame with one value changed, or one level lost, said twice, or put on the other side."""
    damaged = copy.deepcopy(frame)
    side, other = random.choice([("bids", "asks"), ("asks", "bids")])
    kind = random.choice(["value", "value", "value", "lost", "twice", "moved"])
    if kind == "value" or not damaged[side]:
        path = random.choice([path for path in places(damaged) if path[-1] != "at"])
        holder: Any = damaged
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = other_value(holder[path[-1]], random)
        return damaged
    level = random.choice(damaged[side])
    if kind == "lost":
        damaged[side].remove(level)
    else:
        damaged[side if kind == "twice" else other].append(level)
    return damaged


def other_value(value: Any, random: Random) -> Any:
    """A value of the same type that differs in one digit or letter, or in one bit."""
    if isinstance(value, int):
        return value ^ (1 << random.randrange(6))
    if value is None:
        return random.randrange(100)
    place = random.randrange(len(value))
    return value[:place] + random.choice([c for c in "0123456789" if c != value[place]]) + value[place + 1 :]


@pytest.mark.parametrize("seed", range(SESSIONS))
def test_the_book_is_the_book_after_every_message(seed: int) -> None:
    name, frames = recorded(seed)
    book = LocalBook(name)
    assert len(frames) > 20
    for frame, truth in frames:
        assert apply(book, frame)
        assert shown(book) == truth
        assert book.seq == frame["seq"]


@given(st.integers(0, SESSIONS - 1), st.integers(0, 2**32))
@settings(max_examples=200)
def test_whatever_happens_on_the_way_it_is_the_book_or_knows_that_it_is_not(seed: int, way: int) -> None:
    """Frames are lost, said twice, said late and damaged; a snapshot is asked for when the book is not good."""
    name, frames = recorded(seed)
    random, book = Random(way), LocalBook(name)
    delivered = list(disturbed(frames, random))
    for frame, truth in delivered:
        if apply(book, frame):
            assert shown(book) == truth
        else:
            assert shown(book) == ([], [])
            assert book.fault is not None


def disturbed(frames: list[tuple[Frame, Truth]], random: Random) -> Iterator[tuple[Frame, Truth]]:
    """The frames as a bad line brings them, each with the book as it was when it was made."""
    late: list[tuple[Frame, Truth]] = []
    for frame, truth in frames:
        chance = random.random()
        if chance < 0.05:
            late.append((frame, truth))
        elif chance < 0.10:
            yield flipped(frame, random), truth
        elif chance >= 0.15:
            yield frame, truth
        if random.random() < 0.05:
            yield frame, truth
        if late and random.random() < 0.3:
            yield late.pop(0)


@given(st.integers(0, SESSIONS - 1), st.integers(0, 2**32))
@settings(max_examples=200)
def test_a_lost_update_is_noticed_at_the_next_one(seed: int, way: int) -> None:
    name, frames = recorded(seed)
    updates = [frame for frame, _ in frames if frame["type"] == "update"]
    lost = Random(way).randrange(len(updates) - 1)
    book = begun(name, frames)
    for number, frame in enumerate(updates):
        if number == lost:
            continue
        good = apply(book, frame)
        assert good is (number < lost)
        if not good:
            assert book.fault is Fault.GAP
            return


@given(st.integers(0, SESSIONS - 1), st.integers(0, 2**32))
@settings(max_examples=200)
def test_two_updates_that_changed_places_are_noticed_at_the_first(seed: int, way: int) -> None:
    name, frames = recorded(seed)
    updates = [frame for frame, _ in frames if frame["type"] == "update"]
    swapped = Random(way).randrange(len(updates) - 1)
    book = begun(name, frames)
    for frame in updates[:swapped]:
        assert apply(book, frame)
    assert not apply(book, updates[swapped + 1])
    assert not apply(book, updates[swapped])
    assert book.fault is Fault.GAP


@given(st.integers(0, SESSIONS - 1), st.integers(0, 2**32))
@settings(max_examples=500)
def test_a_flipped_value_is_noticed_at_once_or_when_the_next_update_comes(seed: int, way: int) -> None:
    """Only what is not the book itself (a number of an entry) can pass, and never further than to the next update."""
    name, frames = recorded(seed)
    random = Random(way)
    updates = [(frame, truth) for frame, truth in frames if frame["type"] == "update"]
    hit = random.randrange(len(updates) - 1)
    book = begun(name, frames)
    for frame, _ in updates[:hit]:
        assert apply(book, frame)
    frame, truth = updates[hit]
    damaged = flipped(frame, random)
    if apply(book, damaged):
        assert shown(book) == truth
        same = {key for key in frame if damaged[key] == frame[key]}
        assert set(frame) - same <= {"seq", "first_seq", "channel"}
        good = apply(book, updates[hit + 1][0])
        assert good is ("seq" in same)


def test_a_message_that_comes_twice_in_a_row_does_no_harm() -> None:
    name, frames = recorded(0)
    book = LocalBook(name)
    for frame, truth in frames:
        assert apply(book, frame)
        assert apply(book, frame)
        assert shown(book) == truth


def test_an_older_message_is_out_of_turn() -> None:
    name, frames = recorded(1)
    updates = [frame for frame, _ in frames if frame["type"] == "update"]
    book = begun(name, frames)
    for frame in updates[:5]:
        apply(book, frame)
    assert not apply(book, updates[2])
    assert book.fault is Fault.GAP


def begun(name: str, frames: list[tuple[Frame, Truth]]) -> LocalBook:
    """A book after the first snapshot."""
    book = LocalBook(name)
    assert frames[0][0]["type"] == "snapshot"
    assert apply(book, frames[0][0])
    return book


# -- the example of the documentation, and books deeper than the checksum --


def level(price: str, quantity: int, orders: int = 1) -> Frame:
    return {"price": price, "quantity": quantity, "orders": orders}


def snapshot(bids: list[Frame], asks: list[Frame], checksum: int, seq: int = 10) -> Frame:
    place = {"channel": f"book:{NAME}", "type": "snapshot", "seq": seq, "prev_seq": None, "at": None}
    return {**place, "instrument": NAME, "bids": bids, "asks": asks, "checksum": checksum}


def example() -> LocalBook:
    book = LocalBook(NAME)
    bids, asks = [level("30.00", 500, 2), level("29.99", 20)], [level("30.01", 4)]
    assert apply(book, snapshot(bids, asks, 2_775_990_470))
    return book


def test_the_example_has_its_checksum() -> None:
    assert example().checksum() == 2_775_990_470


def test_a_book_can_be_asked() -> None:
    book = example()
    assert book.best_bid == Level(Decimal("30.00"), 500, 2)
    assert book.best_ask == Level(Decimal("30.01"), 4, 1)
    assert book.spread == Decimal("0.01")
    assert [each.price for each in book.levels(BUY, 1)] == [Decimal("30.00")]
    assert len(book.levels(BUY)) == 2
    assert book.quantity_within(BUY, "30.00") == 500
    assert book.quantity_within(BUY, "29.50") == 520
    assert book.quantity_within(SELL, "30.00") == 0
    assert book.quantity_within(SELL, "30.01") == 4
    assert book.sweep(BUY, 510) == Sweep(510, Decimal("15299.90"), Decimal("29.99"))
    assert book.sweep(BUY, 1_000).quantity == 520
    assert book.sweep(SELL, 4).average_price == Decimal("30.01")


def test_an_empty_book_says_so() -> None:
    book = LocalBook(NAME)
    assert not book.is_good
    assert book.fault is Fault.EMPTY
    assert apply(book, snapshot([], [], 2_343_686_810))
    assert (book.best_bid, book.best_ask, book.spread) == (None, None, None)
    assert book.sweep(SELL, 5) == Sweep(0, Decimal(0), None)
    assert book.sweep(SELL, 5).average_price is None


def test_a_side_that_does_not_exist_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="BUY and SELL"):
        example().levels("bids")


def deep(quantities: list[int]) -> list[Frame]:
    return [level(f"{30 - number}.00", quantity) for number, quantity in enumerate(quantities)]


def test_a_wrong_size_below_the_tenth_level_is_noticed_when_it_comes_up() -> None:
    right, wrong = LocalBook(NAME), LocalBook(NAME)
    quantities = list(range(100, 112))
    whole = snapshot(deep(quantities), [], checksum_of(deep(quantities)))
    assert apply(right, whole)
    damaged = copy.deepcopy(whole)
    damaged["bids"][10]["quantity"] += 1
    assert apply(wrong, damaged)
    assert shown(wrong)[0][:10] == shown(right)[0][:10]
    gone = {**whole, "type": "update", "prev_seq": 10, "first_seq": 11, "seq": 11, "bids": [level("30.00", 0, 0)]}
    gone["checksum"] = checksum_of(deep(quantities)[1:])
    assert apply(right, gone)
    assert not apply(wrong, gone)
    assert wrong.fault is Fault.CHECKSUM


def checksum_of(bids: list[Frame]) -> int:
    """By the published recipe, with nothing of the client's."""
    text = ",".join(f"{each['price']}:{each['quantity']}:{each['orders']}" for each in bids[:10])
    return crc32(f"{text}|".encode())


@pytest.mark.parametrize(
    "change",
    [
        {"instrument": "ins-2"},
        {"bids": [level("29.99", 20), level("30.00", 500, 2)]},
        {"bids": [level("30.00", 0, 0)]},
        {"bids": [level("30.00", 5, 0)]},
        {"bids": [level("30.00", -5)]},
        {"bids": [level("0.00", 5)]},
        {"type": "update"},
        {"prev_seq": 9},
    ],
)
def test_a_snapshot_that_cannot_be_is_refused(change: Frame) -> None:
    book = LocalBook(NAME)
    assert not apply(book, {**snapshot([], [], 0), **change})
    assert book.fault in (Fault.MALFORMED, Fault.EMPTY)


def test_taking_away_what_is_not_there_is_noticed() -> None:
    book = example()
    frame = {**snapshot([level("29.98", 0, 0)], [], 2_775_990_470, seq=11), "type": "update", "prev_seq": 10}
    assert not apply(book, {**frame, "first_seq": 11})
    assert book.fault is Fault.MALFORMED


def test_the_next_snapshot_heals() -> None:
    book = example()
    assert not apply(book, snapshot([], [], 1, seq=12))
    assert book.fault is Fault.CHECKSUM
    bids, asks = [level("30.00", 500, 2), level("29.99", 20)], [level("30.01", 4)]
    assert apply(book, snapshot(bids, asks, 2_775_990_470, seq=5))
    assert book.seq == 5


def test_a_good_book_does_not_go_back() -> None:
    book = example()
    earlier = snapshot([], [], crc32(b"|"), seq=9)
    assert not apply(book, earlier)
    assert book.fault is Fault.GAP
    assert apply(book, earlier)
