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


@pytest.mark.parametrize("target", TARGETS)
@given(raw=st.binary(max_size=300))
def test_any_bytes_keep_the_rules(target: str, raw: bytes) -> None:
    TARGETS[target](raw)
