"""Rate limits of requests: what each of them weighs, from whose bucket it is drawn, and the answer when that is empty.

The buckets themselves are in :mod:`exchange.access.rate_limits`. A firm's reads, orders and cancels have a
bucket each, shared by all its keys and connections, the stream's too; the staff have theirs by person. Each key has one
for what makes keys. Whoever shows no good key draws from the bucket of the address, so that guessing at keys is bounded
as well.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Hashable
from typing import Any, Final, Protocol

from starlette.types import Scope

from exchange.access.addresses import Address
from exchange.access.principal import Principal
from exchange.access.rate_limits import Headers, Verdict
from exchange.api.operations import Change, Read
from exchange.api.ports import Services
from exchange.api.problem_tables import RATE_LIMITED
from exchange.api.problems import ProblemError
from exchange.core.commands import Command
from exchange.core.commands.governance import RegisterKey, RotateKey

MAKE_KEYS: Final[frozenset[type[Command]]] = frozenset({RegisterKey, RotateKey})
"""The commands of which each makes a key."""


class Limited(Protocol):
    """A request, or a frame of the stream: where it came in, and where what is left of its limits is noted."""

    services: Services
    scope: Scope
    limits: Headers


def limit_stranger(request: Limited, weight: int) -> None:
    """Draw for a request without a good key; raises :class:`ProblemError` (429) when its address has sent too many."""
    limiter = request.services.limiter
    group = group_of(request.services.gate.address_of(request.scope))
    _note(request, limiter.draw(limiter.address, group, weight))


def limit_read(request: Limited, principal: Principal, read: Read) -> None:
    """Draw for a read; raises :class:`ProblemError` (429) when there were too many."""
    limiter = request.services.limiter
    _note(request, limiter.draw(limiter.reads, principal.idempotency_scope, read.weight))


def limit_listening(request: Limited, principal: Principal | None, weight: int) -> None:
    """Draw for what a stream asks for beside orders: from the bucket of reads, or from that of its address until it has
    logged in; raises :class:`ProblemError` (429) when there was too much.
    """
    if principal is None:
        limit_stranger(request, weight)
    else:
        limiter = request.services.limiter
        _note(request, limiter.draw(limiter.reads, principal.idempotency_scope, weight))


def limit_change(request: Limited, principal: Principal, change: Change, fields: dict[str, Any] | None = None) -> None:
    """Draw for a change, from the bucket of orders, cancels or keys, or by its ``fields`` from the first two (a batch);
    raises :class:`ProblemError` (429) when one of them has not enough.
    """
    limiter, who = request.services.limiter, principal.idempotency_scope
    if change.weigh is not None:
        _note(request, limiter.draw_both(who, *change.weigh(fields or {})))
        return
    if change.command in MAKE_KEYS:
        # By key, because what is refused draws as well: who has one that may make none shall not keep others from it.
        _note(request, limiter.draw(limiter.keys, principal.key, 1))
    else:
        _note(request, limiter.draw(limiter.cancels if change.cancels else limiter.orders, who, 1))


def group_of(address: Address | None) -> Hashable:
    """What counts as one address: an IPv4 address, or the /64 of an IPv6 one, which a single client has whole."""
    if isinstance(address, ipaddress.IPv6Address):
        return address.packed[:8]
    return None if address is None else address.packed


def _note(request: Limited, verdict: Verdict) -> None:
    request.limits = verdict.headers
    if verdict.retry_after:
        wait = verdict.retry_after
        raise ProblemError(RATE_LIMITED, headers={"retry-after": str(wait)}, facts={"retry_after_seconds": wait})
