"""Documents as YAML 1.2, as far as a document of JSON's kinds of values needs it.

The project reads no YAML and publishes one file of it, so there is no library for it at run time; a test has one read
what is written here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

_PLAIN: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$-]*")
_RESERVED: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def yaml_text(document: dict[str, Any]) -> str:
    """A document in block style, its texts in double quotes, which YAML shares with JSON."""
    return "".join(f"{line}\n" for line in _lines(document))


def _lines(value: dict[str, Any] | list[Any]) -> Iterator[str]:
    """The lines of a mapping or a list that is not empty."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _entry(f"{_name(name)}:", each)
    else:
        for each in value:
            yield from _item(each)


def _entry(head: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict | list) and value:
        yield head
        yield from (f"  {line}" for line in _lines(value))
    else:
        yield f"{head} {_scalar(value)}"


def _item(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list) and value:
        first, *others = _lines(value)
        yield f"- {first}"
        yield from (f"  {line}" for line in others)
    else:
        yield f"- {_scalar(value)}"


def _name(name: str) -> str:
    return name if _PLAIN.fullmatch(name) and name.lower() not in _RESERVED else _scalar(name)


def _scalar(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
