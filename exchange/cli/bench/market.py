"""A market for measuring: firms with money and units around one book, made by commands like any other market.

The units are reduction quota, which can be traded as soon as they are admitted: a forestry CCER would have to be locked
by the national registry first, and what is measured here is the market. A trade of either goes the same way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from exchange.core.commands import Action, Command
from exchange.core.commands.approvals import Approve, Propose
from exchange.core.commands.cash import DepositCash
from exchange.core.commands.credits import AdmitLot
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
from exchange.core.commands.projects import (
    Activity,
    CcerGeneration,
    Mechanism,
    ProjectTerms,
    RecordIssuance,
    RegisterProject,
)
from exchange.core.events.governance import ActionProposed, KeyRegistered, PersonRegistered
from exchange.core.machine import Outcome, apply
from exchange.core.state import ExchangeState
from exchange.core.values import (
    MAX_QUANTITY,
    MAX_VENUE_CASH,
    NOBODY,
    ClaimId,
    Day,
    Fen,
    InstrumentId,
    IssuanceId,
    KeyId,
    Micros,
    ParticipantId,
    PersonId,
    Price,
    ProjectId,
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
LEAGUE = League.BAOTOU
CATEGORY = SourceCategory.ENERGY_SAVING
_FIRST = Day(VINTAGE * 10_000 + 101)
_LAST = Day(VINTAGE * 10_000 + 1231)


class Market:
    """A state and its place in the log; ``do`` applies one command, as the sequencer would."""

    def __init__(self, firms: int, reference_price: Price) -> None:
        """``firms`` buyers and as many sellers, each in an owner group of its own."""
        self.state = ExchangeState()
        self.seq = 0
        self._keys: dict[PersonId, KeyId] = {}
        *self._operators, self._regulator = self._open()
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

    def _open(self) -> list[PersonId]:
        """The two operators and the regulator."""
        profile = load()
        roles = {"A": PersonRole.OPERATOR, "B": PersonRole.OPERATOR, "C": PersonRole.REGULATOR}
        staff = tuple(StaffMember(name, role, _secret_hash(name), b"") for name, role in roles.items())
        outcome = self._must(
            Genesis(PersonId(NOBODY), "bench", DAY, profile.profile, profile.rules, staff, Fen(0), Tonnes(0))
        )
        return [event.person for event in outcome.events if isinstance(event, PersonRegistered)]

    def _admit(self, code: str, role: ParticipantRole) -> tuple[ParticipantId, PersonId]:
        operator = self._operators[0]
        admitted = self._must(AdmitParticipant(operator, code, code, code, role, ""))
        firm = ParticipantId(admitted.created)
        trader = self._agreed(RegisterTrader(operator, firm, "trader", _secret_hash(code), b""), self._operators[1])
        return firm, PersonId(trader.created)

    def _list(self, reference_price: Price) -> InstrumentId:
        return InstrumentId(self._must(listing_of(self._operators[0], reference_price)).created)

    def _fund(self) -> None:
        each = Fen(MAX_VENUE_CASH // len(self.buyers))
        for n, (firm, _) in enumerate(self.buyers):
            self._must(DepositCash(self._operators[0], firm, each, f"bank-{n}"))

    def _bring_units(self) -> None:
        operator, second = self._operators
        project = ProjectId(self._agreed(project_of_all(operator), self._regulator).created)
        issuance = IssuanceId(self._agreed(issuance_of_all(operator, project), self._regulator).created)
        for (firm, _), (lo, hi) in zip(self.sellers, shares(len(self.sellers)), strict=True):
            self._agreed(AdmitLot(operator, issuance, firm, lo, hi, f"lock-{lo}"), second)

    def _agreed(self, action: Action, approver: PersonId) -> Outcome:
        proposed = self._must(Propose(action.actor, action))
        (event,) = (event for event in proposed.events if isinstance(event, ActionProposed))
        evidence = action.lock_reference if isinstance(action, AdmitLot) else ""
        return self._must(Approve(approver, ProposalId(proposed.created), event.action_hash, evidence))


def _secret_hash(name: str) -> bytes:
    """A hash for a key that nobody will ever show."""
    return hashlib.sha256(name.encode()).digest()


def shares(parts: int) -> Iterator[tuple[int, int]]:
    """Serial ranges of equal size that all firms' lots get."""
    size = MAX_QUANTITY // parts
    return ((1 + n * size, 1 + (n + 1) * size) for n in range(parts))


def project_of_all(operator: PersonId) -> RegisterProject:
    """The one project, of which all units are."""
    terms = ProjectTerms(
        code=PROJECT,
        family=Family.REDUCTION_QUOTA,
        mechanism=Mechanism.REGIONAL_QUOTA,
        registry="bench",
        name_en=PROJECT,
        name_zh=PROJECT,
        methodology="",
        site_parcels=(PROJECT,),
        activity=Activity.ENERGY_SAVING,
        league=LEAGUE,
        source_category=CATEGORY,
        source_facility=PROJECT,
        ccer_generation=CcerGeneration.NONE,
        started=_FIRST,
        crediting_start=_FIRST,
        crediting_end=_LAST,
        estimate_kg=0,
        estimate_years=0,
        uniqueness_declaration="",
    )
    return RegisterProject(operator, terms)


def issuance_of_all(operator: PersonId, project: ProjectId) -> RecordIssuance:
    """One issuance of as many tonnes as there can be."""
    serials = (1, 1 + MAX_QUANTITY)
    return RecordIssuance(
        operator, project, _FIRST, _LAST, Tonnes(MAX_QUANTITY), _LAST, PROJECT, "", *serials, ClaimId(0)
    )


def listing_of(operator: PersonId, reference_price: Price) -> ListInstrument:
    """The one instrument: a tick of one fen, lots of one tonne."""
    return ListInstrument(
        operator,
        "BENCH",
        Family.REDUCTION_QUOTA,
        "",
        VINTAGE,
        CATEGORY,
        LEAGUE,
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
