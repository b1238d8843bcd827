"""A refusal is told in a language in which it was not asked for as the exchange itself would have told it."""

from __future__ import annotations

import json

import pytest

from exchange.api.language import Language
from exchange.api.problems import rejection_answer
from exchange.cli.demo.refusals import article_in, words_in
from exchange.client import ExchangeProblem
from exchange.core.events.governance import Rejected
from exchange.core.rejections import RejectReason
from exchange.core.values import Seq

OWN_RULE = "this venue's own rule 本交易场所自定"


def refusal(language: Language) -> ExchangeProblem:
    """A price outside the band, as the exchange tells it."""
    rejected = Rejected(RejectReason.PRICE_OUTSIDE_BAND, 1, ("lowest_price", "highest_price"), (6_300, 7_700))
    answer = rejection_answer(rejected, Seq(9), {}, language)
    return ExchangeProblem(answer.status, json.loads(answer.body))


@pytest.mark.parametrize(("asked", "wanted"), [("en", "zh"), ("zh", "en")])
def test_the_words_are_those_of_the_exchange(asked: Language, wanted: Language) -> None:
    told = refusal(wanted)
    assert words_in(wanted, refusal(asked)) == (told.title, told.detail)
    assert "77.00" in told.detail


@pytest.mark.parametrize(
    ("article", "english", "chinese"),
    [
        (OWN_RULE, "this venue's own rule", "本交易场所自定"),
        ("T23, T41, T42", "T23, T41, T42", "T23, T41, T42"),
        ("T24 gives no rate T24 未定费率；按比例", "T24 gives no rate", "T24 未定费率；按比例"),
        (
            "simulated 模拟市场; not a mode 不属",
            "simulated 模拟市场; not a mode 不属",
            "simulated 模拟市场; not a mode 不属",
        ),
        ("T27 (at the end 收市后)", "T27 (at the end 收市后)", "T27 (at the end 收市后)"),
        ("工作方案（2023-12-27）", "工作方案（2023-12-27）", "工作方案（2023-12-27）"),
    ],
)
def test_an_article_in_two_languages_is_told_in_one(article: str, english: str, chinese: str) -> None:
    assert article_in("en", article) == english
    assert article_in("zh", article) == chinese
