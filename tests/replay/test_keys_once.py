"""INV-24: replay finds an idempotency key that stands in two entries of one scope, wherever in the log they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exchange.sequencer.journal import JournalCorruptError, Leaf, StoredEntry, decode_leaf
from exchange.sequencer.spentkeys import SpentKeys
from tests.replay.journals import changed, replay_stored


def with_key(stored: list[StoredEntry], n: int, scope: int, key: str) -> list[StoredEntry]:
    """The journal with another key in one entry, and a chain that fits."""

    def with_it(leaf: Leaf) -> Leaf:
        return replace(leaf, scope=scope, idempotency_key=key, body_hash=leaf.body_hash if key else b"")

    return changed(stored, n, with_it)


def keyed(stored: list[StoredEntry]) -> list[int]:
    """The places of the entries that have a key."""
    return [n for n, entry in enumerate(stored) if decode_leaf(entry.leaf_bytes).idempotency_key]


@pytest.mark.parametrize("later", [1, -1])
def test_a_key_that_comes_twice_in_a_scope_is_found(stored: list[StoredEntry], later: int) -> None:
    first, second = keyed(stored)[0], keyed(stored)[later]
    leaf = decode_leaf(stored[first].leaf_bytes)
    said = (
        f"entry {second + 1} has the idempotency key '{leaf.idempotency_key}' of entry {first + 1}, scope {leaf.scope}"
    )
    with pytest.raises(JournalCorruptError, match=said):
        replay_stored(with_key(stored, second, leaf.scope, leaf.idempotency_key))


def test_the_same_key_in_another_scope_is_another_key(stored: list[StoredEntry]) -> None:
    first, *_, last = keyed(stored)
    leaf = decode_leaf(stored[first].leaf_bytes)
    assert replay_stored(with_key(stored, last, leaf.scope + 10**6, leaf.idempotency_key)) == len(stored)


def test_entries_without_a_key_have_nothing_in_common(stored: list[StoredEntry]) -> None:
    first, second, *_ = keyed(stored)
    once = with_key(stored, first, 0, "")
    assert replay_stored(with_key(once, second, 0, "")) == len(stored)


def test_a_filter_that_takes_every_key_for_a_known_one_accuses_nobody(
    stored: list[StoredEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SpentKeys, "may_hold", lambda *_: True)
    assert replay_stored(stored) == len(stored)
