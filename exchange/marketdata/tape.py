"""The public tape: the trades of one instrument's book, numbered 1, 2, 3, ... without gaps.

A trade here has no parties: what is not kept cannot be shown by mistake. The number (``trade_no``) is the instrument's
own count since its listing, beside the seq of the journal entry, which several trades of one order share. The newest
trades stay in memory, older ones are read from the database. Agreed trades are not on the tape; they are not made in
the book and their terms are their parties' business.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final

from exchange.core.events.orders import Traded
from exchange.core.values import Day, Micros, Price, Seq, Side, Tonnes, TradeId

CAPACITY: Final = 10_000
"""How many trades of an instrument stay in memory."""


@dataclass(slots=True)
class PublicTrade:
    """A trade as everybody may see it: fen a tonne, tonnes, and the side of the incoming order."""

    trade_no: int
    trade: TradeId
    seq: Seq
    at: Micros
    price: Price
    quantity: Tonnes
    aggressor: Side
    day: Day


class Tape:
    """The newest trades of one instrument. ``last_no`` counts all that ever were."""

    __slots__ = ("_forgotten_seq", "_trades", "last_no", "last_seq")

    def __init__(self, capacity: int = CAPACITY) -> None:
        """Nothing was traded yet."""
        self._trades: deque[PublicTrade] = deque(maxlen=capacity)
        self._forgotten_seq = Seq(0)
        self.last_no = 0
        self.last_seq = Seq(0)

    def restore(self, total: int, newest: Iterable[PublicTrade]) -> None:
        """What was traded before: how many in all, and the newest of them in order with their numbers.

        Both come from the history in the database at the entry from which the tape goes on.
        """
        for trade in newest:
            self._keep(trade)
        assert self.last_no == total, f"the newest of {total} trades has number {self.last_no}"
        if self._trades and self._trades[0].trade_no > 1:
            # The first one's entry may have made more trades than were loaded: only later entries are complete.
            self._forgotten_seq = self._trades[0].seq

    def add(self, event: Traded, seq: Seq, at: Micros) -> PublicTrade:
        """A trade of the book."""
        trade = PublicTrade(
            self.last_no + 1, event.trade, seq, at, event.price, event.quantity, event.aggressor, event.day
        )
        self._keep(trade)
        return trade

    def _keep(self, trade: PublicTrade) -> None:
        if len(self._trades) == self._trades.maxlen:
            self._forgotten_seq = self._trades[0].seq
        self._trades.append(trade)
        self.last_no, self.last_seq = trade.trade_no, trade.seq

    def newest(self, most: int) -> list[PublicTrade]:
        """The newest trades, oldest of them first."""
        newest_first = list(islice(reversed(self._trades), most))
        return newest_first[::-1]

    def since(self, after_seq: Seq, most: int) -> list[PublicTrade] | None:
        """Every trade of entries after ``after_seq``; None when not all are here any more or they exceed ``most``."""
        if after_seq < self._forgotten_seq:
            return None
        found: list[PublicTrade] = []
        for trade in reversed(self._trades):
            if trade.seq <= after_seq:
                break
            if len(found) == most:
                return None
            found.append(trade)
        return found[::-1]
