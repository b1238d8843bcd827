"""Every frame has exactly the documented form, and every value is spelled as in REST."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from exchange.api import wire
from exchange.api.ledger_documents import asset_text
from exchange.api.order_documents import OrderModel, TradeModel
from exchange.api.resources.instruments import LevelModel
from exchange.api.resources.trading import TapeTrade
from exchange.core.values import (
    Day,
    Micros,
    Seq,
    Side,
    derived_id,
)
from exchange.marketdata import messages, texts
from exchange.marketdata.candles import Interval
from exchange.store.tables.orders import OrderStatus
from tests.marketdata.readers import Document, waiting
from tests.marketdata.test_feed import names, trading
from tests.marketdata.traffic import MIDDLE, Publication, venue


def every_frame() -> list[Document]:
    """Frames of every channel, before and after trading, of a market and of an account."""
    market, publication = venue(), Publication()
    publication.catch_up(market)
    publication.flush()
    data, found = publication.data, []
    subscriber = data.hub.open()
    for name in names(market.books[0]):
        channel = data.public(name)
        assert channel is not None
        data.join(subscriber, channel)
    data.join(subscriber, data.private(market.firms[1]))
    found += waiting(subscriber)
    list(trading(market, 3))
    order = market.next_order_id()
    market.done(market.order(market.firms[1], market.books[0], Side.BUY, 7, MIDDLE - 9, client_order_id="c-1"))
    market.amend(market.firms[1], order, quantity=6)
    market.cancel(market.firms[1], order)
    publication.catch_up(market)
    publication.flush()
    found += waiting(subscriber)
    late = data.hub.open()
    for name in names(market.books[0]):
        channel = data.public(name)
        assert channel is not None
        data.join(late, channel)
    return found + waiting(late)


def model_of(frame: Document) -> type[messages.Message]:
    kind, snapshot = frame["channel"].split(":")[0], frame["type"] == "snapshot"
    return {
        "book": messages.BookSnapshot if snapshot else messages.BookUpdate,
        "trades": messages.Trades,
        "ticker": messages.Ticker,
        "candles": messages.Candles,
        "private": messages.PrivateSnapshot if snapshot else messages.PrivateUpdate,
    }[kind]


def test_every_frame_is_exactly_as_documented() -> None:
    seen = set()
    for frame in every_frame():
        model = model_of(frame)
        assert model.model_validate(frame, strict=True).model_dump() == frame
        seen.add((model, frame["type"]))
    assert {model for model, _ in seen} == set(messages.MESSAGES)
    assert {form for model, form in seen if model is messages.Candles} == {"snapshot", "update"}


@pytest.mark.parametrize(
    ("streamed", "of_rest"),
    [
        (messages.Level, LevelModel),
        (messages.Trade, TapeTrade),
        (messages.Fill, TradeModel),
        (messages.Order, OrderModel),
    ],
)
def test_fields_have_the_names_and_the_order_of_rest(streamed: type[BaseModel], of_rest: type[BaseModel]) -> None:
    assert list(streamed.model_fields) == list(of_rest.model_fields)


@given(st.integers(-(10**20), 10**20))
def test_money_is_spelled_as_in_rest(fen: int) -> None:
    assert texts.money_text(fen) == wire.money_text(fen)


@given(st.integers(0, 4_102_444_800_000_000).map(Micros))
def test_instants_are_spelled_as_in_rest(at: Micros) -> None:
    assert texts.time_text(at) == wire.time_text(at)


@given(st.dates().map(lambda day: Day(day.year * 10_000 + day.month * 100 + day.day)))
def test_days_are_spelled_as_in_rest(day: Day) -> None:
    assert texts.day_text(day) == wire.day_text(day)


@pytest.mark.parametrize("asset", [0, derived_id(Seq(17)), derived_id(Seq(17), 3)])
def test_assets_are_spelled_as_in_rest(asset: int) -> None:
    assert texts.asset_text(asset) == asset_text(asset)


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(0, 3, "0.00"), (1, 3, "33.33"), (2, 3, "66.67"), (-1, 300, "-0.33"), (1, 20_000, "0.01"), (-1, 20_000, "-0.01")],
)
def test_a_percentage_is_rounded_half_up_by_its_size(part: int, whole: int, text: str) -> None:
    assert texts.percent_text(part, whole) == text


def test_amounts_of_money_have_decimals_and_tonnes_do_not() -> None:
    assert (texts.amount_text(0, 1_234), texts.amount_text(derived_id(Seq(5)), 1_234)) == ("12.34", "1234")


def test_an_order_has_the_same_states_as_in_the_store() -> None:
    assert {s.name: s.value for s in messages.OrderStatus} == {s.name: s.value for s in OrderStatus}


def test_a_schema_can_be_made_of_every_message() -> None:
    for model in messages.MESSAGES:
        schema = model.model_json_schema()
        assert {"channel", "type", "seq", "prev_seq", "at"} <= set(schema["properties"])
    assert messages.Candles.model_json_schema()["properties"]["interval"]["enum"] == [i.value for i in Interval]
