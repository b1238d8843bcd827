"""Encumbrances: what holds units fast. One person sets one, because the harm of waiting is the greater one; two lift it
(proposal of type LIFT). Reversals: stored carbon that was lost again, and what was cancelled in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Final, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from exchange.access.authority import Audience
from exchange.access.ids import Kind, id_number, id_text, id_text_or_none
from exchange.api.certificates import standing_disputes
from exchange.api.fields import Body, Lot, Model, PageQuery, Project, Reference, Serial, Year, named
from exchange.api.operations import Call, Change, Document, Draft, Read
from exchange.api.outputs import (
    Dated,
    EncumbranceOut,
    LotOut,
    Page,
    ParticipantOut,
    PersonOut,
    ProjectOut,
    ProposalOut,
    RequestOut,
    ReversalOut,
    TimeOut,
    UseOut,
    name_of,
)
from exchange.api.paging import page
from exchange.api.problems import ProblemError
from exchange.api.unit_documents import UnitRange, range_document
from exchange.api.wire import time_text
from exchange.core.commands.encumbrances import Encumber, EncumbranceKind
from exchange.core.credits.claims import ClaimStatus
from exchange.core.events.encumbrances import EncumbranceSet, UnitsEncumbered
from exchange.core.rejections import RejectReason
from exchange.core.serials import SerialRange
from exchange.core.values import NOBODY, EncumbranceId, LotId, Micros, ProjectId, ReversalId
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.submission import Decided
from exchange.sequencer.view.unit_rows import EncumbranceRow, ReversalRow, UseRow


class EncumberIn(Body):
    """Units to hold fast at once: those of a ``project``, of all vintages or of one, or those of a ``lot``, all of it
    or serials. What comes in later under the same project is held fast as it comes in.
    """

    kind: Annotated[EncumbranceKind, named(EncumbranceKind)]
    project: Project | None = None
    vintage: Year | None = None
    lot: Lot | None = None
    serial_lo: Serial | None = None
    serial_hi: Serial | None = None
    reference: Reference

    @model_validator(mode="after")
    def _of_a_project_or_a_lot(self) -> Self:
        serials = (self.serial_lo is None, self.serial_hi is None)
        of_project = self.lot is None and all(serials)
        of_lot = self.vintage is None and serials[0] == serials[1]
        if not (of_lot if self.project is None and self.lot is not None else of_project and self.project is not None):
            raise PydanticCustomError("PROJECT_OR_LOT", "name a project or a lot")
        return self


class EncumbranceModel(Model):
    """What holds units fast, and how many it holds or held; they can be neither sold nor used nor released. A trader is
    told how many of the own firm's it holds, and ``beyond_reach`` is told to staff.
    """

    id: EncumbranceOut
    kind: Annotated[str, name_of(EncumbranceKind)]
    project: ProjectOut | None
    vintage: int | None
    lot: LotOut | None
    serial_lo: int | None
    serial_hi: int | None
    reference: str
    request: RequestOut | None
    set_by: PersonOut | None
    set_at: TimeOut
    lifted_at: TimeOut | None
    lifted_by: ProposalOut | None
    quantity: int
    beyond_reach: int | None


class OneEncumbrance(EncumbranceModel, Dated):
    """One encumbrance."""


class EncumbrancePage(Page):
    """Encumbrances."""

    items: list[EncumbranceModel]


class EncumbranceAnswer(Dated):
    """An encumbrance that was just set. ``quantity`` is what it holds by now; of a very large scope the rest follows at
    once, and until then nothing can be sold, used or released. ``beyond_reach`` is what it is about and came too late.
    """

    id: EncumbranceOut
    kind: Annotated[str, name_of(EncumbranceKind)]
    reference: str
    quantity: int
    beyond_reach: int


class EncumberedPage(Page):
    """The ranges that an encumbrance holds or held, in the order in which it came to hold them."""

    items: list[UnitRange]


class ReversalModel(Model):
    """Stored carbon that was lost again. ``replaced`` is what was cancelled for it, ``pending`` what the registry has
    not cancelled yet, ``shortfall`` what is still owed, those among it; nothing of one that was withdrawn, because it
    was a mistake. ``replaced_in_doubt`` is how much of ``replaced`` is by uses that are disputed: as much is owed again
    when they are revoked.
    """

    id: ReversalOut
    project: ProjectOut
    vintage: int | None
    responsible: ParticipantOut
    quantity: int
    replaced: int
    replaced_in_doubt: int
    pending: int
    shortfall: int
    cause: str
    reported_at: TimeOut
    withdrawn_at: TimeOut | None
    withdrawal_reason: str | None
    uses: list[UseOut]


class OneReversal(ReversalModel, Dated):
    """One reversal."""


class ReversalPage(Page):
    """Reversals."""

    items: list[ReversalModel]


# --- encumbrances ----------------------------------------------------------------------------------------------------


def encumbrance_document(row: EncumbranceRow, call: Call, own: Mapping[EncumbranceId, int]) -> Document:
    """An encumbrance as it is shown: who set and who lifted it, what it holds of all firms, and how much of what it is
    about is gone, only to staff; to a trader what it holds of the own firm. Its request is told to staff and to the
    firm that it is of.
    """
    terms, view = row.terms, call.services.view
    cause = view.requests.by_encumbrance.get(terms.encumbrance)
    told = cause is not None and (call.who.is_staff or cause.terms.owner == call.who.participant)
    by = id_text_or_none(Kind.PERSON, terms.by) if call.who.is_staff else None
    lifting = view.governance.lifting.get(terms.encumbrance, NOBODY) if call.who.is_staff else NOBODY
    return {
        "id": id_text(Kind.ENCUMBRANCE, terms.encumbrance),
        "kind": terms.kind.name,
        "project": id_text_or_none(Kind.PROJECT, terms.project),
        "vintage": terms.vintage or None,
        "lot": id_text_or_none(Kind.LOT, terms.lot),
        "serial_lo": terms.serial_lo or None,
        "serial_hi": terms.serial_hi or None,
        "reference": terms.reference,
        "request": id_text(Kind.REQUEST, cause.terms.request) if cause is not None and told else None,
        "set_by": by,
        "set_at": time_text(row.at),
        "lifted_at": time_text(row.lifted_at) if row.lifted_at else None,
        "lifted_by": id_text_or_none(Kind.PROPOSAL, lifting),
        "quantity": row.quantity if call.who.is_staff else own[terms.encumbrance],
        "beyond_reach": beyond_reach(terms, view) if call.who.is_staff else None,
    }


def _visible(call: Call, own: Mapping[EncumbranceId, int]) -> Iterable[EncumbranceRow]:
    """All for staff, for a trader those that hold units of the own firm fast now."""
    by_id = call.services.view.encumbrances.by_id
    return by_id.values() if call.who.is_staff else (by_id[number] for number in sorted(own))


def _held_of_own(call: Call) -> dict[EncumbranceId, int]:
    """What holds units of the own firm fast now, and how many tonnes of them; nothing for staff, who have no firm."""
    view, firm = call.services.view, call.who.participant
    tonnes = dict[EncumbranceId, int]()
    for lot in view.units.held_lots(firm):
        held = view.encumbrances.of_lot.get(lot, {})
        for parcel in view.units.parcels_of(lot, firm) if held else ():
            serials = SerialRange(parcel.lo, parcel.hi)
            for number in view.encumbrances.holding(lot, serials) if parcel.encumbered else ():
                own = sum(part.tonnes for part in held[number].within(serials))
                tonnes[number] = tonnes.get(number, 0) + own
    return tonnes


def every(call: Call) -> Document:
    """What holds units fast or did: all for staff, for a trader what holds own units now."""
    own = _held_of_own(call)
    return page(
        _visible(call, own),
        lambda row: row.terms.encumbrance,
        lambda row: encumbrance_document(row, call, own),
        call.query,
    )


def _row(call: Call, own: Mapping[EncumbranceId, int]) -> EncumbranceRow:
    number = EncumbranceId(id_number(Kind.ENCUMBRANCE, call.path["encumbrance"]))
    row = call.services.view.encumbrances.by_id.get(number)
    if row is None or not (call.who.is_staff or number in own):
        raise ProblemError(RejectReason.ENCUMBRANCE_NOT_FOUND)
    return row


def one(call: Call) -> Document:
    """One encumbrance."""
    own = _held_of_own(call)
    return encumbrance_document(_row(call, own), call, own)


def beyond_reach(terms: EncumbranceSet, view: CommittedView) -> int:
    """How many tonnes that an encumbrance is about nothing can hold fast now: used up, or in the national market."""
    if not terms.project:
        return view.units.spent(terms.lot, terms.serial_lo, terms.serial_hi)
    issued = (view.units.issuances[number] for number in view.projects.issuances.get(terms.project, ()))
    meant = (one.issuance for one in issued if terms.vintage in (0, one.vintage))
    return sum(view.units.spent(lot) for number in meant for lot in view.units.of_issuance.get(number, ()))


def units(call: Call) -> Document:
    """The ranges that an encumbrance holds or held."""
    view = call.services.view
    ranges = [(part.lot, serials) for part in _row(call, {}).units for serials in part.ranges]
    numbered = list(enumerate(ranges, start=1))
    return page(numbered, lambda row: row[0], lambda row: _range(view, row[1]), call.query)


def _range(view: CommittedView, held: tuple[LotId, SerialRange]) -> Document:
    return range_document(view, *held)


def encumber(call: Call) -> Draft:
    """Hold units fast at once. Sells that they covered end, newest first; lifting it is a proposal of type LIFT."""
    body: EncumberIn = call.body
    command = Encumber(
        call.who.person,
        body.kind,
        ProjectId(NOBODY if body.project is None else body.project),
        body.vintage or 0,
        LotId(NOBODY if body.lot is None else body.lot),
        body.serial_lo or 0,
        body.serial_hi or 0,
        body.reference,
    )
    view = call.services.view
    return Draft(command, lambda decision: _encumbered(decision, view))


def _encumbered(decision: Decided, view: CommittedView) -> Document:
    (made,) = [event for event in decision.events if isinstance(event, EncumbranceSet)]
    held = [event for event in decision.events if isinstance(event, UnitsEncumbered)]
    return {
        "id": id_text(Kind.ENCUMBRANCE, made.encumbrance),
        "kind": made.kind.name,
        "reference": made.reference,
        "quantity": sum(serials.tonnes for event in held for serials in event.ranges),
        "beyond_reach": beyond_reach(made, view),
    }


# --- reversals -------------------------------------------------------------------------------------------------------


def reversal_document(row: ReversalRow, view: CommittedView) -> Document:
    """A reversal as it is shown."""
    terms = row.terms
    uses = view.uses.by_reversal.get(terms.reversal, [])
    return {
        "id": id_text(Kind.REVERSAL, terms.reversal),
        "project": id_text(Kind.PROJECT, terms.project),
        "vintage": terms.vintage or None,
        "responsible": id_text(Kind.PARTICIPANT, terms.responsible),
        "quantity": terms.quantity,
        "replaced": row.replaced,
        "replaced_in_doubt": sum(use.quantity for use in uses if _is_doubtful(view, use)),
        "pending": sum(use.quantity for use in uses if use.status is ClaimStatus.PENDING),
        "shortfall": row.shortfall,
        "cause": terms.cause,
        "reported_at": time_text(Micros(row.at)),
        "withdrawn_at": time_text(row.withdrawn_at) if row.withdrawn_at else None,
        "withdrawal_reason": row.reason or None,
        "uses": [id_text(Kind.USE, use.terms.claim) for use in uses],
    }


def _is_doubtful(view: CommittedView, use: UseRow) -> bool:
    return use.status is ClaimStatus.FULFILLED and bool(standing_disputes(view, use))


def _visible_reversals(call: Call) -> Iterator[ReversalRow]:
    """All for staff, for a trader those that the own firm has to replace."""
    for row in call.services.view.encumbrances.reversals.values():
        if call.who.is_staff or row.terms.responsible == call.who.participant:
            yield row


def reversals(call: Call) -> Document:
    """Stored carbon that was lost again: all of it for staff, for a trader what the own firm has to replace."""
    view = call.services.view
    return page(
        _visible_reversals(call), lambda row: row.terms.reversal, lambda row: reversal_document(row, view), call.query
    )


def one_reversal(call: Call) -> Document:
    """One reversal, with the uses that replace it, by order or of the firm's own accord."""
    view = call.services.view
    row = view.encumbrances.reversals.get(ReversalId(id_number(Kind.REVERSAL, call.path["reversal"])))
    if row is None or not (call.who.is_staff or row.terms.responsible == call.who.participant):
        raise ProblemError(RejectReason.REVERSAL_NOT_FOUND)
    return reversal_document(row, view)


_MISSING: Final = (RejectReason.ENCUMBRANCE_NOT_FOUND,)

OPERATIONS = (
    Read(path="/v1/encumbrances", audience=Audience.EVERYBODY, query=PageQuery, handle=every, answer=EncumbrancePage),
    Read(
        path="/v1/encumbrances/{encumbrance}",
        audience=Audience.EVERYBODY,
        handle=one,
        answer=OneEncumbrance,
        missing=_MISSING,
    ),
    Read(
        path="/v1/encumbrances/{encumbrance}/units",
        audience=Audience.SUPERVISION,
        query=PageQuery,
        handle=units,
        answer=EncumberedPage,
        missing=_MISSING,
    ),
    Change(
        method="POST",
        path="/v1/encumbrances",
        command=Encumber,
        body=EncumberIn,
        draft=encumber,
        answer=EncumbranceAnswer,
    ),
    Read(path="/v1/reversals", audience=Audience.EVERYBODY, query=PageQuery, handle=reversals, answer=ReversalPage),
    Read(
        path="/v1/reversals/{reversal}",
        audience=Audience.EVERYBODY,
        handle=one_reversal,
        answer=OneReversal,
        missing=(RejectReason.REVERSAL_NOT_FOUND,),
    ),
)
