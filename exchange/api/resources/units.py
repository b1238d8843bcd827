"""Issuances and lots: what was certified, and which serials of it are locked for this venue."""

from __future__ import annotations

from typing import Annotated

from exchange.access.authority import Audience
from exchange.access.ids import Kind, id_number, id_text
from exchange.api.fields import Model, PageQuery
from exchange.api.operations import Call, Document, Read
from exchange.api.outputs import Dated, DayOut, IssuanceOut, LotOut, Page, ParticipantOut, name_of
from exchange.api.paging import page
from exchange.api.problems import ProblemError
from exchange.api.wire import day_text
from exchange.core.commands.credits import CcerGeneration, Mechanism
from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.events.credits import IssuanceRecorded, LotAdmitted
from exchange.core.rejections import RejectReason
from exchange.core.values import IssuanceId, LotId


class IssuanceModel(Model):
    """What a registry issued, as two persons recorded it; one serial is one tonne, ``serial_hi`` is not one of them."""

    id: IssuanceOut
    family: Annotated[str, name_of(Family)]
    mechanism: Annotated[str, name_of(Mechanism)]
    registry: str
    project: str
    project_name_en: str
    project_name_zh: str
    methodology: str
    site_parcels: list[str]
    activity: str
    monitoring_start: DayOut
    monitoring_end: DayOut
    vintage: int
    source_category: Annotated[str, name_of(SourceCategory)]
    source_facility: str
    league: Annotated[str, name_of(League)]
    ccer_generation: Annotated[str, name_of(CcerGeneration)]
    space: str
    serial_lo: int
    serial_hi: int
    quantity: int


class IssuancePage(Page):
    """Issuances."""

    items: list[IssuanceModel]


class LotModel(Model):
    """A serial block of an issuance that is locked for this venue."""

    id: LotOut
    issuance: IssuanceOut
    first_owner: ParticipantOut | None
    serial_lo: int
    serial_hi: int
    quantity: int


class LotAnswer(LotModel, Dated):
    """One lot."""


class LotPage(Page):
    """Lots."""

    items: list[LotModel]


def issuance_document(event: IssuanceRecorded) -> Document:
    """An issuance as it is shown."""
    return {
        "id": id_text(Kind.ISSUANCE, event.issuance),
        "family": event.family.name,
        "mechanism": event.mechanism.name,
        "registry": event.registry,
        "project": event.project,
        "project_name_en": event.project_name_en,
        "project_name_zh": event.project_name_zh,
        "methodology": event.methodology,
        "site_parcels": list(event.site_parcels),
        "activity": event.activity,
        "monitoring_start": day_text(event.monitoring_start),
        "monitoring_end": day_text(event.monitoring_end),
        "vintage": event.vintage,
        "source_category": event.source_category.name,
        "source_facility": event.source_facility,
        "league": event.league.name,
        "ccer_generation": event.ccer_generation.name,
        "space": event.space_name,
        "serial_lo": event.serials.lo,
        "serial_hi": event.serials.hi,
        "quantity": event.serials.tonnes,
    }


def lot_document(event: LotAdmitted, call: Call) -> Document:
    """A lot as it is shown: who brought it in only to staff and to that firm itself."""
    known = call.who.is_staff or event.owner == call.who.participant
    return {
        "id": id_text(Kind.LOT, event.lot),
        "issuance": id_text(Kind.ISSUANCE, event.issuance),
        "first_owner": id_text(Kind.PARTICIPANT, event.owner) if known else None,
        "serial_lo": event.serials.lo,
        "serial_hi": event.serials.hi,
        "quantity": event.serials.tonnes,
    }


def _visible_lots(call: Call) -> list[LotId]:
    units = call.services.view.units
    return list(units.lots) if call.who.is_staff else units.held_lots(call.who.participant)


def issuances(call: Call) -> Document:
    """All issuances for staff, those of held lots for a trader."""
    units = call.services.view.units
    rows = list(units.issuances.values())
    if not call.who.is_staff:
        held = {units.lots[lot].issuance for lot in _visible_lots(call)}
        rows = [units.issuances[issuance] for issuance in sorted(held)]
    return page(rows, _issuance_number, issuance_document, call.query)


def _issuance_number(event: IssuanceRecorded) -> IssuanceId:
    return event.issuance


def lots(call: Call) -> Document:
    """All lots for staff, those it holds for a trader."""
    rows = (call.services.view.units.lots[lot] for lot in _visible_lots(call))
    return page(rows, lambda row: row.lot, lambda row: lot_document(row, call), call.query)


def one_lot(call: Call) -> Document:
    """One lot; to a trader a lot of which it holds nothing is not there."""
    lot = LotId(id_number(Kind.LOT, call.path["lot"]))
    units = call.services.view.units
    known = lot in units.lots and (call.who.is_staff or lot in units.held.get(call.who.participant, {}))
    if not known:
        raise ProblemError(RejectReason.LOT_NOT_FOUND)
    return lot_document(units.lots[lot], call)


OPERATIONS = (
    Read(path="/v1/issuances", audience=Audience.EVERYBODY, query=PageQuery, handle=issuances, answer=IssuancePage),
    Read(path="/v1/lots", audience=Audience.EVERYBODY, query=PageQuery, handle=lots, answer=LotPage),
    Read(
        path="/v1/lots/{lot}",
        audience=Audience.EVERYBODY,
        handle=one_lot,
        answer=LotAnswer,
        missing=(RejectReason.LOT_NOT_FOUND,),
    ),
)
