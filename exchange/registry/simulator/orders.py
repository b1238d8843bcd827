"""What whoever tries the venue out tells the simulator under ``/control``: read strictly, and refused in a sentence.

A slip would otherwise show later, somewhere else: in a list that cannot be made, or in the venue.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from fastapi import Request

from exchange.registry.simulator.lists import LINE, RECORD

BAD: Final = 400
UNPROCESSABLE: Final = 422

_KINDS: Final[Mapping[type, str]] = {str: "text", int: "whole number"}
_WHOLE: Final = frozenset({"serial_lo", "serial_hi"})
_LARGEST: Final = 1 << 62

Form = Mapping[str, type]
"""The fields of an order, all of which must be there, and the kind of each."""


def form_of(*names: str) -> Form:
    """Fields of that name; those of serials are numbers, all others text."""
    return {name: int if name in _WHOLE else str for name in names}


SERIALS: Final = form_of("space", "serial_lo", "serial_hi")
ACCOUNT: Final = form_of("space", "serial_lo", "serial_hi", "holder")
FALSE_LINE: Final = form_of(*LINE)
FALSE_RECORD: Final = form_of(*RECORD)
REFERENCE: Final = form_of("reference")
VENUE: Final = form_of("url", "key")


class OrderError(Exception):
    """An order that is not followed: the status and the sentence that is answered."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


async def read_object(request: Request, wanted: str) -> dict[str, Any]:
    """The body, which is a JSON object; ``wanted`` says of what.

    Raises:
        OrderError: it is something else.
    """
    try:
        given = json.loads(await request.body())
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise OrderError(BAD, f"this is no JSON object: send {wanted}")
    return given


async def read_order(request: Request, form: Form) -> dict[str, Any]:
    """The fields of an order.

    Raises:
        OrderError: it has not just these fields, or one of another kind.
    """
    wanted = "{" + ", ".join(f'"{name}": {_KINDS[kind]}' for name, kind in form.items()) + "}"
    given = await read_object(request, wanted)
    faults = [f"{name} is missing" for name in form if name not in given]
    faults += [f"{name} is not known here" for name in given if name not in form]
    faults += [f"{name} is no {_KINDS[form[name]]}" for name in form if name in given and not _is_of(form, name, given)]
    if faults:
        raise OrderError(UNPROCESSABLE, f"{', '.join(faults)}: send {wanted}")
    return given


def _is_of(form: Form, name: str, given: Mapping[str, Any]) -> bool:
    value = given[name]
    if form[name] is str:
        return isinstance(value, str)
    # True is a number to Python, and what is too large for the store is none to it.
    return type(value) is int and abs(value) <= _LARGEST


async def read_serials(request: Request, form: Form) -> tuple[str, int, int, dict[str, Any]]:
    """Space, first serial and the one behind the last, with the whole order; raises as :func:`read_order` does."""
    given = await read_order(request, form)
    lo, hi = given["serial_lo"], given["serial_hi"]
    if not 0 < lo < hi:
        raise OrderError(
            UNPROCESSABLE,
            "serial_lo is the first serial, at least 1, and serial_hi the first one after them: "
            f"{lo} and {hi} are no range",
        )
    return given["space"], lo, hi, given


async def read_venue(request: Request) -> tuple[str, str]:
    """Where the venue is, and the registry's key there; raises as :func:`read_order` does."""
    given = await read_order(request, VENUE)
    if given["url"] and not _is_address(given["url"]):
        told = 'url is no address of a venue: send one such as "http://127.0.0.1:8000", or "" to call back no more'
        raise OrderError(UNPROCESSABLE, told)
    return given["url"], given["key"]


def _is_address(text: str) -> bool:
    try:
        url, port = httpx.URL(text), urlsplit(text).port
    except (httpx.InvalidURL, ValueError):
        return False
    return url.scheme in ("http", "https") and bool(url.host) and port != 0
