"""A market prepared for being asked wrong things, and for each command the ways in which it can be wrong.

Every :class:`Wrong` gives the refusal that it must cause alone. :mod:`tests.core.test_precedence` tries each alone and
any two together that do not contradict each other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

from exchange.core.commands import Command
from exchange.core.commands.governance import AdoptRulebook, RegisterKey, Scope
from exchange.core.commands.instruments import EndOfDay, Family, HaltTrading
from exchange.core.commands.orders import TimeInForce
from exchange.core.commands.participants import ParticipantRole
from exchange.core.image import decode_state, encode_state
from exchange.core.rejections import RejectReason
from exchange.core.values import Day, InstrumentId, LotId, Micros, Side, day_of
from tests.support.market import Market, rules

NOBODY_KNOWS = 987_654_321
"""The id of nothing."""

Stage = Callable[[Market], None]


class World:
    """A market with one of everything. Its instrument has the tick 5, the lot size 2 and the band 90 to 110 fen."""

    def __init__(self) -> None:
        """Firms that sell, buy or do both; lots, orders, proposals and agreements in every phase."""
        self.market = market = Market(fee=1_000)
        self.seller = market.firm("seller", ParticipantRole.SELLER)
        self.buyer = market.firm("buyer", ParticipantRole.BUYER, cash=100_000)
        self.trader = market.firm("trader", ParticipantRole.BOTH, cash=100_180)
        self.twin = market.firm("twin", ParticipantRole.BOTH, group="G", cash=100_000)
        self.trin = market.firm("trin", ParticipantRole.BOTH, group="G", cash=100_000)
        self.instrument = market.instrument(100, tick=5, lot_size=2)
        self.lot = market.lot(self.trader, 50)
        self.other_vintage = market.lot(self.trader, 50, vintage=2024)
        self.foreign_lot, self.sold_lot = market.lot(self.seller, 50), market.lot(self.seller, 50)
        self.sink = market.lot(self.trader, 50, Family.OTHER_SINK)
        self.other_sink = market.lot(self.trader, 50, Family.OTHER_SINK, project="P2")
        self.issuance = market.issue(1_001, 1_101)
        self.other_issuance = market.issue(1_101, 1_201)
        self.admitted = market.admit(self.issuance, self.seller, 1_001, 1_011)
        self._orders()

    def _orders(self) -> None:
        """One order of the trader rests, half filled, under a name; two of the seller at 105 stand against it."""
        market = self.market
        self.resting = market.next_order_id()
        mine = market.order(self.trader, self.instrument, Side.BUY, 8, 100, client_order_id="taken", post_only=True)
        market.done(mine)
        market.done(
            market.order(self.seller, self.instrument, Side.SELL, 4, 100, TimeInForce.IOC, lots=(self.sold_lot,))
        )
        self.offer = market.next_order_id()
        market.done(market.order(self.seller, self.instrument, Side.SELL, 20, 105))
        market.done(market.order(self.seller, self.instrument, Side.SELL, 2, 105))
        self.bidding = market.next_order_id()
        market.done(market.order(self.trader, self.instrument, Side.BUY, 2, 90))
        self.selling = market.next_order_id()
        market.done(market.order(self.trader, self.instrument, Side.SELL, 20, 110))

    def copy(self) -> Market:
        """The same market once more, made from its image."""
        made = Market.__new__(Market)
        made.__dict__ |= self.market.__dict__
        made.state, made.log = decode_state(encode_state(self.market.state)), list(self.market.log)
        made.told = []
        return made


WORLD = World()


@dataclass(frozen=True)
class Wrong:
    """One thing that is wrong: ``changes`` to the command (``action__amount`` inside a proposal), ``stages`` before it.

    ``touches`` names what else it depends on, so that it is not combined with a change of that.
    """

    reason: RejectReason
    changes: dict[str, Any] = field(default_factory=dict)
    stages: tuple[Stage, ...] = ()
    touches: frozenset[str] = frozenset()

    @property
    def claims(self) -> frozenset[str]:
        """What no other change may touch."""
        return frozenset(self.changes) | self.touches

    def fits(self, other: Wrong) -> bool:
        """Whether both can be wrong at once."""
        return not self.claims & other.claims


def wrong(reason: RejectReason, /, *stages: Stage, touches: str = "", **changes: Any) -> Wrong:
    """``wrong(R.QUANTITY_OUT_OF_RANGE, quantity=0)``."""
    return Wrong(reason, changes, stages, frozenset(touches.split()))


def right(**changes: Any) -> dict[str, Any]:
    """``right(quantity=2)``: just inside a limit; written as :func:`wrong` is."""
    return changes


def changed(command: Command, *wrongs: Wrong) -> Command:
    """The command with everything wrong in it that these say."""
    changes = {name: value for one in wrongs for name, value in one.changes.items()}
    return cast(Command, _changed(command, changes))


def _changed(record: Any, changes: dict[str, Any]) -> Any:
    """A record with some fields changed, and some fields of its fields."""
    flat: dict[str, Any] = {}
    inner: dict[str, dict[str, Any]] = {}
    for name, value in changes.items():
        field_name, _, rest = name.partition("__")
        if rest:
            inner.setdefault(field_name, {})[rest] = value
        else:
            flat[field_name] = value
    for field_name, deeper in inner.items():
        flat[field_name] = _changed(getattr(record, field_name), deeper)
    return replace(record, **flat)


# -- stages: what happens to the market before the command comes --


def closing(market: Market) -> None:
    """The day ends and is not over yet."""
    market.done(EndOfDay(market.operator, Day(20261022)))


def halted(market: Market) -> None:
    """All trading is halted."""
    market.done(HaltTrading(market.operator, InstrumentId(0), "rumours"))


def capped(market: Market) -> None:
    """Nobody may have more than one open order or one trader."""
    market.agree(AdoptRulebook(market.operator, "capped", rules(1_000, open_orders=1, operators=1)), market.regulator)


def keys_gone(market: Market) -> None:
    """Nobody has a key that is good."""
    for key in market.state.register.keys.values():
        key.revoked = True


def keys_narrow(market: Market) -> None:
    """Everybody's key is good for reading alone."""
    for key in market.state.register.keys.values():
        key.scopes = Scope.READ


def keys_many(market: Market) -> None:
    """Everybody has as many keys as one may have."""
    for person in market.state.register.persons.values():
        person.keys = 100


def keys_daily(market: Market) -> None:
    """Everybody has made as many keys today as one may in a day."""
    for person in market.state.register.persons.values():
        person.keys_made_on, person.keys_made = day_of(market.now()), 20


def keys_stolen(market: Market) -> None:
    """What the first operator has proposed so far was proposed with a key that is revoked now; they have another."""
    market.done(RegisterKey(market.operator, "another", market.new_secret_hash(), b"", sum(Scope), Micros(0), ()))
    for key in market.state.register.keys.values():
        if key.person == market.operator and not key.made_with:
            key.revoked = True


def proposals_many(market: Market) -> None:
    """Everybody has as many open proposals as one may have."""
    for person in market.state.register.persons.values():
        person.open_proposals = 100


def agreements_many(market: Market) -> None:
    """Every firm has proposed as many agreements as it may."""
    for participant in market.state.register.participants.values():
        participant.open_agreements = 1_000


def keys_short(market: Market) -> None:
    """Everybody's key is good for a minute more."""
    for key in market.state.register.keys.values():
        key.expires_at = Micros(market.state.at + 60_000_000)


def keys_networked(market: Market) -> None:
    """Everybody's key can be used from one network alone."""
    for key in market.state.register.keys.values():
        key.networks = ("10.1.0.0/16",)


def pair_of(key: int) -> bytes:
    """The public key of a key in a market in which everybody's signs."""
    return hashlib.sha256(b"pair %d" % key).digest()


def keys_signing(market: Market) -> None:
    """Everybody's key signs."""
    register = market.state.register
    for key in register.keys.values():
        key.public_key = pair_of(key.key)
        register.public_keys[key.public_key] = key.key


def keys_replaced(market: Market) -> None:
    """Everybody's key has been replaced, and is still in its grace."""
    for key in market.state.register.keys.values():
        key.replaced_by = key.key


WITHOUT_A_KEY = (wrong(RejectReason.KEY_NOT_VALID, keys_gone), wrong(RejectReason.SCOPE_MISSING, keys_narrow))
"""What can be wrong with any command of a person."""


def lots(*ids: LotId) -> tuple[LotId, ...]:
    """A tuple of lots."""
    return ids
