"""Why quota of an ecosystem sink cannot be issued, come in or be let go: what of its conversion does not fit.

The core's own checks are :mod:`exchange.core.handlers.conversions` and the conversions of
:mod:`exchange.core.handlers.projects`; they say one thing of all of this. A firm is told about its own conversion only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exchange.access.ids import Kind, id_text
from exchange.api.problems import FieldError
from exchange.core.commands.credits import AdmitLot
from exchange.core.commands.encumbrances import LiftEncumbrance
from exchange.core.commands.instruments import SourceCategory
from exchange.core.commands.projects import RecordIssuance
from exchange.core.commands.uses import Purpose
from exchange.core.credits.claims import ClaimStatus
from exchange.core.credits.encumbrance import is_doubt
from exchange.core.credits.project import YEAR
from exchange.core.events.uses import LotRanges
from exchange.core.rejections import RejectReason as R
from exchange.core.values import NOBODY, PersonId, ProjectId
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.view.unit_rows import EncumbranceRow, UseRow

Errors = tuple[FieldError, ...]

BEFORE_CONVERSION: Final = (R.GROUND_TAKEN, R.VERIFIED_DIFFERS, R.VERIFIED_EXCEEDED)
"""Refusals that come before that of a missing conversion, and would not come if it were there, or otherwise."""


def issuance_errors(action: RecordIssuance, view: CommittedView, place: str) -> dict[R, Errors]:
    """What of an issuance's ``converted`` does not fit, for each refusal that may be told in its stead."""
    found = tuple(_of_issuance(action, view, f"{place}/converted"))
    if is_of_sink(action.project, view) and not action.converted:
        return dict.fromkeys((*BEFORE_CONVERSION, R.CONVERSION_INVALID), found)
    return {R.CONVERSION_INVALID: found}


def is_of_sink(project: ProjectId | None, view: CommittedView) -> bool:
    """Whether what a project yields is quota of an ecosystem sink."""
    known = None if project is None else view.projects.by_id.get(project)
    return known is not None and known.terms.source_category is SourceCategory.ECOSYSTEM_SINK


def _of_issuance(action: RecordIssuance, view: CommittedView, pointer: str) -> Iterator[FieldError]:
    """There is something when, and only when, the core finds that the conversion does not fit."""
    if not is_of_sink(action.project, view):
        if action.converted:
            yield FieldError(pointer, "OF_SINK_QUOTA")
        return
    if not action.converted:
        yield FieldError(pointer, "MISSING")
        return
    use = view.uses.by_id.get(action.converted)
    yield from _standing_on(use, view, pointer)
    if use is None or use.terms.purpose is not Purpose.CONVERSION:
        return
    issuances = [view.units.issuances[view.units.lots[part.lot].issuance] for part in use.units]
    league = view.projects.by_id[action.project].terms.league
    if any(view.projects.by_id[one.project].terms.league is not league for one in issuances):
        yield FieldError(pointer, "CONVERSION_OF_ANOTHER_LEAGUE")
    if any(one.vintage != action.monitoring_start // YEAR for one in issuances):
        yield FieldError(pointer, "CONVERSION_OF_ANOTHER_YEAR")


def _standing_on(use: UseRow | None, view: CommittedView, pointer: str) -> Iterator[FieldError]:
    """Why nothing can stand on a use, or nothing yet."""
    if use is None:
        yield FieldError(pointer, "NO_SUCH_USE")
    elif use.terms.purpose is not Purpose.CONVERSION:
        yield FieldError(pointer, "NOT_A_CONVERSION")
    elif use.status is ClaimStatus.REVOKED:
        yield FieldError(pointer, "CONVERSION_REVOKED")
    elif use.status is ClaimStatus.ENDED:
        yield FieldError(pointer, "CONVERSION_ENDED")
    elif use.status is not ClaimStatus.FULFILLED:
        yield FieldError(pointer, "CONVERSION_NOT_FULFILLED")
    elif any(is_doubt(row.terms) and not row.lifted_at and _meets(row, use.units) for row in _encumbrances(view)):
        yield FieldError(pointer, "CONVERSION_DISPUTED")


def _encumbrances(view: CommittedView) -> Iterator[EncumbranceRow]:
    return iter(view.encumbrances.by_id.values())


def _meets(row: EncumbranceRow, units: tuple[LotRanges, ...]) -> bool:
    """Whether an encumbrance of serials of a lot is about any of these."""
    about = row.terms
    return any(
        part.lot == about.lot and about.serial_lo < serials.hi and serials.lo < about.serial_hi
        for part in units
        for serials in part.ranges
    )


def lot_errors_of(action: AdmitLot, view: CommittedView, place: str) -> dict[R, Errors]:
    """What is wrong with the conversion that a lot's issuance stands on, and, for staff, whose it is."""
    issuance = view.units.issuances.get(action.issuance)
    use = None if issuance is None or not issuance.converted else view.uses.by_id.get(issuance.converted)
    if use is None or not (use.terms.participant == action.owner or _is_staff(action.actor, view)):
        return {}
    owner = id_text(Kind.PARTICIPANT, use.terms.participant)
    return {
        R.CONVERSION_INVALID: tuple(_standing_on(use, view, f"{place}/issuance")),
        R.OWNER_NOT_OF_CONVERSION: (FieldError(f"{place}/owner", "OF_ANOTHER_FIRM", allowed=(owner,)),),
    }


def _is_staff(actor: PersonId, view: CommittedView) -> bool:
    person = view.people.persons.get(actor)
    return person is not None and person.participant == NOBODY


def lifting_errors(action: LiftEncumbrance, _view: CommittedView, place: str) -> dict[R, Errors]:
    """What holds quota without anything behind it stays: this refusal of a lifting has no other reason."""
    return {R.CONVERSION_INVALID: (FieldError(f"{place}/encumbrance", "NEVER_LIFTED"),)}
