"""Journal entries for tests: chained and encoded as the sequencer does it, from real commands or from events made by
hand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from exchange.core.canonical import FORMAT_VERSION
from exchange.core.codec import encode_command, encode_events
from exchange.core.commands import Command
from exchange.core.commands.instruments import AttestSnapshot, Family, League, SourceCategory
from exchange.core.commands.projects import Activity, CcerGeneration, Mechanism, ProjectTerms
from exchange.core.credits.states import SELLABLE, Standing, after
from exchange.core.events import Event
from exchange.core.events.credits import (
    Cause,
    IssuanceRecorded,
    LotAdmitted,
    Parcel,
    ParcelsMoved,
    ParcelsReshaped,
    ProjectRegistered,
    UnitsChanged,
)
from exchange.core.events.participants import Booked, CashDeposited, Layer, Posting
from exchange.core.machine import ENGINE_VERSION, apply
from exchange.core.serials import SerialRange
from exchange.core.state import ExchangeState
from exchange.core.values import (
    ClaimId,
    Day,
    Fen,
    IssuanceId,
    KeyId,
    LotId,
    Micros,
    ParticipantId,
    PersonId,
    ProjectId,
    Seq,
    SpaceId,
    Tonnes,
    TransactionId,
    derived_id,
)
from exchange.sequencer.journal import GENESIS_HEAD, Answer, Batch, Entry, Leaf, encode_leaf, next_head
from tests.support.keys import Given

NO_KEY = KeyId(0)
OPENING = Micros(1_790_000_000_000_000)
SECOND = 1_000_000
DAY = Day(20260921)
BANK, REGISTRY = -1, -2

NOTHING = AttestSnapshot(PersonId(0), Seq(0), bytes(32), 1)
"""The command of entries whose events are made by hand."""


class Log:
    """The end of a journal that grows: makes entries with the next seq, one second apart, chained to the last one."""

    def __init__(self, epoch: int = 1) -> None:
        self.epoch = epoch
        self.seq = Seq(0)
        self.at = OPENING
        self.head = GENESIS_HEAD
        self.entries: list[Entry] = []

    def add(
        self,
        *events: Event,
        command: Command = NOTHING,
        key: str = "",
        scope: int = 0,
        at: Micros | None = None,
        answer: Answer | None = None,
        used: KeyId = NO_KEY,
        rules: int = 1,
        result: tuple[int, int] = (0, 0),
    ) -> Entry:
        """The next entry. One with an idempotency key has an answer; ``rules`` is the version of the rulebook that it
        was decided by, ``result`` the number of a refusal and what was created.
        """
        self.seq, self.at = Seq(self.seq + 1), at or Micros(self.at + SECOND)
        events_bytes = encode_events(events)
        leaf = Leaf(
            FORMAT_VERSION,
            ENGINE_VERSION,
            rules,
            self.epoch,
            self.seq,
            self.at,
            used,
            scope,
            key,
            hashlib.sha256(key.encode()).digest() if key else b"",
            encode_command(command),
            hashlib.sha256(events_bytes).digest(),
            *result,
        )
        leaf_bytes = encode_leaf(leaf)
        self.head = next_head(self.head, leaf_bytes)
        if key and answer is None:
            answer = Answer(201, "application/json", "en", b'{"seq":%d}' % self.seq)
        entry = Entry(leaf, leaf_bytes, self.head, command, list(events), events_bytes, answer)
        self.entries.append(entry)
        return entry

    def follow(self, commands: Iterable[Given]) -> None:
        """The entries of a log of real commands, with the events that the core gives."""
        state = ExchangeState()
        for command, used, at in commands:
            rules = state.rulebook.version
            outcome = apply(state, command, used, Seq(self.seq + 1), at)
            name, scope = f"key-{self.seq + 1}", 1 + self.seq % 3
            result = (int(outcome.reason or 0), outcome.created)
            self.add(
                *outcome.events, command=command, key=name, scope=scope, at=at, used=used, rules=rules, result=result
            )


def batch_of(entries: Sequence[Entry], before: bytes = GENESIS_HEAD, epoch: int = 1) -> Batch:
    """A batch of entries that continue the head ``before``."""
    return Batch(epoch, before, list(entries))


def batches_of(entries: Sequence[Entry], sizes: Iterable[int], epoch: int = 1) -> list[Batch]:
    """Entries from the first on, cut into batches of these sizes; what is left over is the last one."""
    batches: list[Batch] = []
    start, before = 0, GENESIS_HEAD
    for size in [*sizes, len(entries)]:
        part = entries[start : start + size]
        if part:
            batches.append(batch_of(part, before, epoch))
            before = part[-1].head
        start += size
    return batches


# --- events by hand, for what the core would never do
# ------------------------------------------------------------------


def transaction(seq: int, *postings: Posting) -> Booked:
    """One ledger transaction of entry ``seq``."""
    return Booked(TransactionId(derived_id(Seq(seq), 1)), postings)


def post(debit: int, credit: int, amount: int, asset: int = 0, layer: Layer = Layer.POST) -> Posting:
    """One posting."""
    return Posting(layer, debit, credit, asset, amount)


def deposit(seq: int, participant: int, amount: int, reference: str) -> tuple[Event, Event]:
    """What a deposit makes."""
    deposited = CashDeposited(ParticipantId(participant), Fen(amount), reference)
    return deposited, transaction(seq, post(BANK, participant, amount))


def parcel(lo: int, hi: int, owner: int, standing: Standing = SELLABLE, encumbered: int = 0) -> Parcel:
    """A parcel, by default one that can be sold."""
    return Parcel(lo, hi, ParticipantId(owner), DAY, *standing, encumbered)


def reshaped(
    lot: int,
    closed: Iterable[tuple[int, int]],
    opened: Iterable[tuple[int, int, int]],
    standing: Standing = SELLABLE,
    encumbered: int = 0,
) -> ParcelsReshaped:
    """Parcels (lo, hi) of a lot that cease, and parcels (lo, hi, owner) that begin, all in one standing."""
    made = tuple(parcel(*one, standing, encumbered) for one in opened)
    return ParcelsReshaped(LotId(lot), tuple(SerialRange(*serials) for serials in closed), made)


def changed(
    lot: int, owner: int, serials: tuple[int, int], before: Standing | None, cause: Cause, subject: int = 0
) -> UnitsChanged:
    """A step of serials that the table of steps has."""
    standing, came_from = after(before, cause), before or (0, 0)
    return UnitsChanged(
        LotId(lot), ParticipantId(owner), (SerialRange(*serials),), *came_from, *standing, cause, subject
    )


def project(number: int = 1, **given: Any) -> ProjectRegistered:
    """A project of a certified sink, which no national registry keeps, on ground of its own; some terms changed."""
    terms = ProjectTerms(
        code=f"P{number}",
        family=Family.OTHER_SINK,
        mechanism=Mechanism.NOT_STATED,
        registry="registry",
        name_en="Project",
        name_zh="项目",
        methodology="M1",
        site_parcels=(f"INM/{number}/1", f"INM/{number}/2"),
        activity=Activity.AFFORESTATION,
        league=League.NONE,
        source_category=SourceCategory.NONE,
        source_facility="",
        ccer_generation=CcerGeneration.NONE,
        started=Day(20130101),
        crediting_start=Day(20130101),
        crediting_end=Day(20521231),
        estimate_kg=0,
        estimate_years=0,
        uniqueness_declaration="",
    )
    return ProjectRegistered(ProjectId(number), replace(terms, **given))


def issuance(number: int, lo: int, hi: int, space: int = 1, **given: Any) -> IssuanceRecorded:
    """An issuance of serials ``[lo, hi)`` of project 1 in 2023; some of it changed."""
    recorded = IssuanceRecorded(
        IssuanceId(number),
        ProjectId(1),
        Day(20230101),
        Day(20231231),
        Tonnes(10**12),
        Day(20240101),
        2023,
        SpaceId(space),
        "CCER" if space == 1 else f"space {space}",
        "",
        SerialRange(lo, hi),
        ClaimId(0),
    )
    return replace(recorded, **given)


def admission(
    seq: int, lot: int, issuance: int, owner: int, lo: int, hi: int, space: int = 1
) -> tuple[LotAdmitted, Booked, ParcelsMoved, ParcelsReshaped, UnitsChanged]:
    """What the admission of serials ``[lo, hi)`` as a lot makes that no registry has to lock."""
    serials = SerialRange(lo, hi)
    booked = transaction(seq, post(REGISTRY, owner, hi - lo, lot))
    return (
        LotAdmitted(LotId(lot), IssuanceId(issuance), SpaceId(space), serials, ParticipantId(owner), f"lock-{lot}"),
        booked,
        ParcelsMoved(booked.transaction, LotId(lot), ParticipantId(0), ParticipantId(owner), (serials,)),
        reshaped(lot, [], [(lo, hi, owner)]),
        changed(lot, owner, (lo, hi), None, Cause.ADMITTED_HERE, lot),
    )
