"""A venue and a registry, each as a process of its own, with the units of one forest firm between them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final

import httpx

from exchange.bootstrap.genesis import FirstKeys
from exchange.cli.demo.service import Service, free_port
from exchange.client import ExchangeClient
from exchange.store.embedded import temporary_home
from tests.api.stack import Firm, make_firm
from tests.support import keyring
from tests.support.service import a_service

WAIT_S: Final = 180.0
LOOK_S: Final = 0.05
TONNES: Final = 100

Look = Callable[[], Awaitable[Any]]


async def until(look: Look, wanted: Callable[[Any], bool]) -> Any:
    """Look again and again until what is seen is what is wanted; fails with what was seen last."""
    seen = None
    try:
        async with asyncio.timeout(WAIT_S):
            while not wanted(seen := await look()):  # noqa: ASYNC110  another process has no event for us
                await asyncio.sleep(LOOK_S)
    except TimeoutError:
        raise AssertionError(f"it never came; last seen: {seen}") from None
    return seen


class Simulator:
    """The simulated registry as a process."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.environment = {**os.environ, **environment}
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> None:
        """Start, and wait until it answers."""
        command = [sys.executable, "-m", "exchange", "registry-simulator", "--data-dir", str(self.folder)]
        command += ["--port", str(self.port), "--stop-with-stdin", *options]
        with (self.folder / "simulator.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=log, stderr=log, env=self.environment
            )
        self._wait()

    def _wait(self) -> None:
        for _ in range(600):
            assert self.process is not None and self.process.poll() is None, self.log
            try:
                httpx.get(self.url, trust_env=False)
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the simulator does not answer")

    def kill(self) -> None:
        """``kill -9``."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)
        self._close_stdin()

    def end(self) -> None:
        """Stop it, however it is."""
        if self.process is not None and self.process.poll() is None:
            self._close_stdin()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()

    def _close_stdin(self) -> None:
        assert self.process is not None and self.process.stdin is not None
        self.process.stdin.close()

    @property
    def log(self) -> str:
        """What it has said."""
        return (self.folder / "simulator.log").read_text(errors="replace")[-4_000:]

    @property
    def token(self) -> str:
        """The venue's token."""
        return (self.folder / "venue-token").read_text().strip()

    def staff_action(self) -> dict[str, Any]:
        """The proposal that makes it known to the venue."""
        action: dict[str, Any] = json.loads((self.folder / "staff-proposal.json").read_text())
        return action

    def ask(self, method: str, path: str, body: Any = None, **given: Any) -> httpx.Response:
        """Ask it something as the venue."""
        headers = {"Authorization": f"Bearer {self.token}"}
        with httpx.Client(base_url=self.url, headers=headers, trust_env=False, timeout=10.0) as http:
            return http.request(method, path, json=body, **given)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Change how it behaves, which must work."""
        response = self.ask(method, f"/control{path}", body)
        assert response.status_code == httpx.codes.OK, response.text
        return response.json()

    def misbehave(self, seed: int = 1, **chances: int) -> None:
        """Have faults from now on, and no others; without any it behaves."""
        slow = {"slow_seconds": 1.0, "spread_seconds": 1.0}
        self.control("PUT", "/faults", {"seed": seed, "chances": chances, **slow})

    def state(self) -> dict[str, Any]:
        """What it has done and said."""
        seen: dict[str, Any] = self.control("GET", "")
        return seen


class Pair:
    """Both processes, known to each other; ``wood`` is a forest firm, ``steel`` a buyer."""

    def __init__(self, service: Service, simulator: Simulator) -> None:
        self.service = service
        self.simulator = simulator
        self.staff: dict[str, str] = {}
        self.registry_key = ""
        self._numbers = count(1)

    wood: Firm
    steel: Firm

    def client(self, token: str) -> ExchangeClient:
        """The project's own client over HTTP."""
        return ExchangeClient(self.service.url, token, private_key=keyring.private_key_of(token))

    async def open(self) -> None:
        """Admit the firms."""
        self.staff = keyring.tokens_by_role(FirstKeys(self.service.folder).read())
        async with self.client(self.staff["OPERATOR"]) as first, self.client(self.staff["SECOND"]) as second:
            self.wood = await make_firm(first, second, "WOOD", "呼伦贝尔林业集团")
            self.steel = await make_firm(first, second, "STEEL", "包钢集团")

    async def introduce(self) -> None:
        """Make the two known to each other."""
        action = self.simulator.staff_action()
        kind = str(action.pop("type"))
        made = await self.agree(kind, action, approver="REGULATOR")
        self.registry_key = made.created_key
        self.call_back()

    def call_back(self, wanted: bool = True) -> None:
        """Have the registry call back, or let the venue ask."""
        url = self.service.url if wanted else ""
        self.simulator.control("PUT", "/venue", {"url": url, "key": self.registry_key})

    async def agree(self, kind: str, fields: dict[str, Any], evidence: str = "", approver: str = "SECOND") -> Any:
        """Propose as the first operator and approve as somebody else."""
        async with self.client(self.staff["OPERATOR"]) as first, self.client(self.staff[approver]) as second:
            return await second.proposals.approve(await first.proposals.propose(kind, fields), evidence)

    async def by_firm(self, firm: Firm, kind: str, fields: dict[str, Any], evidence: str = "") -> Any:
        """Propose as a firm's trader and approve as an operator."""
        async with self.client(firm.token) as trader, self.client(self.staff["SECOND"]) as second:
            return await second.proposals.approve(await trader.proposals.propose(kind, fields), evidence)

    async def rule(self, **values: int) -> None:
        """Adopt the rulebook with other values."""
        async with self.client(self.staff["OPERATOR"]) as operator:
            book = await operator.connection.read("/v1/rulebook")
        rules: Any = book["rules"]
        changed = {name.replace("_", "-"): value for name, value in values.items()}
        kept = ("id", "value", "unit", "article", "verified", "effective_from", "text_en", "text_zh")
        told = [{name: rule[name] for name in kept} for rule in rules]
        told = [{**rule, "value": changed.get(rule["id"], rule["value"])} for rule in told]
        await self.agree("RULEBOOK", {"profile": book["profile"], "rules": told}, approver="REGULATOR")

    async def bring_in(self, known: bool = True) -> Lot:
        """Serials of a new project on ground of its own, admitted for the forest firm; the registry is asked to lock
        them. ``known`` says that it has issued them to that firm.
        """
        n = next(self._numbers)
        space = f"CCER-{n}"
        if known:
            serials = {"space": space, "serial_lo": 1, "serial_hi": TONNES + 1, "holder": "WOOD"}
            self.simulator.control("POST", "/issue", serials)
        project = (await self.agree("PROJECT", {**PROJECT, "code": f"P{n}", "site_parcels": [f"INM/{n}"]})).created
        issuance = (
            await self.agree(
                "ISSUANCE",
                {**ISSUANCE, "project": project, "space": space, "serial_text": f"{space}-{{lo:6}}-{{hi:6}}"},
            )
        ).created
        admission = {"issuance": issuance, "owner": self.wood.id, "serial_lo": 1, "serial_hi": TONNES + 1}
        lock = f"PAPER-{n}"
        lot = (await self.agree("LOT_ADMISSION", {**admission, "lock_reference": lock}, lock)).created
        return Lot(self, lot, space)

    async def read(self, path: str, **query: str) -> Any:
        """One read as the first operator."""
        async with self.client(self.staff["OPERATOR"]) as operator:
            return await operator.connection.read(path, query)

    async def entries(self) -> int:
        """How many entries the journal has."""
        status = await self.read("/v1/status")
        return int(status["as_of_seq"])

    async def requests(self, lot: str) -> list[dict[str, Any]]:
        """The requests about a lot, oldest first."""
        async with self.client(self.staff["OPERATOR"]) as operator:
            rows: list[dict[str, Any]] = []
            cursor: Any = None
            while True:
                query = {"limit": "100"} if cursor is None else {"limit": "100", "cursor": cursor}
                page: Any = await operator.connection.read("/v1/registry/requests", query)
                rows += page["items"]
                cursor = page.get("next_cursor")
                if not cursor:
                    return [row for row in rows if row["lot"] == lot]


class Lot:
    """One lot, and what there is of it on both sides."""

    def __init__(self, pair: Pair, lot: str, space: str) -> None:
        self.pair = pair
        self.lot = lot
        self.space = space

    async def answered(self, status: str = "CONFIRMED", which: int = -1) -> dict[str, Any]:
        """Wait until its newest request has this status."""

        def is_there(rows: list[dict[str, Any]]) -> bool:
            return bool(rows) and rows[which]["status"] == status

        rows: list[dict[str, Any]] = await until(lambda: self.pair.requests(self.lot), is_there)
        return rows[which]

    async def request(self) -> dict[str, Any]:
        """Its newest request as it is now."""
        return (await self.pair.requests(self.lot))[-1]

    async def states(self) -> dict[str, int]:
        """Its tonnes by state."""
        async with self.pair.client(self.pair.staff["OPERATOR"]) as operator:
            page: Any = await operator.connection.read(f"/v1/lots/{self.lot}/parcels")
        sums: dict[str, int] = {}
        for part in page["items"]:
            sums[part["state"]] = sums.get(part["state"], 0) + part["quantity"]
        return sums

    def there(self) -> list[list[Any]]:
        """Its blocks at the registry: first and last serial, holder, holding."""
        blocks = self.pair.simulator.state()["blocks"]
        return [[lo, hi, holder, holding] for space, lo, hi, holder, holding, *_ in blocks if space == self.space]


PROJECT: Final[dict[str, Any]] = {
    "family": "FORESTRY_CCER",
    "mechanism": "CCER",
    "registry": "National registry",
    "name_en": "Afforestation",
    "name_zh": "造林项目",
    "methodology": "CCER-14-001-V01",
    "activity": "AFFORESTATION",
    "league": "HULUNBUIR",
    "ccer_generation": "NEW",
    "started": "2020-01-01",
    "crediting_start": "2020-10-01",
    "crediting_end": "2050-09-30",
    "uniqueness_declaration": "DECL-1",
}
ISSUANCE: Final[dict[str, Any]] = {
    "monitoring_start": "2024-01-01",
    "monitoring_end": "2024-12-31",
    "verified": TONNES,
    "applied_on": "2025-06-01",
    "serial_lo": 1,
    "serial_hi": TONNES + 1,
}


def kill(service: Service) -> None:
    """``kill -9`` of the venue."""
    process = service._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait(60)


@asynccontextmanager
async def a_pair(known: bool = True, **settings: str) -> AsyncIterator[Pair]:
    """Both processes on fresh data, ``known`` to each other or not yet; nothing is left of them at the end."""
    with temporary_home() as home:
        folder = home / "registry"
        folder.mkdir()
        simulator = Simulator(folder, **settings)
        simulator.start()
        token = str(folder / "venue-token")
        wired = {"EXCHANGE_REGISTRY_URL": simulator.url, "EXCHANGE_REGISTRY_TOKEN_FILE": token}
        with a_service(**{**wired, "EXCHANGE_REGISTRY_RECONCILE_MINUTES": "0", **settings}) as service:
            try:
                await service.start()
                pair = Pair(service, simulator)
                await pair.open()
                if known:
                    await pair.introduce()
                yield pair
            finally:
                simulator.end()
