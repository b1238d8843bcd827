"""The line between two real processes: what the registry does wrong, by name, and what becomes of the units.

Nothing that it does wrong makes a tonne sellable that it has not locked, or makes one count twice.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.registry.pair import TONNES, Pair, until

pytestmark = [pytest.mark.processes, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

LOCKED = [[1, TONNES + 1, "WOOD", "LOCKED"]]
FREE = [[1, TONNES + 1, "WOOD", "FREE"]]


async def calls_about(pair: Pair, reference: str) -> int:
    """How often the registry was asked about a request."""
    rows = {row[0]: row for row in pair.simulator.state()["requests"]}
    return int(rows[reference][3]) if reference in rows else 0


async def several_more_calls(pair: Pair, reference: str, more: int = 3) -> None:
    """Wait until the venue has asked so many times more."""
    before = await calls_about(pair, reference)
    await until(lambda: calls_about(pair, reference), lambda seen: seen >= before + more)


async def test_a_lock_makes_units_sellable_and_its_receipt_is_kept(honest: Pair) -> None:
    lot = await honest.bring_in()
    row = await lot.answered()
    assert (await lot.states(), lot.there()) == ({"ACTIVE": TONNES}, LOCKED)
    assert row["receipt"].startswith("CCER-LOCK-") and row["message"].startswith("statement-")


async def test_the_venue_asks_where_the_registry_does_not_call_back(honest: Pair) -> None:
    honest.call_back(wanted=False)
    lot = await honest.bring_in()
    await lot.answered()
    assert await lot.states() == {"ACTIVE": TONNES}


async def test_a_refused_lock_is_asked_for_again_by_a_person(honest: Pair) -> None:
    lot = await honest.bring_in(known=False)
    assert (await lot.answered("REFUSED"))["receipt"] is None
    assert await lot.states() == {"ADMITTED": TONNES}
    serials = {"space": lot.space, "serial_lo": 1, "serial_hi": TONNES + 1, "holder": "WOOD"}
    honest.simulator.control("POST", "/issue", serials)
    async with honest.client(honest.staff["OPERATOR"]) as operator:
        await operator.connection.change("POST", f"/v1/lots/{lot.lot}/lock", None, None)
    await lot.answered("CONFIRMED")
    assert (await lot.states(), lot.there()) == ({"ACTIVE": TONNES}, LOCKED)


async def test_slow(honest: Pair) -> None:
    honest.simulator.misbehave(SLOW=100)
    lot = await honest.bring_in()
    assert await lot.states() == {"LOCK_REQUESTED": TONNES}
    await lot.answered()
    assert await lot.states() == {"ACTIVE": TONNES}


async def test_down(honest: Pair) -> None:
    honest.simulator.misbehave(DOWN=100)
    lot = await honest.bring_in()
    await asyncio.sleep(1.0)
    assert (await lot.states(), lot.there()) == ({"LOCK_REQUESTED": TONNES}, FREE)
    honest.simulator.misbehave()
    await lot.answered()
    assert (await lot.states(), lot.there()) == ({"ACTIVE": TONNES}, LOCKED)


async def test_the_line_breaks_before_the_work_is_done(honest: Pair) -> None:
    honest.simulator.misbehave(LOSES=100)
    lot = await honest.bring_in()
    await asyncio.sleep(1.0)
    assert lot.there() == FREE
    honest.simulator.misbehave()
    await lot.answered()
    assert lot.there() == LOCKED


async def test_a_time_out_after_the_work_was_done_locks_once(honest: Pair) -> None:
    honest.call_back(wanted=False)
    honest.simulator.misbehave(HANGS=100)
    lot = await honest.bring_in()

    async def there() -> Any:
        return lot.there()

    await until(there, lambda seen: seen == LOCKED)
    assert await lot.states() == {"LOCK_REQUESTED": TONNES}
    honest.simulator.misbehave()
    row = await lot.answered()
    assert (await lot.states(), lot.there()) == ({"ACTIVE": TONNES}, LOCKED)
    done = [one for one in honest.simulator.state()["requests"] if one[0] == row["reference"]]
    assert len(done) == 1 and done[0][1] == "CONFIRMED"


async def test_silence_halts_the_units_and_never_unlocks_them(honest: Pair) -> None:
    await honest.rule(REGISTRY_ANSWER=1)
    honest.simulator.misbehave(SILENT=100)
    lot = await honest.bring_in()
    await lot.answered("SILENT")
    assert (await lot.states(), lot.there()) == ({"LOCK_UNKNOWN": TONNES}, LOCKED)
    await several_more_calls(honest, (await lot.request())["reference"], 1)
    assert await lot.states() == {"LOCK_UNKNOWN": TONNES}
    honest.simulator.control("POST", "/speak")
    await lot.answered()
    assert await lot.states() == {"ACTIVE": TONNES}
    await honest.rule(REGISTRY_ANSWER=3_600)


async def test_a_registry_that_says_everything_three_times_is_answered_the_same_each_time(honest: Pair) -> None:
    honest.simulator.misbehave(DUPLICATING=100)
    lot = await honest.bring_in()
    row = await lot.answered()

    async def answers() -> list[Any]:
        return [one[2] for one in honest.simulator.state()["callbacks"] if one[0] == row["reference"]]

    assert await until(answers, lambda seen: len(seen) == 3 and None not in seen) == [200, 200, 200]
    assert await lot.states() == {"ACTIVE": TONNES}


async def test_statements_in_another_order_reach_their_own_requests(honest: Pair) -> None:
    honest.simulator.misbehave(REORDERING=100, DUPLICATING=50)
    lots = [await honest.bring_in() for _ in range(5)]
    rows = [await lot.answered() for lot in lots]
    assert len({row["receipt"] for row in rows}) == 5
    assert [await lot.states() for lot in lots] == [{"ACTIVE": TONNES}] * 5


async def test_a_lie_about_the_serials_answers_nothing_and_is_written_down_once(honest: Pair) -> None:
    honest.simulator.misbehave(OTHER_RANGE=100)
    lot = await honest.bring_in()
    reference = (await lot.request())["reference"]
    await several_more_calls(honest, reference, 1)
    entries = await honest.entries()
    await several_more_calls(honest, reference, 2)
    assert await honest.entries() == entries
    row = await lot.request()
    assert (row["status"], row["last_problem"]) == ("OPEN", "STATEMENT_OF_OTHER_SERIALS")
    assert row["attempts"] >= 3
    assert await lot.states() == {"LOCK_REQUESTED": TONNES}


async def test_a_registry_that_puts_its_statements_right_is_believed(honest: Pair) -> None:
    """The statement has a number of its own: what was refused under the old one stays refused."""
    faults = {
        "OTHER_RANGE": "STATEMENT_OF_OTHER_SERIALS",
        "OTHER_KIND": "STATEMENT_OF_OTHER_REQUEST",
        "OTHER_SPACE": "STATEMENT_OF_OTHER_REQUEST",
        "BAD_SIGNATURE": "STATEMENT_UNUSABLE",
    }
    lots = []
    for fault, problem in faults.items():
        honest.simulator.misbehave(**{fault: 100})
        lots.append(lot := await honest.bring_in())
        await until(lot.request, lambda row, problem=problem: row["last_problem"] == problem)  # type: ignore[misc]
    honest.simulator.misbehave()
    restated = honest.simulator.control("POST", "/honest")["restated"]
    for lot in lots:
        row = await lot.answered()
        assert row["reference"] in restated and (row["attempts"], row["last_problem"]) == (None, None)
        assert (await lot.states(), lot.there()) == ({"ACTIVE": TONNES}, LOCKED)
    assert honest.simulator.control("POST", "/honest")["restated"] == []


async def test_a_lie_about_the_space_answers_nothing(honest: Pair) -> None:
    honest.simulator.misbehave(OTHER_SPACE=100)
    lot = await honest.bring_in()
    await several_more_calls(honest, (await lot.request())["reference"], 2)
    assert await lot.states() == {"LOCK_REQUESTED": TONNES}


async def test_a_statement_that_somebody_else_has_signed_answers_nothing(honest: Pair) -> None:
    honest.simulator.misbehave(BAD_SIGNATURE=100)
    lot = await honest.bring_in()
    reference = (await lot.request())["reference"]
    await several_more_calls(honest, reference, 2)
    assert await lot.states() == {"LOCK_REQUESTED": TONNES}
    assert [one[2] for one in honest.simulator.state()["callbacks"] if one[0] == reference] == [422]


async def test_one_receipt_vouches_for_one_range(honest: Pair) -> None:
    honest.simulator.misbehave(SAME_RECEIPT=100)
    first = await honest.bring_in()
    await first.answered()
    second = await honest.bring_in()
    await several_more_calls(honest, (await second.request())["reference"], 2)
    assert await first.states() == {"ACTIVE": TONNES}
    assert await second.states() == {"LOCK_REQUESTED": TONNES}
    assert (await second.request())["last_problem"] == "RECEIPT_USED"
    honest.simulator.control("POST", "/honest")
    assert (await second.answered())["receipt"].startswith("CCER-LOCK-")
    assert (await first.request())["receipt"] == "RECEIPT-OF-EVERYTHING"


async def test_a_registry_that_contradicts_itself_has_the_range_held_fast(honest: Pair) -> None:
    honest.simulator.misbehave(OTHER_OUTCOME=100)
    lot = await honest.bring_in()
    await until(lot.request, lambda row: row["contradicted"])
    assert (await lot.request())["status"] == "CONFIRMED"
    parcels = (await honest.read(f"/v1/lots/{lot.lot}/parcels"))["items"]
    assert [(one["state"], one["encumbered"], one["quantity"]) for one in parcels] == [("ACTIVE", 1, TONNES)]
    asked = await lot.request()
    (held,) = [one for one in (await honest.read("/v1/encumbrances"))["items"] if one["lot"] == lot.lot]
    assert (held["kind"], held["request"], held["set_by"]) == ("SUSPENSION", asked["id"], None)
    async with honest.client(honest.wood.token) as trader:
        shown: Any = await trader.connection.read(f"/v1/encumbrances/{held['id']}")
    assert (shown["request"], shown["set_by"]) == (asked["id"], None)


async def test_a_cancellation_is_pending_until_the_registrys_receipt(honest: Pair) -> None:
    lot = await honest.bring_in()
    await lot.answered()
    honest.simulator.misbehave(SLOW=100)
    use = {
        "purpose": "VOLUNTARY",
        "picks": [{"lot": lot.lot, "serial_lo": 41, "serial_hi": 51}],
        "beneficiary_en": "Wood",
        "beneficiary_zh": "林业集团",
        "league": "HULUNBUIR",
    }
    await honest.by_firm(honest.wood, "USE", use)
    assert await lot.states() == {"ACTIVE": TONNES - 10, "PENDING_CANCEL": 10}
    row = await lot.answered()
    assert row["kind"] == "CANCEL" and row["receipt"].startswith("CCER-CANCEL-")
    assert await lot.states() == {"ACTIVE": TONNES - 10, "CANCELLED": 10}
    assert lot.there() == [
        [1, 41, "WOOD", "LOCKED"],
        [41, 51, "WOOD", "CANCELLED"],
        [51, TONNES + 1, "WOOD", "LOCKED"],
    ]


@pytest.mark.parametrize("seed", [1, 2])
async def test_everything_at_once_ends_with_books_that_agree(honest: Pair, seed: int) -> None:
    """Whatever the line does, each request is done once, and then all is as if nothing had been wrong."""
    faults = {"SLOW": 40, "HANGS": 15, "LOSES": 15, "DOWN": 20, "DUPLICATING": 50, "REORDERING": 50}
    honest.simulator.misbehave(seed=seed, **faults)
    lots = [await honest.bring_in() for _ in range(5)]
    rows = [await lot.answered() for lot in lots]
    assert len({row["receipt"] for row in rows}) == len(lots)
    assert [await lot.states() for lot in lots] == [{"ACTIVE": TONNES}] * len(lots)
    assert [lot.there() for lot in lots] == [LOCKED] * len(lots)
