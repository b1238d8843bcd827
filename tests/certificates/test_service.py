"""Certificates of a real venue: PostgreSQL, sequencer, application; asked by its firm, by strangers, and by an auditor
who has nothing but the journal.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from exchange.api.app import create_app
from exchange.bootstrap.database import Database
from exchange.bootstrap.service import running
from exchange.certificates.document import canonical_bytes, document_of
from exchange.certificates.facts import log_entry
from exchange.certificates.register import CertificateRegister
from exchange.config import Settings
from exchange.core.state import ExchangeState
from exchange.core.values import Micros, Seq
from exchange.sequencer.journal import GENESIS_HEAD
from exchange.sequencer.replaying import Replayer
from exchange.store.embedded import DatabaseUrls, EmbeddedServer
from exchange.store.reading import open_reader
from tests.api.documented import Documented
from tests.api.stack import BASE, Firm, Stack, make_firm
from tests.support import keyring
from tests.support.database import fresh_database

pytestmark = pytest.mark.asyncio(loop_scope="module")

USE: dict[str, Any] = {
    "purpose": "EVENT_NEUTRALITY",
    "beneficiary_en": "Nadam Festival",
    "beneficiary_zh": "那达慕大会",
    "beneficiary_code": "91150000MA0MXT4K12",
    "neutrality": "EVENT",
    "event": "Nadam 2026",
    "event_day": "2026-07-11",
    "league": "HOHHOT",
}


@asynccontextmanager
async def sandbox(urls: DatabaseUrls, folder: Path) -> AsyncIterator[Stack]:
    """A sandbox over a database, whether it is the first time or not."""
    given = {"EXCHANGE_DATA_DIR": str(folder), "EXCHANGE_DATABASE_URL": urls.service, "EXCHANGE_SANDBOX": "on"}
    settings = Settings.from_environment(given)
    async with running(settings, Database(urls.service, urls.owner, "the test's server"), print) as parts:
        app = create_app(parts.services)
        async with httpx.AsyncClient(transport=Documented(app), base_url=BASE) as http:
            yield Stack(app, parts.sequencer, http, keyring.tokens_by_role(parts.keys.read()), urls)


class Place:
    """Where a sandbox keeps its things, and what was done in it."""

    def __init__(self, urls: DatabaseUrls, folder: Path) -> None:
        """Nothing was done."""
        self.urls = urls
        self.folder = folder
        self.mill: Firm
        self.other: Firm
        self.use = ""
        self.told: dict[str, Any] = {}
        self.json = b""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def place(postgres: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    """A database and a folder."""
    with fresh_database(postgres) as urls:
        yield Place(urls, tmp_path_factory.mktemp("exchange"))


async def firms_of(stack: Stack, *codes: str) -> list[Firm]:
    """Firms of the sandbox, which gives them something to play with."""
    operator, second = stack.client(stack.staff["OPERATOR"]), stack.client(stack.staff["SECOND"])
    async with operator, second:
        return [await make_firm(operator, second, code, code) for code in codes]


async def use_quota(stack: Stack, firm: Firm, tonnes: int) -> str:
    """A firm uses some of its quota; returns the use."""
    lots = (await stack.get("/v1/lots", firm.token)).json()["items"]
    (lot,) = [one for one in lots if one["family"] == "REDUCTION_QUOTA"]
    pick = {"lot": lot["id"], "serial_lo": lot["serial_lo"], "serial_hi": lot["serial_lo"] + tonnes}
    proposed = await stack.ask("POST", "/v1/uses", firm.token, {**USE, "picks": [pick]})
    assert proposed.status_code == 201, proposed.text
    made: dict[str, Any] = proposed.json()
    early = await stack.get(f"/v1/uses/{made['id']}/certificate", firm.token)
    assert early.status_code == 404
    await approve(stack, stack.staff["SECOND"], made)
    use: str = made["id"]
    return use


async def approve(stack: Stack, token: str, proposed: dict[str, Any]) -> None:
    """A second person approves."""
    path = f"/v1/proposals/{proposed['proposal']}/approve"
    approved = await stack.ask("POST", path, token, {"action_hash": proposed["action_hash"]})
    assert approved.status_code == 200, approved.text


async def replayed(urls: DatabaseUrls) -> list[bytes]:
    """The certificates that the journal of a database tells of."""
    register, replayer = CertificateRegister(), Replayer(ExchangeState(), Seq(0), Micros(0), GENESIS_HEAD)
    reader = await open_reader(urls.service)
    try:
        async for stored in reader.entries(Seq(0)):
            told = replayer.step_stored(stored)
            register.tell(log_entry(stored.seq, told.leaf.at, stored.leaf_bytes, stored.head), told.events)
    finally:
        await reader.close()
    return [canonical_bytes(document_of(facts)) for facts in register.certificates()]


async def test_a_firm_finds_its_certificate_and_everybody_can_check_it(place: Place) -> None:
    async with sandbox(place.urls, place.folder) as stack:
        place.mill, place.other = await firms_of(stack, "MILL", "OTHER")
        place.use = await use_quota(stack, place.mill, 3)
        path = f"/v1/uses/{place.use}/certificate"
        answer = await stack.get(path, place.mill.token)
        assert answer.status_code == 200, answer.text
        place.told = answer.json()
        assert place.told["use"] == place.use
        assert place.told["status"] == "VALID"
        page = await stack.get(place.told["page"])
        place.json = (await stack.get(place.told["json_file"])).content
        pdf = await stack.get(place.told["pdf"])
        assert (await stack.get(path, stack.staff["AUDITOR"])).status_code == 200
        assert (await stack.get(path)).status_code == 401
        stranger = await stack.get(path, place.other.token)
        nobody = await stack.get("/v1/uses/use-999/certificate", place.other.token)
    assert (stranger.status_code, stranger.content) == (404, nobody.content)
    assert "那达慕大会" in page.text
    assert "SANDBOX" in page.text
    assert place.told["sha256"] in page.text
    assert pdf.content.startswith(b"%PDF")
    assert await replayed(place.urls) == [place.json]


async def test_after_a_restart_the_bytes_are_the_same(place: Place) -> None:
    async with sandbox(place.urls, place.folder) as stack:
        assert (await stack.get(place.told["json_file"])).content == place.json
        told = (await stack.get(f"/v1/uses/{place.use}/certificate", place.mill.token)).json()
    assert {**told, "as_of_seq": 0} == {**place.told, "as_of_seq": 0}


async def test_a_revocation_is_shown_at_once_and_stays_after_a_restart(place: Place) -> None:
    async with sandbox(place.urls, place.folder) as stack:
        revocation = {"type": "USE_REVOCATION", "use": place.use, "reason": "the meter was wrong"}
        answer = await stack.ask("POST", "/v1/proposals", stack.staff["OPERATOR"], {"action": revocation})
        assert answer.status_code == 201, answer.text
        proposed = answer.json()
        await approve(stack, stack.staff["REGULATOR"], {"proposal": proposed["id"], **proposed})
        page = await stack.get(place.told["page"])
        revoked = (await stack.get(place.told["json_file"])).content
        told = (await stack.get(f"/v1/uses/{place.use}/certificate", place.mill.token)).json()
    assert "已撤销" in page.text
    assert "the meter was wrong" in page.text
    assert (told["status"], told["number"]) == ("REVOKED", place.told["number"])
    async with sandbox(place.urls, place.folder) as stack:
        assert (await stack.get(place.told["json_file"])).content == revoked
    assert await replayed(place.urls) == [revoked]
