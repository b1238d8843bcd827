"""The targets of `./dev fuzz` under Hypothesis: few inputs, every run, everywhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.examples import EXAMPLES
from tests.fuzz.targets import TARGETS


def test_every_target_has_examples() -> None:
    assert set(EXAMPLES) == set(TARGETS)


@pytest.mark.parametrize("target", TARGETS)
def test_good_bytes_keep_the_rules(target: str) -> None:
    examples = list(EXAMPLES[target]())
    assert examples
    for example in examples:
        TARGETS[target](example)


@pytest.mark.parametrize("target", TARGETS)
@given(data=st.data())
def test_changed_bytes_keep_the_rules(target: str, data: st.DataObject) -> None:
    example = data.draw(st.sampled_from(list(EXAMPLES[target]())))
    at = data.draw(st.integers(0, len(example)))
    until = data.draw(st.integers(at, len(example)))
    TARGETS[target](example[:at] + data.draw(st.binary(max_size=20)) + example[until:])


DEPTHS = (8, 9, 16, 17, 300, *range(900, 1_001, 5), 100_000)
CONTAINERS = ((b"[", b"]"), (b'{"a":', b"}"), (b'[{"a":', b"}]"), (b"[", b""), (b'{"a":', b""))


@pytest.mark.parametrize("target", TARGETS)
@given(data=st.data())
def test_deep_bytes_keep_the_rules(target: str, data: st.DataObject) -> None:
    """Lists and objects inside of each other, alone and in what is good without them."""
    depth, (opening, closing) = data.draw(st.sampled_from(DEPTHS)), data.draw(st.sampled_from(CONTAINERS))
    deep = opening * depth + b"1" + closing * depth
    TARGETS[target](deep)
    example = data.draw(st.sampled_from(list(EXAMPLES[target]())))
    within = [at for at, byte in enumerate(example) if byte in b"{["] or [0]
    at = data.draw(st.sampled_from(within)) + 1
    more = b'"more":' + deep if example[at - 1 : at] == b"{" else deep
    TARGETS[target](example[:at] + more + b"," + example[at:])


@pytest.mark.parametrize("target", TARGETS)
@given(raw=st.binary(max_size=300))
def test_any_bytes_keep_the_rules(target: str, raw: bytes) -> None:
    TARGETS[target](raw)
