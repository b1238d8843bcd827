"""JSON that strangers wrote, where the strict decoder of our own API does not stand before it.

What comes from here can be written again, walked through and shown: it is not deep, has each name once, and has no
number or character that other programs read in another way. Any of that would else come up long after the reading, as
an error that nobody expects there (a RecursionError while a document is written again to check a signature).
"""

from __future__ import annotations

import json
from math import isfinite
from typing import Any, Final

MOST_DEPTH: Final = 16
"""Lists and objects inside of each other; the deepest document that we read has six."""


class ForeignJsonError(ValueError):
    """These bytes are no JSON, or none that we read; the text says why and repeats nothing of them."""


def read_foreign_json(data: bytes) -> Any:
    """The value that the bytes are.

    Raises:
        ForeignJsonError: for whatever is not JSON, is nested too deep, has a name twice in one object, a number that is
            not finite or of thousands of digits, or half a character.
    """
    try:
        value = json.loads(data, object_pairs_hook=_unique, parse_float=_finite, parse_constant=_not_a_number)
    except RecursionError:
        raise ForeignJsonError("nested too deep") from None
    except ForeignJsonError:
        raise
    except ValueError:
        raise ForeignJsonError("no JSON") from None
    _walk(value)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name that comes twice would be read one way here and another way elsewhere."""
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ForeignJsonError("a name comes twice in one object")
    return read


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ForeignJsonError("a number that is too large")
    return number


def _not_a_number(_text: str) -> Any:
    raise ForeignJsonError("a number that is none")


def _walk(value: Any) -> None:
    """Look at all of it level by level, so that nothing here is as deep as the document."""
    level, depth = [value], 0
    while level:
        for one in level:
            if isinstance(one, str):
                _demand_whole(one)
        containers = [one for one in level if isinstance(one, list | dict)]
        depth += 1
        if containers and depth > MOST_DEPTH:
            raise ForeignJsonError("nested too deep")
        level = [part for container in containers for part in _parts(container)]


def _parts(container: list[Any] | dict[str, Any]) -> list[Any]:
    return container if isinstance(container, list) else [*container, *container.values()]


def _demand_whole(text: str) -> None:
    """One half of a surrogate pair is no character, and no file or line takes it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ForeignJsonError("half a character") from None
