"""A small market that has seen a bit of everything and stops in the middle of closing its day."""

from __future__ import annotations

import hashlib

from exchange.core.commands.agreements import (
    AffirmAgreement,
    AgreementKind,
    ConfirmAgreement,
    DeclineAgreement,
    ProposeAgreement,
)
from exchange.core.commands.approvals import RejectProposal
from exchange.core.commands.cash import WithdrawCash
from exchange.core.commands.governance import (
    AdoptRulebook,
    PersonRole,
    RegisterKey,
    RegisterStaff,
    ReplaceKeys,
    RevokeKey,
    RotateKey,
)
from exchange.core.commands.instruments import AttestSnapshot, EndOfDay, Family, HaltTrading, ResumeTrading
from exchange.core.commands.orders import (
    CancelAllOrders,
    CancelOrder,
    CancelUnattended,
    OrderKind,
    SetCancelAfter,
    TimeInForce,
    UnattendedCause,
)
from exchange.core.commands.participants import ParticipantRole
from exchange.core.image import IMAGE_FORMAT, state_hash
from exchange.core.values import (
    AgreementId,
    Day,
    Fen,
    InstrumentId,
    KeyId,
    Micros,
    OrderId,
    ParticipantId,
    PersonId,
    SelfTradePrevention,
    Side,
    Tonnes,
)
from tests.support.market import Market, rules

SECRET_HASH = hashlib.sha256(b"golden").digest()


def told() -> Market:
    """The market at the end of its story."""
    market = Market(fee=1_500)
    forest = market.firm("森工", ParticipantRole.SELLER)
    steel = market.firm("包钢", ParticipantRole.BUYER, cash=50_000_000)
    power = market.firm("华能", group="G", cash=9_000_000)
    twin = market.firm("东部", group="G", cash=1_000_000)
    _trade(market, forest, steel, power, twin)
    _agree(market, forest, steel)
    _govern(market, steel)
    _leave(market, power, twin)
    _close(market, power)
    return market


def _trade(
    market: Market, forest: ParticipantId, steel: ParticipantId, power: ParticipantId, twin: ParticipantId
) -> None:
    """Orders of every kind in two books."""
    ccer = market.instrument(3_005)
    quota = market.instrument(2_000, Family.REDUCTION_QUOTA, tick=5, lot_size=10)
    market.lot(forest, 400)
    market.lot(forest, 300)
    market.lot(forest, 500, Family.REDUCTION_QUOTA)
    sell, buy = Side.SELL, Side.BUY
    offer = market.next_order_id()
    market.give(market.order(forest, ccer, sell, 500, 3_010))
    market.give(market.order(steel, ccer, buy, 120, 3_010, TimeInForce.GFD, client_order_id="委托-1"))
    market.give(market.order(power, ccer, buy, 50, 3_100, TimeInForce.IOC, OrderKind.MARKET))
    market.give(market.order(power, ccer, buy, 900, 3_010, TimeInForce.FOK))
    market.amend(forest, offer, quantity=400)
    market.amend(forest, offer, price=3_020)
    market.give(market.order(power, ccer, sell, 20, 3_050, stp=SelfTradePrevention.CANCEL_OLDEST))
    market.give(market.order(twin, ccer, buy, 300, 3_050, stp=SelfTradePrevention.CANCEL_OLDEST))
    market.give(market.order(steel, ccer, buy, 7, 2_900, TimeInForce.GTD, good_til=20260930, post_only=True))
    market.give(market.order(forest, quota, sell, 30, 2_005))
    market.give(market.order(steel, quota, buy, 30, 1_995))
    market.cancel(steel, offer)
    second = market.next_order_id()
    market.give(market.order(steel, ccer, buy, 11, 2_950, TimeInForce.GTC))
    market.cancel(steel, second)


def _agree(market: Market, forest: ParticipantId, steel: ParticipantId) -> None:
    """One settled, one standing before issuance."""
    market.lot(forest, 1_000, Family.OTHER_SINK, project="P2")
    for kind, family in (
        (AgreementKind.SPOT, Family.OTHER_SINK),
        (AgreementKind.PRE_ISSUANCE, Family.FORESTRY_CCER),
    ):
        seller, buyer = market.traders[forest], market.traders[steel]
        size, total = Tonnes(180), Fen(1_000_000)
        offer = ProposeAgreement(seller, forest, steel, Side.SELL, kind, family, "", size, total, ())
        agreement = AgreementId(market.done(offer).created)
        market.done(AffirmAgreement(buyer, steel, agreement, size, total, ()))
        market.give(ConfirmAgreement(market.operator, agreement, accept=True))
    seller = market.traders[forest]
    terms = (AgreementKind.SPOT, Family.OTHER_SINK, "P2", Tonnes(20), Fen(99_999), ())
    offered = AgreementId(market.done(ProposeAgreement(seller, forest, steel, Side.SELL, *terms)).created)
    market.done(DeclineAgreement(market.traders[steel], steel, offered))
    market.done(ProposeAgreement(seller, forest, steel, Side.SELL, *terms))


def _govern(market: Market, steel: ParticipantId) -> None:
    """Proposals that were approved, rejected and are still open; keys; a halt; an attested state."""
    trader = market.traders[steel]
    market.agree(WithdrawCash(trader, steel, Fen(12_345), "6222-0001"), market.operator)
    rejected, _ = market.propose(WithdrawCash(trader, steel, Fen(1), "6222-0001"))
    market.done(RejectProposal(market.second, rejected, "不符"))
    market.propose(WithdrawCash(trader, steel, Fen(77), "6222-0001"))
    market.agree(RegisterStaff(market.operator, "王", PersonRole.AUDITOR, SECRET_HASH, b""), market.regulator)
    key = KeyId(market.done(RegisterKey(trader, "desk", market.new_secret_hash(), b"", 7, Micros(0), ())).created)
    expires_at = Micros(market.state.at + 1_000_000_000)
    market.done(RegisterKey(trader, "own", market.new_secret_hash(), b"", 1, expires_at, ()))
    market.done(RevokeKey(trader, key))
    market.agree(ReplaceKeys(market.operator, trader, market.new_secret_hash(), b""), market.second)
    market.agree(AdoptRulebook(market.operator, "second", rules(fee=2_500, band=500)), market.regulator)
    market.done(HaltTrading(market.regulator, InstrumentId(0), "测试"))
    market.agree(ResumeTrading(market.regulator, InstrumentId(0)), market.second)
    market.done(AttestSnapshot(PersonId(0), market.state.seq, state_hash(market.state), IMAGE_FORMAT))


def _leave(market: Market, power: ParticipantId, twin: ParticipantId) -> None:
    """An order cancelled by its name, a switch that goes off, one that stays armed; a lost stream; rotated keys."""
    instrument, networks = next(iter(market.state.listing.instruments)), ("10.1.0.0/16", "2001:db8::/32")
    trader, other = market.traders[power], market.traders[twin]
    market.done(market.order(power, instrument, Side.BUY, 3, 2_900, client_order_id="一"))
    market.done(CancelOrder(trader, power, OrderId(0), "一"))
    key = KeyId(market.done(RegisterKey(trader, "bot", market.new_secret_hash(), b"", 3, Micros(0), networks)).created)
    market.done(market.order(power, instrument, Side.BUY, 4, 2_900), key)
    market.done(SetCancelAfter(trader, power, 5), key)
    market.wait(10)
    market.finish_jobs()
    market.done(market.order(power, instrument, Side.BUY, 5, 2_900), key)
    market.done(CancelUnattended(PersonId(0), power, key, UnattendedCause.DISCONNECTED))
    market.done(RotateKey(trader, market.new_secret_hash(), b"", 3_600), key)
    market.agree(
        RegisterStaff(market.operator, "李", PersonRole.OPERATOR, SECRET_HASH[::-1], SECRET_HASH), market.second
    )
    for person, firm, seconds in ((trader, power, 86_400), (other, twin, 40_000)):
        market.done(SetCancelAfter(person, firm, seconds))
    market.done(market.order(twin, instrument, Side.BUY, 6, 2_900))


def _close(market: Market, power: ParticipantId) -> None:
    """A whole end of day, a cancel-all, and the beginning of the next end of day."""
    market.done(EndOfDay(market.operator, Day(20260922)))
    market.finish_jobs()
    market.done(CancelAllOrders(market.traders[power], power, InstrumentId(0)))
    market.done(EndOfDay(market.operator, Day(20260923)))
