"""Receipts of the registry and receipts on papers: what persons type never stands against the registry's own word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exchange.core.commands.approvals import Propose
from exchange.core.commands.registry import AnswerOnPaper, RegistryOutcome
from exchange.core.commands.uses import Pick
from exchange.core.image import decode_state, encode_state
from exchange.core.rejections import RejectReason as R
from exchange.core.values import MICROS_PER_DAY, Day, Micros, RequestId, day_start
from tests.core.test_registry_word import answer, statement, states
from tests.core.units_world import UNITS_WORLD
from tests.support.market import Market

U = UNITS_WORLD


@pytest.fixture
def market() -> Market:
    """The world once more."""
    return U.copy()


def give_paper(market: Market, request: RequestId, receipt: str) -> None:
    """Two persons enter what a registry without a line has written today."""
    market.agree(AnswerOnPaper(market.operator, request, market.today(), receipt), market.second, receipt)


def on_paper_again(market: Market) -> RequestId:
    """A second request of which the answer comes on paper."""
    number = market.agree(U.use(Pick(U.unknown, 511, 521)), market.second)
    (request,) = market.state.requests.of_subject[number]
    return request


def reason_on_paper(market: Market, request: RequestId, receipt: str) -> R | None:
    """Why a paper with this receipt is not taken."""
    paper = AnswerOnPaper(market.operator, request, market.today(), receipt)
    return market.give(Propose(paper.actor, paper)).reason


@pytest.mark.parametrize("through_an_image", [False, True])
def test_no_paper_keeps_the_registry_from_its_word(market: Market, through_an_image: bool) -> None:
    """What two persons have typed, by mistake or on purpose, may be the number of what the registry does next year."""
    give_paper(market, U.on_paper, "Lock 2026-8")
    if through_an_image:
        market.state = decode_state(encode_state(market.state))
    market.done(replace(statement(market, U.waiting), receipt="LOCK-2026-008"))
    assert states(market, U.waiting_lot, 651, 701) == ["ACTIVE"]
    assert reason_on_paper(market, on_paper_again(market), "lock 2026/8") is R.RECEIPT_USED


@pytest.mark.parametrize("through_an_image", [False, True])
@pytest.mark.parametrize("contradicts", [False, True])
def test_what_the_registry_has_given_stands_on_no_paper_and_for_nothing_else(
    market: Market, contradicts: bool, through_an_image: bool
) -> None:
    """Also where persons had typed the same number before it did."""
    give_paper(market, U.on_paper, "lock 8")
    if contradicts:
        answer(market, U.waiting, RegistryOutcome.REFUSED)
    market.done(replace(statement(market, U.waiting), receipt="Lock-8"))
    number = market.agree(U.use(U.pick(71, 76)), market.second)
    (request,) = market.state.requests.of_subject[number]
    other = on_paper_again(market)
    if through_an_image:
        market.state = decode_state(encode_state(market.state))
    assert market.give(replace(statement(market, request), receipt="LOCK 08")).reason is R.RECEIPT_USED
    assert reason_on_paper(market, other, "LOCK 08") is R.RECEIPT_USED


@pytest.mark.parametrize("after", [0, MICROS_PER_DAY // 2, MICROS_PER_DAY - 1])
@pytest.mark.parametrize(
    ("stated_on", "possible"),
    [(20261230, False), (20261231, True), (20270101, True), (20270103, True), (20270104, False)],
)
def test_a_paper_bears_the_day_before_its_request_at_the_earliest(after: int, stated_on: int, possible: bool) -> None:
    """To the microsecond, at both ends of a day in China: in Washington New Year's Eve lasts until one in the afternoon
    of the first of January there.
    """
    request = U.market.state.requests.by_id[U.on_paper]
    asked = replace(request, asked_at=Micros(day_start(Day(20270101)) + after))
    now = Micros(day_start(Day(20270103)) + after)
    assert asked.earliest_paper() == 20261231
    assert asked.can_be_dated(Day(stated_on), now) is possible
