"""A naive exchange: the same commands as the real one, done in the most obvious way.

No index, no running total, no book: an incoming order looks through all open orders for the best one each time, what
is held is added up from everything open each time, and a fill-or-kill order is tried on a copy of the whole exchange.
It reads the core's commands and borrows nothing else of it. :mod:`tests.oracle.refusals` says why it refuses.
"""

from __future__ import annotations

import copy
import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from exchange.core.codec import ACTIONS
from exchange.core.commands import Command
from exchange.core.commands.agreements import (
    AffirmAgreement,
    ConfirmAgreement,
    DeclineAgreement,
    ProposeAgreement,
)
from exchange.core.commands.approvals import Approve, Propose, RejectProposal
from exchange.core.commands.cash import DepositCash, WithdrawCash
from exchange.core.commands.governance import RevokeKey, RotateKey
from exchange.core.commands.instruments import ContinueJob, EndOfDay, HaltTrading, League, ResumeTrading
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
from exchange.core.commands.projects import FacilityTerms
from exchange.core.events.markets import JobKind
from exchange.core.values import SelfTradePrevention, Side
from tests.oracle import agreements, days, holding, origins, registry, uses
from tests.oracle.keys import NaiveKeys
from tests.oracle.ledger import BANK, CASH, FEES, NaiveLedger, NaiveTonnes, fee_of, half_up
from tests.oracle.things import (
    End,
    NaiveAgreement,
    NaiveClaim,
    NaiveEncumbrance,
    NaiveFirm,
    NaiveImport,
    NaiveInstrument,
    NaiveIssuance,
    NaiveJob,
    NaiveLot,
    NaiveOrder,
    NaivePerson,
    NaiveProject,
    NaiveProposal,
    NaiveRelease,
    NaiveRequest,
    NaiveReversal,
    Trade,
    firm_of,
)

SECOND = 10**6

Adjustment = tuple[League, League, str, int, int]
"""Tonnes that left one league's account for another's, a province's or the nation's, in a year."""


def id_at(seq: int) -> int:
    """The id of the first thing that the command at ``seq`` makes."""
    return seq * (2**20 + 1)


def day_at(at: int) -> int:
    """The days since 1970 in Shanghai, by the clock."""
    return (at + 8 * 3_600 * SECOND) // (86_400 * SECOND)


@dataclass
class NaiveExchange:
    """Everything there is, in plain lists and dictionaries; ``fee`` in parts per million, ``band`` in percent.

    ``chunk`` orders are ended at once, ``most`` are taken by one order, ``made`` keys are made by a person on a day;
    ``today`` is the day that the clock shows. ``key`` and ``at`` are what the command at hand is given with and when.
    ``numbers`` are the ids that the real exchange gave to requests, lots and issuances, where one command makes
    several: how many there must be is the naive one's to say. ``held_at_once`` parcels are held fast by one entry.
    """

    day: int
    fee: int
    band: int
    cap: int
    chunk: int
    most: int
    made: int
    today: int
    held_at_once: int = 500
    seq: int = 0
    key: int = 0
    at: int = 0
    phase: str = "open"
    halted: bool = False
    persons: dict[int, NaivePerson] = field(default_factory=dict)
    keys: NaiveKeys = field(default_factory=NaiveKeys)
    firms: dict[int, NaiveFirm] = field(default_factory=dict)
    lots: dict[int, NaiveLot] = field(default_factory=dict)
    projects: dict[int, NaiveProject] = field(default_factory=dict)
    facilities: list[FacilityTerms] = field(default_factory=list)
    issuances: dict[int, NaiveIssuance] = field(default_factory=dict)
    requests: dict[int, NaiveRequest] = field(default_factory=dict)
    claims: dict[int, NaiveClaim] = field(default_factory=dict)
    releases: dict[int, NaiveRelease] = field(default_factory=dict)
    encumbrances: dict[int, NaiveEncumbrance] = field(default_factory=dict)
    worked_on: list[int] = field(default_factory=list)
    reversals: dict[int, NaiveReversal] = field(default_factory=dict)
    imports: dict[int, NaiveImport] = field(default_factory=dict)
    due_tonnes: dict[tuple[str, int], int] = field(default_factory=dict)
    plans: dict[tuple[League, int, int], int] = field(default_factory=dict)
    adjustments: list[Adjustment] = field(default_factory=list)
    rules: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, list[int]] = field(default_factory=dict)
    instruments: dict[int, NaiveInstrument] = field(default_factory=dict)
    orders: dict[int, NaiveOrder] = field(default_factory=dict)
    agreements: dict[int, NaiveAgreement] = field(default_factory=dict)
    proposals: dict[int, NaiveProposal] = field(default_factory=dict)
    jobs: dict[int, NaiveJob] = field(default_factory=dict)
    references: list[str] = field(default_factory=list)
    locks: list[str] = field(default_factory=list)
    ledger: NaiveLedger = field(default_factory=NaiveLedger)
    tonnes: NaiveTonnes = field(default_factory=NaiveTonnes)
    happened: list[Trade | End] = field(default_factory=list)

    def do(self, command: Command, seq: int, numbers: dict[str, list[int]] | None = None) -> list[Trade | End]:
        """Do a command that has no reason to be refused; what happened to orders."""
        self.seq, self.happened, self.numbers = seq, [], numbers or {}
        _ACTS[type(command)](self, command)
        left = {kind: ids for kind, ids in self.numbers.items() if ids}
        assert not left, f"the exchange has made more than there should be: {left}"
        return self.happened

    def new_id(self) -> int:
        """The id of what the command at hand makes."""
        return id_at(self.seq)

    def number(self, kind: str) -> int:
        """The id that the real exchange gave to the next thing of a kind."""
        assert self.numbers.get(kind), f"the exchange has made no further {kind}"
        return self.numbers[kind].pop(0)

    def is_halted(self) -> bool:
        """Whether nothing can change hands: by order, or because units are just being held fast or let go."""
        return self.halted or any(one.working for one in self.encumbrances.values())

    # -- what is there --

    def held(self, firm: int, asset: int) -> int:
        """What everything open needs of a firm's money or of its tonnes of a lot."""
        total = 0
        for order in self.orders.values():
            if order.firm == firm:
                total += self.need_of(order) if asset == CASH else order.lots.count(asset)
        for agreement in self.agreements.values():
            total += agreement.money if (asset, agreement.buyer) == (CASH, firm) else 0
            total += agreement.lots.count(asset) if agreement.seller == firm else 0
        for proposal in self.proposals.values():
            action = proposal.action
            if proposal.open and isinstance(action, WithdrawCash) and (asset, action.participant) == (CASH, firm):
                total += action.amount
        return total + self.tonnes.aside(firm, asset)

    def need_of(self, order: NaiveOrder) -> int:
        """The money that an open order needs: none if it sells."""
        return order.money_needed(order.price, order.leaves) if order.side is Side.BUY else 0

    def available(self, firm: int, asset: int) -> int:
        """What a firm has and has not promised."""
        return self.ledger.balance(firm, asset) - self.held(firm, asset)

    def lots_to_sell(self, firm: int, good: tuple[Any, ...]) -> list[int]:
        """A firm's lots of a good in the order of delivery: oldest vintage, then lowest serial."""
        mine = [lot for lot in self.tonnes.lots_of(firm) if self.lots[lot].good == good]
        return self.in_order(mine)

    def in_order(self, lots: list[int]) -> list[int]:
        """Lots as they are delivered: oldest vintage, then the registry that was named first, then lowest serial."""
        spaces = list(dict.fromkeys(issuance.space for issuance in self.issuances.values()))
        place = {lot: spaces.index(self.issuances[self.lots[lot].issuance].space) for lot in lots}
        return sorted(lots, key=lambda lot: (self.lots[lot].good[2], place[lot], self.lots[lot].lo))

    def pick(self, firm: int, lots: list[int], quantity: int) -> list[int]:
        """One entry a tonne, from the lots in turn; fewer than asked for when there are fewer."""
        return [lot for lot in lots for _ in range(self.available(firm, lot))][: max(quantity, 0)]

    def best_against(self, order: NaiveOrder) -> NaiveOrder | None:
        """The order that an incoming one meets first: the best price that it accepts, then who came first."""
        if order.side is Side.BUY:
            met = [o for o in self.opposite(order) if o.price <= order.price]
            return min(met, key=lambda o: (o.price, o.arrived), default=None)
        met = [o for o in self.opposite(order) if o.price >= order.price]
        return min(met, key=lambda o: (-o.price, o.arrived), default=None)

    def opposite(self, order: NaiveOrder) -> list[NaiveOrder]:
        """Everything on the other side of an order's book."""
        return [o for o in self.orders.values() if o.instrument == order.instrument and o.side is not order.side]

    def trial(self, order: NaiveOrder) -> tuple[int, int]:
        """How many others an order would take, traded or cancelled, and what would be left of it: tried on a copy."""
        if self.best_against(order) is None:
            return 0, order.leaves
        trial, tried = copy.deepcopy(self), copy.deepcopy(order)
        trial.orders[tried.order], trial.happened = tried, []
        trial.let_trade(tried)
        return len(trial.happened), tried.leaves

    # -- orders --

    def new_order(self, command: PlaceOrder, seq: int) -> NaiveOrder:
        """The order that a command asks for, with nothing held yet."""
        terms = self.instruments[command.instrument]
        price = int(command.price)
        if command.kind is OrderKind.MARKET and price == 0:
            price = terms.highest if command.side is Side.BUY else terms.lowest
        good_til = self.day if command.time_in_force is TimeInForce.GFD else int(command.good_til)
        return NaiveOrder(
            id_at(seq),
            command.participant,
            command.instrument,
            command.client_order_id,
            command.side,
            command.time_in_force,
            price,
            command.quantity,
            self.fee,
            command.post_only,
            command.self_trade_prevention,
            good_til,
            seq,
            self.key,
            [int(lot) for lot in command.lots],
        )

    def place(self, command: PlaceOrder) -> None:
        """Hold, trade, rest or end."""
        order = self.new_order(command, self.seq)
        if order.side is Side.SELL:
            order.lots = self.pick(order.firm, self.lots_for(order), order.quantity)
        self.come_in(order)

    def come_in(self, order: NaiveOrder) -> None:
        """Let an order trade; what is left of it stays open unless its terms say otherwise."""
        self.orders[order.order] = order
        stopped = self.let_trade(order)
        if order.leaves == 0:
            del self.orders[order.order]
        elif stopped:
            self.end(order, "SELF_TRADE")
        elif order.time_in_force in (TimeInForce.IOC, TimeInForce.FOK):
            self.end(order, "IMMEDIATE_REMAINDER")

    def let_trade(self, order: NaiveOrder) -> bool:
        """Meet one resting order after the other; whether the incoming order was stopped before its own group's."""
        ended: list[NaiveOrder] = []
        stopped = False
        while order.leaves and not stopped:
            met = self.best_against(order)
            if met is None:
                break
            if self.firms[met.firm].group != self.firms[order.firm].group:
                self.trade(order, met)
                continue
            if order.prevention is not SelfTradePrevention.CANCEL_NEWEST:
                ended.append(self.orders.pop(met.order))
            stopped = order.prevention is not SelfTradePrevention.CANCEL_OLDEST
        for own in ended:
            self.happened.append(End(own.order, own.leaves, "SELF_TRADE"))
        return stopped

    def trade(self, incoming: NaiveOrder, resting: NaiveOrder) -> None:
        """One fill at the resting order's price."""
        quantity = min(incoming.leaves, resting.leaves)
        buy, sell = (incoming, resting) if incoming.side is Side.BUY else (resting, incoming)
        fees = []
        for order in (buy, sell):
            before = fee_of(order.rate, order.value)
            order.fills.append((resting.price, quantity))
            fees.append(fee_of(order.rate, order.value) - before)
        self.pay(buy.firm, sell.firm, resting.price * quantity, fees[0], fees[1])
        self.deliver(buy.firm, sell.firm, sell.lots[:quantity])
        del sell.lots[:quantity]
        self.instruments[incoming.instrument].trades.append((resting.price, quantity))
        self.happened.append(Trade(resting.order, resting.price, quantity, fees[0], fees[1]))
        if resting.leaves == 0:
            del self.orders[resting.order]

    def pay(self, buyer: int, seller: int, value: int, buy_fee: int, sell_fee: int) -> None:
        """Value to the seller, a fee of each to the venue."""
        self.ledger.move(buyer, seller, CASH, value)
        self.ledger.move(buyer, FEES, CASH, buy_fee)
        self.ledger.move(seller, FEES, CASH, sell_fee)

    def deliver(self, buyer: int, seller: int, lots: list[int]) -> None:
        """So many tonnes of each lot are given; their serials are the seller's lowest."""
        for lot, count in Counter(lots).items():
            self.ledger.move(seller, buyer, lot, count)
            self.tonnes.give(lot, seller, buyer, count, self.day)

    def end(self, order: NaiveOrder, reason: str) -> None:
        """An order ends with what is left of it."""
        del self.orders[order.order]
        self.happened.append(End(order.order, order.leaves, reason))

    def named(self, command: CancelOrder | AmendOrder) -> NaiveOrder | None:
        """The firm's open order with this id, or with this name if no id is given; none if both are."""
        mine = [order for order in self.orders.values() if order.firm == command.participant]
        if command.client_order_id:
            mine = [o for o in mine if o.name == command.client_order_id and command.order == 0]
        else:
            mine = [order for order in mine if order.order == command.order]
        return mine[0] if mine else None

    def cancel(self, command: CancelOrder) -> None:
        """End one order."""
        order = self.named(command)
        assert order is not None
        self.end(order, "REQUESTED")

    def amend(self, command: AmendOrder) -> None:
        """Less at the same price stays where it is; anything else leaves and comes in again."""
        order = self.named(command)
        assert order is not None
        price, quantity = command.price or order.price, command.quantity or order.quantity
        more = quantity - order.quantity
        if order.side is Side.SELL:
            for lot in self.pick(order.firm, self.lots_for(order), more):
                last = max((i for i, held in enumerate(order.lots) if held == lot), default=len(order.lots) - 1)
                order.lots.insert(last + 1, lot)
            del order.lots[quantity - order.filled :]
        stays = price == order.price and more < 0
        order.price, order.quantity = price, quantity
        if not stays:
            order.arrived = self.seq
            del self.orders[order.order]
            self.come_in(order)

    def lots_for(self, order: NaiveOrder) -> list[int]:
        """The lots that may cover a sell order: those that were named, else all of its good."""
        return order.named or self.lots_to_sell(order.firm, self.instruments[order.instrument].good)

    # -- keys and switches --

    def set_cancel_after(self, command: SetCancelAfter) -> None:
        """The switch of the key in use."""
        self.keys.set_switch(self.key, self.at + command.seconds * SECOND if command.seconds else 0)

    def cancel_unattended(self, command: CancelUnattended) -> None:
        """Begin to end the orders of a key and of those before it."""
        kind = JobKind.DISCONNECTED
        if command.cause is UnattendedCause.DEADLINE:
            kind = JobKind.CANCEL_AFTER
            del self.keys.switches[command.key]
        self.jobs[id_at(self.seq)] = NaiveJob(kind, command.participant, 0, id_at(self.seq), 0, command.key)
        days.go_on(self, id_at(self.seq))

    def next_command(self) -> tuple[str, int] | None:
        """What the program itself must say next, and of which job or key."""
        if self.worked_on:
            return "ContinueEncumbering", min(self.worked_on)
        over = self.keys.overdue(self.at)
        if over:
            return "CancelUnattended", over[0]
        late = registry.overdue(self)
        if late:
            return late
        return ("ContinueJob", min(self.jobs)) if self.jobs else None

    def rotate(self, command: RotateKey) -> None:
        """A new key in the place of the one in use."""
        self.keys.rotate(self.key, id_at(self.seq), self.at + command.grace_seconds * SECOND)
        self.keys.made.append((command.actor, day_at(self.at)))

    def revoke(self, command: RevokeKey) -> None:
        """A key and its line are good no more; their switches stay."""
        self.keys.revoke(command.key, self.key, self.at)

    # -- days --

    def band_around(self, reference: int, tick: int) -> tuple[int, int]:
        """The ends of the band, each half-up to the tick."""
        low, high = (Decimal(reference * (100 + sign * self.band)) / 100 / tick for sign in (-1, 1))
        return max(1, half_up(low)) * tick, half_up(high) * tick

    # -- the venue --

    def deposit(self, command: DepositCash) -> None:
        """Money comes in."""
        self.references.append(origins.known_as(command.bank_reference))
        self.ledger.move(BANK, command.participant, CASH, command.amount)

    def halt(self, command: HaltTrading) -> None:
        """Nobody trades in one instrument, or in any."""
        self.set_halt(command.instrument, halted=True)

    def set_halt(self, instrument: int, *, halted: bool) -> None:
        """0 is the market."""
        if instrument:
            self.instruments[instrument].halted = halted
        else:
            self.halted = halted

    def propose(self, command: Propose) -> None:
        """An action waits."""
        action = command.action
        action_hash = hashlib.sha256(ACTIONS.encode(action)).digest()
        self.proposals[id_at(self.seq)] = NaiveProposal(command.actor, firm_of(action), action, action_hash)
        if type(action) in uses.CHOSEN:
            uses.CHOSEN[type(action)](self, action)

    def approve(self, command: Approve) -> None:
        """The action is done."""
        proposal = self.proposals[command.proposal]
        proposal.open = False
        action = proposal.action
        if isinstance(action, WithdrawCash):
            self.ledger.move(action.participant, BANK, CASH, action.amount)
        elif isinstance(action, ResumeTrading):
            self.set_halt(action.instrument, halted=False)
        elif type(action) in uses.DECIDED:
            uses.DECIDED[type(action)](self, command.proposal)
        else:
            _ACTIONS[type(action)](self, action)

    def reject(self, command: RejectProposal) -> None:
        """The action will not be done."""
        self.proposals[command.proposal].open = False
        uses.withdraw(self, command.proposal)


_ACTS: dict[type, Callable[[NaiveExchange, Any], None]] = {
    PlaceOrder: NaiveExchange.place,
    CancelOrder: NaiveExchange.cancel,
    AmendOrder: NaiveExchange.amend,
    CancelAllOrders: days.cancel_all,
    SetCancelAfter: NaiveExchange.set_cancel_after,
    CancelUnattended: NaiveExchange.cancel_unattended,
    RotateKey: NaiveExchange.rotate,
    RevokeKey: NaiveExchange.revoke,
    EndOfDay: days.end_day,
    ContinueJob: days.continue_job,
    DepositCash: NaiveExchange.deposit,
    HaltTrading: NaiveExchange.halt,
    Propose: NaiveExchange.propose,
    Approve: NaiveExchange.approve,
    RejectProposal: NaiveExchange.reject,
    ProposeAgreement: agreements.propose_agreement,
    AffirmAgreement: agreements.affirm,
    DeclineAgreement: agreements.decline,
    ConfirmAgreement: agreements.confirm,
    **origins.COMMANDS,
    **registry.COMMANDS,
    **uses.COMMANDS,
    **holding.COMMANDS,
}
_ACTIONS: dict[type, Callable[[NaiveExchange, Any], None]] = {
    **origins.ACTIONS,
    **registry.ACTIONS,
    **uses.ACTIONS,
    **holding.ACTIONS,
}
