"""The stream's client: one connection that comes back by itself, with subscriptions and order entry over it."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from exchange.client.key_file import KeyFile
from exchange.client.models.stream import StreamMessage
from exchange.client.patience import Patience
from exchange.client.problem import (
    ClientError,
    NoAnswerError,
    StreamEndedError,
    UnexpectedAnswerError,
)
from exchange.client.stream.inbox import Inbox
from exchange.client.stream.line import PATH, BrokenLineError, Line, open_line
from exchange.client.stream.live_book import LiveBook
from exchange.client.stream.messages import read_message
from exchange.client.stream.order_entry import OrderEntry
from exchange.client.stream.requests import Document, LostError, Request, Requests, StreamAnswer
from exchange.client.stream.subscriptions import Position, Subscriptions, Verdict
from exchange.client.wire import decode

SILENCE: Final = 15.0
"""Seconds: the exchange says something every five, so three heartbeats were missed."""

ROOM: Final = 10_000
"""Messages that may wait for whoever iterates."""

LONGEST_NAME: Final = 36
"""Characters of a line's name."""


@dataclass(frozen=True, slots=True)
class _Pong:
    at: datetime


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The newest one: the journal entry and the time where the exchange stands."""

    seq: int
    at: datetime


class StreamClient:
    """The stream of market data, own account and order entry, over a connection that is made again when it is lost.

    Enter it with ``async with``; iterate over it for the messages of the channels that were subscribed. Only one may
    iterate. ``orders`` has the calls of REST about orders, ``heartbeat`` is the newest one.

    ``line`` is this stream's name at the exchange, 1 to 36 characters, which is drawn when none is given. A connection
    takes the place of the one that had the same name and key before: so does one that is made again, and where a name
    is given, so does the same program when it is started again. Orders of ``cancel_on_disconnect`` have ended then.
    Raises ValueError for what cannot be such a name.
    """

    def __init__(
        self,
        base_url: str,
        key: str | None = None,
        language: str = "en",
        patience: Patience | None = None,
        *,
        silence: float = SILENCE,
        room: int = ROOM,
        line: str | None = None,
    ) -> None:
        self.base_url, self.language = base_url.rstrip("/"), language
        self.heartbeat: Heartbeat | None = None
        self.orders = OrderEntry(self._change)
        self._key, self._silence = key, silence
        self._name = _name_of(line)
        self._patience = patience or Patience()
        self._requests, self._subscriptions = Requests(), Subscriptions()
        self._inbox = Inbox(room)
        self._cancel_on_disconnect = False
        self._connection = 0
        self._line: Line | None = None
        self._sending = asyncio.Lock()
        self._opened = asyncio.Event()
        self._ended: Exception | None = None
        self._failures = 0
        self._trouble = BrokenLineError("not connected yet")
        self._running: asyncio.Task[None] | None = None
        self._healing: set[asyncio.Task[None]] = set()

    @classmethod
    def from_file(
        cls, path: Path | str, language: str = "en", patience: Patience | None = None, *, line: str | None = None
    ) -> Self:
        """A client with the address and the key of a :class:`KeyFile`; raises what its ``load`` raises."""
        mine = KeyFile.load(path)
        return cls(mine.url, mine.key, language, patience, line=line)

    @property
    def connections(self) -> int:
        """How many connections there were, the one in use included."""
        return self._connection

    # -- beginning and end --

    async def __aenter__(self) -> Self:
        """Connected and, with a key, logged in.

        Raises:
            ExchangeProblem: when the key is not good.
            NoAnswerError: when the exchange was not reached within the patience's deadline.
        """
        self._running = asyncio.create_task(self._run(), name="exchange-stream")
        try:
            async with asyncio.timeout(self._patience.deadline):
                await self._up()
        except TimeoutError:
            await self.close()
            raise NoAnswerError(f"GET {PATH}", self._failures, "", self.base_url, str(self._trouble)) from self._trouble
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Close it."""
        await self.close()

    async def close(self) -> None:
        """Close the connection; whoever waits for an answer or a message is told."""
        running, self._running = self._running, None
        if running is None:
            return
        for task in (running, *self._healing):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        await asyncio.gather(*self._healing, return_exceptions=True)

    # -- messages --

    def __aiter__(self) -> Self:
        """The messages of subscribed channels, in the order in which they came."""
        return self

    async def __anext__(self) -> StreamMessage:
        """The next message.

        Raises:
            SlowReaderError: messages came faster than they were taken; the channels are left.
            ClientError: the stream ended for good.
        """
        try:
            return await self._inbox.next()
        except StreamEndedError as ended:
            if ended.code is None:
                raise StopAsyncIteration from None
            raise

    async def subscribe(self, *channels: str, after_seq: int | None = None) -> None:
        """Listen to channels: ``book:``, ``trades:`` or ``ticker:`` and an instrument, ``candles:`` instrument and
        ``:`` interval, or ``private``. Each begins with a snapshot, or goes on after the entry ``after_seq``.

        Raises:
            ExchangeProblem: when there is no such channel, or it is not for this key.
            ValueError: when one is subscribed already.
        """
        await self._join([self._subscriptions.add(channel, after_seq) for channel in channels])

    async def unsubscribe(self, *channels: str) -> None:
        """Listen to channels no more."""
        self._leave(channels)
        with contextlib.suppress(LostError):
            await self._ask({"op": "unsubscribe", "channels": list(channels)})

    def _leave(self, channels: Iterable[str]) -> None:
        """Hear nothing more of these from this moment on."""
        for channel in channels:
            left = self._subscriptions.remove(channel)
            if left is not None and left.book is not None:
                left.book.end(StreamEndedError(f"{channel} was left"))

    async def book(self, instrument: str) -> LiveBook:
        """The book of an instrument, which keeps itself up to date and proves itself after every message."""
        book = LiveBook(instrument)
        await self._join([self._subscriptions.add(f"book:{instrument}", book=book)])
        return await book.ready()

    async def _join(self, positions: list[Position]) -> None:
        wishes = [position.wish() for position in positions]
        try:
            await self._ask({"op": "subscribe", "channels": wishes})
        except LostError:
            await self._up()  # a new connection subscribes everything that is listened to
        except BaseException:
            for position in positions:
                self._subscriptions.remove(position.channel)
            raise

    # -- requests --

    async def ping(self) -> datetime:
        """The time of the exchange."""
        while True:
            with contextlib.suppress(LostError):
                return decode(_Pong, await self._ask({"op": "ping"})).at

    async def cancel_on_disconnect(self, enabled: bool = True) -> None:
        """Whether the exchange cancels the orders of this key when the line is lost; kept over reconnects."""
        self._cancel_on_disconnect = enabled
        try:
            await self._ask(self._on_disconnect())
        except LostError:
            await self._up()

    async def _change(self, document: Document) -> Document:
        """Send a change, which must have an ``idempotency_key``, until it is answered: over reconnects too.

        Raises:
            ExchangeProblem: when the exchange refuses.
            NoAnswerError: when nothing was heard; it names the key under which to ask again.
        """
        return await self._ask(document, lasting=True)

    async def _ask(self, document: Document, *, lasting: bool = False) -> Document:
        request = self._requests.make(document, lasting=lasting)
        attempts = 0
        deadline = _now() + self._patience.deadline
        try:
            async with asyncio.timeout_at(deadline):
                while True:
                    attempts += 1
                    answer = await self._answered(request)
                    pause = self._patience.wait(attempts, answer.retry_after)
                    if not answer.asks_again or attempts == self._patience.attempts or _now() + pause >= deadline:
                        return answer.result()
                    await asyncio.sleep(pause)
                    self._requests.renew(request)
        except TimeoutError:
            key = document.get("idempotency_key")
            again = key if isinstance(key, str) else ""
            cause = "timed out" if self._line is not None else str(self._trouble)
            raise NoAnswerError(str(document["op"]), attempts, again, self.base_url, cause) from None
        finally:
            self._requests.forget(request)

    async def _answered(self, request: Request) -> StreamAnswer:
        if self._ended is not None:
            raise self._ended
        if not request.lasting:
            await self._up()
        await self._send(request)
        return await request.answer

    async def _send(self, request: Request) -> None:
        """Send what was not sent on this connection; without one, the next one does."""
        async with self._sending:
            line = self._line
            if line is None:
                if not request.lasting:
                    raise LostError
            elif request.connection != self._connection:
                request.connection = self._connection
                with contextlib.suppress(BrokenLineError):  # whoever reads notices as well
                    await line.send(request.text)

    async def _up(self) -> None:
        """Wait until there is a connection; raises what ended the stream."""
        if self._ended is None:
            await self._opened.wait()
        if self._ended is not None:
            raise self._ended

    # -- the connection --

    async def _run(self) -> None:
        """Connect again and again until the stream is closed or has no future."""
        try:
            while True:
                begun = _now()
                try:
                    await self._connected()
                except BrokenLineError as broken:
                    # Whoever is thrown out as soon as they are in shall not come back faster and faster.
                    stayed = _now() - begun > self._patience.longest_wait
                    self._failures, self._trouble = 1 if stayed else self._failures + 1, broken
                self._lose()
                await asyncio.sleep(self._patience.wait(self._failures, self._asked()))
        except Exception as error:
            self._end(error)  # a bug too must not look like an end that was wanted
            if not isinstance(error, ClientError):
                raise
        finally:
            self._end(StreamEndedError("the stream is closed"))

    def _asked(self) -> float:
        """How long the exchange asks to be left alone, as far as that is reasonable: nobody could end the wait."""
        return min(self._trouble.retry_after or 0.0, self._patience.deadline)

    async def _connected(self) -> None:
        """One connection from its beginning to its end, which is always an exception."""
        patience = self._patience
        async with open_line(self.base_url, self.language, patience.timeout, self._silence) as line:
            await self._greet(line)
            self._connection += 1
            async with self._sending:  # nothing new gets in before what was not answered
                self._line = line
                for request in self._requests.unanswered():
                    request.connection = self._connection
                    await line.send(request.text)
            self._opened.set()
            while True:
                self._take(await line.receive())

    async def _greet(self, line: Line) -> None:
        """Say who this is and take up everything where it was."""
        if self._key is not None:
            await self._exchange(line, {"op": "login", "authorization": f"Bearer {self._key}", "line": self._name})
        if self._cancel_on_disconnect:
            await self._exchange(line, self._on_disconnect())
        wishes = self._subscriptions.wishes()
        if wishes:
            await self._exchange(line, {"op": "subscribe", "channels": wishes})
        for book in self._subscriptions.books():
            book.reconnect()

    async def _exchange(self, line: Line, document: Document) -> None:
        """Ask and read on until it is answered; a refusal ends the stream, unless the exchange is only busy."""
        request = self._requests.make(document)
        try:
            async with asyncio.timeout(self._patience.timeout):
                await line.send(request.text)
                while not request.answer.done():
                    self._take(await line.receive())
        except TimeoutError:
            raise BrokenLineError(f"no answer to {document['op']} in {self._patience.timeout} s") from None
        answer = request.answer.result()
        if answer.asks_again:
            raise BrokenLineError(f"status {answer.status}", answer.retry_after)
        answer.result()

    def _on_disconnect(self) -> Document:
        return {"op": "cancel_on_disconnect", "enabled": self._cancel_on_disconnect}

    def _lose(self) -> None:
        """The line is down."""
        self._line = None
        self._opened.clear()
        self._requests.lose()
        for book in self._subscriptions.books():
            book.disconnect()

    def _end(self, error: Exception) -> None:
        """There will be no other line."""
        if self._ended is None:
            self._ended = error
            self._line = None
            self._requests.end(error)
            self._inbox.end(error)
            for book in self._subscriptions.books():
                book.end(error)
            self._opened.set()

    # -- frames --

    def _take(self, frame: Document) -> None:
        """An answer, a heartbeat or a message; what a newer exchange may say besides is passed over."""
        kind = frame.get("type")
        if kind == "answer":
            self._requests.settle(frame)
        elif kind == "heartbeat":
            self.heartbeat = decode(Heartbeat, frame)
        elif kind in ("snapshot", "update"):
            self._take_message(frame)

    def _take_message(self, frame: Document) -> None:
        channel = frame.get("channel")
        position = self._subscriptions.get(channel) if isinstance(channel, str) else None
        if position is None:
            return
        try:
            message = position.parts.add(read_message(frame))
        except UnexpectedAnswerError:
            if position.book is None:
                raise
            if position.doubt() is Verdict.HEAL:
                self._start(self._heal(position))
            return
        if message is None:
            return
        verdict = position.judge(message)
        if verdict is Verdict.HEAL:
            self._start(self._heal(position))
        elif verdict is Verdict.TAKE and position.book is None and not self._inbox.put(message):
            channels = self._subscriptions.without_book()
            self._leave(channels)
            self._start(self.unsubscribe(*channels))

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(_quietly(work))
        self._healing.add(task)
        task.add_done_callback(self._healing.discard)

    async def _heal(self, position: Position) -> None:
        """Subscribe a channel again in which something was missing."""
        if position.faults > 1:
            await asyncio.sleep(self._patience.wait(position.faults))
        channel = position.channel
        await self._ask({"op": "unsubscribe", "channels": [channel]})
        if self._subscriptions.get(channel) is position:
            await self._ask({"op": "subscribe", "channels": [position.wish()]})


async def _quietly(work: Awaitable[None]) -> None:
    """Do what nobody waits for: when the line is lost meanwhile, the next one begins anew anyway."""
    with contextlib.suppress(LostError, ClientError):
        await work


def _now() -> float:
    return asyncio.get_running_loop().time()


def _name_of(line: str | None) -> str:
    """The name that was given, or a drawn one. An empty one is refused: it would be none, which nobody means by it."""
    if line is None:
        return secrets.token_hex(8)
    if not 1 <= len(line) <= LONGEST_NAME:
        raise ValueError(f"a line's name has 1 to {LONGEST_NAME} characters, not {len(line)}")
    return line
