"""A snapshot on the disk: everything that a start needs instead of the journal's first entries.

One file, ``snapshot-<seq>.bin``: a magic word, a header, three images (the state, the committed view, the filter of
used idempotency keys), and the SHA-256 of all that. A file appears under its name only when it is complete: it is
written under another name, flushed, renamed, and then the folder is flushed. A snapshot is never believed for its own
sake: its head must be the journal's head at that seq, and its state must have the hash that the header says.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from exchange.core.canonical import CanonicalError, RecordCodec
from exchange.core.values import Micros, Seq

MAGIC: Final = b"CXSNAPSHOT"
SNAPSHOT_FORMAT: Final = 1
KEPT: Final = 2
"""How many snapshots are kept: the newest, and one in case a flaw is found in it."""

_NAME: Final = re.compile(r"snapshot-(\d{20})\.bin")
_DIGEST_BYTES: Final = 32


@dataclass(slots=True)
class SnapshotHeader:
    """What a snapshot is of: the state after entry ``seq``, which was stamped ``at`` and has the head ``head``."""

    snapshot_format: int
    engine_version: int
    seq: Seq
    at: Micros
    head: bytes
    state_hash: bytes
    state_bytes: int
    view_bytes: int
    keys_bytes: int


@dataclass(slots=True)
class Snapshot:
    """A whole snapshot in memory; the images are canonical bytes."""

    header: SnapshotHeader
    state: bytes
    view: bytes
    keys: bytes


class SnapshotFlawedError(Exception):
    """The file is not a complete, undamaged snapshot that this program can read."""


_HEADER: Final = RecordCodec(SnapshotHeader)


def hash_of_image(image: bytes) -> bytes:
    """The state's hash, taken from its image: what :func:`exchange.core.image.state_hash` makes of the state."""
    return hashlib.sha256(image).digest()


def file_of(folder: Path, seq: Seq) -> Path:
    """Where the snapshot after entry ``seq`` is."""
    return folder / f"snapshot-{seq:020d}.bin"


def snapshots_in(folder: Path) -> list[Path]:
    """The snapshots of a folder, newest first; none when the folder does not exist."""
    if not folder.is_dir():
        return []
    return sorted((path for path in folder.iterdir() if _NAME.fullmatch(path.name)), reverse=True)


def write_snapshot(folder: Path, snapshot: Snapshot, hit: Callable[[str], None]) -> None:
    """Write the file so that it is there completely or not at all, even after a power cut, and drop older ones."""
    folder.mkdir(parents=True, exist_ok=True)
    path = file_of(folder, snapshot.header.seq)
    unfinished = folder / f"{path.name}.{os.getpid()}.unfinished"
    digest = hashlib.sha256()
    with unfinished.open("wb") as out:
        for part in (MAGIC, _HEADER.encode(snapshot.header), snapshot.state, snapshot.view, snapshot.keys):
            digest.update(part)
            out.write(part)
        out.write(digest.digest())
        out.flush()
        os.fsync(out.fileno())
    hit("snapshot_child_written")
    unfinished.rename(path)
    _flush_folder(folder)
    hit("snapshot_child_renamed")
    _drop_older(folder)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _drop_older(folder: Path) -> None:
    """Keep the newest snapshots; what another process left unfinished goes too."""
    for path in snapshots_in(folder)[KEPT:]:
        path.unlink(missing_ok=True)
    for path in folder.glob("snapshot-*.unfinished"):
        path.unlink(missing_ok=True)


def read_snapshot(path: Path) -> Snapshot:
    """The snapshot in a file.

    Raises:
        SnapshotFlawedError: when a single bit of it is not as it was written, or its format is unknown.
    """
    data = path.read_bytes()
    body, digest = data[:-_DIGEST_BYTES], data[-_DIGEST_BYTES:]
    if not body.startswith(MAGIC) or hashlib.sha256(body).digest() != digest:
        raise SnapshotFlawedError(f"{path.name} is damaged or cut short")
    try:
        header, at = _HEADER.decode_from(body, len(MAGIC))
    except CanonicalError as error:
        raise SnapshotFlawedError(f"{path.name} has a header that cannot be read: {error}") from error
    return _cut(path, body, cast(SnapshotHeader, header), at)


def _cut(path: Path, body: bytes, header: SnapshotHeader, at: int) -> Snapshot:
    if header.snapshot_format != SNAPSHOT_FORMAT:
        raise SnapshotFlawedError(f"{path.name} has format {header.snapshot_format}, not {SNAPSHOT_FORMAT}")
    view_at = at + header.state_bytes
    keys_at = view_at + header.view_bytes
    if keys_at + header.keys_bytes != len(body) or path.name != file_of(path.parent, header.seq).name:
        raise SnapshotFlawedError(f"{path.name} is not what its header says")
    return Snapshot(header, body[at:view_at], body[view_at:keys_at], body[keys_at:])
