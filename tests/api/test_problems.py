"""Problem documents: each refusal has a status, each text is in both languages, nothing of the input is repeated."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from exchange.api import problem_tables
from exchange.api.audit_queries import AuditAgreementQuery, AuditOrderQuery, AuditTradeQuery
from exchange.api.decoder import INEXACT
from exchange.api.field_texts import FIELD_TEXTS
from exchange.api.fields import Body
from exchange.api.order_commands import PlaceIn
from exchange.api.problem_tables import API_PROBLEMS, VALIDATION, ApiProblem
from exchange.api.problems import (
    FieldError,
    ProblemError,
    problem_answer,
    refusal_answer,
    rejection_answer,
    told_facts,
    unauthenticated,
)
from exchange.api.refusal_status import STATUS_OF
from exchange.api.resources.agreements import AgreementQuery
from exchange.api.resources.health import problem_type
from exchange.api.resources.proposals import ProposalQuery
from exchange.api.resources.supervision import RefusalQuery
from exchange.api.resources.trading import OrderQuery
from exchange.api.validation import parameters_of, validate
from exchange.core.commands.governance import Rule, Verified
from exchange.core.events.governance import Rejected
from exchange.core.rejections import TEXTS, TITLES, RejectReason
from exchange.core.values import Day, Seq
from exchange.sequencer.journal import Answer
from tests.api.documented import check_problem

RULES = {
    text.rule: Rule(text.rule, 1_000, "basis points", "article 16", Verified.SECONDARY, Day(20240101), "en", "zh")
    for text in TEXTS.values()
    if text.rule
}


def document(answer: Answer) -> dict[str, Any]:
    """The document of an answer, which must be a problem."""
    assert answer.content_type == "application/problem+json"
    check_problem(answer.status, answer.body)
    found: dict[str, Any] = json.loads(answer.body)
    return found


def test_every_refusal_of_the_core_has_one_status() -> None:
    assert set(STATUS_OF) == set(RejectReason) == set(TEXTS)
    assert set(STATUS_OF.values()) == {401, 403, 404, 409, 422}


def test_what_is_not_found_is_404_and_nothing_else_is() -> None:
    for reason, status in STATUS_OF.items():
        assert (status == 404) == reason.name.endswith("_NOT_FOUND")


def test_the_list_of_the_apis_own_problems_is_complete_and_its_codes_are_its_own() -> None:
    defined = {value for value in vars(problem_tables).values() if isinstance(value, ApiProblem)}
    assert defined == set(API_PROBLEMS)
    codes = [problem.code for problem in API_PROBLEMS]
    assert len(set(codes)) == len(codes)
    for problem in API_PROBLEMS:
        assert problem.zh.endswith("。") and not problem.title.zh.endswith("。") and not problem.title.en.endswith(".")
        assert problem.title.en != problem.en.rstrip(".") and problem.title.zh != problem.zh.rstrip("。")
    assert not set(codes) & set(RejectReason.__members__)


@pytest.mark.parametrize("reason", RejectReason)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_refusal_can_be_told(reason: RejectReason, language: Any) -> None:
    rejected = Rejected(reason, 3, ("highest_price", "available"), (3_300, 7))
    told = document(rejection_answer(rejected, Seq(9), RULES, language))
    assert told["detail"].startswith(TEXTS[reason].en if language == "en" else TEXTS[reason].zh)
    assert told["title"] == (TITLES[reason].en if language == "en" else TITLES[reason].zh)
    if STATUS_OF[reason] != 404:
        assert told["detail"].endswith(
            " Highest 33.00 CNY/t, available 7 t." if language == "en" else "最高 33.00 元/吨，可用 7 吨。"
        )
        assert told["facts"] == {"highest_price": "33.00", "available": 7}
        assert told["as_of_seq"] == 9
        assert ("rule" in told) == bool(TEXTS[reason].rule)


@pytest.mark.parametrize("problem", API_PROBLEMS, ids=lambda problem: problem.code)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_problem_of_the_api_can_be_told(problem: ApiProblem, language: Any) -> None:
    told = document(problem_answer(ProblemError(problem, [FieldError("/price", "AMOUNT")]), language))
    assert told["detail"] == (problem.en if language == "en" else problem.zh)
    assert told["title"] == (problem.title.en if language == "en" else problem.title.zh)
    text = FIELD_TEXTS["AMOUNT"]
    said = text.en if language == "en" else text.zh
    assert told["errors"] == [{"pointer": "/price", "code": "AMOUNT", "detail": said}]


def test_a_refusal_names_its_rule_with_the_article_of_the_version_in_force() -> None:
    outside = Rejected(RejectReason.PRICE_OUTSIDE_BAND, 3, ("lowest_price", "highest_price"), (2_700, 3_300))
    told = document(rejection_answer(outside, Seq(9), RULES, "en"))
    assert told["rule"] == {"id": "BAND-LISTED", "article": "article 16", "version": 3, "verified": "SECONDARY"}
    assert told["detail"].endswith(" Lowest 27.00 CNY/t, highest 33.00 CNY/t.")
    outside.rulebook_version = 4
    assert document(rejection_answer(outside, Seq(9), {}, "en"))["rule"] == {"id": "BAND-LISTED", "version": 4}


@pytest.mark.parametrize(
    ("article", "english", "chinese"),
    [
        ("this venue's own rule / 本交易场所自定", "this venue's own rule", "本交易场所自定"),
        ("after Regulation (EU) 389/2013 / 参照欧盟条例", "after Regulation (EU) 389/2013", "参照欧盟条例"),
        ("an article", "an article", "an article"),
        ("one / two / three", "one / two / three", "one / two / three"),
    ],
)
def test_an_article_is_told_in_the_language_that_was_asked_for(article: str, english: str, chinese: str) -> None:
    outside = Rejected(RejectReason.PRICE_OUTSIDE_BAND, 3, ("lowest_price", "highest_price"), (2_700, 3_300))
    rules = {"BAND-LISTED": replace(RULES["BAND-LISTED"], article=article)}
    assert document(rejection_answer(outside, Seq(9), rules, "en"))["rule"]["article"] == english
    assert document(rejection_answer(outside, Seq(9), rules, "zh"))["rule"]["article"] == chinese


def test_what_is_not_found_says_nothing_else_wherever_it_is_said() -> None:
    rejected = Rejected(RejectReason.ORDER_NOT_FOUND, 3, ("x",), (1,))
    sequenced = rejection_answer(rejected, Seq(9), RULES, "zh")
    assert sequenced == refusal_answer(RejectReason.ORDER_NOT_FOUND, "zh")
    assert sequenced == problem_answer(ProblemError(RejectReason.ORDER_NOT_FOUND), "zh")


def test_a_title_is_a_short_name_and_the_same_every_time() -> None:
    """RFC 9457, 3.1.4: only the detail may differ from occurrence to occurrence."""
    halted = Rejected(RejectReason.INSTRUMENT_HALTED, 3, (), ())
    told = document(rejection_answer(halted, Seq(1), RULES, "en"))
    assert told["title"] == "Trading halted"
    assert told["detail"].startswith("Trading is halted, or units are just being held fast. Cancelling is possible;")
    assert document(problem_answer(unauthenticated(), "zh"))["title"] == "需要有效密钥"
    outside = Rejected(RejectReason.PRICE_OUTSIDE_BAND, 3, ("lowest_price", "highest_price"), (2_700, 3_300))
    once = document(rejection_answer(outside, Seq(9), RULES, "zh"))
    outside.fact_values = (6_300, 7_700)
    again = document(rejection_answer(outside, Seq(9), RULES, "zh"))
    assert once["title"] == again["title"] == "价格超出涨跌幅"
    assert once["detail"] == "申报价格超出以基准价计算的当日涨跌幅限制。最低 27.00 元/吨，最高 33.00 元/吨。"
    assert again["detail"].endswith("最低 63.00 元/吨，最高 77.00 元/吨。")


@pytest.mark.parametrize(
    ("reason", "facts", "en", "zh"),
    [
        (
            RejectReason.INSUFFICIENT_CASH,
            (("needed_cash", 123_456_789), ("available_cash", 5)),
            " Needed 1,234,567.89 CNY, available 0.05 CNY.",
            "需要 1,234,567.89 元，可用 0.05 元。",
        ),
        (RejectReason.TOO_MANY_OPERATORS, (("highest", 5),), " At most 5 operators.", "最多 5 人。"),
        (RejectReason.TOO_MANY_OPERATORS, (("highest", 1),), " At most 1 operator.", "最多 1 人。"),
        (
            RejectReason.TOO_MANY_OPEN_ORDERS,
            (("highest", 100_000),),
            " At most 100,000 open orders.",
            "最多 100,000 笔。",
        ),
        (
            RejectReason.QUANTITY_OUT_OF_RANGE,
            (("lowest", 1), ("highest", 9)),
            " At least 1 t, at most 9 t.",
            "最少 1 吨，最多 9 吨。",
        ),
        (
            RejectReason.UNITS_NOT_THERE,
            (("serial", 10_001), ("encumbrances", 1)),
            " The first that is not there: serial 10001, it is held by 1 encumbrance.",
            "首个不可办理的序列号：10001，该序列号受限于 1 项权利限制。",
        ),
        (RejectReason.UNITS_NOT_THERE, (("asked", 600),), " Asked for already 600 t.", "已在请求锁定之中 600 吨。"),
        (RejectReason.SERIALS_OVERLAP, (("line", 1_003),), " Line 1003.", "行号 1003。"),
        (RejectReason.INVALID_FIELD, (("not_a_fact", 1),), "", ""),
    ],
)
def test_the_numbers_are_told_as_a_sentence_with_their_units(
    reason: RejectReason, facts: tuple[tuple[str, int], ...], en: str, zh: str
) -> None:
    assert told_facts(reason, facts, "en") == en
    assert told_facts(reason, facts, "zh") == zh


@pytest.mark.parametrize("code", [*STATUS_OF, *API_PROBLEMS])
def test_every_code_is_explained_at_its_address(code: RejectReason | ApiProblem) -> None:
    name = code.name if isinstance(code, RejectReason) else code.code
    explained = problem_type(name)
    assert explained is not None and explained["en"] and explained["zh"]
    assert explained["title_en"] != explained["en"] and explained["title_zh"] != explained["zh"]
    assert problem_type(name.lower()) is None


def wrong_fields(values: Any) -> list[tuple[str, str]]:
    """What is reported of an order."""
    from exchange.api.order_commands import PlaceIn

    with pytest.raises(ProblemError) as raised:
        validate(PlaceIn, values)
    assert raised.value.problem is VALIDATION
    return [(error.pointer, error.code) for error in raised.value.errors]


GOOD = {"instrument": "ins-1", "side": "BUY", "quantity": 1, "price": "1"}


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"quantity": "1"}, "/quantity", "WRONG_TYPE"),
        ({"quantity": True}, "/quantity", "WRONG_TYPE"),
        ({"quantity": 0}, "/quantity", "OUT_OF_RANGE"),
        ({"price": 30}, "/price", "AS_TEXT"),
        ({"price": INEXACT}, "/price", "AS_TEXT"),
        ({"price": True}, "/price", "WRONG_TYPE"),
        ({"quantity": INEXACT}, "/quantity", "NUMBER_NOT_INTEGER"),
        ({"side": INEXACT}, "/side", "WRONG_TYPE"),
        ({"price": "x"}, "/price", "AMOUNT"),
        ({"side": "buy"}, "/side", "NOT_ONE_OF"),
        ({"side": 1}, "/side", "WRONG_TYPE"),
        ({"good_til": "2026-02-30"}, "/good_til", "DAY"),
        ({"lots": "lot-1"}, "/lots", "WRONG_TYPE"),
        ({"lots": ["lot-1", 2]}, "/lots/1", "WRONG_TYPE"),
        ({"lots": ["lot-1"] * 101}, "/lots", "TOO_MANY"),
        ({"post_only": 1}, "/post_only", "WRONG_TYPE"),
        ({"instrument": "ins-0"}, "/instrument", "ID"),
        ({"instrument": "ord-1"}, "/instrument", "ID"),
        ({"client_order_id": "a b"}, "/client_order_id", "CLIENT_ORDER_ID"),
        ({"<script>": 1}, "", "UNKNOWN_FIELD"),
        ({"qty": 1}, "/qty", "UNKNOWN_FIELD"),
        ({"QTY.of-1_b": 1}, "/QTY.of-1_b", "UNKNOWN_FIELD"),
        ({"x" * 64: 1}, f"/{'x' * 64}", "UNKNOWN_FIELD"),
        ({"x" * 65: 1}, "", "UNKNOWN_FIELD"),
        ({"": 1}, "", "UNKNOWN_FIELD"),
        ({"a/b": 1}, "", "UNKNOWN_FIELD"),
        ({"qty\n": 1}, "", "UNKNOWN_FIELD"),
        ({"数量": 1}, "", "UNKNOWN_FIELD"),
        ({"quantity": 10**15 + 1}, "/quantity", "OUT_OF_RANGE"),
    ],
)
def test_each_wrong_field_is_named_by_its_pointer_and_a_code(change: dict[str, Any], pointer: str, code: str) -> None:
    assert wrong_fields({**GOOD, **change}) == [(pointer, code)]


def test_the_range_of_a_number_is_told_and_long_numbers_are_readable() -> None:
    told = FieldError("/quantity", "OUT_OF_RANGE", lowest=1, highest=1_000_000).document("en")
    assert told["detail"] == f"{FIELD_TEXTS['OUT_OF_RANGE'].en} It must be from 1 to 1,000,000."
    assert (told["lowest"], told["highest"]) == (1, 1_000_000) and "allowed" not in told
    years = FieldError("/vintage", "OUT_OF_RANGE", lowest=1990, highest=2100).document("zh")
    assert years["detail"] == f"{FIELD_TEXTS['OUT_OF_RANGE'].zh}取值范围为 1990 至 2100。"


def test_missing_fields_are_named_and_long_lists_are_cut() -> None:
    assert wrong_fields({}) == [("/instrument", "MISSING"), ("/side", "MISSING"), ("/quantity", "MISSING")]
    assert len(wrong_fields({**GOOD, **{f"x{n}": 1 for n in range(100)}})) == 20


@pytest.mark.parametrize("query", [b"a=1&a=2", b"a=%ff", b"a", b"&".join(b"x%d=1" % n for n in range(30)), b"\xff=1"])
def test_a_query_that_could_be_read_in_two_ways_is_refused(query: bytes) -> None:
    with pytest.raises(ProblemError) as raised:
        parameters_of(query)
    assert raised.value.problem is VALIDATION


@pytest.mark.parametrize(
    ("query", "field", "text"),
    [
        (OrderQuery, "status", "CANCELLED"),
        (OrderQuery, "side", "sell"),
        (ProposalQuery, "status", "open"),
        (AgreementQuery, "status", "Settled"),
        (RefusalQuery, "code", "order_not_found"),
        (AuditTradeQuery, "origin", "book"),
        (AuditOrderQuery, "status", "filled"),
        (AuditAgreementQuery, "status", "Agreed"),
    ],
)
def test_a_filter_takes_capitals_and_small_letters_and_nothing_that_only_looks_like_them(
    query: type[Body], field: str, text: str
) -> None:
    spelt = [getattr(validate(query, {field: each}), field) for each in (text, text.swapcase())]
    assert spelt[0] == spelt[1]
    for wrong in ("ﬁlled", "ſell", f"{text}x"):
        with pytest.raises(ProblemError) as refused:
            validate(query, {field: wrong})
        assert [error.code for error in refused.value.errors] == ["NOT_ONE_OF"]


def test_an_order_to_be_placed_is_spelt_as_it_is_documented() -> None:
    with pytest.raises(ProblemError):
        validate(PlaceIn, {"instrument": "ins-1", "side": "buy", "quantity": 1, "price": "1.00"})
