"""OpenAPI from the operations' own table and models: nothing about an operation is written down a second time."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from enum import IntEnum
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from exchange.access.ids import Kind
from exchange.access.principal import scope_names
from exchange.api.examples import CSV_EXAMPLE, openapi_examples
from exchange.api.fields import Model
from exchange.api.meanings import BY_NAME, OF_MODEL, SUMMARY_ZH, TEXT, TEXT_ZH, TITLE_ZH, describe
from exchange.api.meanings.descriptions import ANSWERS_ZH, MODELS_ZH, OPERATIONS_ZH
from exchange.api.meanings.meaning import Meaning
from exchange.api.meanings.summaries import SUMMARIES_ZH
from exchange.api.meanings.unit_models import PROJECT_ID
from exchange.api.operations import Change, Operation, Read, Upload
from exchange.api.problem_models import Problem
from exchange.api.problem_tables import (
    BAD_REQUEST,
    CONFLICT,
    FORBIDDEN,
    NOT_FOUND,
    TOO_LARGE,
    TOO_MANY,
    UNAUTHORISED,
    UNAVAILABLE,
    UNPROCESSABLE,
    UNSUPPORTED,
)
from exchange.api.routes import OPERATIONS
from exchange.api.signature_documentation import REFUSAL_HEADERS, SCHEME, security_of, signature_parameters
from exchange.core.commands.governance import Scope

DESCRIPTION: Final = """\
An open exchange for carbon credits.

Money and prices are decimal strings in CNY ("30.00"), quantities whole tonnes, times RFC 3339 in UTC, days in
Asia/Shanghai, ids opaque strings. Every answer says in `as_of_seq` up to which journal entry it is true; every read
takes `min_seq` and waits until it has that entry. Every change needs an `Idempotency-Key`; a repeat with the same key
and the same body is given the stored answer, to the byte. What cannot be taken back is signed (RFC 9421) by
the owner of the key; the security scheme `signature` has a worked example. Refusals are problem documents (RFC 9457) in
English or Chinese, by `Accept-Language`, with the rule and the article that they rest on.
"""
_TITLE_ZH: Final = "碳减排量交易所"
_DESCRIPTION_ZH: Final = """\
碳减排量交易所的开放接口。

金额与价格为人民币十进制文本（"30.00"），数量为整吨，时间为 RFC 3339 格式的 UTC，日期按北京时间，编号为不透明文本。\
每个应答的 `as_of_seq` 说明其内容截至哪一条日志；每个查询都可带 `min_seq`，等到该条日志可见后再应答。\
每项变更都须带 `Idempotency-Key`；以同一键、同一请求体重复提交，得到的是原应答，逐字节相同。\
不可撤回的事项须由密钥的所有者签名（RFC 9421），示例见安全方案 `signature`。\
拒绝以 RFC 9457 问题文档给出，按 `Accept-Language` 用中文或英文，并注明所依据的规则与条款。
"""

_PATH_KINDS: Final = {
    "instrument": Kind.INSTRUMENT,
    "participant": Kind.PARTICIPANT,
    "person": Kind.PERSON,
    "order": Kind.ORDER,
    "proposal": Kind.PROPOSAL,
    "agreement": Kind.AGREEMENT,
    "lot": Kind.LOT,
    "key": Kind.KEY,
    "project": Kind.PROJECT,
    "use": Kind.USE,
    "release": Kind.RELEASE,
    "request": Kind.REQUEST,
    "encumbrance": Kind.ENCUMBRANCE,
    "reversal": Kind.REVERSAL,
    "staged": Kind.IMPORT,
}
_OTHER_PATH_EXAMPLES: Final = {
    "owner": ["par-17", "BANK"],
    "code": ["INSUFFICIENT_CASH"],
    "client_order_id": ["desk-1-0042"],
}
_OF_PATHS: Final = {
    "code": OF_MODEL["Problem"]["code"],
    "project": PROJECT_ID,
    "staged": Meaning("Id of the import (imp-...).", "导入编号（imp-...）。"),
}
"""Names in addresses that mean something else than the fields of these names."""

_PROBLEM_TEXTS: Final = {
    BAD_REQUEST: "No idempotency key, no body that is one acceptable JSON object, or a signature that is not readable",
    UNAUTHORISED: "No valid key, or no good signature where one is needed",
    FORBIDDEN: "The person may not, or the key lacks the scope, or cannot sign",
    NOT_FOUND: "There is no such thing for the one who asks",
    CONFLICT: "It clashes with what is there, or the idempotency key stands for another request",
    TOO_LARGE: "The body is too large",
    UNSUPPORTED: "The body is not application/json, or not text/csv where a file is taken",
    UNPROCESSABLE: "A field is not of the documented form, or a rule refuses it",
    TOO_MANY: "Too many requests; repeat after Retry-After seconds",
    UNAVAILABLE: "Not now; repeat after Retry-After seconds",
}


class SchemaGenerator(GenerateJsonSchema):
    """Writes defaults as they are on the wire, members of enumerations by their names, and in both languages what
    models and fields mean.
    """

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """The schema of a model with the meanings of its fields."""
        made = super().model_schema(schema)
        describe(made, schema["cls"])
        chinese = MODELS_ZH.get(schema["cls"].__name__)
        return made if chinese is None else {**made, TEXT_ZH: chinese}

    def encode_default(self, dft: Any) -> Any:
        """The default of a field in JSON."""
        return dft.name if isinstance(dft, IntEnum) else super().encode_default(dft)


class Health(Model):
    """The process answers."""

    status: str


class Readiness(Model):
    """Commands can be made durable now."""

    status: str
    as_of_seq: int


class ProblemType(Model):
    """What a problem code means: short name and text in both languages, and the rule that it enforces ("" for none)."""

    code: str
    status: int
    title_en: str
    title_zh: str
    en: str
    zh: str
    rule: str


def problem_ref(status: int) -> dict[str, Any]:
    """Where the documentation of a problem status stands."""
    return {"$ref": f"#/components/responses/Problem{status}"}


def _problem_response(status: int) -> dict[str, Any]:
    """The documentation of one problem status."""
    headers: dict[str, Any] = {"Content-Language": {"schema": {"type": "string", "enum": ["en", "zh"]}}}
    if status == TOO_MANY:
        headers |= _RATE_LIMITS
    if status in (UNAVAILABLE, TOO_MANY):
        headers["Retry-After"] = {"schema": {"type": "integer"}}
    if status in (BAD_REQUEST, UNAUTHORISED):
        headers |= REFUSAL_HEADERS
    if status == UNAUTHORISED:
        headers["WWW-Authenticate"] = {"schema": {"type": "string"}}
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        TEXT: _PROBLEM_TEXTS[status],
        TEXT_ZH: ANSWERS_ZH[status],
        "headers": headers,
        "content": {"application/problem+json": {"schema": schema}},
    }


def responses_of(operation: Operation) -> dict[str, dict[str, Any]]:
    """Every status that an operation can answer, with the model of its body."""
    problems = {str(status): problem_ref(status) for status in _problems_of(operation)}
    return {str(operation.status): _success(operation), **problems}


def _success(operation: Operation) -> dict[str, Any]:
    content: dict[str, Any] = {"application/json": {"schema": _ref(operation.answer)}}
    if isinstance(operation, Read) and operation.csv:
        content["text/csv"] = {"schema": {"type": "string"}}
    told = _told(operation.answer)
    headers: dict[str, Any] = dict(_RATE_LIMITS)
    if isinstance(operation, Change):
        headers["Idempotency-Replayed"] = _REPLAYED
    return {**told, "content": content, "headers": headers}


def _told(model: type[BaseModel]) -> dict[str, Any]:
    """What a model is, in both languages."""
    return {TEXT: inspect.cleandoc(model.__doc__ or ""), TEXT_ZH: MODELS_ZH[model.__name__]}


_REPLAYED: Final[dict[str, Any]] = {
    TEXT: "Present on a repeat.",
    TEXT_ZH: "重复提交时给出。",
    "schema": {"const": "true"},
}
_RATE_LIMITS: Final[dict[str, Any]] = {
    "RateLimit": {
        TEXT: "What is left of each limit drawn from (`r`), and after how many seconds it will be full (`t`).",
        TEXT_ZH: "所动用的各项限额的余量（`r`），以及多少秒之后恢复至满额（`t`）。",
        "schema": {"type": "string", "examples": ['"orders";r=19999;t=1']},
    },
    "RateLimit-Policy": {
        TEXT: "How much each limit holds (`q`), and in how many seconds it fills (`w`).",
        TEXT_ZH: "各项限额的容量（`q`），以及多少秒可由空恢复至满额（`w`）。",
        "schema": {"type": "string", "examples": ['"orders";q=20000;w=2']},
    },
}


def _problems_of(operation: Operation) -> list[int]:
    if isinstance(operation, Change):
        typed = operation.body is not None or isinstance(operation, Upload)
        body = [TOO_LARGE, UNSUPPORTED] if typed else [TOO_LARGE]
        return [BAD_REQUEST, UNAUTHORISED, FORBIDDEN, NOT_FOUND, CONFLICT, *body, UNPROCESSABLE, TOO_MANY, UNAVAILABLE]
    closed = [UNAUTHORISED, FORBIDDEN] if operation.roles else []
    missing = [NOT_FOUND] if operation.missing else []
    return [*closed, *missing, UNPROCESSABLE, TOO_MANY, UNAVAILABLE]


def _ref(model: type[BaseModel]) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def component_schemas() -> dict[str, Any]:
    """The schemas of all models, by their names, which are unique over the API."""
    models: dict[type[BaseModel], None] = dict.fromkeys((Problem, Health, Readiness, ProblemType))
    for operation in OPERATIONS:
        models[operation.answer] = None
        if isinstance(operation, Change) and operation.body is not None:
            models[operation.body] = None
    _, schema = models_json_schema(
        [(model, "validation") for model in models],
        ref_template="#/components/schemas/{model}",
        schema_generator=SchemaGenerator,
    )
    definitions: dict[str, Any] = schema["$defs"]
    assert not any("__" in name for name in definitions), "two models have one name"
    return definitions


def health_extra(path: str, model: type[BaseModel] | None, problems: Iterable[int] = ()) -> dict[str, Any]:
    """The same for an address outside ``/v1``; without a model it answers plain text."""
    schema = {"type": "string"} if model is None else _ref(model)
    content = {"text/plain" if model is None else "application/json": {"schema": schema}}
    success = {**({TEXT: "Text", TEXT_ZH: "文本"} if model is None else _told(model)), "content": content}
    responses = {"200": success, **{str(status): problem_ref(status) for status in problems}}
    return {"parameters": list(_path_parameters(path)), "responses": responses}


def extra_of(operation: Operation) -> dict[str, Any]:
    """What FastAPI cannot know: parameters, the body and who may call."""
    extra: dict[str, Any] = {
        "parameters": [*_path_parameters(operation.path), *_query_parameters(operation)],
        "responses": responses_of(operation),
    }
    if isinstance(operation, Change):
        extra["parameters"] += [_IDEMPOTENCY_KEY, *signature_parameters(operation)]
        if isinstance(operation, Upload):
            extra["requestBody"] = _CSV_BODY
        elif operation.body is not None:
            extra["requestBody"] = _request_body(operation.body)
    extra["parameters"].append(_ACCEPT_LANGUAGE)
    if operation.roles:
        extra["security"] = security_of(operation) if isinstance(operation, Change) else [{"key": []}]
        extra["x-roles"] = [role.name for role in operation.roles]
        extra["x-scopes"] = scope_names(operation.scopes if isinstance(operation, Change) else Scope.READ)
    return extra


_IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    TEXT: "Any text that stands for this one change; a repeat with it is safe.",
    TEXT_ZH: "代表本次变更的任意文本；以同一文本重复提交是安全的。",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]{1,255}$"},
}
_ACCEPT_LANGUAGE: Final = {
    "name": "Accept-Language",
    "in": "header",
    "required": False,
    TEXT: "The language of problem documents.",
    TEXT_ZH: "问题文档的语言。",
    "schema": {"type": "string", "examples": ["en", "zh-CN"]},
}


def _path_parameters(path: str) -> Iterable[dict[str, Any]]:
    for name in re.findall(r"\{(\w+)\}", path):
        kind = _PATH_KINDS.get(name)
        schema: dict[str, Any] = {"type": "string"}
        schema["examples"] = [f"{kind.value}-17"] if kind is not None else _OTHER_PATH_EXAMPLES[name]
        meaning = _OF_PATHS.get(name) or BY_NAME[name]
        told = {TEXT: meaning.en, TEXT_ZH: meaning.zh}
        yield {"name": name, "in": "path", "required": True, **told, "schema": schema}


def _query_parameters(operation: Operation) -> Iterable[dict[str, Any]]:
    schema = operation.query.model_json_schema(schema_generator=SchemaGenerator)
    for name, field in schema.get("properties", {}).items():
        described = dict(field)
        described.pop("title", None)
        yield {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            TEXT: described.pop(TEXT),
            TEXT_ZH: described.pop(TEXT_ZH),
            "schema": _without_null(described),
        }


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A query parameter is there or it is not; it is never null."""
    choices = [choice for choice in schema.pop("anyOf", ()) if choice != {"type": "null"}]
    merged = {**(choices[0] if choices else {}), **schema}
    if merged.get("default", 0) is None:
        del merged["default"]
    return merged


_CSV_BODY: Final[dict[str, Any]] = {
    "required": True,
    "content": {"text/csv": {"schema": {"type": "string"}, "examples": {"units": CSV_EXAMPLE}}},
}


def _request_body(body: type[BaseModel]) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": _ref(body)}
    if examples := openapi_examples(body):
        content["examples"] = examples
    return {"required": True, "content": {"application/json": content}}


def openapi_of(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of the application, made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes, tags=app.openapi_tags
        )
        document["info"] |= {TITLE_ZH: _TITLE_ZH, TEXT_ZH: _DESCRIPTION_ZH}
        for operation in (operation for methods in document["paths"].values() for operation in methods.values()):
            name = operation["operationId"]
            operation[SUMMARY_ZH] = SUMMARIES_ZH[name]
            more = OPERATIONS_ZH.get(name)
            operation[TEXT_ZH] = f"{SUMMARIES_ZH[name]}。" + ("" if more is None else f"\n\n{more}")
        document["components"] = {
            "responses": {f"Problem{status}": _problem_response(status) for status in _PROBLEM_TEXTS},
            "schemas": dict(sorted(component_schemas().items())),
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "bearerFormat": "<key id>.<secret>"},
                "signature": SCHEME,
            },
        }
        app.openapi_schema = document
    return app.openapi_schema
