"""Steps in the life of a unit over HTTP that several tests need: a firm uses serials, the venue approves it."""

from __future__ import annotations

from typing import Any

from exchange.client import ExchangeClient, Pick
from exchange.client.models import Use
from tests.api.stack import Firm, Stack, World

STEEL = {"beneficiary_en": "Baotou Steel", "beneficiary_zh": "包钢集团"}
BAOTOU = {**STEEL, "league": "BAOTOU"}


def as_(world: World, firm: Firm) -> ExchangeClient:
    """The firm's client."""
    return world.doors.client(firm.token)


async def approve(world: World, proposal: str, action_hash: str) -> None:
    """The venue's second word."""
    body = {"action_hash": action_hash}
    path = f"/v1/proposals/{proposal}/approve"
    answer = await world.stack.ask("POST", path, world.doors.staff["SECOND"], body)
    assert answer.is_success, answer.text


async def used(world: World, pick: Pick, details: dict[str, str] | None = None, purpose: str = "VOLUNTARY") -> Use:
    """Serials of the buyer's that were used for good."""
    async with as_(world, world.buyer) as buyer:
        made = await buyer.uses.propose(purpose, details or BAOTOU, picks=[pick])
        await approve(world, made.proposal, made.action_hash)
        await world.registry.answer_all()
        return await buyer.uses.get(made.id)


async def refused(stack: Stack, path: str, token: str, body: dict[str, Any]) -> str:
    """The code with which a change is refused."""
    answer = await stack.ask("POST", path, token, body)
    assert answer.status_code >= 400, answer.text
    return str(answer.json()["code"])
