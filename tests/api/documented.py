"""Holds every answer of a test to the documentation: its status, its type, and each field of its body."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import httpx
from pydantic import BaseModel

from exchange.api.documentation import responses_of
from exchange.api.fields import Model
from exchange.api.operations import Operation
from exchange.api.problem_models import Problem
from exchange.api.problem_tables import API_PROBLEMS, INTERNAL
from exchange.api.refusal_status import STATUS_OF
from exchange.api.routes import OPERATIONS
from exchange.core.rejections import RejectReason

STATUSES = {
    **{reason.name: status for reason, status in STATUS_OF.items()},
    **{problem.code: problem.status for problem in API_PROBLEMS},
}


class Documented(httpx.ASGITransport):
    """The application, each of whose answers is checked on its way out."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer and check."""
        response = await super().handle_async_request(request)
        body = await response.aread()
        if request.method != "HEAD":
            check(request.method, request.url.path, response.status_code, response.headers, body)
        return response


@cache
def _patterns() -> list[tuple[re.Pattern[str], Operation]]:
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", operation.path)), operation) for operation in OPERATIONS]


def operation_of(method: str, path: str) -> Operation | None:
    """The operation that a request is for."""
    for pattern, operation in _patterns():
        if operation.method == method and pattern.fullmatch(path):
            return operation
    return None


def check(method: str, path: str, status: int, headers: httpx.Headers, body: bytes) -> None:
    """Fail when an answer is not as documented."""
    assert headers["x-content-type-options"] == "nosniff"
    assert re.fullmatch("[0-9a-f]{16}", headers["x-request-id"])
    kind = headers.get("content-type", "")
    operation = operation_of(method, path)
    if kind == "application/problem+json":
        check_problem(status, body)
        assert headers["content-language"] in ("en", "zh")
    elif kind == "application/json" and operation is not None:
        assert status == operation.status
        check_model(operation.answer, json.loads(body))
    if operation is not None and status != INTERNAL:
        assert str(status) in responses_of(operation), f"{method} {operation.path} answered {status}"


def check_problem(status: int, body: bytes) -> None:
    """A problem document with a known code of its status."""
    document = json.loads(body)
    check_model(Problem, document)
    assert document["status"] == status == STATUSES[document["code"]]
    assert document["type"] == f"/problems/{document['code']}"
    assert document["title"] and document["detail"]
    if document["code"] in RejectReason.__members__ and status == 404:
        assert set(document) == {"type", "title", "status", "code", "detail"}


def check_model(model: type[BaseModel], document: Any) -> None:
    """A document that has the model's fields, all that are required and no others, to any depth."""
    shown = model.model_validate(document).model_dump(mode="json", exclude_unset=True, by_alias=True)
    assert shown == document, f"{model.__name__}: {shown} is not {document}"
    assert issubclass(model, Model)
