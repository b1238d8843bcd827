"""The addresses under ``/control``: those that make the simulator misbehave, and show what it has done and said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from exchange.registry.simulator.desk import Desk
from exchange.registry.simulator.faults import FIELDS, Faults
from exchange.registry.simulator.ledger import Ledger
from exchange.registry.simulator.lists import Lists
from exchange.registry.simulator.orders import (
    ACCOUNT,
    FALSE_LINE,
    FALSE_RECORD,
    REFERENCE,
    SERIALS,
    UNPROCESSABLE,
    OrderError,
    read_object,
    read_order,
    read_serials,
    read_venue,
)

if TYPE_CHECKING:
    from exchange.registry.simulator.app import Simulator

PREFIX: Final = "/control"
_NOT_FOUND: Final = 404
_CONFLICT: Final = 409


def add_control(app: FastAPI, simulator: Simulator) -> None:
    """Whoever tries the venue out."""
    add_refusals(app)
    add_ways(app, simulator)
    add_serials(app, simulator.desk)
    add_false_lists(app, simulator.lists, simulator.desk)


def _done() -> Response:
    return JSONResponse({"done": True})


def add_refusals(app: FastAPI) -> None:
    """Say of an order that is not followed why it is not, and which ones there are."""

    @app.exception_handler(OrderError)
    async def refuse(_: Request, error: OrderError) -> Response:
        return JSONResponse({"done": False, "why": str(error)}, error.status)

    @app.exception_handler(HTTPException)
    async def nothing_there(request: Request, error: HTTPException) -> Response:
        known = [
            f"{method} {route.path}"
            for route in app.routes
            if isinstance(route, Route)
            for method in sorted((route.methods or set()) - {"HEAD"})
        ]
        told = f"there is no {request.method} {request.url.path} here, but {', '.join(known)}"
        return JSONResponse({"done": False, "why": told}, error.status_code)


def add_ways(app: FastAPI, simulator: Simulator) -> None:
    """What it has done, how it behaves, and where it calls back."""
    desk = simulator.desk

    @app.get(PREFIX)
    async def state() -> Response:
        blocks = [[b.space, b.lo, b.hi, b.holder, b.holding, b.reference, b.receipt] for b in desk.ledger.all()]
        calls = [list(row) for row in desk.store.rows("SELECT reference, tries, answer FROM callbacks ORDER BY number")]
        query = "SELECT reference, outcome, why, coalesce(n, 0), asks FROM requests LEFT JOIN calls USING (reference)"
        requests = [list(row) for row in desk.store.rows(query)]
        known = {"staff": simulator.identity.staff_action(), "faults": desk.faults.document()}
        return JSONResponse({**known, "blocks": blocks, "callbacks": calls, "requests": requests})

    @app.put(f"{PREFIX}/faults")
    async def set_faults(request: Request) -> Response:
        given = await read_object(request, FIELDS)
        try:
            faults = Faults.read(given)
        except ValueError as error:
            raise OrderError(UNPROCESSABLE, str(error)) from None
        simulator.set_faults(faults)
        return _done()

    @app.put(f"{PREFIX}/venue")
    async def set_venue(request: Request) -> Response:
        simulator.callbacks.set_venue(*await read_venue(request))
        return _done()

    @app.post(f"{PREFIX}/speak")
    async def speak() -> Response:
        desk.speak()
        return _done()


def add_serials(app: FastAPI, desk: Desk) -> None:
    """What happens to serials without the venue."""

    @app.post(f"{PREFIX}/issue")
    async def issue(request: Request) -> Response:
        space, lo, hi, given = await read_serials(request, ACCOUNT)
        with desk.store.transaction():
            worked = desk.ledger.issue(space, lo, hi, given["holder"])
        if not worked:
            told = f"some of these serials were issued before: {_there(desk.ledger, space, lo, hi)}"
            raise OrderError(_CONFLICT, f"{told}; send others, or POST {PREFIX}/transfer")
        return _done()

    @app.post(f"{PREFIX}/transfer")
    async def transfer(request: Request) -> Response:
        space, lo, hi, given = await read_serials(request, ACCOUNT)
        with desk.store.transaction():
            worked = desk.ledger.transfer(space, lo, hi, given["holder"])
        if not worked:
            there = _there(desk.ledger, space, lo, hi)
            if not there:
                told = f"there are no such serials: issue them first with POST {PREFIX}/issue"
                raise OrderError(_NOT_FOUND, told)
            told = f"not all of these serials are there and FREE or RELEASED, but {there}"
            raise OrderError(_CONFLICT, f"{told}; send those that are")
        return _done()


def _there(ledger: Ledger, space: str, lo: int, hi: int) -> str:
    """What there is of a range, block by block."""
    parts = [block for block in ledger.all() if block.space == space and block.lo < hi and lo < block.hi]
    return ", ".join(f"{part.lo} to before {part.hi} {part.holding} of {part.holder}" for part in parts)


def add_false_lists(app: FastAPI, lists: Lists, desk: Desk) -> None:
    """The addresses that make its lists untrue, and the one that puts right whatever it has said."""

    @app.post(f"{PREFIX}/false-lines")
    async def tell_line(request: Request) -> Response:
        lists.tell_line(await read_order(request, FALSE_LINE))
        return _done()

    @app.post(f"{PREFIX}/hidden-lines")
    async def hide_lines(request: Request) -> Response:
        space, lo, hi, _ = await read_serials(request, SERIALS)
        lists.hide_lines(space, lo, hi)
        return _done()

    @app.post(f"{PREFIX}/false-records")
    async def tell_record(request: Request) -> Response:
        lists.tell_record(await read_order(request, FALSE_RECORD))
        return _done()

    @app.post(f"{PREFIX}/hidden-records")
    async def hide_record(request: Request) -> Response:
        reference = (await read_order(request, REFERENCE))["reference"]
        if not any(record["reference"] == reference for record in lists.records()):
            told = f"no request has the reference {reference}: GET {PREFIX} shows those that there are"
            raise OrderError(_NOT_FOUND, told)
        lists.hide_record(reference)
        return _done()

    @app.post(f"{PREFIX}/honest")
    async def be_honest() -> Response:
        lists.be_honest()
        return JSONResponse({"done": True, "restated": desk.put_right()})
