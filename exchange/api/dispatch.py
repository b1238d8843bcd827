"""Finds the operation that a request is for, and answers it without the framework's router.

The framework tries one regular expression after another and builds objects that this API does not use; here an address
is looked up. It is the same table (:mod:`exchange.api.routes`) from which the framework's routes are made for the
documentation, and whatever is not in it goes on to them: pages, health, and the problems of wrong addresses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from exchange.api.operations import Operation, Upload
from exchange.api.pipeline import respond
from exchange.api.ports import Services
from exchange.api.routes import OPERATIONS
from exchange.api.uploads import respond_upload

Found = tuple[Operation, Mapping[str, str]]

OPEN_NAME: Final = "{client_order_id}"
"""A name that clients choose at the end of an address: all the rest of it, since it may have slashes in it."""

_NO_NAMES: Final[Mapping[str, str]] = {}


class Table:
    """Operations by method and address."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        """In the order in which addresses are tried where several fit."""
        self._plain: Final[dict[tuple[str, str], Found]] = {}
        self._named: Final[dict[tuple[str, int], list[tuple[list[str], Operation]]]] = {}
        self._open: Final[list[tuple[str, str, Operation]]] = []
        for operation in operations:
            parts = operation.path.split("/")
            if operation.path.endswith(OPEN_NAME):
                self._open.append((operation.method, operation.path.removesuffix(OPEN_NAME), operation))
            elif "{" in operation.path:
                self._named.setdefault((operation.method, len(parts)), []).append((parts, operation))
            else:
                self._plain[operation.method, operation.path] = (operation, _NO_NAMES)

    def find(self, method: str, path: str) -> Found | None:
        """The operation at an address, and what stands in the place of the names in it; None when there is none."""
        found = self._plain.get((method, path))
        if found is not None:
            return found
        given = path.split("/")
        for parts, operation in self._named.get((method, len(given)), ()):
            names = _names(parts, given)
            if names is not None:
                return operation, names
        for wanted, prefix, operation in self._open:
            if method == wanted and path.startswith(prefix) and len(path) > len(prefix):
                return operation, {OPEN_NAME[1:-1]: path[len(prefix) :]}
        return None


def _names(parts: list[str], given: list[str]) -> dict[str, str] | None:
    names: dict[str, str] = {}
    for part, text in zip(parts, given, strict=True):
        if part[:1] == "{":
            if not text:
                return None
            names[part[1:-1]] = text
        elif part != text:
            return None
    return names


TABLE: Final = Table(OPERATIONS)
"""All operations of the API."""


class Dispatch:
    """The application for addresses of the table, in front of the framework's."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        """``app`` answers everything else."""
        self._app = app
        self._services = services
        self._table = TABLE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        found = self._table.find(scope["method"], scope["path"])
        if found is None:
            await self._app(scope, receive, send)
            return
        operation, names = found
        scope["route"] = operation  # for the metrics, as the framework's router does
        if isinstance(operation, Upload):
            await respond_upload(self._services, operation, names, scope, receive, send)
            return
        await respond(self._services, operation, names, scope, receive, send)
