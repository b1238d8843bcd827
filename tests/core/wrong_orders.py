"""What can be wrong with the commands of traders: orders, mass cancels, agreed trades."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from exchange.core.commands import Command
from exchange.core.commands.agreements import (
    AffirmAgreement,
    AgreementKind,
    ConfirmAgreement,
    DeclineAgreement,
    ProposeAgreement,
)
from exchange.core.commands.instruments import Family
from exchange.core.commands.orders import (
    AmendOrder,
    CancelAllOrders,
    CancelOrder,
    CancelUnattended,
    OrderKind,
    SetCancelAfter,
    TimeInForce,
    UnattendedCause,
)
from exchange.core.rejections import RejectReason as R
from exchange.core.values import MAX_PRICE, MAX_QUANTITY, AgreementId, Fen, PersonId, Price, Side, Tonnes
from tests.core.violations import (
    NOBODY_KNOWS,
    WORLD,
    Wrong,
    agreements_many,
    capped,
    closing,
    halted,
    lots,
    right,
    wrong,
)
from tests.support.keys import key_of

M = WORLD.market
TRADER = M.traders[WORLD.trader]
SINK = M.state.credits.terms_of(WORLD.sink).code

STRANGERS = (
    wrong(R.NOT_AUTHORISED, actor=M.auditor),
    wrong(R.NOT_AUTHORISED, actor=NOBODY_KNOWS),
    wrong(R.PARTICIPANT_NOT_FOUND, participant=WORLD.twin),
    wrong(R.PARTICIPANT_NOT_FOUND, participant=NOBODY_KNOWS),
)
"""For commands that a trader gives for the own firm."""

PHASES = (wrong(R.MARKET_CLOSED, closing), wrong(R.INSTRUMENT_HALTED, halted))

QUANTITIES = (
    wrong(R.QUANTITY_OUT_OF_RANGE, quantity=-2),
    wrong(R.QUANTITY_OUT_OF_RANGE, quantity=MAX_QUANTITY + 2),
    wrong(R.QUANTITY_NOT_LOT_MULTIPLE, quantity=9),
)
PRICES = (
    wrong(R.PRICE_OUT_OF_RANGE, price=-5),
    wrong(R.PRICE_OUT_OF_RANGE, price=MAX_PRICE + 5),
    wrong(R.PRICE_NOT_ON_TICK, price=101),
    wrong(R.PRICE_OUTSIDE_BAND, price=85),
    wrong(R.PRICE_OUTSIDE_BAND, price=115),
)

PLACE = M.order(WORLD.trader, WORLD.instrument, Side.BUY, 10, 95)
WRONG_PLACE = (
    *STRANGERS,
    *PHASES,
    *QUANTITIES,
    *PRICES,
    wrong(R.INSTRUMENT_NOT_FOUND, instrument=NOBODY_KNOWS),
    wrong(R.LOT_NOT_FOUND, lots=lots(WORLD.foreign_lot)),
    wrong(R.LOT_NOT_FOUND, lots=(NOBODY_KNOWS,)),
    wrong(R.INVALID_FIELD, lots=lots(WORLD.lot), touches="side"),
    wrong(R.INVALID_FIELD, lots=lots(WORLD.lot, WORLD.lot)),
    wrong(R.INVALID_FIELD, client_order_id="x" * 37),
    wrong(R.TIME_IN_FORCE_INVALID, kind=OrderKind.MARKET, touches="time_in_force"),
    wrong(R.GOOD_TIL_INVALID, good_til=20261231, touches="time_in_force"),
    wrong(R.GOOD_TIL_INVALID, time_in_force=TimeInForce.GTD),
    wrong(R.GOOD_TIL_INVALID, time_in_force=TimeInForce.GTD, good_til=20260920),
    wrong(R.POST_ONLY_INVALID, post_only=True, time_in_force=TimeInForce.IOC),
    wrong(R.POST_ONLY_INVALID, post_only=True, time_in_force=TimeInForce.FOK),
    wrong(R.ROLE_CANNOT_BUY, actor=M.traders[WORLD.seller], participant=WORLD.seller, touches="lots side"),
    wrong(R.ROLE_CANNOT_SELL, actor=M.traders[WORLD.buyer], participant=WORLD.buyer, side=Side.SELL, touches="lots"),
    wrong(R.CLIENT_ORDER_ID_TAKEN, client_order_id="taken"),
    wrong(R.TOO_MANY_OPEN_ORDERS, capped),
    wrong(R.POST_ONLY_WOULD_TAKE, post_only=True, price=105, touches="side time_in_force kind"),
    wrong(R.NOT_FILLABLE, time_in_force=TimeInForce.FOK, touches="price side quantity"),
    wrong(R.TOO_MANY_FILLS, price=105, quantity=22, touches="side post_only"),
    wrong(R.TOO_MANY_FILLS, price=105, quantity=24, time_in_force=TimeInForce.FOK, touches="side post_only"),
    wrong(R.LOT_NOT_ELIGIBLE, side=Side.SELL, lots=lots(WORLD.other_vintage)),
    wrong(R.INSUFFICIENT_CASH, quantity=2_000),
    wrong(R.INSUFFICIENT_TONNES, quantity=40, side=Side.SELL, price=110, touches="lots"),
)

CANCEL = CancelOrder(TRADER, WORLD.trader, WORLD.resting, "")
WRONG_CANCEL = (
    *STRANGERS,
    wrong(R.ORDER_NOT_FOUND, order=NOBODY_KNOWS),
    wrong(R.ORDER_NOT_FOUND, order=WORLD.offer),
    wrong(R.ORDER_NOT_FOUND, client_order_id="taken", touches="order"),
    wrong(R.ORDER_NOT_FOUND, order=0),
    wrong(R.ORDER_NOT_FOUND, order=0, client_order_id="free"),
)

AMEND = AmendOrder(TRADER, WORLD.trader, WORLD.resting, "", Price(95), Tonnes(10))
WRONG_AMEND = (
    *WRONG_CANCEL,
    *PHASES,
    *QUANTITIES,
    *PRICES,
    wrong(R.POST_ONLY_WOULD_TAKE, price=105, touches="order"),
    wrong(R.AMEND_CHANGES_NOTHING, price=0, quantity=0),
    wrong(R.AMEND_CHANGES_NOTHING, price=100, quantity=8),
    wrong(R.AMEND_BELOW_FILLED, quantity=4),
    wrong(R.TOO_MANY_FILLS, order=WORLD.bidding, price=105, quantity=22),
    wrong(R.TOO_MANY_FILLS, order=WORLD.bidding, price=105, quantity=2_000),
    wrong(R.INSUFFICIENT_CASH, quantity=2_000),
    wrong(R.INSUFFICIENT_TONNES, order=WORLD.selling, quantity=60, price=110),
)

CANCEL_ALL = CancelAllOrders(M.operator, WORLD.trader, WORLD.instrument)
WRONG_CANCEL_ALL = (
    wrong(R.NOT_AUTHORISED, actor=M.regulator),
    wrong(R.PARTICIPANT_NOT_FOUND, actor=M.traders[WORLD.twin]),
    wrong(R.PARTICIPANT_NOT_FOUND, participant=NOBODY_KNOWS),
    wrong(R.INSTRUMENT_NOT_FOUND, instrument=NOBODY_KNOWS),
)

OFFER = ProposeAgreement(
    TRADER,
    WORLD.trader,
    WORLD.twin,
    Side.SELL,
    AgreementKind.SPOT,
    Family.OTHER_SINK,
    SINK,
    Tonnes(10),
    Fen(500),
    (),
)
WRONG_OFFER = (
    *STRANGERS[:2],
    wrong(R.PARTICIPANT_NOT_FOUND, participant=WORLD.buyer),
    wrong(R.PARTICIPANT_NOT_FOUND, counterparty=NOBODY_KNOWS),
    wrong(R.SAME_OWNER_GROUP, counterparty=WORLD.trader, touches="participant"),
    wrong(R.LOT_NOT_FOUND, lots=lots(WORLD.foreign_lot)),
    wrong(R.INVALID_FIELD, lots=lots(WORLD.sink, WORLD.sink)),
    wrong(R.INVALID_FIELD, project="x" * 201),
    wrong(R.INVALID_FIELD, kind=AgreementKind.PRE_ISSUANCE, family=Family.FORESTRY_CCER, lots=lots(WORLD.lot)),
    wrong(R.INVALID_FIELD, side=Side.BUY, lots=lots(WORLD.sink)),
    wrong(R.QUANTITY_OUT_OF_RANGE, quantity=0),
    wrong(R.QUANTITY_OUT_OF_RANGE, quantity=MAX_QUANTITY + 1),
    wrong(R.ROLE_CANNOT_BUY, counterparty=WORLD.seller, touches="side"),
    wrong(R.ROLE_CANNOT_SELL, counterparty=WORLD.buyer, side=Side.BUY),
    wrong(R.SAME_OWNER_GROUP, actor=M.traders[WORLD.trin], participant=WORLD.trin, touches="counterparty lots"),
    wrong(R.FAMILY_MISMATCH, family=Family.FORESTRY_CCER, touches="kind"),
    wrong(R.FAMILY_MISMATCH, kind=AgreementKind.PRE_ISSUANCE),
    wrong(R.FAMILY_MISMATCH, lots=lots(WORLD.lot), touches="family kind side"),
    wrong(R.TOTAL_OUT_OF_RANGE, total=0),
    wrong(R.TOO_MANY_OPEN_AGREEMENTS, agreements_many),
    wrong(R.INSTRUMENT_HALTED, halted),
    wrong(R.TOTAL_OUT_OF_RANGE, total=MAX_QUANTITY * MAX_PRICE + 1),
    wrong(R.LOT_NOT_ELIGIBLE, lots=lots(WORLD.other_sink), touches="project family kind side participant"),
    wrong(R.INSUFFICIENT_CASH, side=Side.BUY, total=10_000_000, touches="kind"),
    wrong(R.INSUFFICIENT_TONNES, quantity=51, touches="lots project side kind"),
)


def _agreement(quantity: int = 10, *, affirmed: bool = False, early: bool = False) -> AgreementId:
    """One more agreement in the world: the twin offers to buy sink of the trader."""
    kind = AgreementKind.PRE_ISSUANCE if early else AgreementKind.SPOT
    family = Family.FORESTRY_CCER if early else Family.OTHER_SINK
    twin = M.traders[WORLD.twin]
    total, size = Fen(500), Tonnes(quantity)
    offer = ProposeAgreement(twin, WORLD.twin, WORLD.trader, Side.BUY, kind, family, SINK, size, total, ())
    agreement = AgreementId(M.done(offer).created)
    if affirmed:
        M.done(AffirmAgreement(TRADER, WORLD.trader, agreement, size, total, ()))
    return agreement


OPEN, LARGE, EARLY = _agreement(), _agreement(60), _agreement(early=True)
AFFIRMED, AGREED_EARLY, SETTLED = _agreement(affirmed=True), _agreement(affirmed=True, early=True), _agreement()
M.done(DeclineAgreement(TRADER, WORLD.trader, SETTLED))

AFFIRM = AffirmAgreement(TRADER, WORLD.trader, OPEN, Tonnes(10), Fen(500), ())
WRONG_AFFIRM = (
    wrong(R.INSTRUMENT_HALTED, halted),
    *STRANGERS,
    wrong(R.LOT_NOT_FOUND, lots=lots(WORLD.foreign_lot)),
    wrong(R.AGREEMENT_NOT_FOUND, agreement=NOBODY_KNOWS),
    wrong(R.AGREEMENT_NOT_FOUND, actor=M.traders[WORLD.buyer], participant=WORLD.buyer, touches="lots"),
    wrong(R.AGREEMENT_CLOSED, agreement=SETTLED),
    wrong(R.AGREEMENT_CLOSED, agreement=AFFIRMED),
    wrong(R.INVALID_FIELD, lots=lots(WORLD.sink, WORLD.sink)),
    wrong(R.INVALID_FIELD, agreement=EARLY, lots=lots(WORLD.sink)),
    wrong(R.TERMS_MISMATCH, quantity=11),
    wrong(R.TERMS_MISMATCH, total=501),
    wrong(R.FAMILY_MISMATCH, lots=lots(WORLD.lot)),
    wrong(R.LOT_NOT_ELIGIBLE, lots=lots(WORLD.other_sink)),
    wrong(R.INSUFFICIENT_TONNES, agreement=LARGE, quantity=60, touches="lots"),
)

DECLINE = DeclineAgreement(TRADER, WORLD.trader, OPEN)
WRONG_DECLINE = (
    *STRANGERS[:2],
    wrong(R.PARTICIPANT_NOT_FOUND, participant=WORLD.twin),
    wrong(R.AGREEMENT_NOT_FOUND, agreement=NOBODY_KNOWS),
    wrong(R.AGREEMENT_NOT_FOUND, actor=M.traders[WORLD.buyer], participant=WORLD.buyer),
    wrong(R.AGREEMENT_CLOSED, agreement=SETTLED),
    wrong(R.AGREEMENT_BINDING, agreement=AFFIRMED),
)

CONFIRM = ConfirmAgreement(M.operator, AFFIRMED, accept=True)
WRONG_CONFIRM = (
    wrong(R.INSTRUMENT_HALTED, halted),
    wrong(R.NOT_AUTHORISED, actor=TRADER),
    wrong(R.AGREEMENT_NOT_FOUND, agreement=NOBODY_KNOWS),
    wrong(R.AGREEMENT_CLOSED, agreement=SETTLED),
    wrong(R.AGREEMENT_NOT_AFFIRMED, agreement=OPEN),
    wrong(R.AGREEMENT_NOT_AFFIRMED, agreement=EARLY),
    wrong(R.NOT_DELIVERABLE, agreement=AGREED_EARLY),
)

EDGES: dict[str, tuple[dict[str, Any], ...]] = {
    "place": (
        right(client_order_id="x" * 36),
        right(price=90),
        right(side=Side.SELL, price=110),
        right(quantity=2),
        right(side=Side.SELL, price=110, quantity=34),
        right(time_in_force=TimeInForce.GTD, good_til=20260921),
        right(time_in_force=TimeInForce.GTD, good_til=99991231),
        right(side=Side.SELL, price=110, lots=lots(WORLD.lot)),
        right(post_only=True, price=100),
        right(post_only=True, side=Side.SELL, price=105),
        right(kind=OrderKind.MARKET, time_in_force=TimeInForce.IOC, price=0),
        right(kind=OrderKind.MARKET, time_in_force=TimeInForce.FOK, price=110),
        right(time_in_force=TimeInForce.FOK, price=105, quantity=20),
        right(price=100, quantity=990),
        right(price=105, quantity=20),
        right(price=105, quantity=18, time_in_force=TimeInForce.IOC),
    ),
    "arm the switch": (right(seconds=0), right(seconds=5), right(seconds=86_400)),
    "cancel": (right(order=0, client_order_id="taken"),),
    "amend": (
        right(order=0, client_order_id="taken", quantity=6),
        right(quantity=6),
        right(price=0),
        right(quantity=0),
        right(price=90),
        right(price=100, quantity=6),
        right(order=WORLD.selling, quantity=54, price=110),
        right(order=WORLD.selling, price=105),
        right(order=WORLD.bidding, price=105, quantity=20),
    ),
    "offer": (
        right(quantity=1),
        right(quantity=40),
        right(total=1),
        right(project="x" * 200, kind=AgreementKind.PRE_ISSUANCE, family=Family.FORESTRY_CCER),
        right(total=MAX_QUANTITY * MAX_PRICE),
        right(kind=AgreementKind.PRE_ISSUANCE, family=Family.FORESTRY_CCER, quantity=MAX_QUANTITY),
        right(side=Side.BUY, total=98_200),
        right(project="", lots=lots(WORLD.other_sink)),
    ),
    "affirm": (right(lots=lots(WORLD.sink)), right(agreement=EARLY)),
}
"""What is just inside a limit and must be done."""

SWITCH = SetCancelAfter(TRADER, WORLD.trader, 30)
WRONG_SWITCH = (
    *STRANGERS,
    wrong(R.INVALID_FIELD, seconds=4),
    wrong(R.INVALID_FIELD, seconds=-1),
    wrong(R.INVALID_FIELD, seconds=86_401),
)

TRADERS_KEY = key_of(M.state, TRADER, M.state.at)
UNATTENDED = CancelUnattended(PersonId(0), WORLD.trader, TRADERS_KEY, UnattendedCause.DISCONNECTED)
WRONG_UNATTENDED = (
    wrong(R.NOT_AUTHORISED, actor=TRADER),
    wrong(R.NOT_AUTHORISED, actor=M.operator),
    wrong(R.PARTICIPANT_NOT_FOUND, participant=NOBODY_KNOWS),
    wrong(R.KEY_NOT_FOUND, participant=WORLD.twin),
    wrong(R.KEY_NOT_FOUND, key=NOBODY_KNOWS),
    wrong(R.KEY_NOT_FOUND, key=key_of(M.state, M.operator, M.state.at)),
    wrong(R.CANCEL_AFTER_NOT_DUE, cause=UnattendedCause.DEADLINE),
)

TABLE: dict[str, tuple[Command, tuple[Wrong, ...]]] = {
    "place": (PLACE, WRONG_PLACE),
    "place a sale": (
        replace(PLACE, side=Side.SELL, price=Price(110)),
        (
            wrong(R.LOT_NOT_ELIGIBLE, lots=lots(WORLD.other_vintage)),
            wrong(R.INSUFFICIENT_TONNES, quantity=40, touches="lots"),
            wrong(R.NOT_FILLABLE, time_in_force=TimeInForce.FOK),
            wrong(R.CLIENT_ORDER_ID_TAKEN, client_order_id="taken"),
        ),
    ),
    "cancel": (CANCEL, WRONG_CANCEL),
    "amend": (AMEND, WRONG_AMEND),
    "cancel all": (CANCEL_ALL, WRONG_CANCEL_ALL),
    "arm the switch": (SWITCH, WRONG_SWITCH),
    "cancel what is unattended": (UNATTENDED, WRONG_UNATTENDED),
    "offer": (OFFER, WRONG_OFFER),
    "affirm": (AFFIRM, WRONG_AFFIRM),
    "decline": (DECLINE, WRONG_DECLINE),
    "confirm": (CONFIRM, WRONG_CONFIRM),
}
