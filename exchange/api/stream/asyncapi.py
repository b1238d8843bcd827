"""The AsyncAPI 3 document of the stream, made of the forms of its messages and of the operation table.

Nothing of a message is written down here a second time: the forms of requests are those that decode them, those of
market data are in :mod:`exchange.marketdata.messages`, and what an order request has in its ``body`` and gets in its
answer are the models of the REST operation that it stands for. Texts are in English, and in Chinese beside them.
"""

from __future__ import annotations

import inspect
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

import exchange
from exchange.api.documentation import SchemaGenerator
from exchange.api.meanings import SUMMARY_ZH, TEXT, TEXT_ZH, TITLE_ZH
from exchange.api.operations import Change
from exchange.api.problem_models import Problem
from exchange.api.stream import chinese
from exchange.api.stream.answers import AnswerMessage, HeartbeatMessage
from exchange.api.stream.examples import CHECKED_AFTER, CHECKED_BEFORE, REQUEST_EXAMPLES, SERVER_EXAMPLES
from exchange.api.stream.order_entry import ADDRESSES, BY_ID, BY_NAME, CHANGES
from exchange.api.stream.requests import REQUESTS
from exchange.api.stream.results import RESULTS
from exchange.api.stream.streams import HEARTBEAT_AFTER, PING_EVERY
from exchange.api.stream.yaml_text import yaml_text
from exchange.marketdata.messages import MESSAGES

Document = dict[str, Any]

_SCHEMAS: Final = "#/components/schemas/"

DESCRIPTION: Final = f"""\
Market data, the own account and order entry over one WebSocket connection (RFC 6455), in text frames of one JSON object
each. A client passes over fields that it does not know.

**Requests** have an `id` of the client's choice and an `op`; each gets exactly one `answer` with the same `id`. The
`id` is text of 1 to 36 printable characters; anything else ends the connection: it is answered with `id` null, and the
close code is 1008. Several may be under way at once: commands are sequenced in the order in which they were sent,
answers come when they are durable. Orders have the bodies, rules, problem documents, rate limits and idempotency keys
of REST; what was sent by one way may be repeated by the other. In a problem document the `pointer` of a field inside
`body` counts from the body, as over REST (`/price`, not `/body/price`); that of another field counts from the request.

**Channels**: `book:`, `trades:` and `ticker:` with an instrument (`book:ins-5`), `candles:` with an instrument and an
interval (`candles:ins-5:1m`), and `private`, the own account, for which a key is needed: in the `Authorization` header
of the handshake, or by `login`, once for a connection. After the answer to `subscribe` a channel begins with a
`snapshot`; with `after_seq` it goes on behind that entry instead, where what was missed is still at hand. The snapshot
of `private` comes in `parts` of up to 250 orders, one after the other and all of one `seq`; it is whole with the last.

**A line may have a name**, `line` of `login`. A login with the key and the name of a line that is still there closes
that one, and when it had asked for `cancel_on_disconnect`, its orders are cancelled before the login is answered (those
beyond 500 by a job that goes on behind it and takes no later order). So a client that comes back knows where it stands.

**`cancel_on_disconnect`** acts when the exchange notices that the line is lost. It does not act after a crash of the
exchange itself: the orders stay then, so use `cancel_after` as well.

**No gaps.** A reader that stands at entry `s` of a channel applies a frame with `prev_seq` equal to `s` and stands at
its `seq` then. A larger `prev_seq` means that something is missing. Right after a resume it may be smaller; then a
frame whose `seq` is not beyond `s` is passed over. `checksum` proves the copy of a book: CRC-32 of the ten best levels
of both sides, written `price:quantity:orders`, levels joined by commas and the sides by a bar, bids first. The book
in the example of `bookSnapshot` is written `{CHECKED_BEFORE[0]}` and has the checksum {CHECKED_BEFORE[1]}; after the
example of `bookUpdate` it is written `{CHECKED_AFTER[0]}` and has {CHECKED_AFTER[1]}.

**Time.** A `heartbeat` comes after {HEARTBEAT_AFTER:.0f} seconds without a frame, a WebSocket ping every
{PING_EVERY:.0f} seconds; a client that does not answer it is closed.

**Close codes**: 1001 the exchange stops, 1002 and 1007 no WebSocket, 1008 against the rules (an unreadable request,
nothing asked for in ten seconds, a key that is no longer good, a name that a newer line has taken), 1009 a message that
is too large (16 KiB before a login, 260 KiB after), 1013 try again later (too slow in reading, or the place is needed).
"""

STANDS_FOR: Final = "Stands for `{method} {path}`."

_COMMON: Final = (AnswerMessage, HeartbeatMessage, Problem)
_OPERATIONS_OF_ORDERS: Final = {op: change for (op, by), change in CHANGES.items() if by in ("", BY_ID)}


def document() -> Document:
    """The document."""
    schemas = _schemas()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Carbon Exchange, the stream",
            TITLE_ZH: chinese.TITLE_ZH,
            "version": exchange.__version__,
            **_told(DESCRIPTION, chinese.DESCRIPTION_ZH),
        },
        "defaultContentType": "application/json",
        "servers": {"local": {"host": "127.0.0.1:8000", "protocol": "ws", "security": [_ref("securitySchemes/key")]}},
        "channels": {"stream": _channel()},
        "operations": _operations(),
        "components": {
            "messages": {**_requests(), **_server_messages()},
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    **_told("`key-17-1.secret`, as for REST. Public channels need none.", chinese.KEY_ZH),
                }
            },
        },
    }


def asyncapi_bytes() -> bytes:
    """The document as it is published."""
    head = "# Made by `python -m exchange spec` from the tables of the code; do not edit.\n"
    return (head + yaml_text(document())).encode()


def _ref(path: str) -> Document:
    return {"$ref": f"#/components/{path}"}


def _told(english: str, in_chinese: str) -> Document:
    return {TEXT: english, TEXT_ZH: in_chinese}


def _summed_up(english: str, in_chinese: str) -> Document:
    return {"summary": english, SUMMARY_ZH: in_chinese}


def _schemas() -> dict[str, Document]:
    """Every form, with the bodies of order requests put in, and a form for the answer to each request."""
    changes = _OPERATIONS_OF_ORDERS.values()
    models: list[type[BaseModel]] = [*REQUESTS.values(), *MESSAGES, *_COMMON, *RESULTS.values()]
    models += [model for change in changes for model in (change.answer, _body_of(change))]
    _, found = models_json_schema(
        [(model, "validation") for model in dict.fromkeys(models)],
        ref_template=f"{_SCHEMAS}{{model}}",
        schema_generator=SchemaGenerator,
    )
    schemas: dict[str, Document] = found["$defs"]
    assert not any("__" in name for name in schemas), "two models have one name"
    for op, change in _OPERATIONS_OF_ORDERS.items():
        if "body" in REQUESTS[op].model_fields:
            body = schemas[REQUESTS[op].__name__]["properties"]["body"]
            told = {name: text for name, text in body.items() if name in (TEXT, TEXT_ZH)}
            schemas[REQUESTS[op].__name__]["properties"]["body"] = {
                "$ref": _SCHEMAS + _body_of(change).__name__,
                **told,
            }
    for name, text in chinese.MODELS_ZH.items():
        schemas[name][TEXT_ZH] = text
    for op in REQUESTS:
        assert _answer_name(op) not in schemas
        schemas[_answer_name(op)] = _answer_schema(schemas[AnswerMessage.__name__], op)
    return schemas


def _body_of(change: Change) -> type[BaseModel]:
    """What stands in the ``body`` of a request: the body of REST, or its query where it has no body."""
    return change.query if change.body is None else change.body


def _answer_name(op: str) -> str:
    return f"AnswerTo{REQUESTS[op].__name__}"


def _answer_schema(common: Document, op: str) -> Document:
    change = _OPERATIONS_OF_ORDERS.get(op)
    model = RESULTS[op] if change is None else change.answer
    fine: Document = {"properties": {"status": {"const": 200 if change is None else change.status}}}
    fine["properties"]["body"] = {"$ref": _SCHEMAS + model.__name__}
    refused: Document = {"properties": {"status": {"minimum": 400}, "body": {"$ref": _SCHEMAS + Problem.__name__}}}
    return {**common, "title": _answer_name(op), "anyOf": [fine, refused]}


def _channel() -> Document:
    names = [*REQUESTS, *(_answer_message(op) for op in REQUESTS), *(name for name, _ in _pushed())]
    return {
        "address": "/v1/stream",
        **_told("One connection for everything.", chinese.CONNECTION_ZH),
        "messages": {name: _ref(f"messages/{name}") for name in names},
        "bindings": {"ws": {"method": "GET"}},
    }


def _pushed() -> list[tuple[str, type[BaseModel]]]:
    """What the exchange sends by itself."""
    return [(_small(model.__name__), model) for model in (*MESSAGES, HeartbeatMessage)]


def _small(name: str) -> str:
    return name[0].lower() + name[1:]


def _answer_message(op: str) -> str:
    return _small(_answer_name(op))


def _operations() -> Document:
    asked = {op: _asked(op) for op in REQUESTS}
    told = {
        "action": "send",
        "channel": {"$ref": "#/channels/stream"},
        **_summed_up("Market data, the own account, heartbeats", chinese.PUSHED_ZH),
        "messages": [{"$ref": f"#/channels/stream/messages/{name}"} for name, _ in _pushed()],
    }
    return {**asked, "tell": told}


def _asked(op: str) -> Document:
    change = _OPERATIONS_OF_ORDERS.get(op)
    more = {} if change is None else _stands_for(op, change)
    return {
        "action": "receive",
        "channel": {"$ref": "#/channels/stream"},
        **_summary(REQUESTS[op]),
        **more,
        "messages": [{"$ref": f"#/channels/stream/messages/{op}"}],
        "reply": {
            "channel": {"$ref": "#/channels/stream"},
            "messages": [{"$ref": f"#/channels/stream/messages/{_answer_message(op)}"}],
        },
    }


def _stands_for(op: str, change: Change) -> Document:
    place = {"method": change.method, "path": change.path}
    english, in_chinese = STANDS_FOR.format(**place), chinese.STANDS_FOR_ZH.format(**place)
    if (op, BY_NAME) in ADDRESSES:
        method, path = ADDRESSES[op, BY_NAME]
        english += f" With `client_order_id` in place of `order` it stands for `{method} {path}`."
        in_chinese += chinese.BY_NAME_ZH.format(method=method, path=path)
    return _told(english, in_chinese)


def _requests() -> Document:
    return {
        op: {
            "name": op,
            **_summary(model),
            "payload": _ref(f"schemas/{model.__name__}"),
            "correlationId": {"location": "$message.payload#/id"},
            "examples": [{"payload": REQUEST_EXAMPLES[op]}],
        }
        for op, model in REQUESTS.items()
    }


def _server_messages() -> Document:
    answers = {
        _answer_message(op): {
            "name": "answer",
            **_summed_up(f"The answer to {op}", chinese.ANSWER_TO_ZH.format(op=op)),
            "payload": _ref(f"schemas/{_answer_name(op)}"),
            "correlationId": {"location": "$message.payload#/id"},
            "examples": [{"payload": SERVER_EXAMPLES[op]}],
        }
        for op in REQUESTS
    }
    pushed = {
        name: {
            "name": name,
            **_summary(model),
            "payload": _ref(f"schemas/{model.__name__}"),
            "examples": [{"payload": SERVER_EXAMPLES[name]}],
        }
        for name, model in _pushed()
    }
    return {**answers, **pushed}


def _summary(model: type[BaseModel]) -> Document:
    """The first paragraph of what a form is, in both languages, without the stop at its end."""
    english = inspect.cleandoc(model.__doc__ or "").partition("\n\n")[0].replace("\n", " ").rstrip(".")
    return _summed_up(english, chinese.MODELS_ZH[model.__name__].partition("\n\n")[0].rstrip("。"))
