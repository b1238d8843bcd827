"""Any record of the vocabulary, made at random from its type hints: for what must hold for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import IntEnum
from typing import Any, NewType, cast, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from exchange.core.canonical import TaggedUnion, Wide
from exchange.core.codec import ACTIONS
from exchange.core.commands.approvals import Action

INTEGERS = st.integers(-(2**63), 2**63 - 1)
WIDE_INTEGERS = st.integers(-(2**127), 2**127 - 1)


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a field with this type hint."""
    while isinstance(hint, NewType) and hint is not Wide:
        hint = hint.__supertype__
    simple: Mapping[Any, st.SearchStrategy[Any]] = {
        int: INTEGERS,
        Wide: WIDE_INTEGERS,
        bool: st.booleans(),
        str: st.text(max_size=8),
        bytes: st.binary(max_size=8),
    }
    if hint in simple:
        return simple[hint]
    if hint is Action:
        return union(ACTIONS)
    if get_origin(hint) in (tuple, list):
        return st.lists(values(get_args(hint)[0]), max_size=3).map(cast(type, get_origin(hint)))
    if isinstance(hint, type) and issubclass(hint, IntEnum):
        return st.sampled_from(hint)
    assert is_dataclass(hint), hint
    return record(cast(type, hint))


def record(kind: type) -> st.SearchStrategy[Any]:
    """Any record of a slotted dataclass."""
    hints = get_type_hints(kind)
    return st.builds(kind, *(values(hints[field.name]) for field in fields(kind)))


def union(table: TaggedUnion) -> st.SearchStrategy[Any]:
    """Any record of a tagged union."""
    return st.one_of([record(kind) for kind in table.table.values()])
