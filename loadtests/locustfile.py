"""User-like load for Locust: people and small programs at a venue, with pauses, reading between what they do.

    .venv/bin/python -m loadtests.scenarios opening-rush

makes a venue, starts the service, lets users of one kind loose on it and holds the journal to what they were told.
Against an exchange of one's own::

    LOADTEST_ACCOUNTS=accounts.json locust -f loadtests/locustfile.py --host http://127.0.0.1:8000 QuietMarket

where the file has ``{"instrument": "ins-5", "accounts": [{"token": "key-1-2.…", "side": "BUY"}, …]}``.

How much goes through is not what this is for: Locust spends more on a request than the service does. It shows what
people would notice, and that the kinds of load which real days bring do no harm.
"""

from __future__ import annotations

import itertools
import json
import os
import time
from pathlib import Path
from random import Random
from typing import Any, Final

from locust import FastHttpUser, between, constant_pacing, events, task

from loadtests.mix import SELL, START_PRICE

ACCOUNTS: Final = "LOADTEST_ACCOUNTS"
ACKNOWLEDGED: Final = "LOADTEST_ACKNOWLEDGED"
"""Where the number of commands that were acknowledged is written at the end, when somebody wants to know."""

RUSH_SECONDS: Final = 10.0
_BOOK: Final = "GET book"
_DONE: Final = (200, 201)

_numbers = itertools.count()
_acknowledged = itertools.count()


@events.quitting.add_listener
def _tell(**_: Any) -> None:
    """Write down how many commands were acknowledged."""
    file = os.environ.get(ACKNOWLEDGED)
    if file:
        Path(file).write_text(str(next(_acknowledged)), encoding="utf-8")


class Trader(FastHttpUser):
    """Somebody with a key. What they do is up to the kinds below."""

    abstract = True

    def on_start(self) -> None:
        """Come in: each user takes the next account, several may share one."""
        document = json.loads(Path(os.environ[ACCOUNTS]).read_text(encoding="utf-8"))
        number = next(_numbers)
        account = document["accounts"][number % len(document["accounts"])]
        self.instrument: str = document["instrument"]
        self.side: str = account["side"]
        self.random = Random(number)
        self.orders: list[str] = []
        self.began = time.monotonic()
        self._token = f"Bearer {account['token']}"
        self._number = number
        self._keys = itertools.count()

    def _headers(self) -> dict[str, str]:
        return {"authorization": self._token, "idempotency-key": f"locust-{self._number}-{next(self._keys)}"}

    def place(self, distance: int) -> None:
        """Place an order ``distance`` fen behind the start price, or beyond it when that is negative."""
        price = START_PRICE + (distance if self.side == SELL else -distance)
        body = {
            "instrument": self.instrument,
            "side": self.side,
            "time_in_force": "GTC",
            "price": f"{price // 100}.{price % 100:02}",
            "quantity": self.random.randint(1, 100),
        }
        answer = self._change("POST", "/v1/orders", "POST order", json=body)
        if answer and answer["order"]["leaves"]:
            self.orders.append(answer["order"]["id"])

    def cancel(self) -> None:
        """Cancel one of the own orders; that it has traded meanwhile is no failure."""
        if self.orders:
            order = self.orders.pop(self.random.randrange(len(self.orders)))
            self._change("DELETE", f"/v1/orders/{order}", "DELETE order", fine=(404,))

    def cancel_all(self) -> None:
        """Cancel everything."""
        self.orders.clear()
        self._change("DELETE", "/v1/orders", "DELETE all orders")

    def _change(self, method: str, path: str, name: str, fine: tuple[int, ...] = (), **options: Any) -> Any:
        with self.client.request(
            method, path, name=name, headers=self._headers(), catch_response=True, **options
        ) as response:
            if response.status_code in (*_DONE, *fine):
                next(_acknowledged)
                response.success()
            else:
                response.failure(f"{response.status_code}")
            return response.json() if response.status_code in _DONE else None

    def read(self, path: str, name: str) -> None:
        """Read something with the own key."""
        self.client.get(path, name=name, headers={"authorization": self._token})

    def read_book(self) -> None:
        """Look at the book, as anybody may."""
        self.client.get(f"/v1/instruments/{self.instrument}/book", name=_BOOK)


class OpeningRush(Trader):
    """The first minutes of a day: everybody sends orders at once, for ten seconds, and then as people do."""

    def wait_time(self) -> float:
        """Hardly any pause in the rush."""
        return 0.02 if time.monotonic() - self.began < RUSH_SECONDS else 1.0 + self.random.random()

    @task(8)
    def quote(self) -> None:
        """An order near the price, on either side of it."""
        self.place(self.random.randint(-10, 20))

    @task(2)
    def change_of_mind(self) -> None:
        """Not at that price."""
        self.cancel()

    @task(1)
    def look(self) -> None:
        """What is the price now?"""
        self.read_book()


class QuietMarket(Trader):
    """An afternoon: mostly looking, now and then an order, hardly a trade."""

    wait_time = between(0.5, 3.0)

    @task(6)
    def look(self) -> None:
        """Still the same price."""
        self.read_book()

    @task(2)
    def own(self) -> None:
        """What do we have in the market?"""
        self.read("/v1/orders?limit=20", "GET own orders")

    @task(2)
    def quote(self) -> None:
        """An order that waits."""
        self.place(self.random.randint(5, 200))

    @task(1)
    def withdraw(self) -> None:
        """Perhaps tomorrow."""
        self.cancel()

    @task(1)
    def money(self) -> None:
        """And what is left?"""
        self.read("/v1/account", "GET account")


class CancelStorm(Trader):
    """News: everybody takes their orders out at the same time, and puts others in."""

    wait_time = constant_pacing(0.5)

    @task
    def storm(self) -> None:
        """Twenty orders in, half of them out one by one, the rest at once."""
        for _ in range(20):
            self.place(self.random.randint(5, 200))
        for _ in range(10):
            self.cancel()
        self.cancel_all()


class ManyReaders(Trader):
    """Screens: prices, candles and own orders all day long, a trade now and then so that there is something to see."""

    wait_time = between(0.05, 0.3)

    @task(10)
    def look(self) -> None:
        """The book."""
        self.read_book()

    @task(4)
    def trades(self) -> None:
        """The tape."""
        self.client.get(f"/v1/instruments/{self.instrument}/trades", name="GET trades")

    @task(4)
    def candles(self) -> None:
        """The chart."""
        self.client.get(f"/v1/instruments/{self.instrument}/candles?interval=1m", name="GET candles")

    @task(4)
    def own(self) -> None:
        """The own orders."""
        self.read("/v1/orders?limit=50", "GET own orders")

    @task(2)
    def events(self) -> None:
        """The own events."""
        self.read("/v1/events?limit=100", "GET own events")

    @task(1)
    def trade(self) -> None:
        """Something happens."""
        self.place(self.random.randint(-5, 5))
