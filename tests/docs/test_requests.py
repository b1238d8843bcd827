"""Every request on a page is one that the API takes: its address, its method, and the fields of its body."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from exchange.access.ids import Kind
from exchange.api.operations import Change, Operation
from exchange.api.routes import OPERATIONS
from tests.architecture.sources import Finding, listed
from tests.docs.pages import Page, pages

NAMED = re.compile(r"\b(GET|POST|PATCH|DELETE) (/v1/[\w/{}-]+)")
ADDRESS = re.compile(r"(?:\$URL|\{url\}|http://127\.0\.0\.1:8000)(/v1/[\w/{}$-]*)")
SIGN = "-m exchange sign "
BESIDE = {"/docs", "/health", "/ready", "/metrics", "/openapi.json"}
HASH = re.compile(r"\$[A-Z_]*HASH\b")
VARIABLE = re.compile(r"\$[A-Z_]+")
IDS: Final = {"$INS": "ins-1", "$BAOGANG": "par-1"}
"""What the variables in bodies stand for, so that the body can be read."""

AN_ID = re.compile("|".join(kind.pattern for kind in Kind))


@dataclass(frozen=True, slots=True)
class Shown:
    """A request that a page shows: in words, or as a curl command with a body."""

    line: int
    method: str
    path: str
    body: str | None = None


def requests_of(one: Page) -> list[Shown]:
    """Requests named in the text, and those of curl and of ``exchange sign`` in shell blocks."""
    found = [Shown(number, *match) for number, line in one.prose() for match in NAMED.findall(line)]
    for block in one.blocks("sh"):
        text = "\n".join(block.lines).replace("\\\n", " ")
        found += [_of_curl(block.first_line, line) for line in text.splitlines() if line.startswith("curl ")]
        found += [_of_sign(block.first_line, line) for line in text.splitlines() if SIGN in line]
    return [shown for shown in found if shown.path not in BESIDE]


def _of_curl(line: int, command: str) -> Shown:
    words = shlex.split(command)
    path = next(match[1] for word in words if (match := ADDRESS.match(word)))
    method = words[words.index("-X") + 1] if "-X" in words else "GET"
    return Shown(line, method, path, _filled(words[words.index("-d") + 1]) if "-d" in words else None)


def _of_sign(line: int, command: str) -> Shown:
    method, address, *more = shlex.split(command.partition(SIGN)[2])
    match = ADDRESS.match(address)
    assert match is not None, f"no address of the exchange: {address}"
    return Shown(line, method, match[1], _filled(more[0]) if more[0].startswith("{") else None)


def _filled(body: str) -> str:
    """The body with something in the place of each variable; one that is not known stays and makes it unreadable."""
    return VARIABLE.sub(lambda match: IDS.get(match[0], match[0]), HASH.sub("0" * 64, body))


def fits(template: str, path: str) -> bool:
    """Whether a path is of an operation: the same parts, with a name in braces, an id or a variable where the template
    has a name."""
    wanted, given = template.split("/"), path.split("/")
    return len(wanted) == len(given) and all(
        part == piece or (part.startswith("{") and (AN_ID.fullmatch(piece) or VARIABLE.fullmatch(piece)) is not None)
        for part, piece in zip(wanted, given, strict=True)
    )


def operation_of(shown: Shown) -> Operation | None:
    return next((each for each in OPERATIONS if each.method == shown.method and fits(each.path, shown.path)), None)


def wrong_requests(one: Page) -> list[Finding]:
    found = []
    for shown in requests_of(one):
        operation = operation_of(shown)
        if operation is None:
            found.append(one.finding(shown.line, f"the API has no {shown.method} {shown.path}"))
        elif shown.body is not None and (problem := body_problem(operation, shown.body)):
            found.append(one.finding(shown.line, f"{shown.method} {shown.path}: {problem}"))
    return found


def body_problem(operation: Operation, body: str) -> str:
    """What the API would say to a body, or nothing."""
    if not isinstance(operation, Change) or operation.body is None:
        return "takes no body"
    try:
        operation.body.model_validate(json.loads(body))
    except ValidationError as error:
        return ", ".join(f"{'/'.join(map(str, each['loc']))} {each['type']}" for each in error.errors())
    return ""


def test_every_request_on_a_page_is_taken_by_the_api() -> None:
    assert listed([finding for one in pages() for finding in wrong_requests(one)]) == ""


def test_the_pages_show_requests() -> None:
    shown = [each for one in pages() for each in requests_of(one)]
    assert len([each for each in shown if each.body]) >= 5


def test_a_wrong_request_is_found() -> None:
    body = """{"instrument": "ins-1", "side": "BUY", "price": 30, "quantity": 1}"""
    text = f"`GET /v1/nothing` `POST /v1/orders`\n```sh\ncurl -X POST $URL/v1/orders -d '{body}'\n```\n"
    assert [str(finding) for finding in wrong_requests(Page("x.md", text))] == [
        "x.md:1: the API has no GET /v1/nothing",
        "x.md:3: POST /v1/orders: price AS_TEXT",
    ]
