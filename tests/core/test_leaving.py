"""When a release leaves: what the program finds due it can also give, and it is woken when something becomes due."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.core.commands.governance import AdoptRulebook
from exchange.core.commands.instruments import ContinueJob, EndOfDay, HaltTrading
from exchange.core.commands.participants import ParticipantRole
from exchange.core.commands.registry import SendRelease
from exchange.core.commands.uses import CallOffRelease, Pick, ReleaseUnits
from exchange.core.image import decode_state, encode_state
from exchange.core.leaving import earliest_leaving, first_moment, last_moment
from exchange.core.machine import due, next_deadline
from exchange.core.rejections import RejectReason as R
from exchange.core.values import NOBODY, Day, InstrumentId, Micros, PersonId, ReleaseId, day_of, day_start
from tests.support.market import FIRST_DAY, OPENING, Market, rules

HOUR = 3_600 * 10**6
MONDAY, TUESDAY, WEDNESDAY = (Micros(day_start(FIRST_DAY) + days * 24 * HOUR) for days in range(3))
"""When the days begin; the market opens on Monday evening."""

STEPS = [("wait", 1), ("wait", 7), ("wait", 26), ("day", 1), ("day", 3), ("halt", 0)]
"""What may happen: so many hours pass, the next trading day is so many days later, all trading is halted."""


def cooling(start: int, until: int, cool_down: int = 26) -> tuple[Market, ReleaseId]:
    """A market whose releases leave between two hours of the day, and one that was approved on its first day."""
    market = Market()
    values = {"RELEASE-FROM": start, "RELEASE-UNTIL": until, "RELEASE-COOL-DOWN": cool_down}
    book = tuple(replace(rule, value=values.get(rule.rule, rule.value)) for rule in rules())
    market.agree(AdoptRulebook(market.operator, "hours", book), market.regulator)
    firm = market.firm("wood", ParticipantRole.SELLER)
    pick = Pick(market.lot(firm, 10), 1, 11)
    action = ReleaseUnits(market.traders[firm], firm, (pick,), "N-1")
    return market, ReleaseId(market.agree(action, market.second))


def until(market: Market, at: int) -> None:
    """Wait for an instant; the next command comes at it."""
    market.waited += at - market.now()


def test_a_day_begins_at_midnight_in_shanghai() -> None:
    assert day_of(MONDAY) == FIRST_DAY == day_of(OPENING) and day_of(Micros(MONDAY - 1)) == 20260920
    assert TUESDAY - OPENING < 2 * HOUR


@pytest.mark.parametrize(
    ("start", "end", "cool_down", "leaves_at"),
    [
        (0, 24, 0, TUESDAY),
        (10, 16, 0, TUESDAY + 10 * HOUR),
        (10, 16, 13, TUESDAY + 11 * HOUR),
        (10, 16, 18, WEDNESDAY + 10 * HOUR),
        (10, 16, 26, WEDNESDAY + 10 * HOUR),
        (0, 24, 26, WEDNESDAY),
    ],
)
def test_the_promise_is_the_first_hour_of_a_later_day_after_the_cool_down(
    start: int, end: int, cool_down: int, leaves_at: int
) -> None:
    market, _ = cooling(start, end, cool_down)
    assert earliest_leaving(market.state, Micros(TUESDAY - 2 * HOUR)) == leaves_at


@given(
    st.integers(0, 12),
    st.integers(13, 24),
    st.sampled_from([0, 1, 26, 60]),
    st.lists(st.sampled_from(STEPS), max_size=9),
)
def test_what_is_due_can_be_given_now_and_within_an_hour_and_the_clock_was_set_for_it(
    start: int, end: int, cool_down: int, steps: list[tuple[str, int]]
) -> None:
    market, release = cooling(start, end, cool_down)
    send = SendRelease(PersonId(NOBODY), release)
    for step, size in steps:
        if step == "wait":
            market.wait(size * 3_600)
        elif step == "halt":
            market.done(HaltTrading(market.operator, InstrumentId(0), "rumours"))
        else:
            market.give(EndOfDay(market.operator, Day(market.state.session.day + size)))
            for job in list(market.state.session.jobs):
                market.done(ContinueJob(PersonId(NOBODY), job))
                market.done(ContinueJob(PersonId(NOBODY), job))
        now, soon = market.now(), next_deadline(market.state, market.now())
        assert (due(market.state, now) == send) == (soon is not None and soon <= now)
        if soon is not None:
            assert due(market.state, Micros(max(soon, now))) == send
            assert soon <= now or due(market.state, Micros(soon - 1)) is None
            market.state = decode_state(encode_state(market.state))
            until(market, max(soon, now) + HOUR - 1)
            assert market.done(send).events and next_deadline(market.state, market.now()) is not None
            return
        closes = last_moment(market.state)
        if market.give(send).reason is None:
            assert closes <= now < closes + HOUR
            return


def test_no_release_keeps_the_program_awake_while_it_cannot_leave() -> None:
    market, release = cooling(10, 16)
    market.wait(50 * 3_600)
    assert next_deadline(market.state, market.now()) is None
    leaves_at = market.state.timers.of[next(iter(market.state.timers.of))]
    assert first_moment(market.state, leaves_at) is None
    market.done(EndOfDay(market.operator, day_of(market.now())))
    assert next_deadline(market.state, market.now()) is None
    market.finish_jobs()
    assert next_deadline(market.state, market.now()) == WEDNESDAY + 34 * HOUR
    assert release


def test_after_its_hours_a_release_is_due_on_another_day_only() -> None:
    market, release = cooling(10, 16)
    until(market, WEDNESDAY)
    market.end_day()
    until(market, WEDNESDAY + 16 * HOUR - 1)
    assert due(market.state, market.now()) == SendRelease(PersonId(NOBODY), release)
    until(market, WEDNESDAY + 16 * HOUR)
    assert due(market.state, market.now()) is None
    assert next_deadline(market.state, market.now()) is None
    until(market, WEDNESDAY + 17 * HOUR)
    assert market.give(SendRelease(PersonId(NOBODY), release)).reason is R.NOT_DUE


def test_a_rule_that_is_made_longer_does_not_take_away_the_time_to_call_off() -> None:
    market, release = cooling(0, 24)
    book = tuple(replace(rule, value=20) if rule.rule == "RELEASE-CANCEL" else rule for rule in rules())
    market.agree(AdoptRulebook(market.operator, "longer", book), market.regulator)
    market.done(EndOfDay(market.operator, day_of(WEDNESDAY)))
    market.finish_jobs()
    until(market, market.state.claims.releases[release].callable_until - 1)
    (firm,) = market.traders
    market.done(CallOffRelease(market.traders[firm], firm, release))
