"""Attempts to have owed what a firm does not answer for: quota that is CCER once more, and what never came here."""

from __future__ import annotations

from exchange.core.commands.encumbrances import ReportReversal
from exchange.core.rejections import RejectReason as R
from exchange.core.values import Tonnes
from tests.double_counting import careless as off
from tests.double_counting.attempts import Steps, agreeing, attempt
from tests.double_counting.scene import Scene

FIRE = "buffer and replacement after a fire: each tonne is replaced once"


@attempt(R.NOTHING_BROUGHT_IN, (off.LOST,), "reversals_of_who_brought_in", source=FIRE)
def one_fire_owed_as_wood_and_as_quota(scene: Scene) -> Steps:
    """CCER were turned into sink quota, and then their forest burns: they are owed as CCER, and once more as quota."""
    claim = scene.converted(1, 51)
    scene.registry_confirms()
    scene.quota_on(claim)
    scene.lost(100)
    again = ReportReversal(scene.operator, scene.project("SINK"), 2023, scene.wood, Tonnes(50), "fire")
    return agreeing(again, scene.second)


@attempt(R.REVERSAL_EXCEEDED, (off.LOST,), "reversals_of_who_brought_in", source=FIRE)
def a_loss_of_what_was_never_locked(scene: Scene) -> Steps:
    """The registry refused to lock a second block here; the firm is to replace its tonnes too, if they burnt or not."""
    _, request = scene.waiting_lot()
    scene.refuses(request)
    return agreeing(
        ReportReversal(scene.operator, scene.project("P1"), 2023, scene.wood, Tonnes(150), "fire"), scene.second
    )
