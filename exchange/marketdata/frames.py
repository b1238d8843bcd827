"""Frames: each message as bytes, made once for everybody who gets it. Their forms are in the messages module."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import orjson

from exchange.access.ids import Kind, id_text
from exchange.core.events.orders import CancelReason
from exchange.core.values import Micros, Price, Seq, Side, average_price
from exchange.marketdata.candles import Candle, Interval
from exchange.marketdata.depth import Delta, PriceLevel, Snapshot
from exchange.marketdata.messages import PRIVATE, OrderStatus
from exchange.marketdata.private import OwnBalance, OwnFill, OwnOrder, OwnUpdate
from exchange.marketdata.tape import PublicTrade
from exchange.marketdata.texts import amount_text, asset_text, day_text, money_text, percent_text, time_text
from exchange.marketdata.ticker import Quote

Document = dict[str, Any]

SNAPSHOT: Final = "snapshot"
UPDATE: Final = "update"

PART: Final = 250
"""Open orders, and balances, in one part of an account: some 100 KB, and three milliseconds to encode."""

_EXPIRED_BY: Final = (CancelReason.DAY_ENDED, CancelReason.GOOD_TIL_PASSED)


class Place(NamedTuple):
    """Where a frame stands: its channel, the entry that it leads to and when that was, and the one it follows.

    ``prev_seq`` None makes it a snapshot, which follows nothing.
    """

    channel: str
    seq: Seq
    prev_seq: Seq | None
    at: Micros


def _frame(place: Place, fields: Document) -> bytes:
    return orjson.dumps(
        {
            "channel": place.channel,
            "type": SNAPSHOT if place.prev_seq is None else UPDATE,
            "seq": place.seq,
            "prev_seq": place.prev_seq,
            "at": time_text(place.at) if place.at else None,
            **fields,
        }
    )


# -- books --


def book_snapshot(place: Place, instrument: str, book: Snapshot) -> bytes:
    """A whole book."""
    return _frame(place, {"instrument": instrument, **_sides(book)})


def book_update(place: Place, instrument: str, delta: Delta) -> bytes:
    """What changed in a book."""
    return _frame(place, {"instrument": instrument, "first_seq": delta.first_seq, **_sides(delta)})


def _sides(book: Snapshot | Delta) -> Document:
    return {
        "bids": [level_document(level) for level in book.bids],
        "asks": [level_document(level) for level in book.asks],
        "checksum": book.checksum,
    }


def level_document(level: PriceLevel) -> Document:
    """One price of a book."""
    return {"price": money_text(level.price), "quantity": level.quantity, "orders": level.orders}


# -- trades, ticker, candles --


def trades_frame(place: Place, instrument: str, trades: Iterable[PublicTrade]) -> bytes:
    """Trades, oldest first."""
    return _frame(place, {"instrument": instrument, "trades": [trade_document(instrument, trade) for trade in trades]})


def trade_document(instrument: str, trade: PublicTrade) -> Document:
    """A trade as everybody may see it, by REST too."""
    return {
        "trade_no": trade.trade_no,
        "id": id_text(Kind.TRADE, trade.trade),
        "instrument": instrument,
        "seq": trade.seq,
        "price": money_text(trade.price),
        "quantity": trade.quantity,
        "aggressor": trade.aggressor.name,
        "at": time_text(trade.at),
        "day": day_text(trade.day),
    }


def ticker_frame(place: Place, instrument: str, quote: Quote) -> bytes:
    """Where an instrument stands."""
    return _frame(place, {"instrument": instrument, **quote_document(quote)})


def quote_document(quote: Quote) -> Document:
    """A ticker's figures."""
    change = quote.change
    return {
        "best_bid": None if quote.best_bid is None else level_document(quote.best_bid),
        "best_ask": None if quote.best_ask is None else level_document(quote.best_ask),
        "last_price": _price_or_none(quote.last_price),
        "last_quantity": quote.last_quantity or None,
        "reference_price": money_text(quote.reference),
        "change": None if change is None else money_text(change),
        "change_percent": None if change is None else percent_text(change, quote.reference),
        "day_open": _price_or_none(quote.opening),
        "day_high": _price_or_none(quote.highest),
        "day_low": _price_or_none(quote.lowest),
        "volume": quote.volume,
        "turnover": money_text(quote.turnover),
        "trades": quote.trades,
    }


def _price_or_none(price: Price) -> str | None:
    return money_text(price) if price else None


def candles_frame(place: Place, instrument: str, interval: Interval, candles: Iterable[Candle]) -> bytes:
    """Candles of one interval, oldest first."""
    documents = [candle_document(interval, candle) for candle in candles]
    return _frame(place, {"instrument": instrument, "interval": interval.value, "candles": documents})


def candle_document(interval: Interval, candle: Candle) -> Document:
    """One candle."""
    return {
        "start": time_text(candle.start),
        "end": time_text(Micros(candle.start + interval.micros)),
        "open": money_text(candle.opening),
        "high": money_text(candle.highest),
        "low": money_text(candle.lowest),
        "close": money_text(candle.closing),
        "volume": candle.volume,
        "turnover": money_text(candle.turnover),
        "trades": candle.trades,
    }


# -- the own account --


def parts_of(orders: int, balances: int) -> int:
    """In how many parts an account is told that has so many open orders and balances."""
    return max(1, -(-max(orders, balances) // PART))


def private_part(place: Place, orders: list[OwnOrder], balances: list[OwnBalance], part: int, parts: int) -> bytes:
    """One of the parts, counted from 1, of a participant's open orders and balances."""
    its = slice((part - 1) * PART, part * PART)
    fields = {
        "part": part,
        "parts": parts,
        "orders": [_encoded(order) for order in orders[its]],
        "balances": [balance_document(balance) for balance in balances[its]],
    }
    return _frame(place, fields)


def private_update(prev_seq: Seq, update: OwnUpdate) -> bytes:
    """What one entry changed for a participant."""
    fields = {
        "orders": [_encoded(order) for order in update.orders],
        "fills": [fill_document(fill, update.at) for fill in update.fills],
        "balances": [balance_document(balance) for balance in update.balances],
    }
    return _frame(Place(PRIVATE, update.seq, prev_seq, update.at), fields)


def _encoded(order: OwnOrder) -> orjson.Fragment:
    """An own order, encoded once for all frames that tell it as it stands."""
    if not order.encoded:
        order.encoded = orjson.dumps(order_document(order))
    return orjson.Fragment(order.encoded)


def order_document(order: OwnOrder) -> Document:
    """An own order."""
    terms = order.terms
    average = average_price(order.value, order.cumulative) if order.cumulative else None
    return {
        "id": id_text(Kind.ORDER, terms.order),
        "instrument": id_text(Kind.INSTRUMENT, terms.instrument),
        "client_order_id": terms.client_order_id or None,
        "side": terms.side.name,
        "kind": terms.kind.name,
        "time_in_force": terms.time_in_force.name,
        "price": money_text(order.price),
        "quantity": order.quantity,
        "cumulative": order.cumulative,
        "leaves": order.leaves,
        "average_price": None if average is None else money_text(average),
        "fee": money_text(order.fee),
        "status": _status(order).name,
        "cancel_reason": None if order.cancelled is None else order.cancelled.name,
        "post_only": terms.post_only,
        "self_trade_prevention": terms.self_trade_prevention.name,
        "good_til": day_text(terms.good_til) if terms.good_til else None,
        "placed_at": time_text(order.placed_at),
        "updated_at": time_text(order.updated_at),
    }


def _status(order: OwnOrder) -> OrderStatus:
    if order.cancelled is not None:
        return OrderStatus.EXPIRED if order.cancelled in _EXPIRED_BY else OrderStatus.CANCELLED
    if not order.leaves:
        return OrderStatus.FILLED
    return OrderStatus.PARTIALLY_FILLED if order.cumulative else OrderStatus.NEW


def fill_document(fill: OwnFill, at: Micros) -> Document:
    """An own trade: the own order and fee, and the other party by its code."""
    trade, bought = fill.trade, fill.side is Side.BUY
    return {
        "id": id_text(Kind.TRADE, trade.trade),
        "instrument": id_text(Kind.INSTRUMENT, trade.instrument),
        "side": fill.side.name,
        "price": money_text(trade.price),
        "quantity": trade.quantity,
        "order": id_text(Kind.ORDER, trade.buy_order if bought else trade.sell_order),
        "fee": money_text(trade.buy_fee if bought else trade.sell_fee),
        "aggressor": trade.aggressor.name,
        "counterparty": fill.counterparty,
        "at": time_text(at),
        "day": day_text(trade.day),
    }


def balance_document(own: OwnBalance) -> Document:
    """An own account of money or of a lot."""
    return {
        "asset": asset_text(own.asset),
        "balance": amount_text(own.asset, own.balance),
        "held": amount_text(own.asset, own.held),
        "available": amount_text(own.asset, own.balance - own.held),
    }
