"""The simulator's addresses: those of the registry under ``/v1``, and those that make it misbehave under ``/control``.

Both want the token of the venue as a bearer token. Its own work is quick and on one thread, so requests do not cross.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from exchange.registry.simulator.callbacks import Callbacks
from exchange.registry.simulator.control import PREFIX, add_control
from exchange.registry.simulator.desk import Desk
from exchange.registry.simulator.faults import Fault, Faults
from exchange.registry.simulator.identity import Identity
from exchange.registry.simulator.lists import LINE, RECORD, Lists, page
from exchange.registry.simulator.orders import read_object
from exchange.registry.simulator.store import Store
from exchange.registry.statements import LIST, sign_document

MOST_LINES: Final = 1_000
_UNAUTHORISED: Final = 401
_BAD: Final = 400
_DOWN: Final = 503


class Simulator:
    """All parts of one simulated registry, on the store in a folder."""

    def __init__(self, folder: Path, faults: Faults | None = None, on_demand: bool = False) -> None:
        """``faults`` None goes on with those that it had when it ended."""
        self.store = Store(folder)
        self.identity = Identity.of(self.store)
        kept = Faults.read(json.loads(self.store.setting("faults") or "{}"))
        self.desk = Desk(self.store, self.identity, faults or kept, on_demand)
        self.set_faults(self.desk.faults)
        self.lists = Lists(self.store, self.desk.ledger)
        self.callbacks = Callbacks(self.store, self.identity)

    def set_faults(self, faults: Faults) -> None:
        """Misbehave so from now on, also after a restart."""
        self.desk.faults = faults
        self.store.keep("faults", json.dumps(faults.document()))

    def app(self) -> FastAPI:
        """The application."""
        app = FastAPI(title="Registry simulator", lifespan=self._calling_back, openapi_url=None)
        app.add_middleware(Door, simulator=self)
        add_registry(app, self)
        add_control(app, self)
        return app

    @contextlib.asynccontextmanager
    async def _calling_back(self, _: FastAPI) -> AsyncIterator[None]:
        calling = asyncio.create_task(self.callbacks.run())
        try:
            yield
        finally:
            calling.cancel()
            await asyncio.wait((calling,))
            self.store.close()


class Door:
    """Lets in whoever has the token; while the registry is down, to ``/control`` only."""

    def __init__(self, app: ASGIApp, simulator: Simulator) -> None:
        self._app = app
        self._token = simulator.identity.token.encode()
        self._simulator = simulator
        self._calls = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        refused = self._refused(scope) if scope["type"] == "http" else None
        await (refused or self._app)(scope, receive, send)

    def _refused(self, scope: Scope) -> Response | None:
        given = dict(scope["headers"]).get(b"authorization", b"").removeprefix(b"Bearer ")
        if not secrets.compare_digest(given, self._token):
            return JSONResponse({"why": "this token is not known here"}, _UNAUTHORISED)
        if scope["path"].startswith(PREFIX):
            return None
        self._calls += 1
        down = self._simulator.desk.faults.happens(Fault.DOWN, "the line", self._calls)
        return JSONResponse({"why": "closed"}, _DOWN) if down else None


class NoAnswer(Response):
    """The line is open, and nothing comes, until the other side gives up."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for the other side to go away."""
        while (await receive())["type"] != "http.disconnect":
            pass


def add_registry(app: FastAPI, simulator: Simulator) -> None:
    """The addresses of the registry."""
    desk = simulator.desk

    @app.post("/v1/requests")
    async def ask(request: Request) -> Response:
        document = await read_object(request, "a request")
        reference = str(document.get("reference"))
        call = desk.count_call(reference)
        if desk.faults.happens(Fault.LOSES, reference, call):
            return NoAnswer()
        status, answer = desk.take(document)
        if desk.faults.happens(Fault.HANGS, reference, call):
            return NoAnswer()
        return JSONResponse(answer, status)

    @app.get("/v1/requests/{reference:path}")
    async def look_up(reference: str) -> Response:
        call = desk.count_call(reference)
        if desk.faults.happens(Fault.HANGS, reference, call) or desk.faults.happens(Fault.LOSES, reference, call):
            return NoAnswer()
        status, answer = desk.look_up(reference)
        return JSONResponse(answer, status)

    @app.get("/v1/holdings")
    async def holdings(request: Request) -> Response:
        return _page(simulator, request, simulator.lists.holdings(), LINE)

    @app.get("/v1/requests")
    async def records(request: Request) -> Response:
        return _page(simulator, request, simulator.lists.records(), RECORD)


def _page(simulator: Simulator, request: Request, lines: list[dict[str, Any]], names: tuple[str, ...]) -> Response:
    asked = dict(request.query_params)
    limit = asked.get("limit", str(MOST_LINES))
    if not limit.isascii() or not limit.isdigit() or not 0 < int(limit) <= MOST_LINES:
        return JSONResponse({"why": f"limit is 1 to {MOST_LINES}"}, _BAD)
    try:
        items, after = page(lines, names, asked.get("after", ""), int(limit))
    except (TypeError, ValueError):
        return JSONResponse({"why": "after is what the page before has as next"}, _BAD)
    document = {"items": items, "next": after, "asked": {"path": request.url.path, **asked}}
    return JSONResponse(sign_document(LIST, document, simulator.identity.private_key))
