"""One command's passage through the core: where its events, ids and ledger transactions are made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from exchange.core.events import Event
from exchange.core.events.participants import Booked, Posting
from exchange.core.state import ExchangeState
from exchange.core.values import ID_CHILDREN, ID_STRIDE, KeyId, Micros, ProposalId, Seq, TransactionId

_NO_TRANSACTION: Final = TransactionId(0)
_NO_PROPOSAL: Final = ProposalId(0)


class Step:
    """What a handler works with: the state, the moment, and the list of what happened so far.

    ``emit`` says that something happened.
    """

    __slots__ = ("_end_of_ids", "_next_id", "at", "created", "emit", "events", "key", "proposal", "seq", "state")

    emit: Callable[[Event], None]

    def __init__(self, state: ExchangeState, key: KeyId, seq: Seq, at: Micros) -> None:
        """Begin with no events; ``created`` is set by a handler that makes something the client wants to know, and
        ``proposal`` is the one that is being made or decided, if any.
        """
        self.state = state
        self.key = key
        self.seq = seq
        self.at = at
        self.events: list[Event] = []
        self.created = 0
        self.proposal = _NO_PROPOSAL
        self.emit = self.events.append
        self._next_id = first = seq * ID_STRIDE  # derived_id(seq), of which every command would be a call
        self._end_of_ids = first + ID_CHILDREN

    def new_id(self) -> int:
        """The next id that this command makes, as :func:`derived_id` counts them; unique over all kinds of things."""
        made = self._next_id
        assert made < self._end_of_ids, "one command has made too many things"
        self._next_id = made + 1
        return made

    def book(self, postings: list[Posting]) -> TransactionId:
        """Book postings as one ledger transaction; none at all make no transaction (id 0)."""
        if not postings:
            return _NO_TRANSACTION
        made = self._next_id
        assert made < self._end_of_ids, "one command has made too many things"
        self._next_id = made + 1
        self.state.balances.apply(postings)
        self.emit(Booked(made, tuple(postings)))  # type: ignore[arg-type]  # naming the unit would be a call
        return made  # type: ignore[return-value]
