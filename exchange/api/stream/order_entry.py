"""Orders over the stream: each operation stands for one of REST, with its rules, its errors and its idempotency.

Nothing is decided here: an operation's name leads to a row of the operation table, and from there on everything goes
the way of a request (:mod:`exchange.api.changes`). The request that an idempotency key stands for is the same as well,
so what was sent over the stream may be repeated over REST, and the other way round.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from starlette.types import Scope

from exchange.access.principal import Principal
from exchange.access.rate_limits import Deposit, Headers
from exchange.api.changes import Prepared, Wanted, permit, prepare, target_of
from exchange.api.language import Language
from exchange.api.limits import limit_batch, limit_change
from exchange.api.operations import Change
from exchange.api.ports import Services
from exchange.api.problem_tables import BODY_TOO_LARGE, IDEMPOTENCY_KEY_REQUIRED
from exchange.api.problems import ProblemError
from exchange.api.routes import OPERATIONS
from exchange.api.stream.requests import Amend, Cancel, CancelAll, OrderRequest
from exchange.api.validation import invalid, validate, validate_query

ENVELOPE: Final = 1024
"""Bytes that a frame may have beside the body of its operation."""

BY_ID: Final = "order"
BY_NAME: Final = "client_order_id"

ADDRESSES: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("place", ""): ("POST", "/v1/orders"),
    ("amend", BY_ID): ("PATCH", "/v1/orders/{order}"),
    ("amend", BY_NAME): ("PATCH", "/v1/orders/by-client-id/{client_order_id}"),
    ("cancel", BY_ID): ("DELETE", "/v1/orders/{order}"),
    ("cancel", BY_NAME): ("DELETE", "/v1/orders/by-client-id/{client_order_id}"),
    ("batch", ""): ("POST", "/v1/orders/batch"),
    ("cancel_all", ""): ("DELETE", "/v1/orders"),
    ("cancel_after", ""): ("PUT", "/v1/cancel-after"),
}
"""For which REST operation each operation of the stream stands, and by what it names an order."""

_BY_ADDRESS: Final = {(row.method, row.path): row for row in OPERATIONS if isinstance(row, Change)}

CHANGES: Final[Mapping[tuple[str, str], Change]] = {
    key: _BY_ADDRESS[address] for key, address in ADDRESSES.items() if address in _BY_ADDRESS
}
"""The rows of the operation table."""

_KEY: Final = re.compile(r"[!-~]{1,255}", re.ASCII)
_NAMING: Final = frozenset({Amend, Cancel})
"""The forms that name an order. To ask a model's class, of which there are no others, is quicker than isinstance."""

_NO_FIELDS: Final[Mapping[str, Any]] = {}


class Asker:
    """Who asks for changes: what the rate limits and the drafts need of a connection."""

    __slots__ = ("deposit", "language", "limits", "scope", "services")

    def __init__(self, services: Services, scope: Scope, language: Language) -> None:
        """``scope`` is that of the handshake."""
        self.services = services
        self.scope = scope
        self.language = language
        self.limits: Headers = ()
        self.deposit: Deposit | None = None
        """What was drawn for the frame at hand because it looks like a batch."""

    def prepare(self, request: OrderRequest, op: str, principal: Principal, size: int) -> Prepared:
        """The submission for a request of ``size`` bytes; raises ProblemError, checking in the order of REST."""
        change, path = _change_of(request, op)
        if change.weigh is None:
            limit_change(self, principal, change)
        permit(change, principal)
        key = request.idempotency_key
        if key is None or _KEY.fullmatch(key) is None:
            raise ProblemError(IDEMPOTENCY_KEY_REQUIRED)
        if size > change.largest + ENVELOPE:
            raise ProblemError(BODY_TOO_LARGE)
        fields = None if change.body is None else body_of(request)
        if change.weigh is not None:
            if self.deposit is None:  # no frame of a good program: the operation's name is written with escapes
                raise invalid("/op", "NOT_ONE_OF")
            limit_batch(self, self.deposit, size, *change.weigh(fields or {}))
        if type(request) is CancelAll:
            query, target = validate(change.query, request.body), target_of(change, path, request.body)
        else:
            query, target = validate_query(change.query, b""), _target_without_parameters(change, path)
        return prepare(self.services, Wanted(change, principal, self.language, key, path, query, fields, target))


def body_of(request: OrderRequest) -> dict[str, Any]:
    """The body of a request whose form has one."""
    body: dict[str, Any] = request.body  # type: ignore[attr-defined]  # not a field of all of them
    return body


_TARGETS: Final = {change.path: target_of(change, {}, {}) for change in CHANGES.values() if "{" not in change.path}


def _target_without_parameters(change: Change, path: Mapping[str, str]) -> bytes:
    return target_of(change, path, _NO_FIELDS) if path else _TARGETS[change.path]


def _change_of(request: OrderRequest, op: str) -> tuple[Change, Mapping[str, str]]:
    """The operation, and the names in its address."""
    if type(request) not in _NAMING:
        return CHANGES[op, ""], {}
    named = {name: value for name in (BY_ID, BY_NAME) if (value := getattr(request, name)) is not None}
    if len(named) != 1:
        raise invalid("/order", "ONE_NAME" if named else "MISSING")
    (by,) = named
    change = CHANGES.get((op, by))
    if change is None:
        raise invalid(f"/{by}", "UNKNOWN_FIELD")
    return change, named
