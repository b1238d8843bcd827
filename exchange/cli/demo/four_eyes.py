"""What two persons of the venue do one after the other: propose, and approve exactly that."""

from __future__ import annotations

from exchange.cli.demo.cast import Stage


async def agree(
    stage: Stage, action: str, document: dict[str, object], *, by_regulator: bool = False, evidence: str = ""
) -> str:
    """Proposed by operator A, approved by operator B or the regulator; the id of what was made."""
    second = stage.staff.regulator if by_regulator else stage.staff.operator_b
    proposal = await stage.staff.operator_a.proposals.propose(action, document)
    approved = await second.proposals.approve(proposal, evidence)
    return approved.created or ""
