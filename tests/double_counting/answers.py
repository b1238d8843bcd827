"""Attempts by, or in the name of, the registry: one receipt twice, one answer twice, answers that nobody gave."""

from __future__ import annotations

from exchange.core.commands.registry import AnswerOnPaper, RegistryOutcome, RequestKind
from exchange.core.commands.uses import Pick
from exchange.core.rejections import RejectReason as R
from exchange.core.values import MICROS_PER_DAY, MICROS_PER_SECOND, Micros, RequestId, day_of
from tests.double_counting import careless as off
from tests.double_counting.attempts import Steps, agreeing, attempt, giving
from tests.double_counting.scene import HOUR, OTHER, UNKNOWN_REQUEST, Scene

LIES = "a registry that lies"


@attempt(R.RECEIPT_USED, (off.RECEIPT,), "registry_answers_receipt_once", source=LIES)
def one_receipt_for_two_locks(scene: Scene) -> Steps:
    """The registry answers two requests with the same receipt: one of the blocks nobody has locked."""
    _, first = scene.waiting_lot(501, 601)
    scene.done(scene.answer(first, receipt="R-1"))
    _, second = scene.waiting_lot(601, 701)
    return giving(scene.answer(second, receipt="R-1"))


@attempt(R.RECEIPT_USED, (off.RECEIPT,), "registry_answers_receipt_once", source=LIES)
def one_receipt_for_two_cancellations(scene: Scene) -> Steps:
    """Two uses are cancelled with one receipt: one of them the registry has never cancelled."""
    scene.used(scene.serials(1, 11))
    scene.done(scene.answer(scene.open_requests()[0], receipt="R-1"))
    scene.used(scene.serials(21, 31))
    return giving(scene.answer(scene.open_requests()[0], receipt="r -1"))


@attempt(R.RECEIPT_USED, (off.RECEIPT,), "registry_answers_receipt_once", source=LIES)
def one_receipt_in_other_signs(scene: Scene) -> Steps:
    """The same for CCER behind sink quota, and the receipt is written with other signs and one zero more."""
    scene.converted(1, 51)
    scene.done(scene.answer(scene.open_requests()[0], receipt="RC-2026-1"))
    scene.converted(51, 101)
    return giving(scene.answer(scene.open_requests()[0], receipt="rc/2026_01"))


@attempt(R.RECEIPT_USED, (off.RECEIPT,), "registry_answers_receipt_once", source="one retirement entered for two uses")
def one_paper_for_two_uses(scene: Scene) -> Steps:
    """Another registry has retired some tonnes, and its paper of that is entered for a second use in other signs."""
    first, second = _on_paper(scene)
    scene.agree(AnswerOnPaper(scene.operator, first, scene.today(), "VCS-7"), scene.second, "VCS-7")
    return agreeing(AnswerOnPaper(scene.operator, second, scene.today(), "vcs 07"), scene.second, "vcs 07")


@attempt(R.RECEIPT_USED, (off.RECEIPT,), "registry_answers_receipt_untold", source="a paper of the wrong registry")
def the_national_registrys_receipt_on_a_paper(scene: Scene) -> Steps:
    """What the national registry signed when it cancelled CCER is entered as another registry's paper."""
    request, _ = _on_paper(scene)
    scene.used(scene.serials(1, 11))
    scene.done(scene.answer(scene.open_requests()[-1], receipt="R-1"))
    return agreeing(AnswerOnPaper(scene.operator, request, scene.today(), "r/01"), scene.second, "r/01")


def _on_paper(scene: Scene) -> list[RequestId]:
    """Two requests to another registry, of two uses of one lot."""
    lot = scene.lot(scene.wood, 20, OTHER, project="O1")
    lo = scene.state.credits.lots[lot].serials.lo
    scene.used(Pick(lot, lo, lo + 5))
    scene.used(Pick(lot, lo + 5, lo + 10))
    return [request.request for request in scene.open_requests() if request.lot == lot]


@attempt(R.RECEIPT_USED, (off.RECEIPT,), "registry_answers_receipt_untold", source=LIES)
def one_receipt_that_came_with_a_contradiction(scene: Scene) -> Steps:
    """The registry refuses one use, says later that it has cancelled, and gives the paper of that for another use."""
    scene.used(scene.serials(1, 11))
    (first,) = scene.open_requests()
    scene.refuses(first)
    scene.done(scene.answer(first, receipt="R-1"))
    scene.used(scene.serials(21, 31))
    return giving(scene.answer(scene.open_requests()[0], receipt="r/01"))


@attempt(
    R.REQUEST_CLOSED,
    off.REPETITION,
    "registry_answers_receipt_once",
    "registry_answers_first_once",
    source="a callback that is sent twice",
)
def one_answer_twice(scene: Scene) -> Steps:
    """The registry's confirmation arrives a second time, after the units were sold to another firm."""
    _, request = scene.waiting_lot()
    answer = scene.answer(request)
    scene.done(answer)
    return giving(answer)


@attempt(
    R.REGISTRY_ANSWERS_ITSELF,
    (off.ANSWERS_ITSELF,),
    "registry_answers_signed",
    source="operators who confirm what the registry should",
)
def a_lock_that_operators_confirm(scene: Scene) -> Steps:
    """Two operators enter a receipt for a lock that the national registry has not confirmed."""
    _, request = scene.waiting_lot()
    return agreeing(AnswerOnPaper(scene.operator, request.request, scene.today(), "R-9"), scene.second, "R-9")


@attempt(
    R.REGISTRY_ANSWERS_ITSELF,
    (off.ANSWERS_ITSELF,),
    "registry_answers_signed",
    source="operators who refuse what the registry has done",
)
def a_cancellation_that_operators_refuse(scene: Scene) -> Steps:
    """Two operators enter that the national registry will not cancel what it has cancelled: it would be sold again."""
    scene.used(scene.serials(1, 11))
    (request,) = scene.open_requests()
    refused = ("", RegistryOutcome.REFUSED, "no such account")
    return agreeing(AnswerOnPaper(scene.operator, request.request, scene.today(), *refused), scene.second)


@attempt(R.REQUEST_OF_OTHER_REGISTRY, (off.OTHER_REGISTRY,), "registry_answers_of_its_own_units", source="a stolen key")
def the_national_registry_cancels_what_another_one_keeps(scene: Scene) -> Steps:
    """With the national registry's key somebody confirms that units of another registry are cancelled."""
    scene.used(scene.of(scene.lot(scene.wood, 20, OTHER, project="O1"), 5))
    (request,) = scene.open_requests()
    return giving(scene.answer(request))


@attempt(R.REQUEST_OF_OTHER_REGISTRY, (off.OTHER_REGISTRY,), "registry_answers_of_its_own_units", source="a stolen key")
def the_national_registry_refuses_for_another_one(scene: Scene) -> Steps:
    """The same, and it refuses: the other registry has cancelled them, and they would be sold once more."""
    scene.used(scene.of(scene.lot(scene.wood, 20, OTHER, project="O1"), 5))
    (request,) = scene.open_requests()
    return giving(scene.answer(request, RegistryOutcome.REFUSED))


@attempt(R.STATEMENT_OUT_OF_TIME, (off.OTHER_TIME,), "registry_answers_stated_in_time", source=LIES)
def an_answer_from_before_the_question(scene: Scene) -> Steps:
    """A cancellation is confirmed by a statement of the day before it was asked for: that was about something else."""
    scene.used(scene.serials(1, 11))
    (request,) = scene.open_requests()
    answer = scene.answer(request)
    answer.stated_at = Micros(request.asked_at - 24 * HOUR * MICROS_PER_SECOND)
    return giving(answer)


@attempt(R.STATEMENT_OUT_OF_TIME, (off.OTHER_DAY,), "registry_answers_stated_in_time", source="an old paper")
def a_paper_from_before_the_question(scene: Scene) -> Steps:
    """A cancellation is confirmed with a paper of two days before it was asked for: it cancelled other units."""
    scene.used(scene.of(scene.lot(scene.wood, 20, OTHER, project="O1"), 5))
    (request,) = scene.open_requests()
    too_early = day_of(Micros(request.asked_at - 2 * MICROS_PER_DAY))
    return agreeing(AnswerOnPaper(scene.operator, request.request, too_early, "R-9"), scene.second, "R-9")


@attempt(R.REQUEST_NOT_FOUND, (), source=LIES)
def an_answer_to_what_was_never_asked(scene: Scene) -> Steps:
    """The registry confirms a request that does not exist."""
    # No guard of the core stands for this one: without a request there is nothing that it could settle. What the
    # database says to such a row is among the forged batches.
    _, request = scene.waiting_lot()
    answer = scene.answer(request)
    answer.request = UNKNOWN_REQUEST
    return giving(answer)


@attempt(R.STATEMENT_OF_OTHER_SERIALS, (off.OTHER_SERIALS,), "registry_answers_about_what_was_asked", source=LIES)
def an_answer_about_more_serials(scene: Scene) -> Steps:
    """Asked to lock a hundred tonnes the registry confirms two hundred."""
    _, request = scene.waiting_lot()
    answer = scene.answer(request)
    answer.serials_hi += 100
    return giving(answer)


@attempt(
    R.STATEMENT_OF_OTHER_REQUEST,
    (off.OTHER_ACT,),
    "registry_answers_about_what_was_asked",
    source="a venue that is put back from a backup, beside a registry that lives on",
)
def an_old_statement_of_another_kind(scene: Scene) -> Steps:
    """The registry's old word that it let tonnes go to the national market answers their new cancellation."""
    scene.used(scene.serials(1, 11))
    answer = scene.answer(scene.open_requests()[0])
    answer.kind, answer.account = RequestKind.RELEASE, "NATIONAL-7"
    return giving(answer)


@attempt(R.STATEMENT_OF_OTHER_REQUEST, (off.OTHER_ACT,), "registry_answers_about_what_was_asked", source=LIES)
def a_release_to_another_account(scene: Scene) -> Steps:
    """Asked to let tonnes go to one national account the registry states that it let them go to another one."""
    scene.agree(scene.release(1, 11), scene.second)
    scene.cool_down()
    answer = scene.answer(scene.open_requests()[0])
    answer.account = "NATIONAL-STRANGER"
    return giving(answer)
