"""Where commands come in: repeats are answered, the rest waits in a bounded queue for the writer.

A caller may go away at any moment; what it asked for goes on without it, because everything here belongs to flights
(see :mod:`exchange.sequencer.idempotency`) and not to the caller's task.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from exchange.core.codec import encode_command
from exchange.core.rejections import RejectReason
from exchange.core.values import Micros, Seq
from exchange.sequencer.clock import Clock
from exchange.sequencer.deciding import command_hash
from exchange.sequencer.idempotency import AnsweredKeys, Flight, is_spent
from exchange.sequencer.journal import Answer, Entry, JournalStore, StoredAnswer
from exchange.sequencer.limits import Limits
from exchange.sequencer.meters import Meters
from exchange.sequencer.submission import OverloadedError, Receipt, StoppedError, Submission

logger = logging.getLogger(__name__)

NO_ANSWER: Final = Answer(0, "", "", b"")
"""What the program's own commands are answered."""

UNSEQUENCED: Final = Seq(0)
"""The seq in the receipt of a command that was refused without becoming an entry."""


@dataclass(slots=True)
class Waiting:
    """A command in the queue and everybody who waits for its answer."""

    submission: Submission
    command_bytes: bytes
    flight: Flight


class Intake:
    """The queue in front of the writer, and the idempotency keys in front of the queue."""

    def __init__(
        self,
        store: JournalStore,
        keys: AnsweredKeys,
        quarantined: set[bytes],
        clock: Clock,
        limits: Limits,
        meters: Meters,
        hit: Callable[[str], None],
        wake: Callable[[], None],
    ) -> None:
        """``wake`` is called when something was put on the queue; ``hit`` is the crash tests' hook."""
        self.queue: Final[deque[Waiting]] = deque()
        self._store = store
        self._keys = keys
        self._quarantined = quarantined
        self._clock = clock
        self._latest = Micros(0)
        self._limits = limits
        self._meters = meters
        self._hit = hit
        self._wake = wake
        self._closed = False
        self._asking: set[asyncio.Task[None]] = set()
        self._flights: set[Flight] = set()

    async def submit(self, submission: Submission) -> Receipt:
        """The answer to a command, when it is durable.

        Raises:
            OverloadedError: the queue is full; nothing was done.
            StoppedError: it is not known whether it was or will be done; a repeat with the same key tells.
        """
        assert (submission.renderer is None) == (not submission.idempotency_key)
        if self._closed:
            raise StoppedError("the sequencer has stopped")
        self._hit("submitted")
        command_bytes = encode_command(submission.command)
        if not submission.idempotency_key:
            flight = Flight(b"")
            self._flights.add(flight)
            return await self._enter(Waiting(submission, command_bytes, flight))
        known = self._keys.known(submission.scope, submission.idempotency_key)
        if known is None:
            return await self._first(submission, command_bytes)
        if isinstance(known, StoredAnswer):
            return self._repeat(submission, known)
        if known.body_hash != submission.body_hash:
            return _unsequenced(submission, RejectReason.KEY_REUSED)
        self._meters.repeats += 1
        return await known.join()

    def _first(self, submission: Submission, command_bytes: bytes) -> asyncio.Future[Receipt]:
        """The first request with its key, as far as memory knows."""
        flight = self._keys.depart(submission.scope, submission.idempotency_key, submission.body_hash)
        self._flights.add(flight)
        waiting = Waiting(submission, command_bytes, flight)
        if self._is_full() or not self._keys.must_ask_disk(submission.scope, submission.idempotency_key):
            return self._enter(waiting)
        receipt = flight.join()
        task = asyncio.get_running_loop().create_task(self._ask_disk(waiting))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)
        return receipt

    async def _ask_disk(self, waiting: Waiting) -> None:
        """Answer from the disk, or let the command in when the disk does not know its key either."""
        submission = waiting.submission
        try:
            stored = await self._store.answer(submission.scope, submission.idempotency_key)
        except ConnectionError as error:
            logger.warning("an idempotency key could not be looked up: %r", error)
            self._turn_away(waiting, OverloadedError())
            return
        except BaseException:
            self._turn_away(waiting, StoppedError("an idempotency key could not be looked up"))
            raise
        if stored is None:
            self._enter(waiting)
            return
        self._keys.recall(submission.scope, submission.idempotency_key, stored)
        self._land(waiting.flight, self._repeat(submission, stored))

    def _enter(self, waiting: Waiting) -> asyncio.Future[Receipt]:
        """Put a command on the queue, or tell why not; the future of whoever asks first."""
        receipt = waiting.flight.join()
        submission = waiting.submission
        if self._closed:
            self._turn_away(waiting, StoppedError("the sequencer has stopped"))
        elif self._is_full():
            self._meters.overloads += 1
            self._turn_away(waiting, OverloadedError())
        elif submission.renderer is not None and self.is_quarantined(waiting.command_bytes):
            self._keys.withdraw(submission.scope, submission.idempotency_key)
            self._land(waiting.flight, _unsequenced(submission, RejectReason.COMMAND_QUARANTINED))
        else:
            self.queue.append(waiting)
            self._wake()
        return receipt

    def _is_full(self) -> bool:
        return len(self.queue) + len(self._asking) >= self._limits.queue

    def is_quarantined(self, command_bytes: bytes) -> bool:
        """Whether this very command broke the program before."""
        return bool(self._quarantined) and command_hash(command_bytes) in self._quarantined

    def _turn_away(self, waiting: Waiting, error: Exception) -> None:
        if waiting.submission.idempotency_key:
            self._keys.withdraw(waiting.submission.scope, waiting.submission.idempotency_key)
        self._flights.discard(waiting.flight)
        waiting.flight.fail(error)

    def _land(self, flight: Flight, receipt: Receipt) -> None:
        self._flights.discard(flight)
        flight.land(receipt)

    def _repeat(self, submission: Submission, stored: StoredAnswer) -> Receipt:
        """The answer that a key has already; KEY_SPENT goes before KEY_REUSED, as in the order of refusals."""
        self._latest = max(self._latest, self._clock.now())
        if stored.answer is None or is_spent(stored, self._latest):
            return _unsequenced(submission, RejectReason.KEY_SPENT)
        if stored.body_hash != submission.body_hash:
            return _unsequenced(submission, RejectReason.KEY_REUSED)
        self._meters.repeats += 1
        return Receipt(stored.seq, stored.answer, replayed=True)

    def answer(self, entry: Entry, flight: Flight) -> None:
        """An entry is durable: remember its answer and give it to everybody who waits for it."""
        leaf, answer = entry.leaf, entry.answer
        if answer is None:
            self._land(flight, Receipt(leaf.seq, NO_ANSWER, replayed=False))
            return
        self._keys.arrive(leaf.scope, leaf.idempotency_key, StoredAnswer(leaf.seq, leaf.at, leaf.body_hash, answer))
        self._land(flight, Receipt(leaf.seq, answer, replayed=False))

    def close(self) -> None:
        """Let nobody in any more; those in the queue stay."""
        self._closed = True

    def fail_everybody(self) -> None:
        """The end: whoever still waits, wherever the command is, will hear no more than this."""
        self.close()
        error = StoppedError("the sequencer stopped before this command was known to be durable")
        for flight in self._flights:
            flight.fail(error)
        self._flights.clear()


def _unsequenced(submission: Submission, reason: RejectReason) -> Receipt:
    assert submission.renderer is not None
    return Receipt(UNSEQUENCED, submission.renderer.unsequenced(reason), replayed=False)
