"""From the disk to a running state: the newest snapshot that can be believed, then the tail of the journal.

Nothing is repaired in memory, ever: a process that does not know what is durable ends, and this is what the next one
begins with. A crash in here is harmless, since nothing is written but the names of flawed snapshots. A snapshot with
any flaw is put aside and the one before it is tried, at last the first entry; a flaw in the journal itself has no such
way out, so the program refuses to serve and names the entry.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from exchange.core.commands.instruments import AttestSnapshot
from exchange.core.image import IMAGE_FORMAT, decode_state
from exchange.core.machine import ENGINE_VERSION
from exchange.core.state import ExchangeState
from exchange.core.values import Micros, Seq
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.journal import GENESIS_HEAD, JournalCorruptError, JournalStore, Leadership
from exchange.sequencer.replaying import Replayed, Replayer, collector_at_rest
from exchange.sequencer.snapshot_file import (
    Snapshot,
    SnapshotFlawedError,
    SnapshotOfOtherVersionError,
    read_snapshot,
    snapshots_in,
)
from exchange.sequencer.spentkeys import SpentKeys
from exchange.sequencer.view.image import IMAGE_VERSION, decode_image, version_of
from exchange.sequencer.view.order_rows import OrdersReader

logger = logging.getLogger(__name__)

PROGRESS_EVERY = 10_000

FLAWED: Final = ".flawed"
OTHER_VERSION: Final = ".other-version"
"""What the names of snapshots end with that were put aside."""

Progress = Callable[[Seq, Seq], None]
"""Told now and then how far a replay is: the entry that was done and the last one there is."""


@dataclass(slots=True)
class Recovered:
    """Everything that the sequencer begins with; ``seq``, ``at`` and ``head`` are those of the journal's last entry."""

    epoch: int
    state: ExchangeState
    seq: Seq
    at: Micros
    head: bytes
    view: CommittedView
    keys: SpentKeys
    quarantined: set[bytes]
    snapshot_seq: Seq


@dataclass(slots=True)
class _Start:
    """Where the replay begins: a snapshot's contents, or nothing at all."""

    state: ExchangeState
    seq: Seq
    at: Micros
    head: bytes
    view: CommittedView
    keys: SpentKeys
    state_hash: bytes


async def recover(
    store: JournalStore, folder: Path, hit: Callable[[str], None], progress: Progress | None = None
) -> Recovered:
    """Become the leader and bring everything back to where the journal ends.

    Raises:
        JournalCorruptError: the journal is not what was written; the program must not serve.
    """
    leadership = await store.lead()
    hit("led")
    with collector_at_rest():
        return await _recover(store, folder, leadership, hit, progress)


async def _recover(
    store: JournalStore,
    folder: Path,
    leadership: Leadership,
    hit: Callable[[str], None],
    progress: Progress | None,
) -> Recovered:
    start = await _newest_usable(store, folder, leadership)
    logger.info("recovering from entry %d to %d", start.seq, leadership.seq)
    replayer = Replayer(start.state, start.seq, start.at, start.head)
    async with aclosing(store.entries(after=start.seq)) as tail:
        async for stored in tail:
            replayed = replayer.step_stored(stored)
            _follow(start, replayer, replayed)
            hit("replaying")
            if progress is not None and replayer.seq % PROGRESS_EVERY == 0:
                progress(replayer.seq, leadership.seq)
    if (replayer.seq, replayer.head) != (leadership.seq, leadership.head):
        raise JournalCorruptError(
            f"the journal ends with entry {replayer.seq}, its leader row says {leadership.seq}",
            f"日志止于第 {replayer.seq} 条，而 leader 行所载为第 {leadership.seq} 条",
        )
    return Recovered(
        epoch=leadership.epoch,
        state=start.state,
        seq=replayer.seq,
        at=replayer.at,
        head=replayer.head,
        view=start.view,
        keys=start.keys,
        quarantined=await store.quarantined(),
        snapshot_seq=start.seq,
    )


def _follow(start: _Start, replayer: Replayer, replayed: Replayed) -> None:
    """Bring the view and the used keys along, and hold the snapshot to what the log says of it."""
    leaf, command = replayed.leaf, replayed.command
    start.view.apply(leaf.seq, leaf.at, replayer.head, replayed.events)
    if leaf.idempotency_key:
        start.keys.add(leaf.scope, leaf.idempotency_key)
    if isinstance(command, AttestSnapshot) and _denies(command, start):
        raise JournalCorruptError(
            f"entry {leaf.seq} attests another state than the snapshot of entry {start.seq} has",
            f"第 {leaf.seq} 条载明的状态与第 {start.seq} 条的快照不同",
        )


def _denies(command: AttestSnapshot, start: _Start) -> bool:
    """Whether the log has another hash of the state with which this start began, taken of the same bytes."""
    is_of_it = command.at_seq == start.seq and command.image_format == IMAGE_FORMAT
    return is_of_it and command.state_hash != start.state_hash


async def _newest_usable(store: JournalStore, folder: Path, leadership: Leadership) -> _Start:
    for path in snapshots_in(folder):
        start, suffix = _read(path)
        if start is not None:
            if await _is_in_journal(store, start, leadership):
                return start
            logger.error("%s is put aside: it is not of this journal", path.name)
        path.rename(path.with_suffix(suffix))
        del start
        gc.collect()  # a book is full of cycles, and what a start leaves behind is never looked at again
    return _Start(ExchangeState(), Seq(0), Micros(0), GENESIS_HEAD, CommittedView(), SpentKeys(), b"")


def _read(path: Path) -> tuple[_Start | None, str]:
    """What a snapshot holds, None if it cannot be used; and what it is called when it is put aside."""
    try:
        return _opened(path.name, read_snapshot(path)), FLAWED
    except SnapshotOfOtherVersionError as error:
        logger.warning("%s", error)
        return None, OTHER_VERSION
    except Exception:
        # Whatever is wrong with a snapshot, the way without it is always there.
        logger.exception("%s is put aside", path.name)
        return None, FLAWED


async def _is_in_journal(store: JournalStore, start: _Start, leadership: Leadership) -> bool:
    """A snapshot counts only when the journal holds its seq with its head."""
    if start.seq > leadership.seq:
        return False
    async with aclosing(store.entries(after=Seq(start.seq - 1))) as entries:
        entry = await anext(entries)
    return (entry.seq, entry.head) == (start.seq, start.head)


def _demand_versions(name: str, snapshot: Snapshot) -> None:
    header = snapshot.header
    for what, chinese, found, ours in (
        ("engine", "引擎", header.engine_version, ENGINE_VERSION),
        ("image format", "状态格式", header.image_format, IMAGE_FORMAT),
        ("view format", "视图格式", version_of(snapshot.view), IMAGE_VERSION),
    ):
        if found != ours:
            raise SnapshotOfOtherVersionError(name, what, chinese, found, ours)


def _opened(name: str, snapshot: Snapshot) -> _Start:
    header = snapshot.header
    _demand_versions(name, snapshot)
    image = decode_image(snapshot.view)
    orders = OrdersReader(image.orders)
    state = decode_state(snapshot.state, orders.take)
    view = CommittedView.from_image(image, orders.finish())
    if not (state.seq == view.seq == header.seq and state.at == header.at and view.head == header.head):
        raise SnapshotFlawedError("its images are of different entries")
    keys = SpentKeys.from_bytes(snapshot.keys)
    return _Start(state, header.seq, header.at, header.head, view, keys, header.state_hash)
