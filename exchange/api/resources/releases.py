"""Releases of units to the national market: proposed by the firm, approved by the venue, and on their way only after a
cool-down in which any person of the firm can call them off.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Annotated, Final

from pydantic import Field

from exchange.access.authority import Audience
from exchange.access.ids import Kind, id_number, id_text
from exchange.access.principal import Principal
from exchange.api.explaining import explained
from exchange.api.fields import Body, Lot, Model, PageQuery, Reference, Serial, filter_named
from exchange.api.operations import ALWAYS, Call, Change, Document, Draft, Read
from exchange.api.outputs import (
    Dated,
    HexOut,
    Page,
    ParticipantOut,
    ProposalOut,
    ReleaseOut,
    RequestOut,
    TimeOut,
    name_of,
    one_of,
)
from exchange.api.paging import page
from exchange.api.problems import ProblemError
from exchange.api.proposing import proposal_of
from exchange.api.unit_documents import UnitRange, units_documents
from exchange.api.wire import time_text
from exchange.core.approvals import PROPOSERS
from exchange.core.commands.approvals import Propose
from exchange.core.commands.uses import CallOffRelease, Pick, ReleaseUnits
from exchange.core.credits.claims import ReleaseStatus
from exchange.core.events.governance import ActionProposed
from exchange.core.events.uses import ReleaseMade
from exchange.core.rejections import RejectReason
from exchange.core.risk import MAX_NAMED_LOTS
from exchange.core.values import LotId, Micros, ReleaseId
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.submission import Decided
from exchange.sequencer.view.unit_rows import ReleaseRow


class ReleaseEnding(Enum):
    """How a release came to nothing: nobody approved it, or it was approved and called off by its firm, held fast when
    it was to leave, or refused by the registry; or, approved or not, a forced cancellation took its units.
    """

    REJECTED = 1
    CALLED_OFF = 2
    HELD_FAST = 3
    REFUSED = 4
    FORCED_CANCELLATION = 5


class SerialPickIn(Body):
    """Serials of a lot."""

    lot: Lot
    serial_lo: Serial
    serial_hi: Serial

    def pick(self) -> Pick:
        """The pick as the core knows it."""
        return Pick(LotId(self.lot), self.serial_lo, self.serial_hi)


class ReleaseFields(Body):
    """Which serials leave, and the account at the national registry on which they are to arrive."""

    picks: Annotated[list[SerialPickIn], Field(min_length=1, max_length=MAX_NAMED_LOTS)]
    national_account: Reference

    def release(self, who: Principal) -> ReleaseUnits:
        """The action as the core knows it, for the own participant."""
        picks = tuple(one.pick() for one in self.picks)
        return ReleaseUnits(who.person, who.participant, picks, self.national_account)


class ReleaseIn(ReleaseFields):
    """Serials of the own account to release to the national market; they are set aside from now on."""


class ReleaseModel(Model):
    """A release to the national market. It can be called off until ``callable_until`` at the least, and does not
    leave before ``leaves_at``, but in the hours of a trading day.

    Once it is DONE, ``units`` are those that left; what the registry has refused is on the firm's account again.
    """

    id: ReleaseOut
    status: Annotated[str, name_of(ReleaseStatus)]
    ended_as: Annotated[str, name_of(ReleaseEnding)] | None
    participant: ParticipantOut
    proposal: ProposalOut
    units: list[UnitRange]
    quantity: int
    national_account: str
    proposed_at: TimeOut
    changed_at: TimeOut
    callable_until: TimeOut | None
    leaves_at: TimeOut | None
    requests: list[RequestOut]
    receipts: list[str]


class OneRelease(ReleaseModel, Dated):
    """One release."""


class ReleasePage(Page):
    """Releases."""

    items: list[ReleaseModel]


class ReleaseProposed(Dated):
    """A release that was proposed: the serials that were set aside, and the hash that the venue approves."""

    id: ReleaseOut
    proposal: ProposalOut
    action_hash: HexOut
    status: Annotated[str, name_of(ReleaseStatus)]
    units: list[UnitRange]
    quantity: int


class CalledOff(Dated):
    """A release that was called off; its units are free again."""

    id: ReleaseOut
    status: Annotated[str, one_of(ReleaseStatus.ENDED.name)]


class ReleaseQuery(PageQuery):
    """Only those with one status."""

    status: Annotated[ReleaseStatus, filter_named(ReleaseStatus)] | None = None


def release_document(row: ReleaseRow, view: CommittedView) -> Document:
    """A release as staff and its firm see it."""
    terms = row.terms
    asked = view.requests.by_subject.get(terms.release, ())
    return {
        "id": id_text(Kind.RELEASE, terms.release),
        "status": row.status.name,
        "ended_as": None if row.status is not ReleaseStatus.ENDED else ending_of(row, view).name,
        "participant": id_text(Kind.PARTICIPANT, terms.participant),
        "proposal": id_text(Kind.PROPOSAL, terms.proposal),
        "units": units_documents(view, row.units),
        "quantity": row.quantity,
        "national_account": terms.national_account,
        "proposed_at": time_text(row.at),
        "changed_at": time_text(row.last_at),
        "callable_until": _time_or_none(row.callable_until),
        "leaves_at": _time_or_none(row.leaves_at),
        "requests": [id_text(Kind.REQUEST, request.terms.request) for request in asked],
        "receipts": [request.receipt for request in asked if request.receipt],
    }


def ending_of(row: ReleaseRow, view: CommittedView) -> ReleaseEnding:
    """How a release ended that is ENDED."""
    if view.uses.has_order_of(row.last_seq):
        return ReleaseEnding.FORCED_CANCELLATION
    if not row.leaves_at:
        return ReleaseEnding.REJECTED
    if row.terms.release in view.requests.by_subject:
        return ReleaseEnding.REFUSED
    # The program looks at it when its time has come, not before; the firm may be in time later than that, too.
    is_held = row.last_at >= row.leaves_at and view.encumbrances.held_any(row.units, row.last_at)
    return ReleaseEnding.HELD_FAST if is_held else ReleaseEnding.CALLED_OFF


def _time_or_none(at: Micros) -> str | None:
    return time_text(at) if at else None


def _visible(call: Call) -> Iterator[ReleaseRow]:
    releases = call.services.view.releases
    return iter(releases.by_id.values()) if call.who.is_staff else releases.of(call.who.participant)


def every(call: Call) -> Document:
    """Releases to the national market: all for staff, the own ones for a trader."""
    wanted, view = call.query.status, call.services.view
    rows = (row for row in _visible(call) if wanted in (None, row.status))
    return page(rows, lambda row: row.terms.release, lambda row: release_document(row, view), call.query)


def one(call: Call) -> Document:
    """One release to the national market."""
    view = call.services.view
    row = view.releases.by_id.get(_number(call))
    if row is None or not (call.who.is_staff or row.terms.participant == call.who.participant):
        raise ProblemError(RejectReason.RELEASE_NOT_FOUND)
    return release_document(row, view)


def _number(call: Call) -> ReleaseId:
    return ReleaseId(id_number(Kind.RELEASE, call.path["release"]))


def propose(call: Call) -> Draft:
    """Propose to release serials of the own account to the national market; they are set aside at once."""
    body: ReleaseIn = call.body
    view = call.services.view
    action = body.release(call.who)
    return Draft(
        proposal_of(call.who, action), lambda decision: _proposed(decision, view), wrong=explained(action, view)
    )


def _proposed(decision: Decided, view: CommittedView) -> Document:
    (proposed,) = [event for event in decision.events if isinstance(event, ActionProposed)]
    (made,) = [event for event in decision.events if isinstance(event, ReleaseMade)]
    return {
        "id": id_text(Kind.RELEASE, made.release),
        "proposal": id_text(Kind.PROPOSAL, proposed.proposal),
        "action_hash": proposed.action_hash.hex(),
        "status": ReleaseStatus.PROPOSED.name,
        "units": units_documents(view, made.units),
        "quantity": made.quantity,
    }


def call_off(call: Call) -> Draft:
    """Call a release off while there is time; any person of the firm can, alone."""
    release = _number(call)
    document = {"id": id_text(Kind.RELEASE, release), "status": ReleaseStatus.ENDED.name}
    return Draft(CallOffRelease(call.who.person, call.who.participant, release), lambda _decision: dict(document))


_MISSING: Final = (RejectReason.RELEASE_NOT_FOUND,)

OPERATIONS = (
    Read(path="/v1/releases", audience=Audience.EVERYBODY, query=ReleaseQuery, handle=every, answer=ReleasePage),
    Read(path="/v1/releases/{release}", audience=Audience.EVERYBODY, handle=one, answer=OneRelease, missing=_MISSING),
    Change(
        method="POST",
        path="/v1/releases",
        command=Propose,
        body=ReleaseIn,
        draft=propose,
        only=PROPOSERS[ReleaseUnits],
        answer=ReleaseProposed,
        signed=ALWAYS,
    ),
    Change(
        method="POST",
        path="/v1/releases/{release}/call-off",
        command=CallOffRelease,
        draft=call_off,
        answer=CalledOff,
        status=200,
    ),
)
