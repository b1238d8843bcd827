"""The lists of supervisors: a page of JSON, or everything that the filters leave as one CSV download."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Final, Generic, TypeVar

from pydantic import Field
from starlette.responses import Response

from exchange.api.csv_stream import csv_response
from exchange.api.fields import Model, PageQuery, TimeText, words
from exchange.api.operations import Call, Document
from exchange.api.paging import history_page
from exchange.api.read_log import logged_rows
from exchange.api.validation import invalid
from exchange.core.values import Micros
from exchange.store.queries import Page

T = TypeVar("T")

CSV: Final = "csv"
JSON: Final = "json"

_FROM: Final = "The first instant that counts."
_TO: Final = "The first instant that does not count any more."


class ListQuery(PageQuery):
    """A filter by time. ``format=csv`` (or ``Accept: text/csv``) gives all that the filters leave; it takes neither
    ``limit`` nor ``cursor``.
    """

    from_: Annotated[TimeText | None, Field(alias="from", description=_FROM)] = None
    to: Annotated[TimeText | None, Field(description=_TO)] = None
    format: Annotated[str, words(JSON, CSV)] = JSON

    @property
    def from_at(self) -> Micros | None:
        """The first instant that counts."""
        return None if self.from_ is None else Micros(self.from_)

    @property
    def to_at(self) -> Micros | None:
        """The first instant that does not count any more."""
        return None if self.to is None else Micros(self.to)


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """A list in both forms: ``fetch`` gives one page behind a cursor, ``stream`` everything, ``document`` a row as it
    is shown; ``name`` is that of the file, ``item`` has its columns.
    """

    name: str
    item: type[Model]
    fetch: Callable[[int, str | None], Awaitable[Page[T]]]
    stream: Callable[[], AsyncIterator[T]]
    document: Callable[[T], Document]


async def answer_list(call: Call, listing: Listing[T]) -> Document | Response:
    """The list in the form that the client asks for."""
    query: ListQuery = call.query
    if query.format != CSV and not call.headers.wants_csv():
        return history_page(await listing.fetch(query.limit, query.cursor), listing.document)
    _refuse_paging(query)
    rows = await logged_rows(call, listing.stream())
    return await csv_response(call, listing.name, list(listing.item.model_fields), rows, listing.document)


def _refuse_paging(query: ListQuery) -> None:
    """A download has no pages; to give all where a part was asked for would be wrong, and so would the reverse."""
    for parameter in ("limit", "cursor"):
        if parameter in query.model_fields_set:
            raise invalid(f"query/{parameter}", "NOT_WITH_CSV")
