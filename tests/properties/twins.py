"""The real exchange and its naive twin side by side: one command for both, then everything is compared."""

from __future__ import annotations

import copy
from dataclasses import replace
from itertools import groupby
from typing import Any

from exchange.core.canonical import CanonicalError
from exchange.core.codec import decode_command, decode_events, encode_command, encode_events
from exchange.core.commands import Command
from exchange.core.commands.agreements import ProposeAgreement
from exchange.core.commands.approvals import Approve, Propose
from exchange.core.commands.cash import DepositCash
from exchange.core.commands.credits import AdmitLot, CommitImport, ReturnUnits, StageUnits
from exchange.core.commands.encumbrances import Encumber, ForceCancellation, ReportReversal
from exchange.core.commands.governance import AdoptRulebook, PersonRole, RegisterKey, RotateKey, Scope, Verified
from exchange.core.commands.instruments import EndOfDay, Family, League, SourceCategory
from exchange.core.commands.orders import CancelAllOrders, CancelUnattended, PlaceOrder
from exchange.core.commands.participants import ParticipantRole
from exchange.core.commands.projects import (
    Activity,
    CcerGeneration,
    FacilityTerms,
    RecordIssuance,
    RegisterProject,
    Sector,
    SetFacility,
)
from exchange.core.commands.registry import AnswerRequest, RequestKind
from exchange.core.commands.uses import ReleaseUnits, RevokeClaim, SetObligation, UseUnits
from exchange.core.events import ClaimMade, Event, ImportCommitted, IssuanceRecorded, LotAdmitted, RegistryAsked
from exchange.core.events.credits import ParcelState, UnitsStaged
from exchange.core.events.orders import OrderCancelled, Traded
from exchange.core.handlers import jobs, keys, orders
from exchange.core.image import decode_state, encode_state
from exchange.core.invariants import check_all
from exchange.core.ledger import chart
from exchange.core.machine import Outcome, apply, due
from exchange.core.rejections import RejectReason
from exchange.core.state import ExchangeState
from exchange.core.values import (
    InstrumentId,
    IssuanceId,
    JobId,
    KeyId,
    Micros,
    ParticipantId,
    PersonId,
    ProjectId,
    Seq,
    Side,
    Tonnes,
    day_of,
)
from tests.oracle import origins
from tests.oracle.exchange import NaiveExchange, day_at, id_at
from tests.oracle.follower import Follower
from tests.oracle.keys import NaiveKey
from tests.oracle.ledger import BANK, CASH, FEES, REGISTRY
from tests.oracle.origin_refusals import staged
from tests.oracle.origins import good_of
from tests.oracle.refusals import reasons_for
from tests.oracle.things import (
    End,
    NaiveFirm,
    NaiveInstrument,
    NaiveIssuance,
    NaiveLot,
    NaivePerson,
    NaiveProject,
    NaiveRequest,
    Trade,
)
from tests.oracle.uses import of_proposal
from tests.properties.unit_twins import check_conservation, check_no_serial_twice, compare_units, spent_serials
from tests.support.keys import key_of
from tests.support.market import FIRM, FIRST_DAY, UNITS, Market, rules

FEE_PPM = 7_000
BAND_PERCENT = 10
OPEN_ORDERS = 7
NEVER = Micros(0)
PLACE_AND_TIME = 16
"""The first bytes of a state image: ``seq`` and ``at``, which alone change when a command is refused."""

_VENUE = (
    *((BANK, chart.BANK), (FEES, chart.FEES), (REGISTRY, chart.REGISTRY), ("retired", chart.RETIRED)),
    *(("cancelled", chart.CANCELLED), ("out", chart.OUT), ("exported", chart.EXPORTED)),
)


class Twins:
    """A small market: two firms of one group, two others; two books of which one is coarse; lots of every family."""

    def __init__(self) -> None:
        """Open both on the same morning."""
        self.market = Market(FEE_PPM, BAND_PERCENT * 100, open_orders=OPEN_ORDERS)
        self.twin = NaiveExchange(
            FIRST_DAY, FEE_PPM, BAND_PERCENT, OPEN_ORDERS, jobs.CHUNK, orders.MAX_FILLS, keys.MAX_MADE_A_DAY, FIRST_DAY
        )
        self.twin.rules = UNITS | {"DIFF-HIGH": 2 * 10**6, "RELEASE-FROM": 6, "RELEASE-UNTIL": 20}
        self.shadow: ExchangeState | None = None
        self.agree = True
        self.spent: dict[tuple[int, int], tuple[ParcelState, int]] = {}
        self.firms = [self._firm(*terms) for terms in _FIRMS]
        self.instruments = [self._instrument(*terms) for terms in _INSTRUMENTS]
        self._set_the_law()
        self.projects = [self._project(*terms) for terms in _PROJECTS]
        self.issuances: list[int] = []
        for firm, tonnes, project, vintage in _LOTS:
            self._lot(self.firms[firm], tonnes, project, vintage)
        self.lots = list(self.twin.lots)
        self.staff = self._staff()
        self.keys = {firm: [self._key(firm) for _ in range(2)] for firm in self.firms}
        for number, key in self.market.state.register.keys.items():
            self.twin.keys.known[number] = NaiveKey(key.person)
        self.image = encode_state(self.market.state)
        self.follower = Follower()

    def _staff(self) -> list[PersonId]:
        """The venue's people; the registry has a role too, but decides nothing."""
        market = self.market
        staff = [market.operator, market.second, market.regulator, market.auditor, market.registry]
        roles = (PersonRole.OPERATOR, PersonRole.OPERATOR, PersonRole.REGULATOR, PersonRole.AUDITOR)
        for person, role in zip(staff, (*roles, PersonRole.REGISTRY), strict=True):
            self.twin.persons[person] = NaivePerson(role, 0)
        return staff[:4]

    def _set_the_law(self) -> None:
        """A mill that has 119 t to surrender nationally for 2025, so that five can be CCER; and a rulebook in which a
        carbon-intensive project takes two tonnes for one, and releases leave between 6 and 20 o'clock.
        """
        book = rules(FEE_PPM, BAND_PERCENT * 100, open_orders=OPEN_ORDERS)
        read = [replace(one, value=self.twin.rules.get(one.rule, one.value), verified=Verified.YES) for one in book]
        self.market.agree(AdoptRulebook(self.market.operator, "test", tuple(read)), self.market.regulator)
        mill = FacilityTerms("Mill", "Mill", "钢厂", FIRM, Sector.STEEL, League.BAOTOU, 2024, 0)
        self.market.agree(SetFacility(self.market.operator, mill), self.market.regulator)
        self.market.agree(SetObligation(self.market.operator, "Mill", 2025, Tonnes(119)), self.market.regulator)
        self.twin.facilities.append(mill)
        self.twin.due_tonnes["mill", 2025] = 119

    def _project(self, code: str, family: Family, league: League, changes: dict[str, Any]) -> ProjectId:
        terms = replace(self.market.project_terms(code, family), league=league, **changes)
        quota = family is Family.REDUCTION_QUOTA
        action = RegisterProject(self.market.operator, terms)
        number = self.market.agree(action, self.market.regulator if quota else self.market.second)
        self.twin.projects[number] = NaiveProject(terms)
        return ProjectId(number)

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
            self.twin.references.append(origins.known_as(f"bank-{self.market.references}"))
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

    def _lot(self, owner: ParticipantId, tonnes: int, project: int, vintage: int) -> None:
        """One issuance of which the last five tonnes are not admitted yet."""
        number = self.projects[project]
        terms = self.twin.projects[number].terms
        lo = max((one.hi for one in self.twin.issuances.values()), default=1)
        hi = lo + tonnes
        action = replace(self.market.issuance(lo, hi + 5, vintage=vintage), project=number)
        quota = terms.family is Family.REDUCTION_QUOTA
        issuance = IssuanceId(self.market.agree(action, self.market.regulator if quota else self.market.second))
        lot = self.market.admit(issuance, owner, lo, hi)
        start, end = action.monitoring_start, action.monitoring_end
        known = NaiveIssuance(number, start, end, action.verified, action.space, action.serial_text, lo, hi + 5, 0)
        self.twin.issuances[issuance] = known
        self.twin.lots[lot] = NaiveLot(good_of(terms, vintage), lo, hi, issuance, owner)
        self.twin.locks.append(f"lock-{issuance}-{lo}")
        self.twin.ledger.move(REGISTRY, owner, lot, tonnes)
        self.twin.tonnes.admit(lot, lo, hi, owner, FIRST_DAY)
        self.issuances.append(issuance)
        for request in self.market.state.requests.by_id.values():
            if request.lot == lot:
                about = (RequestKind.LOCK, lot, lo, hi, owner, 0, False, "", 0)
                made = NaiveRequest(*about, "confirmed", request.receipt)
                made.asked_at = request.asked_at
                self.twin.requests[request.request] = made

    # -- one command --

    def give(self, command: Command, key: KeyId | None = None) -> Outcome:
        """Give a command to both, with this key or the actor's first, and compare all that can be seen."""
        state, seq, before = self.market.state, self.market.state.seq + 1, self.image
        self.agree = False
        now = self.market.now()
        self.twin.seq, self.twin.at, self.twin.today = seq, now, day_of(now)
        self.twin.key = key_of(state, command.actor, now) if key is None else key
        reasons = reasons_for(self.twin, command)
        outcome = self.market.give(command, key)
        assert outcome.reason == min(reasons, default=None), (
            f"{command}: the twin says {sorted(reasons)!r}, the exchange {outcome.reason!r}"
        )
        self.image = encode_state(state)
        if outcome.reason is not None:
            assert outcome.created == 0
            assert self.image[PLACE_AND_TIME:] == before[PLACE_AND_TIME:], "a refused command changed something"
        else:
            self._do(command, seq, outcome)
        self._follow(command, outcome)
        _check_bytes(command, outcome.events)
        self.agree = True
        return outcome

    def _do(self, command: Command, seq: int, outcome: Outcome) -> None:
        """What the exchange has done, the twin does too."""
        created = created_by(command, self.twin)
        numbers = numbers_in(outcome.events)
        if isinstance(command, StageUnits):
            good, left_out = staged(self.twin, command)
            numbers["row"] = [command.rows.index(row) for row in good]
            assert _left_out(outcome.events) == left_out, command
        assert _told(outcome.events) == self.twin.do(command, seq, numbers), command
        assert created is None or outcome.created == created, command
        self.follower.follow(outcome.events)
        self.compare()
        assert encode_state(decode_state(self.image)) == self.image, "the image does not survive"

    def due(self) -> Command | None:
        """What the program itself must say now, about which both agree."""
        command = due(self.market.state, self.market.now())
        self.twin.at = self.market.now()
        told = command and (type(command).__name__, next(filter(None, (getattr(command, n, 0) for n in _SUBJECTS)), 0))
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
        compare_units(self.market.state, self.twin, self.firms)
        check_conservation(self.market.state)
        check_no_serial_twice(self.market.state)
        spent = spent_serials(self.market.state)
        assert self.spent.items() <= spent.items(), "what was gone for good is not any more"
        self.spent = spent
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


_SUBJECTS = ("job", "key", "encumbrance", "request", "release")
_NEW = (
    *(PlaceOrder, Propose, ProposeAgreement, CancelAllOrders, EndOfDay, DepositCash),
    *(CancelUnattended, RotateKey, Encumber),
)
_NEW_ACTIONS = (AdmitLot, RegisterProject, RecordIssuance, ReportReversal)


def created_by(command: Command, twin: NaiveExchange) -> int | None:
    """The id that the answer to a command names: of its first new thing, or of what it decided; None for no matter."""
    made = id_at(twin.seq)
    if isinstance(command, Approve):
        return _created_by_action(command, twin, made)
    if isinstance(command, AnswerRequest):
        return 0 if twin.requests[command.request].open else made
    if isinstance(command, StageUnits):
        return command.staged or made
    return made if isinstance(command, _NEW) else 0


def _created_by_action(command: Approve, twin: NaiveExchange, made: int) -> int | None:
    action = twin.proposals[command.proposal].action
    if isinstance(action, UseUnits | ReleaseUnits):
        things = twin.claims if isinstance(action, UseUnits) else twin.releases
        return of_proposal(things, command.proposal)
    if isinstance(action, ForceCancellation | ReturnUnits | RevokeClaim | CommitImport):
        return None
    return made if isinstance(action, _NEW_ACTIONS) else 0


def numbers_in(events: list[Event]) -> dict[str, list[int]]:
    """The ids of what a command makes several of, or at a place that only the exchange knows."""
    numbers: dict[str, list[int]] = {
        "request": [event.request for event in events if isinstance(event, RegistryAsked)],
        "claim": [event.claim for event in events if isinstance(event, ClaimMade) and not event.proposal],
    }
    if any(isinstance(event, ImportCommitted) for event in events):
        numbers["issuance"] = [event.issuance for event in events if isinstance(event, IssuanceRecorded)]
        numbers["lot"] = [event.lot for event in events if isinstance(event, LotAdmitted)]
    return numbers


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


def _left_out(events: list[Event]) -> list[tuple[int, RejectReason]]:
    """The lines of the rows of a file that were left out, and why."""
    portions = [event for event in events if isinstance(event, UnitsStaged)]
    return [(row.line, RejectReason(row.reason)) for portion in portions for row in portion.refused]


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
_OF_A_SINK = {"source_category": SourceCategory.ECOSYSTEM_SINK, "activity": Activity.AFFORESTATION}
_PROJECTS: tuple[tuple[str, Family, League, dict[str, Any]], ...] = (
    ("P1", Family.FORESTRY_CCER, League.HULUNBUIR, {"site_parcels": ("INM/P1/1", "INM/P1/2")}),
    ("S1", Family.OTHER_SINK, League.XILINGOL, {}),
    ("Q1", Family.REDUCTION_QUOTA, League.BAOTOU, {}),
    ("OLD", Family.FORESTRY_CCER, League.NONE, {"ccer_generation": CcerGeneration.OLD}),
    ("SINK", Family.REDUCTION_QUOTA, League.HULUNBUIR, _OF_A_SINK),
)
CCER, OTHER, QUOTA, OLD, SINK = range(5)
_LOTS = (
    (0, 22, CCER, 2023),
    (0, 13, CCER, 2023),
    (2, 20, CCER, 2023),
    (0, 20, CCER, 2024),
    (2, 16, CCER, 2024),
    (0, 20, OTHER, 2022),
    (2, 9, OTHER, 2022),
    (2, 12, QUOTA, 2023),
    (0, 9, OLD, 2023),
    (0, 11, QUOTA, 2024),
)
