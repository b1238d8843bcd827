"""A small market in which units have been everywhere that they can be, and stand in every state at the end."""

from __future__ import annotations

from collections.abc import Callable

from exchange.core.commands.approvals import RejectProposal
from exchange.core.commands.credits import RequestLock, ReturnUnits
from exchange.core.commands.encumbrances import Encumber, EncumbranceKind
from exchange.core.commands.instruments import League
from exchange.core.commands.registry import RegistryOutcome
from exchange.core.commands.uses import CallOffRelease, Pick, Purpose, SetBudget
from exchange.core.handlers import encumbering
from exchange.core.values import LotId, Tonnes
from tests.core.units_world import UnitsWorld
from tests.support.market import Market

CONFIRMED, REFUSED = RegistryOutcome.CONFIRMED, RegistryOutcome.REFUSED


def told() -> Market:
    """The market at the end of its story."""
    world = UnitsWorld()
    _answer_late(world)
    _refuse_and_withdraw(world)
    _leave_the_region(world)
    _come_back(world)
    _hold_fast(world)
    return world.market


def answered(world: UnitsWorld, lot: LotId, outcome: RegistryOutcome) -> None:
    """The registry answers the newest request about a lot."""
    world.market.done(world.market.answer(world.request_of(lot), outcome))


def _answer_late(world: UnitsWorld) -> None:
    """Two locks that were unanswered: one is refused, asked for again and unanswered again, the other confirmed."""
    market = world.market
    market.finish_jobs()
    answered(world, world.waiting_lot, REFUSED)
    late = market.state.requests.by_id[world.overdue]
    market.done(market.answer(late))
    market.done(RequestLock(market.operator, world.waiting_lot))
    market.wait(3_600)
    market.finish_jobs()


def _refuse_and_withdraw(world: UnitsWorld) -> None:
    """A proposed use is withdrawn, and the registry refuses to cancel the units of another."""
    market = world.market
    market.done(RejectProposal(market.second, world.used, "no"))
    market.done(market.answer(market.state.requests.by_id[world.of_claim(world.pending)], REFUSED))


def _leave_the_region(world: UnitsWorld) -> None:
    """Quota goes to another province; a CCER release is called off, one refused by the registry, one withdrawn."""
    market = world.market
    export = world.use(Pick(world.local, 421, 431), purpose=Purpose.INTER_PROVINCE, league=League.NONE, province="山西")
    market.agree(export, market.second)
    market.done(CallOffRelease(world.trader, world.wood, world.callable))
    market.done(RejectProposal(market.second, world.proposed, "no"))
    (request,) = market.state.requests.of_subject[world.leaving]
    market.done(market.answer(market.state.requests.by_id[request], REFUSED))
    market.agree(SetBudget(market.operator, League.HULUNBUIR, 2026, 2030, Tonnes(5_000)), market.regulator)


def _come_back(world: UnitsWorld) -> None:
    """Of what is out one part comes back, another is refused, a third waits for the registry, a fourth stays."""
    market = world.market
    for lo, outcome in ((91, CONFIRMED), (93, REFUSED), (95, None)):
        action = ReturnUnits(market.operator, world.ccer, world.steel, lo, lo + 2, f"back-{lo}")
        market.agree(action, market.second, f"back-{lo}")
        if outcome is not None:
            answered(world, world.ccer, outcome)


def _hold_fast(world: UnitsWorld) -> None:
    """Another lot, another use and another release are under way, and a suspension of everything is half set."""
    market = world.market
    world.lot(world.old, world.wood, 721, 731)
    market.propose(world.use(world.pick(71, 76)))
    world.released(world.release(76, 81))
    in_chunks_of(2, lambda: market.done(_suspension(world)))


def _suspension(world: UnitsWorld) -> Encumber:
    kind = EncumbranceKind.SUSPENSION
    return Encumber(world.market.operator, kind, world.new, 2023, LotId(0), 0, 0, "case 9")


def in_chunks_of(size: int, act: Callable[[], object]) -> None:
    """Do something while encumbrances are worked off in small chunks."""
    chunk = encumbering.CHUNK
    try:
        encumbering.CHUNK = size  # type: ignore[misc]
        act()
    finally:
        encumbering.CHUNK = chunk  # type: ignore[misc]
