"""Commands that list instruments, halt them and end the trading day."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from exchange.core.values import Day, InstrumentId, JobId, PersonId, Price, Seq, Tonnes


class Family(IntEnum):
    """What kind of unit: books exist for the first two; OTHER_SINK is for deals whose mechanism is not stated."""

    FORESTRY_CCER = 1
    REDUCTION_QUOTA = 2
    OTHER_SINK = 3


class SourceCategory(IntEnum):
    """Where a reduction comes from (the five categories of the Regional Plan); NONE for units that are not quota."""

    NONE = 0
    ENERGY_SAVING = 1
    CAPACITY_RETIREMENT = 2
    ENERGY_MIX = 3
    CCUS = 4
    ECOSYSTEM_SINK = 5


class League(IntEnum):
    """The twelve leagues and cities (盟市); budgets exist for these and the region only, never below."""

    NONE = 0
    HOHHOT = 1
    BAOTOU = 2
    HULUNBUIR = 3
    HINGGAN = 4
    TONGLIAO = 5
    CHIFENG = 6
    XILINGOL = 7
    ULANQAB = 8
    ORDOS = 9
    BAYANNUR = 10
    WUHAI = 11
    ALXA = 12


class TradingMode(IntEnum):
    """How an instrument trades; this release runs the continuous book."""

    CONTINUOUS = 1


class SettlementVenue(IntEnum):
    """Where title passes: in our sub-ledger over locked units, in the national system, or between the parties."""

    REGIONAL_CUSTODY = 1
    NATIONAL_SYSTEM = 2
    BILATERAL = 3


@dataclass(slots=True)
class ListInstrument:
    """List an instrument: a forestry CCER is project and vintage, a reduction quota category, vintage and league.

    ``reference_price`` is the first one, declared by the first party to bring the product in (T17). ``tax_inclusive``
    says whether its prices include VAT.
    """

    actor: PersonId
    symbol: str
    family: Family
    project: str
    vintage: int
    source_category: SourceCategory
    league: League
    mode: TradingMode
    settlement_venue: SettlementVenue
    tick: Price
    lot_size: Tonnes
    reference_price: Price
    tax_inclusive: bool


@dataclass(slots=True)
class HaltTrading:
    """Stop trading in an instrument, or in all when ``instrument`` is 0. One person is enough, at once."""

    actor: PersonId
    instrument: InstrumentId
    reason: str


@dataclass(slots=True)
class ResumeTrading:
    """Lift a halt (0 lifts the market-wide one); needs two persons."""

    actor: PersonId
    instrument: InstrumentId


@dataclass(slots=True)
class EndOfDay:
    """End the trading day: day orders expire, reference prices are set from the day's trades, the next day opens."""

    actor: PersonId
    next_day: Day


@dataclass(slots=True)
class ContinueJob:
    """Do the next chunk of a mass command; the sequencer sends it while a job is unfinished, nobody else can."""

    actor: PersonId
    job: JobId


@dataclass(slots=True)
class AttestSnapshot:
    """Put into the log which state hash the state had after entry ``at_seq``; sent by the sequencer alone.

    ``image_format`` is :data:`exchange.core.image.IMAGE_FORMAT` of the program that took the hash: one that writes a
    state in other bytes finds another hash of the same state.
    """

    actor: PersonId
    at_seq: Seq
    state_hash: bytes
    image_format: int
