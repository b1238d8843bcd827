"""The imports that docs/REGISTRY.md shows can be done as they stand there: file, address, and nothing else."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl

import pytest

from exchange.registry.unit_forms import FORMS, UnitForm
from tests.api.stack import World, agreed, project_of
from tests.docs.pages import NAME, page

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE: Final = page("docs/REGISTRY.md")
UPLOADS: Final = re.findall(r"/v1/imports\?([^\"\s]+)\"", PAGE.text)
FILES: Final = [("\n".join(block.lines) + "\n").encode() for block in PAGE.blocks("csv")]


async def imported(world: World, which: int) -> tuple[list[str], list[str]]:
    """The papers of the rows of one upload of the page, once two persons have brought them in, and their lots."""
    staff = world.doors.staff
    query = UPLOADS[which].replace("owner=NMSG", "owner=SELLER")
    headers = {"content-type": "text/csv"}
    given = await world.stack.ask(
        "POST", f"/v1/imports?{query}", staff["OPERATOR"], headers=headers, content=FILES[which]
    )
    answer = given.json()
    assert (answer["refused"], answer["unread"]) == ([], [])
    fields = {"staged": answer["id"], "rows_hash": answer["rows_hash"]}
    async with world.doors.client(staff["OPERATOR"]) as operator, world.doors.client(staff["SECOND"]) as second:
        papers = [row.lock_reference async for row in second.imports.rows(answer["id"])]
        await second.proposals.approve(await operator.proposals.propose("IMPORT", fields))
        return papers, list((await operator.imports.get(answer["id"])).lots)


async def test_the_file_of_verra_comes_in_as_the_page_says(world: World) -> None:
    staff = world.doors.staff
    terms = project_of("VCS-1234", family="OTHER_SINK", mechanism="VCS", ccer_generation="NONE", registry="Verra")
    async with world.doors.client(staff["OPERATOR"]) as operator, world.doors.client(staff["SECOND"]) as second:
        await agreed(operator, second, "PROJECT", terms)
    papers, lots = await imported(world, 0)
    assert (papers, len(lots)) == (["V-2026-2", "V-2026-3"], 2)


async def test_the_file_with_columns_of_ones_own_comes_in_as_the_page_says(world: World) -> None:
    papers, lots = await imported(world, 1)
    assert (papers, len(lots)) == (["LOCK-2026-2"], 1)


async def test_the_page_shows_an_upload_for_each_file() -> None:
    assert len(UPLOADS) == len(FILES) == 2
    assert [dict(parse_qsl(query))["form"] for query in UPLOADS] == ["VERRA", "MAPPED"]


@pytest.mark.parametrize("form", UnitForm)
async def test_the_table_has_the_columns_of_each_registry(form: UnitForm) -> None:
    cells, ends = [cells for _, cells in PAGE.rows() if cells[0] == f"`{form}`"]
    wanted = FORMS[form]
    columns = (wanted.serials, wanted.project, wanted.quantity, (*wanted.start, *wanted.end, *wanted.year))
    assert [tuple(NAME.findall(cell)) for cell in cells[1:]] == [*columns, wanted.issued_on, (wanted.slashed,)]
    assert [tuple(NAME.findall(cell)) for cell in ends[1:]] == [wanted.tells_ended, wanted.ended]
