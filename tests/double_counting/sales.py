"""Attempts to sell what cannot be sold: not locked yet, used, gone, held fast, or in another order already."""

from __future__ import annotations

from dataclasses import replace

from exchange.core.commands.credits import ReturnUnits
from exchange.core.commands.instruments import SourceCategory
from exchange.core.commands.registry import RegistryOutcome
from exchange.core.rejections import RejectReason as R
from exchange.core.values import ClaimId, InstrumentId, Side
from tests.double_counting import careless as off
from tests.double_counting.attempts import Steps, attempt, giving
from tests.double_counting.scene import HOUR, QUOTA, Scene

COVERED = "balances_available_not_negative"


@attempt(R.INSUFFICIENT_TONNES, off.COVER, COVERED, source="the trading rules, article 18: no short selling")
def the_same_tonnes_in_two_orders(scene: Scene) -> Steps:
    """A hundred tonnes are offered twice at once."""
    scene.offer(100)
    return scene.selling(100)


@attempt(R.INSUFFICIENT_TONNES, off.COVER, COVERED, source="credits that do not exist; lock before listing")
def a_sale_before_the_lock(scene: Scene) -> Steps:
    """Units are offered that the national registry has been asked to lock, and has not locked."""
    scene.waiting_lot()
    return scene.selling(150)


@attempt(R.INSUFFICIENT_TONNES, off.COVER, COVERED, source="a time-out taken for an answer")
def a_sale_after_the_registry_was_silent(scene: Scene) -> Steps:
    """The registry has not answered in time whether it locks the units, and they are offered all the same."""
    scene.waiting_lot()
    scene.wait(2 * HOUR)
    scene.finish_jobs()
    return scene.selling(150)


@attempt(R.INSUFFICIENT_TONNES, off.COVER, COVERED, source="a refused lock that is passed over")
def a_sale_after_the_registry_refused(scene: Scene) -> Steps:
    """The registry has refused to lock the units."""
    _, request = scene.waiting_lot()
    scene.refuses(request)
    return scene.selling(150)


@attempt(R.INSUFFICIENT_TONNES, off.COVER, COVERED, source="callbacks in the wrong order")
def a_sale_after_answers_in_the_wrong_order(scene: Scene) -> Steps:
    """The registry refuses to lock, and a confirmation that it had sent before arrives later."""
    _, request = scene.waiting_lot()
    late = scene.answer(request, receipt="receipt-late")
    scene.refuses(request)
    scene.done(late)
    scene.finish_jobs()
    return scene.selling(150)


@attempt(R.INSUFFICIENT_TONNES, off.COVER, COVERED, source="a registry that lies")
def a_sale_after_the_registry_changed_its_word(scene: Scene) -> Steps:
    """The registry has confirmed the lock, and says now that it never locked anything."""
    _, request = scene.waiting_lot()
    scene.done(scene.answer(request))
    scene.done(scene.answer(request, RegistryOutcome.REFUSED))
    scene.finish_jobs()
    return scene.selling(150)


@attempt(R.INSUFFICIENT_TONNES, off.COVER, COVERED, source="a registry that lies")
def a_sale_of_sink_quota_whose_cancellation_is_disputed(scene: Scene) -> Steps:
    """Quota was issued against two cancellations and came in; the registry says now that one of them never was."""
    claim, book = _two_lots_of_sink_quota(scene)
    scene.contradicts(claim)
    return giving(scene.order(scene.wood, book, Side.SELL, 60, 3_000))


@attempt(R.INSUFFICIENT_TONNES, off.COVER, COVERED, source="a registry that lies")
def a_sale_of_sink_quota_whose_ccer_are_alive_again(scene: Scene) -> Steps:
    """The same, and the reconciliation finds some of the cancelled CCER alive in the registry's list."""
    _, book = _two_lots_of_sink_quota(scene)
    scene.reconciled(scene.forest, 41, 46)
    return giving(scene.order(scene.wood, book, Side.SELL, 60, 3_000))


def _two_lots_of_sink_quota(scene: Scene) -> tuple[ClaimId, InstrumentId]:
    """Fifty tonnes on each of two cancellations, serials 1 to 50 and 51 to 100; the first claim, and their book."""
    claim, other = scene.converted(1, 51), scene.converted(51, 101)
    scene.registry_confirms()
    scene.quota_on(claim)
    scene.quota_on(other, 6_001)
    listed = replace(scene.listing(family=QUOTA), source_category=SourceCategory.ECOSYSTEM_SINK, symbol="SINK")
    return claim, InstrumentId(scene.done(listed).created)


@attempt(R.INSUFFICIENT_TONNES, off.COVER, COVERED, source="retired and sold at once")
def a_sale_of_what_is_about_to_be_used(scene: Scene) -> Steps:
    """A use was proposed, and before anybody has approved it all tonnes are offered."""
    scene.propose(scene.use(scene.serials(1, 61)))
    return scene.selling(100)


@attempt(R.INSUFFICIENT_TONNES, off.COVER, COVERED, source="recycled CER, Hungary, March 2010")
def a_sale_of_what_was_used(scene: Scene) -> Steps:
    """Two million CER that had been surrendered were sold again: units that the registry has cancelled are offered."""
    scene.used(scene.serials(1, 61))
    scene.registry_confirms()
    return scene.selling(100)


@attempt(R.INSUFFICIENT_TONNES, off.COVER, COVERED, source="sold here and in the national market")
def a_sale_during_a_release(scene: Scene) -> Steps:
    """Units are on their way to the national market; in the cool-down they are offered here."""
    scene.agree(scene.release(1, 61), scene.second)
    return scene.selling(100)


@attempt(R.INSUFFICIENT_TONNES, off.COVER, COVERED, source="sold here and in the national market")
def a_sale_of_what_is_in_the_national_market(scene: Scene) -> Steps:
    """Units have gone to the national market and are offered here."""
    scene.sent_out(1, 61)
    return scene.selling(100)


@attempt(R.INSUFFICIENT_TONNES, off.COVER, COVERED, source="returned by contract, BlueNext 2010")
def a_sale_of_what_came_back_without_a_lock(scene: Scene) -> Steps:
    """Units shall come back from the national market, and are offered before the registry has locked them again."""
    scene.sent_out(1, 61)
    scene.agree(ReturnUnits(scene.operator, scene.forest, scene.wood, 1, 61, "back"), scene.second, "back")
    return scene.selling(100)


@attempt(R.INSUFFICIENT_TONNES, off.COVER, COVERED, source="stolen units sold on: Holcim Romania, November 2010")
def a_sale_of_what_is_frozen(scene: Scene) -> Steps:
    """Serials are frozen by one person's word, and offered the next moment."""
    scene.freeze(1, 61)
    return scene.selling(100)


@attempt(R.INSUFFICIENT_TONNES, off.COVER, COVERED, source="frozen, and a newer lot of the project comes in")
def a_sale_of_a_later_lot_of_a_frozen_project(scene: Scene) -> Steps:
    """A project is frozen; a lot that comes in later is frozen too, and is offered with another project's tonne."""
    scene.freeze_project()
    scene.lot(scene.wood, 50, QUOTA)
    scene.lot(scene.wood, 1, QUOTA, project="P2")
    return giving(scene.order(scene.wood, scene.instrument(family=QUOTA), Side.SELL, 51, 3_000))


@attempt(R.INSUFFICIENT_TONNES, off.COVER, COVERED, source="sold on before delivery")
def a_sale_of_somebody_elses_tonnes(scene: Scene) -> Steps:
    """The buyer offers what it has bid for and not bought yet."""
    scene.offer(1)
    scene.done(scene.order(scene.steel, scene.listed, Side.BUY, 1, 3_000))
    scene.done(scene.order(scene.steel, scene.listed, Side.BUY, 10, 2_900))
    return giving(scene.order(scene.steel, scene.listed, Side.SELL, 11, 3_000))
