"""The check page: everything that the document says, in both languages, and nothing that a browser would fetch."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest

from exchange.certificates.document import Document, conversions_in
from exchange.certificates.numbers import LONGEST
from exchange.certificates.page import (
    AS_OF,
    POLICY,
    Links,
    page_of,
    page_of_none,
    page_of_nothing_typed,
    page_to_type_into,
)
from exchange.certificates.qr import qr_svg
from exchange.certificates.sheet import in_china, of_two_languages, sheet_of, shown
from exchange.core.commands.uses import Purpose
from exchange.core.values import Day, day_start
from tests.certificates.examples import (
    ADDRESS,
    CCER,
    RECEIPT,
    disputed_document,
    document,
    facts,
    reconciled_document,
    revoked_document,
    sink_document,
    surrender_document,
)

NEWEST = 77_777
ELEMENTS = frozenset(
    re.findall(
        r"\w+",
        "html meta title style h1 h2 p span figure div svg path table tr th td code bdi br a form label input button",
    )
)


def html_of(made: Document, pdf: bool = True) -> str:
    """The page of a document."""
    number = made["number"]
    links = Links(f"{ADDRESS}{number}", f"/certificates/{number}.json", f"/certificates/{number}.pdf" if pdf else None)
    return page_of(sheet_of(made), links, qr_svg(links.address)).replace(AS_OF, str(NEWEST))


class Reader(HTMLParser):
    """Notes what a browser would: elements, attributes, text, and whether everything is closed."""

    VOID = frozenset({"meta", "br", "path", "input"})
    ENDS_BY_ITSELF = frozenset({"tr", "td", "th", "p", "html"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [str(value) for name, value in attrs if name in ("href", "src")]
        if tag not in self.VOID | self.ENDS_BY_ITSELF:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.ENDS_BY_ITSELF:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data + " "


PAGES = {
    "valid": html_of(document()),
    "revoked": html_of(revoked_document()),
    "disputed": html_of(disputed_document()),
    "sandbox": html_of(document(is_sandbox=True)),
    "of a sink": html_of(sink_document()),
    "without PDF": html_of(document(), pdf=False),
    "none": page_of_none(),
    "nothing typed": page_of_nothing_typed(),
    "to type into": page_to_type_into(),
}


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_whole_and_loads_nothing(name: str) -> None:
    page = PAGES[name]
    read = Reader(page)
    assert read.open == []
    assert read.names <= ELEMENTS
    assert not any(attribute.startswith("on") for attribute in read.attributes)
    assert all(link.startswith("/certificates/") for link in read.links)
    assert not re.search(r"@import|url\(|<script|javascript:", page)


@pytest.mark.parametrize("name", PAGES)
def test_the_policy_names_the_one_style_of_the_page(name: str) -> None:
    (style,) = re.findall("<style>(.*?)</style>", PAGES[name], re.DOTALL)
    named = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{named}'" in POLICY
    assert POLICY.startswith("default-src 'none'; ")
    assert "style=" not in PAGES[name]


TIMES = ("at", "status_since")
"""Keys of instants."""


def leaves(value: Any) -> list[str]:
    """Every value of a document."""
    if isinstance(value, dict):
        return [leaf for key, each in value.items() for leaf in ([in_china(each)] if key in TIMES else leaves(each))]
    if isinstance(value, list):
        return [leaf for each in value for leaf in leaves(each)]
    return [] if value is None or isinstance(value, bool) else [str(value)]


@pytest.mark.parametrize(
    "made",
    [document(), revoked_document(), disputed_document(), reconciled_document(), sink_document()],
    ids=["valid", "revoked", "disputed", "reconciled", "of a sink"],
)
def test_every_fact_is_shown(made: Document) -> None:
    """But for codes that are shown as words, and what is of use to programs only."""
    read = Reader(html_of(made))
    told = {**made, "units": [{**unit, "receipt": None} for unit in made["units"]]}
    told["conversions"] = [
        {**one, "units": [{**unit, "receipt": None} for unit in one["units"]]} for one in conversions_in(made)
    ]
    told["disputes"] = [{**dispute, "outcome": None} for dispute in made["disputes"]]
    for dispute in told["disputes"]:
        if dispute["about"] == "RECONCILIATION":
            dispute["message"] = None
    coded = {"format", "kind", "status", "purpose"}
    facts_of_it = leaves({key: value for key, value in told.items() if key not in coded})
    words = set(re.findall("[A-Z_]{3,}", " ".join(facts_of_it)))
    missing = [fact for fact in facts_of_it if fact not in read.text and fact not in words]
    assert missing == []
    assert "ZX-2026-000311" in read.text


def test_the_ccer_behind_quota_are_named_last_under_the_number_by_which_the_quota_names_them() -> None:
    text = Reader(PAGES["of a sink"]).text
    use = "use-950-1"
    assert use in text.partition("Issued against the cancelled CCER of")[2].partition("日志存证")[0]
    behind = text.partition(f"{use} 注销的 CCER")[2]
    assert text.index("日志存证") < text.index(f"{use} 注销的 CCER")
    assert cell(behind, "Cancelled on").startswith("2026-11-18")
    for word in (
        "克一河造林碳汇项目",
        "CCER-14-001-V01",
        "CCER-15-000000601-000000610-2023",
        "ZX-2026-000007",
        "双人复核",
    ):
        assert word in behind
    assert "指标按一吨对一吨" in text
    assert "指标按一吨对一吨" not in Reader(PAGES["valid"]).text


def test_codes_are_words_of_both_languages() -> None:
    text = Reader(PAGES["valid"]).text
    for word in ("呼伦贝尔市", "Hulunbuir", "林业碳汇 CCER", "零碳活动", "造林", "afforestation", "节能降碳", "包头市"):
        assert word in text
    assert not re.search(r"FORESTRY_CCER|EVENT_NEUTRALITY|HULUNBUIR|ENERGY_SAVING", text)


def cell(text: str, label: str) -> str:
    """What is shown behind a label, up to the next one."""
    return " ".join(text.partition(label)[2].split()[:3])


def test_the_day_of_cancellation_is_that_of_the_receipt_in_china() -> None:
    """The registry cancelled on a Saturday; the venue's books have it on Monday."""
    text = Reader(html_of(surrender_document())).text
    assert cell(text, "Cancelled on").startswith("2026-11-21")
    assert cell(text, "Trading day in this venue's books").startswith("2026-11-23")
    assert "On 2026-11-21, 50 tCO2e" in text
    assert cell(text, "Stated at (time in China)").startswith("2026-11-21 00:30:00")
    assert not re.search(r"\d\d:\d\d:\d\d[.Z]|\d\dT\d\d:", text)


def test_quota_is_cancelled_when_the_log_says_so() -> None:
    text = Reader(html_of(document())).text
    assert cell(text, "Cancelled on").startswith("2026-11-18")


def test_a_facility_is_shown_with_its_name() -> None:
    text = Reader(html_of(surrender_document())).text
    assert "NM-PLANT-07" in text
    assert "包头高炉" in text
    assert "Blast furnaces of Baotou" in text


@pytest.mark.parametrize(
    ("made", "zh", "since"),
    [
        (document(), "有效起始时间（北京时间）", "2026-11-18"),
        (disputed_document(), "存在争议起始时间（北京时间）", "2026-11-24"),
        (revoked_document(), "撤销时间（北京时间）", "2026-11-30"),
    ],
    ids=["valid", "disputed", "revoked"],
)
def test_the_status_says_since_when(made: Document, zh: str, since: str) -> None:
    text = Reader(html_of(made)).text
    assert f"{zh} {made['status'].capitalize()} since (time in China)" in " ".join(text.split())
    assert cell(text, "since (time in China)").startswith(since)


def test_only_a_surrender_has_a_compliance_year() -> None:
    year = replace(facts().details, facility="NM-PLANT-07", year=2026)
    assert "履约年度" in Reader(html_of(surrender_document())).text
    offset = Reader(html_of(document(purpose=Purpose.NEW_PROJECT_OFFSET, details=year))).text
    assert "履约年度" not in offset
    assert "年度 Year" in " ".join(offset.split())


def test_each_sentence_has_the_venue_in_its_own_language() -> None:
    said = sheet_of(surrender_document()).statement
    assert "on the venue Inner Mongolia carbon exchange (simulated)." in said.en
    assert "在“内蒙古碳减排量交易所（模拟）”使用 " in said.zh
    assert "Inner Mongolia" not in said.zh


@pytest.mark.parametrize("made", [disputed_document(), revoked_document()], ids=["disputed", "revoked"])
def test_what_is_doubtful_is_told_as_recorded_and_never_as_a_fact(made: Document) -> None:
    sheet = sheet_of(made)
    assert sheet.statement.en.startswith("It is recorded that") and sheet.statement.zh.startswith("据记载")
    told = " ".join(words.en + words.zh for words in (sheet.statement, *sheet.notes))
    for certain in ("once and for all", "永久", "no other use", "不得再作他用"):
        assert certain not in told
        assert certain in Reader(PAGES["valid"]).text


@pytest.mark.parametrize(
    ("name", "en", "zh"),
    [
        ("Carbon exchange (simulated) 碳交易所（模拟）", "Carbon exchange (simulated)", "碳交易所（模拟）"),
        ("碳交易所 Carbon exchange", "Carbon exchange", "碳交易所"),
        ("Carbon exchange", "Carbon exchange", "Carbon exchange"),
        ("碳交易所", "碳交易所", "碳交易所"),
        ("Carbon exchange 碳交易所 — sandbox 沙箱", "Carbon exchange — sandbox", "碳交易所——沙箱"),
        ("Bao 包 Exchange", "Bao 包 Exchange", "Bao 包 Exchange"),
        ("碳交易所 A 厅", "碳交易所 A 厅", "碳交易所 A 厅"),
    ],
)
def test_only_a_name_of_two_plain_halves_is_taken_apart(name: str, en: str, zh: str) -> None:
    assert of_two_languages(name) == (en, zh)


def test_a_revoked_one_says_so_first_and_nowhere_that_it_is_valid() -> None:
    text = Reader(PAGES["revoked"]).text
    assert text.index("已撤销") < text.index("证书编号")
    assert "REVOKED" in text
    assert "有效" not in text.replace("不再具有任何效力", "")
    assert "Valid" not in text
    assert "the monitoring report was false" in text


def test_a_disputed_one_says_so_first_and_by_whose_word() -> None:
    text = Reader(PAGES["disputed"]).text
    assert text.index("存在争议") < text.index("证书编号")
    assert "DISPUTED" in text
    assert "Valid" not in text
    for word in ("M-117", "VENUE-req-1028-1", "未注销", "not cancelled", "1800"):
        assert word in text


def test_a_valid_one_says_so() -> None:
    text = Reader(PAGES["valid"]).text
    assert "有效" in text
    assert "Valid" in text
    assert "REVOKED" not in text
    assert "SANDBOX" not in text


def test_a_sandbox_is_shown_as_one() -> None:
    text = Reader(PAGES["sandbox"]).text
    assert text.index("SANDBOX") < text.index("证书编号")


def test_a_venue_without_pdf_offers_none() -> None:
    assert any(link.endswith(".pdf") for link in Reader(PAGES["valid"]).links)
    assert not any(link.endswith(".pdf") for link in Reader(PAGES["without PDF"]).links)


def test_the_page_says_how_new_it_is() -> None:
    assert str(NEWEST) in Reader(PAGES["valid"]).text


def test_what_people_wrote_is_text_and_never_markup() -> None:
    nasty = '<script>alert(1)</script><b title="&quot;">&amp;'
    named = replace(facts().details, beneficiary_en=f"en{nasty}", beneficiary_zh=f"zh{nasty}", event=nasty)
    page = html_of(document(venue=nasty, details=named))
    read = Reader(page)
    assert not {"script", "b"} & read.names
    assert f"en{nasty}" in read.text
    assert f"zh{nasty}" in read.text


def test_what_registries_wrote_is_text_too() -> None:
    nasty = replace(RECEIPT, number="<i>R</i>", signature=b"")
    page = html_of(document(units=(replace(CCER, receipt=nasty, serial_text="<i>{lo}</i>{hi}"),)))
    read = Reader(page)
    assert "i" not in read.names
    assert "<i>R</i>" in read.text
    assert "双人复核" in read.text


def test_a_paper_is_shown_with_its_day_and_a_statement_with_its_time() -> None:
    paper = replace(RECEIPT, signature=b"", stated_at=day_start(Day(20261230)))
    read = Reader(html_of(surrender_document(units=(replace(CCER, receipt=paper),))))
    assert "出具日期" in read.text
    assert "2026-12-30" in read.text
    assert "2026-12-30 00:00" not in read.text
    assert "出具时间" not in read.text
    assert "出具时间" in Reader(html_of(surrender_document())).text


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\u2066", "\x07", "\n", "\u2028", "\ufeff", "\U000e0041"])
def test_signs_that_hide_are_shown(hidden: str) -> None:
    made = document(details=replace(facts().details, beneficiary_en=f"DEKOVER{hidden}!"))
    assert f"DEKOVER{hidden}" not in html_of(made)
    assert "DEKOVER\ufffd!" in html_of(made)
    assert shown(f"a{hidden}b") == "a\ufffdb"


def test_a_number_fits_its_place() -> None:
    assert len(document()["number"]) <= LONGEST


def test_the_page_of_none_helps_whoever_typed_it() -> None:
    text = unescape(Reader(PAGES["none"]).text)
    assert "没有此编号的证书" in text
    assert "There is no certificate with this number" in text
