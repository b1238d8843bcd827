"""Journals of the real core for the store's tests: a day in which everything happens once, and random trading."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from random import Random

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
    RevokeKey,
    RotateKey,
    Scope,
)
from exchange.core.commands.instruments import EndOfDay, Family, HaltTrading, ResumeTrading
from exchange.core.commands.orders import CancelAllOrders, PlaceOrder, SetCancelAfter, TimeInForce
from exchange.core.values import (
    AgreementId,
    Day,
    Fen,
    InstrumentId,
    KeyId,
    LotId,
    Micros,
    ParticipantId,
    PersonId,
    Side,
    Tonnes,
)
from tests.store.unit_life import live_through
from tests.support.entries import Log
from tests.support.market import Market, rules


@dataclass
class Trading:
    """A market with firms that own lots, and one instrument in which they trade."""

    market: Market
    firms: list[ParticipantId]
    lots: list[LotId]
    instrument: InstrumentId


def open_trading(firms: int = 3, fee: int = 500) -> Trading:
    """Firms with money and a lot each."""
    market = Market(fee=fee, sweep=False)
    members = [market.firm(f"F{n}", cash=10**11) for n in range(firms)]
    lots = [market.lot(firm, 10_000) for firm in members]
    return Trading(market, members, lots, market.instrument())


def trade_at_random(trading: Trading, seed: int, commands: int) -> None:
    """Orders, cancels, amendments and sometimes the end of a day; some are refused, as in life."""
    random, market = Random(seed), trading.market
    for _ in range(commands):
        firm, chance = random.choice(trading.firms), random.random()
        mine = sorted(order.order for order in market.state.orders.by_id.values() if order.participant == firm)
        if chance < 0.12 and mine:
            market.cancel(firm, random.choice(mine))
        elif chance < 0.24 and mine:
            market.amend(firm, random.choice(mine), 3_000 + random.randint(-3, 3), random.randint(1, 30))
        elif chance < 0.26:
            market.give(EndOfDay(market.operator, Day(market.state.session.day + 1)))
        elif chance < 0.28:
            market.give(CancelAllOrders(market.traders[firm], firm, InstrumentId(0)))
        else:
            market.give(_random_order(random, trading, firm))
        market.finish_jobs()


def _random_order(random: Random, trading: Trading, firm: ParticipantId) -> PlaceOrder:
    side, price = random.choice(list(Side)), 3_000 + random.randint(-3, 3)
    time_in_force = random.choice((TimeInForce.GTC, TimeInForce.GFD, TimeInForce.IOC))
    return trading.market.order(firm, trading.instrument, side, random.randint(1, 30), price, time_in_force)


def log_of(market: Market) -> Log:
    """The journal of a market, with the epoch that a first leader has."""
    log = Log()
    log.follow(market.log)
    return log


def random_log(seed: int, commands: int, firms: int = 3) -> Log:
    """A journal of random trading."""
    trading = open_trading(firms)
    trade_at_random(trading, seed, commands)
    return log_of(trading.market)


def eventful_log() -> Log:
    """A journal in which every kind of row is written: people, keys, halts, rulebooks, deals, units, days, trades."""
    trading = open_trading()
    market, (seller, buyer, _) = trading.market, trading.firms
    _govern(market)
    _trade(trading, seller, buyer)
    _agree(market, seller, buyer)
    live_through(market, seller, buyer)
    market.done(EndOfDay(market.operator, Day(market.state.session.day + 1)))
    market.finish_jobs()
    return log_of(market)


def _govern(market: Market) -> None:
    firm = next(iter(market.traders))
    trader = market.traders[firm]
    market.agree(RegisterStaff(market.operator, "second auditor", PersonRole.AUDITOR, bytes(32), b""), market.regulator)
    secret = hashlib.sha256(b"key").digest()
    expires = Micros(market.log[-1].at + 10**12)
    key = market.done(RegisterKey(trader, "desk", secret, b"", Scope.READ + Scope.TRADE, expires, ())).created
    market.done(RevokeKey(trader, KeyId(key)))
    _rotate(market, firm)
    market.agree(AdoptRulebook(market.operator, "second", rules(fee=500)), market.regulator)
    for instrument in (InstrumentId(0), next(iter(market.state.listing.instruments))):
        market.done(HaltTrading(market.operator, instrument, "a test"))
        market.agree(ResumeTrading(market.operator, instrument), market.second)
    proposal, _ = market.propose(WithdrawCash(trader, firm, Fen(1_000), "6222"))
    market.done(RejectProposal(market.operator, proposal, "wrong account"))
    market.agree(WithdrawCash(trader, firm, Fen(2_000), "6222"), market.operator)


def _rotate(market: Market, firm: ParticipantId) -> None:
    """A key of two networks is rotated, and the old one revoked in its grace; a switch is armed and goes off."""
    trader, networks = market.traders[firm], ("10.1.0.0/16", "2001:db8::/32")
    made = RegisterKey(trader, "bot", hashlib.sha256(b"bot").digest(), b"", Scope.TRADE, Micros(0), networks)
    old = KeyId(market.done(made).created)
    market.done(RotateKey(trader, hashlib.sha256(b"next bot").digest(), b"", 600), old)
    market.done(RevokeKey(market.operator, old))
    signs = RegisterStaff(market.operator, "signs", PersonRole.OPERATOR, bytes([7]) * 32, bytes([8]) * 32)
    market.agree(signs, market.second)
    market.done(SetCancelAfter(trader, firm, 5))
    market.wait(9)
    market.finish_jobs()


def _trade(trading: Trading, seller: ParticipantId, buyer: ParticipantId) -> None:
    """A sale in parts, a refusal, a reduction, a replacement, a cancel, a remainder that is not rested, and one order
    that is partly filled, then reduced, and left open.
    """
    market, instrument = trading.market, trading.instrument
    resting = market.next_order_id()
    market.done(market.order(seller, instrument, Side.SELL, 100, 3_000))
    market.done(market.order(buyer, instrument, Side.BUY, 30, 3_001))
    assert market.cancel(buyer, resting).reason is not None
    market.amend(seller, resting, quantity=90)
    market.amend(seller, resting, price=3_002)
    market.done(market.order(buyer, instrument, Side.BUY, 40, 3_005, TimeInForce.IOC))
    market.done(market.order(buyer, instrument, Side.BUY, 500, 3_005, TimeInForce.IOC))
    market.done(market.order(buyer, instrument, Side.BUY, 7, 2_990, client_order_id="to be cancelled"))
    market.done(CancelAllOrders(market.traders[buyer], buyer, InstrumentId(0)))
    market.finish_jobs()
    market.done(market.order(seller, instrument, Side.SELL, 5, 3_100, TimeInForce.GFD))
    partly_filled = market.next_order_id()
    market.done(market.order(seller, instrument, Side.SELL, 50, 3_010))
    market.done(market.order(buyer, instrument, Side.BUY, 20, 3_010))
    market.amend(seller, partly_filled, quantity=40)


def _agree(market: Market, seller: ParticipantId, buyer: ParticipantId) -> None:
    """One agreement that settles, one that is declined."""
    market.lot(seller, 1_000, Family.OTHER_SINK)
    sells, buys = market.traders[seller], market.traders[buyer]
    settled = _propose(market, sells, seller, buyer)
    market.done(AffirmAgreement(buys, buyer, settled, Tonnes(18), Fen(1_000_00), ()))
    market.done(ConfirmAgreement(market.operator, settled, accept=True))
    declined = _propose(market, sells, seller, buyer)
    market.done(DeclineAgreement(buys, buyer, declined))


def _propose(market: Market, actor: PersonId, seller: ParticipantId, buyer: ParticipantId) -> AgreementId:
    kind, family = AgreementKind.SPOT, Family.OTHER_SINK
    project, amounts = "P1-SINK", (Tonnes(18), Fen(1_000_00))
    command = ProposeAgreement(actor, seller, buyer, Side.SELL, kind, family, project, *amounts, lots=())
    return AgreementId(market.done(command).created)
