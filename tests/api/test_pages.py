"""The first pages: the address of everything, and documentation that needs neither scripts nor the network."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import fields
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from exchange.api.app import create_app
from exchange.api.docs_page import _line, docs_page
from exchange.api.docs_words import WORDS, Words
from exchange.api.routes import OPERATIONS, name_of
from exchange.api.spec import openapi_bytes
from exchange.api.stream.asyncapi import asyncapi_bytes
from tests.api.documented import Documented
from tests.api.doubles import idle_services

DOCUMENT: dict[str, Any] = json.loads(openapi_bytes())


async def get(path: str, **headers: str) -> httpx.Response:
    """One read of an application that does nothing else."""
    async with httpx.AsyncClient(
        transport=Documented(create_app(idle_services())), base_url="http://exchange"
    ) as client:
        return await client.get(path, headers=headers)


class Reader(HTMLParser):
    """Notes what a browser would: elements, ids, links, what is loaded, and whether everything is closed."""

    VOID = frozenset({"meta", "br"})
    ENDS_BY_ITSELF = frozenset({"tr", "td", "th", "p"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.names: set[str] = set()
        self.ids: list[str] = []
        self.links: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        values = dict(attrs)
        self.ids += [str(values["id"])] if "id" in values else []
        self.links |= {str(values["href"])} if "href" in values else set()
        if tag not in self.VOID | self.ENDS_BY_ITSELF:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.ENDS_BY_ITSELF:
            assert self.open.pop() == tag


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


@pytest.mark.parametrize("accept", ["text/html", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"])
async def test_a_browser_is_led_to_the_documentation(accept: str) -> None:
    answer = await get("/", accept=accept)
    assert (answer.status_code, answer.headers["location"]) == (307, "/docs")


@pytest.mark.parametrize("accept", ["*/*", "application/json", ""])
async def test_a_program_is_told_where_everything_is(accept: str) -> None:
    answer = await get("/", accept=accept)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    document = answer.json()
    addresses = [value for value in document.values() if value.startswith("/")]
    pages = {"/docs", "/openapi.json", "/asyncapi.yaml", "/certificates", "/v1/status", "/health"}
    assert pages | {"/ready", "/v1/stream"} == set(addresses)
    for address in pages:
        assert (await get(address)).status_code == 200
    assert (await get("/v1/stream")).status_code == 426


async def test_the_stream_is_described_and_the_page_leads_there() -> None:
    answer = await get("/asyncapi.yaml")
    assert (answer.headers["content-type"], answer.content) == ("application/yaml", asyncapi_bytes())
    page = (await get("/docs")).text
    reader = read(page)
    assert {"/asyncapi.yaml", "#stream"} <= reader.links and "stream" in reader.ids
    assert page.count("<code>/v1/stream</code>") == 1


async def test_the_page_may_load_nothing_and_its_style_is_the_one_that_is_allowed() -> None:
    answer = await get("/docs")
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == "'none'"
    (style,) = re.findall("<style>(.*?)</style>", answer.text, re.DOTALL)
    assert policy["style-src"] == f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"
    assert "url(" not in style and "@import" not in style
    # The links of the contents stand without blanks between them: else they are one line of any length.
    assert "nav{display:flex;flex-wrap:wrap" in style
    reader = read(answer.text)
    assert not reader.names & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "svg"}
    assert not {name for name in reader.attributes if name.startswith("on") or name in ("src", "style", "srcset")}
    assert all(link.startswith(("#", "/")) and not link.startswith("//") for link in reader.links)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


async def test_everything_of_the_document_is_on_the_page_and_links_lead_somewhere() -> None:
    page = (await get("/docs")).text
    reader = read(page)
    assert len(reader.ids) == len(set(reader.ids))
    assert {name_of(operation) for operation in OPERATIONS} <= set(reader.ids)
    assert {f"schema-{name}" for name in DOCUMENT["components"]["schemas"]} <= set(reader.ids)
    assert {link.removeprefix("#") for link in reader.links if link.startswith("#")} <= set(reader.ids)
    for methods in DOCUMENT["paths"].values():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                assert f"<code>{parameter['name']}</code>" in page


async def test_the_introduction_is_in_the_language_of_the_page_and_in_no_other() -> None:
    english, chinese = (await get("/docs")).text, (await get("/docs", **{"accept-language": "zh"})).text
    assert "<p>An open exchange for carbon credits.</p>" in english and "This page is made of" in english
    assert "<p>碳减排量交易所的开放接口。</p>" in chinese and "本页由 OpenAPI 文档生成" in chinese
    assert "<h1>碳减排量交易所 " in chinese and "<h1>Carbon Exchange " in english
    assert english.count("Idempotency-Key") > 2 and chinese.count("Idempotency-Key") > 2
    assert not re.search("[\u4e00-\u9fff]", english.partition("<details")[0])
    for heading in ("<h2 id=orders>申报</h2>", "<h2 id=stream>流式接口</h2>", "<h2 id=schemas>数据结构</h2>"):
        assert heading in chinese
    assert "<h2 id=orders>Orders</h2>" in english


def test_a_heading_has_no_underscore_in_it() -> None:
    page = docs_page(DOCUMENT, "/openapi.json", "/asyncapi.yaml", "/v1/stream")
    assert "Audit units" in page and "Audit_units" not in page


def test_every_group_has_its_chinese_name_and_every_name_its_group() -> None:
    tags = {operation["tags"][0] for methods in DOCUMENT["paths"].values() for operation in methods.values()}
    assert tags == set(WORDS["zh"].groups)


def test_defaults_and_descriptions_of_fields_are_shown_where_the_schema_has_them() -> None:
    page = docs_page(DOCUMENT, "/openapi.json", "/asyncapi.yaml", "/v1/stream")
    instrument = page.partition("<h3 id=schema-ListInstrumentIn>")[2].partition("<h3 ")[0]
    for name, default in (("mode", "CONTINUOUS"), ("tick", "0.01")):
        row = instrument.partition(f"<code>{name}</code>")[2].partition("<tr>")[0]
        assert f", default <code>&quot;{default}&quot;</code>" in row
    assert ", default <code>true</code>" in instrument and ", default <code>1</code>" in instrument
    assert "default <code>null" not in page
    for schema in DOCUMENT["components"]["schemas"].values():
        for field in schema.get("properties", {}).values():
            assert f"<td>{_line(field.get('description', ''))}" in page
    lists = page.partition("<details id=list_audit_trades>")[2].partition("</details>")[0]
    assert "Trading day, in Asia/Shanghai, YYYY-MM-DD." in lists and ", default <code>100</code>" in lists


def test_what_looks_like_markup_in_the_document_is_shown_as_it_is() -> None:
    bad = '<script>alert("x")</script> & `<b>`'
    operation = {
        "operationId": "x", "tags": ["orders"], "summary": bad, "description": bad,
        "parameters": [{"name": "p", "in": "query", "required": False, "description": bad, "schema": {"enum": [bad]}}],
        "responses": {"200": {"description": bad, "content": {"text/plain": {"schema": {"type": "string"}}}}},
    }  # fmt: skip
    document = {
        "info": {"title": bad, "version": "1", "description": bad},
        "paths": {"/x": {"get": operation}},
        "components": {
            "schemas": {"X": {"description": bad, "properties": {"a": {"type": "string", "examples": [bad]}}}}
        },
    }
    reader = read(docs_page(document, "/openapi.json", "/asyncapi.yaml", "/v1/stream"))
    assert not reader.names & {"script"}
    assert "b" in reader.names, "of the methods"


async def test_the_page_is_in_chinese_for_whoever_asks_for_it() -> None:
    english, chinese = await get("/docs"), await get("/docs", **{"accept-language": "zh-CN"})
    assert (english.headers["content-language"], chinese.headers["content-language"]) == ("en", "zh")
    for text in ("提交申报：可成交部分即时成交", "新的申报总量，整吨，含已成交部分"):
        assert text in chinese.text and text not in english.text
    assert "New total quantity in whole tonnes" in english.text


ENGLISH = re.compile(r"[A-Za-z]{2,}(?:[ ,]+[a-z]{2,}){2,}")
"""Three words of English in a row, the last two without capitals: prose, and neither a name nor a value."""


def outside_of_code(page: str) -> str:
    """What a reader reads, without codes, examples, links and marks."""
    return re.sub(r"<[^>]*>", "|", re.sub(r"<(code|pre|a|style)\b.*?</\1>", "…", page, flags=re.DOTALL))


async def test_who_asks_for_chinese_reads_no_english() -> None:
    page = (await get("/docs", **{"accept-language": "zh"})).text
    assert ENGLISH.findall(outside_of_code(page)) == []
    assert ENGLISH.findall(outside_of_code((await get("/docs")).text))


async def test_who_asks_for_english_reads_no_chinese() -> None:
    assert re.findall("[\u4e00-\u9fff]+", outside_of_code((await get("/docs")).text)) == []


def test_every_word_of_the_page_has_both_languages() -> None:
    english, chinese = WORDS["en"], WORDS["zh"]
    for field in fields(Words):
        here, there = getattr(english, field.name), getattr(chinese, field.name)
        if isinstance(here, str):
            assert not re.search("[\u4e00-\u9fff]", here) and here != there, field.name
            assert re.findall(r"{\w+}", here) == re.findall(r"{\w+}", there)
    kinds = set(re.findall(r'"type":"([a-z]+)"', json.dumps(DOCUMENT["components"]["schemas"]).replace(" ", "")))
    assert kinds and kinds <= set(chinese.kinds)
