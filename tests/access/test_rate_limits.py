"""Buckets against a naive oracle with a clock of the test, the two buckets of a batch, and bounded memory."""

from __future__ import annotations

import math
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from exchange.access.rate_limits import SECOND, Buckets, RateLimiter, Rates

STEPS = st.lists(
    st.tuples(st.integers(0, 3 * SECOND), st.integers(1, 40), st.sampled_from(["a", "b"])), min_size=1, max_size=60
)


class Oracle:
    """A bucket as one would explain it: so much is in it, so much flows in, it never overflows."""

    def __init__(self, quota: int, window: int) -> None:
        self.rate, self.quota = Fraction(quota, window), quota
        self.level, self.at = Fraction(self.quota), 0

    def flow(self, now: int) -> None:
        """Let time pass."""
        self.level = min(Fraction(self.quota), self.level + self.rate * (now - self.at) / SECOND)
        self.at = now

    def missing(self, weight: int) -> Fraction:
        """What is not there of a weight."""
        return max(Fraction(0), min(weight, self.quota) - self.level)


@given(quota=st.integers(1, 60), window=st.integers(1, 40), steps=STEPS)
def test_a_bucket_is_what_one_would_explain(quota: int, window: int, steps: list[tuple[int, int, str]]) -> None:
    buckets, oracles, now = Buckets("x", quota, window), {who: Oracle(quota, window) for who in "ab"}, 0
    for later, weight, who in steps:
        now += later
        oracle = oracles[who]
        oracle.flow(now)
        missing = oracle.missing(weight)
        wait = math.ceil(missing * SECOND / oracle.rate)
        assert buckets.wait(who, weight, now) == wait
        drawn = buckets.draw(who, weight, now)
        assert drawn.wait == wait
        if not missing:
            oracle.level -= min(weight, oracle.quota)
        assert drawn.left == math.floor(oracle.level)
        assert drawn.full_in == math.ceil((oracle.quota - oracle.level) * SECOND / oracle.rate)


@given(quota=st.integers(1, 60), window=st.integers(1, 40), steps=STEPS)
def test_what_is_charged_afterwards_is_paid_before_anything_else(
    quota: int, window: int, steps: list[tuple[int, int, str]]
) -> None:
    buckets, oracle, now = Buckets("x", quota, window), Oracle(quota, window), 0
    for later, weight, _ in steps:
        now += later
        oracle.flow(now)
        oracle.level -= min(weight, quota)
        charged = buckets.charge("a", weight, now)
        assert (charged.wait, charged.left) == (0, max(0, math.floor(oracle.level)))
        assert buckets.wait("a", 1, now) == math.ceil(oracle.missing(1) * SECOND / oracle.rate)


@given(quota=st.integers(1, 60), window=st.integers(1, 40), steps=STEPS)
def test_whoever_waits_as_told_is_let_in(quota: int, window: int, steps: list[tuple[int, int, str]]) -> None:
    buckets, now = Buckets("x", quota, window), 0
    for later, weight, who in steps:
        now += later
        wait = buckets.draw(who, weight, now).wait
        if wait:
            assert buckets.draw(who, weight, now + wait - 1).wait > 0
            assert buckets.draw(who, weight, now + wait).wait == 0
            now += wait


class Clock:
    """A clock that stands until it is told."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        """The instant, in nanoseconds."""
        return self.now


def limiter(clock: Clock) -> RateLimiter:
    """With small buckets: 20 for each policy."""
    return RateLimiter(Rates(orders=10, cancels=10, reads=10, address=10), clock)


def test_the_headers_tell_what_is_left_and_when_it_will_be_full() -> None:
    limits = limiter(Clock())
    first = limits.draw(limits.orders, 7, 5)
    assert first.retry_after == 0
    assert dict(first.headers) == {b"ratelimit-policy": b'"orders";q=20;w=2', b"ratelimit": b'"orders";r=15;t=1'}
    limits.draw(limits.orders, 7, 15)
    refused = limits.draw(limits.orders, 7, 1)
    assert (refused.retry_after, dict(refused.headers)[b"ratelimit"]) == (1, b'"orders";r=0;t=2')
    assert limits.refused == 1


def test_each_has_buckets_of_their_own_and_cancels_do_not_draw_from_orders() -> None:
    limits = limiter(Clock())
    limits.draw(limits.orders, 7, 20)
    assert limits.draw(limits.orders, 7, 1).retry_after == 1
    assert limits.draw(limits.orders, 8, 20).retry_after == 0
    assert limits.draw(limits.cancels, 7, 20).retry_after == 0
    assert limits.draw(limits.cancels, 7, 1).retry_after == 1


def test_keys_have_a_bucket_that_fills_in_an_hour() -> None:
    clock = Clock()
    limits = RateLimiter(Rates(keys=3), clock)
    assert limits.draw(limits.keys, 7, 3).headers == (
        (b"ratelimit-policy", b'"keys";q=3;w=3600'),
        (b"ratelimit", b'"keys";r=0;t=3600'),
    )
    assert limits.draw(limits.keys, 7, 1).retry_after == 1_200
    clock.now += 1_200 * SECOND
    assert [limits.draw(limits.keys, 7, 1).retry_after for _ in range(2)] == [0, 1_200]


def test_a_batch_draws_from_both_buckets_or_from_none() -> None:
    clock = Clock()
    limits = limiter(clock)
    both = limits.draw_both(7, 5, 3)
    assert dict(both.headers)[b"ratelimit"] == b'"orders";r=15;t=1, "cancels";r=17;t=1'
    assert limits.draw_both(7, 16, 3).retry_after == 1
    assert limits.draw_both(7, 15, 18).retry_after == 1
    assert limits.draw_both(7, 15, 17).retry_after == 0
    assert limits.draw_both(7, 0, 1).retry_after == 1
    clock.now += 2 * SECOND
    assert limits.draw_both(7, 20, 20).retry_after == 0


def test_what_weighs_more_than_a_bucket_holds_takes_a_full_one() -> None:
    buckets = Buckets("x", 20)
    assert buckets.draw("a", 500, 0).wait == 0
    assert buckets.draw("a", 500, 1).wait > 0
    assert buckets.draw("a", 500, 2 * SECOND).wait == 0


def test_memory_is_bounded_and_newcomers_then_share_a_bucket() -> None:
    buckets = Buckets("x", 20, most=100)
    for number in range(1_000):
        buckets.draw(number, 20, SECOND)
    assert len(buckets) <= 101
    assert buckets.draw("late", 1, SECOND).wait > 0, "who comes when there is no room shares with those before"
    assert buckets.wait("later", 1, SECOND) > 0
    assert buckets.draw(50, 1, SECOND).wait > 0, "who was there before keeps the own one"
    later = 4 * SECOND
    assert buckets.draw("later", 20, later).wait == 0
    assert len(buckets) == 1, "full buckets are forgotten"
