"""Pre-trade checks of an order against its instrument, in order of precedence; cover comes last, in the handler."""

from __future__ import annotations

from typing import Final

from exchange.core.commands.orders import OrderKind, PlaceOrder, TimeInForce
from exchange.core.instruments import Instrument
from exchange.core.participants import Participant
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.values import MAX_PRICE, MAX_QUANTITY, Day, Price, Side, Tonnes, is_day

MAX_NAMED_LOTS = 100
"""How many lots a seller may name in one order or agreement."""

IMMEDIATE = (TimeInForce.IOC, TimeInForce.FOK)

_BUY: Final = Side.BUY
_SELL: Final = Side.SELL
_GTD: Final = TimeInForce.GTD
_MARKET: Final = OrderKind.MARKET


def refuse_quantity(instrument: Instrument, quantity: Tonnes) -> Refusal | None:
    """Rule QTY-STEP: whole tonnes, within bounds, a multiple of the lot size."""
    if not 1 <= quantity <= MAX_QUANTITY:
        return Refusal(RejectReason.QUANTITY_OUT_OF_RANGE, (("lowest", 1), ("highest", MAX_QUANTITY)))
    if quantity % instrument.lot_size:
        return Refusal(RejectReason.QUANTITY_NOT_LOT_MULTIPLE, (("lot_size", instrument.lot_size),))
    return None


def refuse_price(instrument: Instrument, price: Price) -> Refusal | None:
    """Rules TICK and BAND-LISTED: on the tick and inside the day's band, its ends included."""
    if not 1 <= price <= MAX_PRICE:
        return Refusal(RejectReason.PRICE_OUT_OF_RANGE, (("lowest_price", 1), ("highest_price", MAX_PRICE)))
    if price % instrument.tick:
        return Refusal(RejectReason.PRICE_NOT_ON_TICK, (("tick_price", instrument.tick),))
    if not instrument.lowest <= price <= instrument.highest:
        ends = (("lowest_price", int(instrument.lowest)), ("highest_price", int(instrument.highest)))
        return Refusal(RejectReason.PRICE_OUTSIDE_BAND, ends)
    return None


def effective_price(instrument: Instrument, command: PlaceOrder) -> Price:
    """The limit, or for a market order without a protection price the band's far edge."""
    if command.kind is _MARKET and not command.price:
        return instrument.highest if command.side is Side.BUY else instrument.lowest
    return command.price


def refuse_times(command: PlaceOrder, today: Day) -> Refusal | None:
    """Kind, time in force, good_til and post_only must fit together."""
    immediate, market, good_til = command.time_in_force in IMMEDIATE, command.kind is _MARKET, command.good_til
    if market and not immediate:
        return Refusal(RejectReason.TIME_IN_FORCE_INVALID)
    if command.time_in_force is not _GTD:
        if good_til:
            return Refusal(RejectReason.GOOD_TIL_INVALID)
    elif good_til < today or not is_day(good_til):
        return Refusal(RejectReason.GOOD_TIL_INVALID)
    if command.post_only and (immediate or market):
        return Refusal(RejectReason.POST_ONLY_INVALID)
    return None


def refuse_side(participant: Participant, side: Side) -> Refusal | None:
    """A seller sells, a buyer buys, some do both."""
    if side is _BUY and not participant.may_buy:
        return Refusal(RejectReason.ROLE_CANNOT_BUY)
    if side is _SELL and not participant.may_sell:
        return Refusal(RejectReason.ROLE_CANNOT_SELL)
    return None


def refuse_terms(instrument: Instrument, participant: Participant, command: PlaceOrder, today: Day) -> Refusal | None:
    """Everything about an order that can be said without looking at the book or at balances."""
    return (
        refuse_quantity(instrument, command.quantity)
        or refuse_price(instrument, command.price or effective_price(instrument, command))
        or refuse_times(command, today)
        or refuse_side(participant, command.side)
    )
