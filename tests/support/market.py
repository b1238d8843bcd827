"""A market for tests of the core: short ways to admit, fund, list and trade, with every invariant swept after each
step.
"""

from __future__ import annotations

import hashlib

from exchange.core.commands import Command
from exchange.core.commands.approvals import Action, Approve, Propose
from exchange.core.commands.cash import DepositCash
from exchange.core.commands.credits import AdmitLot
from exchange.core.commands.governance import Genesis, PersonRole, Rule, StaffMember, Verified
from exchange.core.commands.instruments import (
    ContinueJob,
    EndOfDay,
    Family,
    League,
    ListInstrument,
    SettlementVenue,
    SourceCategory,
    TradingMode,
)
from exchange.core.commands.orders import AmendOrder, CancelOrder, OrderKind, PlaceOrder, TimeInForce
from exchange.core.commands.participants import AdmitParticipant, ParticipantRole, RegisterTrader
from exchange.core.commands.projects import (
    Activity,
    CcerGeneration,
    Mechanism,
    ProjectTerms,
    RecordIssuance,
    RegisterProject,
)
from exchange.core.commands.registry import AnswerRequest, RegistryOutcome
from exchange.core.credits.registry_lock import Request
from exchange.core.credits.spelling import folded
from exchange.core.events import Event
from exchange.core.events.governance import ActionProposed
from exchange.core.handlers.asking import is_national
from exchange.core.invariants import check_all
from exchange.core.machine import Outcome, apply, due
from exchange.core.state import ExchangeState
from exchange.core.values import (
    NOBODY,
    ClaimId,
    Day,
    Fen,
    InstrumentId,
    IssuanceId,
    KeyId,
    LotId,
    Micros,
    OrderId,
    ParticipantId,
    PersonId,
    Price,
    ProjectId,
    ProposalId,
    SelfTradePrevention,
    Seq,
    Side,
    Tonnes,
    day_of,
    derived_id,
)
from exchange.rulebooks import load
from tests.support.keys import Given, key_of

VERIFIED = Tonnes(10**12)
"""So much was verified for every period of these tests."""

OPENING = Micros(1_790_000_000_000_000)
FIRST_DAY = Day(20260921)


FIRM = "91150200MA0N0BAG0X"
"""The credit code of the firm that runs the plants of these tests."""

UNITS = {
    "REGISTRY-ANSWER": 3_600,
    "RELEASE-COOL-DOWN": 26,
    "RELEASE-CANCEL": 2,
    "RELEASE-FROM": 0,
    "RELEASE-UNTIL": 24,
    "OFFSET-CAP": 500,
    "OLD-CCER": 20250101,
    "ETS-BUYER": 0,
    "DIFF-HIGH": 1_000_000,
    "DIFF-LOW": 1_000_000,
    "ELIG-START": 20121108,
    "ELIG-REDUCTION": 20200922,
    "ELIG-VINTAGE": 5,
    "ETS-POWER": 2021,
    "ETS-STEEL": 2024,
    "ETS-CEMENT": 2024,
    "ETS-ALUMINIUM": 2024,
}
"""The rules about units with the values that the exchange ships, but releases leave at any hour."""


SHIPPED = {rule.rule: rule.value for rule in load().rules}
"""All rules of the profile, none of which a rulebook may lack."""


def rules(fee: int = 0, band: int = 1_000, operators: int = 5, open_orders: int = 100_000) -> tuple[Rule, ...]:
    """A whole rulebook; the numbers that the engine reads come first."""
    numbers = {"BAND-LISTED": band, "FEE": fee, "OPERATORS": operators, "MAX-OPEN-ORDERS": open_orders, **UNITS}
    values = {**numbers, **{name: value for name, value in SHIPPED.items() if name not in numbers}}
    return tuple(
        Rule(name, value, "", "test", Verified.OPERATOR_SET, Day(20240101), name, name)
        for name, value in values.items()
    )


def secret_hash(number: int) -> bytes:
    """The hash of the secret with this number."""
    return hashlib.sha256(f"secret {number}".encode()).digest()


class Market:
    """A venue with two operators, a regulator, an auditor and the national registry, on its first day."""

    def __init__(
        self,
        fee: int = 0,
        band: int = 1_000,
        sweep: bool = True,
        operators: int = 5,
        open_orders: int = 100_000,
        sandbox: tuple[int, int] = (0, 0),
    ) -> None:
        """``fee`` in parts per million, ``band`` in basis points; ``sweep`` checks all invariants after each step.

        ``sandbox`` is the money (fen) and the tonnes that each firm is given when it is admitted.
        """
        self.state = ExchangeState()
        self.log: list[Given] = []
        self.told: list[Event] = []
        self.sweep = sweep
        self.traders: dict[ParticipantId, PersonId] = {}
        self.references = 0
        self.waited = 0
        supervisors = (PersonRole.REGULATOR, PersonRole.AUDITOR, PersonRole.REGISTRY)
        roles = (PersonRole.OPERATOR, PersonRole.OPERATOR, *supervisors)
        staff = tuple(StaffMember(one.name.lower(), one, secret_hash(n), b"") for n, one in enumerate(roles))
        rulebook = rules(fee, band, operators, open_orders)
        given = (Fen(sandbox[0]), Tonnes(sandbox[1]))
        self.done(Genesis(PersonId(0), "test venue", FIRST_DAY, "test", rulebook, staff, *given))
        self.operator, self.second, self.regulator, self.auditor, self.registry = list(self.state.register.persons)

    def give(self, command: Command, key: KeyId | None = None) -> Outcome:
        """Give a command at the next place in the log, one second later; without ``key`` with the actor's widest."""
        at = self.now()
        used = key_of(self.state, command.actor, at) if key is None else key
        self.log.append(Given(command, used, at))
        outcome = apply(self.state, command, used, Seq(self.state.seq + 1), at)
        self.told += outcome.events
        if self.sweep:
            check_all(self.state)
        return outcome

    def now(self) -> Micros:
        """When the next command will be given."""
        return Micros(OPENING + len(self.log) * 1_000_000 + self.waited)

    def today(self) -> Day:
        """The calendar day in China of the next command."""
        return day_of(self.now())

    def wait(self, seconds: int) -> None:
        """Let so much time pass in which nobody gives a command."""
        self.waited += seconds * 1_000_000

    def cool_down(self) -> None:
        """Let a release's cool-down pass, with the end of the trading day in it, and have the release sent."""
        self.wait(26 * 3_600)
        self.end_day()
        self.finish_jobs()

    def end_day(self) -> None:
        """End the trading day, so that the day of the clock opens; nothing else that is due is done."""
        self.done(EndOfDay(self.operator, self.today()))
        while self.state.session.jobs:
            self.done(ContinueJob(PersonId(NOBODY), min(self.state.session.jobs)))

    def done(self, command: Command, key: KeyId | None = None) -> Outcome:
        """Give a command that must not be refused."""
        outcome = self.give(command, key)
        assert outcome.reason is None, outcome
        return outcome

    def finish_jobs(self) -> None:
        """Do what the sequencer would: continue mass commands and fire switches until nothing is left."""
        while (command := due(self.state, self.now())) is not None:
            self.done(command)

    def propose(self, action: Action) -> tuple[ProposalId, bytes]:
        """Propose an action in its actor's name."""
        proposed = self.done(Propose(action.actor, action)).events[0]
        assert isinstance(proposed, ActionProposed)
        return proposed.proposal, proposed.action_hash

    def agree(self, action: Action, approver: PersonId, evidence: str = "") -> int:
        """Propose and have a second person approve; returns what was created."""
        proposal, action_hash = self.propose(action)
        return self.done(Approve(approver, proposal, action_hash, evidence)).created

    def firm(
        self, code: str, role: ParticipantRole = ParticipantRole.BOTH, group: str = "", cash: int = 0
    ) -> ParticipantId:
        """A firm with one trader and ``cash`` fen."""
        admitted = self.done(AdmitParticipant(self.operator, code, code, code, role, group))
        firm = ParticipantId(admitted.created)
        trader = RegisterTrader(self.operator, firm, f"trader of {code}", self.new_secret_hash(), b"")
        self.traders[firm] = PersonId(self.agree(trader, self.second))
        if cash:
            self.deposit(firm, cash)
        return firm

    def new_secret_hash(self) -> bytes:
        """The hash of a secret that nobody has handed over yet."""
        return secret_hash(100 + len(self.log))

    def deposit(self, firm: ParticipantId, amount: int) -> None:
        """Credit money under a new bank reference."""
        self.references += 1
        self.done(DepositCash(self.operator, firm, Fen(amount), f"bank-{self.references}"))

    def issue(
        self,
        serial_lo: int,
        serial_hi: int,
        family: Family = Family.FORESTRY_CCER,
        project: str = "P1",
        vintage: int = 2023,
        space: str = "CCER",
    ) -> IssuanceId:
        """Record an issuance of the family with plausible terms."""
        action = self.issuance(serial_lo, serial_hi, family, project, vintage, space)
        quota = family is Family.REDUCTION_QUOTA
        return IssuanceId(self.agree(action, self.regulator if quota else self.second))

    def issuance(
        self,
        serial_lo: int,
        serial_hi: int,
        family: Family = Family.FORESTRY_CCER,
        project: str = "P1",
        vintage: int = 2023,
        space: str = "CCER",
    ) -> RecordIssuance:
        """The action that records an issuance with plausible terms; a quota is energy saving in Baotou."""
        return RecordIssuance(
            self.operator,
            self.project(project, family),
            Day(vintage * 10_000 + 101),
            Day(vintage * 10_000 + 1231),
            VERIFIED,
            Day((vintage + 1) * 10_000 + 101),
            space,
            "",
            serial_lo,
            serial_hi,
            ClaimId(0),
        )

    def project(self, code: str = "P1", family: Family = Family.FORESTRY_CCER) -> ProjectId:
        """The project with this code, registered with plausible terms if it is not there. Quota has one of its own, and
        so have units of no stated mechanism where the code is another family's.
        """
        code = f"{code}-QUOTA" if family is Family.REDUCTION_QUOTA else code
        projects = self.state.credits.projects
        known = projects.codes.get(folded(code))
        if known is not None and projects.family_of(known) is not family:
            code = f"{code}-SINK"
            known = projects.codes.get(folded(code))
        if known is not None:
            return known
        quota = family is Family.REDUCTION_QUOTA
        action = RegisterProject(self.operator, self.project_terms(code, family))
        return ProjectId(self.agree(action, self.regulator if quota else self.second))

    def project_terms(self, code: str, family: Family = Family.FORESTRY_CCER) -> ProjectTerms:
        """Plausible terms of a project on ground of its own; a quota is energy saving in Baotou."""
        quota = family is Family.REDUCTION_QUOTA
        mechanism = {
            Family.FORESTRY_CCER: Mechanism.CCER,
            Family.REDUCTION_QUOTA: Mechanism.REGIONAL_QUOTA,
            Family.OTHER_SINK: Mechanism.NOT_STATED,
        }[family]
        ccer = mechanism is Mechanism.CCER
        return ProjectTerms(
            code=code,
            family=family,
            mechanism=mechanism,
            registry="registry",
            name_en=code,
            name_zh=code,
            methodology="CCER-14-001-V01",
            site_parcels=(f"INM/{code}",),
            activity=Activity.ENERGY_SAVING if quota else Activity.AFFORESTATION,
            league=League.BAOTOU if quota else League.NONE,
            source_category=SourceCategory.ENERGY_SAVING if quota else SourceCategory.NONE,
            source_facility="plant" if quota else "",
            ccer_generation=CcerGeneration.NEW if ccer else CcerGeneration.NONE,
            started=Day(20130101),
            crediting_start=Day(20130101),
            crediting_end=Day(20521231),
            estimate_kg=0,
            estimate_years=0,
            uniqueness_declaration="declaration" if ccer else "",
        )

    def admit(
        self, issuance: IssuanceId, owner: ParticipantId, serial_lo: int, serial_hi: int, lock: str = ""
    ) -> LotId:
        """Admit a block of an issuance for an owner, and have the registry lock it where it is the registry's."""
        lot = self.bring_in(issuance, owner, serial_lo, serial_hi, lock)
        self.registry_confirms()
        return lot

    def bring_in(
        self, issuance: IssuanceId, owner: ParticipantId, serial_lo: int, serial_hi: int, lock: str = ""
    ) -> LotId:
        """Admit a block of an issuance for an owner; what the registry must lock waits for it."""
        lock = lock or f"lock-{issuance}-{serial_lo}"
        action = AdmitLot(self.operator, issuance, owner, serial_lo, serial_hi, lock)
        return LotId(self.agree(action, self.second, lock))

    def registry_confirms(self) -> None:
        """Have the national registry confirm whatever it was asked for."""
        for request in list(self.state.requests.by_id.values()):
            if request.status.is_open and is_national(self.state, request.lot):
                self.done(self.answer(request))

    def answer(
        self, request: Request, outcome: RegistryOutcome = RegistryOutcome.CONFIRMED, receipt: str = ""
    ) -> AnswerRequest:
        """The registry's statement about a request."""
        number = len(self.log)
        confirmed = outcome is RegistryOutcome.CONFIRMED
        return AnswerRequest(
            self.registry,
            request.request,
            request.kind,
            request.account,
            outcome,
            request.serials.lo,
            request.serials.hi,
            receipt or (f"receipt-{number}" if confirmed else ""),
            f"message-{number}",
            self.now(),
            bytes(64),
        )

    def lot(
        self,
        owner: ParticipantId,
        tonnes: int,
        family: Family = Family.FORESTRY_CCER,
        vintage: int = 2023,
        project: str = "P1",
    ) -> LotId:
        """A new issuance of so many tonnes, all of it admitted for one owner."""
        taken = max((issuance.serials.hi for issuance in self.state.credits.issuances.values()), default=1)
        issuance = self.issue(taken, taken + tonnes, family, project, vintage)
        return self.admit(issuance, owner, taken, taken + tonnes)

    def instrument(
        self,
        reference: int = 3_000,
        family: Family = Family.FORESTRY_CCER,
        vintage: int = 2023,
        tick: int = 1,
        lot_size: int = 1,
        project: str = "P1",
        symbol: str = "",
    ) -> InstrumentId:
        """List the instrument into which lots of :meth:`lot` can be delivered."""
        command = self.listing(reference, family, vintage, tick, lot_size, project, symbol)
        return InstrumentId(self.done(command).created)

    def listing(
        self,
        reference: int = 3_000,
        family: Family = Family.FORESTRY_CCER,
        vintage: int = 2023,
        tick: int = 1,
        lot_size: int = 1,
        project: str = "P1",
        symbol: str = "",
    ) -> ListInstrument:
        """The command that lists an instrument; a quota is energy saving in Baotou."""
        quota = family is Family.REDUCTION_QUOTA
        return ListInstrument(
            self.operator,
            symbol or f"{family.name}-{'' if quota else project}-{vintage}",
            family,
            "" if quota else project,
            vintage,
            SourceCategory.ENERGY_SAVING if quota else SourceCategory.NONE,
            League.BAOTOU if quota else League.NONE,
            TradingMode.CONTINUOUS,
            SettlementVenue.REGIONAL_CUSTODY,
            Price(tick),
            Tonnes(lot_size),
            Price(reference),
            tax_inclusive=True,
        )

    def order(
        self,
        firm: ParticipantId,
        instrument: InstrumentId,
        side: Side,
        quantity: int,
        price: int,
        time_in_force: TimeInForce = TimeInForce.GTC,
        kind: OrderKind = OrderKind.LIMIT,
        client_order_id: str = "",
        post_only: bool = False,
        stp: SelfTradePrevention = SelfTradePrevention.CANCEL_NEWEST,
        good_til: int = 0,
        lots: tuple[LotId, ...] = (),
    ) -> PlaceOrder:
        """The command to place an order for a firm by its trader."""
        return PlaceOrder(
            self.traders[firm],
            firm,
            instrument,
            client_order_id,
            side,
            kind,
            time_in_force,
            Price(price),
            Tonnes(quantity),
            post_only,
            stp,
            Day(good_til),
            lots,
        )

    def next_order_id(self) -> OrderId:
        """The id that an order placed with the next command will have."""
        return OrderId(derived_id(Seq(self.state.seq + 1)))

    def cancel(self, firm: ParticipantId, order: OrderId) -> Outcome:
        """Cancel an order for a firm."""
        return self.give(CancelOrder(self.traders[firm], firm, order, ""))

    def amend(self, firm: ParticipantId, order: OrderId, price: int = 0, quantity: int = 0) -> Outcome:
        """Amend an order for a firm."""
        return self.give(AmendOrder(self.traders[firm], firm, order, "", Price(price), Tonnes(quantity)))

    def cash(self, firm: ParticipantId) -> tuple[int, int]:
        """(posted, available) money of a firm in fen."""
        balances = self.state.balances
        return balances.posted(firm, 0), balances.available(firm, 0)

    def tonnes(self, firm: ParticipantId, lot: LotId) -> tuple[int, int]:
        """(posted, available) tonnes of a lot that a firm has."""
        balances = self.state.balances
        return balances.posted(firm, lot), balances.available(firm, lot)
