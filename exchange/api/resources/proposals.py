"""Proposals: what nobody may do alone is proposed here, approved by another person, and then done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Annotated, Any, Final

from pydantic import Field

from exchange.access.authority import Audience
from exchange.access.ids import Kind, id_number, id_text, id_text_or_none
from exchange.api.explaining import explained
from exchange.api.fields import Body, Hash, Model, Money, OptionalText, PageQuery, Reference, Text, filter_named
from exchange.api.operations import ALWAYS, Call, Change, Document, Draft, Read
from exchange.api.outputs import Dated, HexOut, KeyOut, Page, ParticipantOut, PersonOut, ProposalOut, TimeOut, name_of
from exchange.api.paging import page
from exchange.api.problems import FieldError, ProblemError
from exchange.api.proposing import proposal_of
from exchange.api.resources.actions import ActionIn, action_document, without_evidence
from exchange.api.resources.projects import FacilityModel, facility_document
from exchange.api.signed import WHICH_ACTIONS
from exchange.api.wire import time_text
from exchange.core.approvals import PROPOSERS, ProposalStatus, evidence_of
from exchange.core.commands.approvals import Action, Approve, Propose, RejectProposal
from exchange.core.commands.cash import WithdrawCash
from exchange.core.commands.projects import SetFacility
from exchange.core.commands.uses import UseUnits
from exchange.core.events import Event
from exchange.core.events.credits import ImportCommitted, IssuanceRecorded, LotAdmitted, ProjectRegistered
from exchange.core.events.encumbrances import ReversalReported
from exchange.core.events.governance import ActionProposed, KeyRegistered, PersonRegistered, ProposalRejected
from exchange.core.events.uses import ClaimApproved, ClaimMade, ReleaseApproved, ReleaseMade
from exchange.core.rejections import RejectReason
from exchange.core.values import Fen, ProposalId
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.submission import Decided
from exchange.sequencer.view.rows import Made, ProposalRow


class ProposalModel(Model):
    """A proposed action and what became of it.

    ``action_hash`` is what the second person approves, so nothing can change in between. The evidence that they enter
    again (``lock_reference``, ``receipt``) is shown to nobody but its proposer while the proposal is open. ``created``
    is the id of what it made (an issuance, a lot, a person, a use), ``created_key`` that of a first key: the part of
    the token in front of the point. ``facility_named`` is what is entered of the facility that a proposed use names.
    """

    id: ProposalOut
    status: Annotated[str, name_of(ProposalStatus)]
    action: dict[str, Any]
    action_hash: HexOut
    proposer: PersonOut
    participant: ParticipantOut | None
    proposed_at: TimeOut
    approver: PersonOut | None
    rejected_by: PersonOut | None
    reason: str | None
    closed_at: TimeOut | None
    created: Annotated[str | None, Field(examples=["iss-17"])]
    created_key: KeyOut | None
    facility_before: FacilityModel | None
    facility_named: FacilityModel | None


class ProposalAnswer(Dated):
    """A proposal after a command; ``created`` is the id of what it made (an issuance, a lot, a person, a use).

    ``created_key`` is the id of the first key of a person who came in: the part of their token in front of the point.
    """

    id: ProposalOut
    status: Annotated[str, name_of(ProposalStatus)]
    action: dict[str, Any]
    action_hash: HexOut
    proposer: PersonOut | None
    participant: ParticipantOut | None
    approver: PersonOut | None
    rejected_by: PersonOut | None
    reason: str | None
    created: Annotated[str | None, Field(examples=["iss-17"])]
    created_key: KeyOut | None
    facility_before: FacilityModel | None


class OneProposal(ProposalModel, Dated):
    """One proposal."""


class ProposalPage(Page):
    """Proposals."""

    items: list[ProposalModel]


class ProposalQuery(PageQuery):
    """Only those with one status."""

    status: Annotated[ProposalStatus, filter_named(ProposalStatus)] | None = None


class ProposeIn(Body):
    """An action to propose."""

    action: ActionIn


class WithdrawalIn(Body):
    """Money to pay out; held from now on, paid when an operator approves."""

    amount: Money
    bank_account: Reference


class ApproveIn(Body):
    """The hash of what is approved, and the evidence read again from its source where the action has one."""

    action_hash: Hash
    evidence: OptionalText = ""


class RejectIn(Body):
    """Why it is not done."""

    reason: Text


def proposal_document(row: ProposalRow, call: Call) -> Document:
    """A proposal as it is shown to whom asks."""
    terms, approved = row.terms, row.status is ProposalStatus.APPROVED
    closer = id_text_or_none(Kind.PERSON, row.closed_by)
    action = action_document(terms.action)
    if row.status is not ProposalStatus.APPROVED and evidence_of(terms.action) and terms.proposer != call.who.person:
        action |= without_evidence(terms.action)
    return {
        "id": id_text(Kind.PROPOSAL, terms.proposal),
        "status": row.status.name,
        "action": action,
        "action_hash": terms.action_hash.hex(),
        "proposer": id_text(Kind.PERSON, terms.proposer),
        "participant": id_text_or_none(Kind.PARTICIPANT, terms.participant),
        "proposed_at": time_text(row.at),
        "approver": closer if approved else None,
        "rejected_by": None if approved else closer,
        "reason": row.closed_reason or None,
        "closed_at": time_text(row.closed_at) if row.closed_at else None,
        "created": _made(row),
        "created_key": id_text_or_none(Kind.KEY, row.key),
        "facility_before": _replaced(terms.action, call.services.view) if row.status is ProposalStatus.OPEN else None,
        "facility_named": _named(terms.action, call.services.view) if row.status is ProposalStatus.OPEN else None,
    }


_KINDS: Final = {
    Made.ISSUANCE: Kind.ISSUANCE,
    Made.LOT: Kind.LOT,
    Made.PERSON: Kind.PERSON,
    Made.PROJECT: Kind.PROJECT,
    Made.USE: Kind.USE,
    Made.RELEASE: Kind.RELEASE,
    Made.REVERSAL: Kind.REVERSAL,
    Made.IMPORT: Kind.IMPORT,
}
"""What a proposal can make → what its id is called outside."""


def _made(row: ProposalRow) -> str | None:
    return None if row.made is Made.NOTHING else id_text(_KINDS[row.made], row.made_id)


def _visible(call: Call) -> Iterator[ProposalRow]:
    """Staff see all, a trader the own participant's."""
    for row in call.services.view.governance.proposals.values():
        if call.who.is_staff or row.terms.participant == call.who.participant:
            yield row


def every(call: Call) -> Document:
    """Proposals: all for staff, the own participant's for a trader."""
    wanted = call.query.status
    rows = (row for row in _visible(call) if wanted in (None, row.status))
    return page(rows, lambda row: row.terms.proposal, lambda row: proposal_document(row, call), call.query)


def one(call: Call) -> Document:
    """One proposal."""
    row = call.services.view.governance.proposals.get(_number(call))
    if row is None or not (call.who.is_staff or row.terms.participant == call.who.participant):
        raise ProblemError(RejectReason.PROPOSAL_NOT_FOUND)
    return proposal_document(row, call)


def _number(call: Call) -> ProposalId:
    return ProposalId(id_number(Kind.PROPOSAL, call.path["proposal"]))


def propose(call: Call) -> Draft:
    """Propose an action of one of twenty-two types; what it will need is held from now on."""
    action, view = call.body.action.command(call.who), call.services.view
    replaced = _replaced(action, view)

    def render(decision: Decided) -> Document:
        return _render_proposed(decision) | {"facility_before": replaced}

    return Draft(proposal_of(call.who, action), render, wrong=explained(action, view, "/action"))


def _replaced(action: Action | None, view: CommittedView) -> Document | None:
    """What is known of a facility now, where the action would change it; None where it changes nothing that is there.

    Otherwise whoever approves would not see that a plant goes over to another firm.
    """
    known = view.projects.facility(action.terms.code) if isinstance(action, SetFacility) else None
    return None if known is None else facility_document(known)


def _named(action: Action, view: CommittedView) -> Document | None:
    """What is entered of the facility that a use names: whoever approves sees that another firm may run it than the one
    that surrenders.
    """
    known = view.projects.facility(action.details.facility) if isinstance(action, UseUnits) else None
    return None if known is None else facility_document(known)


def withdraw(call: Call) -> Draft:
    """Propose to pay money of the own participant out: the same as a proposal of type WITHDRAWAL."""
    body: WithdrawalIn = call.body
    action = WithdrawCash(call.who.person, call.who.participant, Fen(body.amount), body.bank_account)
    return Draft(proposal_of(call.who, action), _render_proposed)


def _render_proposed(decision: Decided) -> Document:
    (event,) = [event for event in decision.events if isinstance(event, ActionProposed)]
    document = _outcome(event, event.proposal, ProposalStatus.OPEN)
    document["created"] = _created(decision.events)
    return document


def _outcome(terms: ActionProposed | None, proposal: ProposalId, status: ProposalStatus) -> Document:
    """A proposal in an answer; its terms never change, so they may come from the committed view."""
    return {
        "id": id_text(Kind.PROPOSAL, proposal),
        "status": status.name,
        "action": {} if terms is None else action_document(terms.action),
        "action_hash": "" if terms is None else terms.action_hash.hex(),
        "proposer": None if terms is None else id_text(Kind.PERSON, terms.proposer),
        "participant": None if terms is None else id_text_or_none(Kind.PARTICIPANT, terms.participant),
        "approver": None,
        "rejected_by": None,
        "reason": None,
        "created": None,
        "created_key": None,
        "facility_before": None,
    }


def _terms(call: Call, proposal: ProposalId) -> ActionProposed | None:
    row = call.services.view.governance.proposals.get(proposal)
    return None if row is None else row.terms


def approve(call: Call) -> Draft:
    """Approve a proposal as the second person; exactly what was proposed is done at once."""
    body: ApproveIn = call.body
    proposal, approver = _number(call), call.who.person
    terms = _terms(call, proposal)
    replaced = None if terms is None else _replaced(terms.action, call.services.view)

    def render(decision: Decided) -> Document:
        document = _outcome(_terms(call, proposal), proposal, ProposalStatus.APPROVED)
        document["approver"] = id_text(Kind.PERSON, approver)
        document["created"] = _created(decision.events)
        document["created_key"] = _created_key(decision.events)
        document["facility_before"] = replaced
        return document

    wrong = {} if body.evidence else {RejectReason.EVIDENCE_MISMATCH: (FieldError("/evidence", "MISSING"),)}
    return Draft(Approve(approver, proposal, body.action_hash, body.evidence), render, wrong=wrong)


_MADE_BY: Final[dict[type, Callable[[Any], str]]] = {
    ImportCommitted: lambda event: id_text(Kind.IMPORT, event.staged),
    IssuanceRecorded: lambda event: id_text(Kind.ISSUANCE, event.issuance),
    LotAdmitted: lambda event: id_text(Kind.LOT, event.lot),
    PersonRegistered: lambda event: id_text(Kind.PERSON, event.person),
    ProjectRegistered: lambda event: id_text(Kind.PROJECT, event.project),
    ClaimMade: lambda event: id_text(Kind.USE, event.claim),
    ClaimApproved: lambda event: id_text(Kind.USE, event.claim),
    ReleaseMade: lambda event: id_text(Kind.RELEASE, event.release),
    ReleaseApproved: lambda event: id_text(Kind.RELEASE, event.release),
    ReversalReported: lambda event: id_text(Kind.REVERSAL, event.reversal),
}
"""Events that tell what a proposal made, the one that says most first: an import tells of issuances and lots too."""


def _created(events: Sequence[Event]) -> str | None:
    by_type = {type(event): event for event in reversed(events)}
    return next((name(by_type[kind]) for kind, name in _MADE_BY.items() if kind in by_type), None)


def _created_key(events: Iterable[Event]) -> str | None:
    return next((id_text(Kind.KEY, event.key) for event in events if isinstance(event, KeyRegistered)), None)


def reject(call: Call) -> Draft:
    """End a proposal without doing it: its proposer, the own participant, or anybody who could approve it."""
    proposal = _number(call)

    def render(decision: Decided) -> Document:
        (event,) = [event for event in decision.events if isinstance(event, ProposalRejected)]
        document = _outcome(_terms(call, proposal), proposal, ProposalStatus.REJECTED)
        document["rejected_by"] = id_text(Kind.PERSON, event.by)
        document["reason"] = event.reason
        return document

    return Draft(RejectProposal(call.who.person, proposal, call.body.reason), render)


LARGEST_PROPOSAL = 48 * 1024
"""A rulebook is longer than any other body; its entry still fits a journal leaf (65,535 bytes)."""

OPERATIONS = (
    Read(path="/v1/proposals", audience=Audience.EVERYBODY, query=ProposalQuery, handle=every, answer=ProposalPage),
    Read(
        path="/v1/proposals/{proposal}",
        audience=Audience.EVERYBODY,
        handle=one,
        answer=OneProposal,
        missing=(RejectReason.PROPOSAL_NOT_FOUND,),
    ),
    Change(
        method="POST",
        path="/v1/proposals",
        command=Propose,
        body=ProposeIn,
        draft=propose,
        answer=ProposalAnswer,
        largest=LARGEST_PROPOSAL,
        signed=WHICH_ACTIONS,
    ),
    Change(
        method="POST",
        path="/v1/withdrawals",
        command=Propose,
        body=WithdrawalIn,
        draft=withdraw,
        only=PROPOSERS[WithdrawCash],
        answer=ProposalAnswer,
        signed=ALWAYS,
    ),
    Change(
        method="POST",
        path="/v1/proposals/{proposal}/approve",
        command=Approve,
        body=ApproveIn,
        draft=approve,
        answer=ProposalAnswer,
        status=200,
        signed=ALWAYS,
    ),
    Change(
        method="POST",
        path="/v1/proposals/{proposal}/reject",
        command=RejectProposal,
        body=RejectIn,
        draft=reject,
        answer=ProposalAnswer,
        status=200,
    ),
)
