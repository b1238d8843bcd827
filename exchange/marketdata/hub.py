"""The hub: who listens to what, with bounded queues. It knows frames of bytes, no markets and no sockets.

* A frame is encoded once and shared: publishing puts the same ``bytes`` into the queue of every member. What is for
  one reader alone, the parts of a large snapshot or what it missed, waits as a function and is made when it is taken:
  so a thousand who come back at once hold a thousand places in a list, and not a thousand copies of the past.
* A queue is bounded in frames and in bytes. Whoever lets it fill up is closed (WebSocket code 1013, "try again later")
  and forgotten at once: its frames are dropped and it is a member of nothing any more, so one slow reader costs nobody
  anything. Only a single frame may be larger than the bound, because it waits alone. What is not made yet takes
  no room; what is published meanwhile waits behind it.
* Whoever joins a channel is welcomed with what it missed since the entry that it names, if the channel still has all of
  it and the queue has the room, else with a snapshot; then the frames follow. Both are of what was last published, not
  of what will be published with the next frame, so they and the next frame fit together.

**Gaps.** Every frame says ``seq``, the entry that it brings its reader to, and ``prev_seq``, the entry that the channel
stood at before. A reader that stands at ``s`` applies a frame with ``prev_seq == s`` and stands at its ``seq``
then; a larger ``prev_seq`` means that something is missing. Only after a resume the first ``prev_seq`` may be smaller,
when nothing happened in this channel at the entry that was named, or when that had not been published yet (it was the
``as_of_seq`` of a REST answer): a frame whose ``seq`` is not beyond ``s`` is old then and passed over, another one is
applied.

Everything happens on one event loop, and nothing waits: a reader whose queue is empty is told when it is so no more.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final, Protocol

from exchange.core.values import Seq

TRY_AGAIN_LATER: Final = 1013
"""WebSocket close code for a reader that is too slow (IANA registry of close codes)."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much may wait for one subscriber, and how many channels it may join."""

    frames: int = 1_024
    size: int = 4 * 1024 * 1024
    channels: int = 200
    welcome: int = 64 * 1024
    """Bytes that may wait when another channel is joined: who does not read is not welcomed in all of them."""


Frame = bytes | Callable[[], bytes]
"""A frame, or what makes it when its turn has come: always the same one, whatever happened meanwhile."""


class Source(Protocol):
    """What a channel asks when somebody joins."""

    def since(self, after_seq: Seq) -> list[Frame] | None:
        """The frames that somebody missed who stands at ``after_seq``; None when they are not all here any more."""
        ...

    def snapshot(self) -> list[Frame]:
        """The whole of it, as it was last published, in one frame or in parts of the same entry."""
        ...


class Subscriber:
    """One connection's queue. ``closed_with`` is the close code once it is closed."""

    __slots__ = (
        "_bounds",
        "_channels",
        "_frames",
        "_hub",
        "_promised",
        "_size",
        "closed_with",
        "when_closed",
        "when_filled",
    )

    def __init__(self, hub: Hub, bounds: Bounds) -> None:
        """Made by :meth:`Hub.open`."""
        self._hub = hub
        self._bounds = bounds
        self._channels: dict[Channel, None] = {}
        self._frames: deque[Frame] = deque()
        self._size = 0
        self._promised = 0
        self.closed_with: int | None = None
        self.when_closed: Callable[[int], object] | None = None
        """Told of the close, in a turn of the event loop of its own: its reader may be waiting for its client."""
        self.when_filled: Callable[[], object] | None = None
        """Told once that there is something to take; set anew by a reader that found nothing."""

    @property
    def queued(self) -> int:
        """How many frames wait."""
        return len(self._frames)

    @property
    def has_room(self) -> bool:
        """Whether so little waits that there is room for another snapshot, and nothing is to be made."""
        little = 2 * self._made < self._bounds.frames and self._size < self._bounds.welcome
        return little and not self._promised

    @property
    def _made(self) -> int:
        """How many frames wait that take room."""
        return len(self._frames) - self._promised

    @property
    def channels(self) -> list[str]:
        """The names of the channels that it joined."""
        return [channel.name for channel in self._channels]

    def put(self, frame: Frame) -> bool:
        """Queue a frame; False when there is no room."""
        if isinstance(frame, bytes):
            made, size = self._made, self._size + len(frame)
            if made and (made >= self._bounds.frames or size > self._bounds.size):
                return False
            self._size = size
        else:
            self._promised += 1
        self._frames.append(frame)
        if self.when_filled is not None:
            told, self.when_filled = self.when_filled, None
            told()
        return True

    def has_room_for(self, missed: list[Frame]) -> bool:
        """Whether what was missed takes at most half of the room that is left when each further channel that may be
        joined has room for its snapshot. Otherwise whoever comes back late would be closed again for being welcomed.
        """
        bounds = self._bounds
        spare = bounds.frames - self._made - (bounds.channels - len(self._channels))
        size = sum(len(frame) for frame in missed if isinstance(frame, bytes))
        return not missed or (2 * len(missed) <= spare and 2 * size <= bounds.size - self._size)

    def take(self, size: int) -> list[bytes]:
        """The next frames: as many as wait, until they have ``size`` bytes together."""
        taken: list[bytes] = []
        while self._frames and size > 0:
            made = self._take_one()
            size -= len(made)
            taken.append(made)
        return taken

    def _take_one(self) -> bytes:
        frame = self._frames.popleft()
        if isinstance(frame, bytes):
            self._size -= len(frame)
            return frame
        self._promised -= 1
        return frame()

    def join(self, channel: Channel, after_seq: Seq | None = None) -> bool:
        """Listen to a channel, from after an entry on if it is named. False when it is in too many channels already.

        Joining twice changes nothing; whoever wants a new snapshot leaves first.
        """
        if self.closed_with is not None or channel in self._channels:
            return True
        if len(self._channels) >= self._bounds.channels:
            return False
        self._channels[channel] = None
        channel.admit(self, after_seq)
        return True

    def leave(self, channel: Channel) -> None:
        """Listen no longer; frames that wait already are still delivered."""
        if channel in self._channels:
            del self._channels[channel]
            channel.dismiss(self)

    def leave_named(self, names: Collection[str]) -> None:
        """Listen no longer to the channels with these names."""
        for channel in [channel for channel in self._channels if channel.name in names]:
            self.leave(channel)

    def give_up(self) -> None:
        """Close a reader that is too slow, and count it."""
        if self.closed_with is None:
            self._hub.too_slow += 1
            self.close(TRY_AGAIN_LATER)

    def close(self, code: int) -> None:
        """Forget this subscriber: its reader gets None and finds the code. The first code counts."""
        if self.closed_with is not None:
            return
        self.closed_with = code
        self._frames.clear()
        self._size = self._promised = 0
        for channel in self._channels:
            channel.dismiss(self)
        self._channels.clear()
        self._hub.forget(self)
        self.when_filled = None
        if self.when_closed is not None:
            asyncio.get_running_loop().call_soon(self.when_closed, code)
            self.when_closed = None  # whoever is told knows this subscriber, and nobody collects circles


class Channel:
    """A name, and who listens to it."""

    __slots__ = ("_members", "_source", "name")

    def __init__(self, name: str, source: Source) -> None:
        """A channel that nobody listens to yet."""
        self.name = name
        self._source = source
        self._members: dict[Subscriber, None] = {}

    @property
    def is_watched(self) -> bool:
        """Whether anybody listens; if not, a frame need not even be encoded."""
        return bool(self._members)

    def admit(self, subscriber: Subscriber, after_seq: Seq | None) -> None:
        """Take somebody in, with what it missed or with a snapshot."""
        missed = None if after_seq is None else self._source.since(after_seq)
        if missed is None or not subscriber.has_room_for(missed):
            missed = self._source.snapshot()
        for frame in missed:
            if not subscriber.put(frame):
                subscriber.give_up()
                return
        self._members[subscriber] = None

    def dismiss(self, subscriber: Subscriber) -> None:
        """Let somebody go."""
        self._members.pop(subscriber, None)

    def publish(self, frame: bytes) -> None:
        """Give a frame to every member; those whose queue is full are closed."""
        full = [member for member in self._members if not member.put(frame)]
        for member in full:
            member.give_up()


class Hub:
    """All subscribers."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        """Nobody listens yet."""
        self._bounds = bounds or Bounds()
        self._subscribers: dict[Subscriber, None] = {}
        self.too_slow = 0
        """How many were closed because they did not read: their queue was full, or their line stood still."""

    def __len__(self) -> int:
        """How many subscribers there are."""
        return len(self._subscribers)

    def open(self) -> Subscriber:
        """A new subscriber, which listens to nothing yet."""
        subscriber = Subscriber(self, self._bounds)
        self._subscribers[subscriber] = None
        return subscriber

    def forget(self, subscriber: Subscriber) -> None:
        """Called by a subscriber that is closed."""
        self._subscribers.pop(subscriber, None)

    def close_all(self, code: int) -> None:
        """Close everybody, as when the service stops (1001, going away)."""
        for subscriber in list(self._subscribers):
            subscriber.close(code)


class Backlog:
    """The newest frames of a channel, bounded in number and bytes, for those who come back after a short absence."""

    __slots__ = ("_bounds", "_frames", "_size", "complete_after")

    def __init__(self, begins_after: Seq, frames: int, size: int) -> None:
        """An empty one; everything after entry ``begins_after`` is in it."""
        self._frames: deque[tuple[Seq, bytes]] = deque()
        self._bounds = (frames, size)
        self._size = 0
        self.complete_after = begins_after

    def add(self, seq: Seq, frame: bytes) -> None:
        """A frame that brings its reader to ``seq``; the oldest ones make place for it."""
        self._frames.append((seq, frame))
        self._size += len(frame)
        most, most_size = self._bounds
        while len(self._frames) > most or self._size > most_size:
            self.complete_after, oldest = self._frames.popleft()
            self._size -= len(oldest)

    def since(self, after_seq: Seq) -> list[Frame] | None:
        """The frames that lead beyond an entry; None when some of them are gone."""
        if after_seq < self.complete_after:
            return None
        found: list[Frame] = []
        for seq, frame in reversed(self._frames):
            if seq <= after_seq:
                break
            found.append(frame)
        return found[::-1]
