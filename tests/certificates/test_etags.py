"""Copies that a program keeps: they are confirmed as long as they are the present ones, and not a moment longer."""

from __future__ import annotations

import hashlib

import httpx
import pytest

from exchange.api.ports import Services
from exchange.core.values import ClaimId
from tests.certificates.told import ToldMarket, ccer_market
from tests.certificates.venue import asking, catch_up, services_of

FILES = (".json", ".pdf")


async def copies(client: httpx.AsyncClient, number: str) -> dict[str, httpx.Response]:
    """Both files of a certificate as they are now."""
    return {ending: await client.get(f"/certificates/{number}{ending}") for ending in FILES}


async def asked_again(
    client: httpx.AsyncClient, number: str, kept: dict[str, httpx.Response]
) -> dict[str, httpx.Response]:
    """What a program gets that has these copies."""
    return {
        ending: await client.get(f"/certificates/{number}{ending}", headers={"if-none-match": old.headers["etag"]})
        for ending, old in kept.items()
    }


def a_venue() -> tuple[ToldMarket, ClaimId, Services, str]:
    """One with one certificate."""
    market, claim = ccer_market()
    return market, claim, services_of(market), market.certificate(claim)["number"]


async def test_a_tag_is_the_hash_of_the_very_bytes() -> None:
    _, _, services, number = a_venue()
    async with asking(services) as client:
        for answer in (await copies(client, number)).values():
            assert answer.headers["etag"] == f'"{hashlib.sha256(answer.content).hexdigest()}"'
        assert "etag" not in (await client.get(f"/certificates/{number}")).headers


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', '"other",W/{} ,"third"', "*"])
async def test_who_has_the_present_one_is_told_so(form: str) -> None:
    _, _, services, number = a_venue()
    async with asking(services) as client:
        for ending, kept in (await copies(client, number)).items():
            tag = kept.headers["etag"]
            for ask in (client.get, client.head):
                answer = await ask(f"/certificates/{number}{ending}", headers={"if-none-match": form.format(tag)})
                assert (answer.status_code, answer.headers["etag"], answer.content) == (304, tag, b"")
                assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("named", ['"0"', "", "0", "**"])
async def test_who_has_something_else_is_sent_it(named: str) -> None:
    _, _, services, number = a_venue()
    async with asking(services) as client:
        answer = await client.get(f"/certificates/{number}.json", headers={"if-none-match": named})
    assert (answer.status_code, answer.json()["number"]) == (200, number)


async def test_a_page_is_always_sent() -> None:
    _, _, services, number = a_venue()
    async with asking(services) as client:
        answer = await client.get(f"/certificates/{number}", headers={"if-none-match": "*"})
        none = await client.get("/certificates/GC-2026-1-1-000000000000.json", headers={"if-none-match": "*"})
    assert (answer.status_code, none.status_code) == (200, 404)
    assert number in answer.text


async def test_a_copy_of_before_a_dispute_or_a_revocation_is_never_confirmed() -> None:
    """Each time by the same process, which has printed and kept what it showed before."""
    market, claim, services, number = a_venue()
    async with asking(services) as client:
        valid = await copies(client, number)
        shown = {"VALID": valid}
        for status, act in (("DISPUTED", market.contradict), ("REVOKED", market.revoke)):
            act(claim)
            catch_up(services.view, market)
            for earlier in shown.values():
                for answer in (await asked_again(client, number, earlier)).values():
                    assert answer.status_code == 200
                    assert answer.content not in [old.content for was in shown.values() for old in was.values()]
            shown[status] = await copies(client, number)
            assert shown[status][".json"].json()["status"] == status
            assert status in (await client.get(f"/certificates/{number}")).text
            assert {one.status_code for one in (await asked_again(client, number, shown[status])).values()} == {304}


async def test_what_is_found_good_again_is_the_very_file_of_before() -> None:
    market, claim, services, number = a_venue()
    async with asking(services) as client:
        valid = await copies(client, number)
        for act in (market.contradict, market.settle):
            act(claim)
            catch_up(services.view, market)
            status = {one.status_code for one in (await asked_again(client, number, valid)).values()}
            assert status == ({200} if act == market.contradict else {304})
