"""The real exchange and its naive twin side by side: one command for both, then everything is compared."""

from __future__ import annotations

import copy
from itertools import groupby

from exchange.core.canonical import CanonicalError
from exchange.core.codec import decode_command, decode_events, encode_command, encode_events
from exchange.core.commands import Command
from exchange.core.commands.agreements import ProposeAgreement
from exchange.core.commands.approvals import Approve, Propose
from exchange.core.commands.cash import DepositCash
from exchange.core.commands.credits import AdmitLot
from exchange.core.commands.governance import PersonRole, RegisterKey, RotateKey, Scope
from exchange.core.commands.instruments import EndOfDay, Family
from exchange.core.commands.orders import CancelAllOrders, CancelUnattended, PlaceOrder
from exchange.core.commands.participants import ParticipantRole
from exchange.core.events import Event
from exchange.core.events.orders import OrderCancelled, Traded
from exchange.core.handlers import jobs, keys, orders
from exchange.core.image import decode_state, encode_state
from exchange.core.invariants import check_all
from exchange.core.ledger import chart
from exchange.core.machine import Outcome, apply, due
from exchange.core.state import ExchangeState
from exchange.core.values import InstrumentId, JobId, KeyId, LotId, Micros, ParticipantId, Seq, Side
from tests.oracle.exchange import NaiveExchange, day_at, id_at
from tests.oracle.follower import Follower
from tests.oracle.keys import NaiveKey
from tests.oracle.ledger import BANK, CASH, FEES, REGISTRY
from tests.oracle.refusals import reason_for
from tests.oracle.things import End, NaiveFirm, NaiveInstrument, NaiveLot, NaivePerson, Trade
from tests.support.keys import key_of
from tests.support.market import FIRST_DAY, Market

FEE_PPM = 7_000
BAND_PERCENT = 10
OPEN_ORDERS = 7
NEVER = Micros(0)
PLACE_AND_TIME = 16
"""The first bytes of a state image: ``seq`` and ``at``, which alone change when a command is refused."""

_VENUE = ((BANK, chart.BANK), (FEES, chart.FEES), (REGISTRY, chart.REGISTRY))


class Twins:
    """A small market: two firms of one group, two others; two books of which one is coarse; lots of every family."""

    def __init__(self) -> None:
        """Open both on the same morning."""
        self.market = Market(FEE_PPM, BAND_PERCENT * 100, open_orders=OPEN_ORDERS)
        self.twin = NaiveExchange(
            FIRST_DAY, FEE_PPM, BAND_PERCENT, OPEN_ORDERS, jobs.CHUNK, orders.MAX_FILLS, keys.MAX_MADE_A_DAY, FIRST_DAY
        )
        self.shadow: ExchangeState | None = None
        self.firms = [self._firm(*terms) for terms in _FIRMS]
        self.instruments = [self._instrument(*terms) for terms in _INSTRUMENTS]
        self.issuances: list[int] = []
        for firm, tonnes, family, vintage in _LOTS:
            self._lot(self.firms[firm], tonnes, family, vintage)
        self.lots = list(self.twin.lots)
        roles = (PersonRole.OPERATOR, PersonRole.OPERATOR, PersonRole.REGULATOR, PersonRole.AUDITOR)
        self.staff = [self.market.operator, self.market.second, self.market.regulator, self.market.auditor]
        for person, role in zip(self.staff, roles, strict=True):
            self.twin.persons[person] = NaivePerson(role, 0)
        self.keys = {firm: [self._key(firm) for _ in range(2)] for firm in self.firms}
        for number, key in self.market.state.register.keys.items():
            self.twin.keys.known[number] = NaiveKey(key.person)
        self.image = encode_state(self.market.state)
        self.follower = Follower()

    def another(self) -> Twins:
        """The same market in the same morning, made from its image: quicker than making it again."""
        made = copy.copy(self)
        made.market = copy.copy(self.market)
        made.market.state, made.market.log = decode_state(self.image), list(self.market.log)
        made.market.told = list(self.market.told)
        made.twin, made.lots = copy.deepcopy(self.twin), list(self.lots)
        made.keys = {firm: list(keys) for firm, keys in self.keys.items()}
        made.follower = Follower()
        made.follower.follow(self.market.told)
        return made

    def _firm(self, code: str, role: ParticipantRole, group: str, cash: int) -> ParticipantId:
        firm = self.market.firm(code, role, group, cash)
        self.twin.firms[firm] = NaiveFirm(role, group or code)
        self.twin.persons[self.market.traders[firm]] = NaivePerson(PersonRole.TRADER, firm)
        if cash:
            self.twin.ledger.move(BANK, firm, CASH, cash)
            self.twin.references.append(f"bank-{self.market.references}")
        return firm

    def _key(self, firm: ParticipantId) -> KeyId:
        """A further key of a firm's trader, good for everything and for ever."""
        command = RegisterKey(self.market.traders[firm], "k", self.market.new_secret_hash(), b"", sum(Scope), NEVER, ())
        self.twin.keys.made.append((command.actor, day_at(self.market.now())))
        return KeyId(self.market.done(command).created)

    def _instrument(self, reference: int, vintage: int, tick: int, size: int) -> InstrumentId:
        listed = self.market.instrument(reference, vintage=vintage, tick=tick, lot_size=size)
        low, high = self.twin.band_around(reference, tick)
        good = (Family.FORESTRY_CCER, "P1", vintage)
        self.twin.instruments[listed] = NaiveInstrument(good, tick, size, reference, low, high)
        return listed

    def _lot(self, owner: ParticipantId, tonnes: int, family: Family, vintage: int) -> None:
        """One issuance of which the last five tonnes are not admitted yet."""
        lo = max((lot.hi for lot in self.twin.issuances.values()), default=1)
        hi = lo + tonnes
        issuance = self.market.issue(lo, hi + 5, family, vintage=vintage)
        lot = self.market.admit(issuance, owner, lo, hi)
        good = (family, "P1", vintage)
        self.twin.issuances[issuance] = NaiveLot(good, lo, hi + 5)
        self.twin.lots[lot] = NaiveLot(good, lo, hi)
        self.twin.ledger.move(REGISTRY, owner, lot, tonnes)
        self.twin.tonnes.admit(lot, lo, hi, owner, FIRST_DAY)
        self.issuances.append(issuance)

    # -- one command --

    def give(self, command: Command, key: KeyId | None = None) -> Outcome:
        """Give a command to both, with this key or the actor's first, and compare all that can be seen."""
        state, seq, before = self.market.state, self.market.state.seq + 1, self.image
        self.twin.seq, self.twin.at = seq, self.market.now()
        self.twin.key = key_of(state, command.actor, self.market.now()) if key is None else key
        reason = reason_for(self.twin, command)
        outcome = self.market.give(command, key)
        assert outcome.reason == reason, f"{command}: the twin says {reason!r}, the exchange {outcome.reason!r}"
        self.image = encode_state(state)
        if reason is not None:
            assert outcome.created == 0
            assert self.image[PLACE_AND_TIME:] == before[PLACE_AND_TIME:], "a refused command changed something"
        else:
            assert _told(outcome.events) == self.twin.do(command, seq), command
            assert outcome.created == (id_at(seq) if makes_something(command, self.twin) else 0), command
            self.follower.follow(outcome.events)
            self.compare()
        self._follow(command, outcome)
        _check_bytes(command, outcome.events)
        return outcome

    def due(self) -> Command | None:
        """What the program itself must say now, about which both agree."""
        command = due(self.market.state, self.market.now())
        self.twin.at = self.market.now()
        told = command and (type(command).__name__, getattr(command, "job", 0) or getattr(command, "key", 0))
        assert told == self.twin.next_command()
        return command

    def restore(self) -> None:
        """From now on a copy made from the state's image lives the same life and must tell the same."""
        self.shadow = decode_state(self.image)

    def _follow(self, command: Command, outcome: Outcome) -> None:
        if self.shadow is not None:
            again = apply(self.shadow, *self.market.log[-1][:2], self.market.state.seq, self.market.state.at)
            assert again == outcome, "a restored exchange went another way"

    def replay(self) -> None:
        """The whole log from its bytes gives the same state, and so does its image, early or late."""
        state = ExchangeState()
        for number, (command, key, at) in enumerate(self.market.log, 1):
            apply(state, decode_command(encode_command(command)), key, Seq(number), at)
        assert encode_state(state) == self.image
        assert encode_state(decode_state(self.image)) == self.image
        assert self.shadow is None or encode_state(self.shadow) == self.image

    # -- what is compared --

    def compare(self) -> None:
        """Money, tonnes, serials, books, days: all of it."""
        self._compare_ledger()
        self._compare_parcels()
        self._compare_books()
        self._compare_days()
        self.follower.compare(self.market.state)
        check_all(self.market.state)

    def _compare_ledger(self) -> None:
        balances, twin = self.market.state.balances, self.twin
        mine = twin.ledger.balances()
        for asset in (CASH, *twin.lots):
            for name, account in _VENUE:
                assert mine[name, asset] == balances.posted(account, asset), (name, asset)
            for firm in self.firms:
                real = (balances.posted(firm, asset), balances.available(firm, asset))
                assert real == (mine[firm, asset], mine[firm, asset] - twin.held(firm, asset)), (firm, asset)

    def _compare_parcels(self) -> None:
        held = self.market.state.parcels.held
        for lot in self.twin.lots:
            for firm in self.firms:
                real = [(parcel.lo, parcel.hi, int(parcel.acquired)) for parcel in held.get((LotId(lot), firm), [])]
                assert real == self.twin.tonnes.parcels(lot, firm), (lot, firm)

    def _compare_books(self) -> None:
        for instrument in self.instruments:
            for side in (Side.BUY, Side.SELL):
                real = [(o.order_id, o.price, o.leaves) for o in self.market.state.books[instrument].orders(side)]
                mine = [o for o in self.twin.orders.values() if (o.instrument, o.side) == (instrument, side)]
                mine.sort(key=lambda o: (-o.price if o.side is Side.BUY else o.price, o.arrived))
                assert real == [(o.order, o.price, o.leaves) for o in mine]
        for number, order in self.market.state.orders.by_id.items():
            held = [(part.lot, part.quantity) for part in order.lots_held]
            assert held == [(lot, len(list(same))) for lot, same in groupby(self.twin.orders[number].lots)]

    def _compare_days(self) -> None:
        state, twin = self.market.state, self.twin
        assert state.deadlines.of == twin.keys.switches
        assert (state.session.day, state.session.phase.name.lower()) == (twin.day, twin.phase)
        for number, job in twin.jobs.items():
            real = state.session.jobs[JobId(number)]
            known = (job.kind, job.firm, job.instrument, job.key, job.next_day, job.day_set)
            assert known == (real.kind, real.participant, real.instrument, real.key, real.next_day, real.day_set)
        assert list(state.session.jobs) == list(twin.jobs)
        for number, terms in state.listing.instruments.items():
            mine = twin.instruments[number]
            assert (terms.reference, terms.lowest, terms.highest) == (mine.reference, mine.lowest, mine.highest)


def makes_something(command: Command, twin: NaiveExchange) -> bool:
    """Whether the answer to a command names something new: its first thing, whose id is that of its place."""
    if isinstance(command, Approve):
        return isinstance(twin.proposals[command.proposal].action, AdmitLot)
    if isinstance(command, CancelUnattended | RotateKey):
        return True
    return isinstance(command, PlaceOrder | Propose | ProposeAgreement | CancelAllOrders | EndOfDay | DepositCash)


def _told(events: list[Event]) -> list[Trade | End]:
    """The trades and ends among the events, in order, as the twin tells them."""
    told: list[Trade | End] = []
    for event in events:
        if isinstance(event, Traded):
            resting = event.sell_order if event.aggressor is Side.BUY else event.buy_order
            told.append(Trade(resting, event.price, event.quantity, event.buy_fee, event.sell_fee))
        elif isinstance(event, OrderCancelled):
            told.append(End(event.order, event.leaves, event.reason.name))
    return told


def _check_bytes(command: Command, events: list[Event]) -> None:
    """What was said survives its canonical bytes."""
    data = encode_command(command)
    assert decode_command(data) == command
    assert decode_events(encode_events(events)) == events
    for wrong in (data[:-1], data + b"\0"):
        try:
            decode_command(wrong)
        except CanonicalError:
            continue
        raise AssertionError("bytes of no command were read as one")


_FIRMS = (
    ("forest", ParticipantRole.SELLER, "G", 0),
    ("mill", ParticipantRole.BUYER, "G", 6_000),
    ("steel", ParticipantRole.BOTH, "", 9_000),
    ("power", ParticipantRole.BOTH, "", 100_000),
)
_INSTRUMENTS = ((105, 2023, 1, 1), (100, 2024, 5, 2))
_LOTS = (
    (0, 22, Family.FORESTRY_CCER, 2023),
    (0, 13, Family.FORESTRY_CCER, 2023),
    (2, 20, Family.FORESTRY_CCER, 2023),
    (0, 20, Family.FORESTRY_CCER, 2024),
    (2, 16, Family.FORESTRY_CCER, 2024),
    (0, 20, Family.OTHER_SINK, 2022),
    (2, 9, Family.OTHER_SINK, 2022),
)
