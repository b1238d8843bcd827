"""The same attempts through the API: each command as the signed request that a person would send."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import httpx

from exchange.access.ids import Kind, id_number, id_text
from exchange.access.keys import token_text
from exchange.api.app import create_app
from exchange.api.resources.actions import action_document
from exchange.client.signing import RequestSigner
from exchange.core.commands import Command
from exchange.core.commands.approvals import Approve, Propose
from exchange.core.commands.credits import ImportRow, StageUnits
from exchange.core.commands.orders import PlaceOrder
from exchange.core.commands.registry import AnswerRequest
from exchange.core.rejections import RejectReason
from exchange.core.values import KeyId
from exchange.registry.statements import Statement, sign
from exchange.store.embedded import DatabaseUrls
from tests.double_counting.attempts import Done
from tests.double_counting.scene import Scene, Secret
from tests.double_counting.venue import Venue, open_venue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

BASE: Final = "http://exchange"
SECOND: Final = 1_000_000
SERVER_ERROR: Final = 500
_numbers = count(1)

Wire = tuple[str, dict[str, Any] | bytes]
"""Where a command is sent, and its body: JSON, or a file."""


def _propose(scene: Scene, command: Propose) -> Wire:
    fields = action_document(command.action)
    # Whose matter it is follows from the key where only the own can be meant.
    if fields["type"] in ("USE", "RELEASE", "WITHDRAWAL"):
        del fields["participant"]
    return "/v1/proposals", {"action": {name: value for name, value in fields.items() if value is not None}}


def _approve(scene: Scene, command: Approve) -> Wire:
    path = f"/v1/proposals/{id_text(Kind.PROPOSAL, command.proposal)}/approve"
    return path, {"action_hash": command.action_hash.hex(), "evidence": command.evidence}


def _place(scene: Scene, command: PlaceOrder) -> Wire:
    return "/v1/orders", {
        "instrument": id_text(Kind.INSTRUMENT, command.instrument),
        "side": command.side.name,
        "quantity": command.quantity,
        "price": f"{command.price // 100}.{command.price % 100:02}",
    }


def _answer(scene: Scene, command: AnswerRequest) -> Wire:
    """The registry's statement, signed by the registry itself."""
    request = scene.state.requests.by_id.get(command.request)
    lot, reference = (scene.forest, "nobody-req-1-1-00000000") if request is None else (request.lot, request.reference)
    space = scene.space_of(lot)
    statement = Statement(
        reference,
        command.kind.name,
        command.account,
        command.outcome.name,
        space,
        command.serials_lo,
        command.serials_hi,
        command.receipt,
        command.message,
        command.stated_at,
    )
    return "/v1/registry/callbacks", sign(statement, secret_of(scene, command).private_key)


COLUMNS: Final = "project,start,end,verified,applied_on,quantity,lo,hi,owner,lock_reference"
_NAMED: Final = {"project": "project", "start": "start", "end": "end", "verified": "verified", "quantity": "quantity"}
_MAPPED: Final = {"form": "MAPPED", "column_serial_lo": "lo", "column_serial_hi": "hi"} | {
    f"column_{field}": name for field, name in _NAMED.items()
}


def _stage(scene: Scene, command: StageUnits) -> Wire:
    """A file with one row more than waits in the import, each on the line that it has."""
    (row,) = command.rows
    begun = scene.state.imports.by_id.get(command.staged)
    lines = {one.line: _cells(one) for one in (*(begun.rows if begun is not None else ()), row)}
    query = _MAPPED | {"space": row.space, "template": row.serial_text, "staged": id_text(Kind.IMPORT, command.staged)}
    content = [COLUMNS, *(lines.get(line, "") for line in range(2, max(lines) + 1)), ""]
    return f"/v1/imports?{urlencode(query)}", "\n".join(content).encode()


def _cells(row: ImportRow) -> str:
    tonnes, last, owner = row.serial_hi - row.serial_lo, row.serial_hi - 1, id_text(Kind.PARTICIPANT, row.owner)
    days = (row.monitoring_start, row.monitoring_end, row.verified, row.applied_on)
    cells = (row.project, *days, tonnes, row.serial_lo, last, owner, row.lock_reference)
    return ",".join(map(str, cells))


_WIRES: Final[dict[type, Callable[[Scene, Any], Wire]]] = {
    Propose: _propose,
    Approve: _approve,
    PlaceOrder: _place,
    AnswerRequest: _answer,
    StageUnits: _stage,
}


def secret_of(scene: Scene, command: Command) -> Secret:
    """What the person who gives a command acts with."""
    hashes = [key.secret_hash for key in scene.state.register.keys.values() if key.person == command.actor]
    return scene.secrets[hashes[0]]


class Door:
    """Gives commands over HTTP, to an application in this process."""

    def __init__(self, venue: Venue, http: httpx.AsyncClient) -> None:
        self.venue = venue
        self._http = http
        self.answers: list[httpx.Response] = []

    async def give(self, command: Command) -> Done:
        """Send a command as a request; what is said to it, by its code."""
        self.venue.scene.wait(1)
        return _done(await self.send(command, f"attempt-{next(_numbers)}"))

    async def send(self, command: Command, idempotency_key: str) -> httpx.Response:
        """Send a command under this idempotency key, signed now."""
        scene = self.venue.scene
        path, body = _WIRES[type(command)](scene, command)
        secret, key = secret_of(scene, command), _key_of(scene, command)
        headers = {
            "authorization": f"Bearer {token_text(key, secret.text)}",
            "content-type": "text/csv" if isinstance(body, bytes) else "application/json",
            "idempotency-key": idempotency_key,
        }
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = self._http.build_request("POST", path, content=content, headers=headers)
        RequestSigner(id_text(Kind.KEY, key), secret.private_key, lambda: scene.now() // SECOND).sign(request)
        answer = await self._http.send(request)
        self.answers.append(answer)
        return answer


def _key_of(scene: Scene, command: Command) -> KeyId:
    return next(key.key for key in scene.state.register.keys.values() if key.person == command.actor)


class NotToldError(Exception):
    """The service cannot say what became of a request: it is to be sent again."""


def _done(answer: httpx.Response) -> Done:
    document = answer.json()
    if answer.is_success:
        if document.get("refused"):
            return Done(RejectReason[document["refused"][0]["code"]], 0)
        # What a proposal is called is all that an attempt goes on with; of anything else it is no such number.
        return Done(None, id_number(Kind.PROPOSAL, document.get("id", "")))
    if answer.status_code >= SERVER_ERROR:
        raise NotToldError(document["code"])
    code = document["code"]
    assert code in RejectReason.__members__, document
    return Done(RejectReason[code], 0)


@asynccontextmanager
async def open_door(scene: Scene, urls: DatabaseUrls, folder: Path) -> AsyncIterator[Door]:
    """A service on the history of a scene, and its API."""
    async with open_venue(scene, urls, folder) as venue, door_of(venue) as door:
        yield door


@asynccontextmanager
async def door_of(venue: Venue) -> AsyncIterator[Door]:
    """The API of a service."""
    transport = httpx.ASGITransport(create_app(venue.parts.services), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as http:
        yield Door(venue, http)
