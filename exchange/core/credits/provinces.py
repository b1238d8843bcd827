"""The provinces of China other than Inner Mongolia, by name: where units may go that are used in none of its leagues.

In China's own order (GB/T 2260): 4 municipalities, 22 provinces, 4 autonomous regions, and Hong Kong, Macao and Taiwan.
Inner Mongolia is missing, since a use there names its league. Names are short ones, as they are said (山西, Shanxi).
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

_NAMES: Final = frozenset(folded(name) for names in PROVINCES.items() for name in names)


def is_province(name: str) -> bool:
    """Whether this is the Chinese or English name of a province other than Inner Mongolia, in whatever spelling.

    >>> is_province("山西"), is_province("hong kong"), is_province("内蒙古")
    (True, True, False)
    """
    return folded(name) in _NAMES
