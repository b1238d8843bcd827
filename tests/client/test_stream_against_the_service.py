"""The stream's client and a real service, on a good line and on one that is cut again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pytest

from exchange.client import ExchangeClient, ExchangeProblem, KeyFile, NotThereError, Patience, StreamEndedError
from exchange.client.commands import Amend, Cancel, Place
from exchange.client.models import CandlesMessage, Order, PrivateMessage, StreamMessage, TickerMessage, TradesMessage
from exchange.client.stream import LiveBook, StreamClient
from tests.client.bad_line import BadLine, bad_line
from tests.client.sandbox import joined, running_sandbox
from tests.support.service import a_service

pytestmark = [pytest.mark.processes, pytest.mark.slow]

SECONDS = 60.0
QUICK = Patience(attempts=50, first_wait=0.01, longest_wait=0.1, deadline=SECONDS)


@dataclass(frozen=True)
class Floor:
    """A sandbox with two firms that trade with each other."""

    steel: KeyFile
    forest: KeyFile


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    folder = tmp_path_factory.mktemp("desks")
    with running_sandbox() as service:
        yield Floor(*(KeyFile.load(joined(service, folder, name)) for name in ("steel", "forest")))


def stream_of(mine: KeyFile) -> StreamClient:
    return StreamClient(mine.url, mine.key, patience=QUICK)


def client_of(mine: KeyFile) -> ExchangeClient:
    return ExchangeClient(mine.url, mine.key, patience=QUICK, private_key=mine.private_key)


async def instrument_of(client: ExchangeClient, symbol: str) -> str:
    return next(book.id for book in [book async for book in client.instruments.every()] if book.symbol == symbol)


async def until(stream: StreamClient, kind: type[StreamMessage], count: int = 1) -> list[StreamMessage]:
    """So many messages of a kind; others are passed over."""
    found: list[StreamMessage] = []
    async with asyncio.timeout(SECONDS):
        async for message in stream:
            if isinstance(message, kind):
                found.append(message)
                if len(found) == count:
                    break
    return found


async def level_with(book: LiveBook, client: ExchangeClient) -> None:
    """Wait until the local book is the one that REST shows."""
    async with asyncio.timeout(SECONDS):
        shown = await client.instruments.book(book.instrument, levels=50)
        async for now in book.changes():
            if (tuple(now.levels("BUY", 50)), tuple(now.levels("SELL", 50))) == (shown.bids, shown.asks):
                return


async def test_a_trade_is_seen_in_every_channel(floor: Floor) -> None:
    async with client_of(floor.forest) as forest, stream_of(floor.steel) as steel:
        ins = await instrument_of(forest, "SANDBOX-CCER")
        await steel.subscribe(f"trades:{ins}", f"ticker:{ins}", f"candles:{ins}:1m", "private")
        book = await steel.book(ins)
        await forest.orders.sell(ins, 50, "70.00")
        await level_with(book, forest)
        bought = await steel.orders.place(ins, "BUY", 20, "70.00", client_order_id="seen-1")
        assert [(trade.quantity, trade.counterparty) for trade in bought.trades] == [(20, "FOREST")]
        kinds: dict[type[StreamMessage], StreamMessage] = {}
        async with asyncio.timeout(SECONDS):
            while len(kinds) < 4:
                message = await anext(steel)
                if message.type == "update" and message.seq >= bought.as_of_seq:
                    kinds[type(message)] = message
        trades, ticker = kinds[TradesMessage], kinds[TickerMessage]
        candles, own = kinds[CandlesMessage], kinds[PrivateMessage]
        assert isinstance(trades, TradesMessage) and isinstance(ticker, TickerMessage)
        assert isinstance(candles, CandlesMessage) and isinstance(own, PrivateMessage)
        assert [trade.id for trade in trades.trades] == [bought.trades[0].id]
        assert (ticker.last_price, ticker.last_quantity) == (bought.trades[0].price, 20)
        assert candles.candles[-1].volume == 20
        assert await anext(forest.instruments.candles(ins, "1m")) == candles.candles[-1]
        assert own.fills == bought.trades
        assert [order.client_order_id for order in own.orders] == ["seen-1"]
        assert {balance.asset for balance in own.balances} >= {"CNY"}
        await level_with(book, forest)
        assert (book.best_ask and book.best_ask.quantity) == 30
        assert await steel.ping() >= trades.trades[0].at
        await forest.orders.cancel_all()


async def test_every_order_call_by_rest_and_by_the_stream(floor: Floor) -> None:
    async with client_of(floor.steel) as rest, stream_of(floor.steel) as stream:
        ins = await instrument_of(rest, "SANDBOX-QUOTA")
        for number, orders in enumerate((rest.orders, stream.orders)):
            name = f"every-{number}"
            placed = await orders.place(ins, "BUY", 10, "29.00", client_order_id=name, idempotency_key=f"k-{name}")
            again = await orders.place(ins, "BUY", 10, "29.00", client_order_id=name, idempotency_key=f"k-{name}")
            assert again == placed
            assert (await orders.amend(client_order_id=name, quantity=8)).order.leaves == 8
            assert (await orders.amend(placed.order.id, price="29.10")).order.leaves == 8
            answer = await orders.batch(
                [
                    Place(ins, "BUY", 3, "28.00", client_order_id=f"{name}-b"),
                    Place(ins, "BUY", 3, "1.00"),
                    Amend(placed.order.id, quantity=7),
                    Cancel(client_order_id=f"{name}-b"),
                ]
            )
            assert [result.status for result in answer.results] == [201, 422, 200, 200]
            assert answer.results[0].order is not None and answer.results[0].order.client_order_id == f"{name}-b"
            refused = answer.results[1].error
            assert refused is not None and refused.code == "PRICE_OUTSIDE_BAND" and refused.rule is not None
            armed = (await orders.cancel_after(60)).deadline
            assert armed is not None and (await rest.orders.deadline()).deadline == armed
            assert (await orders.cancel_after(0)).deadline is None
            assert (await rest.orders.deadline()).deadline is None
            assert (await orders.cancel(client_order_id=name)).order.status == "CANCELLED"
            with pytest.raises(NotThereError):
                await orders.cancel(placed.order.id + "0000")
            await orders.place(ins, "BUY", 1, "29.00")
            assert (await orders.cancel_all(ins)).cancelled == 1
            history = [event.type async for event in rest.orders.history(placed.order.id)]
            assert history[0] == "OrderAccepted"
            assert history[-1] == "OrderCancelled"
        found = [order.client_order_id async for order in rest.orders.every("cancelled", ins, side="BUY")]
        assert {"every-0", "every-1"} <= set(found)
        assert [order.quantity async for order in rest.orders.every("all", client_order_id="every-1")] == [7]
        assert rest.rate_limits
        assert all(limit.quota for limit in rest.rate_limits.values())


async def test_what_one_way_began_the_other_way_finishes(floor: Floor) -> None:
    """The same idempotency key is the same request, whichever way it comes."""
    async with client_of(floor.steel) as rest, stream_of(floor.steel) as stream:
        ins = await instrument_of(rest, "SANDBOX-QUOTA")
        by_stream = await stream.orders.place(ins, "BUY", 2, "29.00", idempotency_key="both-ways")
        by_rest = await rest.orders.place(ins, "BUY", 2, "29.00", idempotency_key="both-ways")
        assert by_rest == by_stream
        with pytest.raises(ExchangeProblem, match="KEY_REUSED"):
            await stream.orders.place(ins, "BUY", 3, "29.00", idempotency_key="both-ways")
        await rest.orders.cancel_all(ins)


async def test_orders_of_a_program_that_is_cut_off_are_cancelled(floor: Floor) -> None:
    async with bad_line(floor.steel.url) as line, client_of(floor.steel) as rest:
        ins = await instrument_of(rest, "SANDBOX-QUOTA")
        async with stream_of(replace(floor.steel, url=line.url)) as stream:
            await stream.cancel_on_disconnect()
            placed = await stream.orders.place(ins, "BUY", 2, "29.00")
            line.cut()
            ended = placed.order
            async with asyncio.timeout(SECONDS):
                while ended.status == "NEW":
                    ended = await rest.orders.get(placed.order.id)
            assert (ended.status, ended.cancel_reason) == ("CANCELLED", "DISCONNECTED")


async def test_a_key_that_is_revoked_ends_the_stream(floor: Floor) -> None:
    async with client_of(floor.steel) as rest:
        further = await rest.keys.make("soon revoked", ["READ", "TRADE"])
        async with StreamClient(floor.steel.url, further.token, patience=QUICK) as stream:
            await stream.subscribe("private")
            await until(stream, PrivateMessage)
            await rest.keys.revoke(further.id)
            with pytest.raises(StreamEndedError) as caught:
                await until(stream, PrivateMessage)
            assert caught.value.code == 1008


async def test_a_restart_of_the_exchange_is_a_line_that_was_lost(tmp_path: Path) -> None:
    with a_service(EXCHANGE_SANDBOX="on") as service:
        await service.start()
        mine = KeyFile.load(await asyncio.to_thread(joined, service, tmp_path, "steel"))
        async with client_of(mine) as rest, stream_of(mine) as stream:
            ins = await instrument_of(rest, "SANDBOX-QUOTA")
            await stream.subscribe("private", f"trades:{ins}")
            book = await stream.book(ins)
            first = await stream.orders.buy(ins, 5, "29.00")
            await level_with(book, rest)
            await asyncio.to_thread(service.stop)
            assert not book.is_good
            waiting = asyncio.ensure_future(stream.orders.buy(ins, 7, "29.10"))
            await service.start()
            second = await waiting
            await level_with(book, rest)
            account = Account()
            async with asyncio.timeout(SECONDS):
                async for message in stream:
                    if isinstance(message, PrivateMessage):
                        account.take(message)
                    if second.order.id in account.orders:
                        break
            assert {account.orders[order.order.id].leaves for order in (first, second)} == {5, 7}
            assert stream.connections >= 2


class Account:
    """An own account kept from the private channel: orders by id, and how often each trade was told."""

    def __init__(self) -> None:
        self.orders: dict[str, Order] = {}
        self.fills: list[str] = []

    def take(self, message: PrivateMessage) -> None:
        if message.type == "snapshot":
            self.orders.clear()
        self.orders.update({order.id: order for order in message.orders})
        self.fills += [fill.id for fill in message.fills]


async def cut_often(line: BadLine, random: Random, trading: asyncio.Task[None]) -> None:
    while not trading.done():
        await asyncio.sleep(random.uniform(0.02, 0.15))
        line.cut()


@pytest.mark.parametrize("seed", [1, 2])
async def test_nothing_is_missed_or_done_twice_on_a_line_that_is_cut_again_and_again(floor: Floor, seed: int) -> None:
    random = Random(seed)
    async with (
        bad_line(floor.steel.url) as line,
        client_of(floor.forest) as forest,
        client_of(floor.steel) as rest,
        stream_of(replace(floor.steel, url=line.url)) as steel,
    ):
        ins = await instrument_of(forest, "SANDBOX-CCER")
        await forest.orders.sell(ins, 500, "70.00")
        await steel.subscribe("private", f"trades:{ins}")
        book, account, tape = await steel.book(ins), Account(), dict[int, str]()
        bought: list[str] = []

        async def trade() -> None:
            for number in range(60):
                answer = await steel.orders.buy(ins, 1 + number % 3, "70.00", idempotency_key=f"cut-{seed}-{number}")
                bought.extend(fill.id for fill in answer.trades)
                await asyncio.sleep(0.005)

        trading = asyncio.ensure_future(trade())
        await cut_often(line, random, trading)
        await trading
        assert line.cuts > 2
        assert steel.connections > 2
        assert len(bought) == len(set(bought)) == 60
        async with asyncio.timeout(SECONDS):
            async for message in steel:
                if isinstance(message, PrivateMessage):
                    account.take(message)
                elif isinstance(message, TradesMessage):
                    tape.update({each.trade_no: each.id for each in message.trades})
                if bought[-1] in account.fills and bought[-1] in tape.values():
                    break
        assert [fill for fill in account.fills if fill in set(bought)] == bought
        assert [tape[number] for number in sorted(tape) if tape[number] in set(bought)] == bought
        assert sorted(tape) == list(range(min(tape), max(tape) + 1))
        await level_with(book, rest)
        await forest.orders.cancel_all()
        await level_with(book, rest)
