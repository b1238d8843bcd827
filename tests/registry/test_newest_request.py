"""The registry's list must name the newest request about a serial, and the name that belongs to it: planted lines of
an older time, of other accounts and of what was refused are found, and whatever a true list can say is not.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from exchange.core.credits.registry_lock import RequestStatus
from exchange.core.events.credits import ParcelState
from exchange.registry.books import Books, Ours, Sent
from exchange.registry.messages import MAKES, Held, Holding, Kind, Recorded
from exchange.registry.reconcile import Discrepancy, Finding, compare
from exchange.registry.suspending import affected
from exchange.registry.sweeps import Newest
from tests.support.calls import calls_of

S = "CCER-15"
CONFIRMED, OPEN = RequestStatus.CONFIRMED, RequestStatus.OPEN
SILENT, REFUSED = RequestStatus.SILENT, RequestStatus.REFUSED

# A life: locked for WOOD, out to NATIONAL-1, back by STEEL's lock, out again to NATIONAL-2.
LOCK = Sent("r-1", Kind.LOCK, S, 7, 1, 101, "WOOD", CONFIRMED, "L-1")
OUT = Sent("r-2", Kind.RELEASE, S, 7, 1, 101, "WOOD", CONFIRMED, "R-1", account="NATIONAL-1")
BACK = Sent("r-3", Kind.LOCK, S, 7, 1, 101, "STEEL", CONFIRMED, "L-2")
AWAY = Sent("r-4", Kind.RELEASE, S, 7, 1, 101, "STEEL", CONFIRMED, "R-2", account="NATIONAL-2")


def ours(state: ParcelState, lo: int = 1, hi: int = 101) -> Ours:
    """Serials of the lot."""
    return Ours(S, 7, lo, hi, "STEEL", state)


def line_of(request: Sent, **changed: object) -> Held:
    """The line that a true list has after a request."""
    name = request.account or request.holder
    line = Held(S, request.lo, request.hi, MAKES[request.kind], name, request.reference, request.receipt)
    return replace(line, **changed)  # type: ignore[arg-type]


def record_of(request: Sent) -> Recorded:
    """What the registry has on record of a request; it has answered all that we know to be answered."""
    outcome = "" if request.status.is_open else request.status.name
    return Recorded(request.reference, request.kind, S, request.lo, request.hi, outcome, request.receipt)


def compared(parts: list[Ours], sent: list[Sent], *held: Held) -> list[Discrepancy]:
    """All that does not agree, where the registry's records are true."""
    return compare(Books(9, parts, sent), held, map(record_of, sent))


def found(parts: list[Ours], sent: list[Sent], *held: Held) -> list[tuple[Finding, int, int]]:
    """The findings and their serials."""
    return [(one.finding, one.lo, one.hi) for one in compared(parts, sent, *held)]


# --- whose account it went to ----------------------------------------------------------------------------------------


def test_a_release_to_the_account_that_was_asked_for_agrees() -> None:
    assert found([ours(ParcelState.OUT)], [LOCK, OUT], line_of(OUT)) == []


@pytest.mark.parametrize("account", ["NATIONAL-THIEF", "WOOD", "", "NATIONAL-1 "])
def test_a_release_to_another_account_is_found_and_suspended(account: str) -> None:
    discrepancies = compared([ours(ParcelState.OUT)], [LOCK, OUT], line_of(OUT, holder=account))
    assert [(one.finding, one.lo, one.hi) for one in discrepancies] == [(Finding.RELEASED_ELSEWHERE, 1, 101)]
    (held,) = affected(discrepancies, ())
    assert (held.lot, held.lo, held.hi) == (7, 1, 101)
    assert held.reference == "registry reconciliation: RELEASED_ELSEWHERE"


def test_a_release_to_another_account_is_found_before_it_is_answered() -> None:
    asked = replace(OUT, status=SILENT, receipt="")
    there = line_of(OUT, holder="NATIONAL-THIEF")
    assert found([ours(ParcelState.PENDING_OUT)], [LOCK, asked], there) == [(Finding.RELEASED_ELSEWHERE, 1, 101)]


def test_both_accounts_are_told() -> None:
    (one,) = compared([ours(ParcelState.OUT)], [LOCK, OUT], line_of(OUT, holder="NATIONAL-THIEF"))
    assert one.here == "OUT STEEL: RELEASE NATIONAL-1 r-2 R-1"
    assert one.there == "RELEASED NATIONAL-THIEF r-2 R-1"
    asked = replace(OUT, status=OPEN, receipt="")
    (one,) = compared([ours(ParcelState.PENDING_OUT)], [LOCK, asked], line_of(OUT, holder="NATIONAL-THIEF"))
    assert one.here == "PENDING_OUT STEEL: RELEASE NATIONAL-1 r-2"


def test_what_has_overtaken_a_line_is_told() -> None:
    (one,) = compared([ours(ParcelState.ACTIVE)], [LOCK, OUT, BACK], line_of(LOCK))
    assert (one.here, one.reference) == ("ACTIVE STEEL: LOCK STEEL r-3 L-2", "r-1")


def test_in_whose_name_it_was_locked_is_told_of_what_is_cancelled_in_anothers() -> None:
    cancel = Sent("r-4", Kind.CANCEL, S, 7, 1, 101, "MILL", CONFIRMED, "C-1")
    sent, cancelled = [LOCK, OUT, BACK, cancel], [ours(ParcelState.CANCELLED)]
    assert found(cancelled, sent, line_of(cancel, holder="STEEL")) == []
    (one,) = compared(cancelled, sent, line_of(cancel, holder="WOOD"))
    assert (one.finding, one.here) == (Finding.OTHER_ACCOUNT, "CANCELLED STEEL: LOCK STEEL r-3 L-2")


# --- lines of an older time ------------------------------------------------------------------------------------------


def test_each_true_line_of_a_life_agrees() -> None:
    states = (ParcelState.ACTIVE, ParcelState.OUT, ParcelState.ACTIVE, ParcelState.OUT)
    life = [LOCK, OUT, BACK, AWAY]
    for past, state in enumerate(states, 1):
        assert found([ours(state)], life[:past], line_of(life[past - 1])) == []


@pytest.mark.parametrize(
    ("state", "sent", "told"),
    [
        (ParcelState.ACTIVE, [LOCK, OUT, BACK], LOCK),
        (ParcelState.PENDING_CANCEL, [LOCK, OUT, BACK], LOCK),
        (ParcelState.OUT, [LOCK, OUT, BACK, AWAY], OUT),
        (ParcelState.PENDING_OUT, [LOCK, OUT, BACK], OUT),
        (ParcelState.PENDING_OUT, [LOCK, OUT, BACK, replace(AWAY, status=OPEN, receipt="")], OUT),
        (ParcelState.PENDING_OUT, [LOCK, OUT, BACK, replace(AWAY, status=OPEN, receipt="")], LOCK),
        (ParcelState.RETURN_REQUESTED, [LOCK, OUT, replace(BACK, status=OPEN, receipt="")], LOCK),
    ],
    ids=[
        "came back by another firm's lock",
        "a use is proposed of what came back",
        "went out a second time, to another account",
        "shall go out a second time, and nothing was asked yet",
        "shall go out a second time, and was asked",
        "shall go out a second time, and the first lock is told",
        "is on its way back, and the first lock is told",
    ],
)
def test_the_line_of_a_request_that_was_overtaken_is_found(state: ParcelState, sent: list[Sent], told: Sent) -> None:
    discrepancies = compared([ours(state)], sent, line_of(told))
    assert [(one.finding, one.lo, one.hi) for one in discrepancies] == [(Finding.OLD_REQUEST, 1, 101)]
    assert [part.reference for part in affected(discrepancies, ())] == ["registry reconciliation: OLD_REQUEST"]


def test_just_the_serials_that_moved_on_are_suspended() -> None:
    """One line for the whole lot, as if no part of it had been out."""
    out, back = replace(OUT, lo=21, hi=31), replace(BACK, lo=21, hi=31)
    told = found([ours(ParcelState.ACTIVE)], [LOCK, out, back], line_of(LOCK))
    assert told == [(Finding.OLD_REQUEST, 21, 31)]


def test_what_came_back_in_two_parts_has_a_line_for_each() -> None:
    first, second = replace(BACK, hi=41), replace(BACK, reference="r-4", lo=41, receipt="L-3")
    sent = [LOCK, OUT, first, second]
    assert found([ours(ParcelState.ACTIVE)], sent, line_of(first), line_of(second)) == []
    whole = line_of(second, serial_lo=1)
    assert found([ours(ParcelState.ACTIVE)], sent, whole) == [(Finding.OTHER_RANGE, 1, 41)]


# --- what waits for its answer, and what was refused -----------------------------------------------------------------


@pytest.mark.parametrize("status", [OPEN, SILENT])
def test_what_waits_for_its_answer_may_be_done_or_not(status: RequestStatus) -> None:
    back, away = (replace(one, status=status, receipt="") for one in (BACK, AWAY))
    for line in (line_of(OUT), line_of(BACK)):
        assert found([ours(ParcelState.RETURN_REQUESTED)], [LOCK, OUT, back], line) == []
    for line in (line_of(BACK), line_of(AWAY)):
        assert found([ours(ParcelState.PENDING_OUT)], [LOCK, OUT, BACK, away], line) == []


@pytest.mark.parametrize(
    ("state", "sent"),
    [
        (ParcelState.PENDING_OUT, [LOCK, replace(OUT, status=REFUSED, receipt="")]),
        (ParcelState.PENDING_CANCEL, [LOCK, replace(OUT, kind=Kind.CANCEL, status=REFUSED, receipt="", account="")]),
    ],
    ids=["one of several ranges of a release", "one of several ranges of a use"],
)
def test_what_was_refused_is_not_done_while_the_rest_waits(state: ParcelState, sent: list[Sent]) -> None:
    """Serials of a range that was refused stay set aside until all of the release or use is settled."""
    assert found([ours(state)], sent, line_of(LOCK)) == []
    assert found([ours(state)], sent, line_of(sent[-1])) == [(Finding.OTHER_ANSWER, 1, 101)]


def test_a_refused_return_leaves_the_release_as_the_last_word() -> None:
    sent = [LOCK, OUT, replace(BACK, status=REFUSED, receipt="")]
    assert found([ours(ParcelState.OUT)], sent, line_of(OUT)) == []
    assert found([ours(ParcelState.OUT)], sent, line_of(OUT, holding=Holding.LOCKED)) == [(Finding.OTHER_STATE, 1, 101)]


def test_what_was_once_confirmed_must_be_listed_in_whatever_state() -> None:
    assert found([ours(ParcelState.LOCK_UNKNOWN)], [LOCK]) == [(Finding.MISSING_THERE, 1, 101)]


# --- what it costs ---------------------------------------------------------------------------------------------------


def rings(count: int) -> list[Sent]:
    """Requests that lie in each other like the rings of a tree, the widest one the newest."""
    return [replace(LOCK, reference=f"r-{n}", lo=1 + count - n, hi=10 * count + n) for n in range(count)]


def test_requests_over_each_other_cost_no_more_than_sorting_them() -> None:
    def walked(count: int) -> None:
        newest = Newest(enumerate(rings(count)))
        assert all(newest.over(serial) is not None for serial in range(1 + count, 9 * count))

    assert calls_of(lambda: walked(2_000)) < 20 * calls_of(lambda: walked(200))
