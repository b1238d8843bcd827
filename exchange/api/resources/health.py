"""Outside ``/v1``: whether the process lives, whether it can take commands, what it measures, what problems mean."""

from __future__ import annotations

import inspect
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from exchange.api.documentation import Health, ProblemType, Readiness, health_extra
from exchange.api.fields import Model
from exchange.api.language import language_of
from exchange.api.operation_names import NAMES
from exchange.api.pipeline import response_of
from exchange.api.ports import Services
from exchange.api.problem_tables import (
    API_PROBLEMS,
    NO_SUCH_ROUTE,
    NOT_FOUND,
    NOT_READY,
    UNAVAILABLE,
    ApiProblem,
)
from exchange.api.problems import PROBLEMS_PATH, ProblemError, problem_answer
from exchange.api.refusal_status import STATUS_OF
from exchange.api.wire import json_bytes
from exchange.core.rejections import TEXTS, TITLES, ReasonText, RejectReason, Title
from exchange.sequencer.journal import Answer
from exchange.telemetry import CONTENT_TYPE


def _json(document: dict[str, Any]) -> Response:
    return response_of(Answer(200, "application/json", "en", json_bytes(document)))


def problem_type(code: str) -> dict[str, Any] | None:
    """The explanation of a problem code, or None when there is no such code."""
    for problem in API_PROBLEMS:
        if problem.code == code:
            return _explained(code, problem.status, problem.title, problem, "")
    if code not in RejectReason.__members__:
        return None
    reason = RejectReason[code]
    texts = TEXTS[reason]
    return _explained(code, STATUS_OF[reason], TITLES[reason], texts, texts.rule)


def _explained(code: str, status: int, title: Title, texts: ApiProblem | ReasonText, rule: str) -> dict[str, Any]:
    names = {"title_en": title.en, "title_zh": title.zh}
    return {"code": code, "status": status, **names, "en": texts.en, "zh": texts.zh, "rule": rule}


def add_health(app: FastAPI, services: Services) -> None:
    """Add the addresses outside ``/v1``."""

    async def health() -> Response:
        """Say whether the process lives; it says nothing about the database."""
        return _json({"status": "alive"})

    async def ready(request: Request) -> Response:
        """Say whether commands can be made durable now: this process leads, and PostgreSQL takes entries."""
        if await services.ready():
            return _json({"status": "ready", "as_of_seq": services.view.seq})
        language = language_of(request.headers.get("accept-language"))
        return response_of(problem_answer(ProblemError(NOT_READY), language), {"retry-after": "1"})

    async def metrics() -> Response:
        """Show everything that is measured, in the Prometheus text format."""
        return Response(services.telemetry.page(), headers={"content-type": CONTENT_TYPE})

    async def explain(request: Request) -> Response:
        """Explain a problem code; this is the address that `type` of a problem document names."""
        document = problem_type(request.path_params["code"])
        if document is not None:
            return _json(document)
        language = language_of(request.headers.get("accept-language"))
        return response_of(problem_answer(ProblemError(NO_SUCH_ROUTE), language))

    endpoints: tuple[tuple[str, Any, type[Model] | None, tuple[int, ...]], ...] = (
        ("/health", health, Health, ()),
        ("/ready", ready, Readiness, (UNAVAILABLE,)),
        ("/metrics", metrics, None, ()),
        (f"{PROBLEMS_PATH}{{code}}", explain, ProblemType, (NOT_FOUND,)),
    )
    for path, endpoint, model, problems in endpoints:
        app.add_api_route(
            path,
            endpoint,
            methods=["GET"],
            tags=["health"],
            response_class=Response,
            operation_id=NAMES[f"health.{endpoint.__name__}"],
            summary=inspect.cleandoc(endpoint.__doc__ or "").rstrip("."),
            openapi_extra=health_extra(path, model, problems),
        )
