"""The real deals that the demo plays again, as 内蒙古日报 reported them on 2023-11-08.

Source: 内蒙古自治区科学技术厅, "内蒙古努力打造全国最稳定的生态碳汇供给基地". The article names three
deals and a year-to-date total; what it does not itemise is shown as such and nothing is invented for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final


@dataclass(frozen=True, slots=True)
class Deal:
    """One deal of the article: who, how many tonnes, for how much in all. The unit price is never an input."""

    seller: str
    buyer: str
    kind: str
    family: str
    quantity: int
    total: Decimal
    words: str


SENGONG_BAOGANG: Final = Deal(
    seller="SENGONG",
    buyer="BAOGANG",
    kind="SPOT",
    family="OTHER_SINK",
    quantity=500_000,
    total=Decimal("15000000.00"),
    words="森工集团与包钢集团协议交易汇量50万吨、交易金额1500万元",
)

HULUNBUIR_YIMIN: Final = Deal(
    seller="HLBE-FOREST",
    buyer="HN-YIMIN",
    kind="SPOT",
    family="OTHER_SINK",
    quantity=120_000,
    total=Decimal("7500000.00"),
    words="呼伦贝尔林业集团有限公司与华能伊敏煤电公司协议交易碳汇量12万吨，交易金额750万元",
)

TUQUAN_MENGDONG: Final = Deal(
    seller="TUQUAN",
    buyer="HN-MENGDONG",
    kind="PRE_ISSUANCE",
    family="FORESTRY_CCER",
    quantity=18_000,
    total=Decimal("1000000.00"),
    words="兴安盟突泉县与华能内蒙古东部能源公司完成全区首单CCER林业碳汇期货式交易，交易碳汇量1.8万吨、交易金额100万元",
)

SETTLED_DEALS: Final = (SENGONG_BAOGANG, HULUNBUIR_YIMIN)
NAMED_DEALS: Final = (*SETTLED_DEALS, TUQUAN_MENGDONG)

YEAR_PROJECTS: Final = 17
YEAR_TONNES: Final = 795_000
YEAR_CNY: Final = Decimal("26455000.00")

BAIYINHUA_TONNES: Final = Decimal("22514.2")
BAIYINHUA_YEARS: Final = 30


def tonnes_of(deals: tuple[Deal, ...]) -> int:
    """Tonnes of some deals together."""
    return sum(deal.quantity for deal in deals)


def cny_of(deals: tuple[Deal, ...]) -> Decimal:
    """Totals of some deals together, in CNY."""
    return sum((deal.total for deal in deals), Decimal("0.00"))
