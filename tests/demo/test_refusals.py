"""A refusal is told in a language in which it was not asked for as the exchange itself would have told it."""

from __future__ import annotations

import json

import pytest

from exchange.api.language import Language
from exchange.api.problems import rejection_answer
from exchange.cli.demo.refusals import words_in
from exchange.client import ExchangeProblem
from exchange.core.events.governance import Rejected
from exchange.core.rejections import RejectReason
from exchange.core.values import Seq


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
