"""What traders can say in a scenario: orders of the book and agreed trades."""

from __future__ import annotations

from exchange.core.commands.agreements import (
    AffirmAgreement,
    AgreementKind,
    ConfirmAgreement,
    DeclineAgreement,
    ProposeAgreement,
)
from exchange.core.commands.orders import (
    AmendOrder,
    CancelAllOrders,
    CancelOrder,
    CancelUnattended,
    OrderKind,
    PlaceOrder,
    SetCancelAfter,
    TimeInForce,
    UnattendedCause,
)
from exchange.core.values import (
    AgreementId,
    Day,
    Fen,
    InstrumentId,
    KeyId,
    OrderId,
    ParticipantId,
    Price,
    SelfTradePrevention,
    Side,
    Sides,
    Tonnes,
)
from tests.scenarios.language import Words, count, fen
from tests.scenarios.stage import Stage, Verb
from tests.scenarios.terms import FAMILIES


def _place(stage: Stage, who: str, words: Words, side: Side) -> PlaceOrder:
    """``sell 100 @ 30.00 gtc post-only stp oldest until 20260930 lots N1,N2 id abc in F23 as North``."""
    firm, instrument, lots = stage.firm(who, words), stage.instrument(words), stage.lots(words)
    price, worst = words.option("@"), words.option("worst", "0.00")
    stp = SelfTradePrevention[f"CANCEL_{words.option('stp', 'newest').upper()}"]
    client_order_id, good_til = words.option("id"), Day(count(words.option("until", "0")))
    post_only, quantity = words.flag("post-only"), Tonnes(count(words.next()))
    market = price == "market"
    kind = OrderKind.MARKET if market else OrderKind.LIMIT
    limit = Price(fen(worst if market else price))
    return PlaceOrder(
        stage.person(who),
        firm,
        instrument,
        client_order_id,
        side,
        kind,
        _time_in_force(words),
        limit,
        quantity,
        post_only,
        stp,
        good_til,
        lots,
    )


def _time_in_force(words: Words) -> TimeInForce:
    """The time in force, GTC when none is named."""
    found = [time for time in TimeInForce if words.flag(time.name.lower())]
    return found[0] if found else TimeInForce.GTC


def sell(stage: Stage, who: str, words: Words) -> PlaceOrder:
    """Offer tonnes."""
    return _place(stage, who, words, Side.SELL)


def buy(stage: Stage, who: str, words: Words) -> PlaceOrder:
    """Bid for tonnes."""
    return _place(stage, who, words, Side.BUY)


def cancel(stage: Stage, who: str, words: Words) -> CancelOrder:
    """``cancel n1``, or ``cancel called a`` by the name that its owner gave it."""
    firm = stage.firm(who, words)
    order, name = _named(stage, words)
    return CancelOrder(stage.person(who), firm, order, name)


def _named(stage: Stage, words: Words) -> tuple[OrderId, str]:
    """An order by its id, by its owner's name for it, or (wrongly) by both."""
    name = words.option("called")
    return OrderId(stage.id(words.next()) if words.left or not name else 0), name


def amend(stage: Stage, who: str, words: Words) -> AmendOrder:
    """``amend n1 to 50 @ 30.10``; what is not named stays."""
    firm, quantity, price = stage.firm(who, words), words.option("to", "0"), words.option("@", "0.00")
    order, name = _named(stage, words)
    return AmendOrder(stage.person(who), firm, order, name, Price(fen(price)), Tonnes(count(quantity)))


def cancel_all(stage: Stage, who: str, words: Words) -> CancelAllOrders:
    """``cancel-all in F23``, ``cancel-all side sell``; in all instruments and of both sides when none is named."""
    instrument = InstrumentId(stage.id(words.option("in", "market")))
    sides = Sides[words.option("side", "both").upper()]
    return CancelAllOrders(stage.person(who), stage.firm(who, words), instrument, sides)


def cancel_after(stage: Stage, who: str, words: Words) -> SetCancelAfter:
    """``cancel-after 30``: arms or renews the switch of the key in use; ``cancel-after 0`` disarms it."""
    firm = stage.firm(who, words)
    return SetCancelAfter(stage.person(who), firm, count(words.next()))


def find(stage: Stage, who: str, words: Words) -> CancelUnattended:
    """``finds k1 of Steel overdue``, ``finds k1 of Steel disconnected``: what the program says of a key."""
    firm, key = ParticipantId(stage.id(words.option("of"))), KeyId(stage.id(words.next()))
    cause = {"overdue": UnattendedCause.DEADLINE, "disconnected": UnattendedCause.DISCONNECTED}[words.next()]
    return CancelUnattended(stage.person(who), firm, key, cause)


def _offer(stage: Stage, who: str, words: Words, side: Side, other: str) -> ProposeAgreement:
    """``offers-to-sell 500,000 t sink to Steel for 15,000,000.00 project P1 lots S1 before-issuance``."""
    early = words.flag("before-issuance")
    kind = AgreementKind.PRE_ISSUANCE if early else AgreementKind.SPOT
    firm, counterparty, lots = stage.firm(who, words), stage.id(words.option(other)), stage.lots(words)
    total, project = Fen(fen(words.option("for"))), words.option("project")
    words.flag("t")
    quantity, family = Tonnes(count(words.next())), FAMILIES[words.next()]
    return ProposeAgreement(
        stage.person(who), firm, ParticipantId(counterparty), side, kind, family, project, quantity, total, lots
    )


def offer_to_sell(stage: Stage, who: str, words: Words) -> ProposeAgreement:
    """Propose an agreed trade as its seller."""
    return _offer(stage, who, words, Side.SELL, "to")


def offer_to_buy(stage: Stage, who: str, words: Words) -> ProposeAgreement:
    """Propose an agreed trade as its buyer."""
    return _offer(stage, who, words, Side.BUY, "from")


def affirm(stage: Stage, who: str, words: Words) -> AffirmAgreement:
    """``affirms d1 500,000 t for 15,000,000.00 lots S1``."""
    firm, total, lots = stage.firm(who, words), fen(words.option("for")), stage.lots(words)
    agreement = AgreementId(stage.id(words.next()))
    quantity = count(words.next())
    words.flag("t")
    return AffirmAgreement(stage.person(who), firm, agreement, Tonnes(quantity), Fen(total), lots)


def decline(stage: Stage, who: str, words: Words) -> DeclineAgreement:
    """``declines d1``."""
    firm = stage.firm(who, words)
    return DeclineAgreement(stage.person(who), firm, AgreementId(stage.id(words.next())))


def confirm(stage: Stage, who: str, words: Words) -> ConfirmAgreement:
    """``confirms d1``."""
    return ConfirmAgreement(stage.person(who), AgreementId(stage.id(words.next())), accept=True)


def refuse(stage: Stage, who: str, words: Words) -> ConfirmAgreement:
    """``refuses d1``."""
    return ConfirmAgreement(stage.person(who), AgreementId(stage.id(words.next())), accept=False)


VERBS: dict[str, Verb] = {
    "sell": sell,
    "buy": buy,
    "cancel": cancel,
    "amend": amend,
    "cancel-all": cancel_all,
    "cancel-after": cancel_after,
    "finds": find,
    "offers-to-sell": offer_to_sell,
    "offers-to-buy": offer_to_buy,
    "affirms": affirm,
    "declines": decline,
    "confirms": confirm,
    "refuses": refuse,
}
