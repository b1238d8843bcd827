"""A file that is sent once more to go on with its import: the whole of it, in which a line means the same row."""

from __future__ import annotations

import pytest

from exchange.client.models import UploadedUnits
from tests.api.stack import World
from tests.api.test_http_imports import HEADING, registered, upload, verra

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
