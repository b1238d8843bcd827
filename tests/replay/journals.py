"""A journal with everything in it that replay must do again, and ways to write it down."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from pathlib import Path

from exchange.audit.export import export_journal
from exchange.audit.replay import replay
from exchange.core.commands import Command
from exchange.core.commands.instruments import EndOfDay
from exchange.core.commands.orders import CancelAllOrders, CancelUnattended, SetCancelAfter, UnattendedCause
from exchange.core.image import state_hash
from exchange.core.values import NOBODY, Day, InstrumentId, OrderId, PersonId, Side
from exchange.sequencer.journal import Leaf, StoredEntry, decode_leaf, encode_leaf, next_head
from exchange.sequencer.sequencer import Sequencer
from exchange.sequencer.submission import Receipt
from tests.replay.unit_day import UnitDay
from tests.sequencer.simulated_store import Disk
from tests.sequencer.world import QUICK, Stage, eventually, make_stage, open_on, set_the_stage


async def write_journal(folder: Path, rounds: int = 4) -> tuple[Disk, bytes]:
    """Orders, trades, cancels, refusals, groups of orders, units that are used, released, held fast and replaced, a
    switch that was armed, a lost stream, a mass cancel, the end of a day and attested snapshots; and the state hash
    at the end as the process that wrote it has it.
    """
    disk, stage = Disk(), make_stage()
    sequencer, _ = await open_on(disk, folder, limits=replace(QUICK, snapshot_every=60))
    await set_the_stage(sequencer, stage)
    for n in range(rounds):
        placed = await _orders(sequencer, stage, 30, n)
        await _cancels(sequencer, stage, placed)
        await _group(sequencer, stage, n)
        await eventually(lambda: not sequencer._snapshotter.running)
    await UnitDay(sequencer, stage).live()
    firm = stage.firms[0]
    trader = stage.market.traders[stage.firms[2]]
    gone = CancelUnattended(PersonId(NOBODY), stage.firms[2], stage.key_of(trader), UnattendedCause.DISCONNECTED)
    await sequencer.own(gone)
    everything = CancelAllOrders(stage.market.traders[firm], firm, InstrumentId(0))
    await sequencer.submit(stage.submission(0, everything))
    await sequencer.submit(stage.submission(0, EndOfDay(stage.market.operator, Day(20260922))))
    await eventually(lambda: sequencer._decider.due() is None)
    await sequencer.stop()
    return disk, state_hash(sequencer.state)


async def _orders(sequencer: Sequencer, stage: Stage, count: int, salt: int) -> list[Receipt]:
    commands = [
        stage.place(n % 3, Side.BUY if n % 2 else Side.SELL, 1 + n % 7, 2_990 + (n * 7 + salt) % 20)
        for n in range(count)
    ]
    return list(await asyncio.gather(*(sequencer.submit(stage.submission(n % 3, c)) for n, c in enumerate(commands))))


async def _cancels(sequencer: Sequencer, stage: Stage, placed: list[Receipt]) -> None:
    """Cancel every fourth order; those that were filled meanwhile are refused."""
    for n, receipt in list(enumerate(placed))[::4]:
        order = OrderId(int(receipt.answer.body.split()[-2]))
        await sequencer.submit(stage.submission(n % 3, stage.cancel(n % 3, order)))


async def _group(sequencer: Sequencer, stage: Stage, salt: int) -> None:
    """One request of a firm with several commands, one of which is refused."""
    participant = stage.firms[2]
    commands: list[Command] = [stage.place(2, Side.BUY, 1 + n, 2_985 + (n + salt) % 10) for n in range(4)]
    commands.append(stage.cancel(2, OrderId(1)))
    commands.append(SetCancelAfter(stage.market.traders[participant], participant, 86_400))
    await sequencer.submit(stage.group(2, commands))


def exported(disk: Disk) -> bytes:
    """The journal as the file that an export of it is."""

    async def export() -> bytes:
        out = io.BytesIO()
        assert await export_journal(_entries(disk), out) == len(disk.entries)
        return out.getvalue()

    return asyncio.run(export())


async def _entries(disk: Disk) -> AsyncGenerator[StoredEntry, None]:
    for entry in disk.entries:
        yield entry


def changed(stored: list[StoredEntry], n: int, change: Callable[[Leaf], Leaf]) -> list[StoredEntry]:
    """The journal with another leaf in one entry, and a chain that fits."""
    entries, head = stored[:n], stored[n - 1].head
    leaf = change(decode_leaf(stored[n].leaf_bytes))
    for entry in [replace(stored[n], leaf_bytes=encode_leaf(leaf)), *stored[n + 1 :]]:
        head = next_head(head, entry.leaf_bytes)
        entries.append(replace(entry, head=head))
    return entries


def replay_stored(stored: list[StoredEntry]) -> int:
    """How many entries were replayed."""

    async def entries() -> AsyncGenerator[StoredEntry, None]:
        for entry in stored:
            yield entry

    return asyncio.run(replay(entries)).entries
