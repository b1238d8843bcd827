"""The provinces of China other than Inner Mongolia, by name: where units may go that are used in none of its leagues.

In China's own order (GB/T 2260): 4 municipalities, 22 provinces, 4 autonomous regions, and Hong Kong, Macao and Taiwan.
Inner Mongolia is missing, since a use there names its league. Names are short ones, as they are said (山西, Shanxi).
People write the full ones as well (山西省, Shanxi Province); whoever takes a name in makes the short Chinese one of it,
so that a province has one name in claims, budgets and certificates.
"""

from __future__ import annotations

from typing import Final

from exchange.core.credits.spelling import folded

PROVINCES: Final[dict[str, str]] = {
    "北京": "Beijing",
    "天津": "Tianjin",
    "河北": "Hebei",
    "山西": "Shanxi",
    "辽宁": "Liaoning",
    "吉林": "Jilin",
    "黑龙江": "Heilongjiang",
    "上海": "Shanghai",
    "江苏": "Jiangsu",
    "浙江": "Zhejiang",
    "安徽": "Anhui",
    "福建": "Fujian",
    "江西": "Jiangxi",
    "山东": "Shandong",
    "河南": "Henan",
    "湖北": "Hubei",
    "湖南": "Hunan",
    "广东": "Guangdong",
    "广西": "Guangxi",
    "海南": "Hainan",
    "重庆": "Chongqing",
    "四川": "Sichuan",
    "贵州": "Guizhou",
    "云南": "Yunnan",
    "西藏": "Tibet",
    "陕西": "Shaanxi",
    "甘肃": "Gansu",
    "青海": "Qinghai",
    "宁夏": "Ningxia",
    "新疆": "Xinjiang",
    "台湾": "Taiwan",
    "香港": "Hong Kong",
    "澳门": "Macao",
}
"""Chinese name → English name."""

_MUNICIPALITIES: Final = ("北京", "天津", "上海", "重庆")
_FULL_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "广西": ("广西壮族自治区", "广西自治区", "Guangxi Zhuang Autonomous Region", "Guangxi Autonomous Region"),
    "西藏": ("西藏自治区", "Tibet Autonomous Region", "Xizang", "Xizang Autonomous Region"),
    "宁夏": ("宁夏回族自治区", "宁夏自治区", "Ningxia Hui Autonomous Region", "Ningxia Autonomous Region"),
    "新疆": ("新疆维吾尔自治区", "新疆自治区", "Xinjiang Uygur Autonomous Region", "Xinjiang Autonomous Region"),
    "香港": ("香港特别行政区", "Hong Kong Special Administrative Region", "Hong Kong SAR"),
    "澳门": ("澳门特别行政区", "Macao Special Administrative Region", "Macao SAR", "Macau"),
}
"""Those whose full names are not made with 省, 市, Province or City alone."""


def _full_names(short: str) -> tuple[str, ...]:
    """What else people write for a province."""
    english = PROVINCES[short]
    if short in _MUNICIPALITIES:
        return (f"{short}市", f"{english} City", f"{english} Municipality")
    return _FULL_NAMES.get(short) or (f"{short}省", f"{english} Province")


_NAMES: Final = frozenset(folded(name) for names in PROVINCES.items() for name in names)
_SHORT: Final = {
    folded(name): short for short, english in PROVINCES.items() for name in (short, english, *_full_names(short))
}


def is_province(name: str) -> bool:
    """Whether this is the Chinese or English name of a province other than Inner Mongolia, in whatever spelling.

    >>> is_province("山西"), is_province("hong kong"), is_province("内蒙古")
    (True, True, False)
    """
    return folded(name) in _NAMES


def short_province(name: str) -> str:
    """The one name under which a province is kept: the short Chinese one, for its full and its English names too. What
    is no such name is given back as it came.

    >>> short_province("河北省"), short_province("Guangxi Zhuang Autonomous Region"), short_province("内蒙古")
    ('河北', '广西', '内蒙古')
    """
    return _SHORT.get(folded(name), name)
