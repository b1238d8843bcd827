"""A province has one name here, however it is written: two would be two places to which a league's tonnes went."""

from __future__ import annotations

import pytest

from exchange.core.credits.provinces import PROVINCES, is_province, short_province


@pytest.mark.parametrize("short", PROVINCES)
def test_a_province_is_kept_under_its_short_name(short: str) -> None:
    english = PROVINCES[short]
    for name in (short, english, english.upper(), f" {short} "):
        assert short_province(name) == short and is_province(short_province(name))


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("河北省", "河北"),
        ("Hebei Province", "河北"),
        ("北京市", "北京"),
        ("Beijing City", "北京"),
        ("广西壮族自治区", "广西"),
        ("Guangxi Zhuang Autonomous Region", "广西"),
        ("西藏自治区", "西藏"),
        ("宁夏回族自治区", "宁夏"),
        ("新疆维吾尔自治区", "新疆"),
        ("香港特别行政区", "香港"),
        ("Macau", "澳门"),
        ("台湾省", "台湾"),
    ],
)
def test_the_full_name_is_understood(name: str, short: str) -> None:
    assert short_province(name) == short


@pytest.mark.parametrize("name", ["内蒙古", "内蒙古自治区", "北京省", "河北市", "Inner Mongolia", "火星", ""])
def test_what_is_no_other_province_stays_as_it_came_and_is_refused(name: str) -> None:
    assert short_province(name) == name and not is_province(name)
