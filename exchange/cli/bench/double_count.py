"""``bench double-count``: how long it takes to prove of a million parcels that no tonne is counted twice.

The parcels are made by uses of scattered serials, through sequencer and PostgreSQL like any other: each use takes three
tonnes out of every ten of a stretch of its lot, so that the lot is split into what is spent and what is left between.
Then ``exchange audit double-count`` runs over the whole database: once over the journal, once by SQL over the tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from exchange.cli.audit_command import audit_database
from exchange.cli.bench.progress import tell
from exchange.cli.bench.results import Report
from exchange.cli.bench.stage import OPEN_PROPOSALS, Director, Trader, set_stage
from exchange.cli.bench.venue import open_venue
from exchange.cli.problem import CommandError
from exchange.core.commands.instruments import League
from exchange.core.commands.uses import Intensity, Neutrality, Pick, Purpose, UseDetails, UseUnits
from exchange.core.risk import MAX_NAMED_LOTS
from exchange.core.values import Day, InstrumentId, LotId, Price, Tonnes
from exchange.sequencer.sequencer import Sequencer

REFERENCE_PRICE: Final = Price(3_000)
STRETCH: Final = 10
SPENT: Final = 3
"""Of each so many serials so many are used; what is left between is a parcel too."""

PARCELS_A_USE: Final = 2 * MAX_NAMED_LOTS


@dataclass(frozen=True, slots=True)
class Options:
    """How many parcels, in the lots of how many sellers."""

    parcels: int = 1_000_000
    firms: int = 100


async def run(options: Options) -> Report:
    """Make the parcels, then audit them."""
    report = Report("double-count", {name: getattr(options, name) for name in Options.__slots__})
    with open_venue() as venue:
        await venue.inside(lambda sequencer: _split(sequencer, options))
        tell("double-count: auditing")
        audit = await audit_database(venue.server.service_dsn)
    if audit.total or audit.log.parcels < options.parcels:
        raise CommandError(f"{audit.total} findings in {audit.log.parcels:,} parcels. 核查结果不符")
    log, seconds = audit.log, audit.log_seconds + audit.table_seconds
    size = {"parcels": log.parcels, "entries": log.entries, "spent_t": log.spent}
    report.add("from the log alone", seconds=round(audit.log_seconds, 1), **size)
    report.add("from the tables alone, by SQL", seconds=round(audit.table_seconds, 1))
    report.hold("seconds for both, and their comparison", 60, seconds, at_least=False)
    return report


async def _split(sequencer: Sequencer, options: Options) -> None:
    """A stage, and uses by every seller until there are enough parcels."""
    stage = await set_stage(sequencer, options.firms, REFERENCE_PRICE)
    director = Director(sequencer)
    director.know_traders(stage.sellers)
    rounds = -(-options.parcels // (PARCELS_A_USE * len(stage.sellers)))
    for number in range(rounds):
        tell(f"double-count: {number * PARCELS_A_USE * len(stage.sellers):,} parcels")
        uses = [_use(seller, _lot_of(sequencer, seller), number) for seller in stage.sellers]
        for some in _portions(uses):
            await director.agree(some)


def _lot_of(sequencer: Sequencer, seller: Trader) -> tuple[LotId, int]:
    """A seller's only lot and its first serial."""
    ((lot,),) = sequencer.state.parcels.lots_of[seller.participant].values()
    return lot.lot, lot.serials.lo


def _portions(uses: Sequence[UseUnits]) -> Iterator[Sequence[UseUnits]]:
    yield from (uses[start : start + OPEN_PROPOSALS] for start in range(0, len(uses), OPEN_PROPOSALS))


def _use(seller: Trader, lot: tuple[LotId, int], number: int) -> UseUnits:
    """The ``number``-th use of a lot: as many separate ranges as one may name, behind those of the use before."""
    name, first = lot
    start = first + number * MAX_NAMED_LOTS * STRETCH
    places = (start + n * STRETCH for n in range(MAX_NAMED_LOTS))
    picks = tuple(Pick(name, place, place + SPENT) for place in places)
    details = UseDetails("Bench", "测试", "", "", 0, "", Intensity.NONE, Neutrality.NONE, "", Day(0), "", League.HOHHOT)
    quantity = Tonnes(SPENT * len(picks))
    return UseUnits(seller.person, seller.participant, InstrumentId(0), picks, quantity, Purpose.VOLUNTARY, details)
