"""The strict decoder: from a request's raw bytes to JSON values that mean the same to everybody who reads them.

JSON parsers differ in what they let through: duplicate names (which one counts?), NaN, numbers that lose digits, lone
surrogates. What two programs can read differently is refused here, before anything else looks at it. The bytes are
counted while they arrive, so a body of any length costs at most the limit.

A number with a point or an exponent is read differently by many programs, so it has no value here: :data:`INEXACT`
stands in its place, which no field accepts. It is not refused right here only because the field that it was meant for
can say better what to write instead.

The common case is quick: orjson refuses bad UTF-8, byte order marks, NaN, Infinity, control characters and lone
surrogates; one walk over the values finds what it accepts and we do not. Duplicate names leave no trace in what it
returns, so names are counted: a well-formed text has at least as many colons as names, and if it has exactly as many
as the values have keys, no name was written twice. Only when a colon stands inside a text as well, the standard library
parses the body again and shows each pair. That is 2 µs for an order, and 8 µs for one with a colon in a text.

What costs time is not the bytes but the values. So before anything is parsed, the bytes that begin or part values are
counted, at the speed of memory, and a body that has more of them than any request needs is refused.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

import orjson

MAX_BODY: Final = 16 * 1024
"""Most bytes of a request's body, unless its operation says otherwise."""

MAX_DEPTH: Final = 8
"""Deepest nesting; the body itself is at depth 1."""

MAX_NAMES: Final = 64
"""Most names in one object, far more than any has fields: each that is unknown would cost as much as a good order."""

BYTES_OF_A_VALUE: Final = 8
"""A body may have one ``,`` ``:`` ``[`` or ``{`` for so many bytes of the most that its operation allows. ``"lot-1",``
is the shortest of what a long body is made of, and 500 orders with all their fields need 13,000 of the 32,768 of a
batch.
"""

LEAST_BYTES: Final = 5
"""The same for so many bytes that are there: ``{"do":"cancel","order":"ord-1"},`` has one in 6."""

MOST_CONTAINERS: Final = 1_024
"""Most ``[`` and ``{`` in a body: 500 orders with a list of lots each are 1,000."""

UNCOUNTED: Final = 1024
"""Bytes of a body that is so short that nothing in it needs to be counted."""

MAX_INTEGER: Final = 10**19 - 1
"""Largest absolute integer: 19 digits."""


class _Inexact:
    """The type of :data:`INEXACT`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "INEXACT"


INEXACT: Final = _Inexact()
"""Stands for every number that is not an integer of at most 20 digits; what it was is forgotten."""


class Undecodable(Exception):
    """A body that is not acceptable JSON. ``code`` says why; the input is never repeated."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TooLarge(Exception):
    """More than the limit has arrived, or is announced."""


class Incomplete(Exception):
    """The client left before the whole body was there."""


Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
"""Gives the next message about a request, as ASGI has them."""


async def collect(receive: Receive, announced: str | None, limit: int) -> bytes:
    """Join the chunks of a body, counting; raises :class:`TooLarge` before anything over the limit is kept, and
    :class:`Incomplete`.
    """
    if announced is not None and announced.isascii() and announced.isdigit() and int(announced[:20]) > limit:
        raise TooLarge
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Incomplete
        chunk, more = message.get("body", b""), message.get("more_body", False)
        if len(body) + len(chunk) > limit:
            raise TooLarge
        body += chunk
    return bytes(body)


def decode(raw: bytes, largest: int = MAX_BODY) -> dict[str, Any]:
    """The JSON object that ``raw`` is; ``largest`` is how many bytes its like may have, and bounds its values.

    Raises:
        Undecodable: for whatever is not one JSON object of names written once, texts without U+0000 and without lone
            surrogates, and numbers that are finite, nested at most 8 deep, in UTF-8 without a byte order mark. Integers
            have at most 19 digits, objects 64 names; :data:`INEXACT` is where another number was.
    """
    if len(raw) > UNCOUNTED:
        _refuse_too_many(raw, min(largest // BYTES_OF_A_VALUE, len(raw) // LEAST_BYTES))
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Undecodable(_why_not_json(raw)) from None
    if type(value) is not dict:
        raise Undecodable("NOT_AN_OBJECT")
    if _checked_names(value, 1) != raw.count(b":"):
        _refuse_duplicates(raw)
    return value


def _refuse_too_many(raw: bytes, most: int) -> None:
    """Count what begins and parts values, in texts as well, where nobody has need of so many either."""
    containers = raw.count(b"[") + raw.count(b"{")
    if containers > MOST_CONTAINERS or containers + raw.count(b",") + raw.count(b":") > most:
        raise Undecodable("TOO_MANY")


def _why_not_json(raw: bytes) -> str:
    """A code for what the parser refused, as far as it is plain."""
    if not raw.strip(b" \t\r\n"):
        return "EMPTY"
    if raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return "BYTE_ORDER_MARK"
    try:
        raw.decode()
    except UnicodeDecodeError:
        return "NOT_UTF8"
    return "NOT_JSON"


def _checked_names(value: Any, depth: int) -> int:
    """How many names ``value`` has in all; raises for what must not be in it."""
    kind = type(value)
    if kind is str:
        if "\x00" in value:
            raise Undecodable("NUL_CHARACTER")
        return 0
    if kind is int:
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise Undecodable("NUMBER_TOO_LONG")
        return 0
    if value is None or kind is bool:
        return 0
    if depth > MAX_DEPTH:
        raise Undecodable("TOO_DEEP")
    return _names_of_list(value, depth) if kind is list else _names_of_object(value, depth)


def _names_of_list(values: list[Any], depth: int) -> int:
    count = 0
    for index, value in enumerate(values):
        if type(value) is float:
            values[index] = INEXACT
        else:
            count += _checked_names(value, depth + 1)
    return count


def _names_of_object(pairs: dict[str, Any], depth: int) -> int:
    count = len(pairs)
    if count > MAX_NAMES:
        raise Undecodable("TOO_MANY_NAMES")
    for name, value in pairs.items():
        kind = type(value)
        if "\x00" in name or (kind is str and "\x00" in value):
            raise Undecodable("NUL_CHARACTER")
        if kind is float:
            pairs[name] = INEXACT
        elif kind is not str:  # most are, and a call for each of them would cost as much as all the rest
            count += _checked_names(value, depth + 1)
    return count


def _refuse_duplicates(raw: bytes) -> None:
    """Look at every pair of a text whose colons do not add up; the text is known to be JSON."""

    def unique(pairs: list[tuple[str, Any]]) -> None:
        if len({name for name, _ in pairs}) != len(pairs):
            raise Undecodable("DUPLICATE_NAME")

    try:
        json.loads(raw, object_pairs_hook=unique)
    except RecursionError:
        # The walk did not see it: the value of a name that comes again is not in what the first parser returned.
        raise Undecodable("TOO_DEEP") from None
