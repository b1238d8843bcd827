"""The worker over the outbox: every durable request reaches the registry, and its statement reaches the log.

The outbox is a table that is written in the transaction of the entry that makes a request, so a request that anybody
knows of is there. The worker sends each of them at least once. It may die at any moment: what was perhaps sent before
is asked after first, by our reference, and sent again unless the registry is still at work on it. To send it twice does
no harm, because the registry does a reference once. Nothing is kept beside the outbox, so nothing can differ from it.

What the worker hears it does not judge. A statement goes into the log as the registry's own command, and the core says
what it does; one that the core refuses (of other serials or another act, with a receipt that was used) leaves the
request open, and is told to the people who watch: in the log of the process, and at the request
(:meth:`Worker.attempts`).

A reference alone is no question to believe an answer to: the registry may have another request under it, and would
tell what became of that one. So a statement is taken only as the answer to the whole request, which the registry has
compared with its own; where it says that they differ, ours stays open, and is sent again until people have found out.

Nothing leaves while nobody is known whose answer could be believed: the registry would do the work, and what it says of
it would be worth nothing here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from random import Random
from typing import Final, NamedTuple, Protocol

from exchange.registry.client import Document, ReferenceTakenError, RegistryUnavailableError
from exchange.registry.messages import Asked, Outgoing
from exchange.registry.pace import Pace

logger = logging.getLogger(__name__)

MOST_AT_ONCE: Final = 16
"""Requests that are with the registry at one time; a slow one keeps one place only."""

OTHER_REQUEST: Final = "STATEMENT_OF_OTHER_REQUEST"
ANSWER_WAITS: Final = "ANSWER_WAITS"
FAILED: Final = "INTERNAL_ERROR"
UNKNOWN: Final = "NO_REGISTRY_KNOWN"

REREAD_S: Final = 30.0
"""After so long the outbox is read again though nobody said that there is something new."""


class Outbox(Protocol):
    """Where durable requests are found."""

    async def unanswered(self) -> Sequence[Outgoing]:
        """All requests without an answer, oldest first; raises ConnectionError when it cannot be asked now."""
        ...


class Attempts(NamedTuple):
    """How often an open request was sent or asked after since the process began, and the code of what was wrong with
    the last answer or keeps the request here, "" where the registry is still at work.
    """

    tries: int
    problem: str


class Registry(Protocol):
    """What the worker needs of :class:`exchange.registry.client.RegistryClient`."""

    async def ask(self, asked: Asked) -> Document | None:
        """Send a request."""
        ...

    async def look_up(self, reference: str) -> Document | None:
        """Ask what became of one."""
        ...


class Taker(Protocol):
    """Where statements go."""

    async def take(self, statement: Document) -> str:
        """Put a signed statement into the log; "" if the request is answered by it, else the code of the reason why it
        is not. Raises ConnectionError when nothing can be put there now.
        """
        ...


@dataclass(slots=True)
class Meters:
    """What happened since the start. ``waiting`` is how many requests have no answer; ``unusable`` counts answers that
    are not about what was asked, or that the core has refused; ``broken`` turns that met a bug.
    """

    waiting: int = 0
    asked: int = 0
    answered: int = 0
    unavailable: int = 0
    unusable: int = 0
    broken: int = 0


@dataclass(slots=True)
class _Course:
    """How far a request is: how often it was tried, when it is tried next, whether it may have been sent, and whether
    the registry has said that under its reference is another one.
    """

    row: Outgoing
    maybe_sent: bool
    taken: bool = False
    tries: int = 0
    problem: str = ""
    due: float = 0.0
    task: asyncio.Task[None] | None = None


@dataclass(slots=True)
class Worker:
    """One worker; :meth:`run` goes on until it is cancelled.

    ``is_known`` says whether anybody is known now whose answers could be believed; when that may have changed, somebody
    calls :meth:`key_came`. ``hit`` is the crash tests' hook.
    """

    outbox: Outbox
    registry: Registry
    taker: Taker
    is_known: Callable[[], bool]
    pace: Pace = field(default_factory=Pace)
    chance: Random = field(default_factory=Random)
    meters: Meters = field(default_factory=Meters)
    hit: Callable[[str], None] = lambda _: None
    _courses: dict[int, _Course] = field(default_factory=dict)
    _stale: bool = True
    _began: bool = False
    _read_at: float = 0.0
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        """There may be something new in the outbox."""
        self._stale = True
        self._news.set()

    def key_came(self) -> None:
        """Somebody may be known by now whose answers can be believed: what waits for that is due at once."""
        self._news.set()

    def answered(self, request: int) -> None:
        """A request was answered, by a callback perhaps; it need not be asked after any more."""
        course = self._courses.get(request)
        if course is not None and course.task is None:
            del self._courses[request]
            self.meters.waiting = len(self._courses)

    def attempts(self, request: int) -> Attempts | None:
        """How it went with a request so far; None for one that is answered, or of which nothing is known yet."""
        course = self._courses.get(request)
        return None if course is None else Attempts(course.tries, course.problem)

    async def run(self) -> None:
        """Work until cancelled; whatever is under way is dropped then, and taken up by the next worker."""
        try:
            while True:
                self._news.clear()
                await self._reread()
                if known := self.is_known():
                    self._begin_what_is_due()
                else:
                    self._keep_what_is_due()
                await self._rest(known)
        finally:
            under_way = [course.task for course in self._courses.values() if course.task is not None]
            for task in under_way:
                task.cancel()
            if under_way:
                await asyncio.wait(under_way)
            # Whoever runs it again reads the outbox at once; a request that was with the registry is asked after.
            self._stale = True

    async def _reread(self) -> None:
        now = asyncio.get_running_loop().time()
        if not self._stale and now - self._read_at < REREAD_S:
            return
        self._stale = False
        self._read_at = now
        try:
            rows = {row.request: row for row in await self.outbox.unanswered()}
        except ConnectionError as error:
            logger.warning("the outbox cannot be read: %s", error)
            self._stale = True
            return
        for number, course in list(self._courses.items()):
            if number not in rows and course.task is None:
                del self._courses[number]
        for number, row in rows.items():
            # What is there when the worker begins was perhaps sent by the one before it.
            self._courses.setdefault(number, _Course(row, maybe_sent=not self._began))
        self._began = True
        self.meters.waiting = len(rows)

    def _begin_what_is_due(self) -> None:
        now = asyncio.get_running_loop().time()
        places = MOST_AT_ONCE - sum(course.task is not None for course in self._courses.values())
        due = [course for course in self._courses.values() if course.task is None and course.due <= now]
        # New ones first, then whoever has waited longest: some hundreds of requests at which the registry hangs would
        # otherwise have all places for ever, and what came after them would never be asked.
        for course in nsmallest(places, due, key=lambda course: course.due):
            course.task = asyncio.get_running_loop().create_task(self._attend(course))

    def _keep_what_is_due(self) -> None:
        """Nothing is sent and nothing asked after; people are told why, and it is due as soon as there is news."""
        kept = [course for course in self._courses.values() if course.task is None]
        if any(course.problem != UNKNOWN for course in kept):
            told = "have the registry's key entered (REGISTRY.md, Make the registry known)"
            logger.warning("%d requests wait: no key is known that may answer for the registry: %s", len(kept), told)
        for course in kept:
            course.problem, course.due = UNKNOWN, 0.0

    async def _rest(self, known: bool) -> None:
        """Until there is news, the outbox is to be read again, or something is due that may be sent."""
        now = asyncio.get_running_loop().time()
        due = [course.due for course in self._courses.values() if course.task is None]
        reread = now + self.pace.first_s if self._stale else self._read_at + REREAD_S
        # With all places taken, what is due waits for one of them, whose end is news; so is a key that comes.
        full = sum(course.task is not None for course in self._courses.values()) >= MOST_AT_ONCE
        until = reread if full or not known else min([reread, *due])
        try:
            async with asyncio.timeout(max(until - now, 0.0)):
                await self._news.wait()
        except TimeoutError:
            pass

    async def _attend(self, course: _Course) -> None:
        """Try one request once, and say when it is tried again."""
        done = False
        try:
            done = await self._settle(course)
        except ReferenceTakenError as error:
            self._note_taken(course, error)
        except RegistryUnavailableError as error:
            self.meters.unavailable += 1
            course.problem = error.problem
            logger.warning("registry request %s: no answer: %s", course.row.asked.reference, error)
        except ConnectionError as error:
            course.problem = ANSWER_WAITS
            logger.warning("registry request %s: its answer waits: %s", course.row.asked.reference, error)
        except Exception:
            course.problem = FAILED
            self.meters.broken += 1
            logger.exception("registry request %s could not be attended to", course.row.asked.reference)
        finally:
            self._after(course, done)

    def _note_taken(self, course: _Course, error: ReferenceTakenError) -> None:
        """Whatever is there under its reference is another request: this one was not sent, and is not asked after."""
        course.taken = True
        course.problem = error.problem
        self.meters.unusable += 1
        told = "do not trade its units; have the registry tell in writing what it has there, and reconcile"
        logger.error("registry request %s: %s: %s", course.row.asked.reference, error, told)

    def _after(self, course: _Course, done: bool) -> None:
        course.task = None
        if done:
            self._courses.pop(course.row.request, None)
            self.meters.waiting = len(self._courses)
        else:
            course.tries += 1
            course.due = asyncio.get_running_loop().time() + self.pace.delay(course.tries, self.chance)
        self._news.set()

    async def _settle(self, course: _Course) -> bool:
        """Whether the request is answered by now."""
        statement = await self._hear(course)
        if statement is None:
            course.problem = ""
            return False
        self.hit("registry_answered")
        asked = course.row.asked
        same = (statement["reference"], statement["space"]) == (asked.reference, asked.space)
        course.problem = await self.taker.take(statement) if same else OTHER_REQUEST
        if not course.problem:
            self.meters.answered += 1
            return True
        told = (asked.reference, statement["message"], course.problem)
        logger.error("registry request %s: statement %r cannot be used: %s", *told)
        self.meters.unusable += 1
        return False

    async def _hear(self, course: _Course) -> Document | None:
        """The statement about a request, which is sent unless the registry is at work on it."""
        asked = course.row.asked
        if course.maybe_sent and not course.taken:
            try:
                if await self.registry.look_up(asked.reference) is None:
                    return None
            except LookupError:
                logger.info("registry request %s is not known there, and is sent", asked.reference)
        course.maybe_sent = True
        self.hit("registry_asking")
        statement = await self.registry.ask(asked)
        self.hit("registry_asked")
        self.meters.asked += 1
        return statement
