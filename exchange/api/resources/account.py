"""Money and tonnes of a participant (deposits, the cash account, the holdings), and the venue's own accounts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

from exchange.access.authority import Audience
from exchange.access.ids import Kind, id_text
from exchange.api.fields import Body, Model, Money, PageQuery, Participant, Reference
from exchange.api.ledger_documents import VENUE_ACCOUNTS
from exchange.api.operations import Call, Change, Document, Draft, Read
from exchange.api.outputs import Dated, DayOut, LotOut, MoneyOut, Page, ParticipantOut, name_of, one_of
from exchange.api.paging import page_of
from exchange.api.unit_documents import issuance_of
from exchange.api.wire import day_text, money_text
from exchange.core.commands.cash import DepositCash
from exchange.core.commands.instruments import Family
from exchange.core.credits.serial_text import serial_text
from exchange.core.events.credits import MarketTag, Parcel, ParcelState
from exchange.core.events.participants import CashDeposited
from exchange.core.ledger.balances import Balance
from exchange.core.ledger.chart import CNY
from exchange.core.serials import SerialRange
from exchange.core.values import Fen, LotId, ParticipantId
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.submission import Decided

_IN_CNY: Final = ("BANK", "CLEARING", "FEES")


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
    """Serials of a lot that one owner holds since one day; ``serial_hi`` is not one of them.

    Only what is REGIONAL, ACTIVE and ``encumbered`` by nothing can be sold.
    """

    serial_lo: int
    serial_hi: int
    serial_text: str
    quantity: int
    acquired: DayOut
    tag: Annotated[str, name_of(MarketTag)]
    state: Annotated[str, name_of(ParcelState)]
    encumbered: int


class Holding(Model):
    """What a participant holds of a lot, in tonnes: ``quantity`` is all of it. Of that, ``held`` is reserved by orders
    and agreements, ``set_aside`` waits for the registry or for a use or release, ``encumbered`` is held fast,
    and the rest is ``available``.
    """

    lot: LotOut
    family: Annotated[str, name_of(Family)]
    project: str
    vintage: int
    quantity: int
    held: int
    set_aside: int
    encumbered: int
    available: int
    parcels: list[ParcelModel]


class HoldingPage(Page):
    """What a participant holds, lot by lot."""

    items: list[Holding]


class VenueAccount(Model):
    """One of the venue's own accounts in CNY: what was posted to each of its sides, and what is only held.

    ``balance`` is what the account says: of BANK, what must lie at the bank (debits less credits), of FEES the fees
    earned, of CLEARING nothing, unless a trade is being settled (credits less debits).
    """

    account: Annotated[str, one_of(*_IN_CNY)]
    balance: MoneyOut
    debits_posted: MoneyOut
    credits_posted: MoneyOut
    debits_held: MoneyOut
    credits_held: MoneyOut


class VenueAccounts(Dated):
    """The venue's accounts. BANK must be the sum of FEES, CLEARING and what ``participants`` own together; ``agrees``
    says whether it is.
    """

    items: list[VenueAccount]
    participants: MoneyOut
    agrees: bool


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
    lots = view.units.held_lots(participant)
    return page_of(lots, int, lambda lot: _holding(view, participant, lot), call.query)


def _holding(view: CommittedView, owner: ParticipantId, lot: LotId) -> Document:
    issuance = issuance_of(view, lot)
    terms = view.projects.by_id[issuance.project].terms
    balance, aside = view.lot_balance(owner, lot), view.units.aside(lot, owner)
    return {
        "lot": id_text(Kind.LOT, lot),
        "family": terms.family.name,
        "project": terms.code,
        "vintage": issuance.vintage,
        "quantity": balance.posted,
        "held": balance.debits_pending - aside.waiting - aside.encumbered,
        "set_aside": aside.waiting,
        "encumbered": aside.encumbered,
        "available": balance.available,
        "parcels": parcel_documents(view.units.parcels_of(lot, owner), issuance.serial_text),
    }


def parcel_documents(parcels: Iterator[Parcel], template: str) -> list[Document]:
    """Parcels as their owner sees them; ``template`` is how their registry writes a range."""
    return [
        {
            "serial_lo": parcel.lo,
            "serial_hi": parcel.hi,
            "serial_text": serial_text(template, SerialRange(parcel.lo, parcel.hi)),
            "quantity": parcel.hi - parcel.lo,
            "acquired": day_text(parcel.acquired),
            "tag": parcel.tag.name,
            "state": parcel.state.name,
            "encumbered": parcel.encumbered,
        }
        for parcel in parcels
    ]


def venue_accounts(call: Call) -> Document:
    """The venue's own balances, for comparison with the bank's statement."""
    money, participants = call.services.view.money, call.services.view.people.participants
    bank, clearing, fees = (money.balance(VENUE_ACCOUNTS[name], CNY) for name in _IN_CNY)
    owned = sum(money.balance(participant, CNY).posted for participant in participants)
    return {
        "items": [
            _venue_account("BANK", bank, -bank.posted),
            _venue_account("CLEARING", clearing, clearing.posted),
            _venue_account("FEES", fees, fees.posted),
        ],
        "participants": money_text(owned),
        "agrees": -bank.posted == owned + clearing.posted + fees.posted,
    }


def _venue_account(name: str, balance: Balance, says: int) -> Document:
    return {
        "account": name,
        "balance": money_text(says),
        "debits_posted": money_text(balance.debits_posted),
        "credits_posted": money_text(balance.credits_posted),
        "debits_held": money_text(balance.debits_pending),
        "credits_held": money_text(balance.credits_pending),
    }


OPERATIONS = (
    Read(path="/v1/account", audience=Audience.PARTICIPANTS, handle=account, answer=Account),
    Read(path="/v1/holdings", audience=Audience.PARTICIPANTS, query=PageQuery, handle=holdings, answer=HoldingPage),
    Read(path="/v1/venue/accounts", audience=Audience.SUPERVISION, handle=venue_accounts, answer=VenueAccounts),
    Change(method="POST", path="/v1/deposits", command=DepositCash, body=DepositIn, draft=deposit, answer=Deposit),
)
