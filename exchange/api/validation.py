"""From decoded JSON or a query string to a model, and from what pydantic says to codes that give nothing away."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from exchange.api.decoder import INEXACT
from exchange.api.problem_tables import MALFORMED_JSON, VALIDATION
from exchange.api.problems import FieldError, ProblemError

M = TypeVar("M", bound=BaseModel)

_MOST_PARAMETERS: Final = 20
_MOST_ERRORS: Final = 20

_CODES: Final = {
    "missing": "MISSING",
    "extra_forbidden": "UNKNOWN_FIELD",
    "int_type": "WRONG_TYPE",
    "bool_type": "WRONG_TYPE",
    "string_type": "WRONG_TYPE",
    "list_type": "WRONG_TYPE",
    "model_type": "WRONG_TYPE",
    "model_attributes_type": "WRONG_TYPE",
    "dict_type": "WRONG_TYPE",
    "too_long": "TOO_MANY",
    "too_short": "TOO_FEW",
    "union_tag_invalid": "NOT_ONE_OF",
    "union_tag_not_found": "MISSING",
    "literal_error": "NOT_ONE_OF",
}
"""Our code for each of pydantic's error types that our models give; the fields' own codes are upper-case already."""

_TAGS: Final = frozenset({"place", "amend", "cancel"})
"""The tags of unions that are not in capitals; no field has one of these names."""

_TAG_ERRORS: Final = ("union_tag_invalid", "union_tag_not_found")
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)


def malformed(code: str) -> ProblemError:
    """400 for a body that is not acceptable JSON."""
    return ProblemError(MALFORMED_JSON, [FieldError("", code)])


def invalid(pointer: str, code: str, *, highest: int | None = None) -> ProblemError:
    """422 for one field; ``highest`` is its upper bound where the code is about that."""
    return ProblemError(VALIDATION, [FieldError(pointer, code, highest=highest)])


def validate(model: type[M], values: Mapping[str, Any]) -> M:
    """The values as a model; raises :class:`ProblemError` naming each field that is wrong, by JSON pointer."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        details = error.errors(include_url=False)
    raise ProblemError(VALIDATION, [_field_error(detail) for detail in details[:_MOST_ERRORS]])


def _field_error(detail: ErrorDetails) -> FieldError:
    kind = detail["type"]
    code = kind if kind.isupper() else _CODES.get(kind, "INVALID")
    if detail["input"] is INEXACT and not kind.isupper():
        code = "NUMBER_NOT_INTEGER" if kind == "int_type" else "WRONG_TYPE"
    context = detail.get("ctx", {})
    # Bounds are those of our own fields, or pydantic's of the length of a list.
    lowest = context.get("lowest", context.get("min_length"))
    highest = context.get("highest", context.get("max_length"))
    return FieldError(_pointer(detail), code, _allowed(context), lowest, highest, context.get("example", ""))


def _pointer(detail: ErrorDetails) -> str:
    """The JSON pointer of a field. The tag of a union is no place, and one that is wrong is a field of its own. So is
    one that a body lacks beside its others (:func:`exchange.api.fields.lacking`).

    An unknown field's name is input: it is told when it is plain, so that a slip can be seen, and else left out.
    """
    location, kind = detail["loc"], detail["type"]
    last: list[int | str] = []
    if kind == "extra_forbidden":
        location, name = location[:-1], location[-1]
        last = [name] if isinstance(name, str) and _PLAIN_NAME.fullmatch(name) else []
    elif kind in _TAG_ERRORS and isinstance(detail["input"], dict):
        last = _quoted(detail["ctx"]["discriminator"])
    elif "lacking" in detail.get("ctx", {}):
        last = [detail["ctx"]["lacking"]]
    places = [part for part in location if isinstance(part, int) or not (part.isupper() or part in _TAGS)]
    return "".join(f"/{part}" for part in [*places, *last])


def _allowed(context: Mapping[str, Any]) -> list[str]:
    """What may stand there: from our own fields a list, from a union a text with the tags in quotes."""
    return context.get("allowed") or _quoted(context.get("expected_tags", ""))


def _quoted(text: str) -> list[Any]:
    return re.findall("'([^']*)'", text)


def parameters_of(query_string: bytes) -> dict[str, str]:
    """The parameters of a query string, each of which may be given once."""
    if not query_string:
        return {}
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            max_num_fields=_MOST_PARAMETERS,
            errors="strict",
        )
    except ValueError:
        raise invalid("query", "NOT_READABLE") from None
    parameters: dict[str, str] = {}
    for name, value in pairs:
        if name in parameters:
            raise invalid(f"query/{name}" if _PLAIN_NAME.fullmatch(name) else "query", "GIVEN_TWICE")
        parameters[name] = value
    return parameters


@cache
def _without_parameters(model: Any) -> BaseModel | None:
    """What a model makes of no parameters at all, made once since nobody changes it; None when it needs one."""
    try:
        made: BaseModel = model.model_validate({})
    except ValidationError:
        return None
    return made


def validate_query(model: type[M], query_string: bytes) -> M:
    """The query as a model; raises :class:`ProblemError` whose pointers begin with ``query``."""
    if not query_string:
        nothing = _without_parameters(model)
        if isinstance(nothing, model):
            return nothing
    try:
        return validate(model, parameters_of(query_string))
    except ProblemError as problem:
        problem.errors = [replace(e, pointer=f"query{e.pointer.removeprefix('query')}") for e in problem.errors]
        raise
