"""Asking the national registry: a request is written down here, and leaves for the registry once that is durable."""

from __future__ import annotations

from exchange.core.commands.registry import RequestKind
from exchange.core.credits import registry_lock
from exchange.core.credits.lots import Lot
from exchange.core.credits.registry_lock import Act, Request, reference_of
from exchange.core.events.registry import RegistryAsked
from exchange.core.handlers.step import Step
from exchange.core.rulebook import REGISTRY_ANSWER_RULE
from exchange.core.serials import SerialRange
from exchange.core.state import ExchangeState
from exchange.core.timers import TimerKind
from exchange.core.values import MICROS_PER_SECOND, LotId, Micros, ParticipantId, RequestId


def is_national(state: ExchangeState, lot: LotId) -> bool:
    """Whether the national registry keeps the units of a lot."""
    return registry_lock.is_national(state.credits.terms_of(lot), state.session.sandbox_tonnes > 0)


def ask_registry(
    step: Step,
    kind: RequestKind,
    lot: Lot,
    owner: ParticipantId,
    serials: SerialRange,
    subject: int = 0,
    returning: bool = False,
    account: str = "",
) -> None:
    """Make a request about one range, and have it looked at when its answer is late (rule REGISTRY-ANSWER, seconds).

    ``account`` is the national account that a release goes to.
    """
    state = step.state
    number = RequestId(step.new_id())
    answer_by = Micros(step.at + state.rulebook.number(REGISTRY_ANSWER_RULE) * MICROS_PER_SECOND)
    act = Act(kind, lot.lot, owner, state.credits.name_of(lot.space), serials, subject, account)
    reference = reference_of(state.session.venue, number, step.at, act)
    request = Request(number, kind, lot.lot, owner, serials, subject, returning, account, step.at, reference)
    state.requests.add(request)
    state.timers.set(TimerKind.REGISTRY_ANSWER, number, answer_by)
    step.emit(RegistryAsked(number, kind, lot.lot, owner, serials, account, reference, subject, answer_by))
