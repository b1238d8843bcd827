"""Giving a venue a past and a book: the mixed stream through the sequencer, into the database as any order gets there.

That is the real write path without HTTP (authority, risk, matching, ledger, journal, projections, commit), so rows,
indexes and memory are what a service of that age has. It goes at the speed of the sequencer.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Final

from exchange.cli.bench.progress import tell
from exchange.cli.bench.stage import AT_A_TIME, Director, Stage, Trader, order_of
from exchange.core.commands import Command
from exchange.core.commands.orders import CancelOrder
from exchange.core.values import OrderId, Side
from exchange.sequencer.sequencer import Sequencer
from loadtests.stream import CANCEL
from loadtests.stream import Command as Step

TELL_SECONDS: Final = 10.0


class Filler:
    """Feeds steps of a stream to a sequencer, many at a time, cancels after what they cancel.

    A venue may have orders of earlier streams, so a cancel can come after its order has traded and is refused then, as
    in life; anything else that is refused is a mistake of the stream.
    """

    def __init__(self, sequencer: Sequencer, stage: Stage) -> None:
        """The stage must be of that sequencer's venue."""
        self._director = Director(sequencer)
        self._director.know_traders([*stage.buyers, *stage.sellers])
        self._stage = stage
        self._placed: dict[int, tuple[Trader, OrderId]] = {}
        self._waiting: list[Command] = []
        self._placing: list[tuple[int, Trader] | None] = []

    async def feed(self, steps: Iterable[Step], what: str = "") -> None:
        """Have all steps made durable. ``what`` is shown with the progress on standard error; nothing without it."""
        told = time.monotonic()
        for done, step in enumerate(steps):
            await self._take(step)
            if what and time.monotonic() - told > TELL_SECONDS:
                told = time.monotonic()
                tell(f"{what}: {done:,}")
        await self._flush()

    async def _take(self, step: Step) -> None:
        kind, number, way, price, quantity, group = step
        if kind == CANCEL:
            if number not in self._placed:
                await self._flush()  # what is to be cancelled is still waiting in here
            trader, order = self._placed.pop(number)
            self._add(CancelOrder(trader.person, trader.participant, order, ""), None)
        else:
            trader = self._stage.trader(Side(way), group)
            self._add(order_of(self._stage, Side(way), price, quantity, group), (number, trader))
        if len(self._waiting) >= AT_A_TIME:
            await self._flush()

    def _add(self, command: Command, placed: tuple[int, Trader] | None) -> None:
        self._waiting.append(command)
        self._placing.append(placed)

    async def _flush(self) -> None:
        entries = await self._director.give(self._waiting)
        for placed, entry in zip(self._placing, entries, strict=True):
            if placed is not None:
                assert not entry.leaf.reason, (entry.leaf.reason, entry.command)
                number, trader = placed
                self._placed[number] = trader, OrderId(entry.leaf.created)
        self._waiting, self._placing = [], []
