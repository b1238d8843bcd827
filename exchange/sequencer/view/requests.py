"""Requests to the national registry as committed, each found by the firm whose units it is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from exchange.core.credits.registry_lock import ANSWERED, RequestStatus
from exchange.core.events.registry import RegistryAnswered, RegistryAsked, RegistryContradicted, RegistrySilent
from exchange.core.values import EncumbranceId, LotId, Micros, ParticipantId, RequestId, Seq, derived_id
from exchange.sequencer.view.unit_rows import Contradiction, RequestRow


@dataclass(slots=True)
class Requests:
    """Every request ever made, by id, by owner, and by the use or release that it is for; and those of which the
    registry has said something else afterwards, by lot, and by what holds their units fast since.
    """

    by_id: dict[RequestId, RequestRow] = field(default_factory=dict)
    by_owner: dict[ParticipantId, dict[RequestId, RequestRow]] = field(default_factory=dict)

    by_subject: dict[int, list[RequestRow]] = field(default_factory=dict)
    contradicted: dict[LotId, list[RequestRow]] = field(default_factory=dict)
    by_encumbrance: dict[EncumbranceId, RequestRow] = field(default_factory=dict)

    def of(self, owner: ParticipantId) -> Iterator[RequestRow]:
        """The requests about a firm's units, oldest first."""
        return iter(self.by_owner.get(owner, {}).values())

    def add(self, row: RequestRow) -> None:
        """Enter a request."""
        self.by_id[row.terms.request] = row
        self.by_owner.setdefault(row.terms.owner, {})[row.terms.request] = row
        if row.terms.subject:
            self.by_subject.setdefault(row.terms.subject, []).append(row)
        if row.contradictions:
            self.contradicted.setdefault(row.terms.lot, []).append(row)
            self.by_encumbrance.update((one.encumbrance, row) for one in row.contradictions)

    def on_asked(self, event: RegistryAsked, seq: Seq, at: Micros) -> None:
        """Something is asked of the registry."""
        never, nothing = Micros(0), Seq(0)
        self.add(RequestRow(event, RequestStatus.OPEN, seq, at, "", "", never, b"", never, nothing, []))

    def on_answered(self, event: RegistryAnswered, seq: Seq, at: Micros) -> None:
        """The registry has said what became of it."""
        row = self.by_id[event.request]
        row.status = ANSWERED[event.outcome]
        row.receipt, row.message = event.receipt, event.message
        row.stated_at, row.signature = event.stated_at, event.signature
        row.answered_at, row.answered_seq = at, seq

    def on_silent(self, event: RegistrySilent, _seq: Seq, _at: Micros) -> None:
        """No answer came in time."""
        self.by_id[event.request].status = RequestStatus.SILENT

    def on_contradicted(self, event: RegistryContradicted, seq: Seq, _at: Micros) -> None:
        """The registry has said something else than before; what holds the units fast is all that the entry makes, so
        it has the entry's first id.
        """
        held_by = EncumbranceId(derived_id(seq))
        row = self.by_id[event.request]
        if not row.contradictions:
            self.contradicted.setdefault(row.terms.lot, []).append(row)
        self.by_encumbrance[held_by] = row
        row.contradictions.append(Contradiction(event.outcome, event.message, seq, held_by))
