"""The vocabulary in bytes: every command and event has one tag and survives its own bytes."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.core.canonical import CanonicalError, TaggedUnion
from exchange.core.codec import (
    ACTIONS,
    COMMANDS,
    EVENTS,
    decode_command,
    decode_events,
    encode_command,
    encode_events,
)
from exchange.core.commands import Command
from exchange.core.commands.approvals import Action
from exchange.core.events import Event
from tests.core.records import record, union

UNIONS = [(Command, COMMANDS), (Event, EVENTS), (Action, ACTIONS)]
KINDS = [(table, kind) for _, table in UNIONS for kind in table.table.values()]


@pytest.mark.parametrize(("alias", "table"), UNIONS, ids=["commands", "events", "actions"])
def test_every_member_of_a_union_has_a_tag_and_nothing_else_has(alias: Any, table: TaggedUnion) -> None:
    assert set(table.table.values()) == set(get_args(alias))
    assert sorted(table.table) == list(range(1, len(table.table) + 1))


@pytest.mark.parametrize(("table", "kind"), KINDS, ids=[kind.__name__ for _, kind in KINDS])
@settings(max_examples=15)
@given(data=st.data())
def test_a_record_survives_its_bytes_and_no_part_of_them_is_one(
    table: TaggedUnion, kind: type, data: st.DataObject
) -> None:
    original = data.draw(record(kind))
    encoded = table.encode(original)
    assert table.decode(encoded) == original
    assert table.encode(table.decode(encoded)) == encoded
    for end in {0, 1, len(encoded) // 2, len(encoded) - 1}:
        with pytest.raises(CanonicalError):
            table.decode(encoded[:end])


@settings(max_examples=50)
@given(st.lists(union(EVENTS), max_size=4))
def test_events_of_an_entry_stand_one_behind_the_other(events: list[Any]) -> None:
    encoded = encode_events(events)
    assert decode_events(encoded) == events
    if encoded:
        with pytest.raises(CanonicalError):
            decode_events(encoded + b"\x00")


@settings(max_examples=50)
@given(union(COMMANDS), union(COMMANDS))
def test_two_commands_have_the_same_bytes_only_if_they_are_the_same(one: Any, other: Any) -> None:
    assert (encode_command(one) == encode_command(other)) == (one == other)
    assert decode_command(encode_command(one)) == one
