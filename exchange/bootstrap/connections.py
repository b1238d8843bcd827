"""Who may be connected, and who has to make place: so that idlers cannot shut anybody out.

A connection costs an attacker nothing, and one that says nothing, or one byte a minute, looks like a slow client
(slow loris). So connections are bounded, in all and for each address, and whenever a bound is reached, a newcomer is
not sent away as long as there is a connection that waits for its client: the one that is least of a loss makes place.
Only when all of them are being worked on, a newcomer gets one of a few places in the reserve, which are for health,
readiness and cancelling (:mod:`exchange.api.urgent`); and only when these are full as well, it is refused.

A stream (WebSocket) keeps the place of the request that opened it, for as long as it lasts. So that streams cannot take
all places from requests, they share a room that is half as large; in it, too, one who is nobody's client that we know
makes place for a newcomer. One that logged in does only where its owner has many others: so no few clients that we know
can shut the others out.

The same lists tell who is overdue: all connections that wait for the same thing have the same time for it, so the
first of a list is the oldest. Everything here is O(1) for each connection, knows no clock and does no I/O.
"""

from __future__ import annotations

import ipaddress
import math
from collections import OrderedDict
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, Protocol

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

RESERVE: Final = 64
"""Places beyond the cap, for what must get through when everything is taken."""


class Wait(IntEnum):
    """What a connection waits for while it is its client's turn; the first of these is the first to make place."""

    HEAD = 0
    """The rest of a request's head, or on a new connection all of it."""

    IDLE = 1
    """Another request, after one that was answered."""

    BODY = 2
    """The rest of a request's body; nothing has been done with it yet."""

    READING = 3
    """That the client takes what is being sent to it."""

    LISTENING = 4
    """Nothing: it is a stream of somebody unknown who listens, for as long as the place is not needed."""

    SPARE = 5
    """Nothing: it is one of very many streams of one client that we know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How many connections there may be, and how many seconds a client may let each of them wait.

    ``each`` is for one address (an IPv6 /64 is one); it does not hold for ``trusted``, behind which are many clients.
    """

    most: int = 4_000
    each: int = 512
    reserve: int = RESERVE
    trusted: tuple[Network, ...] = ()
    head_seconds: float = 10.0
    idle_seconds: float = 30.0
    body_seconds: float = 20.0
    reading_seconds: float = 30.0

    def seconds(self, wait: Wait) -> float:
        """How long a client may take."""
        seconds = (self.head_seconds, self.idle_seconds, self.body_seconds, self.reading_seconds)
        return seconds[wait] if wait < Wait.LISTENING else math.inf

    @property
    def streams(self) -> int:
        """How many of all may be streams."""
        return max(1, self.most // 2)


class Guest(Protocol):
    """A connection, as it is told what becomes of it."""

    def make_place(self) -> None:
        """Close: another one needs the place. It has been given away already."""

    def overdue(self, wait: Wait) -> None:
        """The time for what it waits for is over: close, or wait anew when the client did do something."""


class _Gone:
    """The guest of a place that was left: the one who was there and the place would keep each other in memory."""

    def make_place(self) -> None:
        """There is nobody."""

    def overdue(self, wait: Wait) -> None:
        """There is nobody."""


_GONE: Final = _Gone()


class _Waiting:
    """Places whose guests wait, the longest first, each with the instant until which it may."""

    def __init__(self) -> None:
        self._lists: Final = tuple(OrderedDict[Place, float]() for _ in Wait)

    def add(self, place: Place, wait: Wait, until: float) -> None:
        self._lists[wait][place] = until

    def remove(self, place: Place, wait: Wait) -> None:
        self._lists[wait].pop(place, None)

    def least_loss(self) -> Place | None:
        """Who makes place for another one; None when nobody waits."""
        return next((next(iter(places)) for places in self._lists if places), None)

    def overdue(self, now: float) -> list[Place]:
        """Those whose time is over."""
        found: list[Place] = []
        for places in self._lists:
            for place, until in places.items():
                if until > now:
                    break
                found.append(place)
        return found


@dataclass(slots=True, eq=False)
class _Room:
    """A bounded number of places: all regular ones, the reserve, or those of one address."""

    most: int
    size: int = 0
    waiting: _Waiting = field(default_factory=_Waiting)

    @property
    def is_full(self) -> bool:
        return self.size >= self.most


@dataclass(slots=True, eq=False)
class Place:
    """A guest's place, from its admission until it leaves."""

    guest: Guest
    reserved: bool
    rooms: tuple[_Room, ...]
    group: bytes
    wait: Wait | None = None
    left: bool = False


class Connections:
    """All connections of one server. ``now`` is an instant of the event loop's clock, in seconds."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds: Final = bounds
        self.made_place = 0
        """How many were closed because another one needed the place."""
        self.refused = 0
        """How many found no place."""
        self.malformed = 0
        """How often what came could not be read as a request."""
        self._regular: Final = _Room(bounds.most)
        self._reserve: Final = _Room(bounds.reserve)
        self._streams: Final = _Room(bounds.streams)
        self._addresses: Final[dict[bytes, _Room]] = {}

    def __len__(self) -> int:
        """How many there are, those in the reserve included."""
        return self._regular.size + self._reserve.size

    def admit(self, guest: Guest, address: str, now: float) -> Place | None:
        """A place for a new connection, which waits for its first request from now on; None when there is none."""
        group = self._group(address)
        own = self._addresses.get(group) or _Room(self.bounds.each)
        room = self._room_with_a_place() if not group or _has_place(own, self) else None
        if room is None:
            self.refused += 1
            return None
        if group:
            self._addresses[group] = own  # making place may have emptied and removed it
        rooms = (room, own) if group else (room,)
        place = Place(guest, room is self._reserve, rooms, group)
        for each in rooms:
            each.size += 1
        self.wait(place, Wait.HEAD, now)
        return place

    @property
    def streams(self) -> int:
        """How many of them are streams."""
        return self._streams.size

    def become_stream(self, place: Place, guest: Guest) -> bool:
        """Let a connection be a stream from now on; False when there are too many, all of them of known clients."""
        self.work(place)
        if not _has_place(self._streams, self):
            self.refused += 1
            return False
        self._streams.size += 1
        place.guest, place.rooms = guest, (self._streams, *place.rooms)
        return True

    def wait(self, place: Place, wait: Wait, now: float) -> None:
        """It is the client's turn; its time begins now."""
        self.work(place)
        if not place.left:
            place.wait = wait
            for room in place.rooms:
                room.waiting.add(place, wait, now + self.bounds.seconds(wait))

    def work(self, place: Place) -> None:
        """It is our turn: this connection need not make place and has no deadline."""
        if place.wait is not None:
            for room in place.rooms:
                room.waiting.remove(place, place.wait)
            place.wait = None

    def leave(self, place: Place) -> None:
        """The place is free. To leave twice is no harm."""
        if place.left:
            return
        self.work(place)
        place.left, place.guest = True, _GONE
        for room in place.rooms:
            room.size -= 1
        if place.group and not place.rooms[-1].size:
            del self._addresses[place.group]

    def tell_overdue(self, now: float) -> None:
        """Tell everybody whose client took too long."""
        for place in (*self._regular.waiting.overdue(now), *self._reserve.waiting.overdue(now)):
            wait = place.wait
            if wait is not None:
                self.work(place)
                place.guest.overdue(wait)

    def make_place_in(self, room: _Room) -> bool:
        """Let the guest go who is least of a loss; False when all of a room are being worked on."""
        place = room.waiting.least_loss()
        if place is None:
            return False
        guest = place.guest
        self.leave(place)
        self.made_place += 1
        guest.make_place()
        return True

    def _room_with_a_place(self) -> _Room | None:
        return next((room for room in (self._regular, self._reserve) if _has_place(room, self)), None)

    def _group(self, address: str) -> bytes:
        """What counts as one address; empty for one that is not counted."""
        try:
            ip = ipaddress.ip_address(address)
        except ValueError:
            return address.encode()
        if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        if any(ip in network for network in self.bounds.trusted):
            return b""
        return ip.packed[:8]


def _has_place(room: _Room, connections: Connections) -> bool:
    return not room.is_full or connections.make_place_in(room)
