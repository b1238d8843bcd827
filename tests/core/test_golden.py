"""The golden vectors come out as they were written, and what was written can be read."""

from __future__ import annotations

import pytest

from exchange.core.canonical import TaggedUnion
from exchange.core.codec import ACTIONS, COMMANDS, EVENTS
from exchange.core.image import decode_state, encode_state, state_hash
from tests.core.golden.samples import sample
from tests.core.golden.vectors import VECTORS, kept

CHANGED = "the bytes differ from those of existing journals; see tests/core/golden/__init__.py before you rewrite them"


@pytest.mark.parametrize("name", VECTORS)
def test_the_vectors_come_out_as_they_were_written(name: str) -> None:
    assert VECTORS[name]() == kept(name), CHANGED


@pytest.mark.parametrize(("name", "table"), [("actions", ACTIONS), ("commands", COMMANDS), ("events", EVENTS)])
def test_what_was_written_is_read_as_what_it_was(name: str, table: TaggedUnion) -> None:
    rows = kept(name)["records"]
    assert [row["tag"] for row in rows] == sorted(table.table)
    for row in rows:
        assert table.decode(bytes.fromhex(row["bytes"])) == sample(table.table[row["tag"]])


def test_the_image_that_was_written_is_read_as_the_state_that_it_was() -> None:
    vector = kept("market")
    state = decode_state(bytes.fromhex(vector["image"]))
    assert encode_state(state).hex() == vector["image"]
    assert state_hash(state).hex() == vector["state_hash"]
    assert state.seq == len(vector["entries"])
    assert state.session.jobs
