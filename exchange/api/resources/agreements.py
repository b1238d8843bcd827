"""Agreed trades: proposed by one party, affirmed by the other, confirmed by the venue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from exchange.access.authority import Audience
from exchange.access.ids import Kind, id_number, id_text
from exchange.api.explaining import explained
from exchange.api.fields import (
    Body,
    Lot,
    Model,
    Money,
    OptionalText,
    PageQuery,
    Participant,
    Quantity,
    filter_named,
    named,
)
from exchange.api.operations import Call, Change, Document, Draft, Read
from exchange.api.outputs import AgreementOut, Dated, MoneyOut, Page, ParticipantOut, TimeOut, name_of
from exchange.api.paging import page
from exchange.api.problems import ProblemError
from exchange.api.wire import money_text, time_text
from exchange.core.commands.agreements import (
    AffirmAgreement,
    AgreementKind,
    ConfirmAgreement,
    DeclineAgreement,
    ProposeAgreement,
)
from exchange.core.commands.instruments import Family
from exchange.core.events.agreements import AgreementProposed, AgreementSettled
from exchange.core.negotiated.agreed import AgreementStatus
from exchange.core.rejections import RejectReason
from exchange.core.values import AgreementId, Fen, LotId, ParticipantId, Side, Tonnes, average_price
from exchange.sequencer.submission import Decided
from exchange.sequencer.view.rows import AgreementRow


class UnitPrice(Model):
    """The price a tonne that follows from total and quantity, half-up to the fen; ``exact`` says whether it is exact.

    It is always derived: what was agreed, and what is stored, is the total.
    """

    value: MoneyOut
    exact: bool
    derived: bool
    ratio: Annotated[str, Field(examples=["1000000.00/18000"])]


class AgreementModel(Model):
    """An agreed trade. A pre-issuance one stands as AGREED and moves nothing before its units are issued."""

    id: AgreementOut
    proposer: ParticipantOut | None
    counterparty: ParticipantOut | None
    side: str | None
    kind: Annotated[str, name_of(AgreementKind)] | None
    family: Annotated[str, name_of(Family)] | None
    project: str | None
    quantity: int | None
    total: MoneyOut | None
    unit_price: UnitPrice | None
    status: Annotated[str, name_of(AgreementStatus)]


class AgreementAnswer(AgreementModel, Dated):
    """An agreement after a command."""


class AgreementView(AgreementModel):
    """An agreement as it stands; ``own_fee`` is the fee that the asking participant paid."""

    proposed_at: TimeOut
    changed_at: TimeOut | None
    own_fee: MoneyOut | None


class OneAgreement(AgreementView, Dated):
    """One agreement."""


class AgreementPage(Page):
    """Agreements."""

    items: list[AgreementView]


Lots = Annotated[list[Lot], Field(max_length=100, default_factory=list)]


class ProposeAgreementIn(Body):
    """A trade to propose to a ``counterparty`` of the list at ``/v1/members``; ``side`` is the own one, ``total`` what
    is agreed for the whole quantity.

    ``lots`` are the lots that a seller wants to deliver, in this order; none lets the rule pick.
    """

    counterparty: Participant
    side: Annotated[Side, named(Side)]
    kind: Annotated[AgreementKind, named(AgreementKind)]
    family: Annotated[Family, named(Family)]
    project: OptionalText = ""
    quantity: Quantity
    total: Money
    lots: Lots


class AffirmIn(Body):
    """The terms, entered again by the counterparty."""

    quantity: Quantity
    total: Money
    lots: Lots


class DeclineIn(Body):
    """Nothing more is needed."""


class ConfirmIn(Body):
    """Whether the venue settles the trade or refuses it."""

    accept: bool


class AgreementQuery(PageQuery):
    """Only those with one status."""

    status: Annotated[AgreementStatus, filter_named(AgreementStatus)] | None = None


def unit_price(total: Fen, quantity: Tonnes) -> Document:
    """The derived price of a tonne, with the ratio that it comes from."""
    return {
        "value": money_text(average_price(total, quantity)),
        "exact": total % quantity == 0,
        "derived": True,
        "ratio": f"{money_text(total)}/{quantity}",
    }


def _document(agreement: AgreementId, terms: AgreementProposed | None, status: AgreementStatus) -> Document:
    """An agreement; without its terms when they are not committed yet (its id was guessed, not learned)."""
    document: Document = {"id": id_text(Kind.AGREEMENT, agreement), "status": status.name}
    if terms is None:
        names = ("proposer", "counterparty", "side", "kind", "family", "project", "quantity", "total", "unit_price")
        return {**document, **dict.fromkeys(names)}
    return {**document, **terms_document(terms)}


def terms_document(terms: AgreementProposed) -> Document:
    """What was agreed, or is to be."""
    return {
        "proposer": id_text(Kind.PARTICIPANT, terms.proposer),
        "counterparty": id_text(Kind.PARTICIPANT, terms.counterparty),
        "side": terms.side.name,
        "kind": terms.kind.name,
        "family": terms.family.name,
        "project": terms.project,
        "quantity": terms.quantity,
        "total": money_text(terms.total),
        "unit_price": unit_price(terms.total, terms.quantity),
    }


def agreement_document(row: AgreementRow, asking: ParticipantId) -> Document:
    """An agreement as a party or staff sees it."""
    terms = row.terms
    return {
        **_document(terms.agreement, terms, row.status),
        "proposed_at": time_text(row.at),
        "changed_at": time_text(row.changed_at) if row.changed_at else None,
        "own_fee": _own_fee(row, asking),
    }


def _own_fee(row: AgreementRow, asking: ParticipantId) -> str | None:
    terms = row.terms
    if row.status is not AgreementStatus.SETTLED or asking not in (terms.proposer, terms.counterparty):
        return None
    buys = (terms.side is Side.BUY) == (asking == terms.proposer)
    return money_text(row.buy_fee if buys else row.sell_fee)


def _visible(call: Call) -> Iterator[AgreementRow]:
    agreements = call.services.view.agreements
    return iter(agreements.by_id.values()) if call.who.is_staff else agreements.of(call.who.participant)


def every(call: Call) -> Document:
    """Agreements: all for staff, the own ones for a trader."""
    wanted, asking = call.query.status, call.who.participant
    rows = (row for row in _visible(call) if wanted in (None, row.status))
    return page(rows, lambda row: row.terms.agreement, lambda row: agreement_document(row, asking), call.query)


def one(call: Call) -> Document:
    """One agreement; to a trader those of others are not there."""
    row = call.services.view.agreements.by_id.get(_number(call))
    if row is None or not (call.who.is_staff or call.who.participant in (row.terms.proposer, row.terms.counterparty)):
        raise ProblemError(RejectReason.AGREEMENT_NOT_FOUND)
    return agreement_document(row, call.who.participant)


def _number(call: Call) -> AgreementId:
    return AgreementId(id_number(Kind.AGREEMENT, call.path["agreement"]))


def _terms(call: Call, agreement: AgreementId) -> AgreementProposed | None:
    row = call.services.view.agreements.by_id.get(agreement)
    return None if row is None else row.terms


def _lots(body: ProposeAgreementIn | AffirmIn) -> tuple[LotId, ...]:
    return tuple(LotId(lot) for lot in body.lots)


def propose(call: Call) -> Draft:
    """Propose a trade to another participant; what the own side needs is held from now on."""
    body: ProposeAgreementIn = call.body
    command = ProposeAgreement(
        call.who.person,
        call.who.participant,
        ParticipantId(body.counterparty),
        body.side,
        body.kind,
        body.family,
        body.project,
        Tonnes(body.quantity),
        Fen(body.total),
        _lots(body),
    )
    return Draft(command, _proposed, wrong=explained(command, call.services.view))


def _proposed(decision: Decided) -> Document:
    (event,) = [event for event in decision.events if isinstance(event, AgreementProposed)]
    return _document(event.agreement, event, AgreementStatus.PROPOSED)


def affirm(call: Call) -> Draft:
    """Affirm as the counterparty; quantity and total must be the proposal's, entered again."""
    body: AffirmIn = call.body
    agreement = _number(call)
    command = AffirmAgreement(
        call.who.person, call.who.participant, agreement, Tonnes(body.quantity), Fen(body.total), _lots(body)
    )
    return Draft(
        command,
        lambda _d: _document(agreement, _terms(call, agreement), AgreementStatus.AGREED),
        wrong=explained(command, call.services.view),
    )


def decline(call: Call) -> Draft:
    """End an agreement that not both have affirmed."""
    agreement = _number(call)
    command = DeclineAgreement(call.who.person, call.who.participant, agreement)
    return Draft(command, lambda _d: _document(agreement, _terms(call, agreement), AgreementStatus.ENDED))


def confirm(call: Call) -> Draft:
    """Confirm an affirmed spot agreement as the venue and settle it, or refuse it (rule BLOCK-FLOW)."""
    agreement = _number(call)

    def render(decision: Decided) -> Document:
        settled = any(isinstance(event, AgreementSettled) for event in decision.events)
        status = AgreementStatus.SETTLED if settled else AgreementStatus.ENDED
        return _document(agreement, _terms(call, agreement), status)

    return Draft(ConfirmAgreement(call.who.person, agreement, call.body.accept), render)


OPERATIONS = (
    Read(
        path="/v1/agreements",
        audience=Audience.EVERYBODY,
        query=AgreementQuery,
        handle=every,
        answer=AgreementPage,
    ),
    Read(
        path="/v1/agreements/{agreement}",
        audience=Audience.EVERYBODY,
        handle=one,
        answer=OneAgreement,
        missing=(RejectReason.AGREEMENT_NOT_FOUND,),
    ),
    Change(
        method="POST",
        path="/v1/agreements",
        command=ProposeAgreement,
        body=ProposeAgreementIn,
        draft=propose,
        answer=AgreementAnswer,
    ),
    Change(
        method="POST",
        path="/v1/agreements/{agreement}/affirm",
        command=AffirmAgreement,
        body=AffirmIn,
        draft=affirm,
        answer=AgreementAnswer,
        status=200,
    ),
    Change(
        method="POST",
        path="/v1/agreements/{agreement}/decline",
        command=DeclineAgreement,
        body=DeclineIn,
        draft=decline,
        answer=AgreementAnswer,
        status=200,
    ),
    Change(
        method="POST",
        path="/v1/agreements/{agreement}/confirm",
        command=ConfirmAgreement,
        body=ConfirmIn,
        draft=confirm,
        answer=AgreementAnswer,
        status=200,
    ),
)
