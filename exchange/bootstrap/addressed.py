"""Whether a request says to whom it is: once, and to this venue (RFC 9112, section 3.2).

A signature covers the authority, and two parties that read another one out of the same bytes are how requests are
smuggled. So a request has exactly one ``Host`` (a request in HTTP/1.0 may have none), and one that has a whole address
in its first line must name the venue there: by its public origin, or, where none is set, as its own ``Host`` does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import httptools

from exchange.access.signature_base import Origin

_HOST: Final = re.compile(rb"(?:[A-Za-z0-9._~%-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?")
_SCHEMES: Final = ("http", "https")


def is_addressed(
    target: bytes, headers: Sequence[tuple[bytes, bytes]], version: str, public_authority: str | None
) -> bool:
    """Whether a request is to one venue, and this one.

    ``target`` is what stands in the first line, ``headers`` have lower-case names, ``version`` is such as "1.1", and
    ``public_authority`` that of the venue's origin, in lower case and without a default port; None where it has none.
    """
    hosts = [value for name, value in headers if name == b"host"]
    if len(hosts) != 1:
        return not hosts and version == "1.0" and target.startswith(b"/")
    if _HOST.fullmatch(hosts[0]) is None:
        return False
    return target.startswith(b"/") or _names_it(target, hosts[0], public_authority)


def _names_it(target: bytes, host: bytes, public_authority: str | None) -> bool:
    """Whether a whole address names the venue. What is neither a path nor an address has no say here."""
    try:
        url = httptools.parse_url(target)
    except httptools.HttpParserInvalidURLError:
        return False
    if not url.host:
        return True
    scheme = url.schema.decode().lower()
    if scheme not in _SCHEMES or url.userinfo:
        return False
    name = b"[%b]" % url.host if b":" in url.host else url.host
    named = name if not url.port else b"%b:%d" % (name, url.port)
    wanted = public_authority or Origin.of_host(host, scheme).authority
    return Origin.of_host(named, scheme).authority == wanted
