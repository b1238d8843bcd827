"""Is any tonne counted twice? The question of :mod:`exchange.audit.double_count`, asked of the tables alone, by SQL.

What is asked is in :mod:`exchange.store.double_count_checks`; this module asks it, all of it at one moment.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import asyncpg

from exchange.sequencer.journal import StoredEntry
from exchange.store.connecting import READER, connect
from exchange.store.double_count_checks import CHECKS
from exchange.store.double_count_counting import ADJUSTMENTS, FACILITIES, PROJECTS, STEPS, USES
from exchange.store.double_count_requests import REQUESTS

if TYPE_CHECKING:
    from exchange.store.connecting import Connection

TOLD_AT_MOST: Final = 20
"""Rows of one query that are told."""

FETCHED_AT_ONCE: Final = 1_000

_SETTINGS: Final = {
    **READER,
    "application_name": "exchange-audit",
    "work_mem": "128MB",  # a million edges are sorted in memory
}

_ISSUANCES: Final = """
    SELECT issuance_id, format('%s t of %s for %s to %s (%s t, %s t issued) of year %s on %s, applied for on %s: '
                               '%s %s-%s of %s as %s',
                               i.verified, project_id, monitoring_start, monitoring_end, coalesce(p.verified, 0),
                               coalesce(p.issued, 0), vintage, coalesce(converted, 0), applied_on, space_name, lo, hi,
                               space_id, serial_text) AS words
    FROM issuances i LEFT JOIN monitoring_periods p USING (project_id, monitoring_start, monitoring_end)"""

_LOTS: Final = """
    SELECT l.lot_id, format('%s-%s of %s in %s parcels %s, of %s, for %s: %s',
                            l.lo, l.hi, l.space_id, coalesce(p.parcels, 0),
                            encode(sha256(convert_to(coalesce(p.stretches, ''), 'UTF8')), 'hex'),
                            l.issuance_id, l.first_owner, l.lock_reference) AS words
    FROM lots l LEFT JOIN (
        SELECT lot_id, count(*) AS parcels,
               string_agg(lo || '-' || hi || ':' || owner || ':' || tag || ':' || state || ':' || encumbered || ';', ''
                          ORDER BY lo) AS stretches
        FROM parcels GROUP BY lot_id) p USING (lot_id)"""

_PAPERS: Final = "SELECT paper, format('%s: %s', lot_id, reference) AS words FROM lock_papers"

_CLAIMS: Final = """
    SELECT claim_id, lot_id, lower(serials) AS lo, upper(serials) AS hi FROM (
        SELECT claim_id, lot_id, unnest(range_agg(int8range(lo, hi))) AS serials FROM claim_ranges WHERE status < 3
        GROUP BY claim_id, lot_id) joined"""

_RECEIPTS: Final = """
    SELECT seq, format('%s %s: %s of %s, heard at %s, under %s: %s',
                       CASE WHEN contradicts THEN 'contradicts' ELSE 'answers' END, request_id,
                       (ARRAY['CONFIRMED', 'REFUSED'])[outcome], stated_at_us, at_us,
                       coalesce(nullif(encode(signature, 'hex'), ''), 'nothing'), receipt) AS words
    FROM registry_answers"""

_PEOPLE: Final = """
    SELECT person_id AS number, format('%s of %s', role, coalesce(participant_id, 0)) AS who FROM persons
    UNION ALL SELECT key_id, format('%s %s %s %s %s', person_id, scopes, encode(secret_hash, 'hex'),
                                    encode(public_key, 'hex'),
                                    CASE WHEN revoked_seq IS NULL THEN 'good' ELSE 'revoked' END) FROM api_keys"""

_RULES: Final = """
    SELECT version, 0 AS entry, format('%s of entry %s', profile, seq) AS words FROM rulebooks
    UNION ALL SELECT version, n + 1, format('%s %s from %s, %s %s', rule, value, effective_from, verified,
        left(encode(sha256(convert_to(concat_ws(E'\\n', unit, article, text_en, text_zh), 'UTF8')), 'hex'), 12))
    FROM rules"""

_DAYS: Final = "SELECT seq, day FROM trading_days"

_HELD: Final = """
    SELECT encumbrance_id, format('%s by %s of %s/%s %s/%s-%s %s t, %s t free, %s: %s', kind, coalesce(set_by, 0),
                                  coalesce(project_id, 0), vintage, coalesce(e.lot_id, 0), e.lo, e.hi,
                                  coalesce(held, 0), coalesce(freed, 0), coalesce(lifted_seq, 0), reference) AS words
    FROM encumbrances e
    LEFT JOIN (SELECT encumbrance_id, sum(hi - lo) AS held FROM encumbered_ranges GROUP BY encumbrance_id) h
    USING (encumbrance_id)
    LEFT JOIN (SELECT encumbrance_id, sum(hi - lo) AS freed FROM freed_ranges GROUP BY encumbrance_id) f
    USING (encumbrance_id)"""

UNREADABLE: Final = "TABLE-UNREADABLE"
_SENSELESS: Final = (
    asyncpg.DataError,
    asyncpg.CardinalityViolationError,
    asyncpg.SyntaxOrAccessError,
    asyncpg.ProgramLimitExceededError,
    asyncpg.InternalServerError,
)
"""What PostgreSQL says of values that cannot be: a range that ends before it begins, a text that is none, a table that
is gone. The migration allows none of it, so it is a finding and not an accident of the audit.
"""

_ENTRIES: Final = "SELECT seq, leaf, head, events FROM journal ORDER BY seq"


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row that a query found: of which check, and its columns by name."""

    check: str
    facts: tuple[tuple[str, int | str], ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """What the tables say of all tonnes, most of it in words. Every project; by issuance its project, period, figures
    and serials, and the figures of its period; by lot its space, serials, number of parcels and the SHA-256 over them
    as ``lo-hi:owner:tag:state:encumbered;``, its issuance, first owner and paper, and the SHA-256 over its steps; every
    paper of a lock; the serials that uses have as (use, lot, lo, hi), joined where they touch, and what each use was
    for and came to; every adjustment of a budget; what was said of facilities and their duties; by entry what the
    registry said, of when and under which signature, in hexadecimal digits; what each request asks for, from when until
    when; every person with role and firm and every key with its person, scopes, the hash of its secret, public key and
    whether it is good; every entry of each rulebook by version and place in it, with the rulebook itself at the place
    0; the trading days by the entries that opened them; and every encumbrance with the tonnes that it held and let go.
    """

    projects: dict[int, str]
    issuances: dict[int, str]
    lots: dict[int, str]
    steps: dict[int, str]
    papers: dict[str, str]
    claims: frozenset[tuple[int, int, int, int]]
    uses: dict[int, str]
    adjustments: dict[str, str]
    facilities: dict[str, str]
    receipts: dict[int, str]
    requests: dict[int, str]
    people: dict[int, str]
    rules: dict[tuple[int, int], str]
    days: dict[int, int]
    held: dict[int, str]


class Moment:
    """A database that stands still: everything that is asked of it is of the same moment."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction that sees one snapshot."""
        self._connection = connection
        self.unreadable: Final[list[Wrong]] = []
        """What could not be asked, with PostgreSQL's words."""

    async def entries(self) -> AsyncGenerator[StoredEntry, None]:
        """The journal from its first entry on, in bounded memory."""
        async for row in self._connection.cursor(_ENTRIES, prefetch=FETCHED_AT_ONCE):
            yield StoredEntry(*row)

    async def wrong(self) -> tuple[list[Wrong], dict[str, int]]:
        """What the queries find, the first rows of each, and how many rows each check found."""
        found: list[Wrong] = []
        counts: dict[str, int] = {}
        for check, queries in CHECKS.items():
            for query in queries:
                rows = await self._ask(check, query)
                counts[check] = counts.get(check, 0) + len(rows)
                for row in rows[:TOLD_AT_MOST]:
                    found.append(Wrong(check, tuple((name, _fact(value)) for name, value in row.items())))
        return found, {check: count for check, count in counts.items() if count}

    async def tables(self) -> Tables:
        """What the tables say of all tonnes."""
        ask, by_key = self._ask, self._by_key
        claims = frozenset(tuple(row.values()) for row in await ask("uses", _CLAIMS))
        rules = {(row["version"], row["entry"]): row["words"] for row in await ask("rules", _RULES)}
        return Tables(
            projects=await by_key("projects", PROJECTS),
            issuances=await by_key("issuances", _ISSUANCES),
            lots=await by_key("lots", _LOTS),
            steps=await by_key("steps", STEPS),
            papers=await by_key("papers", _PAPERS),
            claims=claims,
            uses=await by_key("uses", USES),
            adjustments=await by_key("adjustments", ADJUSTMENTS),
            facilities=await by_key("facilities", FACILITIES),
            receipts=await by_key("receipts", _RECEIPTS),
            requests=await by_key("requests", REQUESTS),
            people=await by_key("people", _PEOPLE),
            rules=rules,
            days=await by_key("days", _DAYS),
            held=await by_key("encumbrances", _HELD),
        )

    async def _by_key(self, about: str, query: str) -> dict[Any, Any]:
        """By its key, which stands first, what is said of each row."""
        return dict(await self._ask(about, query))

    async def _ask(self, about: str, query: str) -> list[Any]:
        """The rows of a query; none, and a note, where the tables make no sense for it."""
        try:
            async with self._connection.transaction():
                return await self._connection.fetch(query)
        except asyncpg.InsufficientPrivilegeError:
            raise
        except _SENSELESS as error:
            self.unreadable.append(Wrong(UNREADABLE, (("asked", about), ("problem", str(error).splitlines()[0]))))
            return []


def _fact(value: object) -> int | str:
    """A number stays one; what PostgreSQL adds up is a Decimal, and nothing here has a fraction."""
    if value is None:
        return "-"
    return value if isinstance(value, str) else int(value)  # type: ignore[call-overload]


@asynccontextmanager
async def one_moment(dsn: str) -> AsyncIterator[Moment]:
    """A moment of a database; the exchange may go on serving from it meanwhile.

    Raises:
        ConnectionError: if PostgreSQL cannot be reached.
    """
    connection = await connect(dsn, _SETTINGS)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            yield Moment(connection)
    finally:
        await connection.close(timeout=5.0)
