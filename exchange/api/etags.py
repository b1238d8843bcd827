"""Conditional requests (RFC 9110, 13.1.2): whoever has an answer already is told so, and is not sent it again.

The tag of an answer is the SHA-256 of its own bytes, of nothing that it was made from. So no copy of a certificate that
was disputed or revoked since can be taken for the present one, whatever changed in it and for whatever reason.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

_NOT_MODIFIED: Final = 304
_ANY: Final = "*"
_WEAK: Final = "W/"


def etag_of(data: bytes) -> str:
    """The tag of an answer with these bytes."""
    return f'"{hashlib.sha256(data).hexdigest()}"'


def unless_known(request: Request, answer: Response) -> Response:
    """The answer, or that it has not changed where the client names its tag; one without a tag is always sent."""
    tag = answer.headers.get("etag")
    if tag is None or not _names(request.headers.getlist("if-none-match"), tag):
        return answer
    return Response(status_code=_NOT_MODIFIED, headers={"etag": tag})


def _names(headers: Iterable[str], tag: str) -> bool:
    """Whether a tag is among those of ``If-None-Match``; a weak one counts as well there."""
    named = {one.strip().removeprefix(_WEAK) for header in headers for one in header.split(",")}
    return tag in named or _ANY in named
