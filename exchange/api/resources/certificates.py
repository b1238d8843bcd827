"""Certificates of uses: their check pages, which anybody may open who was given a number, and where a firm finds its
own.

The pages are outside of ``/v1``: they are for people, and are what the QR codes on paper lead to for as long as there
are such papers. A page says as of which entry it speaks, so it is another one each time and has no tag; the files have
one, by which a program that keeps them asks whether they still hold.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Final, Literal

from fastapi import FastAPI
from pydantic import Field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from exchange.access.authority import Audience
from exchange.access.ids import Kind, id_number
from exchange.access.signature_base import Origin
from exchange.api.certificates import numbered, of_claim
from exchange.api.etags import etag_of, unless_known
from exchange.api.fields import Model
from exchange.api.language import language_of
from exchange.api.limits import group_of, limit_stranger
from exchange.api.operations import FROM_THE_DATABASE, Call, Document, Read
from exchange.api.outputs import Dated, HexOut, TimeOut, UseOut
from exchange.api.pipeline import Incoming, incoming_of, response_of
from exchange.api.ports import Services
from exchange.api.problem_tables import (
    HISTORY_UNAVAILABLE,
    NEVER_CERTIFIED,
    NO_CERTIFICATE,
    NO_SUCH_CERTIFICATE,
    NO_SUCH_ROUTE,
    PDF_UNAVAILABLE,
)
from exchange.api.problems import ProblemError, problem_answer
from exchange.api.shelf import Shown
from exchange.certificates.document import VALID
from exchange.certificates.facts import is_certified
from exchange.certificates.numbers import as_written, readings
from exchange.certificates.page import (
    AS_OF,
    NUMBER_FIELD,
    POLICY,
    TYPED,
    page_of_none,
    page_of_nothing_typed,
    page_to_type_into,
)
from exchange.certificates.printing import Press, PressError
from exchange.core.credits.claims import ClaimStatus
from exchange.core.rejections import RejectReason
from exchange.core.values import ClaimId

logger = logging.getLogger(__name__)

PAGE: Final = f"{TYPED}/{{number}}"
JSON: Final = f"{PAGE}.json"
PDF: Final = f"{PAGE}.pdf"
_BAD_REQUEST: Final = 400
_NOT_FOUND: Final = 404
_SEE_OTHER: Final = 303
_HTML: Final = {"content-security-policy": POLICY, "content-language": "zh, en"}


# --- the firm's own ---------------------------------------------------------------------------------------------------


class CertificateModel(Model):
    """Where the certificate of a use is found, by its number, and the SHA-256 of its JSON. ``pdf`` is null where the
    venue makes none.
    """

    use: UseOut
    number: Annotated[str, Field(examples=["GC-2026-1027-1-K7QP3M9XWA2B"])]
    status: Annotated[Literal["VALID", "DISPUTED", "REVOKED"], Field(examples=[VALID])]
    status_since: TimeOut
    page: Annotated[str, Field(examples=["/certificates/GC-2026-1027-1-K7QP3M9XWA2B"])]
    json_file: Annotated[str, Field(examples=["/certificates/GC-2026-1027-1-K7QP3M9XWA2B.json"])]
    pdf: Annotated[str, Field(examples=["/certificates/GC-2026-1027-1-K7QP3M9XWA2B.pdf"])] | None
    sha256: HexOut


class OneCertificate(CertificateModel, Dated):
    """One certificate."""


async def certificate(call: Call) -> Document:
    """The certificate of a fulfilled use: its number, and where everybody can check it."""
    claim = ClaimId(id_number(Kind.USE, call.path["use"]))
    row = call.services.view.uses.by_id.get(claim)
    if row is None or not (call.who.is_staff or row.terms.participant == call.who.participant):
        raise ProblemError(RejectReason.CLAIM_NOT_FOUND)
    shown = await of_claim(call.services, claim, "", lambda _weight: None)
    if shown is None:
        never = row.status is ClaimStatus.ENDED or not is_certified(row.terms)
        raise ProblemError(NEVER_CERTIFIED if never else NO_CERTIFICATE, facts={"status": row.status.name})
    return {
        "use": shown.document["claim"],
        "number": shown.document["number"],
        "status": shown.document["status"],
        "status_since": shown.document["status_since"],
        "page": shown.links.address,
        "json_file": shown.links.json,
        "pdf": shown.links.pdf,
        "sha256": shown.digest,
    }


OPERATIONS = (
    Read(
        path="/v1/uses/{use}/certificate",
        audience=Audience.EVERYBODY,
        handle=certificate,
        answer=OneCertificate,
        missing=(RejectReason.CLAIM_NOT_FOUND,),
        weight=FROM_THE_DATABASE,
    ),
)


# --- for everybody ----------------------------------------------------------------------------------------------------


Show = Callable[[Shown | None], Awaitable[Response]]


def add_certificates(app: FastAPI, services: Services) -> None:
    """Add the addresses of certificates; whoever asks for too many waits, as for everything that needs no key."""
    press = Press()

    async def page(shown: Shown | None) -> Response:
        if shown is None:
            return Response(page_of_none(), _NOT_FOUND, _HTML, media_type="text/html")
        text = shown.page.replace(AS_OF, str(services.view.seq))
        return Response(text, media_type="text/html", headers=_HTML)

    async def json(shown: Shown | None) -> Response:
        if shown is None:
            raise ProblemError(NO_SUCH_CERTIFICATE)
        return Response(shown.data, media_type="application/json", headers={"etag": f'"{shown.digest}"'})

    async def pdf(shown: Shown | None) -> Response:
        if shown is None:
            raise ProblemError(NO_SUCH_CERTIFICATE)
        if shown.links.pdf is None:
            raise ProblemError(NO_SUCH_ROUTE)
        try:
            made = await press.pdf(shown.document, shown.links.address)
        except PressError as error:
            logger.warning("no PDF of %s: %s", shown.document["number"], error)
            raise ProblemError(PDF_UNAVAILABLE, headers={"retry-after": "5"}) from None
        named = f'inline; filename="{shown.document["number"]}.pdf"'
        headers = {"content-disposition": named, "etag": etag_of(made)}
        return Response(made, media_type="application/pdf", headers=headers)

    app.add_api_route(TYPED, typed, methods=["GET", "HEAD"], include_in_schema=False, response_class=Response)
    # The longer addresses come first: a number without more would match them too.
    for path, show in ((JSON, json), (PDF, pdf), (PAGE, page)):
        endpoint = _endpoint(services, show)
        app.add_api_route(path, endpoint, methods=["GET", "HEAD"], include_in_schema=False, response_class=Response)


async def typed(request: Request) -> Response:
    """Where a number is typed, and on to its page. What cannot be one is told so, and nothing is looked up."""
    text = request.query_params.get(NUMBER_FIELD)
    if text is None:
        return Response(page_to_type_into(), media_type="text/html", headers=_HTML)
    number = as_written(text)
    if not number:
        return Response(page_of_nothing_typed(), _BAD_REQUEST, _HTML, media_type="text/html")
    if not readings(number):
        return Response(page_of_none(), _NOT_FOUND, _HTML, media_type="text/html")
    return RedirectResponse(f"{TYPED}/{number}", _SEE_OTHER)


def _endpoint(services: Services, show: Show) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        incoming = incoming_of(services, request.path_params, request.scope)
        try:
            response = unless_known(request, await show(await _asked_for(incoming)))
        except ProblemError as problem:
            response = _problem(request, problem)
        except ConnectionError:
            response = _problem(request, ProblemError(HISTORY_UNAVAILABLE, headers={"retry-after": "1"}))
        response.raw_headers.extend(incoming.limits)
        return response

    return endpoint


async def _asked_for(incoming: Incoming) -> Shown | None:
    """The certificate with the number in the address; drawn for first, so that nobody can try many."""
    limit_stranger(incoming, FROM_THE_DATABASE)
    services = incoming.services
    async with services.turns.of(group_of(services.gate.address_of(incoming.scope))):
        draw = partial(limit_stranger, incoming)
        return await numbered(services, incoming.path["number"], str(_origin(incoming)), draw)


def _origin(incoming: Incoming) -> Origin:
    """Where clients find the venue; at one without a public origin, where this client has found it."""
    scope = incoming.scope
    host = dict(scope["headers"]).get(b"host")
    return incoming.services.gate.origin or Origin.of_host(host, scope["scheme"])


def _problem(request: Request, problem: ProblemError) -> Response:
    answer = problem_answer(problem, language_of(request.headers.get("accept-language")))
    return response_of(answer, problem.headers)
