"""Rate limits of requests: what each of them weighs, from whose bucket it is drawn, and the answer when that is empty.

The buckets themselves are in :mod:`exchange.access.rate_limits`. A firm's reads, orders and cancels have a
bucket each, shared by all its keys and connections, the stream's too; the staff have theirs by person. Each key has one
for what makes keys. Whoever shows no good key draws from the bucket of the address, so that guessing at keys is bounded
as well.

Long bodies are drawn for before they are decoded, by their bytes, so what cannot be read costs its sender as much as
what can. What a batch weighs is in its body; until that is read, a deposit is drawn. How many ranges of serials a use,
a release or the end of one moves is known when it is done: that is drawn afterwards, from what is to come if need be.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Hashable
from typing import Final, Protocol

from starlette.types import Scope

from exchange.access.addresses import Address
from exchange.access.principal import Principal
from exchange.access.rate_limits import Buckets, Deposit, Headers, RateLimiter, Verdict
from exchange.api.operations import Change, Read
from exchange.api.ports import Services
from exchange.api.problem_tables import RATE_LIMITED
from exchange.api.problems import ProblemError
from exchange.core.commands import Command
from exchange.core.commands.governance import RegisterKey, RotateKey

MAKE_KEYS: Final[frozenset[type[Command]]] = frozenset({RegisterKey, RotateKey})
"""The commands of which each makes a key."""

LIGHT: Final = 1024
"""Bytes of a body that weigh nothing beside the request; each as many beyond them weigh 1."""


A_RANGE: Final = 10
"""What each range of serials weighs that a change moves from one state to another. Until it is written in PostgreSQL it
keeps everybody waiting as long as an order does; and who proposes a use and takes it back, again and again, can have
thousands moved to and fro for nothing, which nobody can do with orders.
"""


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


def limit_change(request: Limited, principal: Principal, change: Change) -> None:
    """Draw for a change, from the bucket of orders, cancels or keys; raises :class:`ProblemError` (429) when that has
    not enough. It is not for batches.
    """
    limiter = request.services.limiter
    if change.command in MAKE_KEYS:
        # By key, because what is refused draws as well: who has one that may make none shall not keep others from it.
        _note(request, limiter.draw(limiter.keys, principal.key, 1))
    else:
        _note(request, limiter.draw(_bucket(limiter, change), principal.idempotency_scope, 1))


def charge_ranges(request: Limited, who: int, ranges: int) -> None:
    """Draw for the ranges of serials that a change has moved, for the one whose ``idempotency_scope`` is ``who``."""
    if ranges:
        limiter = request.services.limiter
        request.limits = limiter.charge(limiter.orders, who, A_RANGE * ranges)


def limit_refused(request: Limited, principal: Principal) -> None:
    """Draw for a batch that is refused before its body was looked at."""
    limiter = request.services.limiter
    _note(request, limiter.draw(limiter.orders, principal.idempotency_scope, 1))


def limit_bytes(request: Limited, principal: Principal, change: Change, size: int) -> None:
    """Draw for the bytes of a body beyond the first KiB, before it is decoded; raises :class:`ProblemError` (429)."""
    if size > LIGHT:
        limiter = request.services.limiter
        _note(request, limiter.draw(_bucket(limiter, change), principal.idempotency_scope, weight_of(size) - 1))


def deposit_for(request: Limited, principal: Principal, raw: bytes) -> Deposit:
    """Draw for what is a batch by its looks, before it is decoded: for as many orders as it seems to have, or for its
    bytes; raises :class:`ProblemError` (429).

    One in which no order is placed or amended draws from the bucket of cancels, so that it gets through when orders
    do not. To write these words in another way only moves the deposit.
    """
    limiter, orders = request.services.limiter, raw.count(b'"place"') + raw.count(b'"amend"')
    buckets = limiter.orders if orders else limiter.cancels
    deposit = buckets, principal.idempotency_scope, max(orders or raw.count(b'"cancel"'), weight_of(len(raw)))
    _note(request, limiter.draw(*deposit))
    return deposit


def limit_frame(request: Limited, principal: Principal | None, text: bytes) -> Deposit | None:
    """Draw for a frame of the stream before it is decoded: a deposit for what is a batch by its looks, which is given
    back, and else for the bytes beyond the first KiB, from the bucket that it will probably draw from; raises
    :class:`ProblemError` (429) when that has not enough.
    """
    if principal is None:
        if len(text) > LIGHT:
            limit_stranger(request, weight_of(len(text)) - 1)
        return None
    if b'"batch"' in text:
        return deposit_for(request, principal, text)
    if len(text) > LIGHT:
        limiter = request.services.limiter
        buckets = limiter.orders if b'"place"' in text or b'"amend"' in text else limiter.reads
        _note(request, limiter.draw(buckets, principal.idempotency_scope, weight_of(len(text)) - 1))
    return None


def limit_batch(request: Limited, deposit: Deposit, size: int, orders: int, cancels: int) -> None:
    """Draw for a batch that is decoded: its commands, or its bytes if these weigh more, instead of the deposit; raises
    :class:`ProblemError` (429) when one of the two has not enough, and keeps the deposit then.
    """
    more = max(0, weight_of(size) - orders - cancels)
    if orders:
        orders += more
    else:
        cancels += more
    _note(request, request.services.limiter.settle(deposit, orders, cancels))


def weight_of(size: int) -> int:
    """What a body of so many bytes weighs, whatever is in it."""
    return 1 + max(0, size - 1) // LIGHT


def _bucket(limiter: RateLimiter, change: Change) -> Buckets:
    return limiter.cancels if change.cancels else limiter.orders


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
