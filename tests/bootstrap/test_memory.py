"""The garbage collector in the service: never all of the heap, never many objects at a time."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from exchange.bootstrap.memory import PortionedCollector, calm_the_collector, quiet_start

AT_ONCE = 10_000
IN_A_PORTION = 2_000


@pytest.fixture
def before() -> Iterator[None]:
    """Whatever a test does to the collector is undone."""
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


@pytest.mark.usefixtures("before")
def test_no_collection_looks_at_many_objects_or_at_old_ones() -> None:
    looked_at: list[tuple[int, int]] = []

    def count(phase: str, about: dict[str, int]) -> None:
        if phase == "start":
            objects = sum(len(gc.get_objects(generation)) for generation in range(about["generation"] + 1))
            looked_at.append((about["generation"], objects))

    old = [[n] for n in range(10_000)]
    calm_the_collector()
    gc.callbacks.append(count)
    young = [[n] for n in range(50_000)]
    gc.callbacks.remove(count)
    assert {generation for generation, _ in looked_at} == {0}
    assert max(objects for _, objects in looked_at) < 2 * AT_ONCE
    assert len(old) + len(young) == 60_000


@pytest.mark.usefixtures("before")
def test_nothing_is_collected_during_a_start_and_again_after_it() -> None:
    collections: list[str] = []

    def count(phase: str, _: dict[str, int]) -> None:
        collections.append(phase)

    with quiet_start():
        gc.callbacks.append(count)
        made = [[n] for n in range(50_000)]
        assert collections == []
        calm_the_collector()
        assert gc.isenabled() and collections == []
    gc.callbacks.remove(count)
    assert gc.get_freeze_count() > len(made)


def test_a_start_that_fails_leaves_the_collector_at_work() -> None:
    with pytest.raises(ValueError, match="no"), quiet_start():
        raise ValueError("no")
    assert gc.isenabled()


@pytest.mark.usefixtures("before")
def test_objects_do_not_gather_where_as_many_are_let_go_of_as_are_made() -> None:
    """A market in which orders end as they come: the collector counts one against the other and would not look."""
    portions: list[int] = []

    def count(phase: str, about: dict[str, int]) -> None:
        if phase == "start":
            assert about["generation"] == 1
            portions.append(len(gc.get_objects(0)) + len(gc.get_objects(1)))

    at_rest = [[n] for n in range(30_000)]
    calm_the_collector()
    portioned = PortionedCollector()
    gc.callbacks.append(count)
    for n in range(len(at_rest)):
        at_rest[n] = [n]
        if n % 10 == 0:
            portioned(range(10))
    gc.callbacks.remove(count)
    assert len(portions) > 200
    assert max(portions) < IN_A_PORTION
