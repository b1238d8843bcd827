"""The four-eyes rule: what was proposed, and by whose word it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal; ``action_hash`` (hex) is what the second person approves, so that nothing changes in between.

    ``created`` is the id of what the execution made (an issuance, a lot, a person), ``created_key`` that of a first
    key. ``facility_before`` is what a proposal of type FACILITY would change or has changed,
    ``facility_named`` what is entered of the one that a proposed use names. Only reads have that and the times.
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
    created_key: str | None = None
    facility_before: dict[str, object] | None = None
    facility_named: dict[str, object] | None = None
    proposed_at: datetime | None = None
    closed_at: datetime | None = None
