"""The journal's own rows and those of the idempotency keys."""

from __future__ import annotations

from collections.abc import Sequence

from exchange.sequencer.journal import Entry
from exchange.store.projections.happened import Rows


def project(entries: Sequence[Entry]) -> Rows:
    """One row an entry, and one for each answer that is kept under a key."""
    journal = []
    answered = []
    for entry in entries:
        leaf, answer = entry.leaf, entry.answer
        journal.append((leaf.seq, leaf.epoch, leaf.at, entry.leaf_bytes, entry.head, entry.events_bytes))
        if answer is not None:
            known_by = (leaf.scope, leaf.idempotency_key, leaf.seq, leaf.at, leaf.body_hash)
            answered.append((*known_by, answer.status, answer.content_type, answer.language, answer.body))
    return {"journal": journal, "idempotency": answered}
