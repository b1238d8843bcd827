"""What the registry says, says twice, says otherwise, or does not say; and what stands fast through all of it."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from exchange.core.commands.approvals import Approve, Propose
from exchange.core.commands.credits import ReturnUnits
from exchange.core.commands.encumbrances import Encumber, EncumbranceKind, LiftEncumbrance
from exchange.core.commands.registry import AnswerOnPaper, AnswerRequest, RegistryOutcome, RequestKind
from exchange.core.commands.uses import Pick
from exchange.core.credits.claims import ClaimStatus, ReleaseStatus
from exchange.core.credits.registry_lock import CLOCKS_APART, Act, RequestStatus, reference_of
from exchange.core.events.credits import Cause, UnitsChanged
from exchange.core.events.governance import Rejected
from exchange.core.events.registry import RegistryAnswered, RegistryAsked, RegistryContradicted
from exchange.core.events.uses import BudgetAdjusted, ClaimEnded
from exchange.core.image import decode_state, encode_state
from exchange.core.rejections import RejectReason as R
from exchange.core.serials import SerialRange
from exchange.core.values import (
    MICROS_PER_DAY,
    MICROS_PER_SECOND,
    ClaimId,
    EncumbranceId,
    LotId,
    Micros,
    ParticipantId,
    ProjectId,
    ReleaseId,
    RequestId,
    Seq,
    Side,
    day_of,
    day_start,
    derived_id,
)
from tests.core.units_world import UNITS_WORLD
from tests.support.market import Market

U = UNITS_WORLD
REQUEST = RequestId(derived_id(Seq(17), 2))
AT = Micros(1_790_000_000_000_000)
ACT = Act(RequestKind.RELEASE, LotId(7), ParticipantId(3), "CCER-15", SerialRange(1, 101), 5, "NATIONAL-7")
CONFIRMED, REFUSED = RegistryOutcome.CONFIRMED, RegistryOutcome.REFUSED


@pytest.fixture
def market() -> Market:
    """The world once more."""
    return U.copy()


def states(market: Market, lot: LotId, lo: int, hi: int) -> list[str]:
    """In which states these serials are, each once, in order."""
    pieces = market.state.parcels.pieces(lot, SerialRange(lo, hi))
    return list(dict.fromkeys(parcel.state.name for parcel, _ in pieces))


def statement(market: Market, request: RequestId, outcome: RegistryOutcome = CONFIRMED) -> AnswerRequest:
    """What the registry says about a request."""
    return market.answer(market.state.requests.by_id[request], outcome)


def answer(market: Market, request: RequestId, outcome: RegistryOutcome = CONFIRMED) -> AnswerRequest:
    """The registry's statement, after it was taken."""
    given = statement(market, request, outcome)
    market.done(given)
    return given


def test_the_same_statement_again_changes_nothing(market: Market) -> None:
    given = answer(market, U.waiting)
    before = encode_state(market.state)[16:]
    for message in (given.message, "another number"):
        assert market.give(replace(given, message=message)).reason is R.REQUEST_CLOSED
    assert encode_state(market.state)[16:] == before


@pytest.mark.parametrize(("first", "then"), [(CONFIRMED, REFUSED), (REFUSED, CONFIRMED)])
def test_a_contradiction_holds_the_units_fast_once(
    market: Market, first: RegistryOutcome, then: RegistryOutcome
) -> None:
    answer(market, U.waiting, first)
    other = statement(market, U.waiting, then)
    events = market.done(other).events
    assert isinstance(events[0], RegistryContradicted)
    (parcel, _), *_ = market.state.parcels.pieces(U.waiting_lot, SerialRange(651, 701))
    assert (parcel.encumbered, market.tonnes(U.wood, U.waiting_lot)) == (1, (50, 0))
    for message in (other.message, "another number"):
        assert market.give(replace(other, message=message)).reason is R.REQUEST_CLOSED


@pytest.mark.parametrize("receipt", ["paper 7", "ＰＡＰＥＲ-07"])
def test_the_receipt_of_a_contradiction_is_used_up(market: Market, receipt: str) -> None:
    """By the registry and on paper, and a snapshot knows it too."""
    answer(market, U.waiting, REFUSED)
    market.done(replace(statement(market, U.waiting), receipt="Paper 7"))
    market.state = decode_state(encode_state(market.state))
    other = AnswerOnPaper(market.operator, U.on_paper, market.today(), receipt)
    assert market.give(Propose(other.actor, other)).reason is R.RECEIPT_USED


def test_a_contradiction_is_held_fast_whatever_receipt_comes_with_it(market: Market) -> None:
    market.agree(AnswerOnPaper(market.operator, U.on_paper, market.today(), "paper 7"), market.second, "paper 7")
    answer(market, U.waiting, REFUSED)
    events = market.done(replace(statement(market, U.waiting), receipt="paper 7")).events
    assert isinstance(events[0], RegistryContradicted)


def test_what_was_let_go_is_held_again_by_a_new_contradiction_alone(market: Market) -> None:
    answer(market, U.waiting)
    other = statement(market, U.waiting, REFUSED)
    suspension = EncumbranceId(market.done(other).created)
    market.agree(LiftEncumbrance(market.operator, suspension), market.regulator)
    assert market.tonnes(U.wood, U.waiting_lot) == (50, 50)
    assert market.give(other).reason is R.REQUEST_CLOSED
    market.done(replace(other, message="a new one"))
    assert market.tonnes(U.wood, U.waiting_lot) == (50, 0)


def test_a_contradiction_finds_the_units_with_whoever_has_them_now(market: Market) -> None:
    answer(market, U.waiting)
    instrument = next(one.instrument for one in market.state.listing.instruments.values() if one.project == "U0")
    market.done(market.order(U.wood, instrument, Side.SELL, 1, 2_900, lots=(U.waiting_lot,)))
    assert market.tonnes(U.steel, U.waiting_lot) == (1, 1)
    market.done(statement(market, U.waiting, REFUSED))
    assert market.tonnes(U.steel, U.waiting_lot) == (1, 0)


def test_an_unanswered_lock_is_unknown_until_the_registry_speaks(market: Market) -> None:
    market.finish_jobs()
    assert states(market, U.waiting_lot, 651, 701) == ["LOCK_UNKNOWN"]
    assert market.state.requests.by_id[U.waiting].status is RequestStatus.SILENT
    use = U.use(Pick(U.waiting_lot, 651, 652))
    assert market.give(Propose(use.actor, use)).reason is R.UNITS_NOT_THERE
    market.wait(365 * 86_400)
    market.finish_jobs()
    assert states(market, U.waiting_lot, 651, 701) == ["LOCK_UNKNOWN"]
    answer(market, U.waiting)
    assert market.tonnes(U.wood, U.waiting_lot) == (50, 50)


@pytest.mark.parametrize(("outcome", "after"), [(CONFIRMED, "ACTIVE"), (REFUSED, "OUT")])
def test_an_unanswered_return_is_nobodys_until_the_registry_speaks(
    market: Market, outcome: RegistryOutcome, after: str
) -> None:
    back = ReturnUnits(market.operator, U.ccer, U.wood, 93, 97, "back")
    market.agree(back, market.second, "back")
    request = max(market.state.requests.by_id)
    before = market.tonnes(U.wood, U.ccer)
    market.wait(365 * 86_400)
    market.finish_jobs()
    assert market.state.requests.by_id[request].status is RequestStatus.SILENT
    assert (states(market, U.ccer, 93, 97), market.tonnes(U.wood, U.ccer)) == (["RETURN_REQUESTED"], before)
    use, again = U.use(U.pick(93, 97)), replace(back, lock_reference="again")
    for action in (use, again):
        assert market.give(Propose(action.actor, action)).reason is R.UNITS_NOT_THERE
    answer(market, request, outcome)
    assert states(market, U.ccer, 93, 97) == [after]


def test_silence_changes_nothing_about_what_is_to_be_cancelled_or_released(market: Market) -> None:
    market.finish_jobs()
    market.wait(2 * 86_400)
    market.finish_jobs()
    assert states(market, U.ccer, 41, 51) == ["PENDING_CANCEL"]
    assert states(market, U.ccer, 101, 111) == ["PENDING_OUT"]
    (leaving,) = market.state.requests.of_subject[U.leaving]
    answer(market, leaving)
    assert states(market, U.ccer, 101, 111) == ["OUT"]


def test_what_the_registry_refuses_to_cancel_waits_for_the_rest_of_its_claim(market: Market) -> None:
    number = ClaimId(market.agree(U.use(U.pick(71, 76), U.pick(78, 81)), market.second))
    first, second = market.state.requests.of_subject[number]
    answer(market, first, REFUSED)
    assert states(market, U.ccer, 71, 76) == ["PENDING_CANCEL"]
    again = U.use(U.pick(71, 76))
    assert market.give(Propose(again.actor, again)).reason is R.UNITS_NOT_THERE
    answer(market, second)
    claim = market.state.claims.claims[number]
    assert (claim.status, claim.quantity) == (ClaimStatus.FULFILLED, 3)
    assert (states(market, U.ccer, 71, 76), states(market, U.ccer, 78, 81)) == (["ACTIVE"], ["CANCELLED"])
    market.agree(again, market.second)


@pytest.mark.parametrize("outcome", [CONFIRMED, REFUSED])
def test_the_national_registry_says_nothing_about_units_of_other_registries(
    market: Market, outcome: RegistryOutcome
) -> None:
    before = encode_state(market.state)[16:]
    assert market.give(statement(market, U.on_paper, outcome)).reason is R.REQUEST_OF_OTHER_REGISTRY
    assert encode_state(market.state)[16:] == before
    market.agree(AnswerOnPaper(market.operator, U.on_paper, market.today(), "paper 7"), market.second, "paper 7")
    assert market.give(statement(market, U.on_paper, REFUSED)).reason is R.REQUEST_OF_OTHER_REGISTRY
    assert market.tonnes(U.wood, U.unknown)[0] == market.tonnes(U.wood, U.unknown)[1]


@pytest.mark.parametrize("contradicts", [False, True])
@pytest.mark.parametrize("early", [False, True])
def test_a_statement_is_not_from_before_its_question_or_from_the_future(
    market: Market, early: bool, contradicts: bool
) -> None:
    """A microsecond more than the hour by which clocks may differ is too much, for what contradicts too."""
    asked_at = market.state.requests.by_id[U.waiting].asked_at
    market.wait(30 * 86_400)
    if contradicts:
        answer(market, U.waiting, REFUSED)
    for apart, reason in ((1, R.STATEMENT_OUT_OF_TIME), (0, None)):
        stated_at = asked_at - CLOCKS_APART - apart if early else market.now() + CLOCKS_APART + apart
        assert market.give(replace(statement(market, U.waiting), stated_at=Micros(stated_at))).reason is reason


def test_units_of_other_registries_are_cancelled_by_a_receipt_that_two_persons_read(market: Market) -> None:
    market.agree(AnswerOnPaper(market.operator, U.on_paper, market.today(), "paper 7"), market.second, "paper 7")
    assert states(market, U.unknown, 501, 511) == ["CANCELLED"]
    other = U.use(Pick(U.unknown, 511, 521))
    number = market.agree(other, market.second)
    (request,) = market.state.requests.of_subject[number]
    again = AnswerOnPaper(market.operator, request, market.today(), "ＰＡＰＥＲ7")
    assert market.give(Propose(again.actor, again)).reason is R.RECEIPT_USED


@pytest.mark.parametrize("outcome", [CONFIRMED, REFUSED])
def test_a_paper_is_of_the_day_that_it_bears_however_late_it_is_entered(
    market: Market, outcome: RegistryOutcome
) -> None:
    asked_on = day_of(market.state.requests.by_id[U.on_paper].asked_at)
    late = refusal(market, U.on_paper)
    if outcome is CONFIRMED:
        late = AnswerOnPaper(market.operator, U.on_paper, asked_on, "paper 7")
    market.wait(30 * 86_400)
    late.stated_on = day_of(Micros(market.now() - 3 * MICROS_PER_DAY))
    assert asked_on < late.stated_on
    market.agree(late, market.second, late.receipt)
    (said,) = (event for event in market.told if isinstance(event, RegistryAnswered) and not event.signature)
    assert (said.stated_at, said.outcome) == (day_start(late.stated_on), outcome)


def test_a_paper_is_not_from_long_before_its_question_or_from_tomorrow(market: Market) -> None:
    asked_at = market.state.requests.by_id[U.on_paper].asked_at
    earliest = day_of(Micros(asked_at - MICROS_PER_DAY))
    # To the last second of a day in China, so that a clock that shows the day of the entry before would be found out.
    market.wait((day_start(market.today()) + MICROS_PER_DAY - market.now()) // MICROS_PER_SECOND)
    today = market.today()
    for apart in (-1, 1):
        stated_on = day_of(Micros(day_start(earliest if apart < 0 else today) + apart * MICROS_PER_DAY))
        refused = Propose(market.operator, AnswerOnPaper(market.operator, U.on_paper, stated_on, "paper 7"))
        (told,) = market.give(refused).events
        assert isinstance(told, Rejected)
        assert (told.reason, told.fact_names) == (R.STATEMENT_OUT_OF_TIME, ("earliest", "latest"))
        assert told.fact_values == (earliest, today)
    market.agree(AnswerOnPaper(market.operator, U.on_paper, today, "paper 7"), market.second, "paper 7")


def refusal(market: Market, request: RequestId) -> AnswerOnPaper:
    """A registry without a line has written that it will not cancel."""
    return AnswerOnPaper(market.operator, request, market.today(), "", REFUSED, "not of this account")


def test_what_another_registry_refuses_is_free_again_as_if_the_national_one_had_refused(market: Market) -> None:
    claim = next(one for one, asked in market.state.requests.of_subject.items() if U.on_paper in asked)
    before, budgets = market.tonnes(U.wood, U.unknown), adjustments(market)
    told = len(market.told)
    market.agree(refusal(market, U.on_paper), market.second)
    (changed,) = (event for event in market.told[told:] if isinstance(event, UnitsChanged))
    assert (changed.cause, changed.subject) == (Cause.USE_REFUSED, claim)
    assert ClaimEnded(ClaimId(claim)) in market.told[told:]
    assert market.state.claims.claims[ClaimId(claim)].status is ClaimStatus.ENDED
    assert states(market, U.unknown, 501, 511) == ["ACTIVE"]
    assert (market.tonnes(U.wood, U.unknown), adjustments(market)) == ((before[0], before[1] + 10), budgets)
    request = market.state.requests.by_id[U.on_paper]
    assert (request.status, request.receipt, request.message) == (RequestStatus.REFUSED, "", "not of this account")
    market.agree(U.use(Pick(U.unknown, 501, 511)), market.second)


def test_a_part_that_another_registry_refuses_takes_nothing_from_the_rest(market: Market) -> None:
    number = ClaimId(market.agree(U.use(Pick(U.unknown, 511, 516), Pick(U.unknown, 518, 521)), market.second))
    first, second = market.state.requests.of_subject[number]
    market.agree(refusal(market, first), market.second)
    assert states(market, U.unknown, 511, 516) == ["PENDING_CANCEL"]
    market.agree(AnswerOnPaper(market.operator, second, market.today(), "paper 8"), market.second, "paper 8")
    assert market.state.claims.claims[number].quantity == 3
    assert states(market, U.unknown, 511, 521) == ["ACTIVE", "CANCELLED"]


def test_one_person_alone_enters_no_refusal(market: Market) -> None:
    proposal, action_hash = market.propose(refusal(market, U.on_paper))
    for actor, reason in ((market.operator, R.SAME_PERSON), (market.regulator, R.APPROVER_NOT_ENTITLED)):
        assert market.give(Approve(actor, proposal, action_hash, "")).reason is reason
    assert states(market, U.unknown, 501, 511) == ["PENDING_CANCEL"]


def test_nobody_enters_a_refusal_in_the_place_of_the_national_registry(market: Market) -> None:
    for request in (U.waiting, U.of_claim(U.pending)):
        action = refusal(market, request)
        assert market.give(Propose(action.actor, action)).reason is R.REGISTRY_ANSWERS_ITSELF


def adjustments(market: Market) -> dict[tuple[str, str], int]:
    """The leagues' sums by who made and where it counts."""
    sums: dict[tuple[str, str], int] = {}
    for booked in market.state.budgets.adjustments.values():
        key = (booked.source.name, booked.used_in.name + booked.province)
        sums[key] = sums.get(key, 0) + booked.quantity
    return {key: tonnes for key, tonnes in sums.items() if tonnes}


def test_what_comes_back_counts_in_its_league_again(market: Market) -> None:
    before = adjustments(market)
    back = ReturnUnits(market.operator, U.ccer, U.steel, 93, 97, "back")
    market.agree(back, market.second, "back")
    assert adjustments(market) == before
    told = len(market.told)
    answer(market, max(market.state.requests.by_id))
    (booked,) = [event for event in market.told[told:] if isinstance(event, BudgetAdjusted)]
    assert booked.quantity == -4
    assert adjustments(market)["HULUNBUIR", "NONE"] == before["HULUNBUIR", "NONE"] - 4
    assert market.tonnes(U.steel, U.ccer) == (4, 4)


def test_each_part_of_a_release_is_booked_when_it_leaves(market: Market) -> None:
    release = replace(U.release(71, 76), picks=(U.pick(71, 76), U.pick(78, 81)))
    number = ReleaseId(market.agree(release, market.second))
    market.cool_down()
    before = adjustments(market)["HULUNBUIR", "NONE"]
    first, second = market.state.requests.of_subject[number]
    answer(market, first)
    assert adjustments(market)["HULUNBUIR", "NONE"] == before + 5
    answer(market, second, REFUSED)
    assert adjustments(market)["HULUNBUIR", "NONE"] == before + 5
    assert market.state.claims.releases[number].status is ReleaseStatus.DONE
    assert (states(market, U.ccer, 71, 76), states(market, U.ccer, 78, 81)) == (["OUT"], ["ACTIVE"])


def pledge(lo: int, hi: int) -> Encumber:
    """Serials of the forest firm's CCER are pledged."""
    return Encumber(U.market.operator, EncumbranceKind.PLEDGE, ProjectId(0), 0, U.ccer, lo, hi, "loan")


def test_units_that_were_pledged_too_late_leave_and_are_pledged_again_when_they_come_back(market: Market) -> None:
    market.finish_jobs()
    number = EncumbranceId(market.done(pledge(105, 115)).created)
    (leaving,) = market.state.requests.of_subject[U.leaving]
    answer(market, leaving)
    assert states(market, U.ccer, 101, 111) == ["OUT"]
    made = market.state.encumbrances.by_id[number]
    assert [(one.lo, one.hi) for one in made.units.lots[U.ccer]] == [(111, 115)]
    back = ReturnUnits(market.operator, U.ccer, U.steel, 101, 111, "back")
    market.agree(back, market.second, "back")
    market.registry_confirms()
    assert market.tonnes(U.steel, U.ccer) == (10, 4)
    market.agree(LiftEncumbrance(market.operator, number), market.second)
    assert market.tonnes(U.steel, U.ccer) == (10, 10)


def test_a_release_of_pledged_units_fails_when_it_would_be_sent(market: Market) -> None:
    market.done(pledge(110, 111))
    market.finish_jobs()
    assert market.state.claims.releases[U.leaving].status is ReleaseStatus.ENDED
    assert states(market, U.ccer, 101, 111) == ["ACTIVE"]
    assert U.leaving not in market.state.requests.of_subject


def test_only_what_is_out_comes_back_and_only_once(market: Market) -> None:
    back = ReturnUnits(market.operator, U.ccer, U.steel, 91, 101, "back")
    market.agree(back, market.second, "back")
    again = replace(back, lock_reference="again")
    assert market.give(Propose(again.actor, again)).reason is R.UNITS_NOT_THERE
    request = max(market.state.requests.by_id)
    answer(market, request, REFUSED)
    assert states(market, U.ccer, 91, 101) == ["OUT"]
    used = replace(back)
    assert market.give(Propose(used.actor, used)).reason is R.LOCK_REFERENCE_USED
    market.agree(again, market.second, "again")
    market.registry_confirms()
    assert market.tonnes(U.steel, U.ccer) == (10, 10)


@pytest.mark.parametrize(
    ("venue", "code"),
    [
        ("SIM", "SIM"),
        ("Inner Mongolia carbon exchange (simulated) 内蒙古碳减排量交易所（模拟）", "IMCES-72C2"),
        ("内蒙古碳交易所", "17EA"),
        ("SIM 2", "S-" + hashlib.sha256(b"SIM 2").hexdigest()[:4].upper()),
    ],
)
def test_a_reference_has_the_venues_short_code_in_it(venue: str, code: str) -> None:
    reference = reference_of(venue, REQUEST, AT, ACT)
    assert reference == f"{code}-req-17-2-2EC4FC9F" and reference.isascii() and " " not in reference


@pytest.mark.parametrize(
    ("at", "act"),
    [
        (AT + 1, ACT),
        (AT, ACT._replace(kind=RequestKind.CANCEL)),
        (AT, ACT._replace(lot=LotId(8))),
        (AT, ACT._replace(owner=ParticipantId(4))),
        (AT, ACT._replace(space="CCER-16")),
        (AT, ACT._replace(serials=SerialRange(2, 101))),
        (AT, ACT._replace(serials=SerialRange(1, 102))),
        (AT, ACT._replace(subject=6)),
        (AT, ACT._replace(account="NATIONAL-8")),
    ],
)
def test_two_lives_of_a_venue_have_no_reference_in_common(at: int, act: Act) -> None:
    """The entry and the number are the same: a backup was put back, or the folder was made anew."""
    assert reference_of("SIM", REQUEST, Micros(at), act) != reference_of("SIM", REQUEST, AT, ACT)


def test_a_request_keeps_the_reference_that_it_was_made_with(market: Market) -> None:
    begun = len(market.told)
    market.agree(ReturnUnits(market.operator, U.ccer, U.wood, 93, 97, "back"), market.second, "back")
    (told,) = [event for event in market.told[begun:] if isinstance(event, RegistryAsked)]
    space = market.state.credits.name_of(market.state.credits.lots[U.ccer].space)
    act = Act(RequestKind.LOCK, U.ccer, U.wood, space, SerialRange(93, 97), 0, "")
    assert told.reference == reference_of(market.state.session.venue, told.request, market.log[-1].at, act)
    assert market.state.requests.by_id[told.request].reference == told.reference


@pytest.mark.parametrize("kind", [RequestKind.RELEASE, RequestKind.CANCEL])
def test_an_old_word_about_another_act_answers_nothing(market: Market, kind: RequestKind) -> None:
    old = replace(statement(market, U.waiting), kind=kind)
    assert market.give(old).reason is R.STATEMENT_OF_OTHER_REQUEST
    assert market.state.requests.by_id[U.waiting].status.is_open
    answer(market, U.waiting)
    refused = replace(statement(market, U.waiting, REFUSED), kind=kind)
    assert market.give(refused).reason is R.STATEMENT_OF_OTHER_REQUEST


def test_a_release_is_confirmed_to_the_account_that_was_named(market: Market) -> None:
    market.finish_jobs()
    market.cool_down()
    (leaving,) = market.state.requests.of_subject[U.leaving]
    said = statement(market, leaving)
    assert said.account == market.state.claims.releases[U.leaving].national_account
    for account in ("", "NATIONAL-STRANGER"):
        assert market.give(replace(said, account=account)).reason is R.STATEMENT_OF_OTHER_REQUEST
    market.done(said)
    assert states(market, U.ccer, 101, 111) == ["OUT"]
