"""Saved pages of the registry's public list, held against the projects of a venue: a table of cases, and the command
over a real database.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange.cli import main
from exchange.cli.problem import CANNOT, DIFFERENT, OK
from exchange.core.commands.instruments import Family
from exchange.registry.public_comparison import Comparison, Difference, OwnProject, compare
from exchange.registry.public_list import PublicListError, Step, read_detail, read_page, step_of
from exchange.store.embedded import EmbeddedServer
from exchange.store.journal import PostgresJournal
from tests.registry.test_public_list import DETAIL, ISSUED, NOTICE, page
from tests.store.streams import Trading, log_of, open_trading
from tests.support.database import fresh_database
from tests.support.entries import batch_of

PROJECT, CERTIFICATION = ISSUED["projectInfoId"], ISSUED["certificationId"]


def detail(certified: object) -> bytes:
    """A detail of a row."""
    return json.dumps({"successful": True, "dataInfo": {**DETAIL, "certifiedNum": certified}}).encode()


def compared(issued: int, certified: object = 1_000, code: str = PROJECT, **row: Any) -> Comparison:
    """One issued row with its detail, and one project here."""
    pages = [(Step.ISSUED, read_page(page({**ISSUED, **row}), Step.ISSUED))]
    return compare(pages, {CERTIFICATION: read_detail(detail(certified))}, [OwnProject(code, "造林", issued)])


def test_as_much_here_as_was_certified_agrees() -> None:
    for issued in (0, 999, 1_000):
        comparison = compared(issued)
        assert (comparison.found, comparison.uncertain, comparison.certified) == ((), 0, 1_000)


def test_more_here_than_was_certified_is_found() -> None:
    (found,) = compared(1_001).found
    assert (found.difference, found.issued, found.certified) == (Difference.MORE_HERE, 1_001, 1_000)


def test_a_project_that_is_not_listed_is_found() -> None:
    (found,) = compared(0, code="152600").found
    assert (found.difference, found.certified) == (Difference.NOT_LISTED, None)


def test_the_code_may_be_that_of_the_application() -> None:
    assert compared(1_000, code=f" {ISSUED['applyId']}").found == ()


def test_one_project_there_that_is_two_here_is_found_with_the_tonnes_of_both() -> None:
    """Under the number of the project, of its application, and of another application of the same project."""
    again = {**ISSUED, "applyId": "1526000000000000099", "certificationId": "2", "ccerId": "2"}
    pages = [(Step.ISSUED, read_page(page(ISSUED, again), Step.ISSUED))]
    known = {CERTIFICATION: read_detail(detail(1_000)), "2": read_detail(detail(0))}
    numbers = (PROJECT, ISSUED["applyId"], again["applyId"])
    for one, other in ((0, 1), (0, 2), (1, 2)):
        own = [OwnProject(numbers[one], "造林", 600), OwnProject(numbers[other], "林", 600)]
        found = compare(pages, known, own).found
        assert {each.difference for each in found} == {Difference.SAME_PROJECT}
        assert [(each.code, each.issued) for each in found] == [(numbers[one], 1_200), (numbers[other], 1_200)]


@pytest.mark.parametrize("step", [Step.PROJECT_REGISTERED, Step.REDUCTION_NOTICE, Step.REDUCTION_REGISTERED])
def test_units_of_a_project_that_was_issued_none_are_found(step: Step) -> None:
    """What was certified and registered is not issued yet."""
    pages = [(step, read_page(page({**ISSUED, "dataType": str(int(step))}), step))]
    known = {CERTIFICATION: read_detail(detail(1_000))}
    (found,) = compare(pages, known, [OwnProject(PROJECT, "造林", 1)]).found
    assert (found.difference, found.certified) == (Difference.NOT_ISSUED, None)
    assert compare(pages, known, [OwnProject(PROJECT, "造林", 0)]).found == ()


def test_without_all_details_nobody_can_tell() -> None:
    """A second certification whose detail is not there may have certified the rest."""
    rows = page(ISSUED, {**ISSUED, "certificationId": "2", "ccerId": "2"})
    pages = [(Step.ISSUED, read_page(rows, Step.ISSUED))]
    known = {CERTIFICATION: read_detail(detail(1_000))}
    for issued, uncertain in ((1_000, 0), (1_001, 1)):
        comparison = compare(pages, known, [OwnProject(PROJECT, "造林", issued)])
        assert (comparison.found, comparison.uncertain) == ((), uncertain)
    both = {**known, "2": read_detail(detail(50))}
    assert compare(pages, both, [OwnProject(PROJECT, "造林", 1_050)]).found == ()
    (found,) = compare(pages, both, [OwnProject(PROJECT, "造林", 1_051)]).found
    assert found.certified == 1_050
    assert compared(1, certified="-").uncertain == 1


def stood(issued: int, *rows: dict[str, Any]) -> list[tuple[Difference, int | None]]:
    """What is found of one project of which the list has these rows, in whatever tabs."""
    steps = [(Step(int(row["dataType"])), row) for row in rows]
    pages = [(step, read_page(page(row), step)) for step, row in steps]
    comparison = compare(pages, {CERTIFICATION: read_detail(detail(1_000))}, [OwnProject(PROJECT, "造林", issued)])
    told = "\n".join(comparison.text("en"))
    assert ("1 of 1 projects here do not agree" in told) == bool(comparison.found)
    return [(one.difference, one.certified) for one in comparison.found]


CANCELLED = {**ISSUED, "dataType": "7", "statusName": "已注销"}
ENDED = {**ISSUED, "dataType": "6", "statusName": "已终止", "certificationId": None, "ccerId": None}
AGAIN = {**NOTICE, "applyId": "9", "projectInfoId": PROJECT}


def test_a_project_that_was_cancelled_there_is_found_however_much_was_issued() -> None:
    cancelled = (Difference.CANCELLED_THERE, 1_000)
    assert stood(900, ISSUED, CANCELLED) == stood(0, CANCELLED, ISSUED) == [cancelled]
    assert stood(1_001, ISSUED, CANCELLED) == [cancelled, (Difference.MORE_HERE, 1_000)]
    assert stood(0, CANCELLED) == [(Difference.CANCELLED_THERE, None)]
    assert stood(5, CANCELLED, ENDED) == [(Difference.CANCELLED_THERE, None), (Difference.NOT_ISSUED, None)]


def test_a_project_whose_applications_have_all_ended_is_found_unless_it_was_issued() -> None:
    ended = (Difference.ENDED_THERE, None)
    assert stood(0, ENDED) == stood(0, {**ISSUED, "dataType": "2"}, ENDED) == [ended]
    assert stood(5, ENDED) == [ended, (Difference.NOT_ISSUED, None)]
    assert stood(0, ENDED, AGAIN) == stood(900, ISSUED, ENDED) == stood(0, AGAIN) == []


def test_how_it_stands_is_told_in_both_languages() -> None:
    pages = [(Step.CANCELLED, read_page(page(CANCELLED), Step.CANCELLED))]
    comparison = compare(pages, {}, [OwnProject(PROJECT, "Larch", 0)])
    en, zh = ("\n".join(comparison.text(language)) for language in ("en", "zh"))
    assert "CANCELLED_THERE" in en and "was cancelled there as a project" in en and "已作项目注销" in zh


def test_a_certification_in_several_tabs_counts_once() -> None:
    registered = {**ISSUED, "dataType": "4"}
    pages = [
        (Step.ISSUED, read_page(page(ISSUED), Step.ISSUED)),
        (Step.ISSUED, read_page(page(ISSUED), Step.ISSUED)),
        (Step.REDUCTION_REGISTERED, read_page(page(registered), Step.REDUCTION_REGISTERED)),
    ]
    comparison = compare(pages, {CERTIFICATION: read_detail(detail(1_000))}, [])
    assert (comparison.certified, comparison.applications) == (1_000, 1)
    assert [(tab.step, tab.rows) for tab in comparison.tabs] == [(Step.REDUCTION_REGISTERED, 1), (Step.ISSUED, 1)]
    assert comparison.furthest == {Step.ISSUED: 1}


def test_missing_pages_are_told() -> None:
    whole = compare([(Step.ISSUED, read_page(page(ISSUED), Step.ISSUED))], {}, [])
    part = compare([(Step.ISSUED, read_page(page(ISSUED, total=114), Step.ISSUED))], {}, [])
    assert (whole.is_whole, part.is_whole) == (True, False)
    assert "rows are missing" in "\n".join(part.text("en"))
    assert "rows are missing" not in "\n".join(whole.text(None))


def test_it_is_told_in_one_language_or_in_both() -> None:
    comparison = compared(1_001)
    en, zh, both = ("\n".join(comparison.text(language)) for language in ("en", "zh", None))
    assert "more tonnes here than were certified there (here 1,001 t, certified 1,000 t)" in en
    assert "我方签发吨数多于登记机构核证吨数（我方 1,001 吨，核证 1,000 吨）" in zh
    assert "我方" not in en and "tonnes" not in zh
    assert all(line.strip() in both for line in (*en.splitlines(), *zh.splitlines()))


def test_what_nobody_can_tell_is_said_in_words() -> None:
    en, zh = ("\n".join(compare([], {}, [OwnProject("P-1", "Larch", 5)]).text(language)) for language in ("en", "zh"))
    assert "(here 5 t, certified tonnes not known)" in en
    assert "（我方 5 吨，核证吨数不详）" in zh


@pytest.mark.parametrize("rows", [(), ({**ISSUED, "dataType": ""},), (ISSUED, NOTICE), ({**ISSUED, "dataType": "9"},)])
def test_a_page_that_does_not_name_one_tab(rows: tuple[dict[str, Any], ...]) -> None:
    assert step_of(page(ISSUED, ISSUED)) is Step.ISSUED
    with pytest.raises(PublicListError, match="TAB=FILE"):
        step_of(page(*rows))


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def venue(postgres: EmbeddedServer) -> Iterator[tuple[Trading, str]]:
    """A venue with lots of forestry CCER and of quota, and where its database is."""
    trading = open_trading()
    trading.market.lot(trading.firms[0], 30, Family.REDUCTION_QUOTA)

    async def fill(dsn: str) -> None:
        journal = PostgresJournal(dsn)
        await journal.lead()
        await journal.append(batch_of(log_of(trading.market).entries))
        await journal.close()

    with fresh_database(postgres) as urls:
        asyncio.run(fill(urls.service))
        yield trading, urls.service


def issued_in(trading: Trading) -> dict[str, int]:
    """Tonnes of each project of the national registry, by its code, as the core has them."""
    units = trading.market.state.credits
    found = {one.terms.code: 0 for one in units.projects.projects.values() if one.terms.family is Family.FORESTRY_CCER}
    for issuance in units.issuances.values():
        code = units.projects.projects[issuance.project].terms.code
        if code in found:
            found[code] += issuance.serials.tonnes
    return found


def saved(folder: Path, issued: dict[str, int], less: int = 0) -> list[str]:
    """The list as a registry would publish it of these projects, saved; what the command is given."""
    rows = [
        {**ISSUED, "applyId": f"a{n}", "projectInfoId": code, "certificationId": f"c{n}", "ccerId": f"i{n}"}
        for n, code in enumerate(issued)
    ]
    (folder / "issued.json").write_bytes(page(*rows))
    for n, tonnes in enumerate(issued.values()):
        (folder / f"c{n}.json").write_bytes(detail(tonnes - less))
    return [str(folder / "issued.json"), "--details", *(str(folder / f"c{n}.json") for n in range(len(issued)))]


def test_a_venue_that_agrees(venue: tuple[Trading, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trading, dsn = venue
    issued = issued_in(trading)
    assert any(issued.values())
    given = saved(tmp_path, issued)
    assert main(["registry-public-list", *given, "--database-url", dsn, "--json"]) == OK
    report = json.loads(capsys.readouterr().out)
    assert (report["found"], report["projects"], report["certified"]) == ([], len(issued), sum(issued.values()))
    assert main(["registry-public-list", *given, "--database-url", dsn]) == OK
    said = capsys.readouterr().out
    assert "agree with the list" in said and "与名册一致" in said


def test_details_that_are_of_no_row_are_named_with_the_name_that_was_wanted(
    venue: tuple[Trading, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing was said of them before, and their row was one without a detail."""
    trading, dsn = venue
    given = saved(tmp_path, issued_in(trading))
    for name in ("i0", "typo"):
        (tmp_path / f"{name}.json").write_bytes((tmp_path / "c0.json").read_bytes())
    misnamed = [*(text for text in given if not text.endswith("c0.json")), str(tmp_path / "i0.json")]
    main(["registry-public-list", *misnamed, "--database-url", dsn])
    said = capsys.readouterr().out
    assert "i0.json was not used: no row is named so; wanted: c0.json\n" in said
    assert "未采用 i0.json：名册中没有以此为编号的行，所需文件名：c0.json\n" in said
    main(["registry-public-list", *given, str(tmp_path / "typo.json"), "--database-url", dsn, "--json"])
    assert json.loads(capsys.readouterr().out)["unused"] == [{"name": "typo", "wanted": []}]


def test_a_misspelt_detail_may_be_any_that_is_missing() -> None:
    rows = [{**ISSUED, "applyId": f"a{n}", "certificationId": f"t{n}", "ccerId": f"i{n}"} for n in range(5)]
    pages = [(Step.ISSUED, read_page(page(*rows), Step.ISSUED))]
    comparison = compare(pages, {"t4": read_detail(detail(1)), "T3": read_detail(detail(1))}, [])
    (unused,) = comparison.unused
    assert (unused.name, unused.wanted) == ("T3", ("t0", "t1", "t2", "t3"))
    assert any(line.endswith("wanted: t0.json, t1.json, t2.json, …") for line in comparison.text("en"))
    assert any(line.endswith("所需文件名：t0.json、t1.json、t2.json等") for line in comparison.text("zh"))


def test_a_venue_with_more_than_was_certified(
    venue: tuple[Trading, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trading, dsn = venue
    issued = issued_in(trading)
    given = saved(tmp_path, issued, less=1)
    assert main(["registry-public-list", *given, "--database-url", dsn, "--language", "zh"]) == DIFFERENT
    said = capsys.readouterr().out
    assert "我方签发吨数多于登记机构核证吨数" in said
    assert "certified" not in said
    assert main(["registry-public-list", *saved(tmp_path, {"other": 5}), "--database-url", dsn, "--json"]) == DIFFERENT
    report = json.loads(capsys.readouterr().out)
    assert {one["difference"] for one in report["found"]} == {"NOT_LISTED"}
    assert {one["code"] for one in report["found"]} == issued.keys()


def test_what_is_no_page_is_said(
    venue: tuple[Trading, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, dsn = venue
    nothing, without = tmp_path / "x.json", tmp_path / "y.json"
    nothing.write_bytes(b"<html>")
    without.write_bytes(page({**ISSUED, "dataType": None}))
    for path in (nothing, without, tmp_path / "missing.json"):
        assert main(["registry-public-list", str(path), "--database-url", dsn]) == CANNOT
        assert str(path) in capsys.readouterr().err
    for tab in ("0", "8", "9"):
        assert main(["registry-public-list", f"{tab}={without}", "--database-url", dsn]) == CANNOT
        assert "from 1 to 7" in capsys.readouterr().err
    nothing.write_bytes(b'{"foo": 1}')
    assert main(["registry-public-list", f"5={nothing}", "--database-url", dsn]) == CANNOT
    assert "dataInfo or total is missing" in capsys.readouterr().err
    assert main(["registry-public-list", f"5={without}", "--database-url", dsn]) == DIFFERENT
