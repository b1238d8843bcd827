"""Clients who never stop asking, and write down everything that they send and hear.

Each worker wants one thing after the other and sends it, under one idempotency key, until it is answered: over broken
connections, over restarts of the service. Now and then it sends the same thing several times at once, hangs up before
the answer can come, repeats something that was answered long ago, or reads what it was just told of.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from random import Random
from typing import Any

import httpx

from exchange.access.ids import Kind, id_number
from exchange.client import ExchangeClient
from exchange.core.values import Side
from tests.crash.history import Attempt, Request, Wish
from tests.crash.market import CrashMarket, Trader, unanswered
from tests.support import keyring

TIMEOUT = 20.0
HANG_UP = 0.004
"""Seconds after which an impatient client hangs up."""

DOWN_PAUSE = 0.15


class Load:
    """All workers on one market, and the history that they write."""

    def __init__(self, url: str, market: CrashMarket, random: Random, workers: int) -> None:
        """``workers`` is how many requests are under way at a time, about."""
        self.requests: list[Request] = []
        self.findings: list[str] = []
        self.first_seq = 0  # the last entry before anything of this load
        self._url = url
        self._market = market
        self._random = random
        self._workers = workers
        self._numbers = itertools.count(1)
        self._running = True
        self._tasks: list[asyncio.Task[None]] = []
        limits = httpx.Limits(max_connections=workers * 4, max_keepalive_connections=workers * 4)
        self._http = httpx.AsyncClient(base_url=url, limits=limits, timeout=TIMEOUT, trust_env=False)

    def start(self) -> None:
        """Let the workers go."""
        for n in range(self._workers):
            self._tasks.append(asyncio.create_task(self._work(self._market.traders[n % len(self._market.traders)])))

    async def finish(self) -> None:
        """Want nothing new; return when everything that was wanted is answered."""
        self._running = False
        await asyncio.gather(*self._tasks)
        await self._http.aclose()

    def fail_early(self) -> None:
        """Raise what a worker raised, if one did."""
        for task in self._tasks:
            if task.done():
                task.result()

    # One worker.

    async def _work(self, trader: Trader) -> None:
        while self._running:
            request, asker = self._next(trader)
            self.requests.append(request)
            await self._ask_until_answered(request, asker)
            self._learn(request, trader)
            if self._random.random() < 0.05:
                await self._repeat_something()
            if request.wishes[0].command == "PlaceOrder" and self._random.random() < 0.05:
                await self._read_what_was_told(request, trader)

    async def _ask_until_answered(self, request: Request, asker: Trader) -> None:
        while not request.answers:
            chance = self._random.random()
            if chance < 0.04:
                await asyncio.gather(*(self._send(request, asker, TIMEOUT) for _ in range(3)))
            else:
                await self._send(request, asker, HANG_UP if chance < 0.08 else TIMEOUT)
            if not request.answers:
                await asyncio.sleep(DOWN_PAUSE)

    async def _send(self, request: Request, asker: Trader, seconds: float) -> None:
        headers = {"authorization": f"Bearer {asker.token}", "idempotency-key": request.key}
        if request.body:
            headers["content-type"] = "application/json"
        built = self._http.build_request(
            request.method, request.path, content=request.body, headers=headers, timeout=seconds
        )
        if request.signed:
            keyring.sign_as(asker.token, built)
        attempt = Attempt(time.monotonic(), 0.0, None)
        try:
            response = await self._http.send(built)
        except httpx.TransportError:
            attempt.ended = time.monotonic()
        else:
            attempt.ended = time.monotonic()
            # A signature that was made before this process of the service began is turned away, and nothing is done.
            if not (request.signed and response.status_code == httpx.codes.UNAUTHORIZED):
                attempt.status, attempt.body = response.status_code, response.content
            attempt.replayed = "idempotency-replayed" in response.headers
        request.attempts.append(attempt)

    async def _repeat_something(self) -> None:
        """Send something that was answered before, perhaps by another process of the service."""
        request = self._random.choice(self.requests[-5_000:])
        if request.answers:
            await self._send(request, self._asker(request), TIMEOUT)

    def _asker(self, request: Request) -> Trader:
        everybody = [*self._market.traders, self._market.operator, self._market.second]
        return next(trader for trader in everybody if trader.name == request.who)

    async def repeat(self, count: int) -> None:
        """Repeat many answered requests, as clients do who come back later."""
        async with httpx.AsyncClient(base_url=self._url, timeout=TIMEOUT, trust_env=False) as self._http:
            for request in self._random.sample(self.requests, min(count, len(self.requests))):
                await self._send(request, self._asker(request), TIMEOUT)
                if not (request.attempts[-1].is_answer and request.attempts[-1].replayed):
                    self.findings.append(f"CHANGED: a repeat of {request.key} was not answered from its key")

    async def unanswered(self, seconds: float) -> int:
        """How many requests the registry has not answered after so long."""
        async with ExchangeClient(self._url, self._market.operator.token) as operator:
            return await unanswered(operator, seconds)

    async def _read_what_was_told(self, request: Request, trader: Trader) -> None:
        """Whoever was told of an order must be able to see it (INV-27)."""
        order = next((found["id"] for found in _orders_told(request)), None)
        if order is None:
            return
        try:
            response = await self._http.get(
                f"/v1/orders/{order}", headers={"authorization": f"Bearer {trader.token}"}, timeout=TIMEOUT
            )
        except httpx.TransportError:
            return
        if response.status_code not in (httpx.codes.OK, httpx.codes.SERVICE_UNAVAILABLE):
            self.findings.append(f"INVISIBLE: {order} was answered to {request.key} and reads {response.status_code}")

    # What is wanted.

    def _next(self, trader: Trader) -> tuple[Request, Trader]:
        """The next thing that a worker wants, and who asks for it."""
        if self._market.proposed and self._random.random() < 0.5:
            return self._approve(*self._market.proposed.popleft()), self._market.second
        if self._random.random() < 0.02:
            return self._use(trader), trader
        chance = self._random.random()
        if trader.open_orders and chance < 0.30:
            order = trader.open_orders.pop(self._random.randrange(len(trader.open_orders)))
            return self._cancel(trader, order), trader
        if trader.open_orders and chance < 0.45:
            return self._amend(trader, self._random.choice(trader.open_orders)), trader
        if chance < 0.50:
            return self._deposit(trader), self._market.operator
        if chance < 0.60:
            return self._batch(trader), trader
        document, wish = self._placing()
        return self._request(trader, "POST", "/v1/orders", document, wish), trader

    def _batch(self, trader: Trader) -> Request:
        """Orders, and cancels and changes of orders that are open, in one request; now and then a great many."""
        commands, wishes = [], []
        for _ in range(self._random.choice((1, 2, 3, 5, 10, 100))):
            chance = self._random.random()
            if trader.open_orders and chance < 0.3:
                order = trader.open_orders.pop(self._random.randrange(len(trader.open_orders)))
                does, document, wish = "cancel", {"order": order}, _cancelling(order)
            elif trader.open_orders and chance < 0.4:
                order = self._random.choice(trader.open_orders)
                change, wish = self._changing(order)
                does, document = "amend", {"order": order, **change}
            else:
                does, (document, wish) = "place", self._placing()
            commands.append({"do": does, **document})
            wishes.append(wish)
        return self._request(trader, "POST", "/v1/orders/batch", {"commands": commands}, *wishes, is_batch=True)

    def _placing(self) -> tuple[dict[str, Any], Wish]:
        """An order, as the client says it and as it must be in the journal."""
        side = self._random.choice((Side.BUY, Side.SELL))
        price, quantity = 3_000 + self._random.randrange(-40, 41), self._random.randrange(1, 50)
        document = {
            "instrument": self._market.instrument,
            "side": side.name,
            "time_in_force": "GTC",
            "price": f"{price // 100}.{price % 100:02}",
            "quantity": quantity,
        }
        wants = {"side": side, "price": price, "quantity": quantity, "instrument": self._market.instrument_number}
        return document, Wish("PlaceOrder", wants)

    def _cancel(self, trader: Trader, order: str) -> Request:
        return self._request(trader, "DELETE", f"/v1/orders/{order}", None, _cancelling(order))

    def _amend(self, trader: Trader, order: str) -> Request:
        change, wish = self._changing(order)
        return self._request(trader, "PATCH", f"/v1/orders/{order}", change, wish)

    def _changing(self, order: str) -> tuple[dict[str, Any], Wish]:
        quantity = self._random.randrange(1, 60)
        wish = Wish("AmendOrder", {"order": id_number(Kind.ORDER, order), "quantity": quantity})
        return {"quantity": quantity}, wish

    def _deposit(self, trader: Trader) -> Request:
        amount, reference = self._random.randrange(1, 10**6), f"bank {next(self._numbers)}"
        document = {
            "participant": trader.participant,
            "amount": f"{amount // 100}.{amount % 100:02}",
            "bank_reference": reference,
        }
        wish = Wish("DepositCash", {"amount": amount, "bank_reference": reference})
        return self._request(self._market.operator, "POST", "/v1/deposits", document, wish)

    def _use(self, trader: Trader) -> Request:
        """Some forestry CCER to use, which the registry is to cancel once the venue has approved."""
        document = {
            "purpose": "VOLUNTARY",
            "picks": [{"lot": trader.lot}],
            "quantity": self._random.randrange(1, 20),
            "beneficiary_en": trader.name,
            "beneficiary_zh": trader.name,
            "league": "HOHHOT",
        }
        return self._request(trader, "POST", "/v1/uses", document, Wish("Propose", {}), signed=True)

    def _approve(self, proposal: str, action_hash: str) -> Request:
        path, wants = f"/v1/proposals/{proposal}/approve", {"proposal": id_number(Kind.PROPOSAL, proposal)}
        document = {"action_hash": action_hash}
        return self._request(self._market.second, "POST", path, document, Wish("Approve", wants), signed=True)

    def _request(
        self,
        who: Trader,
        method: str,
        path: str,
        document: object,
        *wishes: Wish,
        is_batch: bool = False,
        signed: bool = False,
    ) -> Request:
        body = b"" if document is None else json.dumps(document).encode()
        return Request(who.name, method, path, body, f"crash-{next(self._numbers)}", wishes, is_batch, signed)

    def _learn(self, request: Request, trader: Trader) -> None:
        answer = request.answers[0]
        if answer.status is not None and answer.status >= httpx.codes.INTERNAL_SERVER_ERROR:
            self.findings.append(f"BROKEN: {request.key} was answered {answer.status} {answer.body!r}")
        if request.is_batch and answer.status != httpx.codes.OK:
            self.findings.append(f"BROKEN: the batch {request.key} was answered {answer.status} {answer.body!r}")
        if request.path == "/v1/uses" and answer.status == httpx.codes.CREATED:
            proposed = json.loads(answer.body)
            self._market.proposed.append((proposed["proposal"], proposed["action_hash"]))
        for order in _orders_told(request):
            if order["status"] in ("OPEN", "NEW", "PARTIALLY_FILLED"):
                trader.open_orders.append(order["id"])


def _cancelling(order: str) -> Wish:
    return Wish("CancelOrder", {"order": id_number(Kind.ORDER, order)})


def _orders_told(request: Request) -> list[dict[str, Any]]:
    """The new orders that the answer tells of."""
    answer = request.answers[0]
    if request.is_batch and answer.status == httpx.codes.OK:
        results = json.loads(answer.body)["results"]
        return [result["order"] for result in results if result["status"] == httpx.codes.CREATED]
    if request.wishes[0].command == "PlaceOrder" and answer.status == httpx.codes.CREATED:
        return [json.loads(answer.body)["order"]]
    return []
