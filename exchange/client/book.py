"""A local copy of a book, kept from the stream's messages and proved after each.

A snapshot begins it. An update fits when its ``prev_seq`` is the entry that the copy stands at; it names the levels
that changed with their new sizes, 0 for those that are gone. After each message the copy is proved by the CRC-32 over
the ten best levels of each side, written as ``price:quantity:orders`` with commas in between, a bar between the sides,
bids in front: ``30.00:500:2,29.99:20:1|30.01:4:1`` has 2775990470. An empty side is nothing at all.

What does not fit is never shown: the copy is empty and ``fault`` says why until the next snapshot comes. Whoever asks
a book that is not good is told of no level at all, so that nobody sets a price by what was in it once.
:class:`~exchange.client.stream.StreamClient` asks for one by itself.

Beyond the tenth level there is no checksum; a wrong size there shows when the level comes up among the ten, or when it
is taken away without having been there.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import islice, pairwise
from typing import Final
from zlib import crc32

from exchange.client.models.market import Level
from exchange.client.models.stream import BookMessage

CHECKED_LEVELS: Final = 10
BUY: Final = "BUY"
SELL: Final = "SELL"
ZERO: Final = Decimal(0)


class Fault(StrEnum):
    """Why a copy is not to be trusted."""

    EMPTY = "EMPTY"
    """No snapshot came yet."""
    GAP = "GAP"
    """A message is missing, or came out of turn."""
    MALFORMED = "MALFORMED"
    """A message says what cannot be."""
    CHECKSUM = "CHECKSUM"
    """The copy is not the book that the exchange had in mind."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """What an order of some size would meet in a book: ``quantity`` tonnes of it for ``value`` CNY, at the worst for
    ``worst_price`` (None when it would meet nothing). Fees are not in it.
    """

    quantity: int
    value: Decimal
    worst_price: Decimal | None

    @property
    def average_price(self) -> Decimal | None:
        """CNY a tonne, not rounded; None when nothing would be met."""
        return self.value / self.quantity if self.quantity else None


class _Side:
    """The levels of one side; bids rank from high to low."""

    __slots__ = ("_levels", "_ranks", "_sign")

    def __init__(self, sign: int) -> None:
        self._sign = sign
        self._levels: dict[Decimal, Level] = {}
        self._ranks: list[Decimal] = []

    def __len__(self) -> int:
        return len(self._ranks)

    def __iter__(self) -> Iterator[Level]:
        """Best first."""
        levels, sign = self._levels, self._sign
        return (levels[sign * rank] for rank in self._ranks)

    def accepts(self, level: Level) -> bool:
        """Whether a change can be about this side: what is taken away must be there."""
        return bool(level.quantity) or level.price in self._levels

    def put(self, level: Level) -> None:
        """A level has this size now."""
        rank = self._sign * level.price
        if not level.quantity:
            del self._levels[level.price]
            del self._ranks[bisect_left(self._ranks, rank)]
            return
        if level.price not in self._levels:
            insort(self._ranks, rank)
        self._levels[level.price] = level

    def is_ranked(self, levels: Iterable[Level]) -> bool:
        """Whether levels are well formed and come best first, each price once."""
        known = list(levels)
        sign = self._sign
        return all(_is_possible(level) for level in known) and all(
            sign * better.price < sign * worse.price for better, worse in pairwise(known)
        )

    def checked_text(self) -> str:
        """The best levels as the checksum takes them."""
        best = islice(self, CHECKED_LEVELS)
        return ",".join(f"{level.price:.2f}:{level.quantity}:{level.orders}" for level in best)


def _is_possible(level: Level) -> bool:
    sizes = level.quantity > 0 and level.orders > 0
    return level.price > 0 and (sizes or (level.quantity == 0 and level.orders == 0))


class LocalBook:
    """One instrument's book as the exchange has it, or nothing and a :class:`Fault`.

    ``seq`` is the journal entry that the copy stands at. While ``is_good`` is False there are no prices: ``levels``,
    ``bids`` and ``asks`` are empty, ``best_bid``, ``best_ask`` and ``spread`` None, and a sweep meets nothing. A book
    is not safe for threads.
    """

    __slots__ = ("_asks", "_bids", "_last", "fault", "instrument", "seq")

    def __init__(self, instrument: str) -> None:
        """Waiting for a snapshot."""
        self.instrument = instrument
        self._reset(Fault.EMPTY)

    def _reset(self, fault: Fault | None) -> None:
        self.fault: Fault | None = fault
        self.seq = 0
        self._bids, self._asks = _Side(-1), _Side(1)
        self._last: BookMessage | None = None

    @property
    def is_good(self) -> bool:
        """Whether the copy is whole and proved."""
        return self.fault is None

    # -- keeping it --

    def apply(self, message: BookMessage) -> bool:
        """Take in a message; False when the copy is not good after it, and a snapshot is needed.

        A message that came twice in a row is passed over; anything else that is out of turn is a fault.
        """
        if self.fault is None and message == self._last:
            return True
        fault = self._fault_of(message)
        if fault is not None:
            self._reset(self.fault if fault is Fault.EMPTY else fault)
            return False
        self._take(message)
        if self.checksum() != message.checksum:
            self._reset(Fault.CHECKSUM)
            return False
        return True

    def doubt(self) -> None:
        """Give the copy up, as when a message came that cannot be read."""
        self._reset(Fault.MALFORMED)

    def _fault_of(self, message: BookMessage) -> Fault | None:
        if message.instrument != self.instrument or not self._is_well_formed(message):
            return Fault.MALFORMED
        if message.prev_seq is None:
            # After a fault any snapshot will do; a copy that is good does not go back.
            return Fault.GAP if self.fault is None and message.seq < self.seq else None
        if self.fault is not None:
            return Fault.EMPTY
        if message.prev_seq != self.seq:
            return Fault.GAP
        halves = ((self._bids, message.bids), (self._asks, message.asks))
        if not all(side.accepts(level) for side, levels in halves for level in levels):
            return Fault.MALFORMED
        return None

    def _is_well_formed(self, message: BookMessage) -> bool:
        if not (self._bids.is_ranked(message.bids) and self._asks.is_ranked(message.asks)):
            return False
        if message.prev_seq is None:
            return message.type == "snapshot" and all(level.quantity for level in (*message.bids, *message.asks))
        first = message.first_seq
        return message.type == "update" and first is not None and message.prev_seq < first <= message.seq

    def _take(self, message: BookMessage) -> None:
        if message.prev_seq is None:
            self._reset(None)
        for side, levels in ((self._bids, message.bids), (self._asks, message.asks)):
            for level in levels:
                side.put(level)
        self.seq, self._last = message.seq, message

    def copy(self) -> LocalBook:
        """A book of its own, as this one is now; of one that is not good, a book that is not good either."""
        twin = LocalBook(self.instrument)
        if not self.is_good:
            twin.fault = self.fault or Fault.EMPTY
            return twin
        twin.fault, twin.seq, twin._last = self.fault, self.seq, self._last
        for level in self._bids:
            twin._bids.put(level)
        for level in self._asks:
            twin._asks.put(level)
        return twin

    def checksum(self) -> int:
        """The CRC-32 of the copy as it is (how: see the module's text)."""
        return crc32(f"{self._bids.checked_text()}|{self._asks.checked_text()}".encode())

    def __repr__(self) -> str:
        """Where it stands."""
        state = (
            f"seq {self.seq}, {len(self._bids)} bids, {len(self._asks)} asks"
            if self.is_good
            else self.fault or "no line"
        )
        return f"LocalBook({self.instrument}: {state})"

    # -- asking it --

    def levels(self, side: str, most: int | None = None) -> list[Level]:
        """The best levels of ``BUY`` or ``SELL``, best first; all of them when no number is given.

        There are none while the book is not good.
        """
        return list(islice(self._side(side), most))

    @property
    def bids(self) -> list[Level]:
        """All levels of the buyers, highest price first."""
        return self.levels(BUY)

    @property
    def asks(self) -> list[Level]:
        """All levels of the sellers, lowest price first."""
        return self.levels(SELL)

    @property
    def best_bid(self) -> Level | None:
        """The highest price that somebody pays; None when nobody does, and while the book is not good."""
        return next(iter(self._side(BUY)), None)

    @property
    def best_ask(self) -> Level | None:
        """The lowest price that somebody asks; None when nobody does, and while the book is not good."""
        return next(iter(self._side(SELL)), None)

    @property
    def spread(self) -> Decimal | None:
        """Best ask less best bid; None when a side is empty."""
        bid, ask = self.best_bid, self.best_ask
        return None if bid is None or ask is None else ask.price - bid.price

    def quantity_within(self, side: str, limit: Decimal | str | int) -> int:
        """Tonnes on ``side`` at ``limit`` or better: what an order of the other side at ``limit`` could get."""
        bound = Decimal(limit)
        sign = -1 if side == BUY else 1
        return sum(level.quantity for level in self._side(side) if sign * level.price <= sign * bound)

    def sweep(self, side: str, quantity: int) -> Sweep:
        """What an order of the other side for ``quantity`` tonnes would meet on ``side``, and for how much."""
        taken, value, worst = 0, ZERO, None
        for level in self._side(side):
            part = min(level.quantity, quantity - taken)
            if part <= 0:
                break
            taken, value, worst = taken + part, value + part * level.price, level.price
        return Sweep(taken, value, worst)

    def _side(self, side: str) -> _Side:
        if side not in (BUY, SELL):
            raise ValueError(f"{side!r} is no side; there are BUY and SELL")
        if not self.is_good:
            # A line that is down leaves the levels where they are, for the copy to go on from; nobody is shown them.
            return _Side(1)
        return self._bids if side == BUY else self._asks
