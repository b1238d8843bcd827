"""The few headers that the API looks at, picked in one pass. One that comes twice is unreadable, not one of the two."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_KEY: Final = re.compile(rb"[!-~]{1,255}")

_AMBIGUOUS: Final = b"\x00"


class RequestHeaders:
    """Header values as bytes, None where a header is missing."""

    __slots__ = (
        "accept",
        "accept_language",
        "authorization",
        "content_encoding",
        "content_length",
        "content_type",
        "idempotency_key",
    )

    authorization: bytes | None
    idempotency_key: bytes | None
    accept_language: bytes | None
    accept: bytes | None
    content_type: bytes | None
    content_encoding: bytes | None
    content_length: bytes | None

    def __init__(self, headers: Sequence[tuple[bytes, bytes]]) -> None:
        """``headers`` as in an ASGI scope: names in lower case."""
        given = dict(headers)
        if len(given) != len(headers):
            given = _marked(headers)
        get = given.get  # spelt out, because a loop over the slots takes three times as long
        self.authorization = get(b"authorization")
        self.idempotency_key = get(b"idempotency-key")
        self.accept_language = get(b"accept-language")
        self.accept = get(b"accept")
        self.content_type = get(b"content-type")
        self.content_encoding = get(b"content-encoding")
        self.content_length = get(b"content-length")

    def text(self, value: bytes | None) -> str | None:
        """A header value as text, byte by byte."""
        return None if value is None else value.decode("latin-1")

    def valid_idempotency_key(self) -> str | None:
        """The idempotency key, or None when there is none that can be used."""
        key = self.idempotency_key
        return key.decode("ascii") if key is not None and _KEY.fullmatch(key) else None

    def carries_json(self) -> bool:
        """Whether a body is announced as plain JSON: UTF-8, not compressed (a bomb has its size when unpacked)."""
        if self.content_encoding not in (None, b"identity") or self.content_type is None:
            return False
        if self.content_type == b"application/json":
            return True
        kind, _, parameters = self.content_type.partition(b";")
        charset = parameters.strip().lower().replace(b'"', b"")
        return kind.strip().lower() == b"application/json" and charset in (b"", b"charset=utf-8")

    def carries_csv(self) -> bool:
        """Whether a body is announced as plain CSV in UTF-8, not compressed."""
        if self.content_encoding not in (None, b"identity") or self.content_type is None:
            return False
        kind, _, parameters = self.content_type.partition(b";")
        charset = parameters.strip().lower().replace(b'"', b"")
        return kind.strip().lower() == b"text/csv" and charset in (b"", b"charset=utf-8")

    def wants_csv(self) -> bool:
        """Whether the client asks for CSV by ``Accept``."""
        return self.accept is not None and b"text/csv" in self.accept


def _marked(headers: Sequence[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Headers by name, of which those that come more than once are unreadable."""
    given: dict[bytes, bytes] = {}
    for name, value in headers:
        given[name] = _AMBIGUOUS if name in given else value
    return given
