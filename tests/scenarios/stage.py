"""The stage on which a scenario is played: a real market, the scenario's names for things, and its checks."""

from __future__ import annotations

from collections.abc import Callable

from exchange.core.commands import Command
from exchange.core.commands.agreements import ProposeAgreement
from exchange.core.commands.approvals import Propose
from exchange.core.commands.encumbrances import Encumber
from exchange.core.commands.instruments import EndOfDay, Family
from exchange.core.commands.orders import CancelAllOrders, CancelUnattended, PlaceOrder
from exchange.core.commands.participants import ParticipantRole
from exchange.core.commands.projects import RegisterProject, SetFacility
from exchange.core.events import Event, Rejected
from exchange.core.invariants import check_all
from exchange.core.ledger.chart import CNY, FEES
from exchange.core.machine import due
from exchange.core.rejections import RejectReason
from exchange.core.serials import SerialRange
from exchange.core.values import InstrumentId, KeyId, LotId, ParticipantId, PersonId
from tests.scenarios.drawing import draw_book, money, phrases, refusal, serials
from tests.scenarios.language import CHECKS, STATEMENTS, Line, ScenarioError, Words, count, fen, parts, squeezed
from tests.scenarios.terms import FAMILIES, facility_terms, project_terms
from tests.scenarios.unit_checks import UnitChecks
from tests.support.market import Market

UNKNOWN = 999_999_999
"""The id of everything whose name begins with ``no-``: there is no such thing."""

Verb = Callable[["Stage", str, Words], Command]


class Stage(UnitChecks):
    """Plays one scenario, line by line, and compares what happens with what the line says."""

    def __init__(self, verbs: dict[str, Verb]) -> None:
        """``verbs`` make a command from who gives it and the rest of its line."""
        self.verbs = verbs
        self.ids: dict[str, int] = {"market": 0}
        self.persons: dict[str, PersonId] = {}
        self.instruments: list[InstrumentId] = []
        self.reasons: set[RejectReason] = set()
        self.block: list[str] = []
        self.open(Market())

    def open(self, market: Market) -> None:
        """Play on this market. Its staff: ``op1``, ``op2``, ``regulator``, ``auditor`` and ``registry``, which stands
        for the national registry; ``system``: the program.
        """
        self.market = market
        self.persons |= {"op1": market.operator, "op2": market.second, "regulator": market.regulator}
        self.persons |= {"auditor": market.auditor, "registry": market.registry, "system": PersonId(0)}

    def play(self, line: Line) -> None:
        """Do what a line says."""
        words = Words(line.body)
        if line.keyword in STATEMENTS:
            getattr(self, f"make_{words.next()}")(words)
        elif line.keyword in CHECKS:
            self._compare(line, getattr(self, f"draw_{words.next()}")(words))
        else:
            self._act(line, words)
        words.finish()

    # -- names --

    def id(self, name: str) -> int:
        """What the scenario calls ``name``."""
        if name.startswith("no-"):
            return UNKNOWN
        if name not in self.ids:
            raise ScenarioError(f"nothing is called {name}")
        return self.ids[name]

    def name(self, identity: int) -> str:
        """What the scenario calls the thing with this id; ``?`` when it has not given it a name."""
        return next((name for name, known in self.ids.items() if known == identity), "?")

    def person(self, name: str) -> PersonId:
        """Who acts under this name: staff, a firm's trader, or a person that a command registered."""
        if name in self.persons:
            return self.persons[name]
        return self.market.traders.get(ParticipantId(self.id(name))) or PersonId(self.id(name))

    def firm(self, who: str, words: Words) -> ParticipantId:
        """The firm that a command is given for: the actor's, unless ``as`` names another."""
        return ParticipantId(self.id(words.option("as", who)))

    def instrument(self, words: Words) -> InstrumentId:
        """The instrument after ``in``; the only one when none is named."""
        name = words.option("in")
        if not name and len(self.instruments) != 1:
            raise ScenarioError("in which instrument?")
        return InstrumentId(self.id(name)) if name else self.instruments[0]

    def lots(self, words: Words) -> tuple[LotId, ...]:
        """The lots after ``lots``, separated by commas alone."""
        return tuple(LotId(self.id(name)) for name in words.option("lots").split(",") if name)

    # -- preparation --

    def make_venue(self, words: Words) -> None:
        """``venue fee 0.10% band 10% cap 3``: before anything else. A sandbox: ``play-money 9.00 play-tonnes 5``."""
        fee, band = parts(words.option("fee", "0%"), 1_000_000), parts(words.option("band", "10%"), 10_000)
        given = (fen(words.option("play-money", "0.00")), count(words.option("play-tonnes", "0")))
        self.open(Market(fee, band, open_orders=count(words.option("cap", "100000")), sandbox=given))

    def make_wait(self, words: Words) -> None:
        """``wait 30``: so many seconds without a command; ``wait 26 h``: so many hours."""
        hours = words.flag("h")
        self.market.wait(count(words.next()) * (3_600 if hours else 1))

    def make_firm(self, words: Words) -> None:
        """``firm Steel buyer group G cash 1,000.00``."""
        name, cash, group = words.next(), words.option("cash", "0.00"), words.option("group")
        self.ids[name] = self.market.firm(name, ParticipantRole[words.next().upper()], group, fen(cash))

    def make_project(self, words: Words) -> None:
        """``project Woods family ccer league hinggan``, and so on: registered by two persons."""
        terms = project_terms(self.market, words)
        approver = self.market.regulator if terms.family is Family.REDUCTION_QUOTA else self.market.second
        self.ids[terms.code] = self.market.agree(RegisterProject(self.market.operator, terms), approver)

    def make_facility(self, words: Words) -> None:
        """``facility Mill sector steel league baotou from 2024``: one of the national market."""
        self.market.agree(SetFacility(self.market.operator, facility_terms(words)), self.market.regulator)

    def make_lot(self, words: Words) -> None:
        """``lot N1 of North 500 t vintage 2023 family ccer project P1``: the registry has locked it already."""
        name, owner = words.next(), ParticipantId(self.id(words.option("of")))
        family, project = FAMILIES[words.option("family", "ccer")], words.option("project", "P1")
        vintage = count(words.option("vintage", "2023"))
        words.flag("t")
        self.ids[name] = self.market.lot(owner, count(words.next()), family, vintage, project)

    def make_instrument(self, words: Words) -> None:
        """``instrument F23 reference 30.00 tick 0.05 size 10 vintage 2023 family ccer project P1``."""
        name, reference = words.next(), fen(words.option("reference", "30.00"))
        tick, size = fen(words.option("tick", "0.01")), count(words.option("size", "1"))
        family, project = FAMILIES[words.option("family", "ccer")], words.option("project", "P1")
        vintage = count(words.option("vintage", "2023"))
        listed = self.market.instrument(reference, family, vintage, tick, size, project, symbol=name)
        self.ids[name] = listed
        self.instruments.append(listed)

    # -- commands --

    def _act(self, line: Line, words: Words) -> None:
        who, verb = words.next(), words.next()
        if verb not in self.verbs:
            raise ScenarioError(f"nobody can {verb}")
        times, chunks = count(words.option("times", "1")), not words.flag("first-chunk")
        key, self.block = words.option("with"), line.block
        command = self.verbs[verb](self, who, words)
        used = KeyId(self.id(key)) if key else None
        events = self._repeat(command, line, times, used) if times > 1 else self._give(command, line, used)
        if chunks and isinstance(command, EndOfDay | CancelAllOrders | CancelUnattended | Encumber):
            events += self._finish_jobs()
        self._judge(line, events)

    def _give(self, command: Command, line: Line, key: KeyId | None = None) -> list[Event]:
        if line.label and isinstance(command, PlaceOrder | ProposeAgreement | Propose):
            self.ids[line.label] = self.market.next_order_id()
        outcome = self.market.give(command, key)
        if outcome.reason is not None:
            self.reasons.add(outcome.reason)
        elif line.label:
            self.ids[line.label] = outcome.created
        return outcome.events

    def _repeat(self, command: Command, line: Line, times: int, key: KeyId | None) -> list[Event]:
        """The same command many times; all invariants are swept once at the end, not after each."""
        self.market.sweep = False
        events = [event for _ in range(times) for event in self._give(command, line, key)]
        self.market.sweep = True
        check_all(self.market.state)
        return events

    def _finish_jobs(self) -> list[Event]:
        events: list[Event] = []
        while self.market.state.session.jobs or self.market.state.encumbrances.working:
            events += self.market.done(self.due()).events
        return events

    def due(self) -> Command:
        """What the program itself must give now."""
        command = due(self.market.state, self.market.now())
        if command is None:
            raise ScenarioError("nothing is due")
        return command

    def _judge(self, line: Line, events: list[Event]) -> None:
        refused = next((event for event in events if isinstance(event, Rejected)), None)
        if refused is not None:
            shown = refusal(refused)
            expected = line.expected or "ok"
            assert expected in (shown, RejectReason(refused.reason).name), f"expected {expected}, refused {shown}"
        elif line.expected is not None:
            happened = " ; ".join(phrases(events, self.name)) or "ok"
            assert happened == line.expected.replace(" ;", ";").replace(";", " ;"), f"happened: {happened}"

    # -- checks --

    def _compare(self, line: Line, drawn: list[str]) -> None:
        expected = line.block if line.keyword == "book" else [squeezed(line.body)]
        assert drawn == expected, "\n".join(["it is:", *drawn])

    def draw_book(self, words: Words) -> list[str]:
        """The book, drawn; ``book F23`` where there are several."""
        name = words.rest()
        instrument = InstrumentId(self.id(name)) if name else self.instruments[0]
        return draw_book(self.market.state.books[instrument], self.name)

    def draw_cash(self, words: Words) -> list[str]:
        """``cash Steel 1,000.00 held 250.00``: what the firm has, and how much of it is held."""
        name = words.next()
        words.rest()
        posted, available = self.market.cash(ParticipantId(self.id(name)))
        return [f"cash {name} {money(posted)} held {money(posted - available)}"]

    def draw_tonnes(self, words: Words) -> list[str]:
        """``tonnes North N1 500 held 100``."""
        firm, lot = words.next(), words.next()
        words.rest()
        posted, available = self.market.tonnes(ParticipantId(self.id(firm)), LotId(self.id(lot)))
        return [f"tonnes {firm} {lot} {posted:,} held {posted - available:,}"]

    def draw_serials(self, words: Words) -> list[str]:
        """``serials Steel N1 1-100, 201-250``: one range for each parcel."""
        firm, lot = words.next(), words.next()
        words.rest()
        held = self.market.state.parcels.held.get((LotId(self.id(lot)), ParticipantId(self.id(firm))), [])
        return [f"serials {firm} {lot} {serials(SerialRange(parcel.lo, parcel.hi) for parcel in held)}"]

    def draw_units(self, words: Words) -> list[str]:
        """``units North 5 t SANDBOX-CCER 1-5, 5 t SANDBOX-QUOTA 1-5``: all that a firm holds, as registries call it."""
        name, state = words.next(), self.market.state
        words.rest()
        spaces = {number: space for space, number in state.credits.spaces.items()}
        held = [
            f"{parcel.hi - parcel.lo:,} t {spaces[state.credits.lots[lot].space]} {parcel.lo}-{parcel.hi - 1}"
            for (lot, owner), parcels in state.parcels.held.items()
            for parcel in parcels
            if owner == self.id(name)
        ]
        return [f"units {name} {', '.join(held) or 'none'}"]

    def draw_switches(self, words: Words) -> list[str]:
        """``switches k1 k2``: the keys whose dead-man's switch is armed, in the order in which they will go off."""
        words.rest()
        return [" ".join(["switches", *(self.name(key) for _, key in self.market.state.deadlines.order)])]

    def draw_fees(self, words: Words) -> list[str]:
        """``fees 12.00``: what the venue has earned."""
        words.rest()
        return [f"fees {money(self.market.state.balances.posted(FEES, CNY))}"]

    def draw_reference(self, words: Words) -> list[str]:
        """``reference F23 30.00 band 27.00..33.00``."""
        name = words.next()
        words.rest()
        terms = self.market.state.listing.instruments[InstrumentId(self.id(name))]
        return [f"reference {name} {money(terms.reference)} band {money(terms.lowest)}..{money(terms.highest)}"]

    def draw_orders(self, words: Words) -> list[str]:
        """``orders North 2``: how many stand open."""
        name = words.next()
        words.rest()
        return [f"orders {name} {self.market.state.orders.count(ParticipantId(self.id(name)))}"]

    def draw_day(self, words: Words) -> list[str]:
        """``day 20260922 open``."""
        words.rest()
        session = self.market.state.session
        return [f"day {session.day} {session.phase.name.lower()}"]
