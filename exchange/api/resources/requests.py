"""Requests to the national registry: what was asked of it, and what it has said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import Field

from exchange.access.authority import Audience
from exchange.access.ids import Kind, id_number, id_text
from exchange.api.fields import Lot, PageQuery, filter_named
from exchange.api.operations import Call, Document, Read
from exchange.api.outputs import Dated, Page, ParticipantOut, RequestOut, TimeOut, name_of
from exchange.api.paging import page
from exchange.api.ports import Services
from exchange.api.problems import ProblemError
from exchange.api.unit_documents import UnitRange, range_document
from exchange.api.wire import time_text
from exchange.core.commands.registry import RequestKind
from exchange.core.credits.registry_lock import RequestStatus
from exchange.core.rejections import RejectReason
from exchange.core.values import Micros, RequestId
from exchange.sequencer.view.unit_rows import RequestRow

SUBJECT: Final = f"{Kind.USE.pattern}|{Kind.RELEASE.pattern}"


class RequestModel(UnitRange):
    """A request about one range of serials. It leaves as often as it takes, always under the same ``reference``.
    ``account`` is where a release goes.

    It stays open until the registry has answered: SILENT says that the answer is late, and nothing else. For as long,
    ``attempts`` and ``last_problem`` say how it goes: what the registry states that cannot be used answers nothing.
    """

    id: RequestOut
    kind: Annotated[str, name_of(RequestKind)]
    status: Annotated[str, name_of(RequestStatus)]
    owner: ParticipantOut
    account: str | None
    reference: Annotated[str, Field(examples=["IMCES-72C2-req-1042-2-5E1A90C3"])]
    subject: Annotated[str | None, Field(pattern=SUBJECT, examples=["use-17"])]
    asked_at: TimeOut
    answer_by: TimeOut
    answered_at: TimeOut | None
    stated_at: TimeOut | None
    receipt: str | None
    message: str | None
    contradicted: bool
    attempts: int | None
    last_problem: Annotated[str | None, Field(examples=["STATEMENT_OF_OTHER_SERIALS"])]


class OneRequest(RequestModel, Dated):
    """One request."""


class RequestPage(Page):
    """Requests."""

    items: list[RequestModel]


class RequestQuery(PageQuery):
    """Only those with one status, or about serials of one lot."""

    status: Annotated[RequestStatus, filter_named(RequestStatus)] | None = None
    lot: Lot | None = None


def request_document(row: RequestRow, services: Services) -> Document:
    """A request as it is shown."""
    terms, view = row.terms, services.view
    tries, problem = services.registry_attempts(terms.request) or (None, "")
    subject = Kind.RELEASE if terms.kind is RequestKind.RELEASE else Kind.USE
    return {
        "id": id_text(Kind.REQUEST, terms.request),
        "kind": terms.kind.name,
        "status": row.status.name,
        "owner": id_text(Kind.PARTICIPANT, terms.owner),
        **range_document(view, terms.lot, terms.serials),
        "account": terms.account or None,
        "reference": terms.reference,
        "subject": id_text(subject, terms.subject) if terms.subject else None,
        "asked_at": time_text(row.at),
        "answer_by": time_text(terms.answer_by),
        "answered_at": _time_or_none(row.answered_at),
        "stated_at": _time_or_none(row.stated_at),
        "receipt": row.receipt or None,
        "message": row.message or None,
        "contradicted": row.contradicted,
        "attempts": tries if row.status.is_open else None,
        "last_problem": problem or None if row.status.is_open else None,
    }


def _time_or_none(at: Micros) -> str | None:
    return time_text(at) if at else None


def _visible(call: Call) -> Iterator[RequestRow]:
    requests = call.services.view.requests
    return iter(requests.by_id.values()) if call.who.is_staff else requests.of(call.who.participant)


def every(call: Call) -> Document:
    """Requests to the national registry: all for staff, those about the own units for a trader."""
    query: RequestQuery = call.query
    services = call.services
    rows = (row for row in _visible(call) if query.status in (None, row.status) and query.lot in (None, row.terms.lot))
    return page(rows, lambda row: row.terms.request, lambda row: request_document(row, services), call.query)


def one(call: Call) -> Document:
    """One request to the national registry."""
    view = call.services.view
    row = view.requests.by_id.get(RequestId(id_number(Kind.REQUEST, call.path["request"])))
    if row is None or not (call.who.is_staff or row.terms.owner == call.who.participant):
        raise ProblemError(RejectReason.REQUEST_NOT_FOUND)
    return request_document(row, call.services)


OPERATIONS = (
    Read(
        path="/v1/registry/requests",
        audience=Audience.EVERYBODY,
        query=RequestQuery,
        handle=every,
        answer=RequestPage,
    ),
    Read(
        path="/v1/registry/requests/{request}",
        audience=Audience.EVERYBODY,
        handle=one,
        answer=OneRequest,
        missing=(RejectReason.REQUEST_NOT_FOUND,),
    ),
)
