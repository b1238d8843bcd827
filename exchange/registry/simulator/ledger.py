"""The registry's own serials: who has which, and how. No serial is in two blocks, and a block is split as needed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace
from typing import Final

from exchange.registry.messages import MAKES, Asked, Kind
from exchange.registry.simulator.store import Store

FREE: Final = "FREE"
"""How a block is held that no venue has locked; the others are those of :class:`exchange.registry.messages.Holding`."""

_FROM: Final[dict[Kind, tuple[str, ...]]] = {
    Kind.LOCK: (FREE, "RELEASED"),
    Kind.RELEASE: ("LOCKED",),
    Kind.CANCEL: ("LOCKED",),
}


@dataclass(frozen=True, slots=True)
class Block:
    """Serials ``[lo, hi)`` of a space in one account. ``listed`` is the name that the venue's list has: whose they were
    by the last request about them, whoever has them in the national market by now.
    """

    space: str
    lo: int
    hi: int
    holder: str
    holding: str
    reference: str
    receipt: str
    listed: str


class Ledger:
    """All blocks."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[Block]:
        """Every block, by space and serial."""
        return [Block(*row) for row in self._store.rows("SELECT * FROM blocks ORDER BY space, lo")]

    def issue(self, space: str, lo: int, hi: int, holder: str) -> bool:
        """Give an account new serials; False when there is one of them already."""
        if lo >= hi or self._touching(space, lo, hi):
            return False
        self._put(Block(space, lo, hi, holder, FREE, "", "", ""))
        return True

    def transfer(self, space: str, lo: int, hi: int, holder: str) -> bool:
        """Free serials go to another account, as units do in the national market; False when not all are free."""
        if not self._are(space, lo, hi, _FROM[Kind.LOCK]):
            return False
        self._change(space, lo, hi, holder=holder)
        return True

    def why_not(self, asked: Asked) -> str:
        """Why a request cannot be done; "" when it can."""
        space, lo, hi = asked.space, asked.serial_lo, asked.serial_hi
        if not self._covered(self._touching(space, lo, hi), lo, hi):
            return "there are no such serials"
        if not self._are(space, lo, hi, _FROM[asked.kind]):
            return "not all of them are held so"
        owned = {block.holder for block in self._touching(space, lo, hi)}
        return "another account has them" if asked.kind is Kind.LOCK and owned != {asked.holder} else ""

    def do(self, asked: Asked, receipt: str) -> None:
        """Do a request that can be done."""
        changed = {"holding": str(MAKES[asked.kind]), "reference": asked.reference, "receipt": receipt}
        if asked.kind is not Kind.CANCEL:
            changed["holder"] = changed["listed"] = asked.account if asked.kind is Kind.RELEASE else asked.holder
        self._change(asked.space, asked.serial_lo, asked.serial_hi, **changed)

    def is_new(self, space: str, lo: int, hi: int) -> bool:
        """Whether none of these serials was ever issued."""
        return not self._touching(space, lo, hi)

    def _are(self, space: str, lo: int, hi: int, holdings: Iterable[str]) -> bool:
        blocks = self._touching(space, lo, hi)
        return self._covered(blocks, lo, hi) and all(block.holding in holdings for block in blocks)

    def _covered(self, blocks: list[Block], lo: int, hi: int) -> bool:
        return sum(min(block.hi, hi) - max(block.lo, lo) for block in blocks) == hi - lo

    def _touching(self, space: str, lo: int, hi: int) -> list[Block]:
        query = "SELECT * FROM blocks WHERE space = ? AND lo < ? AND hi > ? ORDER BY lo"
        return [Block(*row) for row in self._store.rows(query, space, hi, lo)]

    def _change(self, space: str, lo: int, hi: int, **changed: str) -> None:
        for block in self._touching(space, lo, hi):
            self._store.run("DELETE FROM blocks WHERE space = ? AND lo = ?", space, block.lo)
            inner_lo, inner_hi = max(block.lo, lo), min(block.hi, hi)
            if block.lo < inner_lo:
                self._put(replace(block, hi=inner_lo))
            if inner_hi < block.hi:
                self._put(replace(block, lo=inner_hi))
            self._put(replace(block, lo=inner_lo, hi=inner_hi, **changed))

    def _put(self, block: Block) -> None:
        self._store.run("INSERT INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?, ?)", *astuple(block))
