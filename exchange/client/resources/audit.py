"""The auditor's view: every trade, order, agreement and refusal, the ledger, the lots, the journal, and who read it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from exchange.client.connection import Connection, Query
from exchange.client.models import (
    AuditAgreement,
    AuditOrder,
    AuditRead,
    AuditRefusal,
    AuditTrade,
    Holder,
    JournalEntry,
    Movement,
    Posting,
    Step,
    Tenure,
)
from exchange.client.resources.paging import every, items_of
from exchange.client.resources.units import Selection
from exchange.client.wire import decode, in_path


@dataclass(frozen=True, slots=True)
class Filter:
    """What to look at: from ``since`` (RFC 3339, included) to ``until`` (not included), one instrument, one firm, one
    trading day (such as 2026-11-24).
    """

    since: str | None = None
    until: str | None = None
    instrument: str | None = None
    participant: str | None = None
    day: str | None = None

    def query(self) -> Query:
        """The filter as the API takes it."""
        return {
            "since": self.since,
            "until": self.until,
            "instrument": self.instrument,
            "participant": self.participant,
            "day": self.day,
        }


EVERYTHING = Filter()
_MOST_ENTRIES: Final = 100


def _without_book(wanted: Filter) -> Query:
    """The filter for a list whose rows have no instrument."""
    if wanted.instrument is not None:
        raise ValueError("this list has no instruments to filter by")
    return {name: value for name, value in wanted.query().items() if name != "instrument"}


class Audit:
    """Reads for auditor, regulator and operator."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def trades(self, wanted: Filter = EVERYTHING, origin: str | None = None) -> AsyncIterator[AuditTrade]:
        """Every settled trade that the filter leaves; ``origin`` BOOK or AGREED gives those of one origin."""
        return every(self._connection, "/v1/audit/trades", AuditTrade, {**wanted.query(), "origin": origin})

    def orders(self, wanted: Filter = EVERYTHING, status: str | None = None) -> AsyncIterator[AuditOrder]:
        """Every order that the filter leaves."""
        return every(self._connection, "/v1/audit/orders", AuditOrder, {**wanted.query(), "status": status})

    def agreements(self, wanted: Filter = EVERYTHING, status: str | None = None) -> AsyncIterator[AuditAgreement]:
        """Every agreement that the filter leaves; an agreement has no instrument, so the filter must not name one."""
        return every(
            self._connection, "/v1/audit/agreements", AuditAgreement, {**_without_book(wanted), "status": status}
        )

    def trades_csv(self, wanted: Filter = EVERYTHING) -> AsyncIterator[str]:
        """The trades as CSV, line by line."""
        return self._connection.text("/v1/audit/trades", wanted.query())

    def orders_csv(self, wanted: Filter = EVERYTHING) -> AsyncIterator[str]:
        """The orders as CSV, line by line."""
        return self._connection.text("/v1/audit/orders", wanted.query())

    def agreements_csv(self, wanted: Filter = EVERYTHING) -> AsyncIterator[str]:
        """The agreements as CSV, line by line."""
        return self._connection.text("/v1/audit/agreements", _without_book(wanted))

    def refusals(
        self, wanted: Filter = EVERYTHING, person: str | None = None, code: str | None = None
    ) -> AsyncIterator[AuditRefusal]:
        """Every command that was sequenced and refused."""
        query = {**_without_book(wanted), "person": person, "code": code}
        return every(self._connection, "/v1/audit/refusals", AuditRefusal, query)

    def reads(
        self, since: str | None = None, until: str | None = None, person: str | None = None
    ) -> AsyncIterator[AuditRead]:
        """Who of the staff read what of others (auditor and regulator)."""
        query = {"since": since, "until": until, "person": person}
        return every(self._connection, "/v1/audit/reads", AuditRead, query)

    def ledger(self, owner: str, asset: str | None = None) -> AsyncIterator[Posting]:
        """The postings of a participant, or of an account of the venue itself, in journal order; of one ``asset``, CNY
        or the id of a lot, if you name one.
        """
        return every(self._connection, f"/v1/audit/ledger/{in_path(owner)}", Posting, {"asset": asset})

    def movements(self, lot: str) -> AsyncIterator[Movement]:
        """Where the serials of a lot went, from its admission on."""
        return every(self._connection, f"/v1/audit/lots/{in_path(lot)}/movements", Movement)

    def holders(self, lot: str, serial_lo: int | None = None, serial_hi: int | None = None) -> AsyncIterator[Holder]:
        """Everybody who ever held serials of a lot, in order."""
        query: Query = {"serial_lo": serial_lo, "serial_hi": serial_hi}
        return every(self._connection, f"/v1/audit/lots/{in_path(lot)}/holders", Holder, query)

    def tenures(self, units: Selection) -> AsyncIterator[Tenure]:
        """Every firm that ever held any of certain units, over all their lots: when it got and lost which."""
        return every(self._connection, "/v1/audit/holders", Tenure, units.query())

    def tenures_csv(self, units: Selection) -> AsyncIterator[str]:
        """The same as CSV, line by line."""
        return self._connection.text("/v1/audit/holders", units.query())

    def steps(self, lot: str, serial_lo: int | None = None, serial_hi: int | None = None) -> AsyncIterator[Step]:
        """Every step that serials of a lot took, in order."""
        query: Query = {"serial_lo": serial_lo, "serial_hi": serial_hi}
        return every(self._connection, f"/v1/audit/lots/{in_path(lot)}/steps", Step, query)

    async def journal(self, after_seq: int = 0, limit: int = 100) -> list[JournalEntry]:
        """Up to ``limit`` journal entries after ``after_seq``; :meth:`entries` goes on by itself."""
        page = await self._connection.read("/v1/audit/journal", {"after_seq": after_seq, "limit": limit})
        return [decode(JournalEntry, item) for item in items_of(page)]

    async def entries(self, after_seq: int = 0) -> AsyncIterator[JournalEntry]:
        """All journal entries after ``after_seq``, up to the newest one."""
        while page := await self.journal(after_seq, _MOST_ENTRIES):
            for entry in page:
                yield entry
            after_seq = page[-1].seq
