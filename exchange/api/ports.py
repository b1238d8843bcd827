"""What the API needs from the rest of the exchange; :mod:`exchange.bootstrap` wires it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from exchange.api.history import History
from exchange.core.values import Micros
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.submission import Receipt, Submission
from exchange.telemetry import Telemetry


class SequencerPort(Protocol):
    """Where commands go."""

    async def submit(self, submission: Submission) -> Receipt:
        """Sequence a command, make it durable, and return its answer.

        Raises:
            OverloadedError: when the queue is full; nothing was done.
            StoppedError: when it stopped before this command was decided or known to be durable.
        """
        ...


@dataclass(slots=True)
class Services:
    """All that a request may touch. ``ready`` says whether commands can be made durable now."""

    sequencer: SequencerPort
    view: CommittedView
    history: History
    clock: Callable[[], Micros]
    ready: Callable[[], bool]
    telemetry: Telemetry
