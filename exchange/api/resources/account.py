"""Money and tonnes of a participant: deposits, the cash account, the holdings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from exchange.access.authority import Audience
from exchange.access.ids import Kind, id_text
from exchange.api.fields import Body, Model, Money, Participant, Reference
from exchange.api.operations import Call, Change, Document, Draft, Read
from exchange.api.outputs import Dated, DayOut, LotOut, MoneyOut, ParticipantOut, name_of
from exchange.api.wire import day_text, money_text
from exchange.core.commands.cash import DepositCash
from exchange.core.commands.instruments import Family
from exchange.core.events.credits import MarketTag, Parcel, ParcelState
from exchange.core.events.participants import CashDeposited
from exchange.core.ledger.chart import CNY
from exchange.core.values import Fen, LotId, ParticipantId
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.submission import Decided


class DepositIn(Body):
    """Money that arrived on the settlement account; a bank reference is credited once for ever."""

    participant: Participant
    amount: Money
    bank_reference: Reference


class Deposit(Dated):
    """Money that was credited."""

    participant: ParticipantOut
    amount: MoneyOut
    bank_reference: str


class Account(Dated):
    """A participant's cash: ``balance`` is all of it, ``held`` what orders, agreements and withdrawals reserve."""

    participant: ParticipantOut
    balance: MoneyOut
    held: MoneyOut
    available: MoneyOut
    fees_paid: MoneyOut


class ParcelModel(Model):
    """Serials of a lot that one owner holds since one day; ``serial_hi`` is not one of them."""

    serial_lo: int
    serial_hi: int
    quantity: int
    acquired: DayOut
    tag: Annotated[str, name_of(MarketTag)]
    state: Annotated[str, name_of(ParcelState)]


class Holding(Model):
    """What a participant holds of a lot, in tonnes."""

    lot: LotOut
    family: Annotated[str, name_of(Family)]
    project: str
    vintage: int
    quantity: int
    held: int
    available: int
    parcels: list[ParcelModel]


class Holdings(Dated):
    """Everything that a participant holds."""

    items: list[Holding]


def deposit(call: Call) -> Draft:
    """Credit money that the bank reports."""
    body: DepositIn = call.body
    command = DepositCash(call.who.person, ParticipantId(body.participant), Fen(body.amount), body.bank_reference)
    return Draft(command, _deposited)


def _deposited(decision: Decided) -> Document:
    (event,) = [event for event in decision.events if isinstance(event, CashDeposited)]
    return {
        "participant": id_text(Kind.PARTICIPANT, event.participant),
        "amount": money_text(event.amount),
        "bank_reference": event.bank_reference,
    }


def account(call: Call) -> Document:
    """The own cash account."""
    view, participant = call.services.view, call.who.participant
    balance = view.money.balance(participant, CNY)
    return {
        "participant": id_text(Kind.PARTICIPANT, participant),
        "balance": money_text(balance.posted),
        "held": money_text(balance.debits_pending),
        "available": money_text(balance.available),
        "fees_paid": money_text(view.money.fees.get(participant, Fen(0))),
    }


def holdings(call: Call) -> Document:
    """The own holdings, lot by lot with their serials."""
    view, participant = call.services.view, call.who.participant
    return {"items": [_holding(view, participant, lot) for lot in view.units.held_lots(participant)]}


def _holding(view: CommittedView, owner: ParticipantId, lot: LotId) -> Document:
    issuance = view.units.issuances[view.units.lots[lot].issuance]
    balance = view.lot_balance(owner, lot)
    return {
        "lot": id_text(Kind.LOT, lot),
        "family": issuance.family.name,
        "project": issuance.project,
        "vintage": issuance.vintage,
        "quantity": balance.posted,
        "held": balance.debits_pending,
        "available": balance.available,
        "parcels": parcel_documents(view.units.parcels_of(lot, owner)),
    }


def parcel_documents(parcels: Iterator[Parcel]) -> list[Document]:
    """Parcels as their owner sees them."""
    return [
        {
            "serial_lo": parcel.lo,
            "serial_hi": parcel.hi,
            "quantity": parcel.hi - parcel.lo,
            "acquired": day_text(parcel.acquired),
            "tag": parcel.tag.name,
            "state": parcel.state.name,
        }
        for parcel in parcels
    ]


OPERATIONS = (
    Read(path="/v1/account", audience=Audience.PARTICIPANTS, handle=account, answer=Account),
    Read(path="/v1/holdings", audience=Audience.PARTICIPANTS, handle=holdings, answer=Holdings),
    Change(method="POST", path="/v1/deposits", command=DepositCash, body=DepositIn, draft=deposit, answer=Deposit),
)
