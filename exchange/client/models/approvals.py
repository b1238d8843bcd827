"""The four-eyes rule: what was proposed, and by whose word it is done."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal; ``action_hash`` (hex) is what the second person approves, so that nothing changes in between.

    ``created`` is the id of what the execution made (an issuance, a lot), once it is approved.
    """

    id: str
    status: str
    action_hash: str
    action: dict[str, object]
    proposer: str | None = None
    participant: str | None = None
    approver: str | None = None
    rejected_by: str | None = None
    reason: str | None = None
    created: str | None = None
