"""A snapshot on the disk: everything that a start needs instead of the journal's first entries.

One file, ``snapshot-<seq>.bin``: a magic word, a header, the SHA-256 of both, and three images (the state, the
committed view, the filter of used idempotency keys), whose lengths and SHA-256 the header says. So a start, which has
seconds for hundreds of megabytes, hashes each byte once. A file appears under its name only when it is complete: it is
written under another name, flushed, renamed, and then the folder is flushed. A snapshot is never believed for its own
sake: its head must be the journal's head at that seq, and the hash of its state is the one that the log attests.
"""

from __future__ import annotations

import hashlib
import os
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

from exchange.core.canonical import CanonicalError, RecordCodec
from exchange.core.values import Micros, Seq
from exchange.sequencer.journal import LARGEST_VERSION

MAGIC: Final = b"CXSNAPSHOT"
SNAPSHOT_FORMAT: Final = 3
KEPT: Final = 2
"""How many snapshots are kept: the newest, and one in case a flaw is found in it."""

_NAME: Final = re.compile(r"snapshot-(\d{20})\.bin")
_DIGEST_BYTES: Final = 32
_LENGTH: Final = struct.Struct(">H")


@dataclass(slots=True)
class SnapshotHeader:
    """What a snapshot is of: the state after entry ``seq``, which was stamped ``at`` and has the head ``head``.

    The hashes are those of the images, of which the state's is what the log attests.
    """

    snapshot_format: int
    engine_version: int
    image_format: int
    seq: Seq
    at: Micros
    head: bytes
    state_hash: bytes
    state_bytes: int
    view_hash: bytes
    view_bytes: int
    keys_hash: bytes
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


class SnapshotOfOtherVersionError(SnapshotFlawedError):
    """The file is what another version of the program made; nothing says that it is damaged. English, then Chinese."""

    def __init__(self, name: str, what: str, chinese: str, found: int, ours: int) -> None:
        super().__init__(
            f"{name} was made by {what} {found}, this is {what} {ours}. It is not damaged and is put aside as it is; an"
            f" older snapshot or the whole journal is gone through instead, which takes longer."
            f" 该快照由{chinese} {found} 制作，本程序为{chinese} {ours}。快照并未损坏，已原样移开；"
            "将改用更早的快照或从头重放日志，耗时较长。"
        )


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
    header = _HEADER.encode(snapshot.header)
    begin = MAGIC + _LENGTH.pack(len(header)) + header
    with unfinished.open("wb") as out:
        for part in (begin, hashlib.sha256(begin).digest(), snapshot.state, snapshot.view, snapshot.keys):
            out.write(part)
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
    with path.open("rb") as file:
        header = _read_header(path, file)
        parts = [
            _read_part(path, file, length, digest)
            for length, digest in (
                (header.state_bytes, header.state_hash),
                (header.view_bytes, header.view_hash),
                (header.keys_bytes, header.keys_hash),
            )
        ]
        if file.read(1) or path.name != file_of(path.parent, header.seq).name:
            raise SnapshotFlawedError(f"{path.name} is not what its header says")
    return Snapshot(header, *parts)


def _read_header(path: Path, file: BinaryIO) -> SnapshotHeader:
    begin = file.read(len(MAGIC) + _LENGTH.size)
    _demand_format(path, begin, file)
    if len(begin) == len(MAGIC) + _LENGTH.size:
        begin += file.read(*_LENGTH.unpack_from(begin, len(MAGIC)))
    if not begin.startswith(MAGIC) or hashlib.sha256(begin).digest() != file.read(_DIGEST_BYTES):
        raise SnapshotFlawedError(f"{path.name} is damaged or cut short")
    try:
        header = cast(SnapshotHeader, _HEADER.decode(begin[len(MAGIC) + _LENGTH.size :]))
    except CanonicalError as error:
        raise SnapshotFlawedError(f"{path.name} has a header that cannot be read: {error}") from error
    return header


def _demand_format(path: Path, begin: bytes, file: BinaryIO) -> None:
    """The format comes first in every header, and of what follows nothing is known when it is another."""
    here = file.tell()
    found = int.from_bytes(file.read(8), "big")
    file.seek(here)
    if begin.startswith(MAGIC) and found != SNAPSHOT_FORMAT and 0 < found <= LARGEST_VERSION:
        raise SnapshotOfOtherVersionError(path.name, "snapshot format", "快照格式", found, SNAPSHOT_FORMAT)


def _read_part(path: Path, file: BinaryIO, length: int, digest: bytes) -> bytes:
    part = file.read(length)
    if len(part) != length or hash_of_image(part) != digest:
        raise SnapshotFlawedError(f"{path.name} is damaged or cut short")
    return part
