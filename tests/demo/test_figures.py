"""The real deals are those of the source, to the fen and to the tonne, and the words quoted say the same."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from exchange.cli.demo import figures
from exchange.cli.demo.figures import HULUNBUIR_YIMIN, NAMED_DEALS, SENGONG_BAOGANG, SETTLED_DEALS, TUQUAN_MENGDONG


def unit_price(total: Decimal, quantity: int) -> Decimal:
    return (total / quantity).quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_what_settles_and_what_stands() -> None:
    assert figures.tonnes_of(SETTLED_DEALS) == 620_000
    assert figures.cny_of(SETTLED_DEALS) == Decimal("22500000.00")
    assert figures.tonnes_of(NAMED_DEALS) == 638_000
    assert figures.cny_of(NAMED_DEALS) == Decimal("23500000.00")
    assert {deal.kind for deal in SETTLED_DEALS} == {"SPOT"}
    assert TUQUAN_MENGDONG.kind == "PRE_ISSUANCE"


def test_a_mechanism_that_is_not_stated_is_not_called_ccer() -> None:
    assert [deal.family for deal in NAMED_DEALS] == ["OTHER_SINK", "OTHER_SINK", "FORESTRY_CCER"]


def test_unit_prices_follow_from_the_totals() -> None:
    assert unit_price(SENGONG_BAOGANG.total, SENGONG_BAOGANG.quantity) == Decimal("30.00")
    assert unit_price(HULUNBUIR_YIMIN.total, HULUNBUIR_YIMIN.quantity) == Decimal("62.50")
    price = unit_price(TUQUAN_MENGDONG.total, TUQUAN_MENGDONG.quantity)
    assert price == Decimal("55.56")
    assert price * TUQUAN_MENGDONG.quantity != TUQUAN_MENGDONG.total  # so a unit price cannot be what was agreed


def test_the_year_to_date_has_a_rest_that_nobody_itemised() -> None:
    assert unit_price(figures.YEAR_CNY, figures.YEAR_TONNES) == Decimal("33.28")
    assert figures.YEAR_TONNES - figures.tonnes_of(NAMED_DEALS) == 157_000
    assert figures.YEAR_CNY - figures.cny_of(NAMED_DEALS) == Decimal("2955000.00")


def test_the_words_quoted_say_the_numbers() -> None:
    for deal in NAMED_DEALS:
        ten_thousands = Decimal(deal.quantity) / 10_000
        assert f"{ten_thousands.normalize():f}万吨" in deal.words
        assert f"{(deal.total / 10_000).normalize():f}万元" in deal.words
