"""Traders who never stop: each sends the mix of PERFORMANCE (60 % orders, 30 % cancels, 10 % marketable orders).

What a trader cancels depends on what the service answered, so a run is not the same to the last command twice (two
answers may come in another order); the choices are drawn from a seed, and no trader buys and sells.
"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from loadtests.percentiles import Percentiles
from loadtests.ws_client import text_frame

BUY: Final = "BUY"
SELL: Final = "SELL"
START_PRICE: Final = 1_000_000
"""Fen a tonne."""

_ADD_SHARE: Final = 0.6
_CANCEL_SHARE: Final = 0.3
_STEP_SHARE: Final = 0.1
_WIDTH: Final = 20
_ROAM: Final = 50
_FAR: Final = 5_000
_LARGEST_ADD: Final = 100
_LARGEST_TAKE: Final = 240
_MOST_KEPT: Final = 1_000
_YOUNGEST: Final = 4
_ID: Final = b'"id":"ord-'
_OPEN: Final = (b'"status":"NEW"', b'"status":"PARTIALLY_FILLED"')
_RESULTS: Final = re.compile(rb'"id":"(ord-[0-9-]+)"[^{}]*?"status":"(?:NEW|PARTIALLY_FILLED)"')


@dataclass(frozen=True, slots=True)
class Account:
    """With which a trader trades: the token, and the side on which the firm is."""

    token: str
    side: str


class Walk:
    """The reference price of all traders: a random walk that stays near where it began."""

    def __init__(self, seed: int, price: int = START_PRICE) -> None:
        self._random = Random(seed).random
        self._start = self.price = price

    def step(self) -> int:
        """Now and then a tick up or down; the price."""
        drawn = self._random()
        if drawn < _STEP_SHARE:
            moved = self.price + (1 if drawn < _STEP_SHARE / 2 else -1)
            if abs(moved - self._start) <= _ROAM:
                self.price = moved
        return self.price


class Choices:
    """What one trader wants next: ``("place", side, price, quantity)`` or ``("cancel", order)``; and the open orders
    that it knows of.
    """

    def __init__(self, account: Account, walk: Walk, seed: int) -> None:
        self.account = account
        self.open_orders: list[bytes] = []
        self._walk = walk
        self._random = Random(seed).random
        self._sign = -1 if account.side == BUY else 1

    def order(self) -> tuple[int, int] | None:
        """The next order as price in fen and tonnes; None when it is a cancel that is wanted."""
        random, price = self._random, self._walk.step()
        drawn = random()
        if drawn < _ADD_SHARE:
            return price + self._sign * (1 + int(random() * _WIDTH)), 1 + int(random() * _LARGEST_ADD)
        if drawn < _ADD_SHARE + _CANCEL_SHARE and self.open_orders:
            return None
        return price - self._sign * _WIDTH, 1 + int(random() * _LARGEST_TAKE)

    def to_cancel(self) -> bytes:
        """One of the youngest open orders, which is forgotten; older ones have mostly traded without the trader's
        hearing of it, and a cancel of those is refused.
        """
        orders = self.open_orders
        position = len(orders) - 1 - int(self._random() * min(len(orders), _YOUNGEST))
        orders[position], orders[-1] = orders[-1], orders[position]
        return orders.pop()

    def far_order(self) -> tuple[int, int]:
        """An order that nobody will meet, as price in fen and tonnes."""
        return self._walk.price + self._sign * _FAR, 1

    def learn(self, order: bytes) -> None:
        """Remember an open order; of very many the younger half."""
        self.open_orders.append(order)
        if len(self.open_orders) > _MOST_KEPT:
            del self.open_orders[: _MOST_KEPT // 2]


class RestTrader:
    """One command a request: ``POST /v1/orders`` and ``DELETE /v1/orders/{order}``, each with a key of its own."""

    size: Final = 1

    def __init__(self, choices: Choices, instrument: str, name: str) -> None:
        """``name`` begins the idempotency keys and so is another one for each trader of a run."""
        self.choices = choices
        head = f"host: bench\r\nauthorization: Bearer {choices.account.token}\r\nidempotency-key: {name}-"
        self._place = f"POST /v1/orders HTTP/1.1\r\ncontent-type: application/json\r\n{head}".encode()
        self._cancel = head.encode()
        side = choices.account.side
        self._body = f'{{"instrument":"{instrument}","side":"{side}","time_in_force":"GTC","price":"'.encode()
        self._numbers = itertools.count()

    def next(self) -> bytes:
        """The next request."""
        order = self.choices.order()
        return self.cancel() if order is None else self.place(order)

    def cancel(self) -> bytes:
        """The request that cancels one of the open orders."""
        number = next(self._numbers)
        return b"DELETE /v1/orders/%b HTTP/1.1\r\n%b%d\r\n\r\n" % (self.choices.to_cancel(), self._cancel, number)

    def place(self, order: tuple[int, int]) -> bytes:
        """The request that places an order."""
        number, (price, quantity) = next(self._numbers), order
        body = b'%b%d.%02d","quantity":%d}' % (self._body, price // 100, price % 100, quantity)
        return b"%b%d\r\ncontent-length: %d\r\n\r\n%b" % (self._place, number, len(body), body)

    def heard(self, status: int, body: bytes) -> int:
        """How many commands an answer acknowledges: those that have a place in the journal."""
        return _learn(self.choices, status, body)


class BatchTrader:
    """Many commands a request: ``POST /v1/orders/batch``."""

    def __init__(self, choices: Choices, instrument: str, name: str, size: int) -> None:
        """``size`` commands in each."""
        self.choices = choices
        self.size = size
        token = choices.account.token
        head = f"host: bench\r\nauthorization: Bearer {token}\r\nidempotency-key: {name}-"
        self._head = f"POST /v1/orders/batch HTTP/1.1\r\ncontent-type: application/json\r\n{head}".encode()
        self._commands = commands_of(choices, instrument)
        self._numbers = itertools.count()

    def next(self) -> bytes:
        """The next request."""
        body = b'{"commands":[%b]}' % b",".join(itertools.islice(self._commands, self.size))
        return b"%b%d\r\ncontent-length: %d\r\n\r\n%b" % (self._head, next(self._numbers), len(body), body)

    def heard(self, status: int, body: bytes) -> int:
        """How many commands an answer acknowledges."""
        for order in _RESULTS.findall(body):
            self.choices.learn(order)
        return self.size if status == 200 else 0


def commands_of(choices: Choices, instrument: str) -> Iterator[bytes]:
    """The items of batches, without end."""
    side = choices.account.side
    place = f'{{"do":"place","instrument":"{instrument}","side":"{side}","time_in_force":"GTC","price":"'.encode()
    while True:
        order = choices.order()
        if order is None:
            yield b'{"do":"cancel","order":"%b"}' % choices.to_cancel()
        else:
            yield b'%b%d.%02d","quantity":%d}' % (place, order[0] // 100, order[0] % 100, order[1])


class StreamTrader:
    """Commands over ``/v1/stream``: one a frame, as ``place`` and ``cancel``; ``slot`` is the id of its requests."""

    def __init__(self, choices: Choices, instrument: str, name: str, slot: int) -> None:
        """A connection has as many requests under way as there are slots on it."""
        self.choices = choices
        side = choices.account.side
        self._place = f'{{"id":"{slot}","op":"place","idempotency_key":"{name}-'.encode()
        self._body = f'"body":{{"instrument":"{instrument}","side":"{side}","time_in_force":"GTC","price":"'.encode()
        self._cancel = f'{{"id":"{slot}","op":"cancel","idempotency_key":"{name}-'.encode()
        self._numbers = itertools.count()

    def next(self) -> bytes:
        """The next request, as a whole frame."""
        number, order = next(self._numbers), self.choices.order()
        if order is None:
            return text_frame(b'%b%d","order":"%b"}' % (self._cancel, number, self.choices.to_cancel()))
        price, quantity = order
        cents = b'%d.%02d","quantity":%d}}' % (price // 100, price % 100, quantity)
        return text_frame(b'%b%d",%b%b' % (self._place, number, self._body, cents))

    def heard(self, status: int, body: bytes) -> int:
        """How many commands an answer acknowledges."""
        return _learn(self.choices, status, body)


class CancelTrader:
    """Places an order far from the market and cancels it, in turn: what must stay quick when others flood the venue.

    Only cancels are measured; ``latencies`` has theirs.
    """

    def __init__(self, choices: Choices, instrument: str, name: str) -> None:
        """The orders rest 50 CNY behind the reference price, where nobody trades."""
        self._rest = RestTrader(choices, instrument, name)
        self._choices = choices
        self._sent = 0.0
        self._cancelling = False
        self.latencies = Percentiles()

    def next(self) -> bytes:
        """A cancel where an order is open, else an order."""
        self._cancelling = bool(self._choices.open_orders)
        self._sent = time.perf_counter()
        return self._rest.cancel() if self._cancelling else self._rest.place(self._choices.far_order())

    def heard(self, status: int, body: bytes) -> int:
        """How many commands an answer acknowledges."""
        if self._cancelling:
            self.latencies.add(int((time.perf_counter() - self._sent) * 1e6))
        return self._rest.heard(status, body)


def _learn(choices: Choices, status: int, body: bytes) -> int:
    """Remember the order of an answer when it is open; 1 when the answer acknowledges a place in the journal."""
    if status == 201 and any(state in body for state in _OPEN):
        at = body.index(_ID) + 6
        choices.learn(body[at : body.index(b'"', at)])
    return 1 if is_sequenced(status, body) else 0


def is_sequenced(status: int, body: bytes) -> bool:
    """Whether a command with this answer stands in the journal: done, or refused by the core and not before it.

    Refusals name their entry, except "not found", which looks the same for what is not there and what is not one's own.
    """
    return status in {200, 201, 404} or (status in {403, 409, 422} and b'"as_of_seq":' in body)
