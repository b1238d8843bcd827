"""The lists of supervisors: a page of JSON, or everything that the filters leave as one CSV download."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Final, Generic, TypeVar

from starlette.responses import Response

from exchange.api.csv_stream import BYTE_ORDER_MARK, csv_response
from exchange.api.fields import DayText, Model, PageQuery, TimeText, words
from exchange.api.list_headings import list_headings
from exchange.api.operations import Call, Document
from exchange.api.paging import history_page
from exchange.api.problem_tables import VIEW_BEHIND
from exchange.api.problems import ProblemError
from exchange.api.read_log import logged_rows
from exchange.api.validation import invalid
from exchange.core.values import Day, Micros, Seq
from exchange.store.queries import NO_ENTRIES, Entries, Page

T = TypeVar("T")

CSV: Final = "csv"
CSV_FOR_EXCEL: Final = "csv-bom"
JSON: Final = "json"

CATCH_UP_S: Final = 2.0
"""How long a row waits for the view. It is behind for milliseconds, or the exchange is stopping."""


class FormQuery(PageQuery):
    """The form of a list. ``format=csv`` (or ``Accept: text/csv``) gives all that the filters leave; it takes neither
    ``limit`` nor ``cursor``. ``csv-bom`` begins it with a byte-order mark, and has Chinese
    headings for whoever reads Chinese.
    """

    format: Annotated[str, words(JSON, CSV, CSV_FOR_EXCEL)] = JSON


class ListQuery(FormQuery):
    """A filter by time."""

    since: TimeText | None = None
    until: TimeText | None = None

    @property
    def from_at(self) -> Micros | None:
        """The first instant that counts."""
        return None if self.since is None else Micros(self.since)

    @property
    def to_at(self) -> Micros | None:
        """The first instant that does not count any more."""
        return None if self.until is None else Micros(self.until)


class DayQuery(ListQuery):
    """A filter by trading day too, for what happened in an entry of the journal."""

    day: DayText | None = None


def entries_of(call: Call) -> Entries | None:
    """The entries of the day that is asked for; none for a day on which the venue was not open."""
    query: DayQuery = call.query
    return entries_on(call, query.day)


def entries_on(call: Call, day: int | None) -> Entries | None:
    """The entries of a trading day, None for all days."""
    if day is None:
        return None
    found = call.services.view.markets.entries_of(Day(day))
    return NO_ENTRIES if found is None else Entries(*found)


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """A list in both forms: ``fetch`` gives one page behind a cursor, ``stream`` everything, ``seq`` the latest entry
    about a row, ``document`` the row as it is shown; ``name`` is that of the file, ``item`` has its columns.
    """

    name: str
    item: type[Model]
    fetch: Callable[[int, str | None], Awaitable[Page[T]]]
    stream: Callable[[], AsyncIterator[T]]
    seq: Callable[[T], Seq]
    document: Callable[[T], Document]


async def answer_list(call: Call, listing: Listing[T]) -> Document | Response:
    """The list in the form that the client asks for."""
    query: FormQuery = call.query
    if query.format == JSON and not call.headers.wants_csv():
        found = await listing.fetch(query.limit, query.cursor)
        for row in found.rows:
            await _caught_up(call, listing.seq(row))
        return history_page(found, listing.document)
    _refuse_paging(query)
    rows = logged_rows(call, _known(call, listing))
    columns = _columns(listing.item)
    if query.format != CSV_FOR_EXCEL:
        return await csv_response(call, listing.name, columns, rows, listing.document)
    heads = list_headings(columns, call.language)
    return await csv_response(call, listing.name, columns, rows, listing.document, BYTE_ORDER_MARK, heads)


def _columns(item: type[Model]) -> list[str]:
    """The columns of a download: the fields, and an instrument's symbol beside its id."""
    names = list(item.model_fields)
    if "symbol" in names:
        names.remove("symbol")
        names.insert(names.index("instrument") + 1, "symbol")
    return names


async def _known(call: Call, listing: Listing[T]) -> AsyncGenerator[T, None]:
    """The rows, each when the view knows all that it names."""
    async for row in listing.stream():
        await _caught_up(call, listing.seq(row))
        yield row


async def _caught_up(call: Call, seq: Seq) -> None:
    """Wait until the view has an entry that the database has: it may be a batch ahead of what is being published, and a
    row is shown with names that only the view has.
    """
    view = call.services.view
    if view.seq < seq and not await view.wait_for(seq, CATCH_UP_S):
        raise ProblemError(VIEW_BEHIND, headers={"retry-after": "1"})


def _refuse_paging(query: FormQuery) -> None:
    """A download has no pages; to give all where a part was asked for would be wrong, and so would the reverse."""
    for parameter in ("limit", "cursor"):
        if parameter in query.model_fields_set:
            raise invalid(f"query/{parameter}", "NOT_WITH_CSV")
