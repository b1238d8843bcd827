"""The application: every operation of the table as a route, and the same problem documents for whatever goes wrong."""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Callable
from typing import Any, Final

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

import exchange
from exchange.api.at_once import AtOnce
from exchange.api.dispatch import TABLE, Dispatch
from exchange.api.documentation import DESCRIPTION, extra_of, openapi_of
from exchange.api.language import language_of
from exchange.api.middleware import Envelope, internal_problem
from exchange.api.operations import Operation
from exchange.api.pipeline import response_of
from exchange.api.ports import Services
from exchange.api.problem_tables import (
    METHOD_NOT_ALLOWED,
    NO_SUCH_ROUTE,
    NOT_ALLOWED,
    UPGRADE_REQUIRED,
)
from exchange.api.problems import ProblemError, problem_answer
from exchange.api.resources.certificates import add_certificates
from exchange.api.resources.health import add_health
from exchange.api.resources.pages import add_pages
from exchange.api.routes import OPERATIONS, name_of, tag_of

_ALLOWED: Final = defaultdict[str, set[str]](set)
for _operation in OPERATIONS:
    _ALLOWED[_operation.path].add(_operation.method)


class Application(FastAPI):
    """The framework's application behind a short way: operations of the table never come to the framework.

    Its middleware would cost as much again for each of them. It has the documentation, pages, health, and the problems
    of wrong addresses, and whatever is not HTTP.
    """

    def __init__(self, services: Services, **options: Any) -> None:
        """``options`` are the framework's."""
        super().__init__(**options)
        self.services: Final = services
        self.at_once: Final = AtOnce(services, TABLE)
        self._short_way: Final = Envelope(Dispatch(super().__call__, services), services.telemetry)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http":
            await self._short_way(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(services: Services) -> Application:
    """The application over the given services, which it neither starts nor stops."""
    app = Application(
        services,
        title="Carbon Exchange",
        version=exchange.__version__,
        description=DESCRIPTION,
        redirect_slashes=False,
        openapi_url=None,
    )
    for operation in OPERATIONS:
        _document(app, operation)
    add_health(app, services)
    add_pages(app)
    add_certificates(app, services)
    app.add_api_route("/v1/stream", _speaks_websocket, methods=["GET"], include_in_schema=False)
    app.add_exception_handler(HTTPException, _http_problem)
    app.add_exception_handler(Exception, _internal_problem)
    app.openapi = lambda: openapi_of(app)  # type: ignore[method-assign]
    watch(services)
    return app


def _document(app: FastAPI, operation: Operation) -> None:
    """A route for the documentation, and for the answers to wrong methods; :class:`Dispatch` answers in its place."""
    app.add_api_route(
        operation.path,
        _answered_before,
        methods=[operation.method],
        status_code=operation.status,
        response_model=None,
        response_class=Response,
        tags=[tag_of(operation)],
        name=name_of(operation),
        operation_id=name_of(operation),
        summary=_summary(operation),
        description=inspect.cleandoc(operation.handler.__doc__ or ""),
        openapi_extra=extra_of(operation),
    )


def _summary(operation: Operation) -> str:
    return inspect.cleandoc(operation.handler.__doc__ or "").partition("\n")[0].rstrip(".")


async def _answered_before() -> Response:
    raise AssertionError("an operation of the table came to the framework's router")


async def _speaks_websocket(request: Request) -> Response:
    """The stream, asked for as if it were a page."""
    return _problem(request, ProblemError(UPGRADE_REQUIRED, headers={"upgrade": "websocket"}))


async def _http_problem(request: Request, error: Exception) -> Response:
    """404 and 405 of the router. ``Allow`` names every method of the address, not only those of its first route."""
    assert isinstance(error, HTTPException)
    if error.status_code == NOT_ALLOWED:
        path = getattr(request.scope.get("route"), "path", "")
        allowed = ", ".join(sorted(_ALLOWED.get(path) or {"GET"}))
        return _problem(request, ProblemError(METHOD_NOT_ALLOWED, headers={"allow": allowed}))
    return _problem(request, ProblemError(NO_SUCH_ROUTE))


async def _internal_problem(request: Request, _error: Exception) -> Response:
    """What the client is told of a bug in a page; the framework raises the error again, and the server logs it."""
    return internal_problem(request.scope)


def _problem(request: Request, problem: ProblemError) -> Response:
    language = language_of(request.headers.get("accept-language"))
    return response_of(problem_answer(problem, language), problem.headers)


def watch(services: Services) -> None:
    """Tell the metrics page where the figures of the sequencer and the view are."""
    telemetry, view = services.telemetry, services.view
    sequencer, meters = services.sequencer, services.sequencer.meters
    sources: dict[str, Callable[[], Any]] = {
        "exchange_queue_depth": lambda: sequencer.waiting,
        "exchange_seq": lambda: view.seq,
        "exchange_view_lag_entries": lambda: sequencer.decided - view.seq,
        "exchange_entries": lambda: meters.entries,
        "exchange_batches": lambda: meters.batches,
        "exchange_last_batch_entries": lambda: meters.last_batch_entries,
        "exchange_commit_seconds": lambda: meters.commit_seconds,
        "exchange_last_commit_seconds": lambda: meters.last_commit_seconds,
        "exchange_unknown_outcomes": lambda: meters.unknown_outcomes,
        "exchange_repeats": lambda: meters.repeats,
        "exchange_overloads": lambda: meters.overloads,
        "exchange_snapshots": lambda: meters.snapshots,
        "exchange_failed_snapshots": lambda: meters.failed_snapshots,
        "exchange_rate_limited": lambda: services.limiter.refused,
    }
    for name, read in sources.items():
        telemetry.watch(name, read)
