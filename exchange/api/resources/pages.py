"""What a visitor finds first: the address of everything at ``/``, the documentation for people and for programs."""

from __future__ import annotations

from functools import cache
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from exchange.api.docs_page import POLICY, docs_page
from exchange.api.language import Language, language_of
from exchange.api.meanings.chinese import in_chinese
from exchange.api.stream.asyncapi import asyncapi_bytes
from exchange.api.wire import json_bytes
from exchange.certificates.page import TYPED

OPENAPI_PATH: Final = "/openapi.json"
ASYNCAPI_PATH: Final = "/asyncapi.yaml"
STREAM_PATH: Final = "/v1/stream"
DOCS_PATH: Final = "/docs"
_SEE_OTHER_ADDRESS: Final = 307


def add_pages(app: FastAPI) -> None:
    """Add the pages; each document is made once, since anybody may ask for it."""

    @cache
    def encoded() -> bytes:
        return json_bytes(app.openapi())

    @cache
    def page(language: Language) -> bytes:
        document = app.openapi() if language == "en" else in_chinese(app.openapi())
        return docs_page(document, OPENAPI_PATH, ASYNCAPI_PATH, STREAM_PATH, language).encode()

    @cache
    def of_stream() -> bytes:
        return asyncapi_bytes()

    async def document() -> Response:
        return Response(encoded(), media_type="application/json")

    async def stream() -> Response:
        return Response(of_stream(), media_type="application/yaml")

    async def docs(request: Request) -> Response:
        language = language_of(request.headers.get("accept-language"))
        told = {"content-security-policy": POLICY, "content-language": language, "vary": "accept-language"}
        return Response(page(language), media_type="text/html", headers=told)

    async def root(request: Request) -> Response:
        if "text/html" in request.headers.get("accept", ""):
            return RedirectResponse(DOCS_PATH, _SEE_OTHER_ADDRESS)
        return Response(json_bytes(signpost(app)), media_type="application/json")

    for path, endpoint in (("/", root), (OPENAPI_PATH, document), (ASYNCAPI_PATH, stream), (DOCS_PATH, docs)):
        app.add_api_route(path, endpoint, methods=["GET"], include_in_schema=False, response_class=Response)


def signpost(app: FastAPI) -> dict[str, str]:
    """Where to go from here, for a program."""
    return {
        "name": app.title,
        "version": app.version,
        "documentation": DOCS_PATH,
        "openapi": OPENAPI_PATH,
        "stream": STREAM_PATH,
        "asyncapi": ASYNCAPI_PATH,
        "certificates": TYPED,
        "status": "/v1/status",
        "health": "/health",
        "ready": "/ready",
    }
