"""Clients as they are in the long run: lines that break and come back, sockets that say nothing, firms that vanish.

What the load sends through a line that is down waits until it is back. A request whose connection was lost under way
may be in the journal or not: :class:`Told` counts those apart from what was acknowledged.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, Protocol

import orjson

from loadtests.http_client import HttpConnection
from loadtests.loops import Connection, Trader
from loadtests.mix import Account, Choices, Walk
from loadtests.soak_readers import HOST, Reader, Socket
from loadtests.ws_client import WsOrders

MOST_OPEN: Final = 40
"""Orders that a trader of the load leaves open: the book stays as large as it is, so what grows is something else."""

SEQUENCED: Final = frozenset({200, 201})
GOOD: Final = frozenset({0, 200, 201, 404, 409, 422, 429, 503})
SWITCH_SECONDS: Final = 5
PATIENCE: Final = 30.0
CATCH_UP_SECONDS: Final = 3.0
SIP_EVERY: Final = 4
SIP_SECONDS: Final = 0.01
"""A slow reader takes a little every four seconds, so that it is not silent but slow."""

Done = Callable[[int, bytes], None]


@dataclass(slots=True)
class Told:
    """What clients were told of: commands by their answers, requests that got none, and answers that must not be."""

    commands: int = 0
    unanswered: int = 0
    strange: dict[int, int] = field(default_factory=dict)

    def hear(self, status: int, acknowledged: int, size: int) -> None:
        """Count the answer to a request of ``size`` commands."""
        self.commands += acknowledged
        if status == 0:
            self.unanswered += size
        elif status not in GOOD:
            self.strange[status] = self.strange.get(status, 0) + 1


class Moderate(Choices):
    """A trader's choices who cancels when many orders are open."""

    def order(self) -> tuple[int, int] | None:
        """A cancel when it is time for one."""
        return None if len(self.open_orders) >= MOST_OPEN else super().order()


class CountedTrader:
    """A trader of the load whose answers are counted in one place for all."""

    __slots__ = ("_size", "_told", "_trader")

    def __init__(self, trader: Trader, told: Told, size: int = 1) -> None:
        """``size`` commands are in each request."""
        self._trader = trader
        self._told = told
        self._size = size

    def next(self) -> bytes:
        """The next request."""
        return self._trader.next()

    def heard(self, status: int, body: bytes) -> int:
        """How many commands an answer acknowledges."""
        acknowledged = self._trader.heard(status, body)
        self._told.hear(status, acknowledged, self._size)
        return acknowledged


class Line(Protocol):
    """A connection of the load that can be broken off."""

    async def break_off(self) -> None:
        """Lose it, and have it again."""
        ...

    def close(self) -> None:
        """Hang up for good."""
        ...


class HttpLine:
    """An HTTP connection that comes back, also when the service has closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection: HttpConnection | None = None
        self._held: tuple[bytes, Done] | None = None

    async def connect(self) -> None:
        """Connect, and send what waits."""
        self._connection = await HttpConnection.open(HOST, self._port)
        if self._held is not None:
            (request, done), self._held = self._held, None
            self._connection.send(request, done)

    def send(self, request: bytes, done: Done) -> None:
        """Send, or keep it until the line is back."""
        if self._connection is None:
            self._held = request, done
        else:
            self._connection.send(request, done)

    async def break_off(self) -> None:
        """Hang up, perhaps with a request under way, and connect again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
            await self.connect()

    def close(self) -> None:
        """Hang up for good."""
        if self._connection is not None:
            self._connection.close()


class StreamLine:
    """A connection of order entry that comes back; its slots are what the load sends through."""

    def __init__(self, port: int, token: str, slots: int) -> None:
        self.slots = [StreamSlot(self, b"%d" % number) for number in range(slots)]
        self._port = port
        self._token = token
        self._connection: WsOrders | None = None
        self._held: list[tuple[bytes, bytes, Done]] = []

    async def connect(self) -> None:
        """Connect, and send what waits."""
        connection = self._connection = await WsOrders.open(HOST, self._port, self._token)
        held, self._held = self._held, []
        for slot, request, done in held:
            connection.send_in(slot, request, done)

    def send_in(self, slot: bytes, request: bytes, done: Done) -> None:
        """Send, or keep it until the line is back."""
        if self._connection is None:
            self._held.append((slot, request, done))
        else:
            self._connection.send_in(slot, request, done)

    async def break_off(self) -> None:
        """Hang up, mostly with requests under way, and connect again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
            await self.connect()

    def close(self) -> None:
        """Hang up for good."""
        if self._connection is not None:
            self._connection.close()


class StreamSlot:
    """One of several requests under way on a line."""

    __slots__ = ("_line", "_number")

    def __init__(self, line: StreamLine, number: bytes) -> None:
        self._line = line
        self._number = number

    def send(self, request: bytes, done: Done) -> None:
        """Send a frame."""
        self._line.send_in(self._number, request, done)

    def close(self) -> None:
        """Close the line."""
        self._line.close()


@dataclass(slots=True)
class Crew:
    """The load: whom the loop sends through, and the lines under them."""

    pairs: list[tuple[Connection, Trader]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def close(self) -> None:
        """Everybody hangs up."""
        for line in self.lines:
            line.close()


@dataclass(slots=True)
class Happened:
    """How often what was done to the service."""

    counts: dict[str, int] = field(default_factory=dict)

    def count(self, what: str) -> None:
        """Once more."""
        self.counts[what] = self.counts.get(what, 0) + 1


class Troubles:
    """Everything that disturbs the service, each kind a task without end; what must come of it is checked here."""

    def __init__(self, port: int, instrument: str, told: Told, faults: list[str], seed: int) -> None:
        self.happened = Happened()
        self._port = port
        self._instrument = instrument
        self._told = told
        self._faults = faults
        self._random = Random(seed)
        self._numbers = itertools.count()

    async def break_lines(self, lines: list[Line], pause: float) -> None:
        """Order connections break, with requests under way."""
        while True:
            await self._wait(pause)
            await self._random.choice(lines).break_off()
            self.happened.count("order lines broken")

    async def break_readers(self, readers: list[Reader], pause: float) -> None:
        """Readers go, politely or not, and come back to where they were."""
        while True:
            await self._wait(pause)
            reader = self._random.choice(readers)
            if reader.socket is not None:
                how = self._random.choice(["said goodbye", "reset"])
                (reader.socket.reset if how == "reset" else reader.socket.say_goodbye)()
                await reader.connect()
                self.happened.count(f"readers {how}")

    async def be_silent(self, token: str, channel: str) -> None:
        """A stream whose client is gone without a word: no ping is answered, so it is closed (1013).

        On ``channel`` next to nothing may happen, so that it is not the amount of what waits that closes it.
        """
        while True:
            reader = Reader(self._port, [channel], token, self._faults)
            await reader.connect()
            with contextlib.closing(reader):
                await self._closed_unread(reader, "half-open streams", PATIENCE * 3)

    async def be_slow(self, reader: Reader, closed_slow: Callable[[], int]) -> None:
        """Stop reading what never ends until the service closes it with 1013, come back, again and again."""
        while True:
            await reader.connect()
            with contextlib.closing(reader):
                await self._closed_unread(reader, "slow readers", PATIENCE * 3, closed_slow)

    async def _closed_unread(
        self, reader: Reader, who: str, seconds: float, closed_slow: Callable[[], int] | None = None
    ) -> None:
        """Wait for the close of a client that does not read, or hardly.

        The service gives a client five seconds to take its close, so the code is seen by those who then read: a slow
        reader does when the service counts that one was closed.
        """
        connection = reader.socket
        assert connection is not None
        connection.stop_reading()
        deadline = asyncio.get_running_loop().time() + seconds
        seen = closed_slow() if closed_slow is not None else 0
        for second in itertools.count(1):
            await asyncio.sleep(1.0)
            if connection.over.is_set() or asyncio.get_running_loop().time() > deadline:
                break
            if closed_slow is not None and closed_slow() != seen:
                seen = closed_slow()
                await self._read_for(connection, CATCH_UP_SECONDS)
            elif closed_slow is not None and second % SIP_EVERY == 0:
                await self._read_for(connection, SIP_SECONDS)
        connection.read_again()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(connection.over.wait(), CATCH_UP_SECONDS)
        self._judge(connection, who)

    async def _read_for(self, connection: Socket, seconds: float) -> None:
        connection.read_again()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(connection.over.wait(), seconds)
        connection.stop_reading()

    def _judge(self, connection: Socket, who: str) -> None:
        code = connection.closed_with
        if not connection.over.is_set():
            self._faults.append(f"{who} were not closed")
        if code not in (None, 1013):
            self._faults.append(f"{who} were closed with {code}")
        self.happened.count(f"{who} closed with 1013" if code else f"{who} cut off")

    async def be_idle(self) -> None:
        """A socket that never says anything is closed by the service."""
        while True:
            reader, writer = await asyncio.open_connection(HOST, self._port)
            try:
                await asyncio.wait_for(reader.read(), PATIENCE)
                self.happened.count("idle sockets closed")
            except TimeoutError:
                self._faults.append(f"an idle socket was still open after {PATIENCE:.0f} s")
            except ConnectionError:
                self.happened.count("idle sockets closed")
            finally:
                writer.close()

    async def vanish(self, account: Account, walk: Walk, pause: float) -> None:
        """A program that asked for cancel on disconnect is lost: its orders go with it."""
        while True:
            await self._wait(pause)
            with contextlib.closing(await Socket.open(self._port, account.token)) as connection:
                await connection.ask("cancel_on_disconnect", enabled=True)
                await self._rest_some_orders(connection, account, walk)
                connection.reset()
            await self._see_them_gone(account.token, "cancel on disconnect")

    async def let_the_switch_fire(self, account: Account, walk: Walk, pause: float) -> None:
        """A program that set the dead-man's switch says nothing more: its orders are cancelled in time."""
        while True:
            await self._wait(pause)
            with contextlib.closing(await Socket.open(self._port, account.token)) as connection:
                await self._change(connection, "cancel_after", body={"seconds": SWITCH_SECONDS})
                await self._rest_some_orders(connection, account, walk)
                await asyncio.sleep(SWITCH_SECONDS)
                await self._see_them_gone(account.token, "dead-man's switches")

    async def sweep(self, tokens: list[str], pause: float) -> None:
        """Firms cancel everything that they have, with it what lost answers have left behind."""
        while True:
            await self._wait(pause)
            with contextlib.closing(await Socket.open(self._port, self._random.choice(tokens))) as connection:
                await self._change(connection, "cancel_all", body={})
                self.happened.count("mass cancels")

    async def _rest_some_orders(self, connection: Socket, account: Account, walk: Walk) -> None:
        choices = Choices(account, walk, seed=1)
        for _ in range(3):
            price, quantity = choices.far_order()
            body = {"instrument": self._instrument, "side": account.side, "time_in_force": "GTC", "quantity": quantity}
            await self._change(connection, "place", body=body | {"price": f"{price // 100}.{price % 100:02d}"})

    async def _change(self, connection: Socket, op: str, **fields: Any) -> None:
        key = f"trouble-{next(self._numbers)}"
        self._told.unanswered += 1  # until the answer is here: the end of the run may come first
        answer = await connection.ask(op, idempotency_key=key, **fields)
        self._told.unanswered -= 1
        status = answer["status"]
        self._told.hear(status, 1 if status in SEQUENCED else 0, 1)
        if status not in SEQUENCED:
            self._faults.append(f"{op} was answered {orjson.dumps(answer).decode()}")

    async def _see_them_gone(self, token: str, what: str) -> None:
        connection = await HttpConnection.open(HOST, self._port)
        with contextlib.closing(connection):
            items = await self._open_orders(connection, token)
        if items != []:
            self._faults.append(f"{what}: orders were still open after {PATIENCE:.0f} s")
        self.happened.count(what)

    async def _open_orders(self, connection: HttpConnection, token: str) -> list[Any] | None:
        """What is still open when there is nothing, or no more patience."""
        request = f"GET /v1/orders?limit=10 HTTP/1.1\r\nhost: soak\r\nauthorization: Bearer {token}\r\n\r\n".encode()
        deadline = asyncio.get_running_loop().time() + PATIENCE
        items: list[Any] | None = None
        while items != [] and asyncio.get_running_loop().time() < deadline:
            status, body = await connection.ask(request)
            items = orjson.loads(body)["items"] if status == 200 else None
            await asyncio.sleep(0.1)
        return items

    async def _wait(self, pause: float) -> None:
        await asyncio.sleep(pause * self._random.uniform(0.5, 1.5))


async def through(tasks: list[Coroutine[Any, Any, None]], work: Coroutine[Any, Any, None]) -> None:
    """Do ``work`` while the tasks go on; one that breaks ends everything with what broke it."""
    running = [asyncio.ensure_future(each) for each in tasks]
    main = asyncio.ensure_future(work)
    try:
        done, _ = await asyncio.wait([main, *running], return_when=asyncio.FIRST_COMPLETED)
        for each in done:
            each.result()
    finally:
        for each in (main, *running):
            each.cancel()
        await asyncio.gather(main, *running, return_exceptions=True)
