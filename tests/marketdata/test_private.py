"""An account's stream says what REST would say of it after each entry, and never anything of anybody else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings

from exchange.access.ids import Kind, id_text
from exchange.api.order_documents import order_document, shown_row, trade_document
from exchange.core.events.orders import Traded
from exchange.core.values import ParticipantId, Side
from exchange.marketdata import frames
from exchange.marketdata.hub import Subscriber
from exchange.marketdata.private import OwnOrder
from tests.marketdata.readers import Document, Follower, waiting
from tests.marketdata.traffic import MIDDLE, Act, Publication, Venue, sessions, venue


class Owner:
    """A participant that keeps its orders and balances from frames alone."""

    def __init__(self, frames: list[Document]) -> None:
        self.orders: dict[str, Document] = {}
        self.balances: dict[str, Document] = {}
        self.fills: list[Document] = []
        self.follower = Follower()
        self.take(frames)

    def take(self, frames: list[Document]) -> None:
        for frame in frames:
            self.follower.take(frame)
            for order in frame["orders"]:
                self.orders[order["id"]] = order
                if order["status"] not in ("NEW", "PARTIALLY_FILLED"):
                    del self.orders[order["id"]]
                    assert order["leaves"] == 0
            self.balances.update({balance["asset"]: balance for balance in frame["balances"]})
            self.fills += frame.get("fills", [])


def owners(publication: Publication, market: Venue) -> dict[ParticipantId, tuple[Subscriber, Owner]]:
    """Two of the firms listen, each to its own channel."""
    found = {}
    for firm in market.firms[1:3]:
        subscriber = publication.data.hub.open()
        subscriber.join(publication.data.private(firm))
        found[firm] = (subscriber, Owner(waiting(subscriber)))
    return found


def compare(publication: Publication, firm: ParticipantId, owner: Owner) -> None:
    view = publication.view
    real = {document["id"]: document for document in (order_document(shown_row(r)) for r in view.orders.of(firm))}
    assert owner.orders == real
    balance = view.money.balance(firm, 0)
    shown = owner.balances["CNY"]
    assert _fen(shown["balance"]) == balance.posted
    assert _fen(shown["held"]) == balance.debits_pending
    assert _fen(shown["available"]) == balance.available
    for lot in view.units.held_lots(firm):
        balance, shown = view.lot_balance(firm, lot), owner.balances[id_text(Kind.LOT, lot)]
        assert (int(shown["balance"]), int(shown["available"])) == (balance.posted, balance.available)


def _fen(text: str) -> int:
    return int(text.replace(".", ""))


@given(sessions, sessions)
@settings(max_examples=40)
def test_an_account_kept_from_its_stream_is_what_rest_says(before: list[Act], after: list[Act]) -> None:
    market, publication = venue(), Publication()
    for act in before:
        market.act(act)
    publication.catch_up(market)
    listening = owners(publication, market)
    first = publication.data.seq
    for act in after:
        market.act(act)
        publication.catch_up(market)
        for firm, (subscriber, owner) in listening.items():
            owner.take(waiting(subscriber))
            compare(publication, firm, owner)
    for firm, (_, owner) in listening.items():
        newcomer = publication.data.hub.open()
        newcomer.join(publication.data.private(firm))
        (snapshot,) = waiting(newcomer)
        assert {order["id"]: order for order in snapshot["orders"]} == owner.orders
        assert {balance["asset"]: balance for balance in snapshot["balances"]} == owner.balances
        real = [
            trade_document(event, firm, at, publication.view.people.code)
            for seq, at, events in market.entries[first:]
            for event in events
            if isinstance(event, Traded) and firm in (event.buyer, event.seller)
        ]
        assert owner.fills == real


def test_nothing_of_the_other_party_is_told_but_its_code() -> None:
    market, publication = venue(), Publication()
    publication.catch_up(market)
    seller, buyer = market.firms[1], market.firms[2]
    (sold, _), (bought, _) = owners(publication, market).values()
    secret = market.next_order_id()
    market.done(market.order(seller, market.books[0], Side.SELL, 10, MIDDLE, client_order_id="sellers-own"))
    market.done(market.order(buyer, market.books[0], Side.BUY, 4, MIDDLE, client_order_id="buyers-own"))
    publication.catch_up(market)
    (frame,) = waiting(bought)
    text = json.dumps(frame)
    for foreign in (id_text(Kind.ORDER, secret), "sellers-own", id_text(Kind.PARTICIPANT, seller)):
        assert foreign not in text
    assert [fill["counterparty"] for fill in frame["fills"]] == ["mill"]
    assert [order["client_order_id"] for order in frame["orders"]] == ["buyers-own"]
    assert [len(frame["fills"]) for frame in waiting(sold)] == [0, 1]


def test_each_side_of_a_trade_is_told_its_own_fee_and_order() -> None:
    market, publication = venue(), Publication()
    publication.catch_up(market)
    seller, buyer = market.firms[1], market.firms[2]
    listening = owners(publication, market)
    # Two fills of a price whose fee is not a whole number: the buyer's is rounded over its one order, each seller's
    # over its own, so that the two sides of a trade pay different fees.
    for tonnes in (1, 3):
        market.done(market.order(seller, market.books[0], Side.SELL, tonnes, MIDDLE + 57))
    market.done(market.order(buyer, market.books[0], Side.BUY, 2, MIDDLE + 57))
    publication.catch_up(market)
    fees = {}
    for firm, (subscriber, owner) in listening.items():
        owner.take(waiting(subscriber))
        compare(publication, firm, owner)
        fees[firm] = [fill["fee"] for fill in owner.fills]
    assert fees[seller] == ["0.21", "0.21"]
    assert fees[buyer] == ["0.21", "0.22"]


def test_an_entry_that_does_not_concern_an_account_is_not_told() -> None:
    market, publication = venue(), Publication()
    publication.catch_up(market)
    (subscriber, _), _ = owners(publication, market).values()
    market.done(market.order(market.firms[3], market.books[0], Side.BUY, 10, MIDDLE))
    market.cancel(market.firms[3], market.next_order_id())
    publication.catch_up(market)
    assert waiting(subscriber) == []


def test_money_that_comes_in_is_told_and_so_are_its_entries_seq_and_instant() -> None:
    market, publication = venue(), Publication()
    publication.catch_up(market)
    (subscriber, _), _ = owners(publication, market).values()
    market.deposit(market.firms[1], 12_345)
    publication.catch_up(market)
    (frame,) = waiting(subscriber)
    assert frame["seq"] == publication.data.seq
    (balance,) = frame["balances"]
    assert balance == {
        "asset": "CNY", "balance": "10000123.45", "held": "0.00", "available": "10000123.45",
    }  # fmt: skip


def test_an_order_is_encoded_once_for_all_who_join_while_it_stands_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A snapshot of ten thousand orders must not hold up everybody each time that somebody asks for one."""
    encoded, make = [], frames.order_document

    def noted(order: OwnOrder) -> Document:
        encoded.append(order.terms.order)
        return make(order)

    monkeypatch.setattr(frames, "order_document", noted)
    market, publication = venue(), Publication()
    firm, book = market.firms[2], market.books[0]
    for tonnes in (1, 2, 3):
        market.done(market.order(firm, book, Side.BUY, tonnes, MIDDLE))
    publication.catch_up(market)
    channel, shown = publication.data.private(firm), []
    for _ in range(3):
        subscriber = publication.data.hub.open()
        subscriber.join(channel)
        (frame,) = waiting(subscriber)
        shown.append([order["quantity"] for order in frame["orders"]])
    assert shown == [[1, 2, 3]] * 3
    assert len(encoded) == len(set(encoded)) == 3
