"""How many tonnes of which projects were issued here: for comparing with what a registry publishes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from exchange.core.commands.instruments import Family
from exchange.core.credits.registry_lock import PLAY_REGISTRY
from exchange.store.connecting import READER, connect


@dataclass(frozen=True, slots=True)
class IssuedProject:
    """A project whose units the national registry keeps, and the tonnes of all its issuances here."""

    code: str
    name_en: str
    name_zh: str
    issued: int


_SQL: Final = """
    SELECT p.code, p.name_en, p.name_zh, coalesce(sum(i.hi - i.lo), 0)::bigint AS issued
    FROM projects p LEFT JOIN issuances i USING (project_id)
    WHERE p.family = $1 AND p.registry <> $2
    GROUP BY p.project_id ORDER BY p.project_id
"""


async def issued_projects(dsn: str) -> list[IssuedProject]:
    """Every project of the national registry, in the order in which they were recorded.

    Raises:
        ConnectionError: when the database cannot be asked now.
    """
    connection = await connect(dsn, READER)
    try:
        rows = await connection.fetch(_SQL, int(Family.FORESTRY_CCER), PLAY_REGISTRY)
    finally:
        await connection.close()
    return [IssuedProject(**row) for row in rows]
