"""``bench double-count``: how long it takes to prove of a million parcels that no tonne is counted twice.

The parcels are made by uses of scattered serials, through sequencer and PostgreSQL like any other: each use takes three
tonnes out of every ten of a stretch of its lot, so that the lot is split into what is spent and what is left between.
Every tenth lot is frozen and let go when half of the uses are made, and frozen again when all are; then half of those
are let go once more. So there is what was held fast and moved afterwards, what was held fast, and what is. Then
``exchange audit double-count`` runs over the whole database: once over the journal, once by SQL over the tables.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from exchange.cli.audit_command import audit_database
from exchange.cli.bench.progress import tell
from exchange.cli.bench.results import Report
from exchange.cli.bench.stage import OPEN_PROPOSALS, Director, Trader, set_stage
from exchange.cli.bench.venue import open_venue
from exchange.cli.problem import CommandError
from exchange.core.commands import Action
from exchange.core.commands.encumbrances import Encumber, EncumbranceKind, LiftEncumbrance
from exchange.core.commands.instruments import League
from exchange.core.commands.uses import Intensity, Neutrality, Pick, Purpose, UseDetails, UseUnits
from exchange.core.risk import MAX_NAMED_LOTS
from exchange.core.values import Day, EncumbranceId, InstrumentId, LotId, Price, ProjectId, Tonnes
from exchange.sequencer.sequencer import Sequencer

REFERENCE_PRICE: Final = Price(3_000)
STRETCH: Final = 10
SPENT: Final = 3
"""Of each so many serials so many are used; what is left between is a parcel too."""

PARCELS_A_USE: Final = 2 * MAX_NAMED_LOTS

FROZEN: Final = 10
"""Of so many lots one is frozen."""

LOOK_SECONDS: Final = 0.02
LOOKS: Final = 15_000
"""How often it is looked whether units are held fast by now: five minutes."""


@dataclass(frozen=True, slots=True)
class Options:
    """How many parcels, in the lots of how many sellers."""

    parcels: int = 1_000_000
    firms: int = 100


async def run(options: Options) -> Report:
    """Make the parcels, then audit them."""
    report = Report("double-count", {name: getattr(options, name) for name in Options.__slots__})
    with open_venue() as venue:
        frozen = await venue.inside(lambda sequencer: _split(sequencer, options))
        tell("double-count: auditing")
        audit = await audit_database(venue.server.service_dsn)
    if audit.total or audit.log.parcels < options.parcels:
        raise CommandError(f"{audit.total} findings in {audit.log.parcels:,} parcels. 核查结果不符")
    log, seconds = audit.log, audit.log_seconds + audit.table_seconds
    size = {"parcels": log.parcels, "entries": log.entries, "spent_t": log.spent, "frozen_lots": frozen}
    report.add("from the log alone", seconds=round(audit.log_seconds, 1), **size)
    report.add("from the tables alone, by SQL", seconds=round(audit.table_seconds, 1))
    report.hold("seconds for both, and their comparison", 60, seconds, at_least=False)
    return report


async def _split(sequencer: Sequencer, options: Options) -> int:
    """A stage, uses by every seller until there are enough parcels, and freezes; how many lots are frozen then."""
    stage = await set_stage(sequencer, options.firms, REFERENCE_PRICE)
    director = Director(sequencer)
    director.know_traders(stage.sellers)
    rounds = -(-options.parcels // (PARCELS_A_USE * len(stage.sellers)))
    lots = [_lot_of(sequencer, seller)[0] for seller in stage.sellers[::FROZEN]]
    for number in range(rounds):
        tell(f"double-count: {number * PARCELS_A_USE * len(stage.sellers):,} parcels")
        if number == rounds // 2:
            await _let_go(sequencer, director, await _freeze(sequencer, director, lots))
        uses = [_use(seller, _lot_of(sequencer, seller), number) for seller in stage.sellers]
        for some in _portions(uses):
            await director.agree(some)
    frozen = await _freeze(sequencer, director, lots)
    await _let_go(sequencer, director, frozen[1::2])
    return len(frozen[::2])


async def _freeze(sequencer: Sequencer, director: Director, lots: Sequence[LotId]) -> list[EncumbranceId]:
    """Hold all of these lots fast, each by an encumbrance of its own."""
    kind, no_project = EncumbranceKind.FREEZE, ProjectId(0)
    freezes = [Encumber(director.regulator, kind, no_project, 0, lot, 0, 0, "bench") for lot in lots]
    done = await director.do(freezes)
    await _worked_off(sequencer)
    return [EncumbranceId(entry.leaf.created) for entry in done]


async def _let_go(sequencer: Sequencer, director: Director, freezes: Sequence[EncumbranceId]) -> None:
    """Two persons lift these."""
    for some in _portions([LiftEncumbrance(director.operators[0], freeze) for freeze in freezes]):
        await director.agree(some, director.regulator)
    await _worked_off(sequencer)


async def _worked_off(sequencer: Sequencer) -> None:
    """Wait until all that was to be held fast or let go is: it takes an entry for some hundreds of parcels.

    Raises:
        CommandError: when it takes too long.
    """
    for _ in range(LOOKS):
        if not sequencer.state.encumbrances.working:
            return
        await asyncio.sleep(LOOK_SECONDS)
    raise CommandError("units are still being held fast. 冻结未完成")


def _lot_of(sequencer: Sequencer, seller: Trader) -> tuple[LotId, int]:
    """A seller's only lot and its first serial."""
    ((lot,),) = sequencer.state.parcels.lots_of[seller.participant].values()
    return lot.lot, lot.serials.lo


def _portions(actions: Sequence[Action]) -> Iterator[Sequence[Action]]:
    yield from (actions[start : start + OPEN_PROPOSALS] for start in range(0, len(actions), OPEN_PROPOSALS))


def _use(seller: Trader, lot: tuple[LotId, int], number: int) -> UseUnits:
    """The ``number``-th use of a lot: as many separate ranges as one may name, behind those of the use before."""
    name, first = lot
    start = first + number * MAX_NAMED_LOTS * STRETCH
    places = (start + n * STRETCH for n in range(MAX_NAMED_LOTS))
    picks = tuple(Pick(name, place, place + SPENT) for place in places)
    details = UseDetails("Bench", "测试", "", "", 0, "", Intensity.NONE, Neutrality.NONE, "", Day(0), "", League.HOHHOT)
    quantity = Tonnes(SPENT * len(picks))
    return UseUnits(seller.person, seller.participant, InstrumentId(0), picks, quantity, Purpose.VOLUNTARY, details)
