"""From a decision to the bytes that the client gets and the journal's answers keep."""

from __future__ import annotations

from typing import Final

from exchange.api.language import Language
from exchange.api.operations import Change, Document, Draft
from exchange.api.problem_tables import SECRET_SHOWN_ONCE
from exchange.api.problems import fact_answer, refusal_answer, rejection_answer
from exchange.api.wire import kept_json_bytes
from exchange.core.commands import Command
from exchange.core.commands.approvals import Approve, Propose, RejectProposal
from exchange.core.commands.credits import RequestLock
from exchange.core.commands.registry import SendRelease
from exchange.core.commands.uses import CallOffRelease
from exchange.core.events.credits import UnitsChanged
from exchange.core.events.governance import Rejected
from exchange.core.rejections import RejectReason
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.journal import Answer
from exchange.sequencer.submission import Decided

JSON_TYPE: Final = "application/json"

MOVES_UNITS: Final[frozenset[type[Command]]] = frozenset(
    {Propose, Approve, RejectProposal, RequestLock, CallOffRelease, SendRelease}
)
"""The commands by which units are taken from one state to another, apart from orders and what the registry says."""


class Rendering:
    """The renderer of one request (:class:`exchange.sequencer.submission.Renderer`), in its client's language.

    ``first`` is an answer that only the caller of the first execution may see; None where there is none. ``ranges`` is
    how many ranges of serials the command has moved from one state to another, once it is decided. ``view`` knows the
    names of what a refusal is about; a registry, which asks without one, gets the ids alone.
    """

    __slots__ = ("_draft", "_language", "_status", "_view", "first", "ranges")

    def __init__(self, change: Change, draft: Draft, language: Language, view: CommittedView | None = None) -> None:
        self._status = change.status
        self._draft = draft
        self._language = language
        self._view = view
        self.first: Answer | None = None
        self.ranges = 0

    def decided(self, decision: Decided) -> Answer:
        """The answer to a command that was sequenced, done or refused."""
        if decision.reason is not None:
            wrong = self._draft.wrong.get(decision.reason, ())
            rejected = rejected_of(decision)
            return rejection_answer(rejected, decision.seq, decision.rules, self._language, wrong, self._view)
        if type(self._draft.command) in MOVES_UNITS:
            self.ranges = sum(len(event.ranges) for event in decision.events if type(event) is UnitsChanged)
        shown = self._draft.render(decision)
        if isinstance(shown, bytes):
            return Answer(self._status, JSON_TYPE, self._language, shown)
        if self._draft.once is None:
            return self._done(shown, decision)
        self.first = self._done(self._draft.once(decision), decision)
        return fact_answer(SECRET_SHOWN_ONCE, shown, self._language)

    def unsequenced(self, reason: RejectReason) -> Answer:
        """The answer to a command that never was."""
        return refusal_answer(reason, self._language)

    def _done(self, document: Document, decision: Decided) -> Answer:
        document["as_of_seq"] = decision.seq
        return Answer(self._status, JSON_TYPE, self._language, kept_json_bytes(document))


def rejected_of(decision: Decided) -> Rejected:
    """The event that tells of the refusal: a refused command has no other."""
    (event,) = decision.events
    assert isinstance(event, Rejected)
    return event
