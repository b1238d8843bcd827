"""Computes the golden vectors, and reads and writes their files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from exchange.core.canonical import FORMAT_VERSION, TaggedUnion
from exchange.core.codec import ACTIONS, COMMANDS, EVENTS, encode_command, encode_events
from exchange.core.image import encode_state, state_hash
from exchange.core.machine import ENGINE_VERSION, Outcome, apply
from exchange.core.state import ExchangeState
from exchange.core.values import KeyId, Seq
from exchange.sequencer.journal import GENESIS_HEAD, Leaf, encode_leaf, next_head
from tests.core.golden.samples import sample
from tests.core.golden.story import told

FOLDER = Path(__file__).parent

Vector = dict[str, Any]


def records(table: TaggedUnion) -> Vector:
    """Every kind of a union: its tag, name, sample and bytes."""
    rows = []
    for tag, kind in sorted(table.table.items()):
        one = sample(kind)
        shown = json.loads(json.dumps(asdict(one), default=bytes.hex))
        rows.append({"tag": tag, "record": kind.__name__, "fields": shown, "bytes": table.encode(one).hex()})
    return {"format_version": FORMAT_VERSION, "records": rows}


def market() -> Vector:
    """The story's log entry by entry with the chain's head after each, and what the state is at its end."""
    log, state, head = told().log, ExchangeState(), GENESIS_HEAD
    entries = []
    for number, (command, key, at) in enumerate(log, 1):
        outcome = apply(state, command, key, Seq(number), at)
        leaf = encode_leaf(_leaf(state, encode_command(command), key, outcome))
        head = next_head(head, leaf)
        entries.append({"command": type(command).__name__, "leaf": leaf.hex(), "head": head.hex()})
    end = {"image": encode_state(state).hex(), "state_hash": state_hash(state).hex()}
    return {"format_version": FORMAT_VERSION, "engine_version": ENGINE_VERSION, "entries": entries, **end}


def _leaf(state: ExchangeState, command: bytes, key: KeyId, outcome: Outcome) -> Leaf:
    """The leaf of the entry that was just applied, without an idempotency key."""
    return Leaf(
        FORMAT_VERSION,
        ENGINE_VERSION,
        state.rulebook.version,
        1,
        state.seq,
        state.at,
        key,
        0,
        "",
        b"",
        command,
        hashlib.sha256(encode_events(outcome.events)).digest(),
        int(outcome.reason or 0),
        outcome.created,
    )


VECTORS: dict[str, Callable[[], Vector]] = {
    "actions": lambda: records(ACTIONS),
    "commands": lambda: records(COMMANDS),
    "events": lambda: records(EVENTS),
    "market": market,
}


def kept(name: str) -> Vector:
    """A vector as it was written."""
    vector: Vector = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return vector


def write(name: str) -> Path:
    """Write a vector as it is now."""
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(VECTORS[name](), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path
