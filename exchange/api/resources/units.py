"""Issuances, lots and parcels: what was certified, which serials of it are here, and where each of them stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from exchange.access.authority import Audience
from exchange.access.ids import Kind, id_number, id_text, id_text_or_none
from exchange.api.fields import Model, PageQuery, ReadQuery
from exchange.api.operations import Call, Change, Document, Draft, Read
from exchange.api.outputs import (
    Dated,
    DayOut,
    EncumbranceOut,
    IssuanceOut,
    LotOut,
    Page,
    ParticipantOut,
    ProjectOut,
    RequestOut,
    UseOut,
    name_of,
)
from exchange.api.paging import number_of, page
from exchange.api.problems import ProblemError
from exchange.api.unit_documents import UnitRange, issuance_of, range_document
from exchange.api.wire import day_text
from exchange.core.commands.credits import RequestLock
from exchange.core.commands.instruments import Family
from exchange.core.commands.projects import Mechanism
from exchange.core.credits.serial_text import serial_text
from exchange.core.credits.states import TRANSITIONS, Transition
from exchange.core.events.credits import Cause, IssuanceRecorded, LotAdmitted, MarketTag, Parcel, ParcelState
from exchange.core.events.registry import RegistryAsked
from exchange.core.rejections import RejectReason
from exchange.core.serials import SerialRange
from exchange.core.values import IssuanceId, LotId
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.submission import Decided


class IssuanceModel(Model):
    """What a registry issued for a monitoring period of a project, as two persons recorded it.

    One serial is one tonne, ``serial_hi`` is not one of them; ``serial_text`` is the range as the registry writes it.
    """

    id: IssuanceOut
    project: ProjectOut
    project_code: str
    family: Annotated[str, name_of(Family)]
    mechanism: Annotated[str, name_of(Mechanism)]
    registry: str
    monitoring_start: DayOut
    monitoring_end: DayOut
    verified: int
    applied_on: DayOut
    vintage: int
    space: str
    serial_lo: int
    serial_hi: int
    serial_text: str
    quantity: int
    converted: UseOut | None


class IssuancePage(Page):
    """Issuances."""

    items: list[IssuanceModel]


class LotModel(Model):
    """A serial block of an issuance that was admitted to this venue."""

    id: LotOut
    issuance: IssuanceOut
    project: ProjectOut
    project_code: str
    family: Annotated[str, name_of(Family)]
    vintage: int
    first_owner: ParticipantOut | None
    lock_reference: str | None
    serial_lo: int
    serial_hi: int
    serial_text: str
    quantity: int


class LotAnswer(LotModel, Dated):
    """One lot."""


class LotPage(Page):
    """Lots."""

    items: list[LotModel]


class LotParcel(UnitRange):
    """Serials of a lot that stand in one place. Where they are gone, ``owner`` is who had them last.

    ``encumbered`` counts what holds them fast, and ``encumbrances`` names it; only what is REGIONAL, ACTIVE and held by
    nothing can be sold.
    """

    owner: ParticipantOut
    acquired: DayOut
    tag: Annotated[str, name_of(MarketTag)]
    state: Annotated[str, name_of(ParcelState)]
    encumbered: int
    encumbrances: list[EncumbranceOut]


class LotParcelPage(Page):
    """Parcels of one lot in the order of their serials."""

    items: list[LotParcel]


class TransitionModel(Model):
    """A step that units can take: from tag and state (null for what is new here) to others, and what makes it."""

    tag_before: Annotated[str, name_of(MarketTag)] | None
    state_before: Annotated[str, name_of(ParcelState)] | None
    tag: Annotated[str, name_of(MarketTag)]
    state: Annotated[str, name_of(ParcelState)]
    cause: Annotated[str, name_of(Cause)]


class TransitionTable(Dated):
    """Every step that units can take; there is no other."""

    items: list[TransitionModel]


class LockAsked(Dated):
    """The requests that were made to the registry."""

    lot: LotOut
    requests: list[RequestOut]


def issuance_document(event: IssuanceRecorded, view: CommittedView) -> Document:
    """An issuance as it is shown."""
    terms = view.projects.by_id[event.project].terms
    return {
        "id": id_text(Kind.ISSUANCE, event.issuance),
        "project": id_text(Kind.PROJECT, event.project),
        "project_code": terms.code,
        "family": terms.family.name,
        "mechanism": terms.mechanism.name,
        "registry": terms.registry,
        "monitoring_start": day_text(event.monitoring_start),
        "monitoring_end": day_text(event.monitoring_end),
        "verified": event.verified,
        "applied_on": day_text(event.applied_on),
        "vintage": event.vintage,
        "space": event.space_name,
        "serial_lo": event.serials.lo,
        "serial_hi": event.serials.hi,
        "serial_text": serial_text(event.serial_text, event.serials),
        "quantity": event.serials.tonnes,
        "converted": id_text_or_none(Kind.USE, event.converted),
    }


def lot_document(event: LotAdmitted, call: Call) -> Document:
    """A lot as it is shown: who brought it in, and on which paper, only to staff and to that firm itself."""
    view = call.services.view
    known = call.who.is_staff or event.owner == call.who.participant
    issuance = issuance_of(view, event.lot)
    terms = view.projects.by_id[issuance.project].terms
    return {
        "id": id_text(Kind.LOT, event.lot),
        "issuance": id_text(Kind.ISSUANCE, event.issuance),
        "project": id_text(Kind.PROJECT, issuance.project),
        "project_code": terms.code,
        "family": terms.family.name,
        "vintage": issuance.vintage,
        "first_owner": id_text(Kind.PARTICIPANT, event.owner) if known else None,
        "lock_reference": event.lock_reference if known else None,
        "serial_lo": event.serials.lo,
        "serial_hi": event.serials.hi,
        "serial_text": serial_text(issuance.serial_text, event.serials),
        "quantity": event.serials.tonnes,
    }


def lot_parcel_document(view: CommittedView, lot: LotId, parcel: Parcel) -> Document:
    """A parcel as staff and its owner see it."""
    serials = SerialRange(parcel.lo, parcel.hi)
    holding = view.encumbrances.holding(lot, serials) if parcel.encumbered else []
    return {
        **range_document(view, lot, serials),
        "owner": id_text(Kind.PARTICIPANT, parcel.owner),
        "acquired": day_text(parcel.acquired),
        "tag": parcel.tag.name,
        "state": parcel.state.name,
        "encumbered": parcel.encumbered,
        "encumbrances": [id_text(Kind.ENCUMBRANCE, number) for number in holding],
    }


def _visible_lots(call: Call) -> Sequence[LotId]:
    """All for staff; for a trader those of which the firm has, or had last, a tonne."""
    units = call.services.view.units
    return list(units.lots) if call.who.is_staff else units.known_lots(call.who.participant)


def issuances(call: Call) -> Document:
    """All issuances for staff, those of held lots for a trader."""
    view = call.services.view
    rows = list(view.units.issuances.values())
    if not call.who.is_staff:
        held = {view.units.lots[lot].issuance for lot in _visible_lots(call)}
        rows = [view.units.issuances[issuance] for issuance in sorted(held)]
    return page(rows, _issuance_number, lambda row: issuance_document(row, view), call.query)


def _issuance_number(event: IssuanceRecorded) -> IssuanceId:
    return event.issuance


def lots(call: Call) -> Document:
    """All lots for staff, those of which it holds something or held the last of it for a trader."""
    rows = (call.services.view.units.lots[lot] for lot in _visible_lots(call))
    return page(rows, lambda row: row.lot, lambda row: lot_document(row, call), call.query)


def _lot(call: Call) -> LotId:
    """The lot of the address; to a trader a lot of which the firm never held anything is not there."""
    lot = LotId(id_number(Kind.LOT, call.path["lot"]))
    units = call.services.view.units
    if lot in units.lots and (call.who.is_staff or units.knows(lot, call.who.participant)):
        return lot
    raise ProblemError(RejectReason.LOT_NOT_FOUND)


def one_lot(call: Call) -> Document:
    """One lot; to a trader a lot of which it holds nothing is not there."""
    return lot_document(call.services.view.units.lots[_lot(call)], call)


def parcels(call: Call) -> Document:
    """Where the serials of a lot stand: all of them for staff, the own ones for a trader."""
    lot, view = _lot(call), call.services.view
    owner = None if call.who.is_staff else call.who.participant
    rows = view.units.parcels_behind(lot, owner, number_of(call.query.cursor), call.query.limit + 1)
    return page(rows, lambda row: row.lo, lambda row: lot_parcel_document(view, lot, row), call.query)


def transitions(_call: Call) -> Document:
    """The table of all steps that units can take, as the core and the database have it."""
    return {"items": [_transition(step) for step in TRANSITIONS]}


def _transition(step: Transition) -> Document:
    tag, state = step.after
    before = step.before
    return {
        "tag_before": None if before is None else before[0].name,
        "state_before": None if before is None else before[1].name,
        "tag": tag.name,
        "state": state.name,
        "cause": step.cause.name,
    }


def request_lock(call: Call) -> Draft:
    """Ask the national registry again to lock what it has refused to lock."""
    lot = LotId(id_number(Kind.LOT, call.path["lot"]))
    return Draft(RequestLock(call.who.person, lot), lambda decision: _asked(lot, decision))


def _asked(lot: LotId, decision: Decided) -> Document:
    asked = [event.request for event in decision.events if isinstance(event, RegistryAsked)]
    return {"lot": id_text(Kind.LOT, lot), "requests": [id_text(Kind.REQUEST, number) for number in asked]}


_NO_LOT: Final = (RejectReason.LOT_NOT_FOUND,)

OPERATIONS = (
    Read(path="/v1/issuances", audience=Audience.EVERYBODY, query=PageQuery, handle=issuances, answer=IssuancePage),
    Read(path="/v1/lots", audience=Audience.EVERYBODY, query=PageQuery, handle=lots, answer=LotPage),
    Read(path="/v1/lots/{lot}", audience=Audience.EVERYBODY, handle=one_lot, answer=LotAnswer, missing=_NO_LOT),
    Read(
        path="/v1/lots/{lot}/parcels",
        audience=Audience.EVERYBODY,
        query=PageQuery,
        handle=parcels,
        answer=LotParcelPage,
        missing=_NO_LOT,
    ),
    Read(path="/v1/transitions", audience=Audience.PUBLIC, query=ReadQuery, handle=transitions, answer=TransitionTable),
    Change(
        method="POST",
        path="/v1/lots/{lot}/lock",
        command=RequestLock,
        draft=request_lock,
        answer=LockAsked,
    ),
)
