"""Random agreed trades whose units are held fast before they are delivered: the agreement ends, or is settled first."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from exchange.core.commands.agreements import AffirmAgreement, AgreementKind, ConfirmAgreement, ProposeAgreement
from exchange.core.commands.encumbrances import Encumber, EncumbranceKind
from exchange.core.commands.instruments import Family
from exchange.core.values import AgreementId, Fen, LotId, ProjectId, Side, Tonnes
from tests.properties.drawn import MOSTLY
from tests.properties.drawn_units import FEW
from tests.properties.naming import Naming

PRICE = 100
"""What a tonne costs in fen."""

FATES = st.lists(st.sampled_from(["freeze", "freeze", "cover", "settle", "settle", "restore"]), min_size=1, max_size=4)


class Agreeing(Naming):
    """The rule about units that are promised and then held fast."""

    @rule(
        seller=st.sampled_from([0, 2]), family=st.sampled_from(Family), size=FEW, affirmed=MOSTLY, fates=FATES,
        spared=st.integers(0, 3),
    )  # fmt: skip
    def promise(self, seller: int, family: Family, size: int, affirmed: bool, fates: list[str], spared: int) -> None:
        """Two firms agree, and then anything can happen to the units before the venue confirms it."""
        owner, buyer, total = self.firm(seller), self.firm(3), Fen(size * PRICE)
        terms = (Side.SELL, AgreementKind.SPOT, family, "", Tonnes(size), total, ())
        made = self.twins.give(ProposeAgreement(self.trader(owner), owner, buyer, *terms))
        if made.reason is not None:
            return
        number = AgreementId(made.created)
        if affirmed:
            self.twins.give(AffirmAgreement(self.trader(buyer), buyer, number, Tonnes(size), total, ()))
        for fate in fates:
            if fate == "settle":
                self.twins.give(ConfirmAgreement(self.operator(), number, accept=True))
            elif fate == "cover":
                self.enter((2021, 0))
            elif fate == "restore":
                self.twins.restore()
            else:
                self.hold_promised(number, spared)
            self.go_on()

    def hold_promised(self, number: AgreementId, spared: int) -> None:
        """Its first lot is held fast, but for a few serials; nothing once it has none."""
        promised = self.twins.twin.agreements[number].lots
        if promised:
            lot = self.twins.twin.lots[promised[0]]
            scope = (ProjectId(0), 0, LotId(promised[0]), min(lot.lo + spared, lot.hi - 1), lot.hi)
            self.twins.give(Encumber(self.operator(), EncumbranceKind.JUDICIAL, *scope, "order 9"))
