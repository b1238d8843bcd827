"""Replay finds a request of many commands that is not there as a whole, also in a journal whose chain fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from exchange.audit.groups_whole import GroupsWhole
from exchange.core.values import KeyId, Seq
from exchange.sequencer.journal import JournalCorruptError, Leaf, StoredEntry, decode_leaf
from tests.replay.journals import changed, replay_stored


def group_of(stored: list[StoredEntry]) -> list[int]:
    """The places of the group's entries."""
    leaves = [decode_leaf(entry.leaf_bytes) for entry in stored]
    first = next(n for n, leaf in enumerate(leaves) if leaf.body_hash and not leaf.idempotency_key)
    return [n for n, leaf in enumerate(leaves) if leaf.body_hash == leaves[first].body_hash]


def test_a_journal_with_a_group_is_replayed(stored: list[StoredEntry]) -> None:
    places = group_of(stored)
    assert len(places) == 6
    assert places == list(range(places[0], places[0] + 6))
    leaves = [decode_leaf(stored[n].leaf_bytes) for n in places]
    assert [bool(leaf.idempotency_key) for leaf in leaves] == [False] * 5 + [True]
    assert all(leaf.key and leaf.scope for leaf in leaves)
    assert replay_stored(stored) == len(stored)


def test_a_tail_that_is_cut_inside_of_a_group_is_found(stored: list[StoredEntry]) -> None:
    *_, last = group_of(stored)
    assert replay_stored(stored[: last + 1]) == last + 1
    for end in range(last - 4, last + 1):
        with pytest.raises(JournalCorruptError, match=f"ends with entry {end}, inside of a request"):
            replay_stored(stored[:end])


@pytest.mark.parametrize(
    "change",
    [
        lambda leaf: replace(leaf, body_hash=bytes(32)),
        lambda leaf: replace(leaf, scope=leaf.scope + 1),
        lambda leaf: replace(leaf, body_hash=b""),
    ],
)
def test_an_entry_of_something_else_inside_of_a_group_is_found(
    stored: list[StoredEntry], change: Callable[[Leaf], Leaf]
) -> None:
    third = group_of(stored)[2]
    with pytest.raises(JournalCorruptError, match=f"entry {third + 1} stands where the request of entry {third} "):
        replay_stored(changed(stored, third, change))


def test_an_entry_of_another_key_or_writer_does_not_belong_to_the_request(stored: list[StoredEntry]) -> None:
    first, second, *_ = (decode_leaf(stored[n].leaf_bytes) for n in group_of(stored))
    for other in (replace(second, key=KeyId(second.key + 1)), replace(second, epoch=second.epoch + 1)):
        groups = GroupsWhole()
        groups.check(first)
        with pytest.raises(JournalCorruptError, match="should go on"):
            groups.check(other)


def test_a_group_that_lost_its_idempotency_key_goes_on_where_another_request_begins(
    stored: list[StoredEntry],
) -> None:
    last = group_of(stored)[-1]
    with pytest.raises(JournalCorruptError, match=f"entry {last + 2} stands where the request of entry {last + 1} "):
        replay_stored(changed(stored, last, lambda leaf: replace(leaf, idempotency_key="")))


def test_entries_of_the_program_itself_end_nothing_and_begin_nothing() -> None:
    own = Leaf(1, 1, 1, 1, Seq(1), 0, KeyId(0), 0, "", b"", b"", bytes(32), 0, 0)  # type: ignore[arg-type]
    groups = GroupsWhole()
    for _ in range(3):
        groups.check(own)
    groups.conclude(Seq(3))
