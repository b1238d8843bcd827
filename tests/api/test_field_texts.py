"""Every code of ``errors[]`` has its sentence in both languages, and no field takes a number without exact value."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

import exchange.api.routes  # noqa: F401  so that every body is defined
from exchange.api import validation
from exchange.api.decoder import INEXACT
from exchange.api.field_texts import FIELD_TEXTS, field_text
from exchange.api.fields import Body
from exchange.api.problems import FieldError, ProblemError
from exchange.api.validation import validate

API = Path(validation.__file__).parent
PLACE_OF_CODE = {"FromText": 1, "_matching": 1, "_text": 1, "invalid": 1, "FieldError": 1, "malformed": 0,
                 "Undecodable": 0, "PydanticCustomError": 0}  # fmt: skip


def texts_of(nodes: Iterable[ast.expr | None]) -> Iterator[str]:
    """Those that stand there as texts."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def codes_in(path: Path) -> Iterator[str]:
    """The codes that one file gives, as far as they stand there as texts."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in PLACE_OF_CODE:
            place = PLACE_OF_CODE[node.func.id]
            yield from texts_of(node.args[place : place + 1])
            yield from texts_of(each.value for each in node.keywords if each.arg == "number")
        if isinstance(node, ast.FunctionDef) and node.name == "_why_not_json":
            yield from texts_of(each.value for each in ast.walk(node) if isinstance(each, ast.Return))


def test_every_code_has_its_sentence_and_every_sentence_its_code() -> None:
    given = {code for path in API.rglob("*.py") for code in codes_in(path)}
    given |= {*validation._CODES.values(), "WRONG_TYPE", "NUMBER_NOT_INTEGER", "INVALID"}
    assert given == set(FIELD_TEXTS)


@pytest.mark.parametrize("code", FIELD_TEXTS)
def test_a_sentence_is_one_in_both_languages(code: str) -> None:
    assert field_text(code, "en").isascii() and field_text(code, "en").endswith(".")
    assert not field_text(code, "zh").isascii() and field_text(code, "zh").endswith("。")
    assert not set(",;:?!()") & set(field_text(code, "zh").replace(". _ : /", "").replace("03:03Z", "")) - {":"}


def bodies(parent: type[Body] = Body) -> Iterator[type[Body]]:
    for body in parent.__subclasses__():
        if body.__module__.startswith("exchange."):
            yield body
        yield from bodies(body)


@pytest.mark.parametrize(
    ("body", "field"), [(body, field) for body in bodies() for field in body.model_fields], ids=str
)
def test_no_field_takes_an_inexact_number(body: type[Body], field: str) -> None:
    name = body.model_fields[field].alias or field
    with pytest.raises(ProblemError) as refused:
        validate(body, {name: INEXACT})
    codes = {error.pointer: error.code for error in refused.value.errors}
    assert codes[f"/{name}"] in {"WRONG_TYPE", "AS_TEXT", "NUMBER_NOT_INTEGER", "NOT_ONE_OF"}


@pytest.mark.parametrize(
    ("code", "lowest", "highest", "english", "chinese"),
    [
        ("TOO_MANY", None, 500, " Give at most 500.", "至多 500 项。"),
        ("TOO_FEW", 1, None, " Give at least 1.", "至少 1 项。"),
        ("OUT_OF_RANGE", 1, 10_000, " It must be from 1 to 10,000.", "取值范围为 1 至 10,000。"),
        ("MISSING", None, None, "needed.", "必填。"),
    ],
)
def test_a_bound_is_told_in_the_sentence(
    code: str, lowest: int | None, highest: int | None, english: str, chinese: str
) -> None:
    error = FieldError("/x", code, lowest=lowest, highest=highest)
    assert error.document("en")["detail"].endswith(english) and error.document("zh")["detail"].endswith(chinese)
