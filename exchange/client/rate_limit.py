"""What the exchange says about its rate limits: the fields ``RateLimit`` and ``RateLimit-Policy`` of its answers.

Their form is that of draft-ietf-httpapi-ratelimit-headers: lists of named items, ``"orders";r=97;t=1`` for what is left
and ``"orders";q=100;w=1`` for the policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import http_sf


@dataclass(frozen=True, slots=True)
class RateLimit:
    """One limit as an answer told it: ``remaining`` of ``quota`` are left, and full again in ``reset`` seconds.

    A quota is of requests by their weight in ``window`` seconds. What an answer does not say is None.
    """

    name: str
    remaining: int | None = None
    reset: int | None = None
    quota: int | None = None
    window: int | None = None


def rate_limits_of(headers: Mapping[str, str]) -> dict[str, RateLimit]:
    """The limits by name that an answer's headers (names in lower case) tell; none where they cannot be read."""
    left = _items(headers.get("ratelimit"))
    policies = _items(headers.get("ratelimit-policy"))
    return {name: _limit(name, left.get(name, {}), policies.get(name, {})) for name in {**policies, **left}}


def _limit(name: str, left: dict[str, Any], policy: dict[str, Any]) -> RateLimit:
    return RateLimit(name, _number(left, "r"), _number(left, "t"), _number(policy, "q"), _number(policy, "w"))


def _number(parameters: dict[str, Any], name: str) -> int | None:
    value = parameters.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _items(text: str | None) -> dict[str, dict[str, Any]]:
    """Parameters by name of item."""
    if not text:
        return {}
    try:
        items: Any = http_sf.parse(text.encode("ascii"), tltype="list")
    except ValueError:
        return {}
    return {str(value): parameters for value, parameters in items if isinstance(value, str | http_sf.Token)}
