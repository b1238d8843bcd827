"""Random fates of quota that stands on cancelled CCER: the registry takes its word back, or its list has them alive
again; the claim is revoked.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import rule

from exchange.core.commands.credits import AdmitLot
from exchange.core.commands.encumbrances import Encumber, EncumbranceKind, LiftEncumbrance
from exchange.core.commands.uses import Pick, Purpose, RevokeClaim, UseUnits
from exchange.core.credits.encumbrance import RECONCILIATION
from exchange.core.values import (
    NOBODY,
    ClaimId,
    EncumbranceId,
    InstrumentId,
    IssuanceId,
    LotId,
    ParticipantId,
    PersonId,
    ProjectId,
    Tonnes,
)
from tests.properties.drawn import ANY
from tests.properties.drawn_units import NOTHING, VOLUNTARY, Choice
from tests.properties.losing import Losing

FATES = st.sampled_from(
    [
        *("admit", "admit", "issue", "dispute", "dispute", "confirm", "find", "find"),
        *("lift", "lift", "revoke", "use", "restore"),
    ]
)


class Doubting(Losing):
    """The rule about quota in doubt."""

    @rule(size=st.integers(2, 9), start=ANY, issued=st.integers(1, 5), by=ANY, fates=st.lists(FATES, min_size=3))
    def doubt(self, size: int, start: int, issued: int, by: int, fates: list[str]) -> None:
        """CCER are cancelled, quota is issued against them and comes in, after any firm was named as its owner. Then
        comes anything that can happen to it.
        """
        owner = self.firm(0)
        picks, quantity = self.picks(owner, Choice("serials", [start], start, size, 0))
        units = (InstrumentId(0), picks, Tonnes(quantity))
        made = self.agree(UseUnits(self.trader(owner), owner, *units, Purpose.CONVERSION, NOTHING), 0)
        if made is None:
            return
        self.hear(["yes"])
        for fate in ["issue", "misplace", "admit", *fates]:
            if fate == "restore":
                self.twins.restore()
            else:
                self.happen(fate, ClaimId(made.created), picks[0].lot, owner, issued, by)
            self.go_on()

    def happen(self, fate: str, claim: ClaimId, lot: LotId, owner: ParticipantId, issued: int, by: int) -> None:
        """One thing more, to the claim or to what was issued against it last."""
        twin = self.twins.twin
        ours = [number for number, one in twin.issuances.items() if one.converted == claim]
        if fate == "issue":
            lo = max(one.hi for one in twin.issuances.values())
            quota = self.market.issuance(lo, lo + issued, vintage=twin.lots[lot].good[2])
            self.agree(replace(quota, project=self.twins.projects[4], converted=claim), 2)
        elif fate in ("dispute", "confirm"):
            for number, request in list(twin.requests.items()):
                if request.subject == claim:
                    receipt = self.paper() if fate == "confirm" else ""
                    self.say(number, request, fate == "confirm", receipt, self.paper())
        elif fate == "find":
            self.find(claim, by)
        elif fate == "lift":
            doubts = [number for number, made in twin.encumbrances.items() if made.is_doubt]
            self.agree(LiftEncumbrance(self.operator(), EncumbranceId(max(doubts, default=1))), 2 if by % 5 else by)
        elif fate == "revoke":
            self.agree(RevokeClaim(self.operator(), claim, "never cancelled"), 2)
        elif ours and fate in ("admit", "misplace"):
            issuance = twin.issuances[ours[-1]]
            named = owner if fate == "admit" else self.firm(by)
            admit = (IssuanceId(ours[-1]), named, issuance.lo, issuance.hi, self.paper())
            self.agree(AdmitLot(self.operator(), *admit), 1)
        elif ours:
            self.use_quota(ours, owner)

    def find(self, claim: ClaimId, by: int) -> None:
        """A reconciliation finds one of the CCER alive: the program suspends it, or a person holds it."""
        ((lot, lo, hi), *_) = self.twins.twin.claims[claim].units
        actor, kind = PersonId(NOBODY), EncumbranceKind.SUSPENSION
        if by % 3 == 0:
            actor, kind = self.operator(), EncumbranceKind.FREEZE if by % 9 == 0 else kind
        place = (ProjectId(0), 0, LotId(lot), lo + by % (hi - lo), lo + by % (hi - lo) + 1)
        self.twins.give(Encumber(actor, kind, *place, f"{RECONCILIATION}OTHER_STATE"))

    def use_quota(self, issuances: list[int], owner: ParticipantId) -> None:
        """A tonne of the quota is used."""
        lots = [number for number, one in self.twins.twin.lots.items() if one.issuance in issuances]
        if lots:
            lo = self.twins.twin.lots[lots[0]].lo
            units = (InstrumentId(0), (Pick(LotId(lots[0]), lo, lo + 1),), Tonnes(1))
            self.agree(UseUnits(self.trader(owner), owner, *units, *VOLUNTARY), 1)
