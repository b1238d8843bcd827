"""The trading day and its phases, and the mass jobs that end one day before the next opens."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from exchange.core.events.markets import JobKind
from exchange.core.values import Day, Fen, InstrumentId, JobId, KeyId, OrderId, ParticipantId, Sides, Tonnes


class Phase(IntEnum):
    """NEW before the first entry, OPEN while orders are taken, CLOSING while a day ends."""

    NEW = 0
    OPEN = 1
    CLOSING = 2


@dataclass(slots=True)
class Job:
    """A mass command in progress. ``last`` is the newest order it concerns, ``ended`` counts what it has ended.

    ``participant``, ``instrument``, ``sides`` and ``key`` narrow down whose orders it is about, 0 where they do not.

    ``day_set`` says, for the end of a day, that the next day's reference prices stand and only orders outside their new
    band remain to be cancelled.
    """

    job: JobId
    kind: JobKind
    participant: ParticipantId
    instrument: InstrumentId
    sides: Sides
    key: KeyId
    last: OrderId
    next_day: Day
    day_set: bool
    ended: int


@dataclass(slots=True)
class Session:
    """Which day it is, in which phase, whether the whole market is halted, and what is still being worked off.

    ``sandbox_cash`` (fen) and ``sandbox_tonnes`` are given to each new participant; a real venue gives nothing.
    """

    venue: str = ""
    sandbox_cash: Fen = Fen(0)
    sandbox_tonnes: Tonnes = Tonnes(0)
    day: Day = Day(0)
    phase: Phase = Phase.NEW
    halted: bool = False
    jobs: dict[JobId, Job] = field(default_factory=dict)
