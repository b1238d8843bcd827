"""The page at ``/docs``: the OpenAPI document for people, as one HTML page without scripts and without the network.

What it shows is made of the document alone, so it can never differ from it. A strict Content-Security-Policy lets the
browser load nothing: the only style is in the page, named by its hash.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final

from exchange.api.docs_words import WORDS, Words
from exchange.api.language import Language

Json = Mapping[str, Any]

_STYLE: Final = """
:root{color-scheme:light dark;--line:#8884;--soft:#8882;--key:#2a6f4e}
body{font:16px/1.5 system-ui,"Noto Sans SC","PingFang SC","Microsoft YaHei",sans-serif}
body{max-width:70rem;margin:auto;padding:1rem}
h2{border-bottom:2px solid var(--key);margin-top:2.5rem}
code,pre{font:14px/1.45 ui-monospace,"Cascadia Mono",Menlo,monospace}
pre{background:var(--soft);padding:.8rem;overflow-x:auto}
table{border-collapse:collapse;margin:.5rem 0 1rem;width:100%}
th,td{border:1px solid var(--line);padding:.25rem .5rem;text-align:left;vertical-align:top}
details{border:1px solid var(--line);border-radius:.3rem;margin:.5rem 0;padding:.3rem .7rem}
summary{cursor:pointer}
summary b{display:inline-block;min-width:4.5rem;color:var(--key)}
nav{display:flex;flex-wrap:wrap;gap:.2rem 1rem}
"""
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The Content-Security-Policy to serve the page with."""

_FENCE: Final = "```"
_FIRST_STEPS: Final = ("/v1/status", "/v1/rulebook", "/v1/instruments", "/health", "/ready")


def docs_page(
    document: Json, openapi_path: str, asyncapi_path: str, stream_path: str, language: Language = "en"
) -> str:
    """The page for an OpenAPI document, which is also found at ``openapi_path``; ``asyncapi_path`` is where the stream
    at ``stream_path`` is described. The texts of the document are in ``language``, and so are the page's own.
    """
    info, words = document["info"], WORDS[language]
    write = _Writer(document, words)
    title = f"{info['title']} {info['version']}"
    parts = [
        f"<!doctype html><html lang={language}><meta charset=utf-8><title>{escape(title)}</title>",
        f'<meta name=viewport content="width=device-width"><style>{_STYLE}</style>',
        f"<h1>{escape(title)}</h1>",
        _prose(info["description"]),
        _prose(words.page),
        f"<p><a href={openapi_path}>{openapi_path}</a> ",
        " ".join(f"<a href={path}>{path}</a>" for path in _FIRST_STEPS),
        "</p>",
    ]
    groups = _grouped(document["paths"])
    parts.append(_contents(groups, words))
    parts.append(_stream(asyncapi_path, stream_path, words))
    parts.append(_signing(document["components"], words))
    for name, operations in groups.items():
        parts.append(f"<h2 id={name}>{_heading(name, words)}</h2>")
        parts.extend(write.operation(method, path, operation) for method, path, operation in operations)
    parts.append(f"<h2 id=schemas>{words.schemas}</h2>")
    parts.extend(write.schema(name, schema) for name, schema in document["components"]["schemas"].items())
    return "".join(parts) + "</html>"


def _grouped(paths: Json) -> dict[str, list[tuple[str, str, Json]]]:
    """The operations of each group, in the document's order."""
    groups: dict[str, list[tuple[str, str, Json]]] = {}
    for path, methods in paths.items():
        for method, operation in methods.items():
            groups.setdefault(operation["tags"][0], []).append((method.upper(), path, operation))
    return groups


def _contents(groups: Iterable[str], words: Words) -> str:
    links = [f"<a href=#{name}>{_heading(name, words)}</a>" for name in groups]
    stream = f"<a href=#stream>{words.stream}</a>"
    signing = f"<a href=#signing>{words.signing}</a>"
    return f"<nav>{stream}{signing}{''.join(links)}<a href=#schemas>{words.schemas}</a></nav>"


def _stream(asyncapi_path: str, stream_path: str, words: Words) -> str:
    link = f"<a href={asyncapi_path}>{asyncapi_path}</a>"
    told = _line(words.stream_text).format(stream=stream_path, link=link)
    return f"<h2 id=stream>{words.stream}</h2><p>{told}</p>"


def _signing(components: Json, words: Words) -> str:
    """What the document's security scheme says of signatures, with its worked example."""
    told = components.get("securitySchemes", {}).get("signature", {}).get("description", "")
    return f"<h2 id=signing>{words.signing}</h2>{_prose(told)}"


def _heading(name: str, words: Words) -> str:
    return escape(words.groups.get(name, name.replace("_", " ").capitalize()))


class _Writer:
    """Writes operations and schemas of a document in the words of one language."""

    def __init__(self, document: Json, words: Words) -> None:
        self._document = document
        self._words = words

    def operation(self, method: str, path: str, operation: Json) -> str:
        """One operation, folded up."""
        head = f"<b>{method}</b> <code>{escape(path)}</code> {_line(operation['summary'])}"
        return (
            f"<details id={operation['operationId']}><summary>{head}</summary>"
            + _prose(operation.get("description", ""))
            + self._callers(operation)
            + self._parameters(operation.get("parameters", ()))
            + self._body(operation)
            + self._answers(operation["responses"])
            + "</details>"
        )

    def schema(self, name: str, schema: Json) -> str:
        """One model and its fields."""
        return f"<h3 id=schema-{name}>{name}</h3>{_prose(schema.get('description', ''))}{self._fields(schema)}"

    def _callers(self, operation: Json) -> str:
        roles, scopes = operation.get("x-roles"), operation.get("x-scopes", ())
        if not roles:
            return f"<p>{self._words.no_key}</p>"
        return f"<p>{self._words.callers.format(roles=self._codes(roles), scopes=self._codes(scopes))}</p>"

    def _parameters(self, parameters: Iterable[Json]) -> str:
        words = self._words
        rows = [
            (
                f"<code>{escape(each['name'])}</code>",
                f"{words.places.get(each['in'], each['in'])}{words.required if each['required'] else ''}",
                self._form(each["schema"]) + self._default(each["schema"]),
                _line(each.get("description") or _meaning(each["schema"])),
            )
            for each in parameters
        ]
        return _table((words.parameter, words.place, words.form, words.meaning), rows)

    def _body(self, operation: Json) -> str:
        if "requestBody" not in operation:
            return ""
        ((kind, content),) = operation["requestBody"]["content"].items()
        model, fields = f"<code>{escape(kind)}</code>", ""
        if "$ref" in content["schema"]:
            name = _name_of(content["schema"])
            model, fields = _link(name), self._fields(self._document["components"]["schemas"][name])
        shown = [self._sent(example) for example in content.get("examples", {}).values()]
        return f"<p>{self._words.request_body.format(model=model)}</p>{fields}{''.join(shown)}"

    def _sent(self, example: Json) -> str:
        """A body that can be sent; a file as it is."""
        value = example["value"]
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
        return f"<p>{_line(example.get('summary', ''))}</p><pre>{escape(text)}</pre>"

    def _answers(self, responses: Json) -> str:
        rows = [(f"<code>{status}</code>", *self._answer(response)) for status, response in responses.items()]
        return _table((self._words.status, self._words.body, self._words.meaning), rows)

    def _answer(self, response: Json) -> tuple[str, str]:
        if "$ref" in response:
            response = self._document["components"]["responses"][_name_of(response)]
        bodies = [
            f"{self._form(body['schema'])} <code>{escape(kind)}</code>"
            for kind, body in response.get("content", {}).items()
        ]
        return "<br>".join(bodies), _line(response.get("description", ""))

    def _fields(self, schema: Json) -> str:
        words, required = self._words, schema.get("required", ())
        rows = [
            (
                f"<code>{escape(name)}</code>{'' if name in required else words.optional}",
                self._form(field) + self._default(field),
                _line(_meaning(field)),
            )
            for name, field in schema.get("properties", {}).items()
        ]
        return _table((words.field, words.form, words.meaning), rows)

    def _form(self, schema: Json) -> str:
        """The form of a value, with an example or its bounds where the schema has them."""
        words = self._words
        if "$ref" in schema:
            return _link(_name_of(schema))
        for choice in ("anyOf", "oneOf"):
            if choice in schema:
                return words.either.join(self._form(each) for each in schema[choice])
        if "const" in schema:
            return self._codes([schema["const"]])
        if "enum" in schema:
            return self._codes(schema["enum"])
        if schema.get("type") == "array":
            return words.list_of.format(form=self._form(schema.get("items", {})))
        kind: str = schema.get("type", words.anything)
        return escape(words.kinds.get(kind, kind)) + self._bounds(schema) + self._example(schema)

    def _bounds(self, schema: Json) -> str:
        ends = (("minimum", self._words.lowest), ("maximum", self._words.highest))
        return "".join(word.format(bound=schema[key]) for key, word in ends if key in schema)

    def _example(self, schema: Json) -> str:
        examples = [example for example in schema.get("examples", ()) if example != ""]
        return self._words.such_as.format(value=self._codes(examples[:1])) if examples else ""

    def _default(self, schema: Json) -> str:
        """What a field that is left out counts as, unless that is nothing."""
        value = schema.get("default")
        if value is None:
            return ""
        return self._words.default.format(value=self._codes([json.dumps(value, ensure_ascii=False)]))

    def _codes(self, values: Iterable[object]) -> str:
        return self._words.comma.join(f"<code>{escape(str(value))}</code>" for value in values)


def _meaning(schema: Json) -> str:
    """The description of a field, or of the one form among several that has one."""
    choices = (schema, *schema.get("anyOf", ()), *schema.get("oneOf", ()))
    return next((each["description"] for each in choices if each.get("description")), "")


def _name_of(reference: Json) -> str:
    name: str = reference["$ref"].rpartition("/")[2]
    return name


def _link(name: str) -> str:
    return f"<a href=#schema-{name}>{name}</a>"


def _table(heads: Iterable[str], rows: Sequence[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    head = "".join(f"<th>{each}" for each in heads)
    return f"<table><tr>{head}" + "".join("<tr>" + "".join(f"<td>{cell}" for cell in row) for row in rows) + "</table>"


def _prose(text: str) -> str:
    """Paragraphs; what stands between backticks is code, and a paragraph between lines of three is a block of it."""
    return "".join(_paragraph(paragraph) for paragraph in text.strip().split("\n\n") if paragraph)


def _paragraph(text: str) -> str:
    if text.startswith(_FENCE) and text.endswith(_FENCE):
        return f"<pre>{escape(text.removeprefix(_FENCE).removesuffix(_FENCE).strip())}</pre>"
    return f"<p>{_line(text)}</p>"


def _line(text: str) -> str:
    pieces = escape(text.replace("``", "`")).split("`")
    return "".join(f"<code>{piece}</code>" if n % 2 else piece for n, piece in enumerate(pieces))
