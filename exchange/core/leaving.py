"""When a release may leave for the national market: after its cool-down, on a later trading day, at an hour at which
people are there.

A cool-down alone protects nobody over a weekend. In January 2011 units left the Czech and the Austrian registry between
a noon and the next morning while an office stood empty; what the European registries did next is the model here
(Regulation (EU) 389/2013, article 39: a delay that does not run over weekends, and execution from 10 to 16 o'clock).

Days are the exchange's own. A trading day is entered with the end of the one before, mostly on the evening before, and
stays until somebody ends it; so the clock must show that very day as well, and the hours of the rulebook
(RELEASE-FROM, RELEASE-UNTIL). On a day that is not a trading day nothing leaves, whoever has forgotten to end the last.
"""

from __future__ import annotations

from typing import Final

from exchange.core.rulebook import RELEASE_COOL_DOWN_RULE, RELEASE_FROM_RULE, RELEASE_UNTIL_RULE
from exchange.core.sessions import Phase
from exchange.core.state import ExchangeState
from exchange.core.values import MICROS_PER_DAY, MICROS_PER_SECOND, Micros, day_of, day_start

MICROS_PER_HOUR: Final = 3_600 * MICROS_PER_SECOND

LATE: Final = MICROS_PER_HOUR
"""So long after the last hour a release is not refused yet: the program that finds it due and has it sent looks at the
clock twice, and may be held up between.
"""


def earliest_leaving(state: ExchangeState, at: Micros) -> Micros:
    """When what is approved at ``at`` could leave at the earliest, if every day of the calendar were a trading day."""
    cooled = at + state.rulebook.number(RELEASE_COOL_DOWN_RULE) * MICROS_PER_HOUR
    day = max(day_start(day_of(Micros(cooled))), day_start(state.session.day) + MICROS_PER_DAY)
    if cooled >= day + state.rulebook.number(RELEASE_UNTIL_RULE) * MICROS_PER_HOUR:
        day += MICROS_PER_DAY
    return Micros(max(cooled, day + state.rulebook.number(RELEASE_FROM_RULE) * MICROS_PER_HOUR))


def last_moment(state: ExchangeState) -> Micros:
    """When the hours in which releases leave are over on the trading day that is open."""
    hours = state.rulebook.number(RELEASE_UNTIL_RULE)
    return Micros(day_start(state.session.day) + hours * MICROS_PER_HOUR)


def first_moment(state: ExchangeState, leaves_at: Micros) -> Micros | None:
    """From when on, on the trading day that is open, what leaves not before ``leaves_at`` may leave; None where it
    cannot on this day: it is too early, or the market is halted, or between two days.

    ``leaves_at`` is on a later day than that on which the release was approved, so this day is later too.
    """
    session = state.session
    if session.phase is not Phase.OPEN or session.halted:
        return None
    hours = state.rulebook.number(RELEASE_FROM_RULE)
    first = Micros(max(leaves_at, day_start(session.day) + hours * MICROS_PER_HOUR))
    return first if first < last_moment(state) else None


def may_leave(state: ExchangeState, leaves_at: Micros, at: Micros) -> bool:
    """Whether a release may be sent at ``at``, by a program that is held up a little at the most."""
    first = first_moment(state, leaves_at)
    return first is not None and first <= at < last_moment(state) + LATE


def next_leaving(state: ExchangeState, leaves_at: Micros, at: Micros) -> Micros | None:
    """From when on a release is to be sent, as things stand at ``at``; None where no moment of this day is left."""
    first = first_moment(state, leaves_at)
    return first if first is not None and at < last_moment(state) else None
