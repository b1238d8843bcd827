"""What a forger of the log would write of quota about whose cancellation there is doubt; beside all the others."""

from __future__ import annotations

from dataclasses import replace

from exchange.core.credits.encumbrance import RECONCILIATION
from exchange.core.events.credits import IssuanceRecorded, LotAdmitted, ParcelsMoved
from exchange.core.events.encumbrances import EncumbranceSet, UnitsEncumbered, UnitsFreed
from exchange.core.events.registry import RegistryContradicted
from exchange.core.events.uses import ClaimFulfilled, ClaimRevoked
from exchange.core.serials import SerialRange
from exchange.core.values import NOBODY, EncumbranceId, IssuanceId, LotId, ParticipantId, PersonId, TransactionId
from tests.audit.forgeries import FORGERIES, found_by
from tests.audit.history import History

__all__ = ("FORGERIES",)


def _quota(history: History, *, revoked: bool = False) -> tuple[IssuanceRecorded, LotAdmitted]:
    """An issuance of quota and its lot: the one that the registry disputes, or the one whose claim was revoked."""
    claims = {event.claim for _, event in history.every(ClaimRevoked)}
    issued = [event for _, event in history.every(IssuanceRecorded) if event.converted]
    found = [one for one in issued if one.converted in claims][-1] if revoked else issued[2]
    return found, history.only(LotAdmitted, issuance=found.issuance)


@found_by("CONVERSION-WRONG")
def sink_quota_is_issued_on_a_disputed_cancellation(history: History) -> None:
    issued, _ = _quota(history)
    serials = SerialRange(issued.serials.hi, issued.serials.hi + 1)
    history.append(replace(issued, issuance=IssuanceId(7), serials=serials))


@found_by("CONVERSION-WRONG")
def sink_quota_comes_in_on_a_disputed_cancellation(history: History) -> None:
    _, lot = _quota(history)
    history.append(replace(lot, lot=LotId(lot.lot + 1), lock_reference="another"))


@found_by("CONVERSION-WRONG")
def sink_quota_comes_in_for_a_firm_that_cancelled_nothing(history: History) -> None:
    issued = next(event for _, event in history.every(IssuanceRecorded) if event.converted)
    lot = history.only(LotAdmitted, issuance=issued.issuance)
    lot.owner = ParticipantId(lot.owner + 1)


@found_by("CONVERSION-WRONG")
def sink_quota_that_nothing_stands_behind_is_let_go(history: History) -> None:
    _, lot = _quota(history, revoked=True)
    held = history.only(UnitsEncumbered, lot=lot.lot)
    history.append(UnitsFreed(held.encumbrance, held.lot, held.ranges))


@found_by("HELD-MOVED")
def sink_quota_is_sold_in_dispute(history: History) -> None:
    _, lot = _quota(history)
    history.append(ParcelsMoved(TransactionId(7), lot.lot, lot.owner, ParticipantId(lot.owner + 1), (lot.serials,)))


def _suspended_for(history: History, doubt: type[RegistryContradicted] | type[ClaimRevoked]) -> EncumbranceSet:
    """The suspension in the last entry that puts something in doubt so and suspends it."""
    entries = [entry for entry, _ in history.every(doubt)]
    return [event for entry in entries for event in entry if isinstance(event, EncumbranceSet)][-1]


@found_by("HELD-MOVED")
def sink_quota_is_sold_whose_ccer_a_person_has_found_alive(history: History) -> None:
    """Nothing holds it, so that only the doubt tells."""
    issued = [event for _, event in history.every(IssuanceRecorded) if event.converted][1]
    lot = history.only(LotAdmitted, issuance=issued.issuance)
    cancelled = history.only(ClaimFulfilled, claim=issued.converted).units[0]
    first = cancelled.ranges[0]
    asked = _suspended_for(history, RegistryContradicted)
    found = replace(asked, encumbrance=EncumbranceId(asked.encumbrance + 1), reference=f"{RECONCILIATION}OTHER_STATE")
    history.append(replace(found, by=PersonId(1), lot=cancelled.lot, serial_lo=first.lo, serial_hi=first.lo + 1))
    sold = SerialRange(lot.serials.hi - 1, lot.serials.hi)
    history.append(ParcelsMoved(TransactionId(7), lot.lot, lot.owner, ParticipantId(lot.owner + 1), (sold,)))


@found_by("HELD-MISCOUNTED")
def a_contradiction_holds_nothing(history: History) -> None:
    history.drop(EncumbranceSet, encumbrance=_suspended_for(history, RegistryContradicted).encumbrance)


@found_by("HELD-MISCOUNTED")
def a_contradiction_holds_less_than_the_request(history: History) -> None:
    _suspended_for(history, RegistryContradicted).serial_hi -= 1


@found_by("HELD-MISCOUNTED")
def a_contradiction_holds_what_a_reconciliation_would(history: History) -> None:
    _suspended_for(history, RegistryContradicted).reference = f"{RECONCILIATION}MISSING_THERE"


@found_by("HELD-MISCOUNTED")
def a_revocation_holds_nothing(history: History) -> None:
    history.drop(EncumbranceSet, encumbrance=_suspended_for(history, ClaimRevoked).encumbrance)


@found_by("HELD-MISCOUNTED")
def a_revocation_holds_what_another_use_has(history: History) -> None:
    held = _suspended_for(history, ClaimRevoked)
    held.serial_lo, held.serial_hi = held.serial_lo + 1, held.serial_hi + 1


@found_by("HELD-MISCOUNTED")
def the_program_holds_what_nobody_doubts(history: History) -> None:
    found = history.only(EncumbranceSet, by=PersonId(NOBODY))
    history.append(replace(found, encumbrance=EncumbranceId(found.encumbrance + 1), reference="no doubt"))
