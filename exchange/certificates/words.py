"""What stands on a certificate besides its facts, in both languages; and the names of what the facts are coded as."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, Final, NamedTuple

from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.commands.projects import Activity, CcerGeneration, Mechanism
from exchange.core.commands.registry import RegistryOutcome, RequestKind
from exchange.core.commands.uses import Intensity, Neutrality, Purpose
from exchange.core.credits.encumbrance import RECONCILIATION


class Words(NamedTuple):
    """The same in English and in Chinese."""

    en: str
    zh: str


def same(text: str) -> Words:
    """What is written alike in both languages: a number, a name that nobody has translated."""
    return Words(text, text)


TITLES: Final = {
    "SINK": Words("Carbon Sink Green Certificate", "碳汇绿色证书"),
    "REDUCTION": Words("Certificate of Carbon Reductions Used", "碳减排量使用证书"),
}
VALID: Final = Words("Valid", "有效")
REVOKED: Final = Words("REVOKED: this certificate counts for nothing any more", "已撤销：本证书不再具有任何效力")
DISPUTED: Final = Words(
    "DISPUTED: the registry has contradicted itself or this venue about these units, or the cancellation behind them "
    "was revoked; whether this certificate counts is still to be decided",
    "存在争议：登记机构就所涉减排量作出前后矛盾的声明，或其名册与本所所载不符，或其所据的注销已被撤销，本证书是否有效尚待认定",
)
SANDBOX: Final = Words("SANDBOX: play units, no real reduction", "沙箱：模拟减排量，并非真实减排")

PURPOSES: Final = {
    Purpose.NATIONAL_SURRENDER: Words("Surrender in the national market", "全国碳市场清缴抵销"),
    Purpose.NEW_PROJECT_OFFSET: Words("Carbon requirement of a new project", "化解新上项目碳排放影响"),
    Purpose.EVENT_NEUTRALITY: Words("Carbon neutrality of an event, meeting or product", "零碳活动、会议或产品"),
    Purpose.VOLUNTARY: Words("Voluntary use", "自愿注销"),
    Purpose.ECO_COMPENSATION: Words("Environmental damage compensation", "生态环境损害赔偿"),
    Purpose.INTER_PROVINCE: Words("Use in another province", "省际使用"),
}
FAMILIES: Final = {
    Family.FORESTRY_CCER: Words("Forestry CCER", "林业碳汇 CCER"),
    Family.REDUCTION_QUOTA: Words("Reduction quota", "碳减排量指标"),
    Family.OTHER_SINK: Words("Other sink", "其他碳汇"),
}
MECHANISMS: Final[dict[Mechanism, Words]] = {one: same(one.name) for one in Mechanism} | {
    Mechanism.NOT_STATED: Words("mechanism not stated", "机制未列明"),
    Mechanism.REGIONAL_QUOTA: Words("regional reduction quota", "自治区碳减排量指标"),
    Mechanism.GOLD_STANDARD: same("Gold Standard"),
    Mechanism.OTHER: Words("another mechanism", "其他机制"),
}
CATEGORIES: Final = {
    SourceCategory.ENERGY_SAVING: Words("energy saving", "节能降碳"),
    SourceCategory.CAPACITY_RETIREMENT: Words("retired capacity", "淘汰产能"),
    SourceCategory.ENERGY_MIX: Words("energy mix", "用能结构优化"),
    SourceCategory.CCUS: Words("carbon capture and other engineered reductions", "CCUS 等碳减排工程"),
    SourceCategory.ECOSYSTEM_SINK: Words("ecosystem sink", "生态系统碳汇"),
}
ACTIVITIES: Final = {
    Activity.AFFORESTATION: Words("afforestation", "造林"),
    Activity.FOREST_MANAGEMENT: Words("forest management", "森林经营"),
    Activity.GRASSLAND: Words("grassland", "草原"),
    Activity.WETLAND: Words("wetland", "湿地"),
    Activity.MINE_RESTORATION: Words("mine restoration", "矿山生态修复"),
    Activity.ENERGY_SAVING: Words("energy saving", "节能"),
    Activity.CAPACITY_RETIREMENT: Words("retired capacity", "淘汰产能"),
    Activity.ENERGY_MIX: Words("energy mix", "用能结构优化"),
    Activity.CARBON_CAPTURE: Words("carbon capture", "碳捕集"),
    Activity.RENEWABLE_ENERGY: Words("renewable energy", "可再生能源"),
    Activity.METHANE: Words("methane", "甲烷利用"),
    Activity.OTHER: Words("other", "其他"),
}
GENERATIONS: Final = {
    CcerGeneration.OLD: Words("old CCER, filed before 2017-03-14", "2017-03-14 之前备案的 CCER"),
    CcerGeneration.NEW: Words("new CCER", "新 CCER"),
}
INTENSITIES: Final = {
    Intensity.LOW: Words("low carbon intensity", "低碳强度"),
    Intensity.HIGH: Words("high carbon intensity", "高碳强度"),
}
NEUTRALITIES: Final = {
    Neutrality.EVENT: Words("event", "零碳活动"),
    Neutrality.MEETING: Words("meeting", "零碳会议"),
    Neutrality.PRODUCT: Words("product", "零碳产品"),
}
_CONFIRMED, _REFUSED = RegistryOutcome.CONFIRMED, RegistryOutcome.REFUSED
CONTRADICTIONS: Final = {
    (RequestKind.LOCK, _CONFIRMED): Words("locked, with another receipt", "已锁定，但凭证不同"),
    (RequestKind.LOCK, _REFUSED): Words("not locked", "未锁定"),
    (RequestKind.RELEASE, _CONFIRMED): Words("released, with another receipt", "已转出，但凭证不同"),
    (RequestKind.RELEASE, _REFUSED): Words("not released", "未转出"),
    (RequestKind.CANCEL, _CONFIRMED): Words("cancelled, with another receipt", "已注销，但凭证不同"),
    (RequestKind.CANCEL, _REFUSED): Words("not cancelled", "未注销"),
}
"""What a registry states of serials after it had stated something else: of what we had asked for, and how."""

_FINDINGS: Final = {
    "MISSING_THERE": Words("the registry does not list them as locked", "登记机构名册中没有其锁定记录"),
    "MISSING_HERE": Words("the registry lists them, and this venue does not", "登记机构名册载有，本所并无记录"),
    "OTHER_ACCOUNT": Words("the registry holds them in the name of another firm", "登记机构记于其他主体名下"),
    "RELEASED_ELSEWHERE": Words(
        "the registry has let them go to another account than was asked for", "登记机构已转出至非所请的账户"
    ),
    "OLD_REQUEST": Words("the registry names a request that is out of date", "登记机构所引请求已被其后的请求取代"),
    "OTHER_RANGE": Words("the registry names a request for other serials", "登记机构所引请求原指其他序列号"),
    "OTHER_STATE": Words("the registry's state of them and this venue's cannot both be true", "双方所载状态互相矛盾"),
    "CANCELLED_THERE": Words("the registry has cancelled what is alive here", "登记机构已注销，本所仍为存续"),
    "RELEASED_THERE": Words("the registry has released what is alive here", "登记机构已转出，本所仍为存续"),
    "LOCK_WITHOUT_REQUEST": Words("the registry names a request that was never made", "登记机构所引请求非本所所发"),
    "REQUEST_WITHOUT_LOCK": Words(
        "the registry has no record of an answer of its own", "本所存有登记机构的应答，登记机构并无记录"
    ),
    "TWO_STATEMENTS": Words("the registry says two things", "登记机构说法不一"),
    "OTHER_ANSWER": Words("the registry has another outcome on record than it told", "登记机构记录的结果与所告知不同"),
    "NOT_SIGNED": Words("the registry has not signed its answer", "应答并无登记机构签名"),
    "RECEIPT_UNKNOWN": Words("the registry has another receipt on record", "登记机构的回执与本所所存不同"),
}
"""What a reconciliation with a registry finds, by the code that its suspensions name."""

LEAGUES: Final = {
    League.HOHHOT: Words("Hohhot", "呼和浩特市"),
    League.BAOTOU: Words("Baotou", "包头市"),
    League.HULUNBUIR: Words("Hulunbuir", "呼伦贝尔市"),
    League.HINGGAN: Words("Hinggan League", "兴安盟"),
    League.TONGLIAO: Words("Tongliao", "通辽市"),
    League.CHIFENG: Words("Chifeng", "赤峰市"),
    League.XILINGOL: Words("Xilingol League", "锡林郭勒盟"),
    League.ULANQAB: Words("Ulanqab", "乌兰察布市"),
    League.ORDOS: Words("Ordos", "鄂尔多斯市"),
    League.BAYANNUR: Words("Bayannur", "巴彦淖尔市"),
    League.WUHAI: Words("Wuhai", "乌海市"),
    League.ALXA: Words("Alxa League", "阿拉善盟"),
}

_TABLES: Final[dict[type[IntEnum], Mapping[Any, Words]]] = {
    Purpose: PURPOSES,
    Family: FAMILIES,
    Mechanism: MECHANISMS,
    SourceCategory: CATEGORIES,
    Activity: ACTIVITIES,
    CcerGeneration: GENERATIONS,
    Intensity: INTENSITIES,
    Neutrality: NEUTRALITIES,
    League: LEAGUES,
}


def contradiction(about: str, outcome: str) -> Words:
    """What a registry states now, by the names of what we had asked for and of the outcome."""
    return CONTRADICTIONS[RequestKind[about], RegistryOutcome[outcome]]


def finding(reference: str) -> Words | None:
    """What a reconciliation has found, by the reference of its suspension; None where persons wrote something else."""
    return _FINDINGS.get(reference.removeprefix(RECONCILIATION))


def named(kind: type[IntEnum], name: str) -> Words:
    """What a name of one of the lists is called."""
    return _TABLES[kind][kind[name]]
