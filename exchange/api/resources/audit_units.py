"""The auditor's view of units: everybody who ever held serials, of one lot or of many, and each step that they took."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final

from pydantic import Field
from starlette.responses import Response

from exchange.access.authority import Audience
from exchange.access.ids import Kind, id_number, id_text
from exchange.api.fields import Model, PageQuery, SerialNumber
from exchange.api.ledger_documents import movement_document
from exchange.api.listing import FormQuery, Listing, answer_list
from exchange.api.operations import FROM_THE_DATABASE, Call, Document, Read
from exchange.api.outputs import LotOut, Page, ParticipantOut, TimeOut, name_of, one_of
from exchange.api.paging import history_page
from exchange.api.problems import ProblemError
from exchange.api.resources.audit import MovementModel
from exchange.api.unit_documents import range_document
from exchange.api.unit_selection import UnitQuery, refuse_unknown, selection_of
from exchange.api.validation import invalid
from exchange.api.wire import time_text
from exchange.core.events.credits import Cause, MarketTag, ParcelState
from exchange.core.rejections import RejectReason
from exchange.core.serials import SerialRange
from exchange.core.values import LotId, Seq
from exchange.sequencer.committed_view import CommittedView
from exchange.store.queries import Movement, Step, Tenure, TooWideError

_SUBJECTS: Final = {
    Cause.ADMITTED_FOR_LOCK: Kind.LOT,
    Cause.ADMITTED_HERE: Kind.LOT,
    Cause.LOCK_REQUESTED: Kind.LOT,
    Cause.RETURN_REQUESTED: Kind.LOT,
    Cause.LOCK_CONFIRMED: Kind.REQUEST,
    Cause.LOCK_REFUSED: Kind.REQUEST,
    Cause.LOCK_UNANSWERED: Kind.REQUEST,
    Cause.RETURN_REFUSED: Kind.REQUEST,
    Cause.USE_REFUSED: Kind.REQUEST,
    Cause.CANCELLED: Kind.REQUEST,
    Cause.RELEASED: Kind.REQUEST,
    Cause.RELEASE_REFUSED: Kind.REQUEST,
    Cause.USE_PROPOSED: Kind.USE,
    Cause.USE_WITHDRAWN: Kind.USE,
    Cause.RETIRED: Kind.USE,
    Cause.EXPORTED: Kind.USE,
    Cause.RELEASE_PROPOSED: Kind.RELEASE,
    Cause.RELEASE_WITHDRAWN: Kind.RELEASE,
}
"""Of what kind the thing is that made a step, by its cause."""

SUBJECT: Final = "|".join(kind.pattern for kind in (Kind.LOT, Kind.REQUEST, Kind.USE, Kind.RELEASE))


class Holder(MovementModel):
    """A movement of serials of the range that was asked for. The ``target`` holds them from then on, until the next
    movement of the same serials.
    """

    source_code: str
    target_code: str


class HolderPage(Page):
    """Everybody who ever held a serial of the range, in order."""

    items: list[Holder]


TRANSFERRED: Final = "TRANSFERRED"
_WAYS: Final = (
    TRANSFERRED,
    *(cause.name for cause in (Cause.RETIRED, Cause.CANCELLED, Cause.EXPORTED, Cause.RELEASED)),
)


class TenureQuery(UnitQuery, FormQuery):
    """Of which units, in which form; at least a project, a vintage, a lot or a serial space must be named."""


class TenureModel(Model):
    """Serials that a firm held or holds: since when and from whom, until when and how they left.

    ``until``, ``until_seq``, ``left`` and ``went_to`` are null while it holds them.
    """

    participant: ParticipantOut
    participant_code: str
    lot: LotOut
    serial_lo: int
    serial_hi: int
    serial_text: str
    quantity: int
    since: TimeOut
    since_seq: int
    came_from: Annotated[str, Field(pattern=f"REGISTRY|{Kind.PARTICIPANT.pattern}", examples=["REGISTRY"])]
    until: TimeOut | None
    until_seq: int | None
    left: Annotated[str, one_of(*_WAYS)] | None
    went_to: ParticipantOut | None


class TenurePage(Page):
    """Who ever held serials, in the order in which they got them."""

    items: list[TenureModel]


class StepModel(Model):
    """Serials that went from one tag and state (null: they are new here) to another, and what made them.

    ``owner`` is whose they are afterwards, or were last.
    """

    seq: int
    n: int
    at: TimeOut
    owner: ParticipantOut
    serial_lo: int
    serial_hi: int
    quantity: int
    tag_before: Annotated[str, name_of(MarketTag)] | None
    state_before: Annotated[str, name_of(ParcelState)] | None
    tag: Annotated[str, name_of(MarketTag)]
    state: Annotated[str, name_of(ParcelState)]
    cause: Annotated[str, name_of(Cause)]
    subject: Annotated[str, Field(pattern=SUBJECT, examples=["use-17"])]


class StepPage(Page):
    """Steps of serials, in order."""

    items: list[StepModel]


class RangeQuery(PageQuery):
    """Serials of the lot; all of them unless given."""

    serial_lo: SerialNumber | None = None
    serial_hi: SerialNumber | None = None


def _asked(call: Call) -> tuple[LotId, SerialRange]:
    """The lot of the address, and the serials of it that are asked for."""
    query: RangeQuery = call.query
    lot = LotId(id_number(Kind.LOT, call.path["lot"]))
    event = call.services.view.units.lots.get(lot)
    if event is None:
        raise ProblemError(RejectReason.LOT_NOT_FOUND)
    serials = SerialRange(query.serial_lo or event.serials.lo, query.serial_hi or event.serials.hi)
    if serials.lo >= serials.hi:
        raise invalid("query/serial_hi", "ABOVE_SERIAL_LO")
    return lot, serials


async def holders(call: Call) -> Document:
    """Everybody who ever held a serial of a range, in one query: each movement with the part of the range it moved."""
    lot, serials = _asked(call)
    view = call.services.view
    found = await call.services.history.holders_ever(lot, serials, call.query.limit, call.query.cursor)
    return history_page(found, lambda row: _holder(row, view))


def _holder(movement: Movement, view: CommittedView) -> Document:
    code = view.people.code
    codes = {"source_code": code(movement.source), "target_code": code(movement.target)}
    return {**movement_document(movement), **codes}


async def tenures(call: Call) -> Document | Response:
    """Every firm that ever held any of certain units, over all their lots, in one query: when it got and lost which."""
    query, view, history = call.query, call.services.view, call.services.history
    if not query.names_units:
        raise invalid("query", "NAME_UNITS")
    selection = selection_of(query, view)
    if not selection:
        refuse_unknown(query, view)
    pages, stream = partial(history.tenures, selection), partial(history.stream_tenures, selection)
    shown = partial(tenure_document, view=view)
    try:
        return await answer_list(call, Listing("holders", TenureModel, pages, stream, _newest, shown))
    except TooWideError:
        raise invalid("query", "TOO_WIDE") from None


def _newest(row: Tenure) -> Seq:
    return row.left_seq or row.seq


def tenure_document(row: Tenure, view: CommittedView) -> Document:
    """A tenure as it is shown."""
    left = None if row.left_seq is None else TRANSFERRED if row.cause is None else row.cause.name
    return {
        "participant": id_text(Kind.PARTICIPANT, row.firm),
        "participant_code": view.people.code(row.firm),
        **range_document(view, row.lot, SerialRange(row.lo, row.hi)),
        "since": time_text(row.at),
        "since_seq": row.seq,
        "came_from": id_text(Kind.PARTICIPANT, row.source) if row.source else "REGISTRY",
        "until": None if row.left_at is None else time_text(row.left_at),
        "until_seq": row.left_seq,
        "left": left,
        "went_to": id_text(Kind.PARTICIPANT, row.target) if row.target else None,
    }


async def steps(call: Call) -> Document:
    """Every step that serials of a range took, from their admission on."""
    lot, serials = _asked(call)
    found = await call.services.history.steps(lot, serials, call.query.limit, call.query.cursor)
    return history_page(found, step_document)


def step_document(step: Step) -> Document:
    """A step as it is shown."""
    return {
        "seq": step.seq,
        "n": step.n,
        "at": time_text(step.at),
        "owner": id_text(Kind.PARTICIPANT, step.owner),
        "serial_lo": step.lo,
        "serial_hi": step.hi,
        "quantity": step.hi - step.lo,
        "tag_before": MarketTag(step.tag_before).name if step.tag_before else None,
        "state_before": ParcelState(step.state_before).name if step.state_before else None,
        "tag": step.tag.name,
        "state": step.state.name,
        "cause": step.cause.name,
        "subject": id_text(_SUBJECTS[step.cause], step.subject),
    }


_MISSING: Final = (RejectReason.LOT_NOT_FOUND,)

OPERATIONS = (
    Read(
        path="/v1/audit/holders",
        audience=Audience.SUPERVISION,
        query=TenureQuery,
        handle=tenures,
        answer=TenurePage,
        csv=True,
        weight=FROM_THE_DATABASE,
    ),
    Read(
        path="/v1/audit/lots/{lot}/holders",
        audience=Audience.SUPERVISION,
        query=RangeQuery,
        handle=holders,
        answer=HolderPage,
        missing=_MISSING,
        weight=FROM_THE_DATABASE,
    ),
    Read(
        path="/v1/audit/lots/{lot}/steps",
        audience=Audience.SUPERVISION,
        query=RangeQuery,
        handle=steps,
        answer=StepPage,
        missing=_MISSING,
        weight=FROM_THE_DATABASE,
    ),
)
