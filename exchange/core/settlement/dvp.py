"""Delivery versus payment: a fill's money and tonnes move in one ledger transaction, or nothing does (T27-28).

Both orders hold what they need, so nothing here can fail. The hold is cut down to what the leaves still need, and the
trade is paid from what that sets free; the serials are chosen now, lowest first.
"""

from __future__ import annotations

from typing import Final

from exchange.core.events.participants import Layer, Posting
from exchange.core.holds import cash_needed
from exchange.core.ledger import posting
from exchange.core.ledger.chart import CLEARING, CNY, FEES
from exchange.core.orders import LotHold, Order
from exchange.core.settlement.fees import fee_due
from exchange.core.values import Fen, ParticipantId, Price, Tonnes, notional

Settlement = tuple[list[Posting], list[LotHold], Fen, Fen]
"""What a fill moves: its postings, the lots delivered, the fees of the buyer and of the seller in fen."""

_NO_FEE: Final = Fen(0)
_RELEASE: Final = Layer.RELEASE
_POST: Final = Layer.POST


def settle_fill(buy: Order, sell: Order, price: Price, quantity: Tonnes) -> Settlement:
    """Fill both orders by ``quantity`` at ``price`` and say what moves; the orders are changed, nothing else is."""
    value = notional(price, quantity)
    buyer, seller = buy.participant, sell.participant
    postings: list[Posting] = []
    buy_fee = _charge(buy, quantity, value)
    sell_fee = _charge(sell, quantity, value)
    needed = cash_needed(buy)
    posting.release(buyer, CNY, buy.cash_held - needed, postings)
    buy.cash_held = needed
    delivered = _take_lots(sell, quantity)
    for part in delivered:
        postings.append(Posting(_RELEASE, seller, CLEARING, part.lot, part.quantity))
    pay(buyer, seller, value, buy_fee, sell_fee, postings)
    for part in delivered:
        postings.append(Posting(_POST, seller, buyer, part.lot, part.quantity))
    return postings, delivered, buy_fee, sell_fee


def pay(
    buyer: ParticipantId, seller: ParticipantId, value: Fen, buy_fee: Fen, sell_fee: Fen, out: list[Posting]
) -> None:
    """The money leg: the buyer pays the value and its fee, the seller pays its fee out of the proceeds (INV-16)."""
    posting.move(buyer, seller, CNY, value, out)
    if buy_fee:
        posting.move(buyer, FEES, CNY, buy_fee, out)
    if sell_fee:
        posting.move(seller, FEES, CNY, sell_fee, out)


def _charge(order: Order, quantity: Tonnes, value: Fen) -> Fen:
    """Advance the order's running totals by one fill and return the fee of it.

    A trade comes through here twice, and naming a unit is a call: the sums say what they are by what they are sums of.
    """
    order.leaves -= quantity  # type: ignore[assignment]
    order.cumulative += quantity  # type: ignore[assignment]
    if not order.fee_rate:
        order.value += value  # type: ignore[assignment]
        return _NO_FEE
    fee = fee_due(order, value)
    order.value += value  # type: ignore[assignment]
    order.fee += fee  # type: ignore[assignment]
    return fee


def _take_lots(order: Order, quantity: Tonnes) -> list[LotHold]:
    """The lots that a sell order delivers, taken out of what it holds."""
    delivered: list[LotHold] = []
    missing = int(quantity)
    while missing:
        held = order.lots_held[0]
        if held.quantity > missing:
            held.quantity = Tonnes(held.quantity - missing)
            delivered.append(LotHold(held.lot, Tonnes(missing)))
            break
        missing -= held.quantity
        delivered.append(order.lots_held.pop(0))
    return delivered
