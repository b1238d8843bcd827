"""Replay from the bytes alone: the same market in every process, and no flaw of the bytes goes unnoticed."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import subprocess
import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import exchange
from exchange.audit.export import ExportedEntry, exported_entries, read_export
from exchange.audit.replay import ReplayReport, replay
from exchange.core.codec import decode_command, decode_events, encode_command, encode_events
from exchange.core.commands.instruments import AttestSnapshot
from exchange.core.events.governance import SnapshotAttested
from exchange.core.events.orders import Traded
from exchange.core.image import IMAGE_FORMAT
from exchange.core.values import Micros, Seq, notional
from exchange.sequencer.journal import (
    JournalCorruptError,
    OtherVersionError,
    StoredEntry,
    decode_leaf,
    encode_leaf,
    next_head,
)
from tests.replay.journals import exported, write_journal
from tests.sequencer.simulated_store import Disk


@dataclass(slots=True)
class Written:
    """A journal, its export, and the state that its writer had at the end."""

    disk: Disk
    file: bytes
    state_hash: bytes


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The journal of a busy day."""
    disk, state_hash = asyncio.run(write_journal(tmp_path_factory.mktemp("written")))
    return Written(disk, exported(disk), state_hash)


def replay_file(path: Path) -> ReplayReport:
    """Replay an exported journal."""
    return asyncio.run(replay(lambda: exported_entries(path)))


def replay_bytes(data: bytes) -> ReplayReport:
    """Replay an exported journal that is in memory."""

    async def entries() -> AsyncGenerator[ExportedEntry, None]:
        for entry in read_export(io.BytesIO(data)):
            yield entry

    return asyncio.run(replay(entries))


def replay_stored(stored: list[StoredEntry]) -> ReplayReport:
    """Replay entries as a database gives them."""

    async def entries() -> AsyncGenerator[StoredEntry, None]:
        for entry in stored:
            yield entry

    return asyncio.run(replay(entries))


def test_replay_finds_what_the_writer_had(written: Written) -> None:
    traded = [
        event
        for entry in written.disk.entries
        for event in decode_events(entry.events_bytes)
        if isinstance(event, Traded)
    ]
    report = replay_bytes(written.file)
    assert report == replay_stored(written.disk.entries)
    assert (report.entries, report.head) == (len(written.disk.entries), written.disk.head)
    assert report.state_hash == written.state_hash
    assert report.trades == len(traded) > 10
    assert report.tonnes == sum(trade.quantity for trade in traded)
    assert report.value == sum(notional(trade.price, trade.quantity) for trade in traded)
    assert report.attestations >= 2


def test_another_process_with_another_hash_seed_finds_the_same(written: Written, tmp_path: Path) -> None:
    path = tmp_path / "journal.bin"
    path.write_bytes(written.file)
    program = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from exchange.audit.export import exported_entries\n"
        "from exchange.audit.replay import replay\n"
        "print(asyncio.run(replay(lambda: exported_entries(Path(sys.argv[1])))))\n"
    )
    found = set()
    for hash_seed in ("1", "4242"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(Path(exchange.__file__).parents[1])}
        command = [sys.executable, "-c", program, str(path)]
        found.add(
            subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment, check=True).stdout.strip()
        )
    assert found == {str(replay_file(path))}


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.integers(0, 2**40))
def test_any_flipped_bit_of_an_export_is_found(written: Written, where: int) -> None:
    data = bytearray(written.file)
    bit = where % (len(data) * 8)
    data[bit >> 3] ^= 1 << (bit & 7)
    with pytest.raises(JournalCorruptError):
        replay_bytes(bytes(data))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entry=st.integers(0, 2**20), where=st.integers(0, 2**40))
def test_a_flipped_bit_in_a_leaf_or_head_is_named(written: Written, entry: int, where: int) -> None:
    n = entry % len(written.disk.entries)
    stored = list(written.disk.entries)
    both = bytearray(stored[n].leaf_bytes + stored[n].head)
    bit = where % (len(both) * 8)
    both[bit >> 3] ^= 1 << (bit & 7)
    size = len(stored[n].leaf_bytes)
    stored[n] = replace(stored[n], leaf_bytes=bytes(both[:size]), head=bytes(both[size:]))
    with pytest.raises(JournalCorruptError, match=rf"entry {n + 1} "):
        replay_stored(stored)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(length=st.integers(0, 2**40))
def test_a_file_that_was_cut_short_is_found(written: Written, length: int) -> None:
    with pytest.raises(JournalCorruptError):
        replay_bytes(written.file[: length % len(written.file)])


def test_more_behind_the_end_is_found(written: Written) -> None:
    with pytest.raises(JournalCorruptError, match="the file's end"):
        replay_bytes(written.file + b"\0")


def rechained(stored: list[StoredEntry], n: int, leaf_bytes: bytes) -> list[StoredEntry]:
    """The journal with another leaf at one place and a chain that agrees with it: a forger who can hash."""
    forged = stored[:n]
    head = stored[n - 1].head
    for entry in [replace(stored[n], leaf_bytes=leaf_bytes), *stored[n + 1 :]]:
        head = next_head(head, entry.leaf_bytes)
        forged.append(replace(entry, head=head))
    return forged


FORGERIES = {
    "reason": "is refused with",
    "created": "creates",
    "events_hash": "has other events when done again",
    "seq": "says that it is entry 62",
    "at": "is stamped before the entry in front of it",
    "epoch": "is of an earlier epoch",
    "rules_version": "is of rulebook version",
    "engine": "was written by engine",
}
"""What a forger changes, and what replay then says of entry 61."""


@pytest.mark.parametrize("field", FORGERIES)
def test_a_forger_who_mends_the_chain_is_found_by_doing_it_again(written: Written, field: str) -> None:
    stored = written.disk.entries
    n = 60
    leaf = decode_leaf(stored[n].leaf_bytes)
    changed = {
        "reason": replace(leaf, reason=leaf.reason + 1),
        "created": replace(leaf, created=leaf.created + 1),
        "events_hash": replace(leaf, events_hash=bytes(32)),
        "seq": replace(leaf, seq=Seq(leaf.seq + 1)),
        "at": replace(leaf, at=Micros(decode_leaf(stored[n - 1].leaf_bytes).at - 1)),
        "epoch": replace(leaf, epoch=leaf.epoch - 1),
        "rules_version": replace(leaf, rules_version=leaf.rules_version + 1),
        "engine": replace(leaf, engine_version=leaf.engine_version + 1),
    }[field]
    with pytest.raises(JournalCorruptError, match=rf"entry {n + 1} {FORGERIES[field]}"):
        replay_stored(rechained(stored, n, encode_leaf(changed)))


def test_a_false_attestation_is_found(written: Written) -> None:
    """The forger mends the chain, the command and the event; only the state itself gives the lie away."""
    stored = written.disk.entries
    attesting = [n for n, entry in enumerate(stored) if isinstance(_command(entry), AttestSnapshot)]
    assert attesting
    for n in attesting:
        command = _command(stored[n])
        assert isinstance(command, AttestSnapshot)
        events = encode_events([SnapshotAttested(command.at_seq, bytes(32))])
        leaf = replace(
            decode_leaf(stored[n].leaf_bytes),
            command=encode_command(replace(command, state_hash=bytes(32))),
            events_hash=hashlib.sha256(events).digest(),
        )
        forged = rechained(stored, n, encode_leaf(leaf))
        forged[n] = replace(forged[n], events_bytes=events)
        with pytest.raises(
            JournalCorruptError, match=rf"entry {n + 1} attests another state after entry {command.at_seq}"
        ):
            replay_stored(forged)


def attesting_in(stored: list[StoredEntry], image_format: int) -> list[StoredEntry]:
    """The journal as a program would have written it that writes states in another format: other hashes of them."""
    for n, entry in enumerate(stored):
        command = _command(entry)
        if isinstance(command, AttestSnapshot):
            events = encode_events([SnapshotAttested(command.at_seq, bytes(32))])
            leaf = replace(
                decode_leaf(entry.leaf_bytes),
                command=encode_command(replace(command, state_hash=bytes(32), image_format=image_format)),
                events_hash=hashlib.sha256(events).digest(),
            )
            stored = rechained(stored, n, encode_leaf(leaf))
            stored[n] = replace(stored[n], events_bytes=events)
    return stored


def test_a_hash_of_a_state_in_other_bytes_is_no_other_state(written: Written) -> None:
    whole = replay_stored(written.disk.entries)
    report = replay_stored(attesting_in(written.disk.entries, IMAGE_FORMAT + 1))
    assert (whole.attestations, whole.of_other_formats) == (report.of_other_formats, report.attestations)
    assert report.state_hash == whole.state_hash and whole.attestations >= 2


@pytest.mark.parametrize("what", ["engine", "format", "a format that is laid out otherwise"])
def test_an_entry_of_another_version_is_named_as_one_and_not_as_damaged(written: Written, what: str) -> None:
    stored = written.disk.entries
    leaf = decode_leaf(stored[60].leaf_bytes)
    changed = {
        "engine": encode_leaf(replace(leaf, engine_version=99, command=b"in other words")),
        "format": encode_leaf(replace(leaf, format_version=99)),
        "a format that is laid out otherwise": (99).to_bytes(8, "big") + b"otherwise",
    }[what]
    said = "by engine 99; this program is engine " if what == "engine" else "in format 99; this program reads format "
    with pytest.raises(OtherVersionError, match=f"entry 61 was written {said}") as told:
        replay_stored(rechained(stored, 60, changed))
    assert told.value.chinese.startswith("第 61 条")


def _command(entry: StoredEntry) -> object:
    return decode_command(decode_leaf(entry.leaf_bytes).command)


def test_other_events_beside_a_leaf_are_found(written: Written) -> None:
    stored = list(written.disk.entries)
    stored[50] = replace(stored[50], events_bytes=stored[49].events_bytes)
    with pytest.raises(JournalCorruptError, match="entry 51 has other events stored beside it"):
        replay_stored(stored)


def test_a_renumbered_row_is_found(written: Written) -> None:
    stored = list(written.disk.entries)
    stored[50] = replace(stored[50], seq=stored[51].seq)
    with pytest.raises(JournalCorruptError, match="entry 51 is stored as entry 52"):
        replay_stored(stored)
