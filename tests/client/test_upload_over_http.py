"""A whole file of units over a real connection: as many rows as an import may have, in one request."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from exchange.client.models import UploadedUnits
from exchange.core.credits.rows_together import MAX_ROWS
from tests.api.stack import agreed, project_of
from tests.api.test_http_imports import file_of, verra
from tests.support.venue import Venue, a_venue

pytestmark = [pytest.mark.processes, pytest.mark.slow]


@pytest.fixture(scope="module")
def venue() -> Iterator[Venue]:
    """The service as an operator starts it."""
    with a_venue() as opened:
        yield opened


async def uploaded(venue: Venue, content: bytes, key: str) -> UploadedUnits:
    """The file, for a project of its own."""
    async with venue.client(venue.staff["OPERATOR"]) as operator:
        return await operator.imports.upload(content, "VERRA", projects={"2498": "VCS-9"}, idempotency_key=key)


def test_as_many_rows_as_an_import_may_have_come_in_and_the_same_file_again_changes_nothing(venue: Venue) -> None:
    async def play() -> tuple[UploadedUnits, UploadedUnits]:
        first, second = venue.client(venue.staff["OPERATOR"]), venue.client(venue.staff["SECOND"])
        async with first, second:
            terms = project_of("VCS-9", family="OTHER_SINK", mechanism="VCS", ccer_generation="NONE")
            await agreed(first, second, "PROJECT", terms)
        rows = [verra(100_001 + 10 * n, 10, f"BIG-{n}") for n in range(MAX_ROWS)]
        content = file_of(*rows)
        return await uploaded(venue, content, "a-large-file"), await uploaded(venue, content, "a-large-file")

    once, again = asyncio.run(play())
    assert (once.accepted, once.waiting, once.refused) == (MAX_ROWS, MAX_ROWS, ())
    assert again == once


def test_all_of_them_are_issued_and_admitted_together(venue: Venue) -> None:
    async def commit() -> tuple[int, int]:
        first, second = venue.client(venue.staff["OPERATOR"]), venue.client(venue.staff["SECOND"])
        async with first, second:
            (waiting,) = [each async for each in first.imports.every()]
            fields: dict[str, object] = {"staged": waiting.id, "rows_hash": waiting.rows_hash}
            await agreed(first, second, "IMPORT", fields)
            done = await first.imports.get(waiting.id)
            lot = await first.units.lot(done.lots[-1])
            return len(done.lots), lot.quantity

    assert asyncio.run(commit()) == (MAX_ROWS, 10)
