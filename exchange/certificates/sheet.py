"""A certificate in words: its document as labelled lines in English and Chinese, in the order in which people read.

Page and PDF are made of the same sheet, so neither can say anything that the other does not. What came from people
(names, reasons) is cleared here of characters that are not shown but change how the text around them is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

from exchange.certificates import words
from exchange.certificates.document import DISPUTED, REVOKED, VALID, Document, conversions_in, digest_of
from exchange.certificates.facts import CONVERTED, RECONCILED
from exchange.certificates.words import Words, contradiction, finding, named, same
from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.commands.projects import Activity, CcerGeneration, Mechanism
from exchange.core.commands.uses import Intensity, Neutrality, Purpose

_HIDDEN: Final = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\xad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb"
    "\\U00013430-\\U0001343f\\U0001bca0-\\U0001bca3\\U0001d173-\\U0001d17a\\U000e0000-\\U000e007f]"
)
"""Unicode's controls, formats (such as those that turn the direction of writing) and separators of lines. Written out,
because what a Python thinks of a character depends on its version, and a certificate must not.
"""


_STATUSES: Final = {VALID: words.VALID, DISPUTED: words.DISPUTED, REVOKED: words.REVOKED}
_STAMPS: Final = {DISPUTED: Words("DISPUTED", "存在争议"), REVOKED: Words("REVOKED", "已撤销")}
_SINCE: Final = {
    VALID: Words("Valid since (time in China)", "有效起始时间（北京时间）"),
    DISPUTED: Words("Disputed since (time in China)", "存在争议起始时间（北京时间）"),
    REVOKED: Words("Revoked since (time in China)", "撤销时间（北京时间）"),
}
_LATIN_THEN_HAN: Final = re.compile(
    "([^\u3400-\u9fff]*[A-Za-z][^\u3400-\u9fff]*?) +([^A-Za-z]*[\u3400-\u9fff][^A-Za-z]*)"
)
_HAN_THEN_LATIN: Final = re.compile(
    "([^A-Za-z]*[\u3400-\u9fff][^A-Za-z]*?) +([^\u3400-\u9fff]*[A-Za-z][^\u3400-\u9fff]*)"
)
_DASH: Final = " — "
_DASH_ZH: Final = "——"
_CHINA: Final = timedelta(hours=8)
_QUANTITY: Final = Words("Quantity, tCO2e", "数量（tCO2e）")
_CANCELLED_ON: Final = Words("Cancelled on", "注销日")


@dataclass(frozen=True, slots=True)
class Line:
    """One fact. ``is_code`` says that it is to be read sign by sign: a hash, a serial, a number."""

    label: Words
    value: Words
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Lines under one heading."""

    heading: Words
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is to be shown. ``warnings`` are shown before everything else, and large; ``stamp`` goes across the paper of
    one that is not simply valid. ``since`` is when the status came to be so.
    """

    title: Words
    number: str
    status: Words
    since: Line
    stamp: Words | None
    warnings: tuple[Words, ...]
    statement: Words
    parts: tuple[Part, ...]
    notes: tuple[Words, ...]


def sheet_of(document: Document, digest: str = "") -> Sheet:
    """The sheet of a document; ``digest`` is its own, where that is known already."""
    status = document["status"]
    return Sheet(
        title=words.TITLES[document["kind"]],
        number=document["number"],
        status=_STATUSES[status],
        since=Line(_SINCE[status], same(in_china(document["status_since"]))),
        stamp=_STAMPS.get(status),
        warnings=tuple(_warnings(document)),
        statement=_statement(document),
        parts=(
            *_revocation(document),
            *(_dispute(one) for one in document["disputes"]),
            Part(Words("Use", "使用"), tuple(_use(document))),
            *_units(document),
            Part(Words("Proof in the log", "日志存证"), tuple(_proof(document, digest or digest_of(document)))),
            # Last, since they may be many more than the units themselves: what a reader looks for first stays together.
            *(part for conversion in conversions_in(document) for part in _conversion(conversion)),
        ),
        notes=tuple(_notes(document)),
    )


def shown(text: str) -> str:
    """A text of people's, each sign that hides in it replaced by one that shows."""
    return _HIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)


def grouped(number: int) -> str:
    """A whole number with its thousands apart."""
    return f"{number:,}"


def of_two_languages(name: str) -> Words:
    """A name that says itself in English and in Chinese, taken apart; any other stands in both. Behind a dash a name
    may have an addition, which is taken apart by itself.
    """
    parts = [_apart(part) for part in name.split(_DASH)]
    english, chinese = _DASH.join(part.en for part in parts), _DASH_ZH.join(part.zh for part in parts)
    # A name without any Chinese is not cut up as if it were.
    return same(name) if english == name else Words(english, chinese)


def _apart(name: str) -> Words:
    if (found := _LATIN_THEN_HAN.fullmatch(name)) is not None:
        return Words(found[1], found[2])
    if (found := _HAN_THEN_LATIN.fullmatch(name)) is not None:
        return Words(found[2], found[1])
    return same(name)


def in_china(at: str) -> str:
    """An instant of the document as a clock in China shows it, to the second."""
    return (datetime.fromisoformat(at).replace(tzinfo=None, microsecond=0) + _CHINA).isoformat(" ")


def _warnings(document: Document) -> Iterator[Words]:
    if document["status"] != VALID:
        yield _STATUSES[document["status"]]
    if document["sandbox"]:
        yield words.SANDBOX


def _statement(document: Document) -> Words:
    """The certificate in one sentence. What is doubtful or counts no more is only told as what was recorded."""
    tonnes, day, venue = grouped(document["quantity"]), document["cancelled_on"], of_two_languages(document["venue"])
    english, chinese = _both(document["beneficiary"])
    if document["status"] != VALID:
        return Words(
            f"It is recorded that on {day}, {tonnes} tCO2e were used up on behalf of {english} on the venue"
            f" {shown(venue.en)}; for what that counts see the status.",
            f"据记载，{day}，{chinese}在“{shown(venue.zh)}”使用 {tonnes} 吨二氧化碳当量（tCO2e），"
            "其效力以所载状态为准。",
        )
    return Words(
        f"On {day}, {tonnes} tCO2e were used up on behalf of {english}, once and for all, on the venue"
        f" {shown(venue.en)}.",
        f"{day}，{chinese}在“{shown(venue.zh)}”使用 {tonnes} 吨二氧化碳当量（tCO2e），该等减排量已永久注销。",
    )


def _both(named_twice: dict[str, Any]) -> Words:
    return Words(shown(named_twice["name_en"]), shown(named_twice["name_zh"]))


def _revocation(document: Document) -> Iterator[Part]:
    revocation = document["revocation"]
    if revocation is None:
        return
    lines = (
        Line(Words("Reason", "原因"), same(shown(revocation["reason"]))),
        *_entry(revocation["log"]),
    )
    yield Part(Words("Revocation", "撤销"), lines)


def _dispute(dispute: Document) -> Part:
    reference, message = same(shown(dispute["reference"])), same(shown(dispute["message"]))
    lines: tuple[Line, ...]
    if dispute["about"] == CONVERTED:
        lines = (
            Line(Words("The units' cancelled CCER, revoked", "所据的 CCER 注销已撤销"), reference, is_code=True),
            Line(Words("Reason", "原因"), message),
        )
    elif dispute["about"] == RECONCILED:
        lines = (
            Line(Words("The registry's lists", "登记机构名册"), Words("are not what this venue has", "与本所所载不符")),
            Line(Words("What was found", "不符情形"), finding(dispute["message"]) or message),
            Line(Words("Suspended by", "暂停编号"), reference, is_code=True),
        )
    else:
        now = contradiction(dispute["about"], dispute["outcome"])
        lines = (
            Line(Words("Our request", "我方请求"), reference, is_code=True),
            Line(Words("The registry now states", "登记机构现称"), now),
            Line(Words("Its statement", "声明编号"), message, is_code=True),
        )
    return Part(Words("Dispute", "争议"), (*lines, *_entry(dispute["log"])))


def _use(document: Document) -> Iterator[Line]:
    beneficiary, used = document["beneficiary"], document["used_for"]
    yield Line(Words("Beneficiary", "受益人"), _both(beneficiary))
    if beneficiary["code"] is not None:
        yield Line(Words("Unified social credit code", "统一社会信用代码"), same(beneficiary["code"]), is_code=True)
    yield Line(Words("Purpose", "用途"), named(Purpose, document["purpose"]))
    yield from _details(used, Purpose[document["purpose"]])
    yield Line(_CANCELLED_ON, same(document["cancelled_on"]))
    yield Line(Words("Trading day in this venue's books", "入账交易日"), same(document["trading_day"]))
    yield Line(_QUANTITY, same(grouped(document["quantity"])))
    yield Line(Words("Covers, tCO2e", "可抵数量（tCO2e）"), same(grouped(document["covers"])))
    yield Line(Words("Number of the use", "使用编号"), same(document["claim"]), is_code=True)


_DETAILS: Final = {
    "facility": Words("Facility", "设施编号"),
    "year": Words("Year", "年度"),
    "offset_project": Words("New project", "新上项目"),
    "intensity": Words("Its carbon intensity", "项目碳强度"),
    "neutrality": Words("Made carbon-neutral", "零碳类别"),
    "event": Words("Name", "名称"),
    "event_day": Words("Its day", "举办日"),
    "province": Words("Province", "省份"),
    "league": Words("Used in", "使用地盟市"),
}
_CODED: Final = {"intensity": Intensity, "neutrality": Neutrality, "league": League}


_COMPLIANCE_YEAR: Final = Words("Compliance year", "履约年度")


def _details(used: Document, purpose: Purpose) -> Iterator[Line]:
    for key, label in _DETAILS.items():
        value = used[key]
        if value is None:
            continue
        is_compliance = key == "year" and purpose is Purpose.NATIONAL_SURRENDER
        kind = _CODED.get(key)
        yield Line(
            _COMPLIANCE_YEAR if is_compliance else label,
            same(shown(str(value))) if kind is None else named(kind, value),
        )
        if key == "facility" and used["facility_name_zh"] is not None:
            names = Words(shown(used["facility_name_en"]), shown(used["facility_name_zh"]))
            yield Line(Words("Its name", "设施名称"), names)


def _units(document: Document) -> Iterator[Part]:
    return _parts(Words("Units", "减排量"), document["units"])


def _conversion(conversion: Document) -> Iterator[Part]:
    """The cancelled CCER that quota was issued against; the heading has the number by which the quota names them."""
    claim = shown(conversion["claim"])
    heading = Words(f"Cancelled CCER of {claim}", f"{claim} 注销的 CCER")
    return _parts(heading, conversion["units"], Line(_CANCELLED_ON, same(conversion["cancelled_on"])))


def _parts(heading: Words, units: list[Document], *first: Line) -> Iterator[Part]:
    """One part for ranges that differ in nothing but serials and receipts."""
    alike = [(common, list(ranges)) for common, ranges in groupby(units, _without_serials)]
    for n, (common, ranges) in enumerate(alike, 1):
        counted = f" {n}/{len(alike)}" if len(alike) > 1 else ""
        lines = (*first, *_common(common, sum(unit["quantity"] for unit in ranges)), *_ranges(ranges))
        yield Part(Words(f"{heading.en}{counted}", f"{heading.zh}{counted}"), lines)


_OF_ONE_RANGE: Final = ("serials", "serial_first", "serial_last", "quantity", "receipt")


def _without_serials(unit: Document) -> Document:
    return {key: value for key, value in unit.items() if key not in _OF_ONE_RANGE}


def _common(unit: Document, quantity: int) -> Iterator[Line]:
    yield from _project(unit["project"])
    yield Line(Words("Vintage", "减排量产生年度"), same(str(unit["vintage"])))
    period = f"{unit['monitoring_start']} – {unit['monitoring_end']}"
    yield Line(Words("Monitoring period", "监测期"), same(period))
    if unit["issued_against"] is not None:
        label = Words("Issued against the cancelled CCER of", "据以签发的 CCER 注销")
        yield Line(label, same(unit["issued_against"]), is_code=True)
    yield Line(Words("Serial space", "序列号空间"), same(shown(unit["serial_space"])))
    yield Line(_QUANTITY, same(grouped(quantity)))


def _ranges(units: list[Document]) -> Iterator[Line]:
    for unit in units:
        yield Line(Words("Serials", "序列号"), same(shown(unit["serials"])), is_code=True)
        if len(units) > 1:
            yield Line(_QUANTITY, same(grouped(unit["quantity"])))
        yield from _receipt(unit["receipt"])


def _project(project: Document) -> Iterator[Line]:
    yield Line(Words("Project", "项目"), _both(project))
    yield Line(Words("Project code", "项目编号"), same(shown(project["code"])), is_code=True)
    yield Line(Words("Kind", "品类"), _kind(project))
    yield Line(Words("Registry", "登记机构"), same(shown(project["registry"])))
    if project["methodology"]:
        yield Line(Words("Methodology", "方法学"), same(shown(project["methodology"])))
    yield Line(Words("Activity", "项目活动"), named(Activity, project["activity"]))
    if project["league"] is not None:
        yield Line(Words("From", "来源盟市"), named(League, project["league"]))


def _kind(project: Document) -> Words:
    """The family, and what tells apart units of one family: the mechanism where the family does not say it."""
    known = [named(Family, project["family"])]
    if Family[project["family"]] is Family.OTHER_SINK:
        known.append(named(Mechanism, project["mechanism"]))
    if project["source_category"] is not None:
        known.append(named(SourceCategory, project["source_category"]))
    if project["ccer_generation"] is not None:
        known.append(named(CcerGeneration, project["ccer_generation"]))
    return Words(", ".join(one.en for one in known), "，".join(one.zh for one in known))


def _receipt(receipt: Document | None) -> Iterator[Line]:
    if receipt is None:
        label = Words("Cancelled in", "注销登记")
        yield Line(label, Words("the log of this venue, its register", "本交易机构日志（即其登记簿）"))
        return
    label = Words("Registry's receipt of the cancellation", "登记机构注销回执")
    yield Line(label, same(shown(receipt["number"])), is_code=True)
    if receipt["signature"]:
        yield Line(Words("Stated at (time in China)", "出具时间（北京时间）"), same(in_china(receipt["stated_at"])))
    else:
        yield Line(Words("Stated on", "出具日期"), same(receipt["stated_at"]))
        yield Line(Words("Read from paper by", "纸质凭证核对"), Words("two persons", "双人复核"))


def _proof(document: Document, digest: str) -> Iterator[Line]:
    yield from _entry(document["log"])
    yield Line(Words("SHA-256 of the JSON", "JSON 文件的 SHA-256"), same(digest), is_code=True)


def _entry(entry: Document) -> Iterator[Line]:
    yield Line(Words("Log entry", "日志序号"), same(str(entry["seq"])))
    yield Line(Words("Time in China", "北京时间"), same(in_china(entry["at"])))
    yield Line(Words("Leaf hash", "叶哈希"), same(entry["leaf_hash"]), is_code=True)
    yield Line(Words("Head of the chain", "链头"), same(entry["head"]), is_code=True)


def _notes(document: Document) -> Iterator[Words]:
    only = Words("; the serials above can serve no other use", "；上列序列号不得再作他用")
    if document["status"] != VALID:
        only = Words("", "")
    yield Words(
        f"One serial is one tonne{only.en}. Whoever has a copy of the log can make "
        "this certificate again and find the same bytes.",
        f"一个序列号为一吨{only.zh}。凡持有日志副本者，均可重新生成本证书，并得到相同的字节。",
    )
    if conversions_in(document):
        yield Words(
            "The quota was issued tonne for tonne against the CCER that are named last, and other quota may have been "
            "issued against others of these tonnes. The land that counts is that of their project.",
            "指标按一吨对一吨，凭最后所列的 CCER 签发；其余吨数可据以签发其他指标。所占地块以该 CCER 项目的地块为准。",
        )
    yield Words(
        "Beneficiary and details of the use are as the user stated them. "
        "A paper or a file proves nothing by itself: what counts is what the check page says now.",
        "受益人与用途详情由使用方申报。纸质件或文件本身不构成证明，以查验页面当前所示为准。",
    )
    if document["kind"] == "SINK":
        yield Words(
            "This is no green electricity certificate.",
            "本证书并非可再生能源绿色电力证书。",
        )
