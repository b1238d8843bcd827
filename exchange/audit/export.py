"""The journal as one file that can be carried away and replayed without a database.

Format, big-endian: the magic word ``CXJOURNAL1``; for each entry the length of its leaf in 4 bytes, the leaf, and the
32 bytes of the head after it; at the end a length of 0, the number of entries in 8 bytes, and the last head again, so
that a file that was cut short does not look like a shorter journal. The events are not in it: replay makes them again,
and each leaf has their hash.
"""

from __future__ import annotations

import struct
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from exchange.core.values import Seq
from exchange.sequencer.journal import GENESIS_HEAD, MAX_LEAF_BYTES, JournalCorruptError, StoredEntry

MAGIC: Final = b"CXJOURNAL1"
_LENGTH: Final = struct.Struct(">I")
_COUNT: Final = struct.Struct(">Q")
_HEAD_BYTES: Final = len(GENESIS_HEAD)


class NotAJournalError(JournalCorruptError):
    """Nothing in the file is of an exported journal: it is another file, rather than a damaged one."""


@dataclass(slots=True)
class ExportedEntry:
    """An entry as read from a file: bytes only, nothing believed yet. Its ``seq`` is its place in the file."""

    seq: Seq
    leaf_bytes: bytes
    head: bytes


async def export_journal(entries: AsyncIterator[StoredEntry], out: BinaryIO) -> int:
    """Write all entries, from the first one on, as they are stored. Returns how many there were."""
    out.write(MAGIC)
    count, head = 0, GENESIS_HEAD
    async for entry in entries:
        out.write(_LENGTH.pack(len(entry.leaf_bytes)))
        out.write(entry.leaf_bytes)
        out.write(entry.head)
        count, head = count + 1, entry.head
    out.write(_LENGTH.pack(0) + _COUNT.pack(count) + head)
    return count


def read_export(file: BinaryIO) -> Iterator[ExportedEntry]:
    """The entries of a file in order, in bounded memory.

    Raises:
        JournalCorruptError: when the file is cut short or is not in this format; it names the entry.
        NotAJournalError: when it does not even begin like an exported journal.
    """
    _demand_magic(file.read(len(MAGIC)))
    seq, head = Seq(1), GENESIS_HEAD
    while (length := _LENGTH.unpack(_exactly(file, _LENGTH.size, seq))[0]) != 0:
        if length > MAX_LEAF_BYTES:
            raise JournalCorruptError(
                f"entry {seq} of the file has an impossible length", f"第 {seq} 条的长度不可能成立"
            )
        leaf_bytes = _exactly(file, length, seq)
        head = _exactly(file, _HEAD_BYTES, seq)
        yield ExportedEntry(seq, leaf_bytes, head)
        seq = Seq(seq + 1)
    if file.read(_COUNT.size + _HEAD_BYTES + 1) != _COUNT.pack(seq - 1) + head:
        raise JournalCorruptError(
            f"the file's end does not fit its {seq - 1} entries", f"文件的结尾与其 {seq - 1} 条日志不符"
        )


def _demand_magic(found: bytes) -> None:
    """The magic word is all there, or at least half of what is there is of it and the file is a damaged journal."""
    if found == MAGIC:
        return
    alike = sum(there == wanted for there, wanted in zip(found, MAGIC, strict=False))
    if found and 2 * alike >= len(found):
        raise JournalCorruptError("the file is damaged in its first bytes", "文件的开头已损坏")
    raise NotAJournalError("it is not an exported journal", "该文件不是导出的日志")


def _exactly(file: BinaryIO, size: int, seq: Seq) -> bytes:
    data = file.read(size)
    if len(data) != size:
        raise JournalCorruptError(f"the file is cut short in entry {seq}", f"文件在第 {seq} 条处被截短")
    return data


async def exported_entries(path: Path) -> AsyncGenerator[ExportedEntry, None]:
    """The entries of a file for :func:`exchange.audit.replay.replay`; raises as :func:`read_export` does."""
    with open(path, "rb") as file:  # noqa: ASYNC230  a replay of a file has nothing else to do meanwhile
        for entry in read_export(file):
            yield entry
