"""The registry's public list: samples of the shape that its web pages had on 2026-07-19, and what is no such page."""

from __future__ import annotations

import json
from typing import Any

import pytest

from exchange.core.values import Day
from exchange.registry.public_list import PublicListError, Step, applications, read_detail, read_page
from tests.docs.pages import page as docs_page

NOTICE: dict[str, Any] = {
    "applyId": "1526000000000000001",
    "projectInfoId": None,
    "certificationId": None,
    "ccerId": None,
    "projectName": "克什克腾旗造林碳汇项目",
    "orgCustomerName": "赤峰市某林业有限公司",
    "projectType": "N0101",
    "projectTypeName": "造林碳汇",
    "applyStatus": "03",
    "statusName": "公示中",
    "dataType": "1",
}
ISSUED: dict[str, Any] = {
    **NOTICE,
    "projectInfoId": "1467000000000000002",
    "certificationId": "1525000000000000003",
    "ccerId": "1529000000000000004",
    "applyStatus": None,
    "statusName": "已签发",
    "dataType": "5",
}
DETAIL: dict[str, Any] = {
    "methodologyNum": "CCER-14-001-V01",
    "methodologyName": "造林碳汇",
    "provinceName": "内蒙古自治区",
    "expectYearNum": 6170,
    "certifiedNum": None,
    "publicStartDate": "20260717",
    "publicEndDate": "20260813",
}


def page(*rows: object, **more: object) -> bytes:
    """A page of the list."""
    return json.dumps({"successful": True, "msg": None, "total": len(rows), "dataInfo": list(rows), **more}).encode()


def test_a_row_is_read_with_the_registrys_own_ids() -> None:
    (row,) = read_page(page(ISSUED), Step.ISSUED).rows
    assert (row.application, row.step, row.name, row.owner) == (
        "1526000000000000001",
        Step.ISSUED,
        "克什克腾旗造林碳汇项目",
        "赤峰市某林业有限公司",
    )
    assert (row.kind, row.status, row.issuance) == ("N0101", "已签发", "1529000000000000004")


def test_an_empty_tab_has_no_rows() -> None:
    assert read_page(page(), Step.ENDED) == read_page(page(dataInfo=None), Step.CANCELLED)
    assert read_page(page(total=114, dataInfo=[ISSUED]), Step.ISSUED).total == 114


def test_rows_are_not_projects() -> None:
    """One application runs through several tabs; the furthest counts."""
    rows = [
        *read_page(page(NOTICE), Step.PROJECT_NOTICE).rows,
        *read_page(page(ISSUED), Step.ISSUED).rows,
        *read_page(page({**NOTICE, "dataType": "3"}), Step.REDUCTION_NOTICE).rows,
        *read_page(page({**NOTICE, "applyId": "2"}), Step.PROJECT_NOTICE).rows,
    ]
    assert {key: row.step for key, row in applications(rows).items()} == {
        "1526000000000000001": Step.ISSUED,
        "2": Step.PROJECT_NOTICE,
    }


def test_a_detail_says_what_is_expected_apart_from_what_is_certified() -> None:
    detail = read_detail(json.dumps({"successful": True, "dataInfo": DETAIL}).encode())
    assert (detail.methodology, detail.province) == ("CCER-14-001-V01", "内蒙古自治区")
    assert (detail.expected, detail.certified) == (6170, None)
    assert (detail.notice_from, detail.notice_to) == (Day(20260717), Day(20260813))


@pytest.mark.parametrize(("value", "tonnes"), [(225714, 225714), ("225,714", 225714), ("-", None), ("", None)])
def test_tonnes_are_whole_or_not_there(value: object, tonnes: int | None) -> None:
    assert read_detail(json.dumps({"dataInfo": {**DETAIL, "certifiedNum": value}}).encode()).certified == tonnes


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"<html>", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "no object"),
        (page(successful=False), "did not work"),
        (page(dataInfo={}), "no list"),
        (page("row"), "without applyId"),
        (page({**NOTICE, "applyId": None}), "without applyId"),
        (page(ISSUED), "of another tab"),
        (b'{"foo": 1}', "missing"),
        (b'{"rows": []}', "missing"),
        (b'{"successful": true, "dataInfo": []}', "missing"),
        (b'{"successful": true, "total": 0}', "missing"),
        (page(total=-1), "number of rows"),
        (page(total="7"), "number of rows"),
        *(
            (page().replace(b"[]", b'[{"applyId":' + b"[" * deep + b"]" * deep + b"}]"), "no JSON")
            for deep in (50, 950)
        ),
        (page({**NOTICE, "projectName": "\ud800"}), "no JSON"),
    ],
)
def test_what_is_no_page_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(PublicListError, match=why):
        read_page(data, Step.PROJECT_NOTICE)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"certifiedNum": 22514.2}, "certifiedNum is not a whole number"),
        ({"certifiedNum": "22514.2"}, "certifiedNum is not a whole number"),
        ({"expectYearNum": -1}, "expectYearNum is not a whole number"),
        ({"certifiedNum": "1" * 16}, "certifiedNum is not a whole number"),
        ({"publicStartDate": "2026-07-17"}, "publicStartDate is not a day"),
        ({"publicEndDate": "20261345"}, "publicEndDate is not a day"),
    ],
)
def test_a_detail_of_another_shape_is_refused(changed: dict[str, object], why: str) -> None:
    with pytest.raises(PublicListError, match=why) as refused:
        read_detail(json.dumps({"dataInfo": {**DETAIL, **changed}}).encode())
    assert refused.value.chinese.startswith(next(iter(changed)))


@pytest.mark.parametrize("data", [page(ISSUED), b"{}", b'{"certifiedNum": 1}'])
def test_what_is_no_detail_is_told_what_one_has(data: bytes) -> None:
    with pytest.raises(PublicListError, match="a detail has one, with certifiedNum in it") as refused:
        read_detail(data)
    assert "载有 certifiedNum" in refused.value.chinese


@pytest.mark.parametrize("path", ["docs/REGISTRY.md", "docs/REGISTRY.zh-CN.md"])
def test_the_examples_of_the_page_are_read(path: str) -> None:
    """And the detail is saved under the certification of the row."""
    shown = docs_page(path)
    listed, detail = ("\n".join(block.lines).encode() for block in shown.blocks("json"))
    (row,) = read_page(listed, Step.ISSUED).rows
    read = read_detail(detail)
    assert set(json.loads(detail)["dataInfo"]) == set(DETAIL) - {"methodologyName"}
    assert (read.methodology, read.expected, read.certified, read.notice_to) == (
        "CCER-14-001-V01",
        6_170,
        225_714,
        Day(20260813),
    )
    assert f"details/{row.certification}.json" in shown.text
