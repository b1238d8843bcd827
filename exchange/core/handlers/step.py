"""One command's passage through the core: where its events, ids and ledger transactions are made."""

from __future__ import annotations

from exchange.core.events import Event
from exchange.core.events.participants import Booked, Posting
from exchange.core.state import ExchangeState
from exchange.core.values import KeyId, Micros, Seq, TransactionId, derived_id


class Step:
    """What a handler works with: the state, the moment, and the list of what happened so far."""

    __slots__ = ("_ids", "at", "created", "events", "key", "seq", "state")

    def __init__(self, state: ExchangeState, key: KeyId, seq: Seq, at: Micros) -> None:
        """Begin with no events; ``created`` is set by a handler that makes something the client wants to know."""
        self.state = state
        self.key = key
        self.seq = seq
        self.at = at
        self.events: list[Event] = []
        self.created = 0
        self._ids = 0

    def emit(self, event: Event) -> None:
        """Something happened."""
        self.events.append(event)

    def new_id(self) -> int:
        """The next id that this command makes; unique over all kinds of things."""
        made = derived_id(self.seq, self._ids)
        self._ids += 1
        return made

    def book(self, postings: list[Posting]) -> TransactionId:
        """Book postings as one ledger transaction; none at all make no transaction (id 0)."""
        if not postings:
            return TransactionId(0)
        transaction = TransactionId(self.new_id())
        self.state.balances.apply(postings)
        self.events.append(Booked(transaction, tuple(postings)))
        return transaction
