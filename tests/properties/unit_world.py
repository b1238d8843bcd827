"""What the random lives of units have in common: who has which tonnes, what the registry has still to answer."""

from __future__ import annotations

from exchange.core.commands.instruments import Family
from exchange.core.commands.registry import AnswerOnPaper, AnswerRequest, RegistryOutcome
from exchange.core.commands.uses import Pick
from exchange.core.events.credits import ParcelState
from exchange.core.machine import Outcome
from exchange.core.values import LotId, ParticipantId, PersonId, RequestId
from tests.oracle.ledger import Tonne
from tests.oracle.things import NaiveRequest
from tests.properties.drawn import Terms, at
from tests.properties.drawn_units import Choice
from tests.properties.machine import MarketMachine
from tests.properties.twins import Twins


class UnitWorld(MarketMachine):
    """The helpers of the rules about units."""

    def __init__(self, morning: Twins) -> None:
        """Open a new market."""
        super().__init__(morning)
        self.papers = 0

    # -- what is there --

    def firm(self, index: int) -> ParticipantId:
        """One of the firms."""
        return at(self.twins.firms, index)

    def trader(self, firm: ParticipantId) -> PersonId:
        """Its trader."""
        return self.market.traders[firm]

    def operator(self) -> PersonId:
        """Who proposes for the venue."""
        return self.market.operator

    def paper(self) -> str:
        """A number that no paper had before."""
        self.papers += 1
        return f"paper-{self.papers}"

    def tonnes(self, *states: ParcelState) -> list[Tonne]:
        """All tonnes in some states, by lot and serial."""
        found = [tonne for tonne in self.twins.twin.tonnes.all if tonne.state in states]
        return sorted(found, key=lambda tonne: (tonne.lot, tonne.serial))

    def lots_of(self, firm: ParticipantId) -> list[int]:
        """A firm's lots, or any when it has none."""
        return sorted(self.twins.twin.tonnes.lots_of(firm)) or self.twins.lots

    def picks(self, firm: ParticipantId, choice: Choice) -> tuple[tuple[Pick, ...], int]:
        """Picks from a firm's lots, and how many tonnes they are meant to be."""
        lots = [at(self.lots_of(firm), index) for index in choice.lots]
        if choice.style != "serials":
            return tuple(Pick(LotId(lot), 0, 0) for lot in lots), choice.size * len(lots) + choice.quantity_off
        made = []
        for lot in lots:
            mine = [one.serial for one in self.tonnes(*ParcelState) if (one.lot, one.owner) == (lot, firm)]
            lo = at(mine or [self.twins.twin.lots[lot].lo], choice.start)
            made.append(Pick(LotId(lot), lo, lo + choice.size))
        return tuple(made), choice.size * len(lots) + choice.quantity_off

    # -- the program, the registry, and time --

    def go_on(self, between: list[Terms] | None = None) -> None:
        """What the program itself does while something is due, with orders between its portions."""
        left = list(between or [])
        while (command := self.twins.due()) is not None:
            self.twins.give(command)
            if left:
                self.order(left.pop())

    def open_requests(self) -> list[tuple[int, NaiveRequest]]:
        """What the registry has still to answer."""
        return [(number, one) for number, one in self.twins.twin.requests.items() if one.open]

    def hear(self, answers: list[str]) -> None:
        """The registry answers what it was asked, one request after the other."""
        for index, (number, request) in enumerate(self.open_requests()):
            said = at(answers, index)
            on_paper = self.twins.twin.lots[request.lot].good[0] is Family.OTHER_SINK
            if on_paper and said == "yes":
                self.agree(AnswerOnPaper(self.operator(), RequestId(number), self.market.today(), self.paper()), 1)
            elif on_paper and said == "no":
                refused = (RegistryOutcome.REFUSED, "not theirs")
                self.agree(AnswerOnPaper(self.operator(), RequestId(number), self.market.today(), "", *refused), 1)
            elif said == "old paper":
                used = [one.receipt for one in self.twins.twin.requests.values() if one.receipt]
                receipt = at(used, index).upper().replace("-", "/0")
                self.say(number, request, confirmed=True, receipt=receipt, message=self.paper())
            elif said != "silence":
                self.say(number, request, said == "yes", self.paper() if said == "yes" else "", self.paper())

    def say(self, number: int, request: NaiveRequest, confirmed: bool, receipt: str, message: str) -> Outcome:
        """A statement by the registry, about exactly what it was asked."""
        outcome = RegistryOutcome.CONFIRMED if confirmed else RegistryOutcome.REFUSED
        return self.twins.give(
            AnswerRequest(
                self.market.registry,
                RequestId(number),
                request.kind,
                request.account,
                outcome,
                request.lo,
                request.hi,
                receipt,
                message,
                self.market.now(),
                bytes(64),
            )
        )
