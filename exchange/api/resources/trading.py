"""The own orders and trades, and the public tape: what has happened, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

from exchange.access.authority import Audience
from exchange.access.ids import Kind, id_number, id_text
from exchange.api.fields import ClientOrderId, Instrument, Model, PageQuery, words
from exchange.api.operations import Call, Document, Read
from exchange.api.order_documents import OrderModel, TradeModel, order_document, shown_past, shown_row, trade_document
from exchange.api.outputs import Dated, DayOut, InstrumentOut, MoneyOut, Page, TimeOut, TradeOut, name_of
from exchange.api.paging import history_page, page
from exchange.api.problems import ProblemError
from exchange.api.resources.instruments import NO_INSTRUMENT
from exchange.api.validation import invalid
from exchange.api.wire import day_text, money_text, time_text
from exchange.core.rejections import RejectReason
from exchange.core.values import InstrumentId, OrderId, Side
from exchange.sequencer.view.rows import OrderRow
from exchange.store.queries import ENDED, Order, OrderFilter, Trade, TradeFilter

OPEN: Final = "open"
CLOSED: Final = "closed"
ALL: Final = "all"


class OrderPage(Page):
    """Orders."""

    items: list[OrderModel]


class OneOrder(OrderModel, Dated):
    """One order."""


class TradePage(Page):
    """Own trades."""

    items: list[TradeModel]


class TapeTrade(Model):
    """A trade as everybody may see it: nothing about its parties."""

    id: TradeOut
    instrument: InstrumentOut
    price: MoneyOut
    quantity: int
    aggressor: Annotated[str, name_of(Side)]
    at: TimeOut
    day: DayOut


class Tape(Page):
    """Public trades of an instrument, newest first."""

    items: list[TapeTrade]


class OrderQuery(PageQuery):
    """``open`` orders come oldest first, the others newest first. ``client_order_id`` finds an open order."""

    status: Annotated[str, words(OPEN, CLOSED, ALL)] = OPEN
    instrument: Instrument | None = None
    client_order_id: ClientOrderId | None = None


class TradeQuery(PageQuery):
    """Only those in one instrument."""

    instrument: Instrument | None = None


async def own_orders(call: Call) -> Document:
    """The own orders."""
    query: OrderQuery = call.query
    if query.status == OPEN:
        rows = (row for row in _open(call, query) if query.instrument in (None, row.terms.instrument))
        return page(rows, lambda row: row.terms.order, lambda row: order_document(shown_row(row)), query)
    if query.client_order_id is not None:
        raise invalid("query/client_order_id", "ONLY_FOR_OPEN_ORDERS")
    wanted = OrderFilter(
        participant=call.who.participant,
        instrument=_instrument(query.instrument),
        statuses=ENDED if query.status == CLOSED else (),
    )
    found = await call.services.history.orders(wanted, query.limit, query.cursor, descending=True)
    return history_page(found, past_order)


def _open(call: Call, query: OrderQuery) -> Iterator[OrderRow]:
    orders, participant = call.services.view.orders, call.who.participant
    if query.client_order_id is None:
        return orders.of(participant)
    order = orders.client_ids.get((participant, query.client_order_id))
    return iter(() if order is None else (orders.by_id[order],))


def past_order(order: Order) -> Document:
    """An order of the history."""
    return order_document(shown_past(order))


async def one_order(call: Call) -> Document:
    """One own order, open or ended; another's is not there."""
    order = OrderId(id_number(Kind.ORDER, call.path["order"]))
    row = call.services.view.orders.by_id.get(order)
    if row is not None and row.terms.participant == call.who.participant:
        return order_document(shown_row(row))
    past = None if row is not None else await call.services.history.order(order)
    if past is None or past.participant != call.who.participant:
        raise ProblemError(RejectReason.ORDER_NOT_FOUND)
    return past_order(past)


async def own_trades(call: Call) -> Document:
    """The own trades, newest first."""
    participant, query = call.who.participant, call.query
    wanted = TradeFilter(participant=participant, instrument=_instrument(query.instrument))
    found = await call.services.history.trades(wanted, query.limit, query.cursor, descending=True)
    code = call.services.view.people.code
    return history_page(found, lambda trade: trade_document(trade, participant, trade.at, code))


async def tape(call: Call) -> Document:
    """The public trades of an instrument, newest first."""
    instrument = InstrumentId(id_number(Kind.INSTRUMENT, call.path["instrument"]))
    if instrument not in call.services.view.markets.instruments:
        raise ProblemError(RejectReason.INSTRUMENT_NOT_FOUND)
    wanted = TradeFilter(instrument=instrument)
    found = await call.services.history.trades(wanted, call.query.limit, call.query.cursor, descending=True)
    return history_page(found, tape_document)


def tape_document(trade: Trade) -> Document:
    """A trade without its parties."""
    return {
        "id": id_text(Kind.TRADE, trade.trade),
        "instrument": id_text(Kind.INSTRUMENT, trade.instrument),
        "price": money_text(trade.price),
        "quantity": trade.quantity,
        "aggressor": trade.aggressor.name,
        "at": time_text(trade.at),
        "day": day_text(trade.day),
    }


def _instrument(number: int | None) -> InstrumentId | None:
    return None if number is None else InstrumentId(number)


OPERATIONS = (
    Read(path="/v1/orders", audience=Audience.PARTICIPANTS, query=OrderQuery, handle=own_orders, answer=OrderPage),
    Read(
        path="/v1/orders/{order}",
        audience=Audience.PARTICIPANTS,
        handle=one_order,
        answer=OneOrder,
        missing=(RejectReason.ORDER_NOT_FOUND,),
    ),
    Read(path="/v1/trades", audience=Audience.PARTICIPANTS, query=TradeQuery, handle=own_trades, answer=TradePage),
    Read(
        path="/v1/instruments/{instrument}/trades",
        audience=Audience.PUBLIC,
        query=PageQuery,
        handle=tape,
        answer=Tape,
        missing=NO_INSTRUMENT,
    ),
)
