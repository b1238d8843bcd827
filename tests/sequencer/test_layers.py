"""What lies over which serials, against a list that names it serial by serial."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exchange.core.serials import SerialRange
from exchange.core.values import EncumbranceId
from exchange.sequencer.view.layers import Layers

SERIALS = 12

RANGES = (
    st.tuples(st.integers(0, SERIALS), st.integers(0, SERIALS))
    .filter(lambda ends: ends[0] < ends[1])
    .map(lambda ends: SerialRange(*ends))
)
CHANGES = st.tuples(st.booleans(), st.integers(1, 4).map(EncumbranceId), RANGES)


@given(st.lists(CHANGES, max_size=20), RANGES)
def test_they_lie_where_they_were_laid_and_not_taken(
    changes: list[tuple[bool, EncumbranceId, SerialRange]], asked: SerialRange
) -> None:
    layers, naive = Layers(), [set[EncumbranceId]() for _ in range(SERIALS)]
    for laid, number, serials in changes:
        (layers.lay if laid else layers.take)(number, serials)
        for serial in range(serials.lo, serials.hi):
            (naive[serial].add if laid else naive[serial].discard)(number)
    assert layers.over(asked) == set().union(*naive[asked.lo : asked.hi])
    assert layers.edges == [at for at in range(SERIALS + 1) if at == 0 or differs(naive, at)]


def differs(naive: list[set[EncumbranceId]], at: int) -> bool:
    """Whether something begins or ends there."""
    return naive[at - 1] != (naive[at] if at < SERIALS else set())
