"""JSON of strangers: what is read can be written again, and everything else is refused with a reason."""

from __future__ import annotations

import json
from typing import Any

import pytest

from exchange.foreign_json import MOST_DEPTH, ForeignJsonError, read_foreign_json


def nested(depth: int, opening: bytes = b"[", closing: bytes = b"]", inside: bytes = b"") -> bytes:
    """Containers inside of each other."""
    return opening * depth + inside + closing * depth


@pytest.mark.parametrize(
    "value", [None, True, 0, -(10**30), 1.5, "内蒙古", [], {}, {"a": [{"b": [1, "x", None]}], "A": "\U0001f332"}]
)
def test_what_was_written_is_read(value: Any) -> None:
    assert read_foreign_json(json.dumps(value).encode()) == value
    assert read_foreign_json(json.dumps(value, ensure_ascii=False, indent=1).encode()) == value


def test_it_is_read_to_a_depth() -> None:
    assert read_foreign_json(nested(MOST_DEPTH)) is not None
    assert read_foreign_json(nested(MOST_DEPTH - 1, b'{"a":', b"}", b"[1]")) is not None


@pytest.mark.parametrize("depth", [MOST_DEPTH + 1, 500, *range(900, 1_000, 10), 5_000, 200_000])
@pytest.mark.parametrize(("opening", "closing", "inside"), [(b"[", b"]", b""), (b'{"a":', b"}", b"1")])
def test_what_is_deeper_is_refused(depth: int, opening: bytes, closing: bytes, inside: bytes) -> None:
    with pytest.raises(ForeignJsonError, match="deep"):
        read_foreign_json(nested(depth, opening, closing, inside))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no JSON"),
        (b"\xff\xfe\xfd", "no JSON"),
        (b'{"a":1,"a":1}', "twice"),
        (b'[{"a":{"b":1,"\\u0062":2}}]', "twice"),
        (b"[NaN]", "none"),
        (b"-Infinity", "none"),
        (b"[1e999]", "too large"),
        (b"9" * 1_000_000, "no JSON"),
        (b'["\\ud800"]', "half"),
        (b'{"\\udc00":1}', "half"),
        (b'{"a":[{"b":"\\ud83c"}]}', "half"),
    ],
)
def test_what_other_programs_read_otherwise_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(ForeignJsonError, match=why):
        read_foreign_json(data)
