"""What the auditor's lists can be asked for."""

from __future__ import annotations

from typing import Annotated

from exchange.api.fields import (
    AssetText,
    FeedLimit,
    Instrument,
    PageQuery,
    Participant,
    ReadQuery,
    SeqNumber,
    filter_named,
)
from exchange.api.listing import DayQuery
from exchange.core.negotiated.agreed import AgreementStatus
from exchange.core.values import InstrumentId, ParticipantId
from exchange.store.queries import Origin
from exchange.store.tables.orders import OrderStatus


class AuditQuery(DayQuery):
    """Filters by time, trading day and participant."""

    participant: Participant | None = None

    @property
    def party(self) -> ParticipantId | None:
        """The participant that is asked for."""
        return None if self.participant is None else ParticipantId(self.participant)


class BookQuery(AuditQuery):
    """Filters by instrument too, which agreed trades have not."""

    instrument: Instrument | None = None

    @property
    def book(self) -> InstrumentId | None:
        """The instrument that is asked for."""
        return None if self.instrument is None else InstrumentId(self.instrument)


class AuditTradeQuery(BookQuery):
    """The same, and trades of one origin."""

    origin: Annotated[Origin, filter_named(Origin)] | None = None


class AuditOrderQuery(BookQuery):
    """The same, and orders of one status."""

    status: Annotated[OrderStatus, filter_named(OrderStatus)] | None = None


class AuditAgreementQuery(AuditQuery):
    """Filters by time of the proposal, by party and by status."""

    status: Annotated[AgreementStatus, filter_named(AgreementStatus)] | None = None


class JournalQuery(ReadQuery):
    """Entries after ``after_seq``."""

    after_seq: SeqNumber = 0
    limit: FeedLimit = 100


class StatementQuery(PageQuery):
    """Postings of one asset: CNY or a lot."""

    asset: AssetText | None = None
