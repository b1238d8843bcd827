"""The line to the national registry, put together: outbox, client, worker, and the reconciliation by the clock.

Who the registry is stands in the log: a person of the role REGISTRY, whose key has the public key that statements are
signed with. As long as there is none, nothing is sent. A key that is revoked ends what is believed of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Final

import httpx

from exchange.access.authority import scopes_to_command
from exchange.access.principal import is_good
from exchange.api.problems import ProblemError
from exchange.api.resources.callbacks import submission_of
from exchange.bootstrap.registry_token import registry_http
from exchange.config import Settings
from exchange.core.commands.encumbrances import Encumber, EncumbranceKind
from exchange.core.commands.governance import PersonRole
from exchange.core.commands.registry import AnswerRequest
from exchange.core.credits.serial_text import serial_text
from exchange.core.events.governance import KeyRegistered
from exchange.core.events.registry import RegistryAnswered, RegistryAsked
from exchange.core.rejections import RejectReason
from exchange.core.serials import SerialRange
from exchange.core.values import NOBODY, KeyId, LotId, Micros, PersonId, ProjectId
from exchange.registry.books import Books, Ours, Sent
from exchange.registry.client import Document, RegistryClient, RegistryUnavailableError, UnusableStatementError
from exchange.registry.evidence import Evidence
from exchange.registry.messages import Asked, Held, Kind, Outgoing, Recorded
from exchange.registry.reconcile import Discrepancy, compare, confirmed, lasting
from exchange.registry.report import Report
from exchange.registry.statements import Statement, StatementError, read_statement
from exchange.registry.suspending import Affected, Used, affected, not_held_yet
from exchange.registry.worker import Worker
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.journal import Entry
from exchange.sequencer.sequencer import Sequencer
from exchange.sequencer.submission import OverloadedError, StoppedError
from exchange.store.outbox import BooksRow, OutboxRow, PostgresOutbox, SentRow
from exchange.telemetry import Telemetry

logger = logging.getLogger(__name__)

WHOLE_LOT: Final = (ProjectId(0), 0)
SECONDS_PER_MINUTE: Final = 60
PAUSE_S: Final = 5.0
"""Before a worker that broke begins anew: a bug that comes at once again shall not fill the log."""

CLOSED: Final = RejectReason.REQUEST_CLOSED.name
_OK: Final = 200

Hit = Callable[[str], None]


class RegistryKeys:
    """The keys of the persons who stand for the registry, as committed: those that are good now and may answer.

    A registry can have further keys, such as one that only reads. None of them speaks for it: it can neither call back
    with them nor be believed for them. From which networks a key may be used is asked of whoever comes to us; here it
    is we who have asked, at the registry's own address.
    """

    def __init__(self, view: CommittedView, now: Callable[[], Micros]) -> None:
        self._view = view
        self._now = now

    def by_public_key(self) -> dict[bytes, KeyId]:
        """Each such key that can sign, by its public key, of which there is one for each."""
        people, scopes = self._view.people, scopes_to_command(AnswerRequest)
        registries = [person for person in people.persons.values() if person.role is PersonRole.REGISTRY]
        return {
            row.terms.public_key: row.terms.key
            for person in registries
            for row in people.keys_of(person.person)
            if row.terms.public_key and row.terms.scopes & scopes and is_good(row, self._now())
        }

    def were_known(self) -> bool:
        """Whether somebody stands for the registry here, be it without a good key."""
        return any(person.role is PersonRole.REGISTRY for person in self._view.people.persons.values())

    def are_known(self) -> bool:
        """Whether there is one now, so that an answer could be believed."""
        return bool(self.public_keys())

    def public_keys(self) -> Sequence[bytes]:
        """What a statement may be signed with."""
        return list(self.by_public_key())


class LogTaker:
    """Puts a statement into the log as the registry's own command, as if it had called back with it."""

    def __init__(self, sequencer: Sequencer, keys: RegistryKeys) -> None:
        self._sequencer = sequencer
        self._keys = keys

    async def take(self, statement: Document) -> str:
        """Nothing where the request is answered by it, or was by an earlier one, else the code of the refusal; raises
        ConnectionError when nothing can be sequenced now.
        """
        known = self._keys.by_public_key()
        try:
            signed = read_statement(statement, known)
            key, now = known[signed.public_key], self._sequencer.now()
            submission = submission_of(self._sequencer.view, statement, signed, key, now)
        except StatementError:
            return UnusableStatementError.problem
        except ProblemError as error:
            return error.problem.name if isinstance(error.problem, RejectReason) else error.problem.code
        try:
            receipt = await self._sequencer.submit(submission)
        except (OverloadedError, StoppedError) as error:
            raise ConnectionError(str(error)) from error
        if receipt.answer.status == _OK:
            return ""
        code: str = json.loads(receipt.answer.body)["code"]
        return "" if code == CLOSED else code


class DurableOutbox:
    """The outbox in PostgreSQL, in the words of the line."""

    def __init__(self, outbox: PostgresOutbox) -> None:
        self._outbox = outbox

    async def unanswered(self) -> Sequence[Outgoing]:
        """Requests without an answer; raises ConnectionError when the database cannot be asked now."""
        rows = await self._outbox.unanswered()
        return await asyncio.to_thread(lambda: list(map(outgoing_of, rows)))


def outgoing_of(row: OutboxRow) -> Outgoing:
    """A request as it travels."""
    asked = Asked(
        reference=row.reference,
        kind=Kind[row.kind.name],
        space=row.space,
        serial_lo=row.lo,
        serial_hi=row.hi,
        serials=serial_text(row.serial_text, SerialRange(row.lo, row.hi)),
        holder=row.holder,
        account=row.account,
        purpose=row.purpose,
        paper=row.paper,
    )
    return Outgoing(row.request, asked)


def books_of(rows: BooksRow, evidence: Evidence) -> Books:
    """Our side of a reconciliation."""
    ours = [Ours(row.space, row.lot, row.lo, row.hi, row.owner, row.state) for row in rows.booked]
    return Books(rows.as_of_seq, ours, [_sent(row, rows.registry_keys, evidence) for row in rows.sent])


def _sent(row: SentRow, keys: Sequence[bytes], evidence: Evidence) -> Sent:
    place = (row.space, row.lot, row.lo, row.hi)
    stated = (row.receipt, row.message, row.stated_at)
    act = (row.reference, row.kind.name, row.account, row.status.name)
    statement = Statement(*act, row.space, row.lo, row.hi, *stated)
    signed = not row.status.is_open and evidence.is_signed(statement, row.signature, keys)
    answer = (row.holder, row.status, row.receipt, signed)
    return Sent(row.reference, Kind[row.kind.name], *place, *answer, row.account)


async def reconcile(outbox: PostgresOutbox, registry: RegistryClient, evidence: Evidence | None = None) -> Report:
    """Hold our serials, the registry's lists and what was asked against each other; twice where something is found.

    Raises:
        ConnectionError: the database cannot be asked now.
        RegistryUnavailableError: the registry's lists could not be read to their end.
    """
    evidence = evidence or Evidence()
    before = await outbox.books()
    held, recorded = await registry.holdings(), await registry.records()
    after = await outbox.books()
    # Comparing may take a while, so it has a thread of its own.
    found = await asyncio.to_thread(_found, before, after, held, recorded, evidence)
    if found:
        # A list that changes while it is read page by page may repeat a line or leave one out. What is wrong stays so,
        # if not always in the same way.
        before, held, recorded = after, await registry.holdings(), await registry.records()
        after = await outbox.books()
        again = await asyncio.to_thread(_found, before, after, held, recorded, evidence)
        found = await asyncio.to_thread(lasting, found, again)
    rows = await outbox.uses_of([(one.lot, one.lo, one.hi) for one in found if one.lot])
    uses = [Used(row.lot, row.lo, row.hi, row.claim) for row in rows]
    new, held_before = await asyncio.to_thread(_suspended, found, uses, after)
    serials = sum(row.hi - row.lo for row in after.booked)
    return Report(after.as_of_seq, serials, len(held), len(recorded), found, new, held_before, uses)


def _found(
    before: BooksRow, after: BooksRow, held: list[Held], recorded: list[Recorded], evidence: Evidence
) -> list[Discrepancy]:
    """What does not agree both times."""
    first, second = books_of(before, evidence), books_of(after, evidence)
    return confirmed(compare(first, held, recorded), compare(second, held, recorded))


def _suspended(found: list[Discrepancy], uses: list[Used], books: BooksRow) -> tuple[list[Affected], list[Affected]]:
    """What is to be suspended, and what is already."""
    due = affected(found, uses)
    new = not_held_yet(due, [Affected(row.lot, row.lo, row.hi, row.reference) for row in books.suspended])
    return new, not_held_yet(due, new)


def suspending(part: Affected) -> Encumber:
    """The command with which the program suspends serials by itself; two persons lift it, one of them a regulator."""
    kind, lot = EncumbranceKind.SUSPENSION, LotId(part.lot)
    return Encumber(PersonId(NOBODY), kind, *WHOLE_LOT, lot, part.lo, part.hi, part.reference)


class RegistryLine:
    """Everything that goes on between the venue and its registry while the service runs."""

    def __init__(
        self,
        sequencer: Sequencer,
        outbox: PostgresOutbox,
        http: httpx.AsyncClient,
        minutes: int,
        hit: Callable[[str], None],
    ) -> None:
        """``minutes`` between two reconciliations, 0 for none by the clock; ``hit`` is told of the worker's steps."""
        keys = self._keys = RegistryKeys(sequencer.view, sequencer.now)
        self.registry: Final = RegistryClient(http, keys.public_keys)
        taker = LogTaker(sequencer, keys)
        self.worker: Final = Worker(DurableOutbox(outbox), self.registry, taker, keys.are_known, hit=hit)
        self.discrepancies = 0
        self.reconciled = 0
        self.is_running = False
        self._broken = 0
        self._minutes = minutes
        self._sequencer = sequencer
        self._outbox = outbox
        self._evidence = Evidence()
        self._key_came = asyncio.Event()

    def published(self, entries: list[Entry]) -> None:
        """A listener of the sequencer: tells the worker what is asked of the registry, and what was answered."""
        for entry in entries:
            for event in entry.events:
                if type(event) is RegistryAsked:
                    self.worker.wake()
                elif type(event) is RegistryAnswered:
                    self.worker.answered(event.request)
                elif type(event) is KeyRegistered:
                    self._key_came.set()
                    self.worker.key_came()

    @property
    def broken(self) -> int:
        """How often a bug of ours ended a turn: one request's, one reconciliation's, or the whole worker's."""
        return self._broken + self.worker.meters.broken

    async def run(self) -> None:
        """Work until cancelled. Nothing that comes over the line, and no bug in what reads it, ends the work."""
        self.is_running = True
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._work())
                if self._minutes:
                    tasks.create_task(self._reconcile_by_the_clock())
        finally:
            self.is_running = False

    async def _work(self) -> None:
        """The worker, begun anew after a bug: what it was about is in the outbox."""
        while True:
            with self._told("the worker of the registry's line broke and begins anew"):
                await self.worker.run()
            await asyncio.sleep(PAUSE_S)

    async def _reconcile_by_the_clock(self) -> None:
        """At once after a start, since nobody looked in between, and then by the clock. Where nobody stands for the
        registry yet, it is done as soon as somebody does.
        """
        while True:
            with self._told("the reconciliation with the registry broke"):
                await self._reconcile_if_known()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._minutes * SECONDS_PER_MINUTE):
                    await self._registry_becomes_known()

    async def _registry_becomes_known(self) -> None:
        """For ever where it is known already: then only the clock says when."""
        was_known = self._keys.are_known()
        while was_known or not self._keys.are_known():
            self._key_came.clear()
            await self._key_came.wait()

    async def _reconcile_if_known(self) -> None:
        if not self._keys.are_known():
            if self._keys.were_known():
                logger.warning("nothing is reconciled: the registry has no key here that is good and may answer")
            return
        try:
            await self.reconcile()
        except (ConnectionError, RegistryUnavailableError, StoppedError) as error:
            logger.warning("the reconciliation with the registry could not be done: %s", error)

    @contextlib.contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """A bug ends this turn and no other one: it is written down with its traceback, and counted."""
        try:
            yield
        except Exception:
            self._broken += 1
            logger.exception("%s", what)

    async def reconcile(self) -> Report:
        """Reconcile once, and suspend what does not agree; raises what :func:`reconcile` does, and StoppedError."""
        report = await reconcile(self._outbox, self.registry, self._evidence)
        for line in report.text():
            logger.log(logging.INFO if report.agrees else logging.ERROR, "%s", line)
        for part in report.held:
            await self._sequencer.own(suspending(part))
        self.reconciled += 1
        self.discrepancies = len(report.found)
        return report

    def watch(self, telemetry: Telemetry) -> None:
        """Tell the metrics page where the figures of the line are."""
        meters = self.worker.meters
        telemetry.watch("exchange_registry_waiting", lambda: meters.waiting)
        telemetry.watch("exchange_registry_answered", lambda: meters.answered)
        telemetry.watch("exchange_registry_unavailable", lambda: meters.unavailable)
        telemetry.watch("exchange_registry_unusable", lambda: meters.unusable)
        telemetry.watch("exchange_registry_running", lambda: self.is_running)
        telemetry.watch("exchange_registry_broken", lambda: self.broken)
        telemetry.watch("exchange_registry_reconciled", lambda: self.reconciled)
        telemetry.watch("exchange_registry_discrepancies", lambda: self.discrepancies)


@contextlib.asynccontextmanager
async def registry_line(
    settings: Settings, sequencer: Sequencer, dsn: str, hit: Callable[[str], None]
) -> AsyncIterator[RegistryLine | None]:
    """The line while a service runs; None where no registry is configured, and its requests wait."""
    if settings.registry_url is None:
        yield None
        return
    async with PostgresOutbox.open(dsn) as outbox, registry_http(settings) as http:
        line = RegistryLine(sequencer, outbox, http, settings.registry_reconcile_minutes, hit)
        sequencer.listeners.append(line.published)
        running = asyncio.create_task(line.run(), name="registry line")
        running.add_done_callback(_tell_its_end)
        try:
            yield line
        finally:
            running.cancel()
            await asyncio.wait((running,))


def _tell_its_end(running: asyncio.Task[None]) -> None:
    """A line that ends by itself has met more than a bug; the exchange goes on without it, requests wait, and
    ``exchange_registry_running`` is 0.
    """
    if not running.cancelled() and running.exception() is not None:
        logger.critical("the line to the registry has ended 与登记机构的连接已终止", exc_info=running.exception())
