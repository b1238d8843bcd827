"""Pages of memory: both ways give the same, and one of them does not look at what is not on the page."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exchange.api.fields import PageQuery
from exchange.api.paging import cursor_of, page, page_of

IDS = st.lists(st.integers(1, 200), unique=True).map(sorted)


@given(ids=IDS, after=st.none() | st.integers(1, 200), limit=st.integers(1, 20))
def test_both_ways_give_the_same_page(ids: list[int], after: int | None, limit: int) -> None:
    query = PageQuery.model_construct(limit=limit, cursor=None if after is None else cursor_of(after))
    walked = page(iter(ids), lambda number: number, lambda number: {"id": number}, query)
    assert page_of(ids, lambda number: number, lambda number: {"id": number}, query) == walked


def test_a_page_of_a_sequence_looks_at_few_rows() -> None:
    looked: list[int] = []

    def number(row: int) -> int:
        looked.append(row)
        return row

    query = PageQuery.model_construct(limit=10, cursor=cursor_of(90_000))
    shown = page_of(range(100_000), number, lambda row: {"id": row}, query)
    assert [item["id"] for item in shown["items"]] == list(range(90_001, 90_011))
    assert len(looked) < 40
