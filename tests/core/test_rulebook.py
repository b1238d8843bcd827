"""Rules by effective date, and which rulebooks can be adopted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exchange.core.commands.governance import AdoptRulebook, Rule
from exchange.core.commands.instruments import EndOfDay
from exchange.core.rejections import RejectReason
from exchange.core.rulebook import MAX_RULES, refuse_rules, rulebook_on, rules_in_force
from exchange.core.values import Day
from tests.support.market import Market, rules

TODAY = Day(20260921)


def dated(value: int, day: int, rule: str = "FEE") -> Rule:
    """A rule with a value from a day on."""
    return replace(rules()[1], rule=rule, value=value, effective_from=Day(day))


@pytest.mark.parametrize(
    ("day", "fee"), [(20240101, 0), (20260920, 0), (20260921, 100), (20260922, 100), (20261001, 200), (20300101, 200)]
)
def test_the_latest_entry_that_is_not_later_than_the_day_is_in_force(day: int, fee: int) -> None:
    entries = (*rules(fee=0), dated(200, 20261001), dated(100, 20260921))
    for order in (entries, entries[::-1]):
        assert rules_in_force(order, Day(day))["FEE"].value == fee
        assert rulebook_on(3, "p", order, Day(day)).fee == fee


def test_a_rule_of_the_future_is_not_in_force() -> None:
    assert rules_in_force((dated(1, 20260922),), TODAY) == {}


def test_the_numbers_that_the_engine_reads() -> None:
    book = rulebook_on(7, "profile", rules(5, 600, 3, 42), TODAY)
    assert (book.version, book.profile, book.fee, book.band) == (7, "profile", 5, 600)
    assert (book.operators, book.open_orders) == (3, 42)


@pytest.mark.parametrize(
    ("given", "accepted"),
    [
        (rules(), True),
        ((*rules(), dated(9, 20270101)), True),
        ((*rules(), dated(9, 20270101, "SURV-1")), True),
        (rules(fee=1_000_000, band=10_000, operators=1_000, open_orders=10_000_000), True),
        (rules(fee=0, band=0, operators=1, open_orders=1), True),
        (rules(fee=-1), False),
        (rules(fee=1_000_001), False),
        (rules(band=10_001), False),
        (rules(operators=0), False),
        (rules(operators=1_001), False),
        (rules(open_orders=0), False),
        (rules(open_orders=10_000_001), False),
        ((), False),
        (rules()[:3], False),
        ((*rules()[:3], replace(rules()[3], effective_from=Day(20260922))), False),
        ((*rules(), dated(1_000_001, 20270101)), False),
        ((*rules(), rules()[0]), False),
        ((*rules(), dated(1, 20240230, "X")), False),
        ((*rules(), dated(1, 20240101, "")), False),
        ((*rules(), replace(dated(1, 20240101, "X"), text_zh="字" * 201)), False),
        ((*rules(), *(dated(1, 20240101, f"X{n}") for n in range(MAX_RULES - len(rules())))), True),
        ((*rules(), *(dated(1, 20240101, f"X{n}") for n in range(MAX_RULES - len(rules()) + 1))), False),
    ],
)
def test_what_can_be_adopted(given: tuple[Rule, ...], accepted: bool) -> None:
    refusal = refuse_rules(given, TODAY)
    assert (refusal is None) is accepted
    assert refusal is None or refusal.reason is RejectReason.RULEBOOK_INCOMPLETE


def test_a_dated_rule_comes_into_force_with_its_day() -> None:
    market = Market()
    entries = (*rules(fee=0), dated(500, 20260923))
    market.agree(AdoptRulebook(market.operator, "dated", entries), market.regulator)
    fees = []
    for day in (20260922, 20260923, 20260924):
        fees.append(market.state.rulebook.fee)
        market.done(EndOfDay(market.operator, Day(day)))
        market.finish_jobs()
    assert [*fees, market.state.rulebook.fee] == [0, 0, 500, 500]
    assert market.state.rulebook.version == 2
