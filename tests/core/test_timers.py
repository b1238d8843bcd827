"""Timers: each thing has one at the most, they go off in order of time, and none is lost or left behind."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exchange.core.commands.registry import GiveUpWaiting, SendRelease
from exchange.core.image import decode_state, encode_state
from exchange.core.machine import due, next_deadline
from exchange.core.timers import TimerKind, Timers
from exchange.core.values import Micros, PersonId
from tests.core.units_world import UNITS_WORLD

STEPS = st.lists(
    st.tuples(st.sampled_from(TimerKind), st.integers(1, 4), st.one_of(st.none(), st.integers(1, 9))), max_size=30
)


@given(STEPS, st.integers(0, 10))
def test_timers_are_a_dictionary_in_order_of_time(steps: list[tuple[TimerKind, int, int | None]], now: int) -> None:
    timers, plain = Timers(), dict[tuple[TimerKind, int], int]()
    for kind, number, at in steps:
        if at is None:
            timers.clear(kind, number)
            plain.pop((kind, number), None)
        else:
            timers.set(kind, number, Micros(at))
            plain[kind, number] = at
    ordered = sorted((at, kind, number) for (kind, number), at in plain.items())
    assert (timers.order, timers.of) == (ordered, plain)
    for kind in TimerKind:
        mine = [(at, number) for at, of, number in ordered if of is kind]
        assert timers.next(kind) == (mine[0][0] if mine else None)
        late = [number for at, number in mine if at <= now]
        assert timers.passed(kind, Micros(now)) == (late[0] if late else None)


def test_what_is_late_goes_off_in_order_and_the_clock_is_asked_for_at_the_next() -> None:
    market = UNITS_WORLD.copy()
    assert due(market.state, market.now()) == GiveUpWaiting(PersonId(0), UNITS_WORLD.overdue)
    market.state = decode_state(encode_state(market.state))
    market.done(GiveUpWaiting(PersonId(0), UNITS_WORLD.overdue))
    assert due(market.state, market.now()) == SendRelease(PersonId(0), UNITS_WORLD.leaving)
    market.finish_jobs()
    soonest = next_deadline(market.state, market.now())
    assert soonest is not None and soonest == min(market.state.timers.of.values()) > market.state.at
    assert due(market.state, Micros(soonest - 1)) is None
    assert due(market.state, soonest) == GiveUpWaiting(PersonId(0), UNITS_WORLD.fresh)
