"""The stream by which engines are measured: reproducible, its cancels live, and its count of trades the engine's."""

from __future__ import annotations

import pytest

from exchange.core.matching import OrderBook, match
from exchange.core.values import OrderId, OwnerGroupId, Price, Seq, Side, Tonnes
from loadtests.stream import ADD, BUY, CANCEL, MixedStream
from tests.core.matching.floor import BOTH


@pytest.mark.parametrize(("resting", "levels"), [(0, 2), (500, 20), (2_000, 2_000)])
def test_the_engine_makes_the_trades_that_the_stream_counts(resting: int, levels: int) -> None:
    stream = MixedStream(seed=11, commands=5_000, resting=resting, levels=levels)
    book = OrderBook()
    trades = 0
    for n, (kind, order_id, side, price, quantity, group) in enumerate(stream, start=1):
        if kind == CANCEL:
            book.cancel(OrderId(order_id))
            continue
        way, limit, owner = Side(side), Price(price), OwnerGroupId(group)
        fills, _, leaves, stopped = match(book, way, limit, Tonnes(quantity), owner, BOTH)
        trades += len(fills)
        assert not stopped
        if leaves:
            book.rest(OrderId(order_id), way, limit, Tonnes(leaves), owner, Seq(n))
        if n % 1_000 == 0:
            assert (trades, len(book)) == (stream.trades, len(stream.live))
    book.validate()
    assert (trades, len(book)) == (stream.trades, len(stream.live))


def test_one_seed_gives_one_stream() -> None:
    assert list(MixedStream(3, 1_000)) == list(MixedStream(3, 1_000))
    assert list(MixedStream(3, 1_000)) != list(MixedStream(4, 1_000))


def test_the_mix_is_what_it_is_said_to_be() -> None:
    commands = list(MixedStream(5, 20_000, resting=1_000, levels=100))
    built, mixed = commands[:1_000], commands[1_000:]
    assert len(mixed) == 20_000
    assert all(kind == ADD for kind, *_ in built)
    assert len({(side, price) for _, _, side, price, _, _ in built}) == 100
    assert 0.28 < sum(kind == CANCEL for kind, *_ in mixed) / 20_000 < 0.32
    groups = {(side, group > 1_000) for kind, _, side, _, _, group in commands if kind == ADD}
    assert groups == {(BUY, False), (3 - BUY, True)}
