"""Random uses that name a facility: covered or not, its own firm's or another's, in its league or elsewhere; and
proposals about what is not there.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from exchange.core.commands.approvals import Action, Approve
from exchange.core.commands.credits import AdmitLot
from exchange.core.commands.encumbrances import ForceCancellation
from exchange.core.commands.instruments import Family, League
from exchange.core.commands.projects import FacilityTerms, Sector, SetFacility
from exchange.core.commands.uses import Intensity, Pick, Purpose, RevokeClaim, UseUnits
from exchange.core.events.credits import ParcelState
from exchange.core.values import ClaimId, Day, InstrumentId, IssuanceId, LotId, ParticipantId, ReversalId, Tonnes
from tests.oracle.things import evidence_of
from tests.properties.covering import Covering
from tests.properties.drawn import ANY, at
from tests.properties.drawn_units import NOTHING, VOLUNTARY
from tests.properties.twins import QUOTA
from tests.support.market import FIRM

OTHER_FIRM = "91150200MA0N0MALL8"
NAMED = st.sampled_from(["mill", "Mill", "shop", "shop", "stranger"])
"""A covered mill and a shop that is not, both of one firm as far as they are known; and what nobody has entered."""


class Naming(Covering):
    """The rules about facilities that a use names, and about nothing at all."""

    @rule(
        facility=NAMED, year=st.sampled_from([2023, 2024, 2025]), firm=st.sampled_from([FIRM, FIRM, OTHER_FIRM]),
        league=st.sampled_from([League.BAOTOU, League.BAOTOU, League.ORDOS]), known=st.booleans(), which=ANY,
        surrenders=st.booleans(),
    )  # fmt: skip
    def offset(
        self, facility: str, year: int, firm: str, league: League, known: bool, which: int, surrenders: bool
    ) -> None:
        """A tonne, mostly of quota, meets what a new project needs; or CCER is surrendered for a facility."""
        if known:
            shop = FacilityTerms("shop", "Shop", "商店", FIRM, Sector.OTHER, League.BAOTOU, 0, 0)
            self.agree(SetFacility(self.operator(), shop), 2)
        wanted = Family.FORESTRY_CCER if surrenders else Family.REDUCTION_QUOTA
        left = [one for one in self.tonnes(ParcelState.ACTIVE) if self.twins.twin.lots[one.lot].good[0] is wanted]
        tonne = at(left or self.tonnes(*ParcelState), which)
        details = replace(NOTHING, facility=facility, year=year, beneficiary_code=firm)
        if not surrenders:
            details = replace(details, project="New", intensity=Intensity.LOW, league=league)
        purpose = Purpose.NATIONAL_SURRENDER if surrenders else Purpose.NEW_PROJECT_OFFSET
        owner, picks = ParticipantId(tonne.owner), (Pick(LotId(tonne.lot), tonne.serial, tonne.serial + 1),)
        use = UseUnits(self.trader(owner), owner, InstrumentId(0), picks, Tonnes(1), purpose, details)
        self.agree(use, 0)

    @precondition(lambda self: self.newest())
    @rule(by=st.integers(1, 2))
    def misread(self, by: int) -> None:
        """The second person has another paper in hand than the first."""
        number = self.newest()[0]
        known = self.twins.twin.proposals[number]
        evidence = evidence_of(known.action) + "?"
        self.twins.give(Approve(self.twins.staff[by], number, known.action_hash, evidence))

    @rule(kind=ANY, what=st.integers(1, 3))
    def propose_nothing(self, kind: int, what: int) -> None:
        """Something about what is not there, or of no possible time."""
        owner, lo = self.firm(0), max(one.hi for one in self.twins.twin.issuances.values())
        quota = replace(self.market.issuance(lo, lo + what), project=self.twins.projects[QUOTA])
        picks = (Pick(LotId(what), lo, lo + 1),)
        actions: tuple[Action, ...] = (
            AdmitLot(self.operator(), IssuanceId(what), owner, lo, lo + 1, self.paper()),
            RevokeClaim(self.operator(), ClaimId(what), "fraud"),
            ForceCancellation(self.operator(), ReversalId(what)),
            UseUnits(self.trader(owner), owner, InstrumentId(what), (), Tonnes(1), *VOLUNTARY),
            UseUnits(self.trader(owner), owner, InstrumentId(0), picks, Tonnes(1), *VOLUNTARY),
            replace(quota, monitoring_start=Day(20231231), monitoring_end=Day(20230101)),
            replace(quota, monitoring_end=Day(20240101)),
            replace(quota, applied_on=Day(self.today + 1)),
        )
        self.agree(at(actions, kind), 2)
