"""One side of a book: its price levels, found by their price, and in order from the best to the worst.

A dict finds a level. The order of the levels is kept in sorted lists of their ranks (see :class:`PriceLevel`), cut into
blocks of 8,192 neighbouring prices, because putting something into a list moves everything behind it. One list would do
near the reference price: all prices of a day lie in a block or two. But a book may hold a hundred thousand levels, and
in a list of them all a new level costs ten microseconds. With blocks neither a block (at most 8,192 ranks) nor the list
of blocks (at most 12,208, as prices end at 100,000,000) is ever long, so that to add or remove a level costs about a
microsecond whatever the book looks like.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Final

from exchange.core.matching.order import PriceLevel
from exchange.core.values import Price, Side

BLOCK_BITS: Final = 13


class BookSide:
    """The price levels of one side; iterating gives them from the best to the worst.

    ``best`` is the level that trades first, None when the side is empty. ``levels`` finds a level by its price; nothing
    depends on the order of its keys.
    """

    __slots__ = ("_block_numbers", "_blocks", "_sign", "best", "levels", "side")

    def __init__(self, side: Side) -> None:
        self.side = side
        self.best: PriceLevel | None = None
        self.levels: dict[int, PriceLevel] = {}
        self._sign = 1 if side is Side.BUY else -1
        self._blocks: dict[int, list[int]] = {}
        self._block_numbers: list[int] = []

    def __iter__(self) -> Iterator[PriceLevel]:
        """The levels from the best to the worst; the side may not change meanwhile."""
        for number in reversed(self._block_numbers):
            for rank in reversed(self._blocks[number]):
                yield self.levels[abs(rank)]

    def __reversed__(self) -> Iterator[PriceLevel]:
        """The levels from the worst to the best; the side may not change meanwhile."""
        for number in self._block_numbers:
            for rank in self._blocks[number]:
                yield self.levels[abs(rank)]

    def add_level(self, price: Price) -> PriceLevel:
        """Add an empty level at a price that has none; the caller puts an order into it at once."""
        level = PriceLevel()
        level.side = self.side
        level.price = price
        level.rank = rank = self._sign * price
        level.oldest = level.newest = None
        self.levels[price] = level
        number = rank >> BLOCK_BITS
        block = self._blocks.get(number)
        if block is None:
            self._blocks[number] = [rank]
            insort(self._block_numbers, number)
        else:
            insort(block, rank)
        best = self.best
        if best is None or rank > best.rank:
            self.best = level
        return level

    def remove_level(self, level: PriceLevel) -> None:
        """Remove a level whose last order has gone; if it was the best, the next one is the best from now on."""
        level.oldest = level.newest = None  # or else a level and its last order would keep each other alive
        del self.levels[level.price]
        was_best = level is self.best
        number = level.rank >> BLOCK_BITS
        block = self._blocks[number]
        del block[-1 if was_best else bisect_left(block, level.rank)]
        if not block:
            del self._blocks[number]
            del self._block_numbers[bisect_left(self._block_numbers, number)]
        if was_best:
            self.best = self._first()

    def _first(self) -> PriceLevel | None:
        """The level with the greatest rank of all."""
        if not self._block_numbers:
            return None
        return self.levels[abs(self._blocks[self._block_numbers[-1]][-1])]

    def validate(self) -> None:
        """Assert that dict, blocks and ``best`` tell of the same levels, every rank in its block and in order."""
        ranks = [rank for number in self._block_numbers for rank in self._blocks[number]]
        assert ranks == sorted(self._sign * price for price in self.levels), "levels and ranks differ"
        assert self._block_numbers == sorted(self._blocks), "the list of blocks and the blocks differ"
        for number, block in self._blocks.items():
            assert block and all(rank >> BLOCK_BITS == number for rank in block), "a rank lies in a foreign block"
        for price, level in self.levels.items():
            assert (level.side, level.price, level.rank) == (self.side, price, self._sign * price), (
                "a level is misfiled"
            )
        assert self.best is self._first(), "another level than the first is called the best"
