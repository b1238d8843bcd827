"""Messages that are missing, damaged or out of turn on the stream: noticed, asked for again, and never given out."""

from __future__ import annotations

import asyncio
from zlib import crc32

import pytest

from exchange.client import StreamEndedError
from exchange.client.stream import LiveBook, LocalBook, StreamClient
from tests.client.scripted_stream import BOOK, TRADES, Frame, Peer, book, both, soon, subscribed, trades


async def test_a_gap_is_filled_before_anything_else_is_given_out() -> None:
    async with both() as (_, client, peer):
        await subscribed(client, peer, TRADES)
        await peer.send(**trades(4, None))
        await peer.send(**trades(12, 9))
        await peer.send(**trades(14, 12))
        assert (await peer.agree("unsubscribe"))["channels"] == [TRADES]
        assert (await peer.agree("subscribe"))["channels"] == [{"channel": TRADES, "after_seq": 4}]
        await peer.send(**trades(9, 4))
        await peer.send(**trades(12, 9))
        await peer.send(**trades(14, 12))
        assert [(await soon(anext(client))).seq for _ in range(4)] == [4, 9, 12, 14]


async def opened_book(client: StreamClient, peer: Peer) -> LiveBook:
    opening = asyncio.ensure_future(client.book("ins-1"))
    assert (await peer.agree("subscribe"))["channels"] == [{"channel": BOOK}]
    await peer.send(**book(4, None, 5))
    live: LiveBook = await soon(opening)
    return live


def best(live: LocalBook) -> int:
    """The tonnes at the best price."""
    return 0 if live.best_bid is None else live.best_bid.quantity


@pytest.mark.parametrize(
    "damaged",
    [book(6, 4, 7, checked=8), book(6, 5, 7), {**book(6, 4, 7), "bids": "?"}, book(3, None, 5)],
    ids=["checksum", "gap", "unreadable", "back in time"],
)
async def test_a_book_that_is_not_right_is_asked_for_anew(damaged: Frame) -> None:
    async with both() as (_, client, peer):
        live = await opened_book(client, peer)
        assert best(live) == 5
        await peer.send(**damaged)
        await peer.send(**book(8, 6, 9))
        await peer.agree("unsubscribe")
        assert (await peer.agree("subscribe"))["channels"] == [{"channel": BOOK}]
        assert not live.is_good
        assert best(live) == 0
        await peer.send(**book(8, None, 9))
        await soon(live.ready())
        assert (live.seq, best(live)) == (8, 9)


async def test_a_book_goes_on_after_a_lost_line() -> None:
    async with both() as (server, client, peer):
        live = await opened_book(client, peer)
        changes = live.changes()
        assert best(await soon(anext(changes))) == 5
        peer.cut()
        back = await server.greeted()
        assert not live.is_good
        assert (live.best_bid, live.best_ask, live.spread, live.levels("BUY"), live.bids) == (None, None, None, [], [])
        assert (live.quantity_within("BUY", 1), live.sweep("BUY", 5).quantity) == (0, 0)
        assert not live.copy().is_good and "no line" in repr(live)
        request = await back.take("subscribe")
        assert request["channels"] == [{"channel": BOOK, "after_seq": 4}]
        await back.send(**book(6, 4, 7))
        await back.answer(request)
        while best(await soon(anext(changes))) != 7:
            pass
        assert live.fault is None
        await client.close()
        with pytest.raises(StreamEndedError):
            await soon(anext(changes))


async def test_a_copy_of_a_book_stays_as_it_is() -> None:
    async with both() as (_, client, peer):
        live = await opened_book(client, peer)
        copies = live.copies()
        copy = await soon(anext(copies))
        await peer.send(**book(6, 4, 7))
        assert best(await soon(anext(copies))) == 7
        assert (best(copy), copy.seq, copy.checksum()) == (5, 4, crc32(b"30.00:5:1|"))


async def test_a_book_that_was_left_says_so() -> None:
    async with both() as (_, client, peer):
        live = await opened_book(client, peer)
        leaving = asyncio.ensure_future(client.unsubscribe(BOOK))
        await peer.agree("unsubscribe")
        await soon(leaving)
        assert not live.is_good and live.best_bid is None
        with pytest.raises(StreamEndedError, match="was left"):
            await live.ready()
