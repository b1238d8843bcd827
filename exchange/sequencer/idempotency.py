"""What was done under which idempotency key: a repeat gets the first answer's bytes and is never done again.

A key belongs to a scope (a participant, or a member of staff) and to one request (its hash). It stands in one of four
places, and :meth:`AnsweredKeys.known` looks at them in this order:

1. **In flight**: the first request is being looked up, waits in the queue, is decided, or is on its way to the disk. A
   repeat joins it and gets the same receipt after the COMMIT.
2. **Recent**: answered and durable; the answer is in memory.
3. **On the disk**: everything older. A Bloom filter of all keys ever used (:mod:`exchange.sequencer.spentkeys`) says
   whether the disk has to be asked.
4. **Nowhere**: the key is new.

Why no two requests with one key can both be done. All of this runs on one thread. Between the look that finds a key
nowhere and the flight that is registered for it there is no ``await``, so of two concurrent requests one registers and
the other joins. When the disk must be asked, the flight is registered before the question is sent, so nobody else can
enter the queue with that key while the answer is awaited. (Later requests of the same scope wait behind it, so that
those who send several in a row find them done in a row.) A flight ends only after its entry is durable, and then the
answer is put among the recent ones and the key into the filter in the same step, again without an ``await``; a recent
answer is dropped only when it is on the disk and in the filter. A writer that was here before cannot add a key behind
our back: becoming the leader ends it, and the filter is built afterwards. The unique key of the database table would
catch whatever is wrong in this reasoning.

After 90 days the answer's bytes are gone and the key is spent for ever: it is refused, whatever the request is.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Final

from exchange.core.values import MICROS_PER_DAY, Micros
from exchange.sequencer.journal import StoredAnswer
from exchange.sequencer.spentkeys import Mark, SpentKeys, mark_of
from exchange.sequencer.submission import Receipt

ANSWER_LIFETIME: Final = 90 * MICROS_PER_DAY
"""How long an answer is repeated, in microseconds."""


Place = tuple[int, str]
"""A key and the scope in which it is unique, scope first."""

NOWHERE: Final[Place] = (0, "")
"""The place of a request without a key."""


class Flight:
    """One request on its way, and everybody who waits for its answer."""

    __slots__ = ("_waiters", "body_hash", "mark", "place")

    def __init__(self, place: Place, body_hash: bytes, mark: Mark | None = None) -> None:
        """``body_hash`` tells a repeat of this request from another request with the same key; ``mark`` is the key's in
        the filter, None where there is no key.
        """
        self.place = place
        self.body_hash = body_hash
        self.mark = mark
        self._waiters: list[asyncio.Future[Receipt]] = []

    def join(self, loop: asyncio.AbstractEventLoop) -> asyncio.Future[Receipt]:
        """The receipt to come. Each waiter has its own future: one that goes away takes nothing from the others."""
        waiter: asyncio.Future[Receipt] = loop.create_future()
        self._waiters.append(waiter)
        return waiter

    def land(self, receipt: Receipt) -> None:
        """Answer everybody; to all but the first the receipt is a repeat."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(receipt)
            receipt = Receipt(receipt.seq, receipt.answer, replayed=True)
        self._waiters.clear()

    def fail(self, error: Exception) -> None:
        """Tell everybody that there is no answer."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_exception(error)
        self._waiters.clear()


class AnsweredKeys:
    """The memory of idempotency keys: flights, recent answers, and the filter in front of the disk."""

    def __init__(self, spent: SpentKeys, most_recent: int, most_bytes: int) -> None:
        """``spent`` holds the keys of every entry in the journal; the others bound the answers in memory, and the bytes
        of their bodies: the answer to a group of 500 orders is some hundred times as long as that to one.
        """
        self.spent: Final = spent
        self._most_recent = most_recent
        self._most_bytes = most_bytes
        self._bytes = 0
        self._flights: dict[Place, Flight] = {}
        self._recent: OrderedDict[Place, StoredAnswer] = OrderedDict()

    def known(self, place: Place) -> Flight | StoredAnswer | None:
        """What memory knows of a key."""
        return self._flights.get(place) or self._recent.get(place)

    def must_ask_disk(self, flight: Flight) -> bool:
        """Whether the disk may know the key of a flight that memory does not know."""
        assert flight.mark is not None
        return self.spent.may_hold_mark(flight.mark)

    def depart(self, place: Place, body_hash: bytes) -> Flight:
        """Register the first request with a key."""
        assert place not in self._flights
        flight = self._flights[place] = Flight(place, body_hash, mark_of(*place))
        return flight

    def arrive(self, flight: Flight, stored: StoredAnswer) -> None:
        """The request is durable: from now on its answer is repeated."""
        assert flight.mark is not None
        self.spent.add_mark(flight.mark)
        self.recall(flight, stored)

    def recall(self, flight: Flight, stored: StoredAnswer) -> None:
        """The disk knew the key: keep its answer in memory for further repeats."""
        del self._flights[flight.place]
        self._recent[flight.place] = stored
        self._bytes += _length(stored)
        while len(self._recent) > self._most_recent or self._bytes > self._most_bytes:
            _, oldest = self._recent.popitem(last=False)
            self._bytes -= _length(oldest)

    def withdraw(self, flight: Flight) -> None:
        """The request was not done: the key is as before."""
        del self._flights[flight.place]


def _length(stored: StoredAnswer) -> int:
    return 0 if stored.answer is None else len(stored.answer.body)


def is_spent(stored: StoredAnswer, now: Micros) -> bool:
    """Whether a key's answer is not repeated any more."""
    return stored.answer is None or now - stored.at > ANSWER_LIFETIME
