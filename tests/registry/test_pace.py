"""How long the worker waits: longer each time, within bounds, and not in step with others."""

from __future__ import annotations

from random import Random

from exchange.registry.pace import Pace


def test_it_waits_longer_each_time_up_to_a_bound() -> None:
    pace, chance = Pace(1.0, 60.0), Random(1)
    for tries in range(1, 200):
        wanted = min(2.0 ** (tries - 1), 60.0)
        assert 0.5 * wanted <= pace.delay(tries, chance) < 1.5 * wanted


def test_two_workers_do_not_keep_step_and_one_seed_repeats_itself() -> None:
    def delays(seed: int) -> list[float]:
        chance = Random(seed)
        return [Pace().delay(tries, chance) for tries in range(1, 20)]

    assert delays(1) == delays(1) != delays(2)
