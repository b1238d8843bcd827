"""Rules by effective date, and which rulebooks can be adopted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exchange.api.named_facts import outside_name
from exchange.core.commands.approvals import Approve
from exchange.core.commands.governance import AdoptRulebook, Rule
from exchange.core.commands.instruments import EndOfDay
from exchange.core.rejections import TEXTS, RejectReason
from exchange.core.rulebook import KNOWN_RULES, MAX_RULES, refuse_rules, rule_number, rulebook_on, rules_in_force
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
        (rules()[:-1], False),
        ((*rules()[:-1], replace(rules()[-1], effective_from=Day(20260921))), True),
        ((*rules()[:-1], replace(rules()[-1], effective_from=Day(20260922))), False),
        ((*rules(), dated(1_000_001, 20270101)), False),
        ((*rules(), rules()[0]), False),
        ((*rules(), dated(1, 20240230, "X")), False),
        *(((*rules(), dated(1, 20240101, rule)), False) for rule in ("", "X ", " X", " ", "-", "X\u200b", "Ｘ", "X\n")),
        ((*rules(), dated(1, 20240101, "RETRADE 2")), True),
        ((*rules(), dated(1, 20240101, "two_persons")), False),
        ((*rules(), dated(1, 20240101, "X-1"), dated(2, 20250101, "X-1")), True),
        ((*rules(), dated(1, 20240101, "X-1"), dated(2, 20250101, "x1")), False),
        ((*rules(), replace(dated(1, 20240101, "X"), text_zh="字" * 201)), False),
        ((*rules(), *(dated(1, 20240101, f"X{n}") for n in range(MAX_RULES - len(rules())))), True),
        ((*rules(), *(dated(1, 20240101, f"X{n}") for n in range(MAX_RULES - len(rules()) + 1))), False),
    ],
)
def test_what_can_be_adopted(given: tuple[Rule, ...], accepted: bool) -> None:
    refusal = refuse_rules(given, TODAY)
    assert (refusal is None) is accepted
    assert refusal is None or refusal.reason is RejectReason.RULEBOOK_INCOMPLETE


def test_every_rule_that_a_refusal_cites_is_one_that_no_rulebook_lacks() -> None:
    assert {text.rule for text in TEXTS.values() if text.rule} <= set(KNOWN_RULES)


def test_the_numbers_of_rules_in_refusals_stay() -> None:
    """Refusals in the log have them: a new rule comes at the end of its table, and the engine's version goes up."""
    places = {1: "BAND-LISTED", 21: "DIFF-LOW", 22: "TWO-PERSONS", 55: "LEAGUE-CA"}
    assert {place: KNOWN_RULES[place - 1] for place in places} == places
    assert len(KNOWN_RULES) == 55


FEE = rules()[1]
LATER = replace(FEE, effective_from=Day(20270101))


@pytest.mark.parametrize(
    ("changes", "facts"),
    [
        ((LATER,), {"later": 1, "later_rule": "FEE", "effective_from": "2027-01-01", "trading_day": "2026-09-21"}),
        (
            (LATER, replace(LATER, rule="COVER", value=1)),
            {"later": 2, "later_rule": "FEE", "effective_from": "2027-01-01", "trading_day": "2026-09-21"},
        ),
        ((FEE, replace(LATER, value=-1)), {"wrong_rule": "FEE", "lowest_value": 0, "highest_value": 1_000_000}),
        ((replace(FEE, rule="COVER", value=0),), {"wrong_rule": "COVER", "lowest_value": 1, "highest_value": 1}),
        ((FEE, LATER, LATER), {"repeated_entry": 3}),
        ((FEE, replace(FEE, rule="")), {"entry": 2}),
        ((FEE, replace(FEE, rule="OFFSET_CAP")), {"look_alike": 2, "meant_rule": "OFFSET-CAP"}),
        ((replace(FEE, rule="fee"), FEE), {"look_alike": 1, "meant_rule": "FEE"}),
        ((replace(FEE, rule="SURV-1"), replace(FEE, rule="Surv 1")), {"look_alike": 2}),
        ((replace(FEE, unit="percent", value=3),), {"other_unit": 1}),
        ((FEE, replace(LATER, unit="percent")), {"other_unit": 2}),
        ((replace(FEE, rule="SURV-1"), replace(LATER, rule="SURV-1", unit="hours")), {"other_unit": 2}),
        (tuple(replace(FEE, rule=f"X{n}") for n in range(146)), {"highest": 200}),
        ((replace(FEE, rule="DIFF-LOW", value=1_100_000),), {"wrong_rule": "DIFF-LOW"}),
    ],
)
def test_a_refusal_says_which_rule_is_wrong_and_how(changes: tuple[Rule, ...], facts: dict[str, object]) -> None:
    refusal = refuse_rules(changes, TODAY, rules())
    assert refusal is not None
    assert {name: outside_name(name, number) for name, number in refusal.facts} == facts


OWN = replace(FEE, rule="SURV-1", value=7)


def test_an_id_in_the_signs_of_one_that_is_there_is_refused_until_that_is_taken_out() -> None:
    other = replace(OWN, rule="SURV.1")
    refusal = refuse_rules((FEE, other), TODAY, (*rules(), OWN))
    assert refusal is not None and refusal.facts == (("look_alike", 2),)
    assert refuse_rules((FEE, other), TODAY, (*rules(), OWN), ("SURV-1",)) is None


@pytest.mark.parametrize(
    ("removed", "changes", "place"),
    [
        (("SURV-1", "FEE"), (), 2),
        (("SURV-2",), (), 1),
        (("surv-1",), (), 1),
        (("SURV-1", "SURV-1"), (), 2),
        (("SURV-1",), (replace(OWN, value=8),), 1),
    ],
)
def test_only_a_rule_of_the_venue_is_taken_out_once(
    removed: tuple[str, ...], changes: tuple[Rule, ...], place: int
) -> None:
    refusal = refuse_rules(changes, TODAY, (*rules(), OWN), removed)
    assert refusal is not None
    assert (refusal.reason, refusal.facts) == (RejectReason.RULEBOOK_INCOMPLETE, (("removed_entry", place),))


def test_a_full_rulebook_has_room_again_when_a_rule_is_taken_out() -> None:
    full = (*rules(), *(replace(OWN, rule=f"X{n}") for n in range(MAX_RULES - len(rules()))))
    fees = (FEE, LATER)
    refusal = refuse_rules(fees, TODAY, full)
    assert refusal is not None and refusal.facts == (("highest", MAX_RULES),)
    assert refuse_rules(fees, TODAY, full, ("X0",)) is None


def test_a_rule_of_the_venue_is_taken_out_with_all_its_entries() -> None:
    market = Market()
    entries = (OWN, replace(OWN, effective_from=Day(20270101)), replace(OWN, rule="SURV-2"))
    market.agree(AdoptRulebook(market.operator, "second", entries), market.regulator)
    market.agree(AdoptRulebook(market.operator, "third", (), ("SURV-1",)), market.regulator)
    assert market.state.rulebook.rules == (*rules(), entries[2])


def test_what_two_proposals_take_out_is_taken_out_once() -> None:
    market = Market()
    market.agree(AdoptRulebook(market.operator, "second", (OWN,)), market.regulator)
    first, second = (market.propose(AdoptRulebook(market.operator, name, (), ("SURV-1",))) for name in ("one", "two"))
    market.done(Approve(market.regulator, *first, ""))
    assert market.give(Approve(market.regulator, *second, "")).reason is RejectReason.RULEBOOK_INCOMPLETE
    assert (market.state.rulebook.version, market.state.rulebook.profile) == (3, "one")


def test_a_refusal_says_what_the_first_rulebook_lacks() -> None:
    refusal = refuse_rules(rules()[1:-1], TODAY)
    assert refusal is not None
    assert refusal.facts == (("missing", 2), ("missing_rule", rule_number("BAND-LISTED")))


def test_what_a_new_version_does_not_name_stays_as_it_is() -> None:
    market = Market()
    market.agree(AdoptRulebook(market.operator, "second", (dated(0, 20240101), dated(500, 20270101))), market.regulator)
    market.agree(AdoptRulebook(market.operator, "third", (dated(3, 20240101, "OPERATORS"),)), market.regulator)
    book = market.state.rulebook
    assert (book.version, book.profile, book.operators, book.fee) == (3, "third", 3, 0)
    others = [rule for rule in rules() if rule.rule not in ("FEE", "OPERATORS")]
    assert list(book.rules) == [*others, dated(0, 20240101), dated(500, 20270101), dated(3, 20240101, "OPERATORS")]


def test_what_was_to_come_is_taken_back_by_naming_the_rule_without_it() -> None:
    market = Market()
    market.agree(AdoptRulebook(market.operator, "second", (dated(0, 20240101), dated(500, 20270101))), market.regulator)
    market.agree(AdoptRulebook(market.operator, "third", (dated(0, 20240101),)), market.regulator)
    assert [rule for rule in market.state.rulebook.rules if rule.rule == "FEE"] == [dated(0, 20240101)]


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
