"""What cannot be taken back is done for the owner of the private key, once, and for nobody who copies a request."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Callable
from dataclasses import replace
from html import escape
from itertools import count
from typing import Any, Final

import http_sf
import httpx
import pytest

from exchange.access.nonces import Nonces
from exchange.access.public_keys import read_public_key
from exchange.access.signatures import SigningKey, Verified, Verifier
from exchange.api import signing_example
from exchange.api.operations import ALWAYS, Change
from exchange.api.problem_tables import SIGNATURE_MISSING
from exchange.api.routes import OPERATIONS, name_of
from exchange.api.signed import ACCEPT_SIGNATURE, MAY_NEED_ONE
from exchange.api.spec import openapi_bytes
from exchange.client import PrivateKey
from exchange.client.signing import RequestSigner
from exchange.core.values import Micros
from tests.api.stack import Stack, World
from tests.support import keyring

pytestmark = pytest.mark.asyncio(loop_scope="module")

_numbers = count(1)
DOCUMENT: Final[dict[str, Any]] = json.loads(openapi_bytes())


async def new_proposal(stack: Stack) -> dict[str, Any]:
    """Something that an operator proposed and that another may approve."""
    action = {"type": "STAFF", "name": "New", "role": "OPERATOR", "secret_hash": f"{next(_numbers):064x}"}
    made = await stack.ask("POST", "/v1/proposals", stack.staff["OPERATOR"], {"action": action})
    assert made.status_code == 201, made.text
    document: dict[str, Any] = made.json()
    return document


def approval(
    stack: Stack, proposal: dict[str, Any], token: str | None = None, idempotency_key: str = ""
) -> httpx.Request:
    """The second operator's approval, not signed yet."""
    headers = {
        "Authorization": f"Bearer {token or stack.staff['SECOND']}",
        "Idempotency-Key": idempotency_key or f"approve-{next(_numbers)}",
        "Content-Type": "application/json",
    }
    body = json.dumps({"action_hash": proposal["action_hash"]}).encode()
    return stack.http.build_request("POST", f"/v1/proposals/{proposal['id']}/approve", content=body, headers=headers)


def private_key(stack: Stack, role: str = "SECOND") -> PrivateKey:
    found = keyring.private_key_of(stack.staff[role])
    assert found is not None
    return found


def sign(
    stack: Stack, request: httpx.Request, ahead: float = 0, key: PrivateKey | None = None, key_id: str = ""
) -> httpx.Request:
    """Signed by the second operator, unless said otherwise, with a clock that is so many seconds ahead."""
    known = key_id or stack.staff["SECOND"].partition(".")[0]
    RequestSigner(known, key or private_key(stack), lambda: time.time() + ahead).sign(request)
    return request


async def status_of(stack: Stack, proposal: dict[str, Any]) -> str:
    answer = await stack.get(f"/v1/proposals/{proposal['id']}", stack.staff["OPERATOR"])
    status: str = answer.json()["status"]
    return status


def copy_of(request: httpx.Request, url: str = "", body: bytes | None = None, **headers: str) -> httpx.Request:
    """The same request as somebody sends it who has read it, with changes of their own."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    kept = {name: value for name, value in request.headers.items() if name != "content-length"}
    content = request.content if body is None else body
    return httpx.Request(request.method, url or request.url, content=content, headers=kept | names)


async def test_an_approval_without_a_signature_is_told_what_is_missing(stack: Stack) -> None:
    proposal = await new_proposal(stack)
    answer = await stack.http.send(approval(stack, proposal))
    document = answer.json()
    assert (answer.status_code, document["code"]) == (401, "SIGNATURE_MISSING")
    assert document["facts"]["what"] == "signature-input"
    assert document["facts"]["server_time"] == answer.headers["server-time"]
    assert answer.headers["accept-signature"] == ACCEPT_SIGNATURE
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert await status_of(stack, proposal) == "OPEN"


async def test_a_signed_approval_is_done(stack: Stack) -> None:
    proposal = await new_proposal(stack)
    answer = await stack.http.send(sign(stack, approval(stack, proposal)))
    assert (answer.status_code, answer.json()["status"]) == (200, "APPROVED")


async def test_a_key_without_a_public_key_is_told_that_it_cannot_sign(stack: Stack) -> None:
    proposal = await new_proposal(stack)
    async with stack.client(stack.staff["SECOND"]) as client:
        token = (await client.keys.make("no public key", ["MANAGE"])).token
    answer = await stack.http.send(approval(stack, proposal, token))
    assert (answer.status_code, answer.json()["code"]) == (403, "KEY_CANNOT_SIGN")
    signed = sign(stack, approval(stack, proposal, token), key_id=token.partition(".")[0])
    assert (await stack.http.send(signed)).json()["code"] == "KEY_CANNOT_SIGN"


def without_idempotency_key(stack: Stack, request: httpx.Request) -> None:
    """Signed as if the idempotency key were none of the signature's business."""
    sign(stack, request)
    declared = request.headers["signature-input"].replace(' "idempotency-key"', "")
    parameters = declared.partition("=")[2]
    digest = request.headers["content-digest"]
    base = (
        f'"@method": POST\n"@target-uri": {request.url}\n"content-type": application/json\n"content-digest": {digest}'
    )
    signature = private_key(stack).sign(f'{base}\n"@signature-params": {parameters}'.encode())
    fields = {"signature-input": declared, "signature": f"sig1=:{base64.b64encode(signature).decode()}:"}
    request.headers.update(fields)


def with_another_body(stack: Stack, request: httpx.Request) -> httpx.Request:
    sign(stack, request)
    return copy_of(request, body=request.content + b" ")


SPOILED: Final[dict[str, tuple[int, str, Callable[[Stack, httpx.Request], httpx.Request | None]]]] = {
    "unreadable": (
        400,
        "SIGNATURE_MALFORMED",
        lambda stack, request: copy_of(sign(stack, request), signature="sig1=:AAAA:"),
    ),
    "too little covered": (400, "SIGNATURE_INCOMPLETE", without_idempotency_key),
    "from the future": (401, "CLOCK_SKEW", lambda stack, request: sign(stack, request, ahead=60)),
    "from the past": (401, "SIGNATURE_EXPIRED", lambda stack, request: sign(stack, request, ahead=-120)),
    "another body": (400, "DIGEST_MISMATCH", with_another_body),
    "another private key": (
        401,
        "SIGNATURE_WRONG",
        lambda stack, request: sign(stack, request, key=PrivateKey.generate()),
    ),
    "the key of another person": (
        401,
        "SIGNATURE_WRONG",
        lambda stack, request: sign(
            stack, request, key=private_key(stack, "OPERATOR"), key_id=stack.staff["OPERATOR"].partition(".")[0]
        ),
    ),
}
"""What may be wrong with a signature: status and code, and how it is made."""


@pytest.mark.parametrize("what", SPOILED)
async def test_a_signature_that_is_not_good_does_nothing_and_tells_the_time(what: str, stack: Stack) -> None:
    status, code, spoil = SPOILED[what]
    proposal = await new_proposal(stack)
    request = approval(stack, proposal)
    answer = await stack.http.send(spoil(stack, request) or request)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["facts"]["server_time"] == answer.headers["server-time"]
    assert ("www-authenticate" in answer.headers) == (status == 401)
    assert await status_of(stack, proposal) == "OPEN"


async def test_a_refusal_is_told_in_chinese_and_repeats_nothing(stack: Stack) -> None:
    proposal = await new_proposal(stack)
    request = sign(stack, approval(stack, proposal))
    declared = request.headers["signature-input"] + ";" + "x" * 100
    spoiled = copy_of(request, signature_input=declared, accept_language="zh")
    answer = await stack.http.send(spoiled)
    assert answer.json()["title"] == "签名格式有误"
    assert "x" * 100 not in answer.text and "what" not in answer.json()["facts"]


async def test_a_captured_request_is_good_for_nothing(stack: Stack) -> None:
    """Sent again as it is; under another idempotency key; to another address; with another body."""
    proposal, other = await new_proposal(stack), await new_proposal(stack)
    captured = sign(stack, approval(stack, proposal, idempotency_key="captured"))
    elsewhere = str(captured.url).replace(proposal["id"], other["id"])
    body = json.dumps({"action_hash": other["action_hash"]}).encode()
    redigested = sign(stack, copy_of(captured, body=body), key=PrivateKey.generate())
    changed = {
        "SIGNATURE_WRONG": [
            copy_of(captured, idempotency_key="another"),
            copy_of(captured, url=elsewhere),
            copy_of(captured, url=f"{captured.url}?lang=zh"),
            copy_of(captured, body=body, content_digest=redigested.headers["content-digest"]),
        ],
        "DIGEST_MISMATCH": [copy_of(captured, url=elsewhere, body=body)],
    }
    # First while it has not been used, which uses it up for nobody, then after it was.
    for _ in range(2):
        for code, requests in changed.items():
            for request in requests:
                answer = await stack.http.send(request)
                assert answer.json()["code"] in (code, "VALIDATION"), request.url
        answer = await stack.http.send(copy_of(captured))
        assert answer.json().get("code", "done") in ("done", "NONCE_USED")
    assert await status_of(stack, proposal) == "APPROVED"
    assert await status_of(stack, other) == "OPEN"
    assert (await stack.http.send(copy_of(captured))).json()["code"] == "NONCE_USED"


async def test_the_owner_who_signs_again_gets_the_stored_answer(stack: Stack) -> None:
    proposal = await new_proposal(stack)
    request = approval(stack, proposal)
    first = await stack.http.send(sign(stack, request))
    again = await stack.http.send(sign(stack, request))
    assert again.headers["idempotency-replayed"] == "true" and "idempotency-replayed" not in first.headers
    assert first.content == again.content


async def test_nobody_else_can_use_up_a_nonce(stack: Stack) -> None:
    """Neither with another's secret, nor with a signature that is not good, nor where no signature is asked for."""
    proposal = await new_proposal(stack)
    good = sign(stack, approval(stack, proposal))
    stranger = copy_of(good, authorization=f"Bearer {stack.staff['SECOND'][:-1]}_")
    assert (await stack.http.send(stranger)).json()["code"] == "UNAUTHENTICATED"
    forged = copy_of(good, signature=f"sig1=:{base64.b64encode(bytes(64)).decode()}:")
    assert (await stack.http.send(forged)).json()["code"] == "SIGNATURE_WRONG"
    rejection = copy_of(good, url=str(good.url).replace("approve", "reject"), body=b"{}")
    assert (await stack.http.send(rejection)).json()["code"] == "VALIDATION"
    assert (await stack.http.send(good)).json()["status"] == "APPROVED"


async def test_the_order_of_the_checks_is_the_order_of_the_answers(stack: Stack, world: World) -> None:
    proposal = await new_proposal(stack)
    unsigned = approval(stack, proposal)
    cases = {
        "UNAUTHENTICATED": copy_of(unsigned, authorization="Bearer nobody"),
        "NOT_AUTHORISED": copy_of(unsigned, authorization=f"Bearer {world.buyer.token}"),
        "IDEMPOTENCY_KEY_REQUIRED": copy_of(unsigned, idempotency_key=""),
        "UNSUPPORTED_MEDIA_TYPE": copy_of(unsigned, content_type="text/plain"),
        "MALFORMED_JSON": copy_of(unsigned, body=b"{"),
        "VALIDATION": copy_of(unsigned, body=b"{}"),
        "SIGNATURE_MISSING": unsigned,
    }
    for code, request in cases.items():
        assert (await stack.http.send(request)).json()["code"] == code


WITHDRAWAL: Final = {"type": "WITHDRAWAL", "amount": "1.00", "bank_account": "ICBC-1"}


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/v1/proposals", {"action": WITHDRAWAL}, "SIGNATURE_MISSING"),
        ("/v1/withdrawals", {"amount": "1.00", "bank_account": "ICBC-1"}, "SIGNATURE_MISSING"),
        ("/v1/proposals", {"action": {"type": "TRADER", "name": "N", "secret_hash": "7" * 64}}, "done"),
        ("/v1/keys", {"label": "signs", "scopes": ["READ"], "public_key": "PUBLIC"}, "SIGNATURE_MISSING"),
        ("/v1/keys", {"label": "signs not", "scopes": ["READ"]}, "done"),
        ("/v1/keys/rotate", {}, "SIGNATURE_MISSING"),
    ],
)
async def test_a_signature_is_asked_for_where_value_or_power_leaves(
    path: str, body: dict[str, Any], code: str, stack: Stack, world: World
) -> None:
    if "public_key" in body:
        body = body | {"public_key": PrivateKey.generate().public_text}
    headers = {"authorization": f"Bearer {world.buyer.token}", "idempotency-key": f"asked-{next(_numbers)}"}
    answer = await stack.http.post(path, json=body, headers=headers)
    assert answer.json().get("code", "done") == code
    if code != "done":
        signed = stack.http.build_request("POST", path, json=body, headers=headers)
        if "rotate" not in path:
            keyring.sign_as(world.buyer.token, signed)
            assert (await stack.http.send(signed)).status_code == 201


async def test_where_no_signature_is_needed_none_is_looked_at(stack: Stack, world: World) -> None:
    order = {"instrument": world.instrument, "side": "BUY", "price": "29.00", "quantity": 1}
    spoiled = {"signature": "no signature", "signature-input": "neither"}
    answer = await stack.ask("POST", "/v1/orders", world.buyer.token, order, spoiled)
    assert answer.status_code == 201


@pytest.mark.parametrize("seconds", [1_000, -1_000])
async def test_the_client_puts_its_clock_right_once(seconds: int, stack: Stack) -> None:
    proposal = await new_proposal(stack)
    second = stack.staff["SECOND"]
    async with stack.client(second) as client:
        known, wrong = second.partition(".")[0], lambda: time.time() + seconds
        client.connection._signer = RequestSigner(known, private_key(stack), wrong)
        approved = await client.proposals.approve(await client.proposals.get(proposal["id"]))
    assert approved.status == "APPROVED"


CHANGES: Final = [operation for operation in OPERATIONS if isinstance(operation, Change)]


@pytest.mark.parametrize("change", CHANGES, ids=name_of)
async def test_the_document_says_where_signatures_are_asked_for(change: Change) -> None:
    may = change.command in MAY_NEED_ONE
    assert bool(change.signed) == may
    found = DOCUMENT["paths"][change.path][change.method.lower()]
    headers = {parameter["name"] for parameter in found["parameters"] if parameter["in"] == "header"}
    assert ({"Signature", "Signature-Input", "Content-Digest"} <= headers) == may
    both: dict[str, list[str]] = {"key": [], "signature": []}
    assert (both in found["security"]) == may
    assert (found["security"] == [both]) == (change.signed == ALWAYS)


async def test_the_scheme_and_the_headers_of_refusals_are_documented() -> None:
    components = DOCUMENT["components"]
    assert components["securitySchemes"]["signature"]["name"] == "Signature"
    for status in ("Problem400", "Problem401"):
        assert {"Accept-Signature", "Server-Time"} <= set(components["responses"][status]["headers"])


async def test_what_is_asked_for_names_all_six_parameters() -> None:
    wanted = {"created", "expires", "nonce", "keyid", "alg", "tag"}
    members: Any = http_sf.parse(ACCEPT_SIGNATURE.encode(), tltype="dictionary")
    _, parameters = members["sig1"]
    assert set(parameters) == wanted and parameters["nonce"] is parameters["keyid"] is True
    for text in (SIGNATURE_MISSING.en, SIGNATURE_MISSING.zh):
        assert all(re.search(rf"\b{name}\b", text, re.ASCII) for name in wanted)


async def test_the_worked_example_is_good_and_is_what_a_client_signs() -> None:
    request = signing_example.REQUEST
    signed = {b"signature-input": signing_example.SIGNATURE_INPUT, b"signature": signing_example.SIGNATURE}
    whole = replace(request, headers=[*request.headers, *((name, text.encode()) for name, text in signed.items())])
    public_key = read_public_key(signing_example.PUBLIC_KEY)
    assert public_key is not None
    key = SigningKey(signing_example.KEY_ID, public_key)
    verdict = Verifier(Nonces(0)).verify(whole, key, Micros(signing_example.CREATED * 1_000_000))
    assert isinstance(verdict, Verified) and verdict.base == signing_example.BASE
    sent = httpx.Request("POST", "https://exchange.example/v1/withdrawals", content=request.body)
    sent.headers["Idempotency-Key"] = "withdrawal-0001"
    private = PrivateKey.read(signing_example.PRIVATE_KEY)
    assert private.public_text == signing_example.PUBLIC_KEY
    RequestSigner(signing_example.KEY_ID, private, lambda: signing_example.CREATED).sign(sent)
    assert sent.headers["content-digest"] == signing_example.CONTENT_DIGEST
    made = dict(re.findall(r';(\w+)="?([^;"]+)', sent.headers["signature-input"]))
    shown = dict(re.findall(r';(\w+)="?([^;"]+)', signing_example.SIGNATURE_INPUT))
    assert made | {"nonce": shown["nonce"]} == shown


async def test_the_worked_example_is_published_in_both_languages(stack: Stack) -> None:
    scheme = DOCUMENT["components"]["securitySchemes"]["signature"]
    for language, text in (("en", scheme["description"]), ("zh", scheme["x-description-zh"])):
        assert signing_example.BASE.decode() in text and signing_example.SIGNATURE in text
        page = (await stack.http.get("/docs", headers={"accept-language": language})).text
        section = page.partition("<h2 id=signing>")[2].partition("<h2 ")[0]
        assert f"<pre>{escape(signing_example.BASE.decode())}</pre>" in section and "```" not in section
        assert "<a href=#signing>" in page
