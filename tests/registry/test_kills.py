"""``kill -9`` on either side, between any two steps: what was asked is done once, and its answer arrives."""

from __future__ import annotations

from typing import Any

import pytest

from tests.registry.pair import TONNES, Pair, a_pair, kill, until

pytestmark = [pytest.mark.processes, pytest.mark.slow]

LOCKED = [[1, TONNES + 1, "WOOD", "LOCKED"]]


async def is_locked_there(pair: Pair, space: str) -> list[Any]:
    """The blocks of a space at the registry."""
    return [block[1:5] for block in pair.simulator.state()["blocks"] if block[0] == space]


async def test_the_venue_dies_between_the_question_and_the_answer() -> None:
    async with a_pair() as pair:
        pair.call_back(wanted=False)
        pair.simulator.misbehave(HANGS=100)
        lot = await pair.bring_in()
        await until(lambda: is_locked_there(pair, lot.space), lambda seen: seen == LOCKED)
        kill(pair.service)
        pair.simulator.misbehave()
        calls = next(row[3] for row in pair.simulator.state()["requests"])
        await pair.service.start()
        await lot.answered()
        assert (await lot.states(), lot.there()) == ({"ACTIVE": TONNES}, LOCKED)
        (request,) = pair.simulator.state()["requests"]
        assert request[3] > calls
        assert request[4] == 2, "it was not asked after first, or its answer was not compared with what was asked"


async def test_the_venue_dies_before_the_question_left() -> None:
    async with a_pair() as pair:
        pair.simulator.misbehave(DOWN=100)
        lot = await pair.bring_in()
        kill(pair.service)
        pair.simulator.misbehave()
        await pair.service.start()
        await lot.answered()
        assert (await lot.states(), lot.there()) == ({"ACTIVE": TONNES}, LOCKED)


async def test_the_registry_dies_and_goes_on_with_its_own_state() -> None:
    async with a_pair() as pair:
        pair.simulator.misbehave(SILENT=100, seed=7)
        lot = await pair.bring_in()
        await until(lambda: is_locked_there(pair, lot.space), lambda seen: seen == LOCKED)
        before = pair.simulator.state()
        pair.simulator.kill()
        pair.simulator.start()
        after = pair.simulator.state()
        assert (after["blocks"], after["faults"], after["staff"]) == (
            before["blocks"],
            before["faults"],
            before["staff"],
        )
        assert await lot.states() == {"LOCK_REQUESTED": TONNES}
        pair.simulator.control("POST", "/speak")
        await lot.answered()
        assert await lot.states() == {"ACTIVE": TONNES}


async def test_both_die_and_nothing_is_done_twice() -> None:
    async with a_pair() as pair:
        pair.simulator.misbehave(SLOW=100, DUPLICATING=100)
        lots = [await pair.bring_in() for _ in range(4)]
        kill(pair.service)
        pair.simulator.kill()
        pair.simulator.start()
        await pair.service.start()
        receipts = {(await lot.answered())["receipt"] for lot in lots}
        assert len(receipts) == 4
        assert [await lot.states() for lot in lots] == [{"ACTIVE": TONNES}] * 4
        assert [lot.there() for lot in lots] == [LOCKED] * 4
        requests = pair.simulator.state()["requests"]
        assert len(requests) == len({row[0] for row in requests}) == 4
