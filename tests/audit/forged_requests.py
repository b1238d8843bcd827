"""What a forger of the log would write of what the registry was asked for and of what was done on its word."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from exchange.core.commands.registry import RequestKind
from exchange.core.events import Event
from exchange.core.events.credits import Cause, ParcelState, UnitsChanged
from exchange.core.events.registry import RegistryAsked
from exchange.core.events.uses import ClaimApproved, ClaimEnded, ClaimMade, ReleaseEnded, ReleaseSent
from exchange.core.serials import SerialRange
from exchange.core.values import ClaimId, Micros, ParticipantId, ReleaseId, RequestId
from tests.audit.forged_choices import FORGERIES
from tests.audit.forgeries import found_by
from tests.audit.history import History

__all__ = ("FORGERIES",)


def _asked(history: History, kind: RequestKind) -> tuple[list[Event], RegistryAsked]:
    """The first request of a kind, with the events of its entry."""
    return next((entry, event) for entry, event in history.every(RegistryAsked) if event.kind is kind)


def _again(asked: RegistryAsked, **given: Any) -> RegistryAsked:
    """A request like one that was made, with a number and a reference of its own."""
    return replace(asked, request=RequestId(7), reference="mine", **given)


# --- what is asked ---------------------------------------------------------------------------------------------------


@found_by("ASKED-WRONG")
def a_release_is_asked_for_that_nobody_made(history: History) -> None:
    asked = _asked(history, RequestKind.CANCEL)[1]
    history.append(_again(asked, kind=RequestKind.RELEASE, serials=SerialRange(51, 61), subject=7_777))


@found_by("ASKED-WRONG")
def the_same_serials_are_to_be_cancelled_again(history: History) -> None:
    history.append(_again(_asked(history, RequestKind.CANCEL)[1]))


@found_by("ASKED-WRONG")
def a_lock_is_asked_for_units_that_wait_for_none(history: History) -> None:
    history.append(_again(_asked(history, RequestKind.LOCK)[1]))


@found_by("ASKED-WRONG")
def a_cancellation_is_asked_for_in_another_firms_name(history: History) -> None:
    asked = _asked(history, RequestKind.CANCEL)[1]
    asked.owner = ParticipantId(asked.owner + 1)


@found_by("ASKED-WRONG")
def a_cancellation_is_asked_for_other_serials_than_chosen(history: History) -> None:
    _asked(history, RequestKind.CANCEL)[1].serials.hi -= 1


@found_by("ASKED-WRONG")
def a_release_is_asked_for_to_a_stranger(history: History) -> None:
    _asked(history, RequestKind.RELEASE)[1].account = "NATIONAL-STRANGER"


@found_by("REFERENCE-WRONG")
def a_reference_is_of_a_request_of_another_time(history: History) -> None:
    """As if a backup was put back, and the first life's entry had made it."""
    entry, _ = _asked(history, RequestKind.CANCEL)
    number = next(n for n, each in enumerate(history.entries) if each is entry)
    at, command = history.given[number]
    history.given[number] = (Micros(at + 1), command)


@found_by("REFERENCE-WRONG")
def a_reference_is_of_another_request(history: History) -> None:
    _asked(history, RequestKind.CANCEL)[1].request = RequestId(7)


@found_by("ASKED-WRONG")
def a_release_is_sent_and_the_registry_is_not_asked(history: History) -> None:
    entry, asked = _asked(history, RequestKind.RELEASE)
    entry.remove(asked)


@found_by("ASKED-WRONG")
def a_release_is_asked_for_before_it_is_sent(history: History) -> None:
    entry, sent = history.first(ReleaseSent)
    entry.remove(sent)
    history.append(sent)


@found_by("ASKED-WRONG")
def quota_is_to_be_cancelled_by_the_registry(history: History) -> None:
    told = history.only(UnitsChanged, cause=Cause.RETIRED)
    entry, _ = history.first(ClaimApproved, claim=told.subject)
    asked = _asked(history, RequestKind.CANCEL)[1]
    serials = SerialRange(told.ranges[0].lo, told.ranges[0].hi)
    entry.append(_again(asked, lot=told.lot, serials=serials, subject=told.subject))


# --- what is done ----------------------------------------------------------------------------------------------------


@found_by("NOT-DONE")
def a_confirmed_cancellation_is_not_carried_out(history: History) -> None:
    history.drop(UnitsChanged, cause=Cause.CANCELLED)


@found_by("NOT-DONE")
def a_confirmed_release_is_not_carried_out(history: History) -> None:
    history.drop(UnitsChanged, cause=Cause.RELEASED)


@found_by("NOT-DONE")
def a_refused_lock_is_not_carried_out(history: History) -> None:
    history.drop(UnitsChanged, cause=Cause.LOCK_REFUSED)


@found_by("NOT-DONE")
def a_confirmed_cancellation_is_carried_out_in_a_later_entry(history: History) -> None:
    entry, told = history.first(UnitsChanged, cause=Cause.CANCELLED)
    entry.remove(told)
    history.append(told)


# --- how units end ---------------------------------------------------------------------------------------------------


@found_by("ENDED-WRONG")
def ccer_are_retired_here_alone(history: History) -> None:
    told = history.only(UnitsChanged, cause=Cause.CANCELLED)
    told.cause, told.state = Cause.RETIRED, ParcelState.RETIRED


@found_by("ENDED-WRONG")
def ccer_go_to_another_province_without_the_registry(history: History) -> None:
    told = history.only(UnitsChanged, cause=Cause.CANCELLED)
    told.cause, told.state = Cause.EXPORTED, ParcelState.EXPORTED


@found_by("ENDED-WRONG")
def quota_is_cancelled_as_ccer_are(history: History) -> None:
    told = history.only(UnitsChanged, cause=Cause.RETIRED)
    told.cause, told.state = Cause.CANCELLED, ParcelState.CANCELLED


@found_by("ENDED-WRONG")
def a_use_is_done_and_its_units_are_only_set_aside(history: History) -> None:
    history.drop(UnitsChanged, cause=Cause.RETIRED)


# --- what comes free again -------------------------------------------------------------------------------------------


@found_by("TAKEN-BACK")
def a_use_is_withdrawn_that_was_approved(history: History) -> None:
    """Nothing else is wrong with it: it was approved, and then it was over."""
    ended = history.only(UnitsChanged, cause=Cause.USE_WITHDRAWN).subject
    made, _ = history.first(ClaimMade, claim=ended)
    made.append(ClaimApproved(ClaimId(ended)))


@found_by("TAKEN-BACK")
def a_release_is_withdrawn_that_was_sent(history: History) -> None:
    ended = history.only(UnitsChanged, cause=Cause.RELEASE_WITHDRAWN).subject
    entry, _ = history.first(ReleaseEnded, release=ended)
    entry.insert(0, ReleaseSent(ReleaseId(ended)))


@found_by("TAKEN-BACK")
def units_come_free_of_a_use_that_goes_on(history: History) -> None:
    history.drop(ClaimEnded, claim=history.only(UnitsChanged, cause=Cause.USE_WITHDRAWN).subject)


@found_by("TAKEN-BACK")
def the_units_of_another_use_come_free(history: History) -> None:
    told = history.only(UnitsChanged, cause=Cause.USE_WITHDRAWN)
    told.subject = next(event.claim for _, event in history.every(ClaimMade) if event.claim != told.subject)


@found_by("TAKEN-BACK")
def only_some_units_of_a_use_come_free(history: History) -> None:
    history.only(UnitsChanged, cause=Cause.USE_WITHDRAWN).ranges[0].hi -= 1
