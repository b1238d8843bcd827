"""The blocking side: every method of the asynchronous client, from any thread, and nothing left running."""

from __future__ import annotations

import asyncio
import inspect
import signal
import threading
from collections.abc import AsyncIterator, Generator
from decimal import Decimal
from zlib import crc32

import httpx
import pytest

from exchange.client import ExchangeClient, ExchangeProblem, Patience
from exchange.client.models.market import Level
from exchange.client.models.stream import BookMessage
from exchange.client.stream import LiveBook
from exchange.client.sync import Exchange
from exchange.client.sync.background import Background, Face
from exchange.client.sync.stream import Book
from tests.client.script import Script, ok
from tests.client.scripted_stream import scripted_stream

KEEPING = {"apply", "doubt", "disconnect", "reconnect", "end"}
"""How the stream keeps a book, which is none of its readers' business."""

AS_COPIES = {"changes", "copy"}
"""What gives the living book elsewhere; whoever reads from another thread has ``copies`` and ``read``."""

MEMBERS = {"id": "par-1", "code": "A", "name_en": "A", "name_zh": "甲"}


def public(kind: type) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_") and inspect.isfunction(getattr(kind, name))}


def faces(exchange: Exchange) -> dict[str, Face[object]]:
    return {name: face for name, face in vars(exchange).items() if isinstance(face, Face)}


def test_every_method_of_the_asynchronous_client_is_there() -> None:
    with Exchange("http://exchange.test") as exchange:
        client = ExchangeClient("http://exchange.test")
        resources = {name for name in vars(client) if not name.startswith("_")} - {"connection"}
        assert set(faces(exchange)) == resources
        for name, face in faces(exchange).items():
            inner = type(face.inner)
            assert inner is type(getattr(client, name))
            assert public(type(face)) == public(inner), name
            for method in public(inner):
                assert getattr(type(face), method).__wrapped__ is getattr(inner, method)
                assert inspect.getdoc(getattr(face, method))


def test_a_call_returns_what_is_awaited_elsewhere() -> None:
    script = Script(ok(participant="par-1", instrument=None, side=None, cancelled=2, finished=True))
    with Exchange("http://exchange.test", "key-1-1.x", transport=script) as exchange:
        assert exchange.orders.cancel_all(idempotency_key="mine").cancelled == 2
    assert script.asked[0].headers["idempotency-key"] == "mine"


def test_a_list_is_a_plain_loop_that_can_be_left() -> None:
    page = ok(items=[MEMBERS, {**MEMBERS, "code": "B"}], next_cursor="more")
    script = Script(page, page, page)
    with Exchange("http://exchange.test", transport=script) as exchange:
        for member in exchange.members.every():
            assert member.code == "A"
            break
        codes = [member.code for member, _ in zip(exchange.members.every(), range(3), strict=False)]
    assert codes == ["A", "B", "A"]
    assert len(script.asked) == 3


def test_a_refusal_is_raised_where_it_was_called() -> None:
    script = Script(httpx.Response(404, json={"code": "NOT_FOUND"}))
    with (
        Exchange("http://exchange.test", transport=script) as exchange,
        pytest.raises(ExchangeProblem, match="NOT_FOUND"),
    ):
        exchange.orders.get("ord-1")


def test_the_stream_has_every_method_too() -> None:
    with Exchange("http://exchange.test") as exchange:
        stream = exchange.stream()
        pairs: list[tuple[Face[object], set[str]]] = [
            (stream, {"from_file"}),
            (stream.orders, set()),
            (Book(LiveBook("ins-1"), stream.background), KEEPING | AS_COPIES),
        ]
        for face, left_out in pairs:
            assert public(type(face)) == public(type(face.inner)) - left_out


def test_a_book_has_what_the_asynchronous_one_has() -> None:
    with Exchange("http://exchange.test") as exchange:
        inner = LiveBook("ins-1")
        inner.apply(snapshot(Level(Decimal("30.00"), 500, 2)))
        face = Book(inner, exchange.stream().background)
        names = {name for name in dir(inner) if not name.startswith("_")} - KEEPING - AS_COPIES
        assert {name for name in dir(face) if not name.startswith("_")} - {"inner", "background"} == names
        values = {name for name in names if not callable(getattr(inner, name))}
        assert {"best_bid", "spread", "is_good", "seq"} <= values
        for name in values:
            assert getattr(face, name) == getattr(inner, name), name
        assert face.levels("BUY", 1) == [face.best_bid] == inner.bids
        assert face.sweep("BUY", 100) == inner.sweep("BUY", 100)
        assert face.quantity_within("BUY", "29.00") == 500 and face.checksum() == inner.checksum()
        assert face.ready() is face


def snapshot(bid: Level) -> BookMessage:
    """A book with this bid alone."""
    checksum = crc32(f"{bid.price}:{bid.quantity}:{bid.orders}|".encode())
    return BookMessage("book:ins-1", "snapshot", 4, None, None, "ins-1", (bid,), (), checksum)


async def test_a_stream_has_the_name_that_is_given() -> None:
    def script(url: str) -> None:
        with Exchange(url, "key-1-1.x") as exchange:
            with pytest.raises(ValueError, match="1 to 36 characters"):
                exchange.stream(line="")
            with exchange.stream(line="desk-1"):
                pass

    async with scripted_stream() as server:
        running = asyncio.ensure_future(asyncio.to_thread(script, server.url))
        assert (await (await server.peer()).agree("login"))["line"] == "desk-1"
        await running


async def test_a_stream_is_a_plain_loop() -> None:
    async with scripted_stream() as server:
        told: list[object] = []

        def script() -> None:
            with Exchange(server.url, "key-1-1.x") as exchange, exchange.stream() as stream:
                stream.subscribe("trades:ins-1")
                for message in stream:
                    told.append(message.seq)
                    break
                told.append(stream.ping().year)
                told.append(stream.book("ins-1").read().best_bid)

        running = asyncio.ensure_future(asyncio.to_thread(script))
        peer = await server.greeted()
        await peer.agree("subscribe")
        place = {"channel": "trades:ins-1", "type": "snapshot", "seq": 4, "prev_seq": None, "at": None}
        await peer.send(**place, instrument="ins-1", trades=[])
        await peer.answer(await peer.take("ping"), at="2026-11-20T01:02:03.000004Z")
        await peer.agree("subscribe")
        book = {"bids": [], "asks": [], "checksum": crc32(b"|")}
        await peer.send(**place | {"channel": "book:ins-1"}, instrument="ins-1", **book)
        await running
        assert told == [4, 2026, None]


async def test_it_works_where_a_loop_runs_already_as_in_a_notebook() -> None:
    with Exchange("http://exchange.test", transport=Script(ok(items=[], next_cursor=None))) as exchange:
        assert list(exchange.members.every()) == []
    await asyncio.sleep(0)


def test_several_threads_may_call_at_once() -> None:
    script = Script(*[ok(items=[MEMBERS], next_cursor=None) for _ in range(8)])
    found: list[str] = []
    with Exchange("http://exchange.test", transport=script) as exchange:
        threads = [
            threading.Thread(target=lambda: found.extend(member.code for member in exchange.members.every()))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == ["A"] * 8


def test_nothing_runs_after_it_is_closed() -> None:
    before = threading.active_count()
    exchange = Exchange("http://exchange.test", patience=Patience())
    assert threading.active_count() == before + 1
    exchange.close()
    exchange.close()
    assert threading.active_count() == before
    with pytest.raises(RuntimeError, match="closed"):
        exchange.venue.status()


def test_its_own_thread_cannot_wait_for_itself() -> None:
    background = Background()

    async def call() -> None:
        background.run(asyncio.sleep(0))

    with pytest.raises(RuntimeError, match="own thread"):
        background.run(call())
    background.close()


def test_a_list_that_is_forgotten_is_ended_from_any_thread() -> None:
    background = Background()

    async def numbers() -> AsyncIterator[int]:
        yield 1
        yield 2

    async def forget(items: Generator[int]) -> None:
        items.close()

    items = background.iterate(numbers())
    assert isinstance(items, Generator)
    assert next(items) == 1
    background.run(forget(items))
    background.close()
    assert list(items) == []


def test_an_interrupted_call_is_cancelled() -> None:
    """Many times, because Ctrl-C can come while the call is being handed over."""
    # A run that was started in the background ignores Ctrl-C, and so would everything in here.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        for _ in range(100):
            _interrupt_a_call()
    finally:
        signal.signal(signal.SIGINT, before)


def _interrupt_a_call() -> None:
    background, begun, ended = Background(), threading.Event(), threading.Event()

    async def wait() -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            ended.set()

    def interrupt() -> None:
        begun.wait()
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        # A signal that comes right before a thread begins to wait for a lock is seen by CPython after the wait only.
        while not ended.wait(1):
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    ctrl_c = threading.Thread(target=interrupt)
    ctrl_c.start()
    with pytest.raises(KeyboardInterrupt):
        background.run(wait())
    ctrl_c.join()
    assert ended.wait(10)
    background.close()
