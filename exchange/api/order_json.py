"""The answers about orders as ready JSON: what :mod:`exchange.api.order_documents` shows, to the byte.

Whoever trades gets one of these for each command. A dictionary of nineteen values that is then written out costs twice
as much as texts that are put in their places, so the places are spelt out here. Only an order's own name and a
counterparty's code can have characters that JSON escapes; the rest are numbers, ids, times, and names of enumerations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import orjson

from exchange.access.ids import Kind, id_text
from exchange.api.order_documents import Shown, own_fills, status_of
from exchange.api.wire import day_text, money_text, time_text
from exchange.core.events.orders import CancelReason, OrderAccepted, Traded
from exchange.core.values import Micros, ParticipantId, Side, average_price
from exchange.sequencer.submission import Decided

Code = Callable[[ParticipantId], str]
"""By which code others see a participant."""

_NULL: Final = "null"
_NO_KIND: Final = '"kind":null,"time_in_force":null'
_NO_OPTIONS: Final = '"post_only":null,"self_trade_prevention":null,"good_til":null'


def order_answer(decision: Decided, shown: Shown, participant: ParticipantId, code: Code) -> bytes:
    """The whole answer to a command about one order: the order, and the trades of its owner."""
    trades = ",".join([trade_json(event, participant, decision.at, code) for event in own_fills(decision, shown.order)])
    return f'{{"order":{order_json(shown)},"trades":[{trades}],"as_of_seq":{decision.seq}}}'.encode()


def order_json(shown: Shown) -> str:
    """What :func:`~exchange.api.order_documents.order_document` makes."""
    terms, cancelled = shown.terms, shown.cancelled
    updated_at = time_text(shown.updated_at)
    placed_at = f'"{updated_at}"' if shown.placed_at == shown.updated_at else _time(shown.placed_at)
    name = _NULL if terms is None or not terms.client_order_id else quoted(terms.client_order_id)
    return (
        f'{{"id":"{id_text(Kind.ORDER, shown.order)}","instrument":"{id_text(Kind.INSTRUMENT, shown.instrument)}",'
        f'"client_order_id":{name},"side":"{shown.side._name_}",{_NO_KIND if terms is None else _kind(terms)},'
        f'"price":"{money_text(shown.price)}","quantity":{shown.quantity},"cumulative":{shown.cumulative},'
        f'"leaves":{shown.leaves},"average_price":{_average(shown)},'
        f'"fee":{_fee(shown)},'
        f'"status":"{status_of(shown.cumulative, shown.leaves, cancelled)._name_}",'
        f'"cancel_reason":{_reason(cancelled)},'
        f'{_NO_OPTIONS if terms is None else _options(terms)},"placed_at":{placed_at},"updated_at":"{updated_at}"}}'
    )


def _kind(terms: OrderAccepted) -> str:
    return f'"kind":"{terms.kind._name_}","time_in_force":"{terms.time_in_force._name_}"'


def _options(terms: OrderAccepted) -> str:
    good_til = f'"{day_text(terms.good_til)}"' if terms.good_til else _NULL
    post_only = "true" if terms.post_only else "false"
    prevention = terms.self_trade_prevention._name_
    return f'"post_only":{post_only},"self_trade_prevention":"{prevention}","good_til":{good_til}'


def _average(shown: Shown) -> str:
    if not shown.cumulative or shown.value is None:
        return _NULL
    return f'"{money_text(average_price(shown.value, shown.cumulative))}"'


def _fee(shown: Shown) -> str:
    return _NULL if shown.fee is None else f'"{money_text(shown.fee)}"'


def _reason(cancelled: CancelReason | None) -> str:
    return _NULL if cancelled is None else f'"{cancelled._name_}"'


def _time(at: Micros | None) -> str:
    return _NULL if at is None else f'"{time_text(at)}"'


def trade_json(event: Traded, participant: ParticipantId, at: Micros, code: Code) -> str:
    """What :func:`~exchange.api.order_documents.trade_document` makes of a trade that a command just made."""
    buys = event.buyer == participant
    side = Side.BUY if buys else Side.SELL
    return (
        f'{{"id":"{id_text(Kind.TRADE, event.trade)}","instrument":"{id_text(Kind.INSTRUMENT, event.instrument)}",'
        f'"side":"{side._name_}","price":"{money_text(event.price)}","quantity":{event.quantity},'
        f'"order":"{id_text(Kind.ORDER, event.buy_order if buys else event.sell_order)}",'
        f'"fee":"{money_text(event.buy_fee if buys else event.sell_fee)}",'
        f'"aggressor":"{event.aggressor._name_}",'
        f'"counterparty":{quoted(code(event.seller if buys else event.buyer))},'
        f'"at":"{time_text(at)}","day":"{day_text(event.day)}"}}'
    )


def quoted(text: str) -> str:
    """A text that may have anything in it, as JSON."""
    return orjson.dumps(text).decode()
