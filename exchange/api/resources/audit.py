"""The auditor's view: every trade, order and agreement with its parties, the journal, the ledger, every serial's way.

For auditor, regulator and operator. Lists come in pages or, as a whole, as CSV.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Annotated, Final

from pydantic import Field
from starlette.responses import Response

from exchange.access.authority import Audience
from exchange.access.ids import Kind, id_number, id_text, id_text_or_none
from exchange.api.audit_queries import (
    AuditAgreementQuery,
    AuditOrderQuery,
    AuditTradeQuery,
    JournalQuery,
    StatementQuery,
)
from exchange.api.fields import Model, PageQuery
from exchange.api.ledger_documents import asset_number, movement_document, owner_number, owner_text, statement_document
from exchange.api.listing import Listing, answer_list, entries_of
from exchange.api.operations import FROM_THE_DATABASE, Call, Document, Read
from exchange.api.order_documents import OrderModel
from exchange.api.outputs import (
    AgreementOut,
    Dated,
    DayOut,
    HexOut,
    InstrumentOut,
    MoneyOut,
    OrderOut,
    Page,
    ParticipantOut,
    PersonOut,
    TimeOut,
    TransactionOut,
    name_of,
)
from exchange.api.paging import history_page
from exchange.api.problems import ProblemError
from exchange.api.resources.trading import past_order
from exchange.api.wire import day_text, money_text, time_text
from exchange.core.commands.agreements import AgreementKind
from exchange.core.commands.instruments import Family
from exchange.core.events.participants import Layer
from exchange.core.negotiated.agreed import AgreementStatus
from exchange.core.rejections import RejectReason
from exchange.core.values import NOBODY, Fen, LotId, ParticipantId, Seq, Side, Tonnes, average_price
from exchange.sequencer.committed_view import CommittedView
from exchange.store.queries import (
    AgreedTerms,
    Agreement,
    AgreementFilter,
    BookTerms,
    Deal,
    DealFilter,
    Order,
    OrderFilter,
    Origin,
)

TRADE_OR_AGREEMENT: Final = f"{Kind.TRADE.pattern}|{Kind.AGREEMENT.pattern}"


class AuditTrade(Model):
    """A settled trade with both parties, orders and fees, from a book or agreed.

    ``value`` is what was paid: in a book price times quantity, in an agreed trade the total as it was agreed. An agreed
    trade has no price: ``derived_price`` is its total by its tonnes, half-up to the fen, and ``derived_price_exact``
    says whether nothing was rounded away. ``id`` is that of the trade or of the agreement.
    """

    id: Annotated[str, Field(pattern=TRADE_OR_AGREEMENT, examples=["trd-17"])]
    origin: Annotated[str, name_of(Origin)]
    seq: int
    at: TimeOut
    day: DayOut
    instrument: InstrumentOut | None
    symbol: str | None
    family: Annotated[str, name_of(Family)]
    project: str
    quantity: int
    price: MoneyOut | None
    value: MoneyOut
    derived_price: MoneyOut | None
    derived_price_exact: bool | None
    aggressor: Annotated[str, name_of(Side)] | None
    buyer: ParticipantOut
    buyer_code: str
    seller: ParticipantOut
    seller_code: str
    buy_order: OrderOut | None
    sell_order: OrderOut | None
    buy_fee: MoneyOut
    sell_fee: MoneyOut


class AuditAgreement(Model):
    """An agreement in whatever state, with both parties. ``seq`` is the entry in which it was proposed and ``last_seq``
    the latest about it; ``side`` is the proposer's. Fees and transaction are there when it is settled.
    """

    id: AgreementOut
    status: Annotated[str, name_of(AgreementStatus)]
    seq: int
    proposed_at: TimeOut
    last_seq: int
    changed_at: TimeOut
    kind: Annotated[str, name_of(AgreementKind)]
    family: Annotated[str, name_of(Family)]
    project: str
    quantity: int
    total: MoneyOut
    derived_price: MoneyOut
    derived_price_exact: bool
    side: Annotated[str, name_of(Side)]
    proposer: ParticipantOut
    proposer_code: str
    counterparty: ParticipantOut
    counterparty_code: str
    buyer: ParticipantOut
    buyer_code: str
    seller: ParticipantOut
    seller_code: str
    affirmed_by: PersonOut | None
    ended_by: PersonOut | None
    transaction: TransactionOut | None
    buy_fee: MoneyOut | None
    sell_fee: MoneyOut | None


class AuditOrder(OrderModel):
    """An order with its participant and what became of it; ``seq`` is the entry in which it was placed."""

    symbol: str
    participant: ParticipantOut
    participant_code: str
    seq: int
    last_seq: int


class AuditTradePage(Page):
    """Trades."""

    items: list[AuditTrade]


class AuditAgreementPage(Page):
    """Agreements."""

    items: list[AuditAgreement]


class AuditOrderPage(Page):
    """Orders."""

    items: list[AuditOrder]


class JournalEntry(Model):
    """An entry: the leaf's canonical bytes and the head of the chain after it, in hex."""

    seq: int
    at: TimeOut
    leaf: HexOut
    head: HexOut


class JournalPage(Dated):
    """Entries; ask again with ``after_seq=next_after_seq``."""

    items: list[JournalEntry]
    next_after_seq: int


class MovementModel(Model):
    """Serials that went from ``source`` to ``target`` (participants, REGISTRY for what came in, GONE for what
    was used or released).
    """

    seq: int
    n: int
    at: TimeOut
    transaction: TransactionOut
    source: str
    target: str
    serial_lo: int
    serial_hi: int
    quantity: int


class MovementPage(Page):
    """Movements of one lot, from its admission on."""

    items: list[MovementModel]


class Posting(Model):
    """A posting from the account of ``debit`` to that of ``credit``; ``amount`` in CNY or whole tonnes."""

    seq: int
    n: int
    at: TimeOut
    transaction: TransactionOut
    layer: Annotated[str, name_of(Layer)]
    debit: str
    credit: str
    asset: str
    amount: str


class Statement(Page):
    """The ledger of one owner: its postings in journal order."""

    owner: str
    items: list[Posting]


async def trades(call: Call) -> Document | Response:
    """Every trade with its parties, from the books and agreed, in the order in which they settled."""
    query: AuditTradeQuery = call.query
    wanted = DealFilter(query.from_at, query.to_at, query.book, query.party, query.origin, entries_of(call))
    view, history = call.services.view, call.services.history
    pages, stream = partial(history.deals, wanted), partial(history.stream_deals, wanted)
    shown = partial(trade_document, view)
    return await answer_list(call, Listing("trades", AuditTrade, pages, stream, attrgetter("seq"), shown))


def trade_document(view: CommittedView, deal: Deal) -> Document:
    """A trade with everything that is known of it."""
    code = view.people.code
    own = _of_book(deal.terms, view) if isinstance(deal.terms, BookTerms) else _agreed(deal, deal.terms, view)
    return {
        "origin": deal.origin.name,
        "seq": deal.seq,
        "at": time_text(deal.at),
        "quantity": deal.quantity,
        "value": money_text(deal.value),
        "buyer": id_text(Kind.PARTICIPANT, deal.buyer),
        "buyer_code": code(deal.buyer),
        "seller": id_text(Kind.PARTICIPANT, deal.seller),
        "seller_code": code(deal.seller),
        "buy_fee": money_text(deal.buy_fee),
        "sell_fee": money_text(deal.sell_fee),
        **own,
    }


def _of_book(terms: BookTerms, view: CommittedView) -> Document:
    listed = view.markets.instruments[terms.instrument].terms
    return {
        "id": id_text(Kind.TRADE, terms.trade),
        "day": day_text(terms.day),
        "instrument": id_text(Kind.INSTRUMENT, terms.instrument),
        "symbol": listed.symbol,
        "family": listed.family.name,
        "project": listed.project,
        "price": money_text(terms.price),
        "derived_price": None,
        "derived_price_exact": None,
        "aggressor": terms.aggressor.name,
        "buy_order": id_text(Kind.ORDER, terms.buy_order),
        "sell_order": id_text(Kind.ORDER, terms.sell_order),
    }


def _agreed(deal: Deal, terms: AgreedTerms, view: CommittedView) -> Document:
    return {
        "id": id_text(Kind.AGREEMENT, terms.agreement),
        "day": day_text(view.markets.day_of(deal.seq)),
        "family": terms.family.name,
        "project": terms.project,
        **_derived(deal.value, deal.quantity),
        **dict.fromkeys(("instrument", "symbol", "price", "aggressor", "buy_order", "sell_order")),
    }


def _derived(total: Fen, quantity: Tonnes) -> Document:
    """The price a tonne that follows from a total. It is never what was agreed, so it never stands under ``price``."""
    return {
        "derived_price": money_text(average_price(total, quantity)),
        "derived_price_exact": total % quantity == 0,
    }


async def orders(call: Call) -> Document | Response:
    """Every order with its participant and what became of it, oldest first."""
    query: AuditOrderQuery = call.query
    statuses = () if query.status is None else (query.status,)
    span = (query.from_at, query.to_at)
    wanted = OrderFilter(*span, query.book, query.party, statuses=statuses, entries=entries_of(call))
    view = call.services.view

    def document(order: Order) -> Document:
        return {
            **past_order(order),
            "symbol": view.markets.instruments[order.instrument].terms.symbol,
            "participant": id_text(Kind.PARTICIPANT, order.participant),
            "participant_code": view.people.code(order.participant),
            "seq": order.placed_seq,
            "last_seq": order.last_seq,
        }

    history = call.services.history
    pages, stream = partial(history.orders, wanted), partial(history.stream_orders, wanted)
    return await answer_list(call, Listing("orders", AuditOrder, pages, stream, attrgetter("last_seq"), document))


async def agreements(call: Call) -> Document | Response:
    """Every agreement in all its states, in the order in which they were proposed."""
    query: AuditAgreementQuery = call.query
    statuses = () if query.status is None else (query.status,)
    wanted = AgreementFilter(query.from_at, query.to_at, query.party, statuses, entries_of(call))
    history = call.services.history
    pages, stream = partial(history.agreements, wanted), partial(history.stream_agreements, wanted)
    shown = partial(agreement_document, call.services.view.people.code)
    return await answer_list(call, Listing("agreements", AuditAgreement, pages, stream, attrgetter("last_seq"), shown))


def agreement_document(code: Callable[[ParticipantId], str], agreement: Agreement) -> Document:
    """An agreement with everything that is known of it."""
    parties = {"proposer": agreement.proposer, "counterparty": agreement.counterparty}
    pair = (agreement.proposer, agreement.counterparty)
    parties["buyer"], parties["seller"] = pair if agreement.side is Side.BUY else pair[::-1]
    fees = {"buy_fee": agreement.buy_fee, "sell_fee": agreement.sell_fee}
    return {
        "id": id_text(Kind.AGREEMENT, agreement.agreement),
        "status": agreement.status.name,
        "seq": agreement.seq,
        "proposed_at": time_text(agreement.at),
        "last_seq": agreement.last_seq,
        "changed_at": time_text(agreement.last_at),
        "kind": agreement.kind.name,
        "family": agreement.family.name,
        "project": agreement.project,
        "quantity": agreement.quantity,
        "total": money_text(agreement.total),
        **_derived(agreement.total, agreement.quantity),
        "side": agreement.side.name,
        **{name: id_text(Kind.PARTICIPANT, party) for name, party in parties.items()},
        **{f"{name}_code": code(party) for name, party in parties.items()},
        "affirmed_by": id_text_or_none(Kind.PERSON, agreement.affirmed_by or NOBODY),
        "ended_by": id_text_or_none(Kind.PERSON, agreement.ended_by or NOBODY),
        "transaction": id_text_or_none(Kind.TRANSACTION, agreement.transaction or NOBODY),
        **{name: None if fee is None else money_text(fee) for name, fee in fees.items()},
    }


async def journal(call: Call) -> Document:
    """The journal's entries with the chain over them, for whoever wants to check it."""
    query: JournalQuery = call.query
    as_of = call.services.view.seq
    lines = await call.services.history.journal(Seq(query.after_seq), query.limit)
    shown = [line for line in lines if line.seq <= as_of]
    items = [
        {"seq": line.seq, "at": time_text(line.at), "leaf": line.leaf.hex(), "head": line.head.hex()} for line in shown
    ]
    return {"items": items, "next_after_seq": shown[-1].seq if shown else query.after_seq}


async def movements(call: Call) -> Document:
    """Where the serials of a lot went, from its admission on."""
    lot = LotId(id_number(Kind.LOT, call.path["lot"]))
    if lot not in call.services.view.units.lots:
        raise ProblemError(RejectReason.LOT_NOT_FOUND)
    found = await call.services.history.movements(lot, call.query.limit, call.query.cursor)
    return history_page(found, movement_document)


async def ledger(call: Call) -> Document:
    """The postings of a participant, or of one of the venue's accounts: BANK, REGISTRY, CLEARING, FEES, RETIRED,
    CANCELLED, OUT, EXPORTED.
    """
    owner = owner_number(call.path["owner"])
    if owner > 0 and owner not in call.services.view.people.participants:
        raise ProblemError(RejectReason.PARTICIPANT_NOT_FOUND)
    query: StatementQuery = call.query
    asset = None if query.asset is None else asset_number(query.asset)
    found = await call.services.history.statement(owner, query.limit, query.cursor, asset)
    return {"owner": owner_text(owner), **history_page(found, statement_document)}


OPERATIONS = (
    Read(
        path="/v1/audit/trades",
        audience=Audience.SUPERVISION,
        query=AuditTradeQuery,
        handle=trades,
        answer=AuditTradePage,
        csv=True,
        weight=FROM_THE_DATABASE,
    ),
    Read(
        path="/v1/audit/orders",
        audience=Audience.SUPERVISION,
        query=AuditOrderQuery,
        handle=orders,
        answer=AuditOrderPage,
        csv=True,
        weight=FROM_THE_DATABASE,
    ),
    Read(
        path="/v1/audit/agreements",
        audience=Audience.SUPERVISION,
        query=AuditAgreementQuery,
        handle=agreements,
        answer=AuditAgreementPage,
        csv=True,
        weight=FROM_THE_DATABASE,
    ),
    Read(
        path="/v1/audit/journal",
        audience=Audience.OVERSIGHT,  # leaves show the evidence that an operator must read from its source
        query=JournalQuery,
        handle=journal,
        answer=JournalPage,
        weight=FROM_THE_DATABASE,
    ),
    Read(
        path="/v1/audit/lots/{lot}/movements",
        audience=Audience.SUPERVISION,
        query=PageQuery,
        handle=movements,
        answer=MovementPage,
        missing=(RejectReason.LOT_NOT_FOUND,),
        weight=FROM_THE_DATABASE,
    ),
    Read(
        path="/v1/audit/ledger/{owner}",
        audience=Audience.SUPERVISION,
        query=StatementQuery,
        handle=ledger,
        answer=Statement,
        missing=(RejectReason.PARTICIPANT_NOT_FOUND,),
        weight=FROM_THE_DATABASE,
    ),
)
