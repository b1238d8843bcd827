"""A release between two real processes: not before its trading day has come, and back by a new lock alone."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from exchange.core.values import MICROS_PER_DAY, Day, Micros, day_of, day_start
from tests.registry.pair import TONNES, Lot, Pair, a_pair, until

pytestmark = [pytest.mark.processes, pytest.mark.slow]

MORNING = 11 * 3_600 * 10**6
"""Eleven o'clock, when releases leave."""


class Machine:
    """The clock of the machine on which the venue runs."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.ahead = 0
        self.set(0)

    def set(self, seconds: int) -> None:
        """Have it be ahead by so many seconds from now on."""
        self.ahead = seconds
        self._file.write_text(str(seconds))

    def show(self, at: Micros) -> None:
        """Have it show an instant."""
        self.set((at - time.time_ns() // 1_000) // 10**6)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A clock that is right, until it is told to be ahead."""
    return Machine(tmp_path / "ahead")


@pytest_asyncio.fixture
async def pair(machine: Machine, tmp_path: Path) -> AsyncIterator[Pair]:
    """Both processes; the venue asks the registry, whose own clock stays right, so it cannot call back later."""
    folder = Path(__file__).with_name("later")
    async with a_pair(PYTHONPATH=str(folder), TESTS_LATER=str(tmp_path / "ahead")) as made:
        made.call_back(wanted=False)
        yield made


async def released(pair: Pair) -> Lot:
    """Serials 1 to 30 cool down."""
    lot = await pair.bring_in()
    await lot.answered()
    picks = [{"lot": lot.lot, "serial_lo": 1, "serial_hi": 31}]
    await pair.by_firm(pair.wood, "RELEASE", {"picks": picks, "national_account": "NATIONAL-7"})
    return lot


async def next_day(pair: Pair, machine: Machine) -> None:
    """The second day after the one on which the venue stands is its trading day, and it is morning."""
    today = Day(int(str((await pair.read("/v1/status"))["trading_day"]).replace("-", "")))
    later = day_of(Micros(day_start(today) + 2 * MICROS_PER_DAY))
    machine.show(Micros(day_start(later) + MORNING))
    async with pair.client(pair.staff["OPERATOR"]) as operator:
        text = str(later)
        await operator.venue.end_of_day(f"{text[:4]}-{text[4:6]}-{text[6:]}")


async def test_what_was_released_leaves_on_its_day_and_comes_back_by_a_new_lock_alone(
    pair: Pair, machine: Machine
) -> None:
    lot = await released(pair)
    assert await lot.states() == {"ACTIVE": TONNES - 30, "PENDING_OUT": 30}
    await next_day(pair, machine)
    await until(lot.states, lambda seen: seen.get("OUT") == 30)
    assert lot.there() == [[1, 31, "NATIONAL-7", "RELEASED"], [31, TONNES + 1, "WOOD", "LOCKED"]]
    sold = {"space": lot.space, "serial_lo": 1, "serial_hi": 31, "holder": "STEEL"}
    pair.simulator.control("POST", "/transfer", sold)
    back = {"lot": lot.lot, "owner": pair.steel.id, "serial_lo": 1, "serial_hi": 31, "lock_reference": "AGAIN-1"}
    await pair.agree("RETURN", back, "AGAIN-1")
    await until(lot.states, lambda seen: seen == {"ACTIVE": TONNES})
    assert lot.there() == [[1, 31, "STEEL", "LOCKED"], [31, TONNES + 1, "WOOD", "LOCKED"]]
