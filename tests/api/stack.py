"""The real exchange under an HTTP client in the same process: PostgreSQL, sequencer, committed view, application.

``Stack`` gives raw HTTP, since these tests are about bytes; ``World`` is a small market made with the project's client.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import httpx
from fastapi import FastAPI

from exchange.api.app import create_app
from exchange.api.operations import Change
from exchange.bootstrap.database import Database
from exchange.bootstrap.service import running
from exchange.client import ExchangeClient
from exchange.client.models import OrderAnswer
from exchange.config import Settings
from exchange.sequencer.sequencer import Sequencer
from exchange.store.embedded import DatabaseUrls, EmbeddedServer
from tests.api.documented import Documented, operation_of
from tests.support import keyring
from tests.support.database import fresh_database
from tests.support.people import add_trader
from tests.support.registry import Registry

BASE = "http://exchange"
_keys = count(1)


@dataclass
class Stack:
    """A running exchange. ``staff`` are the tokens of the first persons by role; both operators are there."""

    app: FastAPI
    sequencer: Sequencer
    http: httpx.AsyncClient
    staff: dict[str, str]
    urls: DatabaseUrls

    async def ask(
        self,
        method: str,
        path: str,
        token: str | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        """One request; a change gets an idempotency key of its own unless ``headers`` has one, and is signed by the
        owner of the token where that may be needed.
        """
        sent = {"authorization": f"Bearer {token}"} if token else {}
        if method != "GET":
            sent["idempotency-key"] = f"test-{next(_keys)}"
        if body is not None:
            content = json.dumps(body).encode()
        if content is not None:
            sent["content-type"] = "application/json"
        sent.update(headers or {})
        request = self.http.build_request(method, path, content=content, headers=sent)
        if token and may_need_a_signature(method, path) and "signature" not in sent:
            keyring.sign_as(token, request)
        return await self.http.send(request)

    async def get(self, path: str, token: str | None = None, **headers: str) -> httpx.Response:
        """One read."""
        return await self.ask(
            "GET", path, token, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )

    def client(self, token: str) -> ExchangeClient:
        """The project's own client over this application."""
        private_key = keyring.private_key_of(token)
        return ExchangeClient(BASE, token, transport=Documented(self.app), private_key=private_key)


def may_need_a_signature(method: str, path: str) -> bool:
    """Whether the table says that this change is signed, always or sometimes."""
    operation = operation_of(method, path.partition("?")[0])
    return isinstance(operation, Change) and bool(operation.signed)


@asynccontextmanager
async def running_stack(postgres: EmbeddedServer, folder: Path) -> AsyncIterator[Stack]:
    """A fresh exchange with its first entry, on a database of its own."""
    with fresh_database(postgres) as urls:
        settings = Settings.from_environment({"EXCHANGE_DATA_DIR": str(folder), "EXCHANGE_DATABASE_URL": urls.service})
        database = Database(urls.service, urls.owner, "the test's server")
        async with running(settings, database, print) as parts:
            app = create_app(parts.services)
            async with httpx.AsyncClient(transport=Documented(app), base_url=BASE) as http:
                yield Stack(app, parts.sequencer, http, keyring.tokens_by_role(parts.keys.read()), urls)


@dataclass
class Firm:
    """A participant with one trader and a key."""

    id: str
    person: str
    token: str


class Doors(Protocol):
    """An exchange that can be asked by the project's own client, in this process or another."""

    staff: dict[str, str]

    def client(self, token: str) -> ExchangeClient:
        """A client with a key."""
        ...


@dataclass
class World:
    """A small market: two firms that trade, a third that looks on, one instrument, one lot of the seller's.

    ``life`` has what the buyer's units became, once somebody has asked for it (:mod:`tests.api.successes`).
    """

    doors: Doors
    seller: Firm
    buyer: Firm
    stranger: Firm
    instrument: str
    lot: str
    project: str
    issuance: str
    proposal: str
    registry: Registry
    life: dict[str, str] = field(default_factory=dict)

    @property
    def stack(self) -> Stack:
        """The exchange in this process."""
        assert isinstance(self.doors, Stack)
        return self.doors

    async def place(self, firm: Firm, side: str, quantity: int, price: str, **more: Any) -> OrderAnswer:
        """An order that must be accepted."""
        async with self.doors.client(firm.token) as client:
            return await client.orders.place(self.instrument, side, quantity, price, **more)

    async def trade(self, quantity: int = 1, price: str = "30.00") -> OrderAnswer:
        """A trade between the two firms."""
        await self.place(self.seller, "SELL", quantity, price)
        return await self.place(self.buyer, "BUY", quantity, price)


async def build_world(doors: Doors) -> World:
    """Admit, fund, issue, list."""
    operator, second = doors.client(doors.staff["OPERATOR"]), doors.client(doors.staff["SECOND"])
    async with operator, second:
        seller = await make_firm(operator, second, "SELLER", "呼伦贝尔林业集团")
        buyer = await make_firm(operator, second, "BUYER", "包钢集团")
        stranger = await make_firm(operator, second, "STRANGER", "华能")
        await operator.deposits.credit(buyer.id, "1000000.00", "SIM-1")
        registry = await Registry.introduce(doors)
        project = await agreed(operator, second, "PROJECT", project_of("P1"))
        issuance = await agreed(operator, second, "ISSUANCE", issuance_of(project))
        lot = {
            "issuance": issuance,
            "owner": seller.id,
            "serial_lo": 1,
            "serial_hi": 10_001,
            "lock_reference": "LOCK-1",
        }
        admitted = await operator.proposals.propose("LOT_ADMISSION", lot)
        created = (await second.proposals.approve(admitted, "LOCK-1")).created
        await registry.answer_all()
        listed = await operator.instruments.list_new(
            symbol="CCER-P1-2023", family="FORESTRY_CCER", project="P1", vintage=2023, reference_price="30.00"
        )
    assert created is not None
    return World(doors, seller, buyer, stranger, listed.id, created, project, issuance, admitted.id, registry)


async def brought_by_the_buyer(world: World) -> None:
    """Sixty tonnes of the project that the buyer brings in itself, locked by the registry, and answers for."""
    staff, serials = world.doors.staff, {"serial_lo": 49_001, "serial_hi": 49_061}
    async with world.doors.client(staff["OPERATOR"]) as operator, world.doors.client(staff["SECOND"]) as second:
        issuance = await agreed(operator, second, "ISSUANCE", issuance_of(world.project, **serials))
        lot = {"issuance": issuance, "owner": world.buyer.id, "lock_reference": "LOCK-OWN", **serials}
        await agreed(operator, second, "LOT_ADMISSION", lot, "LOCK-OWN")
        await world.registry.answer_all()


async def agreed(
    operator: ExchangeClient, second: ExchangeClient, kind: str, fields: dict[str, object], evidence: str = ""
) -> str:
    """Propose and have another person approve; the id of what it made, "" for nothing."""
    proposal = await operator.proposals.propose(kind, fields)
    return (await second.proposals.approve(proposal, evidence)).created or ""


async def make_firm(operator: ExchangeClient, second: ExchangeClient, code: str, name: str) -> Firm:
    """A firm that may buy and sell, its trader and a key for everything."""
    firm = await operator.participants.admit(code=code, name_en=code, name_zh=name, role="BOTH", owner_group="")
    trader = await add_trader(operator, second, firm.id, f"trader of {code}")
    return Firm(firm.id, trader.person, trader.token)


def project_of(code: str, **changed: object) -> dict[str, object]:
    """What is proposed to record a project of forestry CCER, on ground of its own."""
    return {
        "code": code,
        "family": "FORESTRY_CCER",
        "mechanism": "CCER",
        "registry": "national registry",
        "name_en": "Afforestation",
        "name_zh": "造林项目",
        "methodology": "CCER-14-001-V01",
        "site_parcels": [f"INM/{code}"],
        "activity": "AFFORESTATION",
        "league": "HULUNBUIR",
        "ccer_generation": "NEW",
        "started": "2013-04-01",
        "crediting_start": "2020-10-01",
        "crediting_end": "2050-09-30",
        "uniqueness_declaration": f"DECL-{code}",
        **changed,
    }


def sink_of(code: str) -> dict[str, object]:
    """The same for another sink, whose mechanism nobody states."""
    return project_of(code, family="OTHER_SINK", mechanism="NOT_STATED", ccer_generation="NONE")


def issuance_of(project: str, **changed: object) -> dict[str, object]:
    """What is proposed to record an issuance of 10,000 t for 2023, of the 50,000 that were verified."""
    return {
        "project": project,
        "monitoring_start": "2023-01-01",
        "monitoring_end": "2023-12-31",
        "verified": 50_000,
        "applied_on": "2024-06-30",
        "space": "CCER",
        "serial_text": f"{changed.get('space', 'CCER')}-{{lo:6}}-{{hi:6}}",
        "serial_lo": 1,
        "serial_hi": 10_001,
        **changed,
    }
