"""The garbage collector in the service: never all of the heap, never many objects at a time."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from exchange.bootstrap.memory import calm_the_collector, quiet_start

AT_ONCE = 2_000


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
    assert {generation for generation, _ in looked_at} == {0, 1}
    assert max(objects for _, objects in looked_at) < AT_ONCE
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
