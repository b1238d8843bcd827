"""Certificates over HTTP: what anybody gets who has a number, and what nobody gets who has none."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from exchange.api.certificates import certificate_of
from exchange.certificates.checking import Verdict, judge, read_certificate
from exchange.certificates.document import canonical_bytes
from exchange.certificates.page import POLICY
from exchange.core.commands.instruments import League
from exchange.core.commands.projects import FacilityTerms, Sector, SetFacility
from exchange.core.commands.uses import Purpose, SetObligation
from exchange.core.values import ClaimId, Tonnes
from tests.api.doubles import Broken
from tests.certificates.test_page import Reader
from tests.certificates.told import ORGANISATION, ToldMarket, ccer_market, quota_market
from tests.certificates.venue import ORIGIN, asking, services_of, view_of, with_few_requests
from tests.sequencer.test_committed_view import restored

Case = tuple[ToldMarket, ClaimId]


@pytest.fixture(scope="module")
def case() -> Case:
    """A market with one use of CCER."""
    return ccer_market(name_zh="克一河造林", name_en="Kyihe")


def number_of(case: Case) -> str:
    """The number of the one certificate."""
    market, claim = case
    number: str = market.certificate(claim)["number"]
    return number


async def test_only_the_headers_are_told_to_whoever_asks_for_no_more(case: Case) -> None:
    """As for any page: a link checker asks this way."""
    async with asking(services_of(case[0])) as client:
        for ending in ("", ".json", ".pdf"):
            path = f"/certificates/{number_of(case)}{ending}"
            head, whole = await client.head(path), await client.get(path)
            assert head.status_code == whole.status_code == 200
            assert head.headers["content-length"] == whole.headers["content-length"]
        assert (await client.head("/certificates/GC-2026-1-1-000000000000")).status_code == 404


async def test_a_number_is_typed_at_the_venue_s_own_address(case: Case) -> None:
    """As with what is typed, so with its letters: a Chinese keyboard has wide ones, and people put spaces between."""
    number = number_of(case)
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in number)
    async with asking(services_of(case[0])) as client:
        empty = await client.get("/certificates")
        assert "<form action=/certificates method=get>" in empty.text
        assert empty.headers["content-security-policy"] == POLICY
        for typed in (number, f" {number.lower()} ", wide, number.replace("-", " - "), number.replace("-", "——")):
            sent = await client.get("/certificates", params={"number": typed})
            assert (sent.status_code, sent.headers["location"]) == (303, f"/certificates/{number}")
        assert (await client.get("/certificates", params={"number": number}, follow_redirects=True)).status_code == 200
        for typed in ("//elsewhere.example", f"{number}.json", "x" * 10_000):
            none = await client.get("/certificates", params={"number": typed})
            assert none.status_code == 404 and "没有此编号的证书" in none.text and "<form" in none.text


async def test_a_number_without_its_hyphens_is_found(case: Case) -> None:
    """Nobody sees where the number of the use is parted in it, and its last characters fit to one way only."""
    number = number_of(case)
    async with asking(services_of(case[0])) as client:
        for hyphen in ("", " ", "·", "_"):
            typed = {"number": number.replace("-", hyphen).lower()}
            answer = await client.get("/certificates", params=typed, follow_redirects=True)
            assert (answer.status_code, number in answer.text) == (200, True), hyphen
        other = await client.get(f"/certificates/{number.replace('-', '')[:-1]}7")
        assert other.status_code == 404


async def test_whoever_types_nothing_is_told_to_type_a_number(case: Case) -> None:
    """It was said before that there is no certificate with this number, and that the paper is none of this venue."""
    async with asking(services_of(case[0])) as client:
        for typed in ("", "  ", "——"):
            answer = await client.get("/certificates", params={"number": typed})
            assert answer.status_code == 400 and "没有此编号的证书" not in answer.text
            assert "请录入证书编号" in answer.text and "Type the number" in answer.text and "<form" in answer.text


async def test_an_unknown_number_is_told_to_programs_as_it_is_to_people(case: Case) -> None:
    async with asking(services_of(case[0])) as client:
        page = (await client.get("/certificates/GC-2026-1-1-000000000000")).text
        for ending in (".json", ".pdf"):
            answer = await client.get(f"/certificates/GC-2026-1-1-000000000000{ending}")
            assert (answer.status_code, answer.json()["code"]) == (404, "NO_SUCH_CERTIFICATE")
            advice = "Compare the number sign by sign with the one on the paper"
            assert advice in answer.json()["detail"] and advice in page


# --- the committed view and the journal say the same ------------------------------------------------------------------


@pytest.mark.parametrize("make", [quota_market, ccer_market])
@pytest.mark.parametrize("revoked", [False, True], ids=["valid", "revoked"])
async def test_the_service_finds_the_same_bytes_as_a_replay(make: type, revoked: bool) -> None:
    market, claim = make()
    if revoked:
        market.revoke(claim)
    document = await certificate_of(services_of(market), claim)
    assert document is not None
    assert canonical_bytes(document) == canonical_bytes(market.certificate(claim))


async def test_a_facility_is_called_what_it_was_called_when_it_was_named() -> None:
    """For ever: neither its new name nor the image of a view changes a certificate."""
    market = ToldMarket()
    firm = market.firm("WOOD")
    lot = market.lot(firm, 100)
    plant = FacilityTerms("PLANT-7", "Old name", "旧名", ORGANISATION, Sector.STEEL, League.BAOTOU, 2024, 0)
    market.agree(SetFacility(market.operator, plant), market.regulator)
    market.agree(SetObligation(market.operator, "PLANT-7", 2025, Tonnes(1_000)), market.regulator)
    lo = market.state.credits.lots[lot].serials.lo
    given = {"facility": " plant-７", "year": 2025, "league": League.NONE}
    claim = market.use(firm, lot, lo, lo + 10, Purpose.NATIONAL_SURRENDER, **given)
    renamed = replace(plant, name_en="New name", name_zh="新名")
    market.agree(SetFacility(market.operator, renamed), market.regulator)
    services = services_of(market)
    services.view = restored(services.view, market.state.orders.by_id)
    document = await certificate_of(services, claim)
    assert document is not None
    assert document["used_for"]["facility_name_zh"] == "旧名"
    assert canonical_bytes(document) == canonical_bytes(market.certificate(claim))


async def test_uses_without_a_certificate_have_none_here_either(case: Case) -> None:
    market, claim = case
    services = services_of(market)
    for other in (ClaimId(0), ClaimId(claim + 1), ClaimId(2**63 - 1)):
        assert await certificate_of(services, other) is None
    market, _ = ccer_market()
    firm = next(iter(market.traders))
    lot = next(iter(market.state.credits.lots))
    lo = market.state.credits.lots[lot].serials.lo
    claim = market.propose_use(firm, lot, lo + 50, lo + 60)
    assert claim in view_of(market).uses.by_id
    assert await certificate_of(services_of(market), claim) is None


# --- the page ---------------------------------------------------------------------------------------------------------


async def test_anybody_can_open_the_page(case: Case) -> None:
    number = number_of(case)
    async with asking(services_of(case[0])) as client:
        answer = await client.get(f"/certificates/{number}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["cache-control"] == "no-store"
    text = Reader(answer.text).text
    assert number in text
    assert "有效" in text
    assert f"{ORIGIN}/certificates/{number}" in text
    assert str(len(case[0].journal)) in text


async def test_a_number_is_understood_as_people_type_it(case: Case) -> None:
    number = number_of(case)
    async with asking(services_of(case[0])) as client:
        for typed in (number.lower(), number.replace("0", "o").replace("GC-2o26", "GC-2026"), f"%20{number}"):
            answer = await client.get(f"/certificates/{typed}")
            assert (answer.status_code, number in answer.text) == (200, True), typed


async def test_a_revoked_certificate_says_so_everywhere() -> None:
    market, claim = ccer_market()
    number = market.certificate(claim)["number"]
    market.revoke(claim, "a false report")
    async with asking(services_of(market)) as client:
        page = await client.get(f"/certificates/{number}")
        told = (await client.get(f"/certificates/{number}.json")).json()
        pdf = await client.get(f"/certificates/{number}.pdf")
    assert "已撤销" in page.text
    assert "a false report" in page.text
    assert told["status"] == "REVOKED"
    assert pdf.status_code == 200


def wrong_numbers(number: str) -> list[str]:
    """Numbers that are near a right one."""
    head, _, code = number.rpartition("-")
    other = "0" if code[-1] != "0" else "1"
    year, place = re.fullmatch(r"GC-(\d{4})-(.*)", head).groups()  # type: ignore[union-attr]
    return [
        f"{head}-{code[:-1]}{other}",
        f"{head}-{code[:-1]}",
        head,
        f"GC-{int(year) + 1}-{place}-{code}",
        f"GC-{year}-1-1-{code}",
        f"GC-{year}-999999999999-1-{code}",
        "x",
        "GC" * 3_000,
        "%00",
        "..%2f..",
        number + number,
    ]


async def test_nobody_finds_one_without_its_number(case: Case) -> None:
    async with asking(services_of(case[0])) as client:
        for wrong in wrong_numbers(number_of(case)):
            page = await client.get(f"/certificates/{wrong}")
            assert page.status_code == 404, wrong
            for kind in ("json", "pdf"):
                answer = await client.get(f"/certificates/{wrong}.{kind}")
                assert answer.status_code == 404, wrong
                # A number with a slash in it is another path, of which nothing is known here.
                assert answer.json()["code"] == ("NOT_FOUND" if "%2f" in wrong else "NO_SUCH_CERTIFICATE"), wrong
        page = await client.get("/certificates/GC-2026-1-1-000000000000", headers={"accept-language": "en"})
        assert "没有此编号的证书" in page.text
        assert page.headers["content-security-policy"] == POLICY


async def test_there_is_no_list(case: Case) -> None:
    async with asking(services_of(case[0])) as client:
        for path in ("/certificates/", "/v1/certificates"):
            assert (await client.get(path)).status_code == 404


async def test_guessing_is_drawn_from_the_limit_of_the_address(case: Case) -> None:
    async with asking(services_of(case[0], **with_few_requests())) as client:
        seen = [(await client.get(f"/certificates/GC-2026-1-{n}-000000000000")).status_code for n in range(1, 9)]
        last = await client.get(f"/certificates/{number_of(case)}")
    assert seen == [404] * 4 + [429] * 4
    assert last.status_code == 429
    assert last.json()["code"] == "RATE_LIMITED"
    assert last.headers["retry-after"]


async def test_without_the_log_nothing_is_said(case: Case) -> None:
    services = services_of(case[0])
    services.history = Broken(ConnectionError("gone"))
    async with asking(services) as client:
        for end in ("", ".json", ".pdf"):
            answer = await client.get(f"/certificates/{number_of(case)}{end}")
            assert answer.status_code == 503
            assert answer.json()["code"] == "HISTORY_UNAVAILABLE"
            assert answer.headers["retry-after"] == "1"


async def test_a_venue_without_an_origin_believes_the_host_of_the_request(case: Case) -> None:
    async with asking(services_of(case[0], origin=None)) as client:
        answer = await client.get(f"/certificates/{number_of(case)}")
        odd = await client.get(f"/certificates/{number_of(case)}", headers={"host": '"><script>x'})
    assert "http://10.0.0.7:8000/certificates/" in answer.text
    assert "<script" not in odd.text


# --- the files --------------------------------------------------------------------------------------------------------


async def test_the_json_is_canonical_and_named_by_its_hash(case: Case, tmp_path: Path) -> None:
    market, claim = case
    async with asking(services_of(market)) as client:
        answer = await client.get(f"/certificates/{number_of(case)}.json")
        page = await client.get(f"/certificates/{number_of(case)}")
    digest = hashlib.sha256(answer.content).hexdigest()
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["etag"] == f'"{digest}"'
    assert digest in page.text
    assert answer.content == canonical_bytes(market.certificate(claim))
    assert judge(read_certificate(answer.content), market.register) is Verdict.CONFIRMED
    assert json.loads(answer.content)["number"] == number_of(case)


async def test_the_pdf_is_one_file_for_everybody(case: Case) -> None:
    async with asking(services_of(case[0])) as client:
        first = await client.get(f"/certificates/{number_of(case)}.pdf")
        again = await client.get(f"/certificates/{number_of(case).lower()}.pdf")
    assert first.headers["content-type"] == "application/pdf"
    assert first.headers["content-disposition"] == f'inline; filename="{number_of(case)}.pdf"'
    assert first.content.startswith(b"%PDF")
    assert again.content == first.content


async def test_the_page_links_to_files_that_are_there(case: Case) -> None:
    async with asking(services_of(case[0])) as client:
        links = Reader((await client.get(f"/certificates/{number_of(case)}")).text).links
        assert len(links) == 2
        for link in links:
            assert (await client.get(link)).status_code == 200


async def test_where_no_pdf_can_be_made_the_page_is_still_there(
    case: Case, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A press that fails, since the child finds a typst that is out of order."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent / "presses" / "broken"))
    async with asking(services_of(case[0])) as client:
        answer = await client.get(f"/certificates/{number_of(case)}.pdf")
        page = await client.get(f"/certificates/{number_of(case)}")
    assert answer.status_code == 503
    assert answer.json()["code"] == "PDF_UNAVAILABLE"
    assert answer.headers["retry-after"] == "5"
    assert page.status_code == 200
    assert number_of(case) in caplog.text
