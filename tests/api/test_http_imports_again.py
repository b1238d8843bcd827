"""A file that is sent once more to go on with its import: the whole of it, in which a line means the same row."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from exchange.api import uploads
from exchange.api.operations import Draft
from exchange.api.resources.imports import ROWS_AT_ONCE
from exchange.client import ExchangeProblem
from exchange.client.models import UploadedUnits
from exchange.core.credits.rows_together import MAX_ROWS
from tests.api.stack import World, agreed
from tests.api.test_http_imports import HEADING, posted, registered, upload, verra

pytestmark = pytest.mark.asyncio(loop_scope="module")

BY_LINE = "V-AGAIN-{line}"


def bare(lo: int, tonnes: int = 10, owner: str = "SELLER") -> str:
    """A row that names no paper of its own."""
    return verra(lo, tonnes, "", owner=owner)


async def sent(world: World, *rows: str, staged: UploadedUnits | None = None, lock: str = BY_LINE) -> UploadedUnits:
    """A file with these rows, whose papers are numbered by its lines."""
    content = "\n".join((HEADING, *rows, "")).encode()
    goes_on = {} if staged is None else {"staged": staged.id or ""}
    return await upload(world, content, "VCS-AGAIN", lock_reference=lock, **goes_on)


async def papers(world: World, found: UploadedUnits) -> dict[int, tuple[int, str]]:
    """The first serial and the paper of each row that waits, by its line."""
    async with world.doors.client(world.doors.staff["SECOND"]) as second:
        rows = [row async for row in second.imports.rows(found.id or "")]
    kept = {row.line: (row.serial_lo, row.lock_reference) for row in rows}
    assert len(kept) == len(rows) == found.waiting
    return kept


async def test_each_row_has_the_paper_of_its_line_when_the_whole_file_is_sent_once_more(world: World) -> None:
    await registered(world, "VCS-AGAIN")
    good, later = bare(300_001), bare(300_031)
    first = await sent(world, good, bare(300_011, owner="NOBODY"), bare(300_021, owner="NOBODY"), later)
    assert (first.accepted, first.waiting, first.known) == (2, 2, ())
    again = await sent(world, good, bare(300_011), "", later, bare(300_041), staged=first)
    assert (again.id, again.accepted, again.waiting, again.known, again.refused) == (first.id, 2, 4, (2, 5), ())
    assert await papers(world, again) == {
        2: (300_001, "V-AGAIN-2"),
        3: (300_011, "V-AGAIN-3"),
        5: (300_031, "V-AGAIN-5"),
        6: (300_041, "V-AGAIN-6"),
    }


async def test_of_another_file_nothing_is_taken(world: World) -> None:
    """Its rows would have lines of their own, and by them the papers of others."""
    lock = "V-OTHER-{line}"
    bad = (bare(400_001, owner="NOBODY"), bare(400_011, owner="NOBODY"))
    first = await sent(world, *bad, bare(400_021), bare(400_031), lock=lock)
    assert first.waiting == 2
    mended = bare(400_001), bare(400_011)
    for rows in ((mended[1],), mended, (*mended, bare(400_031), bare(400_021)), (mended[1], bare(400_021))):
        other = await sent(world, *rows, staged=first, lock=lock)
        assert (other.id, other.rows_hash) == (first.id, first.rows_hash)
        assert (other.accepted, other.waiting, other.known) == (0, 2, ())
        ((line, code, about),) = [(row.line, row.code, row.about) for row in other.refused]
        assert (line, code, about) == (0, "ANOTHER_FILE", "4, 5")
    assert (await papers(world, first)).keys() == {4, 5}


async def test_what_waits_and_reads_otherwise_now_is_told_and_stays(world: World) -> None:
    first = await sent(world, bare(500_001), bare(500_011), lock="V-CHANGED-{line}")
    again = await sent(world, bare(500_001), bare(500_011, owner="BUYER"), staged=first, lock="OTHER-{line}")
    assert [(row.line, row.code, row.about) for row in again.refused] == [
        (2, "WAITS_OTHERWISE", "lock_reference"),
        (3, "WAITS_OTHERWISE", "owner, lock_reference"),
    ]
    assert (again.rows_hash, again.accepted, again.known) == (first.rows_hash, 0, ())


async def test_the_same_serials_twice_in_one_file_are_a_fault_of_it(world: World) -> None:
    first = await sent(world, bare(600_001), lock="V-TWICE-{line}")
    again = await sent(world, bare(600_001), bare(600_001), staged=first, lock="V-TWICE-{line}")
    assert (again.known, [(row.line, row.code) for row in again.refused]) == ((2,), [(3, "SERIALS_OVERLAP")])


def told(found: UploadedUnits) -> list[tuple[int, str]]:
    """The lines that were refused, and why."""
    return [(row.line, row.code) for row in found.refused]


async def brought_in(world: World, staged: str | None, rows_hash: str | None) -> None:
    """Two persons bring an import in."""
    staff = world.doors.staff
    async with world.doors.client(staff["OPERATOR"]) as operator, world.doors.client(staff["SECOND"]) as second:
        await agreed(operator, second, "IMPORT", {"staged": staged, "rows_hash": rows_hash})


async def test_a_full_import_says_what_has_changed_and_what_has_no_place(world: World) -> None:
    """Not that it has too many rows: those that wait need no place, and those before the one that has none are told."""
    rows = [bare(1_000_001 + 10 * n, 1) for n in range(MAX_ROWS)]
    bad = [bare(999, 1, owner="NOBODY"), *rows[1:]]
    first = await sent(world, *bad, lock="V-FULL-{line}")
    assert (first.waiting, told(first)) == (MAX_ROWS - 1, [(2, "OWNER")])
    changed = [*rows[:450], bare(1_004_501, 1, owner="BUYER"), *rows[451:]]
    again = await sent(world, *changed, bare(1_900_001, 1), staged=first, lock="V-FULL-{line}")
    assert told(again) == [(452, "WAITS_OTHERWISE"), (MAX_ROWS + 2, "TOO_MANY_ROWS")]
    assert (again.accepted, again.waiting, len(again.known)) == (1, MAX_ROWS, MAX_ROWS - 2)


async def test_of_a_file_that_is_too_long_the_rows_that_found_a_place_are_told(world: World) -> None:
    rows = [bare(2_000_001 + 10 * n, 1) for n in range(MAX_ROWS + 3)]
    found = await sent(world, *rows, lock="V-LONG-{line}")
    assert (found.accepted, found.waiting) == (MAX_ROWS, MAX_ROWS)
    assert told(found) == [(MAX_ROWS + 2 + n, "TOO_MANY_ROWS") for n in range(3)]
    assert f"{MAX_ROWS}" in found.refused[0].detail


async def test_what_was_taken_before_the_import_was_closed_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two portions of a file two persons bring in what waits by then."""
    have_sequenced = uploads._Portions.__call__

    async def and_then_close(portions: uploads._Portions, draft: Draft) -> dict[str, Any]:
        done = await have_sequenced(portions, draft)
        if portions.number == 1:
            async with world.doors.client(world.doors.staff["OPERATOR"]) as operator:
                shown = await operator.imports.get(done["id"])
            await brought_in(world, done["id"], shown.rows_hash)
        return done

    monkeypatch.setattr(uploads._Portions, "__call__", and_then_close)
    rows = [bare(3_000_001 + 10 * n, 1) for n in range(ROWS_AT_ONCE + 2)]
    found = await sent(world, *rows, lock="V-CLOSED-{line}")
    assert (found.accepted, found.waiting) == (ROWS_AT_ONCE, ROWS_AT_ONCE)
    assert told(found) == [(ROWS_AT_ONCE + 2 + n, "IMPORT_COMMITTED") for n in range(2)]
    with pytest.raises(ExchangeProblem, match="IMPORT_COMMITTED"):
        await sent(world, *rows, staged=found, lock="V-CLOSED-{line}")


async def test_two_files_at_once_do_not_get_two_rows_on_one_line(world: World) -> None:
    good = bare(4_000_001)
    first = await sent(world, good, lock="V-RACE-{line}")
    one, other = await asyncio.gather(
        sent(world, good, bare(4_000_011), staged=first, lock="V-RACE-{line}"),
        sent(world, good, bare(4_000_021), staged=first, lock="V-RACE-{line}"),
    )
    # The later one is refused its row, or, where it came only after the other was staged, the whole file.
    (nothing, why), taken = sorted([(one.accepted, told(one)), (other.accepted, told(other))])
    assert taken == (1, []) and nothing == 0 and why in ([(3, "LINE_TAKEN")], [(0, "ANOTHER_FILE")])
    shown = await sent(world, good, bare(4_000_011 if one.accepted else 4_000_021), staged=first, lock="V-RACE-{line}")
    assert (shown.known, told(shown)) == ((2, 3), [])
    assert (await papers(world, shown)).keys() == {2, 3}


async def test_one_file_twice_at_once_is_no_fault_of_the_second(world: World) -> None:
    """A double click: what the first one has staged waits for the second one just as it is."""
    first = await sent(world, bare(5_000_001), bare(5_000_011, owner="NOBODY"), lock="V-CLICK-{line}")
    mended = bare(5_000_001), bare(5_000_011)
    both = await asyncio.gather(*(sent(world, *mended, staged=first, lock="V-CLICK-{line}") for _ in range(2)))
    assert sorted((found.accepted, found.known, told(found)) for found in both) == [(0, (2, 3), []), (1, (2,), [])]


async def test_a_row_that_waits_and_was_issued_meanwhile_is_told(world: World) -> None:
    """It can never come in: that it waits would be no news."""
    rows = bare(6_000_001), bare(6_000_011)
    slow = await sent(world, *rows, lock="V-SLOW-{line}")
    quick = await sent(world, rows[0], lock="V-QUICK-{line}")
    await brought_in(world, quick.id, quick.rows_hash)
    again = await sent(world, *rows, bare(6_000_021), staged=slow, lock="V-SLOW-{line}")
    assert (again.accepted, again.known, told(again)) == (1, (3,), [(2, "SERIALS_OVERLAP")])
    # It waits itself on this line; what is against it is on record, not in this file.
    assert again.refused[0].detail.endswith(" serial 6000001, up to serial 6000010.")


@pytest.mark.parametrize("owner", ["SELLER", "NOBODY"], ids=["a good row", "a bad row"])
async def test_nothing_goes_on_with_the_import_of_another_person_or_one_that_came_in(world: World, owner: str) -> None:
    """Be there a good row in the file or none."""
    lo = 7_000_001 if owner == "SELLER" else 7_100_001
    theirs, ours = verra(lo, 10, f"T-{lo}"), verra(lo + 100, 10, f"O-{lo}")
    async with world.doors.client(world.doors.staff["SECOND"]) as second:
        content = "\n".join((HEADING, theirs, "")).encode()
        found = await second.imports.upload(content, "VERRA", projects={"2498": "VCS-AGAIN"})
    closed = await sent(world, ours)
    await brought_in(world, closed.id, closed.rows_hash)
    content = "\n".join((HEADING, verra(lo + 200, 10, f"M-{lo}", owner=owner), "")).encode()
    for staged, status, code in (
        (found.id, 404, "IMPORT_NOT_FOUND"),
        ("imp-1", 404, "IMPORT_NOT_FOUND"),
        (closed.id, 409, "IMPORT_COMMITTED"),
    ):
        query = {"form": "VERRA", "projects": "2498=VCS-AGAIN", "staged": staged or ""}
        answer = await posted(world, content, query)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_row_that_waits_and_cannot_be_read_any_more_has_that_fault_alone(world: World) -> None:
    good = [bare(8_000_001 + 10 * n) for n in range(3)]
    first = await sent(world, *good[:2], lock="V-UNREAD-{line}")
    faults = {
        "OWNER": bare(8_000_011, owner="NOBODY"),
        "SERIALS": good[1].replace("VCU", "X{Y}"),
        "CHARACTERS": verra(8_000_011, 10, "V\u202eX"),
        "QUANTITY_DIFFERS": good[1].replace(",10,", ",11,"),
    }
    for code, row in faults.items():
        again = await sent(world, good[0], row, staged=first, lock="V-UNREAD-{line}")
        assert (again.known, told(again), again.waiting) == ((2,), [(3, code)], 2)
    joined = await sent(world, good[0], faults["OWNER"], good[2], staged=first, lock="V-UNREAD-{line}")
    assert (joined.accepted, joined.waiting, told(joined)) == (1, 3, [(3, "OWNER")])


async def test_of_a_file_that_ends_early_the_rest_is_not_said_to_be_another_one(world: World) -> None:
    good = [bare(9_000_001 + 10 * n) for n in range(3)]
    first = await sent(world, *good, lock="V-CUT-{line}")
    cut = await sent(world, good[0], good[1] + '"', good[2], staged=first, lock="V-CUT-{line}")
    assert (cut.known, told(cut), cut.waiting) == ((2,), [(3, "NOT_CSV")], 3)
    elsewhere = await sent(world, good[1], good[1] + '"', staged=first, lock="V-CUT-{line}")
    assert (elsewhere.known, told(elsewhere)) == ((), [(0, "ANOTHER_FILE"), (3, "NOT_CSV")])
    assert elsewhere.refused[0].about == "2"
    headless = await upload(world, b"a,b\n1,2\n", "VCS-AGAIN", staged=first.id or "")
    assert (headless.waiting, told(headless)) == (3, [(0, "HEADING")])
