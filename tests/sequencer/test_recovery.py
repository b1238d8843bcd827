"""Snapshots and the way back: whatever is on the disk, a start finds the same market or says what is wrong."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import time
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.core.codec import decode_command
from exchange.core.commands.instruments import AttestSnapshot
from exchange.core.image import IMAGE_FORMAT
from exchange.core.matching.order import RestingOrder
from exchange.core.values import Micros, Seq, Side
from exchange.sequencer import snapshot_file
from exchange.sequencer.crashpoints import CrashPoints
from exchange.sequencer.deciding import own_submission
from exchange.sequencer.journal import JournalCorruptError, StoredEntry, decode_leaf
from exchange.sequencer.recovery import OTHER_VERSION, Recovered, recover
from exchange.sequencer.replaying import collector_at_rest
from exchange.sequencer.sequencer import Sequencer
from exchange.sequencer.snapshot_file import (
    Snapshot,
    SnapshotFlawedError,
    SnapshotHeader,
    SnapshotOfOtherVersionError,
    file_of,
    read_snapshot,
    snapshots_in,
    write_snapshot,
)
from tests.sequencer.simulated_store import Disk, SimulatedStore
from tests.sequencer.world import (
    QUICK,
    Stage,
    assert_like_the_disk,
    eventually,
    folded,
    make_stage,
    names_in,
    open_on,
    set_the_stage,
)

HASHES = ("state_hash", "view_hash", "keys_hash")


async def trade(sequencer: Sequencer, stage: Stage, count: int) -> None:
    """So many orders, some of which meet."""
    await asyncio.gather(
        *(
            sequencer.submit(
                stage.submission(n % 3, stage.place(n % 3, Side.BUY if n % 2 else Side.SELL, 1 + n % 5, 2_990 + n % 20))
            )
            for n in range(count)
        )
    )


async def recovered(disk: Disk, folder: Path) -> Recovered:
    """What a start finds."""
    return await recover(SimulatedStore(disk, Random(0)), folder, CrashPoints().hit)


async def test_snapshots_are_taken_while_the_market_goes_on(disk: Disk, stage: Stage, tmp_path: Path) -> None:
    sequencer, _ = await open_on(disk, tmp_path, limits=replace(QUICK, snapshot_every=100, batch=20))
    await set_the_stage(sequencer, stage)
    for _ in range(10):
        await trade(sequencer, stage, 60)
        await eventually(lambda: not sequencer._snapshotter.running)
    await sequencer.stop()
    assert sequencer.meters.snapshots >= 4
    assert sequencer.meters.failed_snapshots == 0
    assert len(snapshots_in(tmp_path)) == snapshot_file.KEPT
    assert names_in(tmp_path) == sorted(path.name for path in snapshots_in(tmp_path))
    assert_like_the_disk(sequencer, disk)
    attested = sequencer.view.governance.attested
    assert attested is not None
    newest = read_snapshot(snapshots_in(tmp_path)[0])
    assert (attested.at_seq, attested.state_hash) == (newest.header.seq, newest.header.state_hash)


@pytest.mark.parametrize("kept", [2, 1, 0])
async def test_any_snapshot_and_none_lead_to_the_same_place(
    disk: Disk, stage: Stage, tmp_path: Path, kept: int
) -> None:
    for _ in range(2):
        sequencer, _ = await open_on(disk, tmp_path)
        if not disk.entries:
            await set_the_stage(sequencer, stage)
        await trade(sequencer, stage, 30)
        await sequencer.stop()
    paths = snapshots_in(tmp_path)
    for path in paths[: 2 - kept]:
        path.unlink()
    found = await recovered(disk, tmp_path)
    assert found.snapshot_seq == (read_snapshot(paths[2 - kept]).header.seq if kept else 0)
    again, _ = await open_on(disk, tmp_path)
    assert_like_the_disk(again, disk)
    await again.stop()


@pytest.mark.parametrize(
    "flaw",
    ["flipped", "cut", "empty", "more", "another head", *HASHES],
)
async def test_a_flawed_snapshot_is_put_aside_for_the_one_before(
    disk: Disk, stage: Stage, tmp_path: Path, flaw: str
) -> None:
    sequencer, _ = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    await trade(sequencer, stage, 30)
    await sequencer.stop()
    (path,) = snapshots_in(tmp_path)
    data = path.read_bytes()
    snapshot = read_snapshot(path)
    if flaw == "flipped":
        path.write_bytes(data[:300] + bytes([data[300] ^ 1]) + data[301:])
    elif flaw == "cut":
        path.write_bytes(data[:-1])
    elif flaw == "empty":
        path.write_bytes(b"")
    elif flaw == "another head":
        _write(tmp_path, replace(snapshot, header=replace(snapshot.header, head=bytes(32))))
    elif flaw == "more":
        path.write_bytes(data + b"x")
    else:
        other: dict[str, Any] = {flaw: bytes(32)}
        _write(tmp_path, replace(snapshot, header=replace(snapshot.header, **other)))
    assert (await recovered(disk, tmp_path)).snapshot_seq == 0
    assert snapshots_in(tmp_path) == []
    assert [name for name in names_in(tmp_path) if name.endswith(".flawed")] == names_in(tmp_path)


def _of_another_version(snapshot: Snapshot, what: str) -> Snapshot:
    header = snapshot.header
    if what == "view format":
        view = (99).to_bytes(8, "big") + snapshot.view[8:]
        return replace(snapshot, view=view, header=replace(header, view_hash=snapshot_file.hash_of_image(view)))
    name = {"engine": "engine_version", "image format": "image_format", "snapshot format": "snapshot_format"}[what]
    changed: dict[str, Any] = {name: 99}
    return replace(snapshot, header=replace(header, **changed))


@pytest.mark.parametrize("what", ["engine", "image format", "view format", "snapshot format"])
async def test_a_snapshot_of_another_version_is_named_as_one_and_not_as_damaged(
    disk: Disk, stage: Stage, tmp_path: Path, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    sequencer, _ = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    await sequencer.stop()
    (path,) = snapshots_in(tmp_path)
    _write(tmp_path, _of_another_version(read_snapshot(path), what))
    caplog.clear()
    assert (await recovered(disk, tmp_path)).snapshot_seq == 0
    assert names_in(tmp_path) == [path.with_suffix(OTHER_VERSION).name]
    (told,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert told.exc_info is None and f"was made by {what} 99, this is {what} " in told.getMessage()
    assert "It is not damaged" in told.getMessage() and "快照并未损坏" in told.getMessage()


async def test_a_head_that_cannot_be_read_may_be_of_another_format(tmp_path: Path) -> None:
    _write(tmp_path, _snapshot_of(b"state", b"view", b"key"))
    path = file_of(tmp_path, Seq(7))
    data = bytearray(path.read_bytes())
    at = len(snapshot_file.MAGIC) + 2
    data[at : at + 16] = (99).to_bytes(8, "big") + b"8 others"
    path.write_bytes(data)
    with pytest.raises(SnapshotOfOtherVersionError, match="was made by snapshot format 99"):
        read_snapshot(path)


def _write(folder: Path, snapshot: Snapshot) -> None:
    write_snapshot(folder, snapshot, CrashPoints().hit)


def _snapshot_of(state: bytes, view: bytes, keys: bytes) -> Snapshot:
    digests = [snapshot_file.hash_of_image(image) for image in (state, view, keys)]
    header = SnapshotHeader(
        snapshot_file.SNAPSHOT_FORMAT, 1, 1, Seq(7), Micros(9), bytes(32),
        digests[0], len(state), digests[1], len(view), digests[2], len(keys),
    )  # fmt: skip
    return Snapshot(header, state, view, keys)


@pytest.mark.parametrize("trades", [20, 400])
@pytest.mark.parametrize("from_snapshot", [True, False])
async def test_a_start_leaves_no_garbage_that_would_stay_for_ever(
    disk: Disk, stage: Stage, tmp_path: Path, trades: int, from_snapshot: bool
) -> None:
    """Nothing is collected at a start, and what is there afterwards is frozen."""
    sequencer, _ = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    await trade(sequencer, stage, trades)
    await sequencer.stop()
    del sequencer
    folder = tmp_path if from_snapshot else tmp_path / "none"
    gc.collect()
    with collector_at_rest():
        found = await recovered(disk, folder)
        assert gc.collect() < 100
    assert bool(found.snapshot_seq) == from_snapshot


async def test_what_was_read_of_a_snapshot_put_aside_is_let_go(disk: Disk, stage: Stage, tmp_path: Path) -> None:
    sequencer, _ = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    await trade(sequencer, stage, 100)
    await sequencer.stop()
    del sequencer
    del disk.entries[-10:]  # so the snapshot is of the future, which shows when all of it has been read
    disk.head = disk.entries[-1].head
    gc.collect()
    before = _resting_in_memory()
    with collector_at_rest():
        found = await recovered(disk, tmp_path)
        kept = sum(len(book) for book in found.state.books.values())
        assert kept and _resting_in_memory() == before + kept


def _resting_in_memory() -> int:
    return sum(isinstance(thing, RestingOrder) for thing in gc.get_objects())


async def test_a_snapshot_of_another_journal_is_put_aside(disk: Disk, stage: Stage, tmp_path: Path) -> None:
    """It is complete and true, but of the journal of another venue that is as long as this one."""
    other = Disk()
    for journal, folder, count in ((disk, tmp_path / "this", 30), (other, tmp_path / "other", 29)):
        sequencer, _ = await open_on(journal, folder, seed=count)
        await set_the_stage(sequencer, stage)
        await trade(sequencer, stage, count)
        await sequencer.stop()
    (path,) = snapshots_in(tmp_path / "other")
    for mine in snapshots_in(tmp_path / "this"):
        mine.unlink()
    path.rename(tmp_path / "this" / path.name)
    assert (await recovered(disk, tmp_path / "this")).snapshot_seq == 0


async def test_a_snapshot_of_the_future_is_put_aside(disk: Disk, stage: Stage, tmp_path: Path) -> None:
    sequencer, _ = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    await trade(sequencer, stage, 30)
    await sequencer.stop()
    del disk.entries[-10:]  # the database was restored from an older copy
    disk.head = disk.entries[-1].head
    found = await recovered(disk, tmp_path)
    assert (found.snapshot_seq, found.seq) == (0, len(disk.entries))


@pytest.mark.parametrize("image_format", [IMAGE_FORMAT, IMAGE_FORMAT + 1])
async def test_the_log_may_not_attest_another_state_than_the_snapshot_has(
    disk: Disk, stage: Stage, tmp_path: Path, image_format: int
) -> None:
    sequencer, _ = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    await sequencer.stop()
    (path,) = snapshots_in(tmp_path)
    seq = read_snapshot(path).header.seq
    sequencer, _ = await open_on(disk, tmp_path)
    nobody = stage.log[0].command.actor
    await sequencer.submit(own_submission(AttestSnapshot(nobody, seq, bytes(32), image_format)))
    if image_format != IMAGE_FORMAT:  # a hash of other bytes says nothing of this state
        assert (await recovered(disk, tmp_path)).snapshot_seq == seq
        return
    with pytest.raises(JournalCorruptError, match=f"another state than the snapshot of entry {seq}"):
        await recovered(disk, tmp_path)


@given(st.integers(0, 10**9))
def test_any_flipped_bit_of_a_snapshot_is_a_flaw(tmp_path_factory: pytest.TempPathFactory, where: int) -> None:
    folder = tmp_path_factory.getbasetemp() / "bits"
    _write(folder, _snapshot_of(b"state", b"view", b"key"))
    path = file_of(folder, Seq(7))
    data = bytearray(path.read_bytes())
    bit = where % (len(data) * 8)
    data[bit >> 3] ^= 1 << (bit & 7)
    path.write_bytes(data)
    with pytest.raises(SnapshotFlawedError):
        read_snapshot(path)


async def test_a_child_that_dies_or_hangs_leaves_the_market_alone(
    disk: Disk, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sequencer, _ = await open_on(disk, tmp_path, limits=replace(QUICK, snapshot_every=50))
    await set_the_stage(sequencer, stage)
    snapshotter, meters = sequencer._snapshotter, sequencer.meters
    begin, to_image = snapshotter.begin, type(sequencer.view).to_image
    ways = iter((_die, _hang))

    def begin_in_some_way(*arguments: Any) -> None:
        way = next(ways, to_image)
        monkeypatch.setattr(type(sequencer.view), "to_image", way)
        monkeypatch.setattr(snapshotter, "_seconds", 0.2 if way is _hang else 60.0)
        begin(*arguments)

    monkeypatch.setattr(snapshotter, "begin", begin_in_some_way)
    while meters.snapshots + meters.failed_snapshots < 3:
        await trade(sequencer, stage, 10)
        await asyncio.sleep(0.001)
    assert meters.failed_snapshots == 2
    await sequencer.stop()
    assert_like_the_disk(sequencer, disk)


def _die(*_: object) -> bytes:
    os._exit(7)


def _hang(*_: object) -> bytes:
    time.sleep(60)
    return b""


async def test_a_clean_stop_leaves_a_snapshot_and_its_attestation_as_the_last_entry(
    disk: Disk, stage: Stage, tmp_path: Path
) -> None:
    sequencer, _ = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    stopping = asyncio.create_task(sequencer.stop())
    while not stopping.done():
        sequencer._wake.set()  # whatever wakes the writer meanwhile, it waits for its child
        await asyncio.sleep(0)
    (path,) = snapshots_in(tmp_path)
    header = read_snapshot(path).header
    last = decode_leaf(disk.entries[-1].leaf_bytes)
    assert decode_command(last.command) == AttestSnapshot(
        stage.log[0].command.actor, header.seq, header.state_hash, IMAGE_FORMAT
    )
    assert last.seq == header.seq + 1
    # A stop after nothing has happened adds nothing.
    sequencer, _ = await open_on(disk, tmp_path)
    await sequencer.stop()
    assert len(disk.entries) == last.seq


async def test_a_child_has_none_of_its_parents_descriptors(
    disk: Disk, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sequencer, _ = await open_on(disk, tmp_path)
    await set_the_stage(sequencer, stage)
    seen = tmp_path / "seen"
    to_image = type(sequencer.view).to_image

    def look_around(view: Any, orders: Any) -> bytes:
        paths = [f"/proc/self/fd/{fd}" for fd in os.listdir("/proc/self/fd") if int(fd) > 2]
        seen.write_text("\n".join(os.readlink(path) for path in paths if os.path.lexists(path)))
        return to_image(view, orders)

    monkeypatch.setattr(type(sequencer.view), "to_image", look_around)
    with (tmp_path / "a file of the parent").open("w"):
        await sequencer.stop()
    kinds = [link.split(":")[0] for link in seen.read_text().splitlines()]
    assert kinds.count("pipe") == 1
    assert "socket" not in kinds
    assert "anon_inode" not in kinds
    assert not any("a file of the parent" in kind for kind in kinds)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entry=st.integers(0, 10**6), part=st.sampled_from(["leaf_bytes", "head", "events_bytes"]), where=st.integers(0))
def test_any_flipped_bit_of_the_journal_is_found_and_named(
    written: Disk, tmp_path: Path, entry: int, part: str, where: int
) -> None:
    disk = Disk(list(written.entries), epoch=1, head=written.head)
    n = entry % len(disk.entries)
    data = bytearray(getattr(disk.entries[n], part))
    if not data:
        return
    bit = where % (len(data) * 8)
    data[bit >> 3] ^= 1 << (bit & 7)
    disk.entries[n] = replace(disk.entries[n])
    setattr(disk.entries[n], part, bytes(data))
    with pytest.raises(JournalCorruptError, match=rf"entry {n + 1} "):
        asyncio.run(recovered(disk, tmp_path / "none"))


@pytest.mark.parametrize("change", ["dropped", "swapped", "doubled", "cut"])
def test_a_missing_moved_or_doubled_entry_is_found(written: Disk, tmp_path: Path, change: str) -> None:
    entries: list[StoredEntry] = list(written.entries)
    if change == "dropped":
        del entries[20]
    elif change == "swapped":
        entries[20], entries[21] = entries[21], entries[20]
    elif change == "doubled":
        entries.insert(20, entries[20])
    else:
        del entries[-1]
    with pytest.raises(JournalCorruptError):
        asyncio.run(recovered(Disk(entries, epoch=1, head=written.head), tmp_path))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Disk:
    """A journal with orders and trades."""
    disk, stage = Disk(), make_stage()

    async def write() -> None:
        sequencer, _ = await open_on(disk, tmp_path_factory.mktemp("written"))
        await set_the_stage(sequencer, stage)
        await trade(sequencer, stage, 60)
        await sequencer.stop()

    asyncio.run(write())
    folded(disk)
    return disk
