"""The outbox to the national registry, and our side of a reconciliation with it, on connections that cannot write.

The table ``registry_requests`` is written in the transaction of the entry that makes a request, and changed in that of
the entry that answers it. So whatever is read here is durable, and nothing has to be remembered about it anywhere else.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from exchange.core.authority import AUTHORITY
from exchange.core.codec import decode_command
from exchange.core.commands.encumbrances import EncumbranceKind
from exchange.core.commands.governance import Genesis, PersonRole
from exchange.core.commands.instruments import Family
from exchange.core.commands.registry import AnswerRequest, RequestKind
from exchange.core.commands.uses import Purpose
from exchange.core.credits.registry_lock import PLAY_REGISTRY, RequestStatus
from exchange.core.events.credits import ParcelState
from exchange.core.values import Micros
from exchange.sequencer.journal import decode_leaf
from exchange.store.connecting import CONNECT_TIMEOUT_S, READER, UNREACHABLE, open_pool

if TYPE_CHECKING:
    from exchange.store.connecting import Pool, PooledConnection

SETTINGS: Final = {**READER, "application_name": "exchange-outbox", "statement_timeout": "60s"}

# Units of other registries are cancelled on paper, and those that a sandbox gives are in no registry.
_NATIONAL: Final = f"p.family = {int(Family.FORESTRY_CCER)} AND p.registry <> $1"

_UNANSWERED: Final = f"""
    SELECT r.request_id, r.kind, r.reference, i.space_name, i.serial_text, r.lo, r.hi, coalesce(f.code, '') AS holder,
           r.account, c.purpose, coalesce(c.beneficiary_zh, '') AS beneficiary,
           l.lock_reference
    FROM registry_requests r
    JOIN lots l USING (lot_id) JOIN issuances i USING (issuance_id) JOIN projects p USING (project_id)
    LEFT JOIN participants f ON f.participant_id = r.owner
    LEFT JOIN claims c ON c.claim_id = r.subject
    WHERE r.status < 3 AND {_NATIONAL}
    ORDER BY r.request_id
"""
_OURS: Final = f"""
    SELECT i.space_name, a.lot_id, a.lo, a.hi, coalesce(f.code, '') AS owner, a.state
    FROM parcels a
    JOIN lots l USING (lot_id) JOIN issuances i USING (issuance_id) JOIN projects p USING (project_id)
    LEFT JOIN participants f ON f.participant_id = a.owner
    WHERE {_NATIONAL}
    ORDER BY i.space_name, a.lo
"""
_SENT: Final = f"""
    SELECT r.reference, r.kind, i.space_name, r.lot_id, r.lo, r.hi, coalesce(f.code, '') AS holder,
           r.account, r.status, r.receipt,
           r.message, coalesce(a.stated_at_us, 0) AS stated_at, coalesce(a.signature, '') AS signature
    FROM registry_requests r
    LEFT JOIN registry_answers a ON a.request_id = r.request_id AND NOT a.contradicts
    JOIN lots l USING (lot_id) JOIN issuances i USING (issuance_id) JOIN projects p USING (project_id)
    LEFT JOIN participants f ON f.participant_id = r.owner
    WHERE {_NATIONAL}
    ORDER BY r.request_id
"""
# A registry may have keys that only read. Nothing that is signed with one of them is its word.
_ANSWERING: Final = f"""
    SELECT k.public_key FROM api_keys k JOIN persons p USING (person_id)
    WHERE p.role = {int(PersonRole.REGISTRY)} AND octet_length(k.public_key) = 32
          AND k.scopes & {AUTHORITY[AnswerRequest].scopes} <> 0
"""
_REGISTRY_KEYS: Final = f"""
    {_ANSWERING} AND k.revoked_seq IS NULL AND (k.expires_at_us IS NULL OR k.expires_at_us > $1) ORDER BY k.key_id
"""
_EVER: Final = f"{_ANSWERING} ORDER BY k.key_id"
_SUSPENDED: Final = f"""
    SELECT e.lot_id, e.lo, e.hi, e.reference FROM encumbrances e
    WHERE e.lifted_seq IS NULL AND e.lot_id IS NOT NULL AND e.kind = {int(EncumbranceKind.SUSPENSION)}
"""
_USES: Final = """
    SELECT DISTINCT r.lot_id, r.lo, r.hi, r.claim_id
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS wanted (lot, lo, hi)
    JOIN claim_ranges r ON r.lot_id = wanted.lot AND r.lo < wanted.hi AND wanted.lo < r.hi
    WHERE r.status < 3
    ORDER BY r.lot_id, r.lo
"""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A request without an answer, with everything that the registry has to know of it."""

    request: int
    kind: RequestKind
    reference: str
    space: str
    serial_text: str
    lo: int
    hi: int
    holder: str
    account: str
    purpose: str
    paper: str


@dataclass(frozen=True, slots=True)
class BookedRow:
    """Serials ``[lo, hi)`` of a lot of the national registry, where they stand and with whom."""

    space: str
    lot: int
    lo: int
    hi: int
    owner: str
    state: ParcelState


@dataclass(frozen=True, slots=True)
class SentRow:
    """A request, and everything that the registry has signed about it where it is answered; ``account`` is where a
    release goes to, "" of all others.
    """

    reference: str
    kind: RequestKind
    space: str
    lot: int
    lo: int
    hi: int
    holder: str
    account: str
    status: RequestStatus
    receipt: str
    message: str
    stated_at: int
    signature: bytes


@dataclass(frozen=True, slots=True)
class SuspendedRow:
    """Serials of a lot, alive or used up, that are suspended under this reference."""

    lot: int
    lo: int
    hi: int
    reference: str


@dataclass(frozen=True, slots=True)
class UsedRow:
    """Serials of a lot that a use has chosen or used up."""

    lot: int
    lo: int
    hi: int
    claim: int


@dataclass(frozen=True, slots=True)
class BooksRow:
    """All of it at one entry, and every public key that the registry ever answered with: what is signed stays so."""

    as_of_seq: int
    registry_keys: list[bytes]
    booked: list[BookedRow]
    sent: list[SentRow]
    suspended: list[SuspendedRow]


class PostgresOutbox:
    """The outbox of one database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._play_registry: str | None = None

    @classmethod
    @asynccontextmanager
    async def open(cls, dsn: str) -> AsyncIterator[Self]:
        """An outbox over a pool of its own; it connects when it is first needed."""
        pool = await open_pool(dsn, SETTINGS)
        try:
            yield cls(pool)
        finally:
            pool.terminate()

    async def unanswered(self) -> list[OutboxRow]:
        """All requests to the national registry without an answer, oldest first.

        Raises:
            ConnectionError: when the database cannot be asked now.
        """
        async with self._moment() as connection:
            play = await self._play(connection)
            rows = await connection.fetch(_UNANSWERED, play)
        # There can be tens of thousands while the registry is down, and others have something to do meanwhile.
        return await asyncio.to_thread(lambda: list(map(_outgoing, rows)))

    async def books(self) -> BooksRow:
        """Our serials, our requests and what is suspended, all as of one entry; raises as :meth:`unanswered` does."""
        async with self._moment() as connection:
            play = await self._play(connection)
            seq = await connection.fetchval("SELECT seq FROM leader")
            keys = [row["public_key"] for row in await connection.fetch(_EVER)]
            found = [await connection.fetch(query, play) for query in (_OURS, _SENT)]
            suspended = [SuspendedRow(*row) for row in await connection.fetch(_SUSPENDED)]
        # There can be a million of them, and others have something to do meanwhile.
        booked, sent = await asyncio.to_thread(lambda: (list(map(_booked, found[0])), list(map(_sent, found[1]))))
        return BooksRow(seq, keys, booked, sent, suspended)

    async def uses_of(self, ranges: Sequence[tuple[int, int, int]]) -> list[UsedRow]:
        """What has chosen or used up any of these serials (lot, first, behind the last), by lot and serial; raises as
        :meth:`unanswered` does.
        """
        lots, firsts, behind = (list(column) for column in zip(*ranges, strict=True)) if ranges else ([], [], [])
        async with self._moment() as connection:
            return [UsedRow(*row) for row in await connection.fetch(_USES, lots, firsts, behind)]

    async def registry_keys(self, now: Micros) -> list[bytes]:
        """The public keys with which the registry answers, if they are good now; raises as :meth:`unanswered` does."""
        async with self._moment() as connection:
            rows = await connection.fetch(_REGISTRY_KEYS, now)
            return [row["public_key"] for row in rows]

    async def _play(self, connection: PooledConnection) -> str:
        """The registry of what this venue gives to play with, if the first entry opened it as a sandbox."""
        if self._play_registry is None:
            leaf = await connection.fetchval("SELECT leaf FROM journal WHERE seq = 1")
            opened = None if leaf is None else decode_command(decode_leaf(leaf).command)
            is_sandbox = isinstance(opened, Genesis) and opened.sandbox_tonnes > 0
            self._play_registry = None if leaf is None else PLAY_REGISTRY if is_sandbox else ""
        return self._play_registry or ""

    @asynccontextmanager
    async def _moment(self) -> AsyncIterator[PooledConnection]:
        """A connection to a database that stands still."""
        try:
            async with (
                self._pool.acquire(timeout=CONNECT_TIMEOUT_S) as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                yield connection
        except UNREACHABLE as error:
            raise ConnectionError(f"the outbox cannot be read: {error!r}") from error


def _outgoing(row: Any) -> OutboxRow:
    purpose = "" if row["purpose"] is None else f"{Purpose(row['purpose']).name} {row['beneficiary']}"
    return OutboxRow(
        row["request_id"],
        RequestKind(row["kind"]),
        row["reference"],
        row["space_name"],
        row["serial_text"],
        row["lo"],
        row["hi"],
        row["holder"],
        row["account"],
        purpose,
        row["lock_reference"],
    )


def _booked(row: Any) -> BookedRow:
    place = (row["space_name"], row["lot_id"], row["lo"], row["hi"])
    return BookedRow(*place, row["owner"], ParcelState(row["state"]))


def _sent(row: Any) -> SentRow:
    place = (row["space_name"], row["lot_id"], row["lo"], row["hi"])
    kind, status = RequestKind(row["kind"]), RequestStatus(row["status"])
    stated = (row["receipt"], row["message"], row["stated_at"], row["signature"])
    return SentRow(row["reference"], kind, *place, row["holder"], row["account"], status, *stated)
