"""Random days of a small market, compared after every command with the naive twin.

Prices, sizes and names are few, so that orders meet, lots run out and names collide all the time. Chunks are three
orders, so that mass commands take several entries and other commands come between them. One rule gives several commands
that belong together, since single ones drawn at random seldom make a market.
"""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from exchange.core.commands import Command
from exchange.core.commands.agreements import (
    AffirmAgreement,
    AgreementKind,
    ConfirmAgreement,
    DeclineAgreement,
    ProposeAgreement,
)
from exchange.core.commands.approvals import Approve, RejectProposal
from exchange.core.commands.cash import DepositCash, WithdrawCash
from exchange.core.commands.credits import AdmitLot
from exchange.core.commands.governance import RevokeKey, RotateKey
from exchange.core.commands.instruments import ContinueJob, EndOfDay, Family, HaltTrading, ResumeTrading
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
from exchange.core.handlers import jobs
from exchange.core.values import (
    AgreementId,
    Day,
    Fen,
    InstrumentId,
    IssuanceId,
    JobId,
    KeyId,
    LotId,
    OrderId,
    ParticipantId,
    PersonId,
    Price,
    ProposalId,
    SelfTradePrevention,
    Side,
    Sides,
    Tonnes,
)
from tests.properties.drawn import ANY, KEYS, MOSTLY, RARELY, Terms, at, foolish_terms, terms, terms_with_lots
from tests.properties.machine import MarketMachine
from tests.properties.twins import Twins

SMALL_CHUNK = 3
FEW_FILLS = 4
FEW_KEYS = 8

MORNING = Twins()


class ExchangeMachine(MarketMachine):
    """Every rule gives commands, sensible or not; :class:`Twins` compares after each."""

    def __init__(self) -> None:
        """Open a new market."""
        super().__init__(MORNING)

    # -- orders --

    @rule(orders=st.lists(terms(), min_size=1, max_size=12))
    def trade(self, orders: list[Terms]) -> None:
        """A burst of orders."""
        for drawn in orders:
            self.order(drawn)

    @rule(orders=st.lists(terms_with_lots(), min_size=1, max_size=12))
    def trade_more(self, orders: list[Terms]) -> None:
        """The same, with lots that are named."""
        self.trade(orders)

    @rule(orders=st.lists(foolish_terms(), min_size=1, max_size=6))
    def trade_foolishly(self, orders: list[Terms]) -> None:
        """Orders of which many must be refused."""
        self.trade(orders)

    @precondition(lambda self: self.market.state.orders.by_id)
    @rule(
        orders=st.lists(
            st.tuples(ANY, st.sampled_from([0, 0, 95, 100, 104, 105, 106, 110, 130]), st.integers(0, 16)), max_size=4
        )
    )
    def amend(self, orders: list[tuple[int, int, int]]) -> None:
        """Another price, another quantity, both or neither, for some open orders."""
        for index, price, size in orders:
            owner, number = self.open_order(index)
            actor = self.market.traders[owner]
            self.twins.give(AmendOrder(actor, owner, number, "", Price(price), Tonnes(size)))

    @precondition(lambda self: self.market.state.orders.by_id)
    @rule(orders=st.lists(ANY, max_size=3), foreign=RARELY, names=st.sampled_from(["", "", "a", "b"]), both=RARELY)
    def cancel(self, orders: list[int], foreign: bool, names: str, both: bool) -> None:
        """Some open orders by their ids or names, sometimes another's, sometimes by both."""
        for index in orders:
            owner, number = self.open_order(index)
            firm = at(self.twins.firms, index) if foreign else owner
            order = number if both or not names else OrderId(0)
            self.twins.give(CancelOrder(self.market.traders[firm], firm, order, names))
            if names:
                self.twins.give(AmendOrder(self.market.traders[firm], firm, order, names, Price(105), Tonnes(2)))

    @precondition(lambda self: self.market.state.orders.by_id)
    @rule(
        firm=ANY, instrument=ANY, sides=st.sampled_from(Sides), by_operator=RARELY,
        between=st.lists(terms(), max_size=3), finish=MOSTLY,
    )  # fmt: skip
    def cancel_all(
        self, firm: int, instrument: int, sides: Sides, by_operator: bool, between: list[Terms], finish: bool
    ) -> None:
        """All of a firm's orders, in one instrument or in all, of one side or both, while others go on trading."""
        owner = at(self.twins.firms, firm)
        where = at([InstrumentId(0), InstrumentId(0), *self.twins.instruments, InstrumentId(1)], instrument)
        actor = self.market.operator if by_operator else self.market.traders[owner]
        self.twins.give(CancelAllOrders(actor, owner, where, sides))
        self.go_on(between, finish)

    # -- keys and switches --

    @rule(firm=ANY, key=KEYS, seconds=st.sampled_from([0, 4, 5, 5, 9, 30]), foreign=RARELY)
    def arm(self, firm: int, key: int, seconds: int, foreign: bool) -> None:
        """Arm, renew or disarm a switch, sometimes with another's key."""
        owner, other = at(self.twins.firms, firm), at(self.twins.firms, firm + 1)
        used = self.key(other if foreign else owner, key)
        self.twins.give(SetCancelAfter(self.market.traders[owner], owner, seconds), used)

    @rule(
        orders=st.lists(terms(), min_size=1, max_size=8), firm=ANY, key=KEYS, rotated=st.booleans(),
        between=st.lists(terms(), max_size=3),
    )  # fmt: skip
    def fail(self, orders: list[Terms], firm: int, key: int, rotated: bool, between: list[Terms]) -> None:
        """A program arms its switch, gives orders, perhaps rotates its key, and is heard of no more."""
        owner = at(self.twins.firms, firm)
        self.twins.give(SetCancelAfter(self.market.traders[owner], owner, 5), self.key(owner, key))
        for drawn in orders:
            self.order(drawn._replace(firm=firm % 4, key=key))
        if rotated and key:
            self.rotate(firm, key, 20)
        self.wait(9, between)

    @rule(seconds=st.sampled_from([1, 5, 20]), between=st.lists(terms(), max_size=3))
    def wait(self, seconds: int, between: list[Terms]) -> None:
        """Nobody does anything for a while; then the program does what is due."""
        self.market.wait(seconds)
        self.go_on(between)

    @rule(
        firm=ANY,
        key=KEYS,
        cause=st.sampled_from(UnattendedCause),
        foreign=RARELY,
        between=st.lists(terms(), max_size=2),
    )
    def lose(self, firm: int, key: int, cause: UnattendedCause, foreign: bool, between: list[Terms]) -> None:
        """A stream of a key is lost, or its time is said to be over when it may not be."""
        owner, other = at(self.twins.firms, firm), at(self.twins.firms, firm + 1)
        used = at(self.twins.keys[owner], key)
        self.twins.give(CancelUnattended(PersonId(0), other if foreign else owner, used, cause))
        self.go_on(between)

    @rule(firm=ANY, key=st.sampled_from([1, 2]), grace=st.sampled_from([0, 3, 20, -1, 86_401]))
    def rotate(self, firm: int, key: int, grace: int) -> None:
        """A key gets a successor, which its trader uses too."""
        owner = at(self.twins.firms, firm)
        command = RotateKey(self.market.traders[owner], self.market.new_secret_hash(), b"", grace)
        outcome = self.twins.give(command, self.key(owner, key))
        if outcome.reason is None:
            self.twins.keys[owner].insert(0, KeyId(outcome.created))

    @rule(firm=ANY, key=st.sampled_from([1, 2]), by=st.sampled_from(["trader", "operator", "other"]), used=KEYS)
    def revoke(self, firm: int, key: int, by: str, used: int) -> None:
        """One of a trader's further keys is revoked, with whichever key; the trader makes no new one."""
        owner, other = at(self.twins.firms, firm), at(self.twins.firms, firm + 1)
        actors = {"trader": self.market.traders[owner], "operator": self.market.operator}
        number = at(self.twins.keys[owner], key)
        own = self.key(owner, used) if by == "trader" else None
        self.twins.give(RevokeKey(actors.get(by, self.market.traders[other]), number), own)

    # -- days --

    @rule(
        days=st.sampled_from([1, 1, 1, 1, 1, 1, 2, 0, 101, 102]), between=st.lists(terms(), max_size=2), finish=MOSTLY
    )
    def end_day(self, days: int, between: list[Terms], finish: bool) -> None:
        """The next day is tomorrow or later, now and then not even that or next month, where 31 days end."""
        self.twins.give(EndOfDay(self.market.operator, Day(self.today + days)))
        self.go_on(between, finish)

    @precondition(lambda self: self.market.state.session.jobs)
    @rule(between=st.lists(terms(), max_size=2))
    def go_on(self, between: list[Terms], finish: bool = True) -> None:
        """What the program itself does while something is due, with clients' commands between its chunks."""
        left = list(between)
        while finish and (command := self.twins.due()) is not None:
            self.twins.give(command)
            if left:
                self.order(left.pop())

    # -- the venue --

    @rule(firm=ANY, reference=st.integers(0, 9), amount=st.sampled_from([0, 1, 500, 2_000]))
    def deposit(self, firm: int, reference: int, amount: int) -> None:
        """Money under a bank reference that may have been used."""
        owner = at([*self.twins.firms, ParticipantId(1)], firm)
        self.twins.give(DepositCash(self.market.operator, owner, Fen(amount), f"bank-{reference}"))

    @rule(instrument=ANY, actors=st.tuples(ANY, ANY, ANY), between=st.lists(terms(), max_size=2), resume=MOSTLY)
    def halt(self, instrument: int, actors: tuple[int, int, int], between: list[Terms], resume: bool) -> None:
        """By staff who may and staff who may not; mostly lifted soon."""
        where = at([InstrumentId(0), *self.twins.instruments], instrument)
        self.twins.give(HaltTrading(at(self.twins.staff, actors[0]), where, "rumours"))
        self.trade(between)
        self.propose(ResumeTrading(at(self.twins.staff, actors[1]), where))
        if resume:
            self.decide(actors[2], "", wrong_hash=False)
            self.propose(ResumeTrading(self.market.operator, where))
            self.decide(1, "", wrong_hash=False)

    @rule(firm=ANY, amount=st.sampled_from([1, 700, 3_000, 0]), foreign=RARELY, decision=st.integers(0, 3), by=ANY)
    def withdraw(self, firm: int, amount: int, foreign: bool, decision: int, by: int) -> None:
        """Proposed by the firm's trader or by another's, then approved, rejected or left waiting."""
        owner = at(self.twins.firms, firm)
        actor = self.market.traders[at(self.twins.firms, firm + 1) if foreign else owner]
        self.propose(WithdrawCash(actor, owner, Fen(amount), "6222-0001"))
        if decision < 2:
            self.decide(by, "", wrong_hash=False)
        elif decision == 2:
            self.reject(by, 0)

    @rule(
        issuance=ANY, firm=ANY, lo=st.integers(-2, 4), size=st.integers(0, 3), by_trader=st.booleans(), by=ANY,
        lock=st.sampled_from(["R-1", "R-2", "r-2", "R-3"]),
    )  # fmt: skip
    def admit_lot(self, issuance: int, firm: int, lo: int, size: int, by_trader: bool, by: int, lock: str) -> None:
        """Some of the serials at the end of an issuance, of which a few are free."""
        number = at(self.twins.issuances, issuance)
        owner = at([*self.twins.firms, *self.twins.firms, ParticipantId(1)], firm)
        first = self.twins.twin.issuances[number].hi - 5 + lo
        trader = self.market.traders.get(owner)
        actor = trader if by_trader and trader else self.market.operator
        self.propose(AdmitLot(actor, IssuanceId(number), owner, first, first + size, lock))
        self.decide(by, lock, wrong_hash=False)

    @rule(by=ANY, evidence=st.sampled_from(["", "R-1"]), wrong_hash=RARELY, proposal=ANY)
    def decide(self, by: int, evidence: str, wrong_hash: bool, proposal: int = 0) -> None:
        """Approve a proposal, mostly one that is open, by anybody of the staff."""
        known = self.market.state.proposals
        number = at(self.newest() or [ProposalId(1)], proposal)
        action_hash = known[number].action_hash if number in known and not wrong_hash else bytes(32)
        self.twins.give(Approve(at(self.twins.staff, by), number, action_hash, evidence))
        self.note_new_lots()

    @precondition(lambda self: self.twins.twin.proposals)
    @rule(by=ANY, proposal=ANY)
    def reject(self, by: int, proposal: int) -> None:
        """By staff or by any trader."""
        actors = [*self.twins.staff, *self.market.traders.values()]
        self.twins.give(RejectProposal(at(actors, by), at(self.newest() or [ProposalId(1)], proposal), "no"))

    # -- agreed trades --

    @rule(
        firms=st.permutations([0, 1, 2, 3]),
        side=st.sampled_from(Side),
        early=RARELY,
        right_family=MOSTLY,
        size=st.sampled_from([1, 5, 9, 21, 0]),
        total=st.sampled_from([1, 555, 3_000, 0]),
        project=st.sampled_from(["", "", "S1", "P2"]),
        lots=st.one_of(st.just([]), st.lists(ANY, max_size=1)),
        then=st.integers(0, 3),
    )
    def agree(
        self,
        firms: list[int],
        side: Side,
        early: bool,
        right_family: bool,
        size: int,
        total: int,
        project: str,
        lots: list[int],
        then: int,
    ) -> None:
        """Between any two firms; mostly affirmed and confirmed at once."""
        owner, counterparty = at(self.twins.firms, firms[0]), at(self.twins.firms, firms[1])
        family = Family.FORESTRY_CCER if early == right_family else Family.OTHER_SINK
        kind = AgreementKind.PRE_ISSUANCE if early else AgreementKind.SPOT
        named = tuple(LotId(at(self.twins.lots, lot)) for lot in lots)
        actor = self.market.traders[owner]
        made = self.twins.give(
            ProposeAgreement(actor, owner, counterparty, side, kind, family, project, Tonnes(size), Fen(total), named)
        )
        if made.reason is None and then:
            self.affirm(-1, 0, True, [])
            if then > 1:
                self.confirm(-1, True)

    @precondition(lambda self: self.market.state.agreements)
    @rule(agreement=ANY, firm=ANY, right_terms=MOSTLY, lots=st.lists(ANY, max_size=1))
    def affirm(self, agreement: int, firm: int, right_terms: bool, lots: list[int]) -> None:
        """By the counterparty, mostly."""
        number = at(list(self.market.state.agreements), agreement)
        agreed = self.market.state.agreements[number]
        owner = at([agreed.counterparty, agreed.counterparty, *self.twins.firms], firm)
        named = tuple(LotId(at(self.twins.lots, lot)) for lot in lots)
        total = Fen(agreed.total if right_terms else agreed.total + 1)
        actor = self.market.traders[owner]
        self.twins.give(AffirmAgreement(actor, owner, number, agreed.quantity, total, named))

    @precondition(lambda self: self.market.state.agreements)
    @rule(agreement=ANY, firm=ANY)
    def decline(self, agreement: int, firm: int) -> None:
        """By any firm."""
        number = at(list(self.market.state.agreements), agreement)
        owner = at(self.twins.firms, firm)
        self.twins.give(DeclineAgreement(self.market.traders[owner], owner, number))

    @precondition(lambda self: self.market.state.agreements)
    @rule(agreement=ANY, accept=MOSTLY)
    def confirm(self, agreement: int, accept: bool) -> None:
        """By the operator."""
        number = at(list(self.market.state.agreements), agreement)
        self.twins.give(ConfirmAgreement(self.market.operator, number, accept))

    # -- strays and images --

    @rule(kind=st.integers(0, 9), actor=ANY, firm=ANY, what=ANY)
    def stray(self, kind: int, actor: int, firm: int, what: int) -> None:
        """Anybody gives a command about anything, there or not: who may what, and what is not there."""
        person = PersonId(at([*self.twins.twin.persons, 0, 1], actor))
        owner = at([*self.twins.firms, ParticipantId(1)], firm)
        order = self.open_order(what)[1] if what % 3 else OrderId(1)
        instrument = at([*self.twins.instruments, InstrumentId(1), InstrumentId(0)], what)
        market, newest = (OrderKind.MARKET, SelfTradePrevention.CANCEL_NEWEST)
        place = PlaceOrder(
            person, owner, instrument, "", Side.BUY, market, TimeInForce.IOC, Price(0), Tonnes(2), False, newest,
            Day(0), (),
        )  # fmt: skip
        commands: tuple[Command, ...] = (
            place,
            CancelOrder(person, owner, order, ""),
            CancelAllOrders(person, owner, instrument),
            ContinueJob(person, JobId(what)),
            ConfirmAgreement(person, AgreementId(what), accept=True),
            HaltTrading(person, InstrumentId(1), ""),
            DepositCash(person, owner, Fen(1), ""),
            SetCancelAfter(person, owner, 30),
            CancelUnattended(person, owner, KeyId(what), UnattendedCause.DEADLINE),
            RevokeKey(person, KeyId(what)),
        )
        self.twins.give(at(commands, kind))

    @rule()
    def restore(self) -> None:
        """From here on an exchange restored from its image must go the same way."""
        self.twins.restore()


def test_a_random_market_does_what_the_naive_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "CHUNK", SMALL_CHUNK)
    monkeypatch.setattr(MORNING.twin, "chunk", SMALL_CHUNK)
    monkeypatch.setattr("exchange.core.handlers.keys.MAX_MADE_A_DAY", FEW_KEYS)
    monkeypatch.setattr(MORNING.twin, "made", FEW_KEYS)
    monkeypatch.setattr("exchange.core.handlers.orders.MAX_FILLS", FEW_FILLS)
    monkeypatch.setattr(MORNING.twin, "most", FEW_FILLS)
    run_state_machine_as_test(ExchangeMachine, settings=settings(stateful_step_count=30))
