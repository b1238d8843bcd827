"""The ready JSON of orders and trades is, to the byte, what their documents are as JSON."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from exchange.api.order_documents import Shown, order_document, shown_placed, trade_document
from exchange.api.order_json import order_answer, order_json, trade_json
from exchange.core.commands.orders import OrderKind, TimeInForce
from exchange.core.events.orders import CancelReason, OrderAccepted, OrderCancelled, Traded
from exchange.core.values import Micros, ParticipantId, SelfTradePrevention, Seq, Side, Tonnes, derived_id
from exchange.sequencer.submission import Decided

IDS: Any = st.builds(derived_id, st.integers(1, 10**12).map(Seq), st.integers(0, 2**20 - 1))
FEN: Any = st.integers(0, 10**17)
TONNES: Any = st.integers(0, 10**9)
DAYS: Any = st.sampled_from([20261120, 19900101, 99991231])
TIMES: Any = st.integers(1, 4_102_444_800_000_000)
ANY_TEXT: Any = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40)

TERMS: Any = st.builds(
    OrderAccepted,
    order=IDS,
    participant=IDS,
    group=IDS,
    instrument=IDS,
    client_order_id=ANY_TEXT,
    price=FEN,
    quantity=TONNES,
    post_only=st.booleans(),
    good_til=st.just(0) | DAYS,
    side=st.sampled_from(Side),
    kind=st.sampled_from(OrderKind),
    time_in_force=st.sampled_from(TimeInForce),
    self_trade_prevention=st.sampled_from(SelfTradePrevention),
)
SHOWN: Any = st.builds(
    Shown,
    order=IDS,
    terms=st.none() | TERMS,
    instrument=IDS,
    side=st.sampled_from(Side),
    price=FEN,
    quantity=TONNES,
    leaves=TONNES,
    cumulative=TONNES,
    value=st.none() | FEN,
    fee=st.none() | FEN,
    cancelled=st.none() | st.sampled_from(CancelReason),
    placed_at=st.none() | TIMES,
    updated_at=TIMES,
)
TRADES: Any = st.builds(
    Traded,
    trade=IDS,
    instrument=IDS,
    price=FEN,
    quantity=TONNES,
    aggressor=st.sampled_from(Side),
    buy_order=st.integers(1, 3),
    sell_order=st.integers(1, 3),
    buyer=st.integers(1, 2),
    seller=st.integers(1, 2),
    buy_fee=FEN,
    sell_fee=FEN,
    buy_leaves=TONNES,
    sell_leaves=TONNES,
    day=DAYS,
)


@given(SHOWN, st.booleans())
def test_an_order_is_what_its_document_is(shown: Shown, just_placed: bool) -> None:
    if just_placed:
        shown.placed_at = shown.updated_at
    assert order_json(shown).encode() == orjson.dumps(order_document(shown))


@given(TRADES, TIMES, ANY_TEXT)
def test_a_trade_is_what_its_document_is(trade: Traded, at: Micros, code: str) -> None:
    for participant in (ParticipantId(1), ParticipantId(2)):
        ready = trade_json(trade, participant, at, lambda _: code)
        assert ready.encode() == orjson.dumps(trade_document(trade, participant, at, lambda _: code))


@given(TERMS, st.lists(TRADES, max_size=3), st.booleans(), st.integers(1, 10**12).map(Seq), TIMES)
def test_the_whole_answer_has_the_trades_of_the_order_only(
    terms: OrderAccepted, trades: list[Traded], ended: bool, seq: Seq, at: Micros
) -> None:
    terms.order, terms.quantity = trades[0].buy_order if trades else terms.order, Tonnes(10**9)
    events: list[Any] = [terms, *trades]
    if ended:
        place, left = (terms.instrument, terms.side, terms.price), (terms.quantity, Tonnes(0), False)
        events.append(OrderCancelled(terms.order, terms.participant, *place, *left, CancelReason.IMMEDIATE_REMAINDER))
    decision = Decided(seq, at, None, terms.order, {}, events)
    shown = shown_placed(decision)
    own = [trade for trade in trades if terms.order in (trade.buy_order, trade.sell_order)]
    document = {
        "order": order_document(shown),
        "trades": [trade_document(trade, ParticipantId(1), at, str) for trade in own],
        "as_of_seq": seq,
    }
    assert order_answer(decision, shown, ParticipantId(1), str) == orjson.dumps(document)
