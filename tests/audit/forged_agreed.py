"""What a forger of the log would write of the serials and firms that a use, a release or a return is about."""

from __future__ import annotations

import hashlib
from typing import Any

from exchange.core.codec import ACTIONS
from exchange.core.commands.credits import ReturnUnits
from exchange.core.commands.instruments import League
from exchange.core.commands.projects import RecordIssuance
from exchange.core.commands.uses import Pick, Purpose, ReleaseUnits, UseUnits
from exchange.core.events.credits import Cause, IssuanceRecorded, ProjectRegistered, UnitsChanged
from exchange.core.events.governance import ActionProposed
from exchange.core.events.registry import RegistryAsked
from exchange.core.events.uses import ClaimFulfilled, ClaimMade
from exchange.core.values import Day, LotId, ParticipantId, Tonnes
from tests.audit.forged_scopes import FORGERIES
from tests.audit.forgeries import found_by
from tests.audit.history import History

__all__ = ("FORGERIES",)


def _proposed(history: History, kind: type[Any], **changes: Any) -> None:
    """Something else was proposed than was done, under the hash of what it is."""
    event = next(event for _, event in history.every(ActionProposed) if isinstance(event.action, kind))
    for name, value in changes.items():
        setattr(event.action, name, value)
    event.action_hash = hashlib.sha256(ACTIONS.encode(event.action)).digest()


def _moved_by_a_hundred(picks: tuple[Pick, ...]) -> tuple[Pick, ...]:
    return tuple(Pick(pick.lot, pick.lo + 100, pick.hi + 100) for pick in picks)


def _picks(history: History, kind: type[Any]) -> tuple[Pick, ...]:
    action: Any = next(event.action for _, event in history.every(ActionProposed) if isinstance(event.action, kind))
    return tuple(action.picks)


@found_by("ONE-PERSON")
def other_serials_were_proposed_for_a_use(history: History) -> None:
    _proposed(history, UseUnits, picks=_moved_by_a_hundred(_picks(history, UseUnits)))


@found_by("ONE-PERSON")
def fewer_serials_were_proposed_for_a_use(history: History) -> None:
    _proposed(history, UseUnits, picks=_picks(history, UseUnits)[:1])


@found_by("ONE-PERSON")
def another_lot_was_proposed_for_a_use(history: History) -> None:
    _proposed(history, UseUnits, picks=(Pick(LotId(7), 0, 0),))


@found_by("ONE-PERSON")
def other_serials_were_proposed_for_a_release(history: History) -> None:
    _proposed(history, ReleaseUnits, picks=_moved_by_a_hundred(_picks(history, ReleaseUnits)))


@found_by("ONE-PERSON")
def an_issuance_was_applied_for_on_another_day_than_was_proposed(history: History) -> None:
    _proposed(history, RecordIssuance, applied_on=Day(20230101))


@found_by("ONE-PERSON")
def serials_are_written_otherwise_than_was_proposed(history: History) -> None:
    _proposed(history, RecordIssuance, serial_text="X {lo} to {hi}")


@found_by("ONE-PERSON")
def units_were_to_come_back_to_another_firm(history: History) -> None:
    _proposed(history, ReturnUnits, owner=ParticipantId(7))


@found_by("ONE-PERSON")
def units_came_back_to_another_firm_than_was_asked_for(history: History) -> None:
    """What was asked of the registry, its answer and the books agree with each other."""
    _proposed(history, ReturnUnits, owner=ParticipantId(7))
    history.only(UnitsChanged, cause=Cause.RETURN_REQUESTED).owner = ParticipantId(7)


@found_by("NO-STATEMENT")
def units_came_back_to_another_firm_than_the_registry_was_told(history: History) -> None:
    entry, _ = history.first(UnitsChanged, cause=Cause.RETURN_REQUESTED)
    next(event for event in entry if isinstance(event, RegistryAsked)).owner = ParticipantId(7)


@found_by("CLAIM-WRONG")
def a_firm_uses_the_units_of_another(history: History) -> None:
    made = history.only(ClaimMade)
    made.participant = ParticipantId(made.participant + 1)


@found_by("STEP-UNTOLD")
def a_change_of_state_names_another_firm(history: History) -> None:
    changed = history.only(UnitsChanged, cause=Cause.RETIRED)
    changed.owner = ParticipantId(changed.owner + 1)


@found_by("CLAIM-WRONG")
def a_use_is_done_and_its_units_are_only_set_aside(history: History) -> None:
    history.drop(UnitsChanged, cause=Cause.CANCELLED)


@found_by("CLAIM-WRONG")
def quota_is_used_and_only_set_aside(history: History) -> None:
    history.drop(UnitsChanged, cause=Cause.RETIRED)


@found_by("CLAIM-WRONG")
def a_use_is_done_with_a_serial_that_was_not_cancelled(history: History) -> None:
    history.only(UnitsChanged, cause=Cause.CANCELLED).ranges[0].hi -= 1


@found_by("CLAIM-WRONG")
def a_use_is_done_for_fewer_tonnes_than_its_units(history: History) -> None:
    done = history.only(ClaimFulfilled)
    done.quantity = Tonnes(done.quantity - 1)


@found_by("CONVERSION-WRONG")
def sink_quota_is_of_another_league_than_its_ccer(history: History) -> None:
    issued = next(event for _, event in history.every(IssuanceRecorded) if event.converted)
    history.only(ProjectRegistered, project=issued.project).terms.league = League.WUHAI


@found_by("CONVERSION-WRONG")
def sink_quota_is_of_another_year_than_its_ccer(history: History) -> None:
    converted = history.only(ClaimMade, purpose=Purpose.CONVERSION).claim
    history.only(IssuanceRecorded, converted=converted).vintage -= 1
