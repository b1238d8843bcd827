"""A market for measuring: firms with money and units around one book, made by commands like any other market."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from exchange.core.commands import Action, Command
from exchange.core.commands.approvals import Approve, Propose
from exchange.core.commands.cash import DepositCash
from exchange.core.commands.credits import AdmitLot, CcerGeneration, Mechanism, RecordIssuance
from exchange.core.commands.governance import Genesis, PersonRole, StaffMember
from exchange.core.commands.instruments import (
    Family,
    League,
    ListInstrument,
    SettlementVenue,
    SourceCategory,
    TradingMode,
)
from exchange.core.commands.orders import OrderKind, PlaceOrder, TimeInForce
from exchange.core.commands.participants import AdmitParticipant, ParticipantRole, RegisterTrader
from exchange.core.events.governance import ActionProposed, KeyRegistered, PersonRegistered
from exchange.core.machine import Outcome, apply
from exchange.core.state import ExchangeState
from exchange.core.values import (
    MAX_QUANTITY,
    MAX_VENUE_CASH,
    NOBODY,
    Day,
    Fen,
    InstrumentId,
    IssuanceId,
    KeyId,
    Micros,
    ParticipantId,
    PersonId,
    Price,
    ProposalId,
    SelfTradePrevention,
    Seq,
    Side,
    Tonnes,
)
from exchange.rulebooks import load

START = Micros(1_780_000_000_000_000)
DAY = Day(20260601)
PROJECT = "BENCH"
VINTAGE = 2024


class Market:
    """A state and its place in the log; ``do`` applies one command, as the sequencer would."""

    def __init__(self, firms: int, reference_price: Price) -> None:
        """``firms`` buyers and as many sellers, each in an owner group of its own."""
        self.state = ExchangeState()
        self.seq = 0
        self._keys: dict[PersonId, KeyId] = {}
        self._operators = self._open()
        self.buyers = [self._admit(f"B{n}", ParticipantRole.BUYER) for n in range(firms)]
        self.sellers = [self._admit(f"S{n}", ParticipantRole.SELLER) for n in range(firms)]
        self.instrument = self._list(reference_price)
        self._fund()
        self._bring_units()

    def do(self, command: Command) -> Outcome:
        """Apply a command at the next place in the log."""
        self.seq += 1
        return apply(self.state, command, self.key_of(command.actor), Seq(self.seq), Micros(START + self.seq))

    def key_of(self, person: PersonId) -> KeyId:
        """The key that a person gives commands with; none for the program itself."""
        return self._keys.get(person, KeyId(NOBODY))

    def _must(self, command: Command) -> Outcome:
        outcome = self.do(command)
        assert outcome.reason is None, (outcome.reason, command)
        self._keys.update((event.person, event.key) for event in outcome.events if isinstance(event, KeyRegistered))
        return outcome

    def _open(self) -> tuple[PersonId, PersonId]:
        profile = load()
        staff = tuple(StaffMember(name, PersonRole.OPERATOR, _secret_hash(name), b"") for name in ("A", "B"))
        outcome = self._must(
            Genesis(PersonId(NOBODY), "bench", DAY, profile.profile, profile.rules, staff, Fen(0), Tonnes(0))
        )
        first, second = (event.person for event in outcome.events if isinstance(event, PersonRegistered))
        return first, second

    def _admit(self, code: str, role: ParticipantRole) -> tuple[ParticipantId, PersonId]:
        operator, _ = self._operators
        admitted = self._must(AdmitParticipant(operator, code, code, code, role, ""))
        firm = ParticipantId(admitted.created)
        trader = self._agreed_by_two(RegisterTrader(operator, firm, "trader", _secret_hash(code), b""))
        return firm, PersonId(trader.created)

    def _list(self, reference_price: Price) -> InstrumentId:
        return InstrumentId(self._must(listing_of(self._operators[0], reference_price)).created)

    def _fund(self) -> None:
        each = Fen(MAX_VENUE_CASH // len(self.buyers))
        for n, (firm, _) in enumerate(self.buyers):
            self._must(DepositCash(self._operators[0], firm, each, f"bank-{n}"))

    def _bring_units(self) -> None:
        issuance = IssuanceId(self._agreed_by_two(issuance_of_all(self._operators[0])).created)
        for (firm, _), (lo, hi) in zip(self.sellers, shares(len(self.sellers)), strict=True):
            self._agreed_by_two(AdmitLot(self._operators[0], issuance, firm, lo, hi, f"lock-{lo}"))

    def _agreed_by_two(self, action: Action) -> Outcome:
        first, second = self._operators
        proposed = self._must(Propose(first, action))
        (event,) = (event for event in proposed.events if isinstance(event, ActionProposed))
        evidence = action.lock_reference if isinstance(action, AdmitLot) else ""
        return self._must(Approve(second, ProposalId(proposed.created), event.action_hash, evidence))


def _secret_hash(name: str) -> bytes:
    """A hash for a key that nobody will ever show."""
    return hashlib.sha256(name.encode()).digest()


def shares(parts: int) -> Iterator[tuple[int, int]]:
    """Serial ranges of equal size that all firms' lots get."""
    size = MAX_QUANTITY // parts
    return ((1 + n * size, 1 + (n + 1) * size) for n in range(parts))


def issuance_of_all(operator: PersonId) -> RecordIssuance:
    """One issuance of as many tonnes as there can be."""
    return RecordIssuance(
        operator,
        Family.FORESTRY_CCER,
        Mechanism.CCER,
        "bench",
        PROJECT,
        PROJECT,
        PROJECT,
        "",
        (),
        "",
        Day(20240101),
        Day(20241231),
        VINTAGE,
        SourceCategory.NONE,
        "",
        League.NONE,
        CcerGeneration.NEW,
        "bench",
        1,
        1 + MAX_QUANTITY,
    )


def listing_of(operator: PersonId, reference_price: Price) -> ListInstrument:
    """The one instrument: a tick of one fen, lots of one tonne."""
    return ListInstrument(
        operator,
        "BENCH",
        Family.FORESTRY_CCER,
        PROJECT,
        VINTAGE,
        SourceCategory.NONE,
        League.NONE,
        TradingMode.CONTINUOUS,
        SettlementVenue.REGIONAL_CUSTODY,
        Price(1),
        Tonnes(1),
        reference_price,
        True,
    )


def limit_order(
    person: PersonId, firm: ParticipantId, instrument: InstrumentId, side: Side, price: int, quantity: int
) -> PlaceOrder:
    """A limit order that stands until it is cancelled."""
    return PlaceOrder(
        person,
        firm,
        instrument,
        "",
        side,
        OrderKind.LIMIT,
        TimeInForce.GTC,
        Price(price),
        Tonnes(quantity),
        False,
        SelfTradePrevention.CANCEL_NEWEST,
        Day(0),
        (),
    )
