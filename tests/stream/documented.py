"""Holds what goes over the stream to its published description: every frame, and every request that was granted."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

import jsonschema_rs

from exchange.api.stream.asyncapi import document

Document = dict[str, Any]

PUBLISHED: Final = document()
_FINE: Final = 300
_PUSHED: Final = {
    ("book", "snapshot"): "bookSnapshot",
    ("book", "update"): "bookUpdate",
    ("private", "snapshot"): "privateSnapshot",
    ("private", "update"): "privateUpdate",
}


@cache
def validator(message: str) -> jsonschema_rs.Draft202012Validator:
    """What a message of the document is held to."""
    payload = PUBLISHED["components"]["messages"][message]["payload"]
    return jsonschema_rs.Draft202012Validator({**payload, "components": PUBLISHED["components"]})


def documented(frame: Document) -> Document:
    """The same frame; raises when it is not as it is published."""
    if frame["type"] == "heartbeat":
        message = "heartbeatMessage"
    elif frame["type"] == "answer":
        message = "answerToPing" if frame["id"] is None else ""
    else:
        kind = re.split(":", frame["channel"])[0]
        message = _PUSHED.get((kind, frame["type"]), kind)
    if message:
        validator(message).validate(frame)
    return frame


def documented_exchange(request: Document, answer: Document) -> None:
    """Raises when a granted request or its answer is not as it is published."""
    op = request["op"]
    if op in PUBLISHED["operations"]:
        name = PUBLISHED["operations"][op]["reply"]["messages"][0]["$ref"].rpartition("/")[2]
        validator(name).validate(answer)
    if answer["status"] < _FINE:
        validator(op).validate(request)
