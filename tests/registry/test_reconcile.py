"""The three lists held against each other: each planted discrepancy is found by its name, and nothing that is under way
counts as one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from exchange.core.credits.registry_lock import RequestStatus
from exchange.core.credits.states import ABSORBING
from exchange.core.events.credits import ParcelState
from exchange.core.values import Seq, derived_id
from exchange.registry.books import Books, Ours, Sent
from exchange.registry.messages import Held, Holding, Kind, Recorded
from exchange.registry.reconcile import Discrepancy, Finding, compare, confirmed, lasting
from exchange.registry.report import MOST_SHOWN, SENTENCES, Report
from exchange.registry.suspending import Affected, Used, affected, not_held_yet
from tests.support.calls import calls_of

S = "CCER-15"
OURS = Ours(S, 7, 1, 101, "WOOD", ParcelState.ACTIVE)
LOCK = Sent("r-1", Kind.LOCK, S, 7, 1, 101, "WOOD", RequestStatus.CONFIRMED, "L-1")
LINE = Held(S, 1, 101, Holding.LOCKED, "WOOD", "r-1", "L-1")
RECORD = Recorded("r-1", Kind.LOCK, S, 1, 101, "CONFIRMED", "L-1")
CANCEL = Sent("r-2", Kind.CANCEL, S, 7, 41, 51, "STEEL", RequestStatus.CONFIRMED, "C-1")
CANCEL_RECORD = Recorded("r-2", Kind.CANCEL, S, 41, 51, "CONFIRMED", "C-1")
CANCELLED_LINE = Held(S, 41, 51, Holding.CANCELLED, "WOOD", "r-2", "C-1")


def found(
    ours: list[Ours] | None = None,
    sent: list[Sent] | None = None,
    held: list[Held] | None = None,
    recorded: list[Recorded] | None = None,
) -> list[tuple[Finding, int, int, int]]:
    """The finding, the serials and the lot of each discrepancy; without an argument that list is in order."""
    books = Books(9, [OURS] if ours is None else ours, [LOCK] if sent is None else sent)
    compared = compare(books, [LINE] if held is None else held, [RECORD] if recorded is None else recorded)
    return [(one.finding, one.lo, one.hi, one.lot) for one in compared]


def test_lists_that_agree_give_nothing() -> None:
    assert found() == []
    assert found(ours=[], sent=[], held=[], recorded=[]) == []


def test_what_was_traded_since_it_was_locked_agrees() -> None:
    """The registry holds all of it in the name of who brought it in; our ledger is the sub-ledger."""
    assert found(ours=[replace(OURS, hi=31), replace(OURS, lo=31, owner="STEEL")]) == []


def test_what_was_cancelled_in_the_middle_agrees() -> None:
    ours = [replace(OURS, hi=41), replace(OURS, lo=41, hi=51, state=ParcelState.CANCELLED), replace(OURS, lo=51)]
    lines = [replace(LINE, serial_hi=41), CANCELLED_LINE, replace(LINE, serial_lo=51)]
    assert found(ours, [LOCK, CANCEL], lines, [RECORD, CANCEL_RECORD]) == []


def test_what_was_released_and_has_come_back_agrees() -> None:
    out = Sent("r-2", Kind.RELEASE, S, 7, 1, 101, "WOOD", RequestStatus.CONFIRMED, "R-1")
    again = Sent("r-3", Kind.LOCK, S, 7, 1, 101, "STEEL", RequestStatus.CONFIRMED, "L-2")
    lines = [Held(S, 1, 101, Holding.LOCKED, "STEEL", "r-3", "L-2")]
    records = [RECORD, Recorded("r-2", Kind.RELEASE, S, 1, 101, "CONFIRMED", "R-1")]
    records.append(Recorded("r-3", Kind.LOCK, S, 1, 101, "CONFIRMED", "L-2"))
    assert found([replace(OURS, owner="STEEL")], [LOCK, out, again], lines, records) == []


# --- what is planted, by name ----------------------------------------------------------------------------------------


def test_missing_there() -> None:
    assert found(held=[]) == [(Finding.MISSING_THERE, 1, 101, 7)]
    assert found(held=[replace(LINE, serial_hi=91)]) == [(Finding.MISSING_THERE, 91, 101, 7)]
    middle = [replace(LINE, serial_hi=41), replace(LINE, serial_lo=42)]
    assert found(held=middle) == [(Finding.MISSING_THERE, 41, 42, 7)]


def test_missing_here() -> None:
    other = Held(S, 500, 600, Holding.LOCKED, "WOOD", "r-1", "L-1")
    assert found(held=[LINE, other]) == [(Finding.MISSING_HERE, 500, 600, 0)]
    assert found(ours=[], sent=[], recorded=[]) == [(Finding.MISSING_HERE, 1, 101, 0)]


def test_another_account() -> None:
    assert found(held=[replace(LINE, holder="STEEL")]) == [(Finding.OTHER_ACCOUNT, 1, 101, 7)]


def test_cancelled_in_the_name_of_another_than_it_was_locked_for() -> None:
    ours = [replace(OURS, hi=41), replace(OURS, lo=41, hi=51, state=ParcelState.CANCELLED), replace(OURS, lo=51)]
    lines = [replace(LINE, serial_hi=41), replace(CANCELLED_LINE, holder="STEEL"), replace(LINE, serial_lo=51)]
    assert found(ours, [LOCK, CANCEL], lines, [RECORD, CANCEL_RECORD]) == [(Finding.OTHER_ACCOUNT, 41, 51, 7)]


def test_another_range_of_a_line() -> None:
    moved = replace(LINE, serial_lo=11, serial_hi=111)
    assert found(held=[moved]) == [(Finding.MISSING_THERE, 1, 11, 7), (Finding.MISSING_HERE, 101, 111, 0)]
    small = replace(LOCK, hi=51)
    record = replace(RECORD, serial_hi=51)
    assert found(sent=[small], recorded=[record]) == [(Finding.OTHER_RANGE, 51, 101, 7)]


def test_a_line_that_names_a_request_for_something_else() -> None:
    """The reference is one of ours, and not about these serials, or not about what the line says of them."""
    elsewhere = replace(LOCK, reference="r-9", space="CCER-16")
    asked = (
        [LOCK, elsewhere],
        [replace(LINE, reference="r-9")],
        [RECORD, replace(RECORD, reference="r-9", space="CCER-16")],
    )
    assert found([OURS], *asked) == [(Finding.OTHER_RANGE, 1, 101, 7)]
    waits = replace(LOCK, reference="r-2", kind=Kind.CANCEL, status=RequestStatus.OPEN, receipt="")
    pending, still_locked = replace(OURS, state=ParcelState.PENDING_CANCEL), replace(LINE, reference="r-2")
    assert found([pending], [LOCK, waits], [still_locked]) == [(Finding.OTHER_RANGE, 1, 101, 7)]


def test_another_range_on_record() -> None:
    assert found(recorded=[replace(RECORD, serial_hi=100)]) == [(Finding.OTHER_RANGE, 1, 101, 7)]
    assert found(recorded=[replace(RECORD, space="OTHER")]) == [(Finding.OTHER_RANGE, 1, 101, 7)]
    assert found(recorded=[replace(RECORD, kind=Kind.CANCEL)]) == [(Finding.OTHER_RANGE, 1, 101, 7)]
    asked, waiting = (
        replace(RECORD, serial_hi=201, outcome="", receipt=""),
        replace(OURS, state=ParcelState.LOCK_UNKNOWN),
    )
    assert found([waiting], [OPEN_LOCK], [], [asked]) == [(Finding.OTHER_RANGE, 1, 101, 7)]


def test_another_state() -> None:
    cancelled = [replace(OURS, state=ParcelState.CANCELLED)]
    assert (Finding.OTHER_STATE, 1, 101, 7) in found(ours=cancelled)
    waiting = [replace(OURS, state=ParcelState.ADMITTED)]
    assert (Finding.OTHER_STATE, 1, 101, 7) in found(ours=waiting)
    out = [replace(OURS, state=ParcelState.OUT)]
    assert (Finding.OTHER_STATE, 1, 101, 7) in found(ours=out)


def test_cancelled_there_and_alive_here() -> None:
    lines = [replace(LINE, serial_hi=41), CANCELLED_LINE, replace(LINE, serial_lo=51)]
    assert (Finding.CANCELLED_THERE, 41, 51, 7) in found(held=lines)


@pytest.mark.parametrize("state", sorted(ParcelState))
def test_what_is_alive_can_be_moved_until_it_is_suspended(state: ParcelState) -> None:
    """What is alive in whatever state was not cancelled, and can be held fast; what is gone cannot. A national unit
    that is retired or exported fits no line at all.
    """
    books, gone = Books(9, [replace(OURS, state=state)], [LOCK]), {*ABSORBING, ParcelState.OUT}
    for holding in Holding:
        line = replace(LINE, holding=holding, reference="r-9")
        (one,) = compare(books, [line], [RECORD])
        is_alive = state not in {*gone, ParcelState.RETURN_REQUESTED}
        assert one.movable is is_alive
        if holding is Holding.CANCELLED and state is not ParcelState.PENDING_CANCEL and is_alive:
            assert one.finding is Finding.CANCELLED_THERE
        if state in ABSORBING - {ParcelState.CANCELLED}:
            assert one.finding is Finding.OTHER_STATE


def test_released_there_and_alive_here() -> None:
    lines = [replace(LINE, holding=Holding.RELEASED, holder="NATIONAL-1", reference="r-9")]
    assert found(held=lines) == [(Finding.RELEASED_THERE, 1, 101, 7)]


def test_a_lock_without_a_request() -> None:
    assert found(held=[replace(LINE, reference="r-9")]) == [(Finding.LOCK_WITHOUT_REQUEST, 1, 101, 7)]
    stranger = Recorded("r-9", Kind.LOCK, S, 21, 31, "CONFIRMED", "L-9")
    assert found(recorded=[RECORD, stranger]) == [(Finding.LOCK_WITHOUT_REQUEST, 21, 31, 7)]


def test_a_cancellation_that_nobody_asked_for_while_a_use_is_proposed() -> None:
    """The units are set aside, but the registry was not asked yet: it must not have cancelled them."""
    ours = [replace(OURS, state=ParcelState.PENDING_CANCEL)]
    line = replace(LINE, holding=Holding.CANCELLED, reference="r-9", receipt="C-9")
    assert found(ours=ours, held=[line]) == [(Finding.LOCK_WITHOUT_REQUEST, 1, 101, 7)]


def test_a_request_without_a_lock() -> None:
    assert found(recorded=[]) == [(Finding.REQUEST_WITHOUT_LOCK, 1, 101, 7)]
    assert found(recorded=[replace(RECORD, outcome="", receipt="")]) == [(Finding.REQUEST_WITHOUT_LOCK, 1, 101, 7)]


def test_two_statements() -> None:
    assert found(held=[LINE, replace(LINE, reference="r-9")]) == [(Finding.TWO_STATEMENTS, 1, 101, 7)]
    assert found(held=[LINE, replace(LINE, serial_lo=91, serial_hi=111)]) == [
        (Finding.TWO_STATEMENTS, 91, 101, 7),
        (Finding.MISSING_HERE, 101, 111, 0),
    ]
    assert found(recorded=[RECORD, replace(RECORD, outcome="REFUSED")]) == [(Finding.TWO_STATEMENTS, 1, 101, 7)]


def test_a_line_that_the_registrys_own_record_contradicts() -> None:
    """It lists as cancelled what waits for its answer here, and has it on record as refused, or by another receipt."""
    waits = replace(CANCEL, lo=1, hi=101, status=RequestStatus.SILENT, receipt="")
    line = replace(CANCELLED_LINE, serial_lo=1, serial_hi=101)
    record, pending = (
        replace(CANCEL_RECORD, serial_lo=1, serial_hi=101),
        replace(OURS, state=ParcelState.PENDING_CANCEL),
    )
    for outcome, receipt, told in (
        ("CONFIRMED", "C-1", []),
        ("", "", []),
        ("REFUSED", "", [(Finding.TWO_STATEMENTS, 1, 101, 7)]),
        ("CONFIRMED", "C-2", [(Finding.TWO_STATEMENTS, 1, 101, 7)]),
    ):
        recorded = [RECORD, replace(record, outcome=outcome, receipt=receipt)]
        assert found([pending], [LOCK, waits], [line], recorded) == told, (outcome, receipt)


def test_the_same_line_twice_says_nothing_more() -> None:
    """A list that shifts between two pages has the last line of the one again as the first of the next."""
    assert found(held=[LINE, LINE], recorded=[RECORD, RECORD]) == []
    assert found(held=[LINE, LINE, replace(LINE, holder="x")]) == [(Finding.TWO_STATEMENTS, 1, 101, 7)]


def test_another_answer() -> None:
    refused = replace(RECORD, outcome="REFUSED", receipt="")
    assert found(recorded=[refused]) == [(Finding.OTHER_ANSWER, 1, 101, 7)]


def test_an_answer_that_nobody_has_signed() -> None:
    assert found(sent=[replace(LOCK, signed=False)]) == [(Finding.NOT_SIGNED, 1, 101, 7)]
    assert found([replace(OURS, state=ParcelState.LOCK_REQUESTED)], [replace(OPEN_LOCK, signed=False)], [], []) == []


def test_an_unknown_receipt() -> None:
    assert found(held=[replace(LINE, receipt="L-2")]) == [(Finding.RECEIPT_UNKNOWN, 1, 101, 7)]
    assert found(recorded=[replace(RECORD, receipt="")]) == [(Finding.RECEIPT_UNKNOWN, 1, 101, 7)]


def test_every_finding_has_words_in_both_languages() -> None:
    assert set(SENTENCES) == set(Finding)
    assert all(words.en.isascii() and not words.zh.isascii() for words in SENTENCES.values())


# --- what is under way -----------------------------------------------------------------------------------------------

OPEN_LOCK = replace(LOCK, status=RequestStatus.OPEN, receipt="")


@pytest.mark.parametrize("state", [ParcelState.LOCK_REQUESTED, ParcelState.LOCK_UNKNOWN])
@pytest.mark.parametrize("status", [RequestStatus.OPEN, RequestStatus.SILENT])
def test_a_lock_that_is_under_way_is_no_discrepancy(state: ParcelState, status: RequestStatus) -> None:
    ours, sent = [replace(OURS, state=state)], [replace(OPEN_LOCK, status=status)]
    assert found(ours, sent, [], []) == []
    assert found(ours, sent, [LINE], [RECORD]) == []
    assert found(ours, sent, [], [replace(RECORD, outcome="", receipt="")]) == []


def test_a_refused_lock_is_no_discrepancy() -> None:
    ours, sent = [replace(OURS, state=ParcelState.ADMITTED)], [replace(LOCK, status=RequestStatus.REFUSED, receipt="")]
    assert found(ours, sent, [], [replace(RECORD, outcome="REFUSED", receipt="")]) == []


def test_a_cancellation_that_is_under_way_is_no_discrepancy() -> None:
    ours = [replace(OURS, hi=41), replace(OURS, lo=41, hi=51, state=ParcelState.PENDING_CANCEL), replace(OURS, lo=51)]
    sent = [LOCK, replace(CANCEL, status=RequestStatus.OPEN, receipt="")]
    assert found(ours, sent) == []
    lines = [replace(LINE, serial_hi=41), CANCELLED_LINE, replace(LINE, serial_lo=51)]
    assert found(ours, sent, lines, [RECORD, CANCEL_RECORD]) == []


def test_a_release_that_is_under_way_is_no_discrepancy() -> None:
    out = Sent("r-2", Kind.RELEASE, S, 7, 1, 101, "WOOD", RequestStatus.OPEN, "", account="NATIONAL-1")
    ours = [replace(OURS, state=ParcelState.PENDING_OUT)]
    assert found(ours, [LOCK, out]) == []
    line = Held(S, 1, 101, Holding.RELEASED, "NATIONAL-1", "r-2", "R-1")
    record = Recorded("r-2", Kind.RELEASE, S, 1, 101, "CONFIRMED", "R-1")
    assert found(ours, [LOCK, out], [line], [RECORD, record]) == []


def one(finding: Finding, lo: int, hi: int, lot: int = 7, movable: bool = True) -> Discrepancy:
    """A discrepancy."""
    return Discrepancy(finding, S, lo, hi, lot, "r-1", "", "", movable)


def test_only_what_does_not_agree_both_times_counts() -> None:
    before = [one(Finding.MISSING_THERE, 1, 51), one(Finding.TWO_STATEMENTS, 60, 70)]
    after = [one(Finding.MISSING_THERE, 41, 101), one(Finding.OTHER_STATE, 60, 70)]
    assert confirmed(before, after) == [one(Finding.MISSING_THERE, 41, 51)]
    assert confirmed(before, []) == [] == confirmed([], after)
    assert confirmed(before, [one(Finding.MISSING_THERE, 51, 101)]) == []


def test_a_registry_that_lies_otherwise_at_the_second_reading_is_found() -> None:
    before = [one(Finding.MISSING_THERE, 1, 51), one(Finding.TWO_STATEMENTS, 41, 70)]
    after = [one(Finding.OTHER_ACCOUNT, 31, 101), replace(one(Finding.OTHER_STATE, 60, 70), space="another")]
    assert confirmed(before, after) == []
    assert lasting(before, after) == [one(Finding.OTHER_ACCOUNT, 31, 70)]
    assert lasting(before, []) == [] == lasting([], after)


def suspended(found: list[Discrepancy], *uses: Used) -> list[tuple[int, int, str]]:
    """What is suspended of lot 7, and for which finding."""
    return [(part.lo, part.hi, part.reference.split(": ")[1]) for part in affected(found, uses) if part.lot == 7]


def test_just_the_affected_serials_are_suspended_each_once() -> None:
    discrepancies = [
        one(Finding.MISSING_THERE, 1, 11),
        one(Finding.TWO_STATEMENTS, 6, 21),
        one(Finding.MISSING_THERE, 31, 41),
        one(Finding.OTHER_STATE, 90, 95, movable=False),
        one(Finding.MISSING_HERE, 500, 600, lot=0, movable=False),
    ]
    assert suspended(discrepancies) == [
        (1, 11, "MISSING_THERE"),
        (11, 21, "TWO_STATEMENTS"),
        (31, 41, "MISSING_THERE"),
        (90, 95, "OTHER_STATE"),
    ]
    held = affected([*discrepancies, one(Finding.MISSING_THERE, 11, 21, lot=8)], ())
    assert [part.lot for part in held] == [7, 7, 7, 7, 8]
    assert held[0].reference == "registry reconciliation: MISSING_THERE"


def test_the_same_fault_over_neighbours_is_one_suspension() -> None:
    found = [one(Finding.MISSING_THERE, 1, 11), one(Finding.MISSING_THERE, 11, 21), one(Finding.OTHER_STATE, 21, 31)]
    assert suspended(found) == [(1, 21, "MISSING_THERE"), (21, 31, "OTHER_STATE")]


def test_what_is_alive_and_each_use_are_suspended_apart() -> None:
    """A revocation keeps the suspension of its own serials for ever: no others may be under it."""
    uses = (Used(7, 41, 46, 1), Used(7, 46, 51, 2), Used(7, 60, 70, 3), Used(8, 1, 101, 4))
    forgotten = [one(Finding.MISSING_THERE, 1, 41), one(Finding.MISSING_THERE, 41, 65, movable=False)]
    assert [(lo, hi) for lo, hi, _ in suspended(forgotten, *uses)] == [(1, 41), (41, 46), (46, 51), (51, 60), (60, 65)]
    twice = [one(Finding.OTHER_STATE, 43, 48, movable=False), one(Finding.OTHER_ANSWER, 41, 51, movable=False)]
    assert suspended(twice, *uses) == [
        (41, 46, "OTHER_ANSWER"),
        (46, 48, "OTHER_STATE"),
        (48, 51, "OTHER_ANSWER"),
    ]


def test_a_use_that_is_only_proposed_is_alive() -> None:
    assert suspended([one(Finding.MISSING_THERE, 1, 101)], Used(7, 41, 51, 1)) == [(1, 101, "MISSING_THERE")]


def test_what_a_reconciliation_holds_already_is_not_held_again() -> None:
    parts = [Affected(7, 1, 101, "registry reconciliation: MISSING_THERE")]
    standing = [
        Affected(7, 41, 51, "registry reconciliation: OTHER_STATE"),
        Affected(7, 61, 71, "a court's order"),
        Affected(8, 1, 101, "registry reconciliation: OTHER_STATE"),
    ]
    assert [(part.lo, part.hi) for part in not_held_yet(parts, standing)] == [(1, 41), (51, 101)]
    assert not_held_yet(parts, [replace(parts[0], lo=1, hi=200)]) == []


def test_the_report_says_it_in_both_languages() -> None:
    discrepancies = compare(Books(9, [OURS], [LOCK]), [], [RECORD])
    report = Report(9, 100, 0, 1, discrepancies, affected(discrepancies, ()))
    text = "\n".join(report.text())
    assert "MISSING_THERE: CCER-15 1-100: by our books the registry has once locked them" in text
    assert "不符：CCER-15 1-100：按我方账簿，登记机构曾予锁定" in text
    assert "1 discrepancy" in text and "共 1 处不符" in text
    document = report.document()
    assert document["found"][0]["finding"] == "MISSING_THERE"
    assert document["found"][0]["zh"] == SENTENCES[Finding.MISSING_THERE].zh
    again = Report(9, 100, 0, 1, discrepancies, [], affected(discrepancies, ()))
    assert "  to be suspended 应予暂停：" in text
    assert "  already suspended 已暂停：" in "\n".join(again.text())
    assert "to be suspended" not in "\n".join(again.text())
    assert again.document()["held_before"] == report.document()["held"]
    assert "everything agrees up to entry 9" in "\n".join(Report(9, 1, 1, 1, [], []).text())


def test_who_has_found_something_is_told_what_to_do_next() -> None:
    discrepancies = compare(Books(9, [OURS], [LOCK]), [], [RECORD])
    held = affected(discrepancies, ())
    hold, read = Report(9, 100, 0, 1, discrepancies, held).advice(is_held=False)
    assert "--hold NAME" in hold and "请加 --hold" in hold
    assert "docs/REGISTRY.md" in read and "docs/REGISTRY.zh-CN.md" in read
    # What is suspended already, or by this very call, need not be suspended once more.
    for report, is_held in (
        (Report(9, 100, 0, 1, discrepancies, held), True),
        (Report(9, 1, 0, 1, discrepancies, []), False),
    ):
        assert list(report.advice(is_held)) == [read]
    assert list(Report(9, 1, 1, 1, [], []).advice(is_held=False)) == []


def test_what_is_said_of_serials_that_are_missing_there_is_true_of_cancelled_ones() -> None:
    """It said that we have them as locked, above a line that has them as cancelled here."""
    used = replace(OURS, state=ParcelState.CANCELLED)
    discrepancies = compare(Books(9, [used], [LOCK]), [], [RECORD])
    assert [one.finding for one in discrepancies] == [Finding.MISSING_THERE]
    text = "\n".join(Report(9, 100, 0, 1, discrepancies, []).text())
    assert "here 我方：CANCELLED" in text
    assert "have them as locked" not in text and "我方记为已锁定" not in text


def test_many_parcels_are_compared_in_one_walk() -> None:
    ours = [Ours(S, 7, n, n + 1, "WOOD", ParcelState.ACTIVE) for n in range(1, 20_001)]
    sent = [Sent("r-1", Kind.LOCK, S, 7, 1, 20_001, "WOOD", RequestStatus.CONFIRMED, "L-1")]
    lines = [replace(LINE, serial_lo=n, serial_hi=n + 1) for n in range(1, 20_001) if n != 777]
    record = [replace(RECORD, serial_hi=20_001)]
    assert found(ours, sent, lines, record) == [(Finding.MISSING_THERE, 777, 778, 7)]


# --- what a list of lies may cost ------------------------------------------------------------------------------------


def nested(count: int) -> list[Held]:
    """Lines that lie in each other like the rings of a tree."""
    last = 10 * count
    return [replace(LINE, serial_lo=1 + n, serial_hi=last - n, reference=f"r-{n}") for n in range(count)]


def test_lines_over_each_other_are_told_by_the_first_of_them() -> None:
    parts = [replace(OURS, hi=100_001)]
    three, many = compare(Books(9, parts, []), nested(3), []), compare(Books(9, parts, []), nested(2_000), [])
    deepest = [one for one in three if one.lo == 3]
    assert [one.there.count(" / ") for one in deepest] == [2]
    assert max(len(one.there) for one in many) < len(deepest[0].there) + 10
    assert [one.there.endswith(" / …") for one in many if one.lo == 4] == [True]
    assert len(many) < 10
    assert {(one.finding, one.lo, one.hi) for one in many if one.lo in (1, 2, 3, 4)} == {
        (Finding.LOCK_WITHOUT_REQUEST, 1, 2),
        (Finding.TWO_STATEMENTS, 2, 3),
        (Finding.TWO_STATEMENTS, 3, 4),
        (Finding.TWO_STATEMENTS, 4, 19_997),
    }


def strange(count: int) -> list[Recorded]:
    """Requests that nobody made, each about everything."""
    return [replace(RECORD, reference=f"x-{n}", serial_hi=100_001) for n in range(count)]


def parted(count: int) -> list[Ours]:
    """As many parcels, of a tonne each."""
    return [replace(OURS, lo=n, hi=n + 1, owner=f"F{n % 2}") for n in range(1, count + 1)]


@pytest.mark.parametrize(
    "compared",
    [
        lambda n: compare(Books(9, [OURS], []), nested(n), []),
        lambda n: compare(Books(9, parted(n), []), [], strange(n)),
        lambda n: confirmed(compare(Books(9, parted(n), []), [], []), compare(Books(9, parted(n), []), [], [])),
        lambda n: affected(
            [one(Finding.OTHER_STATE, 1, 4 * n, movable=False)], [Used(7, 4 * i + 1, 4 * i + 3, i) for i in range(n)]
        ),
        lambda n: not_held_yet(
            [Affected(7, 2 * i, 2 * i + 1, "x") for i in range(n)],
            [Affected(7, 2 * i + 1, 2 * i + 2, "registry reconciliation: x") for i in range(n)],
        ),
    ],
)
def test_ten_times_as_much_costs_little_more_than_ten_times_as_much(compared: Callable[[int], object]) -> None:
    assert calls_of(lambda: compared(2_000)) < 20 * calls_of(lambda: compared(200))


def test_requests_that_nobody_made_hold_each_serial_once() -> None:
    found = compare(Books(9, [OURS], [LOCK]), [LINE], [RECORD, *strange(3)])
    told = [(one.lo, one.hi, one.lot, one.reference, one.movable) for one in found]
    assert told == [
        (1, 101, 7, "x-0", True),
        (1, 100_001, 0, "x-1", False),
        (1, 100_001, 0, "x-2", False),
    ]


def test_the_uses_of_what_does_not_agree_are_named() -> None:
    """Whoever decides has to know on which certificates a tonne stands that is used up."""
    found = [one(Finding.OTHER_STATE, 11, 31), one(Finding.OTHER_STATE, 41, 51), one(Finding.MISSING_HERE, 11, 31, 0)]
    places = [(6, 1, 99), (7, 1, 11), (7, 11, 12), (7, 14, 20), (7, 20, 22), (7, 30, 41), (7, 51, 60), (8, 11, 31)]
    claims = (1, 1, 2, 3, 3, 4, 5, 5)
    uses = [Used(*place, derived_id(Seq(claim), 1)) for place, claim in zip(places, claims, strict=True)]
    report = Report(9, 100, 0, 1, found, [], [], uses)
    assert [told["uses"] for told in report.document()["found"]] == [["use-2-1", "use-3-1", "use-4-1"], [], []]
    assert [line for line in report.text() if "used for" in line] == ["  used for 所涉使用：use-2-1, use-3-1, use-4-1"]


def test_a_long_report_says_how_much_it_leaves_out() -> None:
    found = [one(Finding.MISSING_THERE, 3 * n + 1, 3 * n + 2) for n in range(MOST_SHOWN + 7)]
    report = Report(9, 1, 1, 1, found, affected(found, ()))
    text = list(report.text())
    assert sum("MISSING_THERE: " in line for line in text) == MOST_SHOWN
    assert text.count("  and 7 more, which --json has as well 另有 7 项，见 --json") == 2
    assert len(report.document()["found"]) == len(report.document()["held"]) == MOST_SHOWN + 7
