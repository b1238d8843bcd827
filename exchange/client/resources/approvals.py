"""Proposals: what nobody may do alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from exchange.client.connection import Connection
from exchange.client.models import Proposal
from exchange.client.resources.paging import every
from exchange.client.wire import decode, in_path


class Proposals:
    """Propose, approve by another person, or reject."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def propose(
        self, action_type: str, fields: Mapping[str, object], *, idempotency_key: str | None = None
    ) -> Proposal:
        """Propose an action by its type, such as WITHDRAWAL, PROJECT, ISSUANCE or LOT_ADMISSION.

        ``fields`` are those that the type asks for; docs/PROPOSALS.md has every type with an example.
        """
        body: dict[str, object] = {"action": {"type": action_type, **fields}}
        return decode(Proposal, await self._connection.change("POST", "/v1/proposals", body, idempotency_key))

    async def approve(self, proposal: Proposal, evidence: str = "", *, idempotency_key: str | None = None) -> Proposal:
        """Approve exactly what was proposed; ``evidence`` is read again from its source and entered a second time."""
        body: dict[str, object] = {"action_hash": proposal.action_hash, "evidence": evidence or None}
        path = f"/v1/proposals/{in_path(proposal.id)}/approve"
        return decode(Proposal, await self._connection.change("POST", path, body, idempotency_key))

    async def reject(self, proposal: Proposal, reason: str, *, idempotency_key: str | None = None) -> Proposal:
        """End a proposal without executing it."""
        path = f"/v1/proposals/{in_path(proposal.id)}/reject"
        return decode(Proposal, await self._connection.change("POST", path, {"reason": reason}, idempotency_key))

    async def get(self, proposal: str) -> Proposal:
        """One proposal."""
        return decode(Proposal, await self._connection.read(f"/v1/proposals/{in_path(proposal)}"))

    def every(self, status: str | None = None) -> AsyncIterator[Proposal]:
        """All proposals that the key may see."""
        return every(self._connection, "/v1/proposals", Proposal, {"status": status})
