"""What the gate remembers of keys that were used out of place, and where it finds out whence a request comes."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from exchange.access.gate import MOST_STRAYS, UNKNOWN, Gate, Stray, Strays, may_be_used_from
from exchange.core.events.governance import KeyRegistered
from exchange.core.values import KeyId, Micros, PersonId

HOME = ip_address("192.0.2.1")


def key(*networks: str) -> KeyRegistered:
    return KeyRegistered(KeyId(1), PersonId(2), "k", bytes(32), b"", 1, Micros(0), networks, KeyId(0))


def test_the_last_stray_of_a_key_is_remembered() -> None:
    strays = Strays()
    assert strays.of(KeyId(1)) is None
    strays.note(KeyId(1), Micros(5), HOME)
    strays.note(KeyId(1), Micros(6), None)
    assert strays.of(KeyId(1)) == Stray(Micros(6), UNKNOWN)


def test_strays_are_bounded_and_the_longest_ago_is_forgotten() -> None:
    strays = Strays()
    for number in range(MOST_STRAYS):
        strays.note(KeyId(number), Micros(number), HOME)
    strays.note(KeyId(0), Micros(MOST_STRAYS), HOME)
    strays.note(KeyId(MOST_STRAYS), Micros(MOST_STRAYS), HOME)
    assert strays.of(KeyId(1)) is None
    assert all(strays.of(KeyId(number)) for number in (0, 2, MOST_STRAYS))


@pytest.mark.parametrize(
    ("networks", "address", "good"),
    [
        ((), "192.0.2.1", True),
        ((), None, True),
        (("192.0.2.0/24",), "192.0.2.1", True),
        (("192.0.2.0/24",), "192.0.3.1", False),
        (("192.0.2.0/24",), None, False),
        (("10.0.0.0/8", "2001:db8::/32"), "2001:db8::1", True),
    ],
)
def test_a_key_is_for_its_networks(networks: tuple[str, ...], address: str | None, good: bool) -> None:
    assert may_be_used_from(key(*networks), None if address is None else ip_address(address)) is good


def test_whence_a_request_comes_is_told_by_the_connection_and_by_named_proxies_only() -> None:
    forwarded = {"client": ("10.0.0.1", 1), "headers": [(b"x-forwarded-for", b"192.0.2.1")]}
    assert Gate().address_of(forwarded) == ip_address("10.0.0.1")
    assert Gate(proxies=(ip_network("10.0.0.0/8"),)).address_of(forwarded) == HOME
    assert Gate().address_of({"client": None, "headers": []}) is None
