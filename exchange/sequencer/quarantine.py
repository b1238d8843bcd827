"""What happens when the program meets its own bug: keep the evidence, name the command, stop.

Two things are bugs and never bad input: an exception while a command is decided, and a database constraint that fires.
In both the command at fault is remembered by the SHA-256 of its canonical bytes; after a restart the same command is
answered COMMAND_QUARANTINED without being applied, so that one bad command cannot make the service fall over again and
again. The batch is kept in ``failed-batch-<seq>.bin`` for whoever mends the bug.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from exchange.core.canonical import RecordCodec
from exchange.core.values import Seq
from exchange.sequencer.deciding import CommandBrokeError, command_hash
from exchange.sequencer.journal import Batch, ConstraintBrokenError, Entry, JournalStore

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class FailedBatch:
    """A batch that was not committed because of a bug: ``leaves`` in order, ``events`` beside them, and the command
    at fault where it never became an entry.
    """

    first_seq: Seq
    before: bytes
    leaves: tuple[bytes, ...]
    events: tuple[bytes, ...]
    broken_command: bytes
    why: str


_FAILED_BATCH: Final = RecordCodec(FailedBatch)


def read_failed_batch(path: Path) -> FailedBatch:
    """The batch that was kept in a file; raises CanonicalError when it is something else."""
    return cast(FailedBatch, _FAILED_BATCH.decode(path.read_bytes()))


def keep_failed_batch(
    folder: Path, before: bytes, entries: list[Entry], broken: CommandBrokeError | None, why: str
) -> None:
    """Write the evidence; ``entries`` were decided, ``broken`` came after them. A disk that refuses is only logged,
    since the quarantine that follows is what protects the next start.
    """
    first_seq = entries[0].leaf.seq if entries or broken is None else broken.seq
    kept = FailedBatch(
        first_seq,
        before,
        tuple(entry.leaf_bytes for entry in entries),
        tuple(entry.events_bytes for entry in entries),
        broken.command_bytes if broken else b"",
        why,
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = _unused_name(folder, first_seq)
        path.write_bytes(_FAILED_BATCH.encode(kept))
    except OSError:
        logger.exception("the batch that begins with entry %d could not be kept", first_seq)
    else:
        logger.critical("the batch is kept in %s", path)


def _unused_name(folder: Path, first_seq: Seq) -> Path:
    """Two starts can fail at the same entry; the evidence of the first stays."""
    path, n = folder / f"failed-batch-{first_seq}.bin", 1
    while path.exists():
        n += 1
        path = folder / f"failed-batch-{first_seq}-{n}.bin"
    return path


async def quarantine_broken_command(store: JournalStore, broken: CommandBrokeError) -> None:
    """Remember a command that could not be decided."""
    await store.quarantine(command_hash(broken.command_bytes), broken.command_bytes, str(broken))
    logger.critical("%s; the command is in quarantine", broken)


async def quarantine_offender(store: JournalStore, batch: Batch, error: ConstraintBrokenError) -> None:
    """Find the entry that the database refuses, and remember its command."""
    offender = await store.find_offender(batch)
    command = offender.leaf.command
    await store.quarantine(command_hash(command), command, f"entry {offender.leaf.seq}: {error}")
    logger.critical("entry %d broke a constraint: %s; its command is in quarantine", offender.leaf.seq, error)
