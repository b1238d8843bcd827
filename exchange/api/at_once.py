"""Answers a change whose request is there as a whole, without a task and without messages to and fro.

An application in the sense of ASGI is a coroutine that asks for the body and sends an answer in parts, so each request
costs a task, and a turn of the event loop for each thing that it waits for. Most requests are small: head and body come
in one piece. For such a change nothing has to be waited for but the disk, and that is a future of the sequencer. What
is asked for, checked, counted and answered is the same as in :mod:`exchange.api.pipeline` and
:mod:`exchange.api.middleware`, by the same functions. Whatever is not such a request goes the ordinary way.
"""

from __future__ import annotations

import logging
from asyncio import Future
from collections.abc import Callable, Mapping, MutableMapping
from time import perf_counter
from typing import Any, Final

from exchange.api.changes import Outcome, Prepared, outcome_of, problem_of, problem_outcome
from exchange.api.dispatch import Table
from exchange.api.middleware import lines_of_every_answer
from exchange.api.operations import Change, Upload
from exchange.api.pipeline import Incoming, charge_moved, incoming_of, lines_of, prepared_at_once
from exchange.api.ports import Services
from exchange.api.problem_tables import INTERNAL_ERROR
from exchange.api.problems import ProblemError
from exchange.sequencer.submission import OverloadedError, Receipt, StoppedError

logger = logging.getLogger(__name__)

_NOTHING: Final[tuple[None, Mapping[str, str]]] = (None, {})

Reply = Callable[[int, bytes, bytes], None]
"""Sends an answer: its status, its headers as they stand in the head, each with the end of its line, and its body.
Called once, at once or later; the client may be gone by then.
"""


class AtOnce:
    """The way in for whole requests."""

    def __init__(self, services: Services, table: Table) -> None:
        """``table`` has the operations."""
        self._services: Final = services
        self._table: Final = table

    def take(self, scope: MutableMapping[str, Any], raw: bytes, reply: Reply) -> bool:
        """Answer a request that is a change, with the body ``raw``; False for every other, of which nothing was done.

        ``scope`` is that of ASGI. What is asked for is in the sequencer's queue, or refused, before this returns.
        """
        change, names = self._table.find(scope["method"], scope["path"]) or _NOTHING
        if not isinstance(change, Change) or isinstance(change, Upload):
            return False
        _Asked(incoming_of(self._services, names, scope), change, reply).begin(raw)
        return True


class _Asked:
    """One request for a change, until it is answered."""

    __slots__ = ("_change", "_incoming", "_prepared", "_reply", "_started")

    _prepared: Prepared

    def __init__(self, incoming: Incoming, change: Change, reply: Reply) -> None:
        self._started = perf_counter()
        self._incoming = incoming
        self._change = change
        self._reply = reply

    def begin(self, raw: bytes) -> None:
        """Have it sequenced, or say at once why not."""
        incoming = self._incoming
        try:
            self._prepared = prepared_at_once(incoming, self._change, raw)
            entered = incoming.services.sequencer.enter(self._prepared.submission)
        except Exception as error:  # noqa: BLE001  it goes to the log
            self._answer(self._failed(error))
        else:
            if isinstance(entered, Receipt):
                self._answer(self._outcome(entered))
            else:
                entered.add_done_callback(self._landed)

    def _landed(self, receipt: Future[Receipt]) -> None:
        try:
            outcome = self._outcome(receipt.result())
        except Exception as error:  # noqa: BLE001  it goes to the log
            outcome = self._failed(error)
        self._answer(outcome)

    def _outcome(self, receipt: Receipt) -> Outcome:
        charge_moved(self._incoming, self._prepared)
        return outcome_of(self._prepared, receipt)

    def _failed(self, error: Exception) -> Outcome:
        """The problem that ended it. Of a fault the client gets one that says nothing."""
        incoming = self._incoming
        if isinstance(error, (OverloadedError, StoppedError)):
            error = problem_of(error)
        if not isinstance(error, ProblemError):
            logger.error("a change could not be answered", exc_info=error)
            incoming.limits = ()
            error = ProblemError(INTERNAL_ERROR)
        return problem_outcome(error, incoming.language)

    def _answer(self, outcome: Outcome) -> None:
        answer, change, incoming = outcome.answer, self._change, self._incoming
        lines = lines_of(answer, outcome.headers, incoming.limits) + lines_of_every_answer()
        seconds = perf_counter() - self._started
        incoming.services.telemetry.request(change.path, change.method, answer.status, seconds)
        self._reply(answer.status, lines, answer.body)
