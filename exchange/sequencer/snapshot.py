"""Snapshots by ``fork()``: the child has the whole memory as it was at one instant and all the time it needs.

The market stops only for the fork itself (about 20 ms with a million orders); the child encodes and writes while the
parent goes on. The fork is taken at an instant when nothing is being committed and nothing is collected for the next
batch. Then the speculative state, the committed view and the journal's end are all at the same seq, one image of each
belongs to the snapshot, and the journal already holds that seq with that head. The price is one commit without a batch
behind it for every snapshot.

What the child must not do, and does not: run the event loop, use or close politely a connection of the parent, return
from this module. It closes every inherited descriptor but its pipe (among them the sockets, the event loop's own
descriptors and the pipe by which the private PostgreSQL notices its owner's death), ignores the keyboard's interrupt,
switches the garbage collector off (a collection would touch, and so copy, every page of the heap), and leaves by
``os._exit``. Threads of the parent do not exist in it; nothing it calls waits for one. The parent learns of the end
from the pipe and reaps the child then, so it never waits.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Final, NoReturn

from exchange.core.image import IMAGE_FORMAT, encode_state
from exchange.core.machine import ENGINE_VERSION
from exchange.core.state import ExchangeState
from exchange.core.values import Seq
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.crashpoints import CrashPoints
from exchange.sequencer.snapshot_file import SNAPSHOT_FORMAT, Snapshot, SnapshotHeader, hash_of_image, write_snapshot
from exchange.sequencer.spentkeys import SpentKeys

logger = logging.getLogger(__name__)

NICENESS: Final = 5
"""The child gives way to the market when both want the processor."""


def make_snapshot(state: ExchangeState, head: bytes, view: CommittedView, keys: SpentKeys) -> Snapshot:
    """Encode everything; the state, the view and the journal's end must be at the same entry."""
    assert state.seq == view.seq
    image, view_image, keys_image = encode_state(state), view.to_image(state.orders.by_id), keys.to_bytes()
    header = SnapshotHeader(
        snapshot_format=SNAPSHOT_FORMAT,
        engine_version=ENGINE_VERSION,
        image_format=IMAGE_FORMAT,
        seq=state.seq,
        at=state.at,
        head=head,
        state_hash=hash_of_image(image),
        state_bytes=len(image),
        view_hash=hash_of_image(view_image),
        view_bytes=len(view_image),
        keys_hash=hash_of_image(keys_image),
        keys_bytes=len(keys_image),
    )
    return Snapshot(header, image, view_image, keys_image)


class Snapshotter:
    """Takes one snapshot at a time in a child process."""

    def __init__(self, folder: Path, crash: CrashPoints, seconds: float) -> None:
        """``folder`` is made when it is missing; a child that takes longer than ``seconds`` is killed."""
        self._folder = folder
        self._crash = crash
        self._seconds = seconds
        self._child = 0

    @property
    def running(self) -> bool:
        """Whether a child is at work."""
        return self._child != 0

    def begin(
        self,
        state: ExchangeState,
        head: bytes,
        view: CommittedView,
        keys: SpentKeys,
        done: Callable[[Seq, bytes | None], None],
    ) -> None:
        """Fork a child that writes the snapshot.

        ``done`` is called from the event loop with the seq and the state's hash, or None when the child failed.
        """
        assert not self._child
        self._crash.hit("snapshot_before_fork")
        reading, writing = os.pipe()
        try:
            pid = _fork()
        except OSError:
            logger.exception("no child for a snapshot could be made")
            os.close(reading)
            os.close(writing)
            asyncio.get_running_loop().call_soon(done, state.seq, None)
            return
        if pid == 0:
            self._crash.in_child()
            _be_the_child(writing, lambda: self._write(state, head, view, keys))
        self._child = pid
        self._crash.forked()
        os.close(writing)
        os.set_blocking(reading, False)
        self._listen(reading, state.seq, done)

    def _write(self, state: ExchangeState, head: bytes, view: CommittedView, keys: SpentKeys) -> bytes:
        self._crash.hit("snapshot_child_begun")
        snapshot = make_snapshot(state, head, view, keys)
        write_snapshot(self._folder, snapshot, self._crash.hit)
        return snapshot.header.state_hash

    def _listen(self, reading: int, seq: Seq, done: Callable[[Seq, bytes | None], None]) -> None:
        """Wait for the end of the pipe, which is the end of the child."""
        loop = asyncio.get_running_loop()
        answer = bytearray()
        hung = loop.call_later(self._seconds, os.kill, self._child, signal.SIGKILL)

        def readable() -> None:
            data = os.read(reading, 4096)
            answer.extend(data)
            if not data:
                loop.remove_reader(reading)
                os.close(reading)
                hung.cancel()
                done(seq, bytes(answer) if self._reap() else None)

        loop.add_reader(reading, readable)

    def _reap(self) -> bool:
        """Whether the child ended well. It closed its pipe by exiting, so this does not wait."""
        _, status = os.waitpid(self._child, 0)
        self._child = 0
        if status != 0:
            logger.error("a snapshot failed: %s", os.waitstatus_to_exitcode(status))
        return status == 0


def _fork() -> int:
    """Fork although there may be threads (newer Pythons warn of it); the top of this module says why that is safe."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _be_the_child(writing: int, work: Callable[[], bytes]) -> NoReturn:
    """Do the work, send its answer through the pipe, and end without any of the parent's farewells."""
    status = 1
    try:
        gc.disable()
        if threading.current_thread() is threading.main_thread():
            signal.set_wakeup_fd(-1)  # else a signal would write into whatever gets the number of the parent's pipe
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.closerange(3, writing)
        os.closerange(writing + 1, os.sysconf("SC_OPEN_MAX"))
        os.nice(NICENESS)
        answer = work()
        # When the service was killed meanwhile nobody waits for the answer; the snapshot is written all the same.
        with contextlib.suppress(BrokenPipeError):
            os.write(writing, answer)
        status = 0
    except BaseException:  # noqa: BLE001  nothing at all may get out of the child
        traceback.print_exc(file=sys.stderr)
    finally:
        os._exit(status)
