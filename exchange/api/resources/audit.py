"""The auditor's view: every trade and order with its parties, the journal, the ledger, where every serial went.

For auditor, regulator and operator. Lists come in pages or, as a whole, as CSV.
"""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field
from starlette.responses import Response

from exchange.access.authority import Audience
from exchange.access.ids import Kind, id_number, id_text
from exchange.api.csv_stream import csv_response
from exchange.api.fields import (
    AssetText,
    FeedLimit,
    Instrument,
    Model,
    PageQuery,
    Participant,
    ReadQuery,
    SeqNumber,
    TimeText,
    named,
    words,
)
from exchange.api.ledger_documents import asset_number, movement_document, owner_number, owner_text, statement_document
from exchange.api.operations import Call, Document, Read
from exchange.api.order_documents import OrderModel
from exchange.api.outputs import (
    Dated,
    DayOut,
    HexOut,
    InstrumentOut,
    MoneyOut,
    OrderOut,
    Page,
    ParticipantOut,
    TimeOut,
    TradeOut,
    TransactionOut,
    name_of,
)
from exchange.api.paging import history_page
from exchange.api.problems import ProblemError
from exchange.api.resources.trading import past_order
from exchange.api.wire import day_text, money_text, time_text
from exchange.core.events.participants import Layer
from exchange.core.rejections import RejectReason
from exchange.core.values import InstrumentId, LotId, Micros, ParticipantId, Seq, Side, notional
from exchange.store.queries import Order, OrderFilter, Trade, TradeFilter
from exchange.store.tables.orders import OrderStatus

CSV: Final = "csv"
JSON: Final = "json"


class AuditTrade(Model):
    """A trade with both parties, orders and fees."""

    id: TradeOut
    seq: int
    at: TimeOut
    day: DayOut
    instrument: InstrumentOut
    price: MoneyOut
    quantity: int
    value: MoneyOut
    aggressor: Annotated[str, name_of(Side)]
    buyer: ParticipantOut
    buyer_code: str
    seller: ParticipantOut
    seller_code: str
    buy_order: OrderOut
    sell_order: OrderOut
    buy_fee: MoneyOut
    sell_fee: MoneyOut


class AuditOrder(OrderModel):
    """An order with its participant and what became of it; ``seq`` is the entry in which it was placed."""

    participant: ParticipantOut
    participant_code: str
    seq: int
    last_seq: int


class AuditTradePage(Page):
    """Trades."""

    items: list[AuditTrade]


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
    """Serials that went from ``source`` to ``target`` (participants, or REGISTRY)."""

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


_Format = Annotated[str, words(JSON, CSV)]
_FROM: Final = "The first instant that counts."
_TO: Final = "The first instant that does not count any more."


class AuditQuery(PageQuery):
    """Filters by time, instrument and participant; ``format=csv`` gives everything that they leave, without pages."""

    from_: Annotated[TimeText | None, Field(alias="from", description=_FROM)] = None
    to: Annotated[TimeText | None, Field(description=_TO)] = None
    instrument: Instrument | None = None
    participant: Participant | None = None
    format: _Format = JSON


class AuditOrderQuery(AuditQuery):
    """The same, and orders of one status."""

    status: Annotated[OrderStatus, named(OrderStatus)] | None = None


class JournalQuery(ReadQuery):
    """Entries after ``after_seq``."""

    after_seq: SeqNumber = 0
    limit: FeedLimit = 100


class StatementQuery(PageQuery):
    """Postings of one asset: CNY or a lot."""

    asset: AssetText | None = None


def _wants_csv(call: Call) -> bool:
    return call.query.format == CSV or call.headers.wants_csv()


def _micros(value: int | None) -> Micros | None:
    return None if value is None else Micros(value)


async def trades(call: Call) -> Document | Response:
    """Every trade with its parties, oldest first."""
    query: AuditQuery = call.query
    wanted = TradeFilter(
        from_at=_micros(query.from_),
        to_at=_micros(query.to),
        instrument=None if query.instrument is None else InstrumentId(query.instrument),
        participant=None if query.participant is None else ParticipantId(query.participant),
    )
    history, code = call.services.history, call.services.view.people.code

    def document(trade: Trade) -> Document:
        return trade_document(trade, code(trade.buyer), code(trade.seller))

    if _wants_csv(call):
        columns = list(AuditTrade.model_fields)
        return await csv_response(call, "trades", columns, history.stream_trades(wanted), document)
    return history_page(await history.trades(wanted, query.limit, query.cursor), document)


def trade_document(trade: Trade, buyer_code: str, seller_code: str) -> Document:
    """A trade with everything that is known of it."""
    return {
        "id": id_text(Kind.TRADE, trade.trade),
        "seq": trade.seq,
        "at": time_text(trade.at),
        "day": day_text(trade.day),
        "instrument": id_text(Kind.INSTRUMENT, trade.instrument),
        "price": money_text(trade.price),
        "quantity": trade.quantity,
        "value": money_text(notional(trade.price, trade.quantity)),
        "aggressor": trade.aggressor.name,
        "buyer": id_text(Kind.PARTICIPANT, trade.buyer),
        "buyer_code": buyer_code,
        "seller": id_text(Kind.PARTICIPANT, trade.seller),
        "seller_code": seller_code,
        "buy_order": id_text(Kind.ORDER, trade.buy_order),
        "sell_order": id_text(Kind.ORDER, trade.sell_order),
        "buy_fee": money_text(trade.buy_fee),
        "sell_fee": money_text(trade.sell_fee),
    }


async def orders(call: Call) -> Document | Response:
    """Every order with its participant and what became of it, oldest first."""
    query: AuditOrderQuery = call.query
    wanted = OrderFilter(
        from_at=_micros(query.from_),
        to_at=_micros(query.to),
        instrument=None if query.instrument is None else InstrumentId(query.instrument),
        participant=None if query.participant is None else ParticipantId(query.participant),
        statuses=() if query.status is None else (query.status,),
    )
    history, code = call.services.history, call.services.view.people.code

    def document(order: Order) -> Document:
        return {
            **past_order(order),
            "participant": id_text(Kind.PARTICIPANT, order.participant),
            "participant_code": code(order.participant),
            "seq": order.placed_seq,
            "last_seq": order.last_seq,
        }

    if _wants_csv(call):
        columns = list(AuditOrder.model_fields)
        return await csv_response(call, "orders", columns, history.stream_orders(wanted), document)
    return history_page(await history.orders(wanted, query.limit, query.cursor), document)


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
    """The postings of a participant, or of one of the venue's accounts: BANK, REGISTRY, CLEARING, FEES."""
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
        query=AuditQuery,
        handle=trades,
        answer=AuditTradePage,
        csv=True,
    ),
    Read(
        path="/v1/audit/orders",
        audience=Audience.SUPERVISION,
        query=AuditOrderQuery,
        handle=orders,
        answer=AuditOrderPage,
        csv=True,
    ),
    Read(
        path="/v1/audit/journal",
        audience=Audience.SUPERVISION,
        query=JournalQuery,
        handle=journal,
        answer=JournalPage,
    ),
    Read(
        path="/v1/audit/lots/{lot}/movements",
        audience=Audience.SUPERVISION,
        query=PageQuery,
        handle=movements,
        answer=MovementPage,
        missing=(RejectReason.LOT_NOT_FOUND,),
    ),
    Read(
        path="/v1/audit/ledger/{owner}",
        audience=Audience.SUPERVISION,
        query=StatementQuery,
        handle=ledger,
        answer=Statement,
        missing=(RejectReason.PARTICIPANT_NOT_FOUND,),
    ),
)
