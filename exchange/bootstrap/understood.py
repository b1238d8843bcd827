"""Whether a head says only what this server acts on; httptools reads more than that, and passes over what it said.

A body in a coding that nobody takes off would be read as if it were plain (RFC 9112, 6.1), a version in the first line
that is not spoken here would be answered in another one, and an expectation that is passed over is broken (RFC 9110,
10.1.1). Whoever is in front of the venue may have read each of them otherwise, so such a request is malformed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_VERSIONS: Final = ("1.1", "1.0")
_ONLY: Final = {b"transfer-encoding": b"chunked", b"expect": b"100-continue"}
"""The one value that these headers may have, however often they stand there."""


def is_understood(headers: Iterable[tuple[bytes, bytes]], version: str) -> bool:
    """Whether all that is asked for is done here. ``headers`` have lower-case names, ``version`` is such as "1.1"."""
    asked = [(name, value) for name, value in headers if name in _ONLY]
    return version in _VERSIONS and all(value.strip(b" \t").lower() == _ONLY[name] for name, value in asked)
