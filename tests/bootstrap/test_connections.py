"""Who gets a place, who makes place for whom, and who is overdue; without a socket and without a clock."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from exchange.bootstrap.connections import Bounds, Connections, Place, Wait

NOW = 1_000.0


class Guest:
    """Notes what it is told."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.told: list[object] = []

    def make_place(self) -> None:
        self.told.append("make place")

    def overdue(self, wait: Wait) -> None:
        self.told.append(wait)


def come(connections: Connections, address: str = "10.0.0.1", now: float = NOW) -> tuple[Guest, Place | None]:
    guest = Guest()
    return guest, connections.admit(guest, address, now)


def come_in(connections: Connections, address: str = "10.0.0.1", now: float = NOW) -> tuple[Guest, Place]:
    guest, place = come(connections, address, now)
    assert place is not None
    return guest, place


def test_the_one_that_waits_longest_for_a_head_makes_place() -> None:
    connections = Connections(Bounds(most=3))
    idle, head, later = (come_in(connections, f"10.0.0.{n}") for n in range(3))
    connections.wait(idle[1], Wait.IDLE, NOW)
    _, place = come_in(connections, "10.0.0.9")
    assert not place.reserved and len(connections) == 3
    assert (idle[0].told, head[0].told, later[0].told) == ([], ["make place"], [])
    assert (connections.made_place, connections.refused) == (1, 0)


def test_what_was_begun_with_is_the_last_to_make_place() -> None:
    connections = Connections(Bounds(most=4))
    order = (Wait.READING, Wait.BODY, Wait.IDLE, Wait.HEAD)
    guests = []
    for n, wait in enumerate(order):
        guest, place = come_in(connections, f"10.0.0.{n}")
        connections.wait(place, wait, NOW)
        guests.append(guest)
    for gone in range(1, 5):
        _, newcomer = come_in(connections, f"10.0.1.{gone}")
        connections.work(newcomer)
        assert [bool(guest.told) for guest in guests] == [n >= 4 - gone for n in range(4)]


def test_where_all_are_worked_on_a_newcomer_gets_a_place_of_the_reserve_and_then_none() -> None:
    connections = Connections(Bounds(most=2, reserve=1))
    for _ in range(2):
        connections.work(come_in(connections)[1])
    first, reserved = come_in(connections)
    assert reserved.reserved
    _, second = come_in(connections)
    assert second.reserved and first.told == ["make place"], "in the reserve too, who waits makes place"
    connections.work(second)
    assert come(connections)[1] is None
    assert connections.refused == 1
    connections.leave(second)
    assert come_in(connections)[1].reserved
    assert len(connections) == 3


def test_a_free_place_is_a_regular_one_again() -> None:
    connections = Connections(Bounds(most=1, reserve=1))
    _, place = come_in(connections)
    connections.work(place)
    assert come_in(connections)[1].reserved
    connections.leave(place)
    connections.leave(place)
    assert not come_in(connections)[1].reserved
    assert len(connections) == 2


def test_one_address_makes_place_for_itself_and_never_for_others() -> None:
    connections = Connections(Bounds(most=100, each=2))
    other, _ = come_in(connections, "10.0.0.2")
    first, _ = come_in(connections)
    come_in(connections)
    come_in(connections)
    assert (first.told, other.told, len(connections)) == (["make place"], [], 3)


def test_an_address_that_keeps_us_busy_gets_no_more() -> None:
    connections = Connections(Bounds(most=100, each=2))
    for _ in range(2):
        connections.work(come_in(connections)[1])
    assert come(connections)[1] is None
    assert come(connections, "10.0.0.2")[1] is not None


@pytest.mark.parametrize(
    ("one", "another", "same"),
    [
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.2", False),
        ("10.0.0.1", "::ffff:10.0.0.1", True),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
    ],
)
def test_what_counts_as_one_address(one: str, another: str, same: bool) -> None:
    connections = Connections(Bounds(each=1))
    connections.work(come_in(connections, one)[1])
    assert (come(connections, another)[1] is None) == same


def test_a_trusted_proxy_is_bounded_by_the_whole_only() -> None:
    connections = Connections(Bounds(most=3, each=1, trusted=(ip_network("10.1.0.0/16"),)))
    for _ in range(3):
        connections.work(come_in(connections, "10.1.2.3")[1])
    assert come_in(connections, "10.1.2.3")[1].reserved


def test_the_overdue_are_told_once_and_only_them() -> None:
    connections = Connections(Bounds(head_seconds=10, idle_seconds=30, body_seconds=20, reading_seconds=40))
    guests: dict[Wait, Guest] = {}
    for wait in Wait:
        guest, place = come_in(connections)
        connections.wait(place, wait, NOW)
        guests[wait] = guest
    busy, place = come_in(connections)
    connections.work(place)

    def told(now: float) -> list[Wait]:
        connections.tell_overdue(NOW + now)
        return [wait for wait in Wait if guests[wait].told == [wait]]

    assert told(9.9) == []
    assert told(10) == [Wait.HEAD]
    assert told(29.9) == [Wait.HEAD, Wait.BODY]
    assert told(30) == [Wait.HEAD, Wait.IDLE, Wait.BODY]
    assert told(40) == told(10_000) == [Wait.HEAD, Wait.IDLE, Wait.BODY, Wait.READING], "who listens may for ever"
    assert busy.told == []


def test_who_waits_for_something_new_has_a_new_deadline() -> None:
    connections = Connections(Bounds(head_seconds=10, idle_seconds=30))
    guest, place = come_in(connections)
    connections.work(place)
    connections.wait(place, Wait.IDLE, NOW + 5)
    connections.tell_overdue(NOW + 34)
    assert guest.told == []
    connections.tell_overdue(NOW + 35)
    assert guest.told == [Wait.IDLE]


def test_who_has_left_is_told_nothing_and_leaves_nothing_behind() -> None:
    connections = Connections(Bounds())
    guest, place = come_in(connections)
    connections.leave(place)
    connections.wait(place, Wait.HEAD, NOW)
    connections.tell_overdue(NOW + 10_000)
    assert guest.told == []
    assert len(connections) == 0
    assert not connections._addresses


def test_streams_share_half_of_the_places_and_strangers_make_place_in_it() -> None:
    connections = Connections(Bounds(most=4))
    strangers = [come_in(connections, f"10.0.0.{n}") for n in range(2)]
    for guest, place in strangers:
        assert connections.become_stream(place, guest)
        connections.wait(place, Wait.LISTENING, NOW)
    newcomer, its_place = come_in(connections, "10.0.0.9")
    assert connections.become_stream(its_place, newcomer)
    assert [bool(guest.told) for guest, _ in strangers] == [True, False], "the one who was there first"
    assert connections.streams == 2
    assert len(connections) == 2


def test_a_stream_of_somebody_known_makes_place_for_nobody() -> None:
    connections = Connections(Bounds(most=2, reserve=1))
    known, place = come_in(connections)
    assert connections.become_stream(place, known)
    another, its_place = come_in(connections)
    assert not connections.become_stream(its_place, another)
    assert not known.told
    connections.leave(place)
    assert connections.streams == 0
    assert connections.become_stream(its_place, another)
    connections.leave(its_place)
    assert len(connections) == 0


def test_one_of_very_many_streams_of_somebody_known_makes_place_after_all_others() -> None:
    connections = Connections(Bounds(most=6, reserve=0))
    spare, place = come_in(connections)
    stranger, another_place = come_in(connections)
    known, last_place = come_in(connections)
    for guest, its_place in ((spare, place), (stranger, another_place), (known, last_place)):
        assert connections.become_stream(its_place, guest)
    connections.wait(place, Wait.SPARE, NOW)
    connections.wait(another_place, Wait.LISTENING, NOW)
    for told in ((False, True, False), (True, True, False)):
        newcomer, its_place = come_in(connections)
        assert connections.become_stream(its_place, newcomer)
        assert (bool(spare.told), bool(stranger.told), bool(known.told)) == told
    connections.tell_overdue(NOW + 10_000_000)
    assert not known.told


def test_a_request_that_waits_makes_place_before_a_stream_that_listens() -> None:
    connections = Connections(Bounds(most=2, reserve=0))
    listener, place = come_in(connections)
    assert connections.become_stream(place, listener)
    connections.wait(place, Wait.LISTENING, NOW)
    idler, its_place = come_in(connections)
    connections.wait(its_place, Wait.IDLE, NOW)
    come_in(connections)
    assert idler.told and not listener.told
