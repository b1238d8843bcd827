"""Random fates of what a plant has yielded: the regulator finds it inside the national market, and outside again."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import rule

from exchange.core.commands.credits import AdmitLot
from exchange.core.commands.encumbrances import LiftEncumbrance
from exchange.core.commands.instruments import League
from exchange.core.commands.projects import FacilityTerms, RecordIssuance, Sector, SetFacility
from exchange.core.commands.uses import Pick, UseUnits
from exchange.core.events.credits import ParcelState
from exchange.core.values import EncumbranceId, InstrumentId, IssuanceId, LotId, ParticipantId, Tonnes
from tests.oracle import origins
from tests.properties.doubting import Doubting
from tests.properties.drawn import ANY, Terms, at, terms
from tests.properties.drawn_units import VOLUNTARY
from tests.properties.twins import QUOTA
from tests.support.market import FIRM

PLANT = "plant"
"""Which facility all the quota of these markets comes from, when it comes from any."""

COVERED = st.sampled_from([(2021, 0), (2021, 0), (2024, 0), (2021, 2023), (2020, 0)])
"""From which year to which it is inside; in 2020 its sector was not yet."""

FATE = st.sampled_from(
    [
        *("cover", "cover", "correct", "correct", "lift", "lift"),
        *("propose", "approve", "use", "admit", "issue", "restore"),
    ]
)


class Covering(Doubting):
    """The rule about a plant that is found to be covered after its quota was issued."""

    @rule(
        years=COVERED, proposed=st.booleans(), fates=st.lists(FATE, min_size=2, max_size=8), which=ANY,
        between=st.lists(terms(), max_size=2),
    )  # fmt: skip
    def find_covered(
        self, years: tuple[int, int], proposed: bool, fates: list[str], which: int, between: list[Terms]
    ) -> None:
        """Perhaps something is proposed before; then the plant is entered, and anything can happen to its units."""
        before = ["propose"] if proposed else []
        for number, fate in enumerate([*before, "cover", *fates], which):
            self.befall(fate, number, years)
            if fate != "cover" or number % 3:  # Else the next is tried while some of the units are not held yet.
                self.go_on(between)
        self.go_on()

    def befall(self, fate: str, number: int, years: tuple[int, int]) -> None:
        """One thing more."""
        if fate == "restore":
            self.twins.restore()
        elif fate in ("cover", "correct"):
            self.enter(years if fate == "cover" else (0, 0))
        elif fate == "lift":
            self.let_go(number)
        elif fate == "propose":
            self.propose(self.taken(number) if number % 2 else self.admission(number))
        elif fate == "approve":
            for proposal in self.newest()[:1]:
                self.approve(proposal, 1)
        else:
            self.ask(fate, number)

    def ask(self, fate: str, number: int) -> None:
        """Two persons agree to something that needs the plant's units, or makes more of them."""
        if fate == "use":
            self.agree(self.taken(number), 1)
        elif fate == "admit":
            self.agree(self.admission(number), 1)
        else:
            self.agree(self.issuance(number), 2)

    def enter(self, years: tuple[int, int]) -> None:
        """The regulator says from which year to which the plant is covered; (0, 0) is in none."""
        known = FacilityTerms(PLANT.upper(), "Plant", "电厂", FIRM, Sector.POWER, League.BAOTOU, *years)
        self.agree(SetFacility(self.operator(), known), 2)

    def let_go(self, number: int) -> None:
        """What holds the plant's units, if they are still held; mostly the regulator agrees."""
        held = [one for one, made in self.twins.twin.encumbrances.items() if made.is_of_source]
        self.agree(LiftEncumbrance(self.operator(), EncumbranceId(at(held or [1], number))), 2 if number % 5 else 1)

    # -- what is asked of the plant's units --

    def taken(self, number: int) -> UseUnits:
        """A use of one tonne of the plant's, or of anything when nobody has any."""
        left = [tonne for tonne in self.tonnes(ParcelState.ACTIVE) if self.is_of_plant(tonne.lot)]
        tonne = at(left or self.tonnes(*ParcelState), number)
        owner, picks = ParticipantId(tonne.owner), (Pick(LotId(tonne.lot), tonne.serial, tonne.serial + 1),)
        return UseUnits(self.trader(owner), owner, InstrumentId(0), picks, Tonnes(1), *VOLUNTARY)

    def admission(self, number: int) -> AdmitLot:
        """One more tonne of an issuance of the plant comes in, where one is left."""
        known = self.twins.twin.issuances
        issuance = at([one for one in known if self.is_plants(known[one].project)], number)
        came_in = [lot.hi for lot in self.twins.twin.lots.values() if lot.issuance == issuance]
        lo = max(came_in, default=known[issuance].lo)
        return AdmitLot(self.operator(), IssuanceId(issuance), self.firm(0), lo, lo + 1, self.paper())

    def issuance(self, number: int) -> RecordIssuance:
        """Two more tonnes are issued of the plant."""
        lo = max(one.hi for one in self.twins.twin.issuances.values())
        made = self.market.issuance(lo, lo + 2, vintage=2022 + number % 3)
        return replace(made, project=self.twins.projects[QUOTA])

    def is_of_plant(self, lot: int) -> bool:
        """Whether a lot's units come from the plant."""
        return self.is_plants(origins.project_of(self.twins.twin, lot))

    def is_plants(self, project: int) -> bool:
        """Whether a project is the plant's."""
        return origins.folded(self.twins.twin.projects[project].terms.source_facility) == PLANT
