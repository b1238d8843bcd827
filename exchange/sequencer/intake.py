"""Where requests come in: repeats are answered, the rest waits in a bounded queue for the writer.

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
from exchange.core.commands.orders import CancelAllOrders, CancelOrder
from exchange.core.rejections import RejectReason
from exchange.core.values import Micros, Seq
from exchange.sequencer.clock import Clock
from exchange.sequencer.deciding import command_hash
from exchange.sequencer.idempotency import NOWHERE, AnsweredKeys, Flight, Place, is_spent
from exchange.sequencer.journal import Answer, Entry, JournalStore, StoredAnswer
from exchange.sequencer.limits import Limits
from exchange.sequencer.meters import Meters
from exchange.sequencer.submission import MAX_GROUP, Group, OverloadedError, Receipt, StoppedError, Submission

logger = logging.getLogger(__name__)

NO_ANSWER: Final = Answer(0, "", "", b"")
"""What the program's own commands are answered."""

UNSEQUENCED: Final = Seq(0)
"""The seq in the receipt of a request that was refused without becoming an entry."""


@dataclass(slots=True)
class Waiting:
    """A request in the queue, the canonical bytes of its commands, and everybody who waits for its answer."""

    request: Submission | Group
    commands: tuple[bytes, ...]
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
        self.waiting = 0
        # Asked for once: to know that no process was forked in between costs a system call each time.
        self._loop = asyncio.get_running_loop()
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
        self._lines: dict[int, deque[Waiting]] = {}
        self._waiting_of: dict[int, int] = {}
        self._in_line = 0
        self._flights: set[Flight] = set()

    async def submit(self, request: Submission | Group) -> Receipt:
        """The answer to a request, when it is durable; raises what :meth:`enter` tells of."""
        entered = self.enter(request)
        return entered if isinstance(entered, Receipt) else await entered

    def enter(self, request: Submission | Group) -> Receipt | asyncio.Future[Receipt]:
        """Take a request in: its answer where that is known already, else the answer to come. Who enters requests in an
        order has them sequenced in that order.

        Raises:
            OverloadedError: the queue has no room for it; nothing was done. It may be the future that raises this.
            StoppedError: it is not known whether it was or will be done; a repeat with the same key tells. Likewise.
        """
        if self._closed:
            raise StoppedError("the sequencer has stopped")
        self._hit("submitted")
        commands = _commands(request)
        if not request.idempotency_key:
            return self._own(Waiting(request, commands, Flight(NOWHERE, b"")))
        place = (request.scope, request.idempotency_key)
        known = self._keys.known(place)
        if known is None:
            return self._first(request, commands, place)
        if isinstance(known, StoredAnswer):
            return self._repeat(request, known)
        if known.body_hash != request.body_hash:
            return _unsequenced(request, RejectReason.KEY_REUSED)
        self._meters.repeats += 1
        return known.join(self._loop)

    def _own(self, waiting: Waiting) -> asyncio.Future[Receipt]:
        """A command of the program itself finds room in any queue, because nobody could be told to try again."""
        receipt = waiting.flight.join(self._loop)
        if self._is_quarantined(waiting):
            waiting.flight.land(Receipt(UNSEQUENCED, NO_ANSWER, replayed=False))
        else:
            self._flights.add(waiting.flight)
            self._put(waiting)
        return receipt

    def take(self) -> Waiting:
        """The request that waits longest, off the queue."""
        waiting = self.queue.popleft()
        self.waiting -= len(waiting.commands)
        self._count(waiting, -len(waiting.commands))
        return waiting

    def _put(self, waiting: Waiting) -> None:
        self.queue.append(waiting)
        self.waiting += len(waiting.commands)
        self._count(waiting, len(waiting.commands))
        self._wake()

    def _count(self, waiting: Waiting, commands: int) -> None:
        """Note how many commands of a scope wait, in the queue or in line for it; scopes of which none does are
        forgotten.
        """
        scope = waiting.request.scope
        count = self._waiting_of.get(scope, 0) + commands
        if count:
            self._waiting_of[scope] = count
        else:
            del self._waiting_of[scope]

    def _first(self, request: Submission | Group, commands: tuple[bytes, ...], place: Place) -> asyncio.Future[Receipt]:
        """The first request with its key, as far as memory knows."""
        flight = self._keys.depart(place, request.body_hash)
        self._flights.add(flight)
        receipt = flight.join(self._loop)
        waiting = Waiting(request, commands, flight)
        line = self._lines.get(request.scope)
        if (line is None and not self._keys.must_ask_disk(flight)) or not self._has_room(waiting):
            self._enter(waiting)
        else:
            self._line_up(waiting, line)
        return receipt

    def _line_up(self, waiting: Waiting, line: deque[Waiting] | None) -> None:
        """Wait until the disk was asked for a key, or behind earlier requests of the scope that wait for that: what was
        asked for in a row must be done in a row. Whoever is in line keeps its room in the queue.
        """
        self._in_line += len(waiting.commands)
        self._count(waiting, len(waiting.commands))
        if line is not None:
            line.append(waiting)
            return
        scope = waiting.request.scope
        line = self._lines[scope] = deque([waiting])
        task = self._loop.create_task(self._serve_line(scope, line))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _serve_line(self, scope: int, line: deque[Waiting]) -> None:
        """Answer those in line from the disk, or let them in when the disk does not know their keys either."""
        try:
            while line:
                try:
                    stored = await self._stored(line[0])
                except ConnectionError as error:
                    logger.warning("an idempotency key could not be looked up: %r", error)
                    self._turn_away(self._next_in(line), OverloadedError())
                else:
                    self._looked_up(self._next_in(line), stored)
        finally:
            del self._lines[scope]
            while line:
                self._turn_away(self._next_in(line), StoppedError("an idempotency key could not be looked up"))

    async def _stored(self, waiting: Waiting) -> StoredAnswer | None:
        if not self._keys.must_ask_disk(waiting.flight):
            return None
        return await self._store.answer(waiting.request.scope, waiting.request.idempotency_key)

    def _next_in(self, line: deque[Waiting]) -> Waiting:
        waiting = line.popleft()
        self._in_line -= len(waiting.commands)
        self._count(waiting, -len(waiting.commands))
        return waiting

    def _looked_up(self, waiting: Waiting, stored: StoredAnswer | None) -> None:
        if stored is None:
            self._enter(waiting)
            return
        request = waiting.request
        self._keys.recall(waiting.flight, stored)
        self._land(waiting.flight, self._repeat(request, stored))

    def _enter(self, waiting: Waiting) -> None:
        """Put a request on the queue, or tell everybody who waits for it why not."""
        if self._closed:
            self._turn_away(waiting, StoppedError("the sequencer has stopped"))
        elif not self._has_room(waiting):
            self._meters.overloads += 1
            self._turn_away(waiting, OverloadedError())
        elif self._is_quarantined(waiting):
            self._keys.withdraw(waiting.flight)
            self._land(waiting.flight, _unsequenced(waiting.request, RejectReason.COMMAND_QUARANTINED))
        else:
            self._put(waiting)

    def _has_room(self, waiting: Waiting) -> bool:
        """Whether all commands of a request fit; a group that is larger than the queue fits when nothing waits.

        No scope (a firm, or a person of the venue) has more waiting than its share, so that one alone can neither fill
        the queue nor make the others wait for long. Behind the queue there is room that is for cancels only.
        """
        size = len(waiting.commands)
        own = self._waiting_of.get(waiting.request.scope, 0)
        if own and own + size > self._limits.share:
            return False
        taken = self.waiting + self._in_line
        if taken == 0 or taken + size <= self._limits.queue:
            return True
        return taken + size <= self._limits.queue + self._limits.cancels and _only_cancels(waiting.request)

    def _is_quarantined(self, waiting: Waiting) -> bool:
        return bool(self._quarantined) and any(map(self.is_quarantined, waiting.commands))

    def is_quarantined(self, command_bytes: bytes) -> bool:
        """Whether this very command broke the program before."""
        return bool(self._quarantined) and command_hash(command_bytes) in self._quarantined

    def _turn_away(self, waiting: Waiting, error: Exception) -> None:
        self._keys.withdraw(waiting.flight)
        self._flights.discard(waiting.flight)
        waiting.flight.fail(error)

    def _land(self, flight: Flight, receipt: Receipt) -> None:
        self._flights.discard(flight)
        flight.land(receipt)

    def _repeat(self, request: Submission | Group, stored: StoredAnswer) -> Receipt:
        """The answer that a key has already; KEY_SPENT goes before KEY_REUSED, as in the order of refusals."""
        self._latest = max(self._latest, self._clock.now())
        if stored.answer is None or is_spent(stored, self._latest):
            return _unsequenced(request, RejectReason.KEY_SPENT)
        if stored.body_hash != request.body_hash:
            return _unsequenced(request, RejectReason.KEY_REUSED)
        self._meters.repeats += 1
        return Receipt(stored.seq, stored.answer, replayed=True)

    def answer(self, entry: Entry, flight: Flight) -> None:
        """The last entry of a request is durable: remember its answer and give it to everybody who waits for it."""
        leaf, answer = entry.leaf, entry.answer
        if answer is None:
            self._land(flight, Receipt(leaf.seq, NO_ANSWER, replayed=False))
            return
        self._keys.arrive(flight, StoredAnswer(leaf.seq, leaf.at, leaf.body_hash, answer))
        self._land(flight, Receipt(leaf.seq, answer, replayed=False))

    def close(self) -> None:
        """Let nobody in any more; those in the queue stay."""
        self._closed = True

    def fail_everybody(self) -> None:
        """The end: whoever still waits, wherever the request is, will hear no more than this."""
        self.close()
        error = StoppedError("the sequencer stopped before this request was known to be durable")
        for flight in self._flights:
            flight.fail(error)
        self._flights.clear()


def _commands(request: Submission | Group) -> tuple[bytes, ...]:
    """The canonical bytes of a request's commands."""
    if isinstance(request, Submission):
        assert (request.renderer is None) == (not request.idempotency_key)
        return (encode_command(request.command),)
    assert request.idempotency_key and 0 < len(request.commands) <= MAX_GROUP
    return tuple(map(encode_command, request.commands))


def _only_cancels(request: Submission | Group) -> bool:
    """Whether a request can only take orders out of the book."""
    commands = (request.command,) if isinstance(request, Submission) else request.commands
    return all(isinstance(command, CancelOrder | CancelAllOrders) for command in commands)


def _unsequenced(request: Submission | Group, reason: RejectReason) -> Receipt:
    assert request.renderer is not None
    return Receipt(UNSEQUENCED, request.renderer.unsequenced(reason), replayed=False)
