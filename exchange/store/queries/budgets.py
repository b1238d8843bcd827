"""Budgets of the leagues: the plans, the corresponding adjustments, and a report that adds up to the tonne."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from exchange.core.commands.instruments import League
from exchange.core.values import Micros, Seq, Tonnes
from exchange.store.queries.cursors import Page, check_limit, cut_page, decode_cursor
from exchange.store.tables import budget_entries, budgets

KIND: Final = b"L"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is planned for a league (NONE: the region) from one year to another, both included."""

    league: League
    first_year: int
    last_year: int
    planned: Tonnes
    seq: Seq
    at: Micros


@dataclass(frozen=True, slots=True)
class Adjusted:
    """One corresponding adjustment: ``quantity`` off the account of ``source``, for a use in a league, in a province,
    or (NONE and "") for the national market; ``subject`` is what made it.
    """

    seq: Seq
    n: int
    at: Micros
    source: League
    used_in: League
    province: str
    year: int
    quantity: int
    subject: int


@dataclass(frozen=True, slots=True)
class LeagueYear:
    """What became in one year of the tonnes that a league made, and what it used of the others'.

    ``used`` counts the claims of that year that stand, ``at_home`` those for the league itself, ``outside`` those that
    replaced losses of no league of the region, and ``booked`` what was booked for claims of that year, less what was
    taken back: so ``used`` is ``at_home``, ``outside`` and ``booked`` to the tonne.
    All else is what was booked in that year: ``to_leagues``, ``to_provinces`` and ``to_national`` (surrenders, and
    releases less what came back) off its account, ``received`` onto it.
    """

    league: League
    planned: Tonnes | None
    used: int
    at_home: int
    outside: int
    booked: int
    to_leagues: int
    to_provinces: int
    to_national: int
    received: int


_REPORT: Final = text("""
    WITH uses AS (
        SELECT p.league AS source, c.league AS used_in, c.reversal_id, r.hi - r.lo AS tonnes
        FROM claims c JOIN claim_ranges r ON r.claim_id = c.claim_id AND r.status = 2
        JOIN lots l ON l.lot_id = r.lot_id JOIN issuances i ON i.issuance_id = l.issuance_id
        JOIN projects p ON p.project_id = i.project_id
        WHERE c.status = 3 AND c.purpose <> 8 AND c.day / 10000 = :year),
    entries AS (SELECT * FROM budget_entries WHERE year = :year)
    SELECT g.league,
        (SELECT planned FROM budgets b WHERE b.league = g.league AND first_year = :year AND last_year = :year
         ORDER BY seq DESC LIMIT 1) AS planned,
        (SELECT coalesce(sum(tonnes), 0) FROM uses WHERE source = g.league) AS used,
        (SELECT coalesce(sum(tonnes), 0) FROM uses WHERE source = g.league AND used_in = g.league) AS at_home,
        (SELECT coalesce(sum(tonnes), 0) FROM uses
         WHERE source = g.league AND used_in = 0 AND reversal_id IS NOT NULL) AS outside,
        (SELECT coalesce(sum(e.quantity), 0) FROM budget_entries e JOIN claims c ON c.claim_id = e.subject
         WHERE e.source = g.league AND c.day / 10000 = :year) AS booked,
        (SELECT coalesce(sum(quantity), 0) FROM entries WHERE source = g.league AND used_in > 0) AS to_leagues,
        (SELECT coalesce(sum(quantity), 0) FROM entries WHERE source = g.league AND province <> '') AS to_provinces,
        (SELECT coalesce(sum(quantity), 0) FROM entries
         WHERE source = g.league AND used_in = 0 AND province = '') AS to_national,
        (SELECT coalesce(sum(quantity), 0) FROM entries WHERE used_in = g.league) AS received
    FROM generate_series(1, 12) AS g (league) ORDER BY league
""")


async def league_report(connection: AsyncConnection, year: int) -> list[LeagueYear]:
    """The year of each of the twelve leagues, in the order of their numbers."""
    rows = await connection.execute(_REPORT, {"year": year})
    return [LeagueYear(League(row.league), row.planned, *(int(number) for number in row[2:])) for row in rows]


async def current_plans(connection: AsyncConnection) -> list[Plan]:
    """The plan that stands for each league and span of years; earlier figures for the same are left out."""
    rows = await connection.execute(select(budgets).order_by(budgets.c.seq))
    last = {(row.league, row.first_year, row.last_year): row for row in rows}
    return [Plan(League(key[0]), *key[1:], last[key].planned, last[key].seq, last[key].at_us) for key in sorted(last)]


async def list_adjustments(
    connection: AsyncConnection, source: League | None, limit: int, cursor: str | None = None
) -> Page[Adjusted]:
    """One page of adjustments, of one source or of all, oldest first; raises BadCursorError for a cursor of another
    list.
    """
    key = (budget_entries.c.seq, budget_entries.c.n)
    statement = select(budget_entries).order_by(*key).limit(check_limit(limit) + 1)
    if source is not None:
        statement = statement.where(budget_entries.c.source == source)
    if cursor is not None:
        statement = statement.where(tuple_(*key) > tuple_(*decode_cursor(KIND, cursor)))
    rows = [
        Adjusted(
            row.seq,
            row.n,
            row.at_us,
            League(row.source),
            League(row.used_in),
            row.province,
            row.year,
            row.quantity,
            row.subject,
        )
        for row in await connection.execute(statement)
    ]
    return cut_page(KIND, rows, limit, lambda adjusted: (adjusted.seq, adjusted.n))
