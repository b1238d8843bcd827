"""Following a whole journal: each entry is shown to be what was written, and its events go to every department."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

from exchange.audit.double_count.beside import Beside
from exchange.audit.double_count.budgets import Budgets
from exchange.audit.double_count.choices import Choices
from exchange.audit.double_count.counting import Counting
from exchange.audit.double_count.covers import Covers
from exchange.audit.double_count.doubts import Doubts
from exchange.audit.double_count.ends import Ends
from exchange.audit.double_count.files import Files
from exchange.audit.double_count.findings import Notebook
from exchange.audit.double_count.holds import Holds
from exchange.audit.double_count.ledger import TonneLedger
from exchange.audit.double_count.losses import Losses
from exchange.audit.double_count.names import Names
from exchange.audit.double_count.origins import Origins
from exchange.audit.double_count.people import People
from exchange.audit.double_count.persons import AGREED, Persons
from exchange.audit.double_count.places import Places
from exchange.audit.double_count.replacements import Replacements
from exchange.audit.double_count.requests import Requests
from exchange.audit.double_count.returns import Returns
from exchange.audit.double_count.scopes import Scopes
from exchange.audit.double_count.sources import Sources
from exchange.audit.double_count.statements import Statements
from exchange.audit.export import ExportedEntry, NotAJournalError
from exchange.audit.known_end import KnownEnd
from exchange.core.canonical import CanonicalError
from exchange.core.codec import decode_events
from exchange.core.events import Event
from exchange.core.events.agreements import AgreementEnded
from exchange.core.events.credits import (
    FacilitySet,
    ImportCommitted,
    IssuanceRecorded,
    LotAdmitted,
    ParcelsMoved,
    ParcelsReshaped,
    ProjectRegistered,
    UnitsChanged,
    UnitsStaged,
)
from exchange.core.events.encumbrances import (
    EncumbranceLifted,
    EncumbranceSet,
    ReversalOwedAgain,
    ReversalReplaced,
    ReversalReported,
    ReversalWithdrawn,
    UnitsEncumbered,
    UnitsFreed,
)
from exchange.core.events.governance import (
    ActionApproved,
    ActionProposed,
    KeyRegistered,
    KeyRevoked,
    KeyRotated,
    PersonRegistered,
    ProposalRejected,
    RulebookAdopted,
    VenueOpened,
)
from exchange.core.events.markets import DayOpened
from exchange.core.events.orders import OrderCancelled
from exchange.core.events.participants import Booked
from exchange.core.events.registry import (
    RegistryAnswered,
    RegistryAsked,
    RegistryContradicted,
    RegistrySilent,
    ReturnAsked,
)
from exchange.core.events.uses import (
    BudgetAdjusted,
    ClaimApproved,
    ClaimEnded,
    ClaimFulfilled,
    ClaimMade,
    ClaimRevoked,
    ObligationSet,
    ReleaseApproved,
    ReleaseDone,
    ReleaseEnded,
    ReleaseMade,
    ReleaseSent,
)
from exchange.core.state import ExchangeState
from exchange.core.values import Micros, Seq
from exchange.sequencer.journal import (
    GENESIS_HEAD,
    JournalCorruptError,
    OtherVersionError,
    StoredEntry,
    decode_leaf,
    next_head,
)
from exchange.sequencer.replaying import Replayer, collector_at_rest


@dataclass(frozen=True, slots=True)
class Read:
    """An entry: its number, its time (microseconds since 1970), its command in canonical bytes, and its events."""

    seq: int
    at: int
    command: bytes
    events: list[Event]


@dataclass(frozen=True, slots=True)
class Summary:
    """What the tables must agree with, most of it in words: by number the projects, the issuances and the lots, with
    their first owners and papers and digests over their parcels and steps; every paper of a lock; the tonnes that each
    use has for good or is about to have as (use, lot, first serial, serial behind the last) in joined ranges, and what
    it was for and came to; adjustments and facilities as :class:`~exchange.audit.double_count.counting.Counting` has
    them; by entry what the registry has said; what each request asks for and when; every person and key as
    :meth:`~exchange.audit.double_count.people.People.rows` has them, the rulebooks as
    :attr:`~exchange.audit.double_count.beside.Beside.rules` has them, the trading days by the entries that opened them,
    and every encumbrance as :meth:`~exchange.audit.double_count.beside.Beside.rows` has it.
    """

    projects: dict[int, str]
    issuances: dict[int, str]
    lots: dict[int, str]
    steps: dict[int, str]
    papers: dict[str, str]
    claims: frozenset[tuple[int, int, int, int]]
    uses: dict[int, str]
    adjustments: dict[str, str]
    facilities: dict[str, str]
    receipts: dict[int, str]
    requests: dict[int, str]
    people: dict[int, str]
    rules: dict[tuple[int, int], str]
    days: dict[int, int]
    held: dict[int, str]


@dataclass(frozen=True, slots=True)
class LogReport:
    """What a journal says of its tonnes: how many entries were read up to which head, how many tonnes were admitted and
    spent, and what must not be.
    """

    entries: int
    head: bytes
    tonnes: int
    spent: int
    parcels: int
    notebook: Notebook
    summary: Summary


_Heard = dict[type, tuple[Callable[[Any], None], ...]]
"""By event who hears of it."""


class TonneAudit:
    """All departments together."""

    def __init__(self) -> None:
        """Before the first entry."""
        self.notebook: Final = Notebook()
        self.origins: Final = Origins(self.notebook)
        self.people: Final = People(self.notebook)
        self.persons: Final = Persons(self.notebook, self.people)
        self.places: Final = Places(self.notebook, self.origins)
        self.statements: Final = Statements(self.notebook, self.origins, self.people, self.persons)
        self.ends: Final = Ends(self.notebook, self.origins, self.places, self.statements)
        self.returns: Final = Returns(self.notebook, self.origins, self.persons)
        self.doubts: Final = Doubts(self.notebook, self.statements, self.ends)
        self.holds: Final = Holds(self.notebook, self.places, self.persons, self.ends)
        self.scopes: Final = Scopes(self.notebook, self.places, self.holds, self.ends)
        self.ledger: Final = TonneLedger(self.notebook, self.origins, self.places)
        self.budgets: Final = Budgets(self.notebook, self.origins, self.statements)
        self.sources: Final = Sources(self.notebook, self.origins)
        self.losses: Final = Losses(self.notebook)
        self.replacements: Final = Replacements(self.notebook, self.origins)
        self.files: Final = Files(self.notebook, self.origins, self.persons)
        self.covers: Final = Covers(self.notebook, self.ends)
        self.choices: Final = Choices(self.notebook, self.persons)
        self.requests: Final = Requests(self.notebook, self.origins, self.statements)
        self.names: Final = Names(self.notebook)
        self.beside: Final = Beside(self.notebook)
        self.counting: Final = Counting(self.notebook)
        self._heard_by = self._distribution()

    def _distribution(self) -> _Heard:
        """Which event is heard by whom, in this order."""
        heard = self._who_hears_of_units() | self._who_hears_of_uses()
        return {event: (*heard.get(event, ()), *_demand(self.persons, event)) for event in {*heard, *AGREED}}

    def _who_hears_of_units(self) -> _Heard:
        """Of persons and rules, and of where units come from and stand."""
        origins, persons, places, ends, people = self.origins, self.persons, self.places, self.ends, self.people
        statements, budgets, doubts, losses = self.statements, self.budgets, self.doubts, self.losses
        scopes, files, sources, names, beside = self.scopes, self.files, self.sources, self.names, self.beside
        counting = self.counting
        return {
            VenueOpened: (people.opened, origins.opened, persons.opened, ends.opened, budgets.opened, beside.opened),
            PersonRegistered: (people.person,),
            KeyRegistered: (people.key,),
            KeyRotated: (people.rotated,),
            KeyRevoked: (people.revoked,),
            RulebookAdopted: (ends.rules, persons.rules, beside.adopted),
            DayOpened: (ends.next_day, budgets.next_day, beside.next_day),
            ActionProposed: (persons.proposed,),
            ActionApproved: (persons.approved,),
            ProposalRejected: (self.choices.rejected, persons.rejected),
            ProjectRegistered: (origins.project, persons.quota, names.project, counting.project),
            FacilitySet: (origins.facility, sources.facility, names.facility, counting.facility),
            IssuanceRecorded: (
                origins.issuance,
                sources.issuance,
                persons.quota,
                ends.issuance,
                doubts.issuance,
                scopes.issuance,
                files.issuance,
                names.issuance,
                losses.came,
            ),
            LotAdmitted: (
                origins.lot,
                places.lot,
                sources.lot,
                doubts.lot,
                scopes.lot,
                files.lot,
                names.lock,
                losses.came,
            ),
            ReturnAsked: (names.lock,),
            UnitsStaged: (files.staged,),
            ImportCommitted: (files.committed,),
            ParcelsReshaped: (places.reshaped,),
            ParcelsMoved: (places.moved, doubts.moved, scopes.moved, sources.moved),
            UnitsChanged: (
                places.changed,
                statements.changed,
                ends.changed,
                self.returns.changed,
                budgets.changed,
                doubts.changed,
                scopes.changed,
                sources.changed,
                losses.came,
                self.requests.changed,
                counting.changed,
            ),
        }

    def _who_hears_of_uses(self) -> _Heard:
        """Of the registry, of uses and releases, and of what holds units fast."""
        persons, ends, statements, holds, budgets = self.persons, self.ends, self.statements, self.holds, self.budgets
        doubts, losses, choices, replacements = self.doubts, self.losses, self.choices, self.replacements
        scopes, covers, sources, requests = self.scopes, self.covers, self.sources, self.requests
        beside, counting = self.beside, self.counting
        return {
            OrderCancelled: (scopes.uncovered,),
            AgreementEnded: (scopes.uncovered,),
            Booked: (self.ledger.booked,),
            RegistryAsked: (statements.ask, requests.ask),
            RegistryAnswered: (statements.answer, requests.answered, self.names.answer),
            RegistrySilent: (statements.silence,),
            RegistryContradicted: (statements.contradicted, doubts.contradicted),
            ClaimMade: (
                choices.claim,
                ends.claim,
                covers.claim,
                budgets.claim,
                replacements.claim,
                requests.claim,
                self.names.claim,
                counting.claim,
            ),
            ClaimApproved: (
                choices.claim_approved,
                ends.approved,
                holds.going,
                scopes.going,
                replacements.approved,
                requests.approved,
            ),
            ClaimEnded: (choices.claim_ended, ends.ended, replacements.ended, requests.ended),
            ClaimFulfilled: (
                ends.fulfilled,
                covers.fulfilled,
                budgets.fulfilled,
                replacements.fulfilled,
                requests.fulfilled,
                counting.fulfilled,
            ),
            ClaimRevoked: (
                ends.revoked,
                budgets.revoked,
                doubts.revoked,
                replacements.revoked,
                losses.came,
                counting.revoked,
            ),
            ReleaseMade: (choices.release, ends.release, requests.release),
            ReleaseApproved: (choices.release_approved, holds.going, scopes.going),
            ReleaseSent: (holds.going, scopes.going, requests.sent),
            ReleaseEnded: (choices.release_ended, ends.release_ended, requests.ended),
            ReleaseDone: (ends.released,),
            ObligationSet: (ends.obligation, self.names.obligation, counting.duty),
            BudgetAdjusted: (budgets.adjusted, counting.adjusted),
            EncumbranceSet: (persons.held_fast, holds.set, scopes.set, doubts.set, sources.set, beside.set),
            UnitsEncumbered: (holds.held, scopes.held, beside.held),
            UnitsFreed: (holds.freed, doubts.freed, beside.freed),
            EncumbranceLifted: (holds.lifted, scopes.lifted, doubts.lifted, sources.lifted, beside.lifted),
            ReversalReported: (losses.lost, replacements.lost, choices.lost, budgets.lost),
            ReversalReplaced: (replacements.told,),
            ReversalOwedAgain: (replacements.told,),
            ReversalWithdrawn: (losses.withdrawn, replacements.withdrawn),
        }

    def read(self, entry: Read) -> None:
        """The next entry."""
        self.notebook.seq = entry.seq
        self.people.begin(entry.at)
        self.persons.begin()
        self.places.begin()
        self.statements.begin(entry.at, entry.command)
        heard_by = self._heard_by
        for event in entry.events:
            for hear in heard_by.get(type(event), ()):
                hear(event)
        self.people.end()
        self.places.end()
        self.holds.end()
        self.scopes.end()
        self.doubts.end()
        self.sources.end()
        self.files.end()
        self.budgets.end()
        self.losses.end()
        self.replacements.end()
        self.choices.end()
        self.requests.end()

    def conclude(self) -> None:
        """All entries were read: what only shows over the whole."""
        self.notebook.seq = 0
        self.origins.conclude()
        self.places.conclude()
        self.ends.conclude()
        self.holds.conclude()
        self.scopes.conclude()
        self.ledger.conclude()

    def summary(self) -> Summary:
        """What tables are held against."""
        return Summary(
            projects=dict(self.counting.projects),
            issuances=dict(self.origins.issuances()),
            lots=dict(self.places.lots()),
            steps=self.counting.steps(),
            papers=dict(self.origins.papers),
            claims=frozenset(self.ends.rows()),
            uses=self.counting.uses(),
            adjustments=dict(self.counting.adjustments),
            facilities=dict(self.counting.facilities),
            receipts=dict(self.statements.words),
            requests=dict(self.requests.rows()),
            people=self.people.rows(),
            rules=dict(self.beside.rules),
            days=dict(self.beside.days),
            held=self.beside.rows(),
        )


def _demand(persons: Persons, event: type) -> tuple[Callable[[Any], None], ...]:
    return (persons.demand,) if event in AGREED else ()


Source = Callable[[], AsyncGenerator[StoredEntry, None] | AsyncGenerator[ExportedEntry, None]]
"""Reads a journal from its first entry."""


async def audit_log(
    source: Source, progress: Callable[[Seq], None] | None = None, known: KnownEnd | None = None
) -> LogReport:
    """Follow every tonne through a whole journal.

    A journal in a database has its events beside its entries, and each entry says by which hash they are known; an
    exported one has none, so they are made again (:mod:`exchange.sequencer.replaying`). An entry that is not what was
    written is told, and ends the reading: what follows it stands on nothing. A journal that was cut off is sound as far
    as it goes; only what was ``known`` of its end shows that there was more.

    Raises:
        NotAJournalError: when the source is something else.
        OtherVersionError: when another version of the program wrote it.
    """
    audit = TonneAudit()
    reading = _Reading()
    known = known or KnownEnd()
    with collector_at_rest():
        async with aclosing(source()) as entries:
            try:
                async for entry in reading.events_of(entries):
                    audit.read(entry)
                    known.see(Seq(entry.seq), reading.head)
                    if progress is not None and entry.seq % PROGRESS_EVERY == 0:
                        progress(Seq(entry.seq))
            except (NotAJournalError, OtherVersionError):
                raise
            except JournalCorruptError as broken:
                audit.notebook.seq = reading.seq + 1
                audit.notebook.tell("LOG-BROKEN", problem=str(broken), problem_zh=broken.chinese)
            else:
                _hold_to(known, reading.seq, audit.notebook)
        audit.conclude()
    return _report(audit, reading)


PROGRESS_EVERY: Final = 10_000


def _hold_to(known: KnownEnd, last: int, notebook: Notebook) -> None:
    """Whether the journal has what was noted of it earlier."""
    try:
        known.conclude(Seq(last))
    except JournalCorruptError as error:
        notebook.tell("END-DIFFERS", problem=str(error), problem_zh=error.chinese)


def _report(audit: TonneAudit, reading: _Reading) -> LogReport:
    return LogReport(
        entries=reading.seq,
        head=reading.head,
        tonnes=sum(origin.hi - origin.lo for origin in audit.origins.lots.values()),
        spent=audit.places.spent(),
        parcels=sum(map(len, audit.places.parcels.values())),
        notebook=audit.notebook,
        summary=audit.summary(),
    )


class _Reading:
    """Reads entries of either kind, one after the other, and believes none of them."""

    def __init__(self) -> None:
        self.seq = 0
        self.head = GENESIS_HEAD
        self._replayer: Replayer | None = None

    async def events_of(self, entries: AsyncIterator[StoredEntry | ExportedEntry]) -> AsyncIterator[Read]:
        """The events of every entry.

        Raises:
            JournalCorruptError: at the first entry that is not what was written.
        """
        async for entry in entries:
            read = self._stored(entry) if isinstance(entry, StoredEntry) else self._made_again(entry)
            self.seq, self.head = self.seq + 1, entry.head
            yield read

    def _stored(self, entry: StoredEntry) -> Read:
        """The events that are stored, if the chain and the leaf's hash vouch for them."""
        seq = self.seq + 1
        if entry.seq != seq or next_head(self.head, entry.leaf_bytes) != entry.head:
            raise JournalCorruptError(f"entry {seq} does not continue the chain", f"第 {seq} 条与前面的哈希链不相接")
        try:
            leaf = decode_leaf(entry.leaf_bytes)
            if leaf.seq != seq or hashlib.sha256(entry.events_bytes).digest() != leaf.events_hash:
                raise JournalCorruptError(f"entry {seq} has other events than its leaf", f"第 {seq} 条的事件与叶不符")
            return Read(seq, leaf.at, leaf.command, decode_events(entry.events_bytes))
        except CanonicalError as error:
            raise JournalCorruptError(
                f"entry {seq} cannot be read: {error}", f"第 {seq} 条无法读取：{error}"
            ) from error

    def _made_again(self, entry: ExportedEntry) -> Read:
        """The events that the entry's command makes, if their hash is the leaf's."""
        if self._replayer is None:
            self._replayer = Replayer(ExchangeState(), Seq(0), Micros(0), GENESIS_HEAD)
        done = self._replayer.step(entry.leaf_bytes, entry.head)
        return Read(self.seq + 1, done.leaf.at, done.leaf.command, done.events)
