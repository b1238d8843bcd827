"""An account of very many orders is gathered and told in pieces, and is one account all the same."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.api.order_documents import order_document, shown_row
from exchange.core.values import ParticipantId, Side
from exchange.marketdata import frames, gathering, private
from exchange.marketdata.hub import Subscriber
from tests.marketdata.readers import Document, waiting
from tests.marketdata.test_private import Owner, compare
from tests.marketdata.traffic import MIDDLE, Act, Publication, Venue, sessions, venue


class Newcomer:
    """Somebody who joins as soon as the account is gathered, and reads one frame at a time."""

    def __init__(self, publication: Publication, firm: ParticipantId) -> None:
        self.publication, self.firm = publication, firm
        self.subscriber: Subscriber | None = None
        self.seq, self.then = 0, dict[str, Document]()
        self.frames: list[Document] = []

    def go_on(self) -> None:
        """Ask for a further piece, join, or read."""
        data = self.publication.data
        if self.subscriber is not None:
            self.frames += waiting(self.subscriber, 1)
        elif data.prepare(self.firm):
            self.subscriber = data.hub.open()
            self.subscriber.join(data.private(self.firm))
            self.seq, self.then = data.seq, open_orders(self.publication, self.firm)

    def finish(self) -> list[Document]:
        """Read to the end; the parts of the snapshot."""
        while self.subscriber is None:
            self.go_on()
        self.frames += waiting(self.subscriber)
        return self.frames[: self.frames[0]["parts"]]


def open_orders(publication: Publication, firm: ParticipantId) -> dict[str, Document]:
    rows = publication.view.orders.of(firm)
    return {document["id"]: document for document in (order_document(shown_row(row)) for row in rows)}


@given(sessions, sessions, st.integers(1, 4), st.integers(1, 4))
@settings(max_examples=40)
def test_it_stands_as_it_was_after_one_entry_however_much_happens_meanwhile(
    before: list[Act], after: list[Act], piece: int, part: int
) -> None:
    market, publication = venue(), Publication()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gathering, "PIECE", piece)
        patch.setattr(frames, "PART", part)
        for act in before:
            market.act(act)
        publication.catch_up(market)
        newcomers = [Newcomer(publication, firm) for firm in market.firms[1:3]]
        for act in after:
            for newcomer in newcomers:
                newcomer.go_on()
            market.act(act)
            publication.catch_up(market)
        for newcomer in newcomers:
            parts = newcomer.finish()
            told = [order for frame in parts for order in frame["orders"]]
            assert {order["id"]: order for order in told} == newcomer.then
            assert [order["id"] for order in told] == list(newcomer.then), "oldest first"
            assert all(len(frame["orders"]) <= part for frame in parts)
            assert {frame["seq"] for frame in parts} == {parts[0]["seq"]} and parts[0]["seq"] <= newcomer.seq
            assert [frame["part"] for frame in parts] == list(range(1, len(parts) + 1))
            assert all(frame["type"] == "update" for frame in newcomer.frames[len(parts) :])
            owner = Owner([])
            for frame in newcomer.frames:
                owner.follower.frames.clear()
                owner.take([frame])
            compare(publication, newcomer.firm, owner)


def many(market: Venue, publication: Publication, orders: int) -> ParticipantId:
    firm = market.firms[2]
    for _ in range(orders):
        market.done(market.order(firm, market.books[0], Side.BUY, 1, MIDDLE - 100))
    publication.catch_up(market)
    return firm


def test_no_piece_is_larger_than_one_turn_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "PIECE", 3)
    market, publication = venue(), Publication()
    firm = many(market, publication, 10)
    copied, copy = list[object](), private.own_order

    def noted(row: private.OpenOrder) -> private.OwnOrder:
        copied.append(row)
        return copy(row)

    monkeypatch.setattr(gathering, "own_order", noted)
    assert not publication.data.prepare(firm)
    seen = [0, len(copied)]
    while not publication.data.prepare(firm):
        many(market, publication, 1)
        seen.append(len(copied))
    assert all(later - earlier <= 6 for earlier, later in pairwise(seen)), "the last of a round, and the last of all"
    assert len(seen) == 3


def test_an_account_that_changes_faster_than_it_is_gathered_is_gathered_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gathering, "PIECE", 3)
    market, publication = venue(), Publication()
    firm = many(market, publication, 10)
    for _ in range(20):
        many(market, publication, 5)
        if publication.data.prepare(firm):
            break
    assert publication.data.prepare(firm)


def test_a_part_is_encoded_when_it_is_read_and_not_when_somebody_joins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "PART", 2)
    market, publication = venue(), Publication()
    firm = many(market, publication, 5)
    encoded, make = list[object](), frames.order_document

    def noted(order: private.OwnOrder) -> Document:
        encoded.append(order)
        return make(order)

    monkeypatch.setattr(frames, "order_document", noted)
    reader = publication.data.hub.open()
    reader.join(publication.data.private(firm))
    assert not encoded
    assert [len(frame["orders"]) for frame in waiting(reader, 1)] == [2]
    assert len(encoded) == 2
    assert publication.data.parts(firm, None) == 3
    assert publication.data.parts(firm, publication.data.seq) == 0
