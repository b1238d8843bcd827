"""Dead-man's switches as data: which goes off next, that none is ever lost, and that nothing of them stays behind."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exchange.core.commands.orders import CancelUnattended, SetCancelAfter, UnattendedCause
from exchange.core.deadlines import Deadlines
from exchange.core.image import decode_state, encode_state
from exchange.core.machine import due, next_deadline
from exchange.core.values import KeyId, Micros, ParticipantId, PersonId, Side
from tests.support.keys import key_of
from tests.support.market import Market

SECOND = 1_000_000


def armed(seconds: int = 30) -> tuple[Market, ParticipantId]:
    """A market in which one firm has an open order and an armed switch."""
    market = Market()
    firm, instrument = market.firm("firm", cash=1_000_000), market.instrument()
    market.done(market.order(firm, instrument, Side.BUY, 1, 3_000))
    market.done(SetCancelAfter(market.traders[firm], firm, seconds))
    return market, firm


def test_the_clock_is_asked_for_at_the_earliest_deadline() -> None:
    market = Market()
    assert next_deadline(market.state, market.now()) is None
    firms = [market.firm(f"firm {n}") for n in range(2)]
    deadlines = []
    for firm, seconds in zip(firms, (60, 20), strict=True):
        deadlines.append(market.now() + seconds * SECOND)
        market.done(SetCancelAfter(market.traders[firm], firm, seconds))
    assert next_deadline(market.state, market.now()) == min(deadlines) == deadlines[1]
    market.done(SetCancelAfter(market.traders[firms[1]], firms[1], 0))
    assert next_deadline(market.state, market.now()) == deadlines[0]


def test_a_switch_is_due_at_its_very_moment_and_not_before() -> None:
    market, firm = armed()
    key = key_of(market.state, market.traders[firm], market.state.at)
    deadline = Micros(market.state.at + 30 * SECOND)
    assert due(market.state, Micros(deadline - 1)) is None
    assert due(market.state, deadline) == CancelUnattended(PersonId(0), firm, key, UnattendedCause.DEADLINE)


def test_a_switch_survives_a_restart_and_goes_off_late_rather_than_never() -> None:
    market, firm = armed()
    market.state = decode_state(encode_state(market.state))
    market.wait(10 * 86_400)
    market.finish_jobs()
    assert market.state.orders.count(firm) == 0
    assert next_deadline(market.state, market.now()) is None and not market.state.deadlines.of


def test_renewing_a_switch_for_ever_leaves_one() -> None:
    market, firm = armed()
    for _ in range(50):
        market.done(SetCancelAfter(market.traders[firm], firm, 30))
    assert len(market.state.deadlines.of) == len(market.state.deadlines.order) == 1


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 5))))
def test_the_order_of_time_is_that_of_the_deadlines(steps: list[tuple[int, int]]) -> None:
    switches, naive = Deadlines(), dict[KeyId, Micros]()
    for number, at in steps:
        key = KeyId(number)
        if at:
            switches.arm(key, Micros(at))
            naive[key] = Micros(at)
        else:
            assert switches.disarm(key) == (naive.pop(key, None) is not None)
        assert switches.of == naive
        assert switches.order == sorted((when, of) for of, when in naive.items())
        assert switches.next() == min(naive.values(), default=None)
        for now in range(7):
            passed = [(when, of) for of, when in naive.items() if when <= now]
            assert switches.passed(Micros(now)) == min(passed, default=(None, None))[1]
