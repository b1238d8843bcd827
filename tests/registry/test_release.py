"""A release between two real processes: not before its trading day has come, to the account that was asked for, and
back by a new lock alone; and what the registry's list says of it meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from exchange.cli.problem import DIFFERENT, OK
from exchange.core.values import MICROS_PER_DAY, Day, Micros, day_of, day_start
from tests.registry.pair import TONNES, Lot, Pair, a_pair, until
from tests.registry.test_reconciliation import line, reconcile, serials, told

pytestmark = [pytest.mark.processes, pytest.mark.slow]

MORNING = 11 * 3_600 * 10**6
"""Eleven o'clock, when releases leave."""


class Machine:
    """The clock of the machine on which both run."""

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
    """Both processes, whose clocks are ahead together: nobody states a thing before being asked. The venue asks the
    registry, which signs its own requests by the right time, so it cannot call back later.
    """
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


def sell(pair: Pair, lot: Lot) -> None:
    """Whoever has what was released sells it in the national market to STEEL."""
    pair.simulator.control("POST", "/transfer", {**serials(lot, 1, 31), "holder": "STEEL"})


async def come_back(pair: Pair, lot: Lot) -> None:
    """STEEL brings it back, and the registry locks it again."""
    back = {"lot": lot.lot, "owner": pair.steel.id, "serial_lo": 1, "serial_hi": 31, "lock_reference": "AGAIN-1"}
    await pair.agree("RETURN", back, "AGAIN-1")
    await until(lot.states, lambda seen: seen == {"ACTIVE": TONNES})


def tell(pair: Pair, lot: Lot, request: dict[str, Any], **said: str) -> None:
    """Have the registry's list name this request for what was released, and nothing else about it."""
    pair.simulator.control("POST", "/honest")
    pair.simulator.control("POST", "/hidden-lines", serials(lot, 1, 31))
    named = {"reference": request["reference"], "receipt": request["receipt"]}
    pair.simulator.control("POST", "/false-lines", line(lot, serial_hi=31, **named, **said))


async def test_what_was_released_leaves_on_its_day_and_comes_back_by_a_new_lock_alone(
    pair: Pair, machine: Machine
) -> None:
    lot = await released(pair)
    assert await lot.states() == {"ACTIVE": TONNES - 30, "PENDING_OUT": 30}
    await next_day(pair, machine)
    await until(lot.states, lambda seen: seen.get("OUT") == 30)
    assert lot.there() == [[1, 31, "NATIONAL-7", "RELEASED"], [31, TONNES + 1, "WOOD", "LOCKED"]]
    sell(pair, lot)
    await come_back(pair, lot)
    assert lot.there() == [[1, 31, "STEEL", "LOCKED"], [31, TONNES + 1, "WOOD", "LOCKED"]]


async def test_a_release_to_another_account_is_found_and_what_went_there_suspended(
    pair: Pair, machine: Machine
) -> None:
    lot = await released(pair)
    pair.simulator.misbehave(OTHER_ACCOUNT=100)
    await next_day(pair, machine)
    await until(lot.states, lambda seen: seen.get("OUT") == 30)
    code, report = await reconcile(pair, "--hold", "Operator A")
    assert (code, told(report)) == (DIFFERENT, [("RELEASED_ELSEWHERE", 1, 31)])
    (found,) = report["found"]
    assert "RELEASE NATIONAL-7" in found["here"] and "RELEASED NATIONAL-STRANGER" in found["there"]
    (held,) = (await pair.read("/v1/encumbrances"))["items"]
    assert held["reference"] == "registry reconciliation: RELEASED_ELSEWHERE"
    assert (held["lot"], held["serial_lo"], held["serial_hi"]) == (lot.lot, 1, 31)


async def test_the_list_must_name_the_last_request_about_what_was_out_and_came_back(
    pair: Pair, machine: Machine
) -> None:
    lot = await released(pair)
    lock = await lot.request()
    await next_day(pair, machine)
    await until(lot.states, lambda seen: seen.get("OUT") == 30)
    release = await lot.request()
    sell(pair, lot)
    assert await reconciled(pair) == (OK, [])
    tell(pair, lot, release, holding="RELEASED", holder="STEEL")
    assert await reconciled(pair) == (DIFFERENT, [("RELEASED_ELSEWHERE", 1, 31)])
    await come_back(pair, lot)
    tell(pair, lot, lock)
    assert await reconciled(pair) == (DIFFERENT, [("OLD_REQUEST", 1, 31)])
    tell(pair, lot, release, holding="RELEASED", holder="NATIONAL-7")
    assert await reconciled(pair) == (DIFFERENT, [("RELEASED_THERE", 1, 31)])
    picks = [{"lot": lot.lot, "serial_lo": 1, "serial_hi": 31}]
    await pair.by_firm(pair.steel, "RELEASE", {"picks": picks, "national_account": "NATIONAL-8"})
    assert await reconciled(pair) == (DIFFERENT, [("OLD_REQUEST", 1, 31)])
    pair.simulator.control("POST", "/honest")
    assert await reconciled(pair) == (OK, [])


async def reconciled(pair: Pair) -> tuple[int, list[tuple[str, int, int]]]:
    """The exit code and the findings of a reconciliation; what it would suspend is just what it found."""
    code, report = await reconcile(pair)
    assert [(one["lo"], one["hi"]) for one in report["held"]] == [(lo, hi) for _, lo, hi in told(report)]
    return code, told(report)
