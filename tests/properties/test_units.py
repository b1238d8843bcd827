"""Random lives of units, compared after every command with the naive twin.

Few serials, few firms and small portions, so that uses, releases, freezes and orders want the same tonnes all the time.
After every command: no tonne is lost or made, no serial stands in two places, what is gone stays gone, the events tell
all of it, and the state survives its image. At the end of a run its log is played again.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from exchange.core.commands import Command
from exchange.core.commands.approvals import RejectProposal
from exchange.core.commands.credits import (
    RequestLock,
    ReturnUnits,
    StageUnits,
)
from exchange.core.commands.encumbrances import (
    ContinueEncumbering,
    Encumber,
    EncumbranceKind,
    LiftEncumbrance,
)
from exchange.core.commands.instruments import EndOfDay, League
from exchange.core.commands.orders import OrderKind, PlaceOrder, TimeInForce
from exchange.core.commands.projects import (
    FacilityTerms,
    Sector,
    SetFacility,
)
from exchange.core.commands.registry import (
    AnswerOnPaper,
    AnswerRequest,
    GiveUpWaiting,
    RegistryOutcome,
    RequestKind,
    SendRelease,
)
from exchange.core.commands.uses import (
    CallOffRelease,
    Pick,
    Purpose,
    ReleaseUnits,
    RevokeClaim,
    SetBudget,
    SetObligation,
    UseDetails,
    UseUnits,
)
from exchange.core.credits.encumbrance import RECONCILIATION
from exchange.core.events.credits import ParcelState
from exchange.core.handlers import encumbering
from exchange.core.values import (
    MICROS_PER_DAY,
    ClaimId,
    Day,
    EncumbranceId,
    ImportId,
    InstrumentId,
    LotId,
    Micros,
    ParticipantId,
    PersonId,
    Price,
    ProjectId,
    ProposalId,
    ReleaseId,
    RequestId,
    SelfTradePrevention,
    Side,
    Tonnes,
    day_of,
    day_start,
)
from tests.properties.agreeing import Agreeing
from tests.properties.drawn import ANY, MOSTLY, RARELY, Terms, at, terms
from tests.properties.drawn_units import (
    ANSWERS,
    FEW,
    NOTHING,
    SCOPES,
    STATEMENTS,
    VOLUNTARY,
    Choice,
    Scope,
    Statement,
    choices,
    purposes,
)
from tests.properties.twins import Twins
from tests.support.market import FIRM

SMALL_PORTION = 3
SEQUELS = st.sampled_from(
    ["back", "back", "back", "back", "send", "send", "freeze", "freeze after", "call off", "propose", "wait"]
)
"""How a release goes on after it was proposed."""

COOL_DOWN = 26 * 3_600

MORNING = Twins()


class UnitMachine(Agreeing):
    """Each rule does a thing with a likely sequel, since single commands drawn at random seldom meet."""

    def __init__(self) -> None:
        """Open a new market."""
        super().__init__(MORNING)

    # -- the program, the registry, and time --

    @rule(answers=ANSWERS)
    def registry_speaks(self, answers: list[str]) -> None:
        """About what is open."""
        self.hear(answers)

    @precondition(lambda self: self.twins.twin.requests)
    @rule(statement=STATEMENTS, between=st.lists(terms(), max_size=2))
    def registry_misspeaks(self, statement: Statement, between: list[Terms]) -> None:
        """About anything it was ever asked: again, otherwise than before, about other serials, or by somebody else."""
        number, request = at(list(self.twins.twin.requests.items()), statement.request)
        outcome = RegistryOutcome.CONFIRMED if statement.confirmed else RegistryOutcome.REFUSED
        receipt = self.paper() if statement.receipt == "new" else statement.receipt
        message = self.paper() if statement.message == "new" else statement.message
        actor = self.market.registry if statement.by_registry else self.operator()
        lo, hi = request.lo + statement.shift, request.hi + statement.shift
        stated_at = (request.asked_at if statement.apart < 0 else self.market.now()) + statement.apart
        kind, account = statement.mixed_up or (request.kind, request.account)
        said = (kind, account, outcome, lo, hi, receipt, message, Micros(stated_at), bytes(64))
        self.twins.give(AnswerRequest(actor, RequestId(number), *said))
        self.go_on(between)

    @rule(seconds=st.sampled_from([1, 3_600, 3_600, 23 * 3_600, COOL_DOWN]), between=st.lists(terms(), max_size=2))
    def wait(self, seconds: int, between: list[Terms]) -> None:
        """Nobody does anything for a while; then the program does what is due."""
        self.market.wait(seconds)
        self.go_on(between)

    @precondition(lambda self: self.twins.twin.issuances)
    @rule(days=st.integers(1, 3))
    def end_day(self, days: int) -> None:
        """The next day, while days of the month are left."""
        if self.today % 100 + days <= 28:
            self.twins.give(EndOfDay(self.operator(), Day(self.today + days)))
            self.go_on()

    # -- trade --

    @rule(orders=st.lists(terms(), min_size=1, max_size=8))
    def trade(self, orders: list[Terms]) -> None:
        """A burst of orders."""
        for drawn in orders:
            self.order(drawn)

    # -- uses --

    @rule(
        firm=st.sampled_from([0, 0, 2, 2, 3]), choice=choices(), purpose=purposes(), instrument=ANY,
        then=st.integers(0, 5), by=ANY, answers=ANSWERS,
    )  # fmt: skip
    def use(
        self,
        firm: int,
        choice: Choice,
        purpose: tuple[Purpose, UseDetails],
        instrument: int,
        then: int,
        by: int,
        answers: list[str],
    ) -> None:
        """Units are used: proposed, mostly approved, mostly answered."""
        owner = self.firm(firm)
        picks, quantity = self.picks(owner, choice)
        good = InstrumentId(0)
        if choice.style == "good":
            picks, good = (), at(self.twins.instruments, instrument)
        action = UseUnits(self.trader(owner), owner, good, picks, Tonnes(quantity), *purpose)
        if then == 0:
            self.propose(action)
        elif self.agree(action, 0 if then > 2 else by) is not None and then > 1:
            self.hear(answers)

    @precondition(lambda self: self.twins.twin.proposals)
    @rule(proposal=ANY, by=ANY, approve=st.booleans())
    def decide(self, proposal: int, by: int, approve: bool) -> None:
        """One of the newest proposals is approved or rejected by anybody, whatever has happened since."""
        number = at(self.newest(), proposal)
        actors = [*self.twins.staff, *self.market.traders.values()]
        if approve:
            self.approve(number, by)
        else:
            self.twins.give(RejectProposal(at(actors, by), number, "no"))

    @precondition(lambda self: self.twins.twin.requests)
    @rule(
        request=ANY, by=ANY, receipt=st.sampled_from(["new", "new", "K-1", "k/01", ""]),
        reason=st.sampled_from(["", "", "not theirs"]), refused=st.sampled_from([False, False, True]),
        days=st.sampled_from([0, 0, 0, -1, -2, 1]),
    )  # fmt: skip
    def answer_on_paper(self, request: int, by: int, receipt: str, reason: str, refused: bool, days: int) -> None:
        """Two persons have read a paper of a registry that has no line to this venue, or say so."""
        number = at([one for one, _ in self.open_requests()] or list(self.twins.twin.requests), request)
        paper = self.paper() if receipt == "new" else receipt
        outcome = RegistryOutcome.REFUSED if refused else RegistryOutcome.CONFIRMED
        stated_on = day_of(Micros(self.market.now() + days * MICROS_PER_DAY))
        self.agree(AnswerOnPaper(self.operator(), RequestId(number), stated_on, paper, outcome, reason), by)

    @precondition(lambda self: self.twins.twin.claims)
    @rule(claim=ANY, by=ANY)
    def revoke(self, claim: int, by: int) -> None:
        """A use is taken back, mostly by the regulator."""
        number = at(list(self.twins.twin.claims), claim)
        self.agree(RevokeClaim(self.operator(), ClaimId(number), "fraud"), at([2, 2, by], by))

    # -- releases and returns --

    @rule(
        firm=st.sampled_from([0, 0, 2]), choice=choices(), then=SEQUELS, by=ANY, answers=ANSWERS,
        between=st.lists(terms(), max_size=2),
    )  # fmt: skip
    def release(self, firm: int, choice: Choice, then: str, by: int, answers: list[str], between: list[Terms]) -> None:
        """Units go to the national market: proposed, approved, perhaps called off or frozen, sent, answered, back."""
        owner = self.firm(firm)
        picks, _ = self.picks(owner, choice._replace(style=choice.style if then == "propose" else "serials"))
        decided = self.agree(ReleaseUnits(self.trader(owner), owner, picks, "N-1"), by if then == "propose" else 0)
        if decided is None or then == "propose":
            return
        release = ReleaseId(decided.created)
        self.twins.give(SendRelease(PersonId(0), release))
        if then == "call off":
            other = self.firm(firm + 1)
            self.twins.give(CallOffRelease(self.trader(other), other, release))
            self.twins.give(CallOffRelease(self.trader(owner), owner, release))
        if then == "freeze":
            self.freeze(picks[0], choice.size)
        self.market.wait(COOL_DOWN)
        if then != "wait":
            self.until_another_morning()
        self.go_on(between)
        if then == "freeze after":
            self.freeze(picks[0], choice.size)
        self.hear(["yes"] if then == "back" else answers)
        if then in ("back", "freeze after"):
            self.come_back(0, choice.size, firm, by_trader=True, old_paper=False, answers=answers)

    def until_another_morning(self) -> None:
        """A later trading day comes, and the hours in which releases leave."""
        later = day_start(Day(self.today)) + MICROS_PER_DAY
        morning = day_start(day_of(Micros(max(later, self.market.now() + MICROS_PER_DAY)))) + 7 * 3_600 * 10**6
        self.market.wait((morning - self.market.now()) // 10**6)
        self.twins.give(EndOfDay(self.operator(), day_of(self.market.now())))

    def freeze(self, picked: Pick, size: int) -> int:
        """Serials around a pick are held fast; the number of the encumbrance, 0 when it was refused."""
        lot = self.twins.twin.lots[picked.lot]
        lo, hi = max(picked.lo - 1, lot.lo), min(picked.lo + size, lot.hi)
        scope = (ProjectId(0), 0, picked.lot, lo, hi)
        made = self.twins.give(Encumber(self.operator(), EncumbranceKind.FREEZE, *scope, "order 7"))
        self.go_on()
        return made.created

    @rule(firm=st.sampled_from([0, 0, 2]), choice=choices(), released=st.booleans(), answers=ANSWERS)
    def freeze_what_was_chosen(self, firm: int, choice: Choice, released: bool, answers: list[str]) -> None:
        """Between the first person and the second: the second is refused until two have lifted it."""
        owner = self.firm(firm)
        picks, quantity = self.picks(owner, choice._replace(style="serials"))
        use = UseUnits(self.trader(owner), owner, InstrumentId(0), picks, Tonnes(quantity), *VOLUNTARY)
        release = ReleaseUnits(self.trader(owner), owner, picks, "N-1")
        proposed = self.propose(release if released else use)
        if proposed.reason is not None:
            return
        made = self.freeze(picks[0], choice.size)
        self.approve(ProposalId(proposed.created), 0)
        if made:
            self.lift_one(made, 1, [])
        self.approve(ProposalId(proposed.created), 0)
        self.hear(answers)

    @precondition(lambda self: self.twins.twin.releases)
    @rule(release=ANY, firm=ANY, foreign=RARELY)
    def call_off(self, release: int, firm: int, foreign: bool) -> None:
        """Mostly by the firm whose it is."""
        number, known = at(list(self.twins.twin.releases.items()), release)
        owner = self.firm(firm) if foreign else ParticipantId(known.firm)
        self.twins.give(CallOffRelease(self.trader(owner), owner, ReleaseId(number)))

    @precondition(lambda self: self.tonnes(ParcelState.OUT))
    @rule(
        start=ANY, size=st.integers(1, 4), owner=st.sampled_from([0, 2, 3, 1]), by_trader=st.booleans(),
        old_paper=RARELY, answers=ANSWERS,
    )  # fmt: skip
    def come_back(
        self, start: int, size: int, owner: int, by_trader: bool, old_paper: bool, answers: list[str]
    ) -> None:
        """Units that are out come back to whoever has them there."""
        out = self.tonnes(ParcelState.OUT)
        if not out:
            return
        first, firm = at(out, start), self.firm(owner)
        actor = self.trader(firm) if by_trader else self.operator()
        paper = at(self.twins.twin.locks, start).replace("-", "_") if old_paper else self.paper()
        lo = first.serial
        if self.agree(ReturnUnits(actor, LotId(first.lot), firm, lo, lo + size, paper), 1) is not None:
            self.hear(answers)

    # -- holding fast --

    @rule(
        kind=st.sampled_from(EncumbranceKind), scope=SCOPES, by=st.integers(0, 3),
        before=st.lists(terms(), max_size=6), between=st.lists(terms(), max_size=3), lift=st.booleans(), finish=MOSTLY,
    )  # fmt: skip
    def encumber(
        self,
        kind: EncumbranceKind,
        scope: Scope,
        by: int,
        before: list[Terms],
        between: list[Terms],
        lift: bool,
        finish: bool,
    ) -> None:
        """One person holds units fast, in portions, while others go on; mostly two let them go later."""
        for drawn in before:
            self.order(drawn)
        made = self.twins.give(self.encumbrance(kind, scope, at(self.twins.staff, at([0, 2, by], by))))
        if not finish:
            for drawn in between:
                self.order(drawn)
            return
        self.go_on(between)
        if made.reason is None and lift:
            self.lift_one(made.created, 1, between)

    def encumbrance(self, kind: EncumbranceKind, scope: Scope, actor: PersonId) -> Encumber:
        """The command that holds units fast."""
        of_lot = scope.what in ("lot", "serials") or scope.odd == "both"
        lot = at(self.twins.lots, scope.which) if of_lot else 0
        project = at(list(self.twins.twin.projects), scope.which) if scope.what == "project" else 0
        if scope.what == "vintage":
            project = self.twins.projects[0]
        lo = hi = 0
        if scope.what == "serials":
            known = self.twins.twin.lots[lot]
            lo = known.lo + scope.start % (known.hi - known.lo)
            hi = min(lo + scope.size, known.hi) + (scope.odd == "outside") * 30
        if scope.odd == "neither":
            lot = project = 0
        vintage = {"project": scope.vintage, "vintage": 2023 + scope.which % 2}.get(scope.what, 0)
        paper = {"no reference": "", "found": f"{RECONCILIATION}OTHER_STATE"}.get(scope.odd, "order 7")
        return Encumber(actor, kind, ProjectId(project), vintage, LotId(lot), lo, hi, paper)

    @rule(sells=st.lists(st.integers(1, 4), min_size=2, max_size=4), seller=st.sampled_from([0, 2]), size=FEW)
    def freeze_what_is_offered(self, sells: list[int], seller: int, size: int) -> None:
        """A firm has offered much of a lot, and some of it is held fast: the newest offers end."""
        owner, lot = self.firm(seller), LotId(self.twins.lots[2 if seller else 0])
        free = self.twins.twin.available(owner, lot)
        for quantity in [*sells, free - sum(sells)]:
            if quantity > 0:
                price, gtc, newest = Price(115), TimeInForce.GTC, SelfTradePrevention.CANCEL_NEWEST
                order = (Side.SELL, OrderKind.LIMIT, gtc, price, Tonnes(quantity), False, newest, Day(0), (lot,))
                self.twins.give(PlaceOrder(self.trader(owner), owner, self.twins.instruments[0], "", *order))
        mine = self.twins.twin.tonnes.sellable(lot, owner)
        if mine:
            self.freeze(Pick(lot, mine[-1].serial, mine[-1].serial + 1), size)

    @rule(sizes=st.lists(st.sampled_from([1, 2, 3, 5, 6]), min_size=1, max_size=3), withdrawn=st.booleans(), start=ANY)
    def surrender(self, sizes: list[int], withdrawn: bool, start: int) -> None:
        """A mill's share is used up in several uses, of which one may be withdrawn."""
        owner = self.firm(0)
        for size in sizes:
            picks, quantity = self.picks(owner, Choice("lots", [start], start, size, 0))
            details = replace(NOTHING, facility="mill", year=2025, beneficiary_code=FIRM)
            units = (InstrumentId(0), picks, Tonnes(quantity))
            made = self.propose(UseUnits(self.trader(owner), owner, *units, Purpose.NATIONAL_SURRENDER, details))
            if made.reason is None and withdrawn:
                self.twins.give(RejectProposal(self.trader(owner), ProposalId(made.created), "no"))
                withdrawn = False

    @precondition(lambda self: self.twins.twin.encumbrances)
    @rule(encumbrance=ANY, by=ANY, between=st.lists(terms(), max_size=2))
    def lift(self, encumbrance: int, by: int, between: list[Terms]) -> None:
        """Two persons let units go."""
        self.lift_one(at(list(self.twins.twin.encumbrances), encumbrance), by, between)

    def lift_one(self, number: int, by: int, between: list[Terms]) -> None:
        """This encumbrance."""
        if self.agree(LiftEncumbrance(self.operator(), EncumbranceId(number)), by) is not None:
            self.go_on(between)

    # -- plans, strays and images --

    @rule(
        facility=st.sampled_from(["Mill", "MILL", "Other"]), year=st.sampled_from([2023, 2024, 2025]),
        due=st.sampled_from([0, 60, 119, 400, -1]), sector=st.sampled_from([Sector.STEEL, Sector.POWER]),
        covered=st.sampled_from([(2024, 0), (2021, 2023), (2025, 2024), (0, 0)]),
        firm=st.sampled_from([FIRM, FIRM, "91150200MA0NPTHERF", ""]), change=RARELY, by=ANY,
    )  # fmt: skip
    def rule_facilities(
        self,
        facility: str,
        year: int,
        due: int,
        covered: tuple[int, int],
        sector: Sector,
        firm: str,
        change: bool,
        by: int,
    ) -> None:
        """What facilities owe, and sometimes which there are."""
        if change:
            terms_ = FacilityTerms(facility, facility, facility, firm, sector, League.BAOTOU, *covered)
            self.agree(SetFacility(self.operator(), terms_), at([2, 2, by], by))
        self.agree(SetObligation(self.operator(), facility, year, Tonnes(due)), at([2, 2, by], by))

    @rule(
        league=st.sampled_from([League.NONE, League.BAOTOU]), first=st.sampled_from([2026, 2027, 2020, 2101]),
        years=st.sampled_from([0, 4, 3]), planned=st.sampled_from([0, 1_000, -1]), by=ANY,
    )  # fmt: skip
    def plan(self, league: League, first: int, years: int, planned: int, by: int) -> None:
        """A budget for a year or a plan period."""
        self.agree(SetBudget(self.operator(), league, first, first + years, Tonnes(planned)), at([2, 2, by], by))

    @rule(kind=st.integers(0, 9), actor=ANY, what=ANY)
    def stray(self, kind: int, actor: int, what: int) -> None:
        """Anybody gives a command about anything, there or not."""
        person = PersonId(at([*self.twins.twin.persons, 0, 1], actor))
        twin = self.twins.twin
        request = RequestId(at([*twin.requests, 1], what))
        release = at([*twin.releases, 1], what)
        statement = (
            request,
            RequestKind.LOCK,
            "",
            RegistryOutcome.CONFIRMED,
            1,
            2,
            "R",
            "M",
            self.market.now(),
            bytes(64),
        )
        commands: tuple[Command, ...] = (
            RequestLock(person, LotId(what)),
            StageUnits(person, ImportId(what), ()),
            AnswerRequest(person, *statement),
            GiveUpWaiting(person, request),
            SendRelease(person, release),
            CallOffRelease(person, self.firm(what), ReleaseId(release)),
            Encumber(person, EncumbranceKind.FREEZE, ProjectId(1), 0, LotId(0), 0, 0, "x"),
            ContinueEncumbering(person, EncumbranceId(what)),
            GiveUpWaiting(PersonId(0), request),
            SendRelease(PersonId(0), release),
        )
        self.twins.give(at(commands, kind))
        self.go_on()

    @rule()
    def restore(self) -> None:
        """From here on an exchange restored from its image must go the same way."""
        self.twins.restore()


def test_random_lives_of_units_go_as_the_naive_ones_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encumbering, "CHUNK", SMALL_PORTION)
    monkeypatch.setattr(MORNING.twin, "held_at_once", SMALL_PORTION)
    run_state_machine_as_test(UnitMachine, settings=settings(stateful_step_count=25))
