"""From where a key may be used, and whom a proxy speaks for."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.access.addresses import (
    LONGEST_TEXT,
    MOST_NETWORKS,
    AddressFault,
    AddressList,
    Network,
    client_address,
    read_address,
)

PROXIES: tuple[Network, ...] = (ipaddress.IPv4Network("10.0.0.0/8"), ipaddress.IPv6Network("fd00::/8"))


def listed(*texts: str) -> AddressList:
    read = AddressList.read(texts)
    assert isinstance(read, AddressList)
    return read


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("192.0.2.1", "192.0.2.1/32"),
        ("192.0.2.0/24", "192.0.2.0/24"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("2001:DB8:0:0::/32", "2001:db8::/32"),
        ("2001:db8::1", "2001:db8::1/128"),
        ("::ffff:192.0.2.1", "192.0.2.1/32"),
        ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
        ("::ffff:0:0/96", "0.0.0.0/0"),
        ("::/0", "::/0"),
    ],
)
def test_a_network_has_one_spelling(text: str, canonical: str) -> None:
    assert listed(text).texts == (canonical,)
    assert listed(canonical).texts == (canonical,)


@pytest.mark.parametrize(
    "text",
    ["", " ", "192.0.2.1/24", "192.0.2.0/255.255.255.0", "192.0.2.0/024", "192.0.2.0/", "192.0.2.0/33", "192.0.2",
     "192.0.2.01", "2001:db8::1/32", "fe80::1%eth0", "exchange.example", "192.0.2.1:80", "[::1]", "١٩٢.0.2.1", "1" * 99,
     "192.0.2.1/٣٢", "192.0.2.1/²", "::ffff:192.0.2.1/64", " 192.0.2.1", "192.0.2.1\n",
     "192.0.2.1/" + "9" * 5_000],
)  # fmt: skip
def test_what_is_no_network_is_named_by_its_place(text: str) -> None:
    assert AddressList.read(("192.0.2.0/24", text)) == AddressFault(1)


def test_the_order_and_repeats_make_no_other_list() -> None:
    one = listed("2001:db8::/32", "192.0.2.0/24", "192.0.2.0", "192.0.2.0/24", "10.0.0.0/8")
    other = listed("10.0.0.0/8", "192.0.2.0/24", "192.0.2.0/32", "2001:db8::/32")
    assert one == other
    assert one.texts == ("10.0.0.0/8", "192.0.2.0/24", "192.0.2.0/32", "2001:db8::/32")


def test_at_most_twenty() -> None:
    texts = [f"192.0.2.{n}" for n in range(MOST_NETWORKS + 1)]
    assert len(listed(*texts[:-1]).networks) == MOST_NETWORKS
    assert AddressList.read(texts) == AddressFault(MOST_NETWORKS)


def test_the_longest_text_is_long_enough() -> None:
    longest = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128"
    assert len(longest) == LONGEST_TEXT
    assert isinstance(AddressList.read((longest,)), AddressList)


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("192.0.2.0", True),
        ("192.0.2.255", True),
        ("192.0.3.0", False),
        ("::ffff:192.0.2.7", True),
        ("::192.0.2.7", False),
        ("2001:db8::7", True),
        ("2001:db9::7", False),
    ],
)
def test_a_list_lets_in_its_networks_only(address: str, allowed: bool) -> None:
    assert listed("192.0.2.0/24", "2001:db8::/32").allows(ipaddress.ip_address(address)) is allowed


def test_an_empty_list_lets_everybody_in_and_another_nobody_unknown() -> None:
    assert AddressList().allows(read_address("192.0.2.1"))
    assert AddressList().allows(None)
    assert not listed("0.0.0.0/0", "::/0").allows(None)


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("192.0.2.1", [b"203.0.113.9"], "192.0.2.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", [b"203.0.113.9"], "203.0.113.9"),
        ("::ffff:10.0.0.1", [b"203.0.113.9"], "203.0.113.9"),
        ("fd00::1", [b"2001:db8::9"], "2001:db8::9"),
        ("10.0.0.1", [b"198.51.100.1, 203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", [b"198.51.100.1", b"203.0.113.9 , 10.9.9.9"], "203.0.113.9"),
        ("10.0.0.1", [b"10.2.2.2, 10.9.9.9"], "10.2.2.2"),
        ("10.0.0.1", [b"192.0.2.1, unknown"], None),
        ("10.0.0.1", [b"192.0.2.1,"], None),
        ("10.0.0.1", [b"203.0.113.9:4711"], None),
        ("10.0.0.1", [b"\xff"], None),
        ("10.0.0.1", [b"203.0.113.9" + b",10.0.0.1" * 32], "10.0.0.1"),
        ("/run/socket", [b"203.0.113.9"], None),
    ],
)
def test_only_a_named_proxy_is_believed_and_only_about_who_called_it(
    peer: str, forwarded: list[bytes], client: str | None
) -> None:
    expected = None if client is None else ipaddress.ip_address(client)
    assert client_address(peer, forwarded, PROXIES) == expected


def test_nobody_is_believed_when_no_proxy_is_named() -> None:
    assert client_address("10.0.0.1", [b"203.0.113.9"]) == ipaddress.ip_address("10.0.0.1")


@given(st.text(max_size=60), st.lists(st.binary(max_size=40), max_size=3))
def test_nothing_raises(text: str, forwarded: list[bytes]) -> None:
    assert client_address(text, forwarded, PROXIES) is None or read_address(text) is not None
    client_address("10.0.0.1", forwarded, PROXIES)
    AddressList.read((text,))
