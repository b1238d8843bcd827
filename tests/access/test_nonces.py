"""A nonce is good once, however many there are, and what is remembered is bounded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exchange.access.nonces import NONCES_PER_KEY, Nonces

START = 1_000


def test_a_nonce_is_good_once_for_each_key() -> None:
    nonces = Nonces(START)
    assert nonces.use("a", "n", 1_001, 1_061, 1_001)
    assert not nonces.use("a", "n", 1_001, 1_061, 1_061)
    assert not nonces.use("a", "n", 1_002, 1_062, 1_002)
    assert nonces.use("b", "n", 1_001, 1_061, 1_001)
    assert nonces.use("a", "m", 1_001, 1_061, 1_001)


def test_what_was_made_before_the_start_or_in_its_second_is_not_taken() -> None:
    nonces = Nonces(START)
    assert not nonces.use("a", "n", START, START + 60, START + 1)
    assert nonces.use("a", "n", START + 1, START + 61, START + 1)
    assert not nonces.use("a", "m", START, START + 60, START + 1)


def test_a_key_that_signs_very_much_loses_its_earliest_and_may_not_use_them_again() -> None:
    nonces = Nonces(START, limit=3)
    for n in range(4):
        assert nonces.use("a", f"n{n}", 1_010 + n, 1_070, 1_020)
    assert not nonces.use("a", "n0", 1_010, 1_070, 1_020)
    assert not nonces.use("a", "another of that second", 1_010, 1_070, 1_020)
    assert nonces.use("b", "n0", 1_010, 1_070, 1_020)
    assert len(nonces) == 4


def test_the_expired_make_room_first() -> None:
    nonces = Nonces(START, limit=2)
    assert nonces.use("a", "early and long", 1_010, 1_070, 1_010)
    assert nonces.use("a", "late and short", 1_020, 1_030, 1_020)
    assert nonces.use("a", "now", 1_031, 1_091, 1_031)
    assert len(nonces) == 2
    assert nonces.use("a", "one too many", 1_009, 1_069, 1_031)
    assert len(nonces) == 2
    assert not nonces.use("a", "early and long", 1_010, 1_070, 1_031)


def test_what_expires_in_this_second_has_not_expired() -> None:
    nonces = Nonces(START, limit=2)
    assert nonces.use("a", "ends now", 1_010, 1_020, 1_010)
    assert nonces.use("a", "longer", 1_011, 1_071, 1_011)
    assert nonces.use("a", "one more", 1_020, 1_080, 1_020)
    assert not nonces.use("a", "ends now", 1_010, 1_020, 1_020)


def test_the_earliest_goes_also_after_expired_ones_went() -> None:
    nonces = Nonces(START, limit=6)
    for created in (1, 9, 2, 10, 11, 3):
        expires = 1_015 if created == 1 else 1_060
        assert nonces.use("a", f"n{created}", START + created, expires, 1_012)
    for created in (12, 13):
        assert nonces.use("a", f"n{created}", START + created, 1_060, 1_016)
    assert nonces.use("a", "made fourth", START + 4, 1_060, 1_016)


def test_a_key_is_forgotten_only_when_its_last_signature_has_expired() -> None:
    nonces = Nonces(START)
    assert nonces.use("a", "long", 1_010, 1_070, 1_010)
    assert nonces.use("a", "short", 1_011, 1_012, 1_011)
    for n in range(1_000):
        assert nonces.use(f"key-{n}", "n", 1_050, 1_110, 1_070)
    assert not nonces.use("a", "long", 1_010, 1_070, 1_070)
    assert not nonces.use("key-0", "n", 1_050, 1_110, 1_070)


def test_memory_is_bounded_by_the_keys_that_signed_in_the_last_minute() -> None:
    nonces = Nonces(START)
    for n in range(NONCES_PER_KEY + 500):
        assert nonces.use("busy", f"n{n}", 1_010 + n, 1_070 + n, 1_010 + n)
    assert len(nonces) <= NONCES_PER_KEY
    for n in range(5_000):
        assert nonces.use(f"key-{n}", "n", 10_000 + n, 10_060 + n, 10_000 + n)
    assert len(nonces) < 600


USES = st.lists(
    st.tuples(
        st.sampled_from("ab"), st.sampled_from("mnopqrst"), st.integers(-60, 5), st.integers(1, 60), st.integers(0, 9)
    ),
    max_size=60,
)  # fmt: skip


@given(USES, st.integers(1, 4))
def test_never_twice(uses: list[tuple[str, str, int, int, int]], limit: int) -> None:
    nonces, taken, now = Nonces(START, limit), set(), START + 70
    for key, nonce, age, life, passed in uses:
        now += passed
        created, expires = now + age, now + age + life
        if expires < now:
            continue  # the verifier refuses it before
        # The same signature again: key, nonce and both times are what is signed.
        signature = (key, nonce, created, expires)
        if nonces.use(key, nonce, created, expires, now):
            assert signature not in taken
            taken.add(signature)
        assert not nonces.use(key, nonce, created, expires, now)
    for key, nonce, created, expires in taken:
        assert expires < now or not nonces.use(key, nonce, created, expires, now)
    assert len(nonces) <= 2 * limit
