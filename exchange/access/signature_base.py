"""What is signed of a request: the components of RFC 9421, section 2, and the text that is made of them.

**Where a request was sent to** is not taken from the request alone. Behind a reverse proxy the scheme is another and
the ``Host`` may be, and whoever replays a request that was meant for another venue chooses the ``Host`` freely. So the
venue knows its own :class:`Origin`, and a signature for any other does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self
from urllib.parse import urlsplit

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_SIGNABLE: Final = re.compile(r"[\t\x20-\x7e]*", re.ASCII)
_FIELD_NAME: Final = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+", re.ASCII)
_HOST: Final = re.compile(r"[a-z0-9.-]+|\[[0-9a-f:.]+\]", re.ASCII)


@dataclass(slots=True, frozen=True)
class Origin:
    """Scheme and authority that clients use, both in lower case; a default port is left out.

    >>> Origin.read("https://Exchange.example:443/").authority
    'exchange.example'
    """

    scheme: str
    authority: str

    @classmethod
    def read(cls, text: str) -> Self:
        """Read the setting of an operator.

        Raises:
            ValueError: with a sentence about what to write.
        """
        advice = f"write it as https://exchange.example or https://exchange.example:8443, not {text!r}"
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            raise ValueError(advice) from None
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else (parts.hostname or "")
        more = parts.username is not None or parts.path not in ("", "/") or "?" in text or "#" in text
        if parts.scheme not in _DEFAULT_PORTS or _HOST.fullmatch(host) is None or more:
            raise ValueError(advice)
        return cls(parts.scheme, host if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}")

    @classmethod
    def of_host(cls, host: bytes | None, scheme: str = "http") -> Self:
        """The origin that the client claims: for a venue on its own machine that has no public address.

        It does not tell one venue from another: a signature for another ``Host`` fits when the request names it too.
        """
        claimed = (host or b"").decode("latin-1").strip().lower()
        return cls(scheme, claimed.removesuffix(f":{_DEFAULT_PORTS[scheme]}"))

    def __str__(self) -> str:
        """As the beginning of an address."""
        return f"{self.scheme}://{self.authority}"


@dataclass(slots=True, frozen=True)
class SignedRequest:
    """A request as it came. ``path`` is still percent-encoded, ``query`` has no "?"; names of headers in lower case."""

    method: str
    origin: Origin
    path: bytes
    query: bytes
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes

    @classmethod
    def of_scope(cls, scope: Mapping[str, Any], body: bytes, origin: Origin) -> Self:
        """From an ASGI scope, which must have a ``raw_path``: of a decoded path nobody knows what was signed."""
        return cls(scope["method"], origin, scope["raw_path"], scope["query_string"], tuple(scope["headers"]), body)

    def field(self, name: str) -> str | None:
        """A header's value as RFC 9421, section 2.1, has it: lines joined, blanks around them cut; None if missing."""
        wanted = name.encode()
        lines = [value.decode("latin-1").strip(" \t") for given, value in self.headers if given == wanted]
        return ", ".join(lines) if lines else None


def component_value(request: SignedRequest, name: str) -> str | None:
    """The value of a component; None when the request has none of this name or it cannot be signed.

    An empty query and none are the same here: ASGI cannot tell them apart. ``@query`` is "?" then (section 2.2.7), and
    ``@target-uri`` has no "?".
    """
    value = _derived(request, name) if name.startswith("@") else _field(request, name)
    return value if value is not None and _SIGNABLE.fullmatch(value) else None


def _field(request: SignedRequest, name: str) -> str | None:
    return request.field(name) if _FIELD_NAME.fullmatch(name) else None


def _derived(request: SignedRequest, name: str) -> str | None:
    path, query = (request.path or b"/").decode("latin-1"), request.query.decode("latin-1")
    target = f"{path}?{query}" if query else path
    match name:
        case "@method":
            return request.method
        case "@target-uri":
            return f"{request.origin}{target}"
        case "@authority":
            return request.origin.authority
        case "@scheme":
            return request.origin.scheme
        case "@request-target":
            return target
        case "@path":
            return path
        case "@query":
            return f"?{query}"
    return None


def signature_base(components: Iterable[tuple[str, str]], parameters: str) -> bytes:
    """The bytes that are signed (RFC 9421, section 2.5), of names with their values and the signature's own parameters.

    Names and values are ASCII without line ends, as :func:`component_value` gives them.
    """
    lines = [f'"{name}": {value}' for name, value in components]
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode("ascii")
