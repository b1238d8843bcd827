"""Uses of units: one tonne serves one purpose, once. Proposed by the firm, approved by the venue, fulfilled when the
units are gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Annotated, Final, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from exchange.access.authority import Audience
from exchange.access.ids import Kind, id_number, id_text, id_text_or_none
from exchange.access.principal import Principal
from exchange.api.certificates import standing_disputes
from exchange.api.explaining import explained
from exchange.api.fields import (
    Body,
    DayText,
    Instrument,
    Lot,
    Model,
    OptionalText,
    Quantity,
    Reversal,
    Serial,
    Year,
    filter_named,
    lacking,
    named,
    named_or_none,
)
from exchange.api.operations import ALWAYS, Call, Change, Document, Draft, Read
from exchange.api.outputs import (
    Dated,
    DayOut,
    HexOut,
    Page,
    ParticipantOut,
    ProposalOut,
    RequestOut,
    ReversalOut,
    TimeOut,
    UseOut,
    name_of,
)
from exchange.api.paging import page
from exchange.api.problems import ProblemError
from exchange.api.proposing import proposal_of
from exchange.api.unit_documents import UnitRange, units_documents
from exchange.api.unit_selection import UnitQuery, selection_of, touches
from exchange.api.wire import day_text_or_none, time_text
from exchange.core.approvals import PROPOSERS
from exchange.core.commands.approvals import Propose
from exchange.core.commands.instruments import League
from exchange.core.commands.uses import Intensity, Neutrality, Pick, Purpose, UseDetails, UseUnits
from exchange.core.credits.claims import ClaimStatus
from exchange.core.credits.provinces import short_province
from exchange.core.credits.registry_lock import RequestStatus
from exchange.core.credits.spelling import plain_firm_code
from exchange.core.events.governance import ActionProposed
from exchange.core.events.uses import ClaimMade
from exchange.core.rejections import RejectReason
from exchange.core.risk import MAX_NAMED_LOTS
from exchange.core.values import NOBODY, ClaimId, Day, InstrumentId, LotId, ReversalId, Tonnes, day_of
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.submission import Decided
from exchange.sequencer.view.unit_rows import RequestRow, UseRow


class UseEnding(Enum):
    """How a use came to nothing: nobody approved it, the registry has refused all of it, or, not yet approved, a forced
    cancellation took its units.
    """

    REJECTED = 1
    REFUSED = 2
    FORCED_CANCELLATION = 3


class PickIn(Body):
    """Serials of a lot, or without serials whatever the rule takes of it: lowest serial first."""

    lot: Lot
    serial_lo: Serial | None = None
    serial_hi: Serial | None = None

    def pick(self) -> Pick:
        """The pick as the core knows it."""
        return Pick(LotId(self.lot), self.serial_lo or 0, self.serial_hi or 0)


class UseFields(Body):
    """Which units are used for what, and for whom.

    Name serials or lots in ``picks``, or an ``instrument`` of whose units the rule takes ``quantity``: oldest vintage,
    lowest serial. With serials the quantity may be left out: it is their sum. Which of the other fields a purpose
    needs: NATIONAL_SURRENDER ``facility``, ``year`` and ``beneficiary_code``; NEW_PROJECT_OFFSET ``offset_project``,
    ``intensity``, ``facility``, ``year``, ``beneficiary_code`` and ``league``; EVENT_NEUTRALITY ``neutrality``,
    ``event``, ``event_day`` and ``league``; VOLUNTARY and ECO_COMPENSATION ``league``; INTER_PROVINCE ``province``;
    CONVERSION none.
    """

    purpose: Annotated[Purpose, named(Purpose, but=("FORCED",))]
    picks: Annotated[list[PickIn], Field(max_length=MAX_NAMED_LOTS, default_factory=list)]
    instrument: Instrument | None = None
    quantity: Quantity | None = None
    beneficiary_en: OptionalText = ""
    beneficiary_zh: OptionalText = ""
    beneficiary_code: OptionalText = ""
    facility: OptionalText = ""
    year: Year | None = None
    offset_project: OptionalText = ""
    intensity: Annotated[Intensity, named_or_none(Intensity)] = Intensity.NONE
    neutrality: Annotated[Neutrality, named_or_none(Neutrality)] = Neutrality.NONE
    event: OptionalText = ""
    event_day: DayText | None = None
    province: OptionalText = ""
    league: Annotated[League, named(League)] = League.NONE
    reversal: Reversal | None = None

    @model_validator(mode="after")
    def _for_somebody_or_a_reversal(self) -> Self:
        names = (bool(self.beneficiary_en), bool(self.beneficiary_zh))
        if names != ((True, True) if self.reversal is None else (False, False)):
            raise PydanticCustomError("BENEFICIARY_OR_REVERSAL", "name the beneficiary, or a reversal")
        return self

    @model_validator(mode="after")
    def _of_a_quantity(self) -> Self:
        """Only serials say by themselves how many tonnes they are. A choice that is none is the core's to refuse."""
        with_serials = any(pick.serial_lo or pick.serial_hi for pick in self.picks)
        is_choice = bool(self.picks) != (self.instrument is not None)
        if self.quantity is None and is_choice and not with_serials:
            raise lacking("quantity")
        return self

    def use(self, who: Principal) -> UseUnits:
        """The action as the core knows it, for the own participant."""
        picks = tuple(one.pick() for one in self.picks)
        named_serials = sum(pick.hi - pick.lo for pick in picks)
        return UseUnits(
            who.person,
            who.participant,
            InstrumentId(NOBODY if self.instrument is None else self.instrument),
            picks,
            Tonnes(named_serials if self.quantity is None else self.quantity),
            self.purpose,
            self._details(),
            ReversalId(NOBODY if self.reversal is None else self.reversal),
        )

    def _details(self) -> UseDetails:
        return UseDetails(
            self.beneficiary_en,
            self.beneficiary_zh,
            plain_firm_code(self.beneficiary_code),
            self.facility,
            self.year or 0,
            self.offset_project,
            self.intensity,
            self.neutrality,
            self.event,
            Day(self.event_day or 0),
            short_province(self.province),
            self.league,
        )


class UseIn(UseFields):
    """Units of the own account to use for one purpose; they are set aside from now on, with these very serials."""


class UseModel(Model):
    """A use of units: which serials serve whom, for what, and how far it is.

    ``units`` and ``quantity`` are what was chosen, and what is really gone once it is fulfilled; ``covers`` is what
    they stand for after the rulebook's ratio. ``requests`` are those to the registry, whose ``receipts`` are the
    evidence; ``disputed`` says that the registry has contradicted itself or this venue about any of its
    serials, or of the CCER that they were issued against, and nobody has decided yet; or that such a cancellation was
    revoked.
    """

    id: UseOut
    status: Annotated[str, name_of(ClaimStatus)]
    ended_as: Annotated[str, name_of(UseEnding)] | None
    participant: ParticipantOut
    proposal: ProposalOut | None
    purpose: Annotated[str, name_of(Purpose)]
    units: list[UnitRange]
    quantity: int
    covers: int
    beneficiary_en: str
    beneficiary_zh: str
    beneficiary_code: str
    facility: str
    year: int | None
    offset_project: str
    intensity: Annotated[str, name_of(Intensity)]
    neutrality: Annotated[str, name_of(Neutrality)]
    event: str
    event_day: DayOut | None
    province: str
    league: Annotated[str, name_of(League)]
    reversal: ReversalOut | None
    converted: int
    requests: list[RequestOut]
    receipts: list[str]
    disputed: bool
    proposed_at: TimeOut
    changed_at: TimeOut
    fulfilled_on: DayOut | None
    cancelled_on: DayOut | None
    reason: str | None


class OneUse(UseModel, Dated):
    """One use."""


class UsePage(Page):
    """Uses."""

    items: list[UseModel]


class UseProposed(Dated):
    """A use that was proposed: the serials that were set aside for it, and the hash that the venue approves."""

    id: UseOut
    proposal: ProposalOut
    action_hash: HexOut
    status: Annotated[str, name_of(ClaimStatus)]
    purpose: Annotated[str, name_of(Purpose)]
    units: list[UnitRange]
    quantity: int
    covers: int


class UseQuery(UnitQuery):
    """Only those with one status, for one purpose, or of certain units."""

    status: Annotated[ClaimStatus, filter_named(ClaimStatus)] | None = None
    purpose: Annotated[Purpose, filter_named(Purpose)] | None = None


def details_document(details: UseDetails) -> Document:
    """For whom and what units are used, as it is proposed and shown."""
    return {
        "beneficiary_en": details.beneficiary_en,
        "beneficiary_zh": details.beneficiary_zh,
        "beneficiary_code": details.beneficiary_code,
        "facility": details.facility,
        "year": details.year or None,
        "offset_project": details.project,
        "intensity": details.intensity.name,
        "neutrality": details.neutrality.name,
        "event": details.event,
        "event_day": day_text_or_none(details.event_day),
        "province": details.province,
        "league": details.league.name,
    }


def use_document(row: UseRow, view: CommittedView) -> Document:
    """A use as staff and its firm see it."""
    terms = row.terms
    asked = view.requests.by_subject.get(terms.claim, ())
    return {
        "id": id_text(Kind.USE, terms.claim),
        "status": row.status.name,
        "ended_as": None if row.status is not ClaimStatus.ENDED else ending_of(row, view).name,
        "participant": id_text(Kind.PARTICIPANT, terms.participant),
        "proposal": id_text_or_none(Kind.PROPOSAL, terms.proposal),
        "purpose": terms.purpose.name,
        "units": units_documents(view, row.units),
        "quantity": row.quantity,
        "covers": row.covers,
        **details_document(terms.details),
        "reversal": id_text_or_none(Kind.REVERSAL, terms.reversal),
        "converted": row.converted,
        "requests": [id_text(Kind.REQUEST, request.terms.request) for request in asked],
        "receipts": [request.receipt for request in asked if request.receipt],
        "disputed": bool(standing_disputes(view, row)),
        "proposed_at": time_text(row.at),
        "changed_at": time_text(row.last_at),
        "fulfilled_on": day_text_or_none(row.day),
        "cancelled_on": day_text_or_none(_cancelled_on(row, asked, view)),
        "reason": (row.reason if row.status is not ClaimStatus.ENDED else _on_paper(asked)) or None,
    }


def _cancelled_on(row: UseRow, asked: Iterable[RequestRow], view: CommittedView) -> Day:
    """The day on which the last unit was cancelled, as the certificate has it; 0 before.

    What no registry was asked for was gone when the use was approved; a forced one was made by its approval.
    """
    if not row.day:
        return Day(0)
    stated = [one.stated_at for one in asked if one.status is RequestStatus.CONFIRMED]
    if stated:
        return day_of(max(stated))
    proposal = view.governance.proposals.get(row.terms.proposal)
    return day_of(row.at if proposal is None else proposal.closed_at)


def _on_paper(asked: Iterable[RequestRow]) -> str:
    """Why registries without a line have refused, each in its own words. A signed statement gives no reason: there the
    message is its number.
    """
    refused = (one.message for one in asked if one.status is RequestStatus.REFUSED and not one.signature)
    return " / ".join(dict.fromkeys(refused))


def ending_of(row: UseRow, view: CommittedView) -> UseEnding:
    """How a use ended that is ENDED."""
    if row.terms.claim in view.requests.by_subject:
        return UseEnding.REFUSED
    return UseEnding.FORCED_CANCELLATION if view.uses.has_order_of(row.last_seq) else UseEnding.REJECTED


def _visible(call: Call) -> Iterator[UseRow]:
    uses = call.services.view.uses
    if call.query.names_units:
        return _of_units(call)
    return iter(uses.by_id.values()) if call.who.is_staff else uses.of(call.who.participant)


def _of_units(call: Call) -> Iterator[UseRow]:
    """Those of the units that are asked for, found by their lots: a venue has very many more uses than a project."""
    view, who = call.services.view, call.who
    selection = selection_of(call.query, view)
    found = {number: row for lot in selection for number, row in view.uses.by_lot.get(lot, {}).items()}
    for number in sorted(found):
        row = found[number]
        if touches(row.units, selection) and (who.is_staff or row.terms.participant == who.participant):
            yield row


def every(call: Call) -> Document:
    """Uses of units, certain ones if you name them: of all firms for staff, the own ones for a trader."""
    query, view = call.query, call.services.view
    rows = (
        row
        for row in _visible(call)
        if query.status in (None, row.status) and query.purpose in (None, row.terms.purpose)
    )
    return page(rows, lambda row: row.terms.claim, lambda row: use_document(row, view), query)


def one(call: Call) -> Document:
    """One use of units."""
    view = call.services.view
    row = view.uses.by_id.get(ClaimId(id_number(Kind.USE, call.path["use"])))
    if row is None or not (call.who.is_staff or row.terms.participant == call.who.participant):
        raise ProblemError(RejectReason.CLAIM_NOT_FOUND)
    return use_document(row, view)


def propose(call: Call) -> Draft:
    """Propose to use units of the own account; their serials are chosen and set aside at once."""
    body: UseIn = call.body
    view = call.services.view
    action = body.use(call.who)
    return Draft(
        proposal_of(call.who, action), lambda decision: _proposed(decision, view), wrong=explained(action, view)
    )


def _proposed(decision: Decided, view: CommittedView) -> Document:
    (proposed,) = [event for event in decision.events if isinstance(event, ActionProposed)]
    (made,) = [event for event in decision.events if isinstance(event, ClaimMade)]
    return {
        "id": id_text(Kind.USE, made.claim),
        "proposal": id_text(Kind.PROPOSAL, proposed.proposal),
        "action_hash": proposed.action_hash.hex(),
        "status": ClaimStatus.PROPOSED.name,
        "purpose": made.purpose.name,
        "units": units_documents(view, made.units),
        "quantity": made.quantity,
        "covers": made.covers,
    }


_MISSING: Final = (RejectReason.CLAIM_NOT_FOUND,)

OPERATIONS = (
    Read(path="/v1/uses", audience=Audience.EVERYBODY, query=UseQuery, handle=every, answer=UsePage),
    Read(path="/v1/uses/{use}", audience=Audience.EVERYBODY, handle=one, answer=OneUse, missing=_MISSING),
    Change(
        method="POST",
        path="/v1/uses",
        command=Propose,
        body=UseIn,
        draft=propose,
        only=PROPOSERS[UseUnits],
        answer=UseProposed,
        signed=ALWAYS,
    ),
)
