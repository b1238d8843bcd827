"""The own orders and trades, and the public tape: what has happened, newest first."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from itertools import islice
from typing import Annotated, Final

from pydantic import Field

from exchange.access.authority import Audience
from exchange.access.ids import Kind, id_number, id_text
from exchange.api.fields import (
    ClientOrderId,
    Cursor,
    DayText,
    FeedLimit,
    Instrument,
    Model,
    PageQuery,
    ReadQuery,
    TimeText,
    filter_named,
    filter_words,
)
from exchange.api.listing import entries_on
from exchange.api.operations import FROM_THE_DATABASE, Call, Document, Read
from exchange.api.order_documents import (
    OrderModel,
    TradeModel,
    order_document,
    shown_past,
    shown_row,
    status_of,
    trade_document,
)
from exchange.api.outputs import Dated, DayOut, InstrumentOut, MoneyOut, Page, TimeOut, TradeOut, name_of
from exchange.api.paging import cursor_of, history_page, number_of
from exchange.api.problems import ProblemError
from exchange.api.resources.feed import MOST_BYTES, MOST_ITEMS, FeedItem, Reader, order_items
from exchange.api.resources.instruments import NO_INSTRUMENT
from exchange.core.rejections import RejectReason
from exchange.core.values import InstrumentId, Micros, OrderId, Seq, Side
from exchange.marketdata.frames import trade_document as public_document
from exchange.marketdata.tape import PublicTrade
from exchange.sequencer.view.rows import OrderRow
from exchange.store.queries import (
    ENDED,
    WORKING,
    Entries,
    NumberedTrade,
    Order,
    OrderFilter,
    TradeFilter,
    cursor_behind,
)
from exchange.store.tables.orders import OrderStatus

OPEN: Final = "open"
CLOSED: Final = "closed"
ALL: Final = "all"
_STATUSES: Final = tuple(status.name.lower() for status in OrderStatus)
_IN_MEMORY: Final = (OPEN, *(status.name.lower() for status in WORKING))

MOST_LOOKED_AT: Final = 2_000
"""Among how many open orders a page is looked for, about 2 ms. All of a firm's may be a hundred thousand, and everybody
else waits meanwhile.
"""


class OrderPage(Page):
    """Orders."""

    items: list[OrderModel]


class OneOrder(OrderModel, Dated):
    """One order."""


class OrderEventPage(Page):
    """Events of one order, oldest first: the items of ``GET /v1/events``, ``n`` counting those of this order in an
    entry.
    """

    items: list[FeedItem]


class TradePage(Page):
    """Own trades."""

    items: list[TradeModel]


class TapeTrade(Model):
    """A trade as everybody may see it: nothing about its parties. ``trade_no`` counts the instrument's trades without
    gaps, and is the one that the stream shows.
    """

    trade_no: Annotated[int, Field(ge=1)]
    id: TradeOut
    instrument: InstrumentOut
    seq: Annotated[int, Field(ge=1)]
    price: MoneyOut
    quantity: int
    aggressor: Annotated[str, name_of(Side)]
    at: TimeOut
    day: DayOut


class Tape(Page):
    """Public trades of an instrument, newest first."""

    items: list[TapeTrade]


class OrderQuery(PageQuery):
    """Open orders come oldest first, all others newest first.

    ``open`` is NEW or PARTIALLY_FILLED, ``closed`` is FILLED, CANCELLED or EXPIRED; each of these can be asked for by
    itself. A ``client_order_id`` may have been used again after the order that it named had ended. A page of open
    orders is looked for among 2,000 of them: with a filter it may be short, or empty, and have a ``next_cursor`` all
    the same.
    """

    status: Annotated[str, filter_words(OPEN, CLOSED, ALL, *_STATUSES)] = OPEN
    instrument: Instrument | None = None
    side: Annotated[Side, filter_named(Side)] | None = None
    client_order_id: ClientOrderId | None = None
    day: DayText | None = None
    since: TimeText | None = None
    until: TimeText | None = None


class OrderEventsQuery(ReadQuery):
    """The events of an order; ``cursor`` is the ``next_cursor`` of the page before, ``limit`` counts entries."""

    cursor: Cursor | None = None
    limit: FeedLimit = 100


class TradeQuery(PageQuery):
    """Only those in one instrument."""

    instrument: Instrument | None = None


async def own_orders(call: Call) -> Document:
    """The own orders, found by state, instrument, side, own name, trading day and time of placing."""
    query: OrderQuery = call.query
    entries = entries_on(call, query.day)
    if query.status in _IN_MEMORY:
        return _open_page(_open(call, query), query, entries)
    wanted = OrderFilter(
        from_at=None if query.since is None else Micros(query.since),
        to_at=None if query.until is None else Micros(query.until),
        participant=call.who.participant,
        instrument=_instrument(query.instrument),
        side=query.side,
        statuses=_statuses(query.status),
        entries=entries,
        client_order_id=query.client_order_id,
    )
    found = await call.services.history.orders(wanted, query.limit, query.cursor, descending=True)
    return history_page(found, past_order)


def _statuses(status: str) -> tuple[OrderStatus, ...]:
    if status == ALL:
        return ()
    return ENDED if status == CLOSED else (OrderStatus[status.upper()],)


def _open(call: Call, query: OrderQuery) -> Mapping[OrderId, OrderRow]:
    """Among which open orders to look, oldest first."""
    orders, participant = call.services.view.orders, call.who.participant
    if query.client_order_id is None:
        return orders.by_participant.get(participant, {})
    order = orders.client_ids.get(participant, {}).get(query.client_order_id)
    return {} if order is None else {order: orders.by_id[order]}


def _open_page(orders: Mapping[OrderId, OrderRow], query: OrderQuery, entries: Entries | None) -> Document:
    """The next page of open orders that pass the filters, or as much of it as a bounded look finds."""
    # A dictionary cannot be entered in its middle; its keys as a list cost a tenth of a walk over its orders.
    ids = list(orders)
    behind = bisect_right(ids, number_of(query.cursor))
    near = ids[behind : behind + MOST_LOOKED_AT]
    wanted = (order for order in near if _is_wanted(orders[order], query, entries))
    found = list(islice(wanted, query.limit + 1))
    shown = found[: query.limit]
    last = shown[-1:] if len(found) > len(shown) else near[-1:] if behind + len(near) < len(ids) else []
    items = [order_document(shown_row(orders[order])) for order in shown]
    return {"items": items, "next_cursor": cursor_of(last[0]) if last else None}


def _is_wanted(row: OrderRow, query: OrderQuery, entries: Entries | None) -> bool:
    """Whether an open order passes the filters that the history has in its database."""
    terms = row.terms
    return (
        query.instrument in (None, terms.instrument)
        and query.side in (None, terms.side)
        and (query.since is None or row.placed_at >= query.since)
        and (query.until is None or row.placed_at < query.until)
        and (entries is None or entries.made(terms.order))
        and query.status in (OPEN, status_of(row.cumulative, row.leaves, None).name.lower())
    )


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


async def order_events(call: Call) -> Document:
    """Everything that happened to an own order, oldest first: its whole life, and what was refused about it.

    The events are those of ``GET /v1/events`` as far as they are about this order. ``limit`` counts journal entries,
    which are never cut in two; one of them may have hundreds of trades.
    """
    services, who, query = call.services, call.who, call.query
    as_of = services.view.seq
    order = await services.history.order(OrderId(id_number(Kind.ORDER, call.path["order"])))
    if order is None or order.participant != who.participant:
        raise ProblemError(RejectReason.ORDER_NOT_FOUND)
    found = await services.history.order_entries(order, query.limit, query.cursor)
    reader, items, reached, decoded = Reader(services.view, who.participant), list[Document](), Seq(0), 0
    for entry in found.rows:
        if entry.seq > as_of:
            return {"items": items, "next_cursor": None}  # it is just being published
        if len(items) >= MOST_ITEMS or decoded >= MOST_BYTES:
            return {"items": items, "next_cursor": cursor_behind(reached)}
        items += order_items(reader, entry, order.order)
        reached, decoded = entry.seq, decoded + len(entry.events)
    return {"items": items, "next_cursor": found.next_cursor}


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
    view = call.services.view
    row = view.markets.instruments.get(instrument)
    if row is None:
        raise ProblemError(RejectReason.INSTRUMENT_NOT_FOUND)
    found = await call.services.history.tape(instrument, row.trades, view.seq, call.query.limit, call.query.cursor)
    return history_page(found, tape_document)


def tape_document(numbered: NumberedTrade) -> Document:
    """A trade without its parties, as the stream has it."""
    its = numbered.trade
    shown = PublicTrade(numbered.number, its.trade, its.seq, its.at, its.price, its.quantity, its.aggressor, its.day)
    return public_document(id_text(Kind.INSTRUMENT, its.instrument), shown)


def _instrument(number: int | None) -> InstrumentId | None:
    return None if number is None else InstrumentId(number)


OPERATIONS = (
    Read(
        path="/v1/orders",
        audience=Audience.PARTICIPANTS,
        query=OrderQuery,
        handle=own_orders,
        answer=OrderPage,
        weight=FROM_THE_DATABASE,
    ),
    Read(
        path="/v1/orders/{order}",
        audience=Audience.PARTICIPANTS,
        handle=one_order,
        answer=OneOrder,
        missing=(RejectReason.ORDER_NOT_FOUND,),
    ),
    Read(
        path="/v1/orders/{order}/events",
        audience=Audience.PARTICIPANTS,
        query=OrderEventsQuery,
        handle=order_events,
        answer=OrderEventPage,
        missing=(RejectReason.ORDER_NOT_FOUND,),
        weight=FROM_THE_DATABASE,
    ),
    Read(
        path="/v1/trades",
        audience=Audience.PARTICIPANTS,
        query=TradeQuery,
        handle=own_trades,
        answer=TradePage,
        weight=FROM_THE_DATABASE,
    ),
    Read(
        path="/v1/instruments/{instrument}/trades",
        audience=Audience.PUBLIC,
        query=PageQuery,
        handle=tape,
        answer=Tape,
        missing=NO_INSTRUMENT,
        weight=FROM_THE_DATABASE,
    ),
)
