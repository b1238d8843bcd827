"""An order to cancel units finds them set aside, which random lives seldom come to: it ends the same for both twins."""

from __future__ import annotations

from exchange.core.commands.approvals import Approve, Propose
from exchange.core.commands.encumbrances import ForceCancellation, ReportReversal
from exchange.core.commands.uses import Pick, UseUnits
from exchange.core.events.governance import ProposalRejected
from exchange.core.values import (
    NOBODY,
    InstrumentId,
    LotId,
    ParticipantId,
    PersonId,
    ProjectId,
    ProposalId,
    ReversalId,
    Tonnes,
)
from tests.oracle.origins import project_of
from tests.properties.drawn_units import VOLUNTARY
from tests.properties.test_units import MORNING
from tests.properties.twins import Twins


def _agree(twins: Twins, action: ReportReversal | ForceCancellation, approver: PersonId) -> int:
    """Have a second person agree; what was made."""
    number = twins.give(Propose(action.actor, action)).created
    return twins.give(Approve(approver, ProposalId(number), twins.twin.proposals[number].action_hash, "")).created


def _set_aside(twins: Twins, firm: ParticipantId, lot: int) -> None:
    """Two uses are proposed, which have all that the firm could sell of a lot but for a tonne."""
    tonnes = twins.twin.tonnes.sellable(lot, firm)
    lo, middle, hi = tonnes[0].serial, tonnes[len(tonnes) // 2].serial, tonnes[-1].serial
    trader = twins.market.traders[firm]
    for a, b in ((lo, middle), (middle, hi)):
        units = (InstrumentId(0), (Pick(LotId(lot), a, b),), Tonnes(b - a))
        assert twins.give(Propose(trader, UseUnits(trader, firm, *units, *VOLUNTARY, ReversalId(0)))).reason is None


def test_an_order_ends_the_same_proposals_for_both() -> None:
    """After each command all that the two know is compared."""
    twins, firm = MORNING.another(), MORNING.firms[0]
    market, lots = twins.market, sorted(twins.twin.tonnes.lots_of(firm))
    for lot in lots:
        _set_aside(twins, firm, lot)
    for project in sorted({project_of(twins.twin, lot) for lot in lots}):
        fire = ReportReversal(market.operator, ProjectId(project), 0, firm, Tonnes(9), "fire")
        lost = ReversalId(_agree(twins, fire, market.second))
        _agree(twins, ForceCancellation(market.operator, lost), market.regulator)
    ended = [event for event in market.told if isinstance(event, ProposalRejected)]
    assert {event.by for event in ended} == {NOBODY}
    assert len(ended) < 2 * len(lots)
