"""The hub: bounded queues, slow readers closed and forgotten, frames shared, newcomers welcomed without a gap."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.core.values import Seq
from exchange.marketdata.hub import TRY_AGAIN_LATER, Backlog, Bounds, Channel, Frame, Hub, Subscriber


class Counting:
    """A source whose frames are numbers; it keeps every frame, and counts how often it made a snapshot."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.snapshots = 0

    def since(self, after_seq: Seq) -> list[Frame] | None:
        return list(self.frames[after_seq:]) if after_seq > 0 else None

    def snapshot(self) -> list[Frame]:
        self.snapshots += 1
        return [b"all %d" % len(self.frames)]


class Stage:
    """One channel with its source."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        self.hub = Hub(bounds)
        self.source = Counting()
        self.channel = Channel("numbers", self.source)

    def publish(self) -> None:
        self.source.frames.append(b"%d" % (len(self.source.frames) + 1))
        self.channel.publish(self.source.frames[-1])

    def listener(self, after_seq: Seq | None = None) -> Subscriber:
        subscriber = self.hub.open()
        assert subscriber.join(self.channel, after_seq)
        return subscriber


def taken(subscriber: Subscriber) -> list[bytes]:
    found: list[bytes] = []
    while subscriber.queued:
        found += subscriber.take(1)
    return found


def test_a_frame_is_one_object_in_every_queue() -> None:
    stage = Stage()
    listeners = [stage.listener() for _ in range(3)]
    stage.publish()
    last = [taken(listener)[-1] for listener in listeners]
    assert last[0] is last[1] is last[2] is stage.source.frames[0]


def test_a_reader_that_is_too_slow_is_closed_and_forgotten_and_the_others_are_not() -> None:
    stage = Stage(Bounds(frames=3))
    slow, fast = stage.listener(), stage.listener()
    for _ in range(3):
        taken(fast)
        stage.publish()
    assert (slow.closed_with, slow.queued, slow.channels) == (TRY_AGAIN_LATER, 0, [])
    assert (fast.closed_with, taken(fast)) == (None, [b"3"])
    assert len(stage.hub) == 1
    stage.publish()
    assert slow.queued == 0


def test_a_reader_that_found_nothing_is_told_once_when_there_is_something() -> None:
    stage, told = Stage(), list[str]()
    listener = stage.listener()
    assert listener.take(100) == [b"all 0"]
    listener.when_filled = lambda: told.append("filled")
    stage.publish()
    stage.publish()
    assert (told, listener.take(100)) == (["filled"], [b"1", b"2"])
    listener.when_filled = lambda: told.append("again")
    listener.close(1_001)
    assert (told, listener.take(100)) == (["filled"], [])
    assert listener.when_filled is None


class Promising(Counting):
    """A source that makes what it welcomes with when it is taken."""

    def __init__(self) -> None:
        super().__init__()
        self.made = 0

    def _make(self, frame: bytes) -> bytes:
        self.made += 1
        return frame

    def since(self, after_seq: Seq) -> list[Frame] | None:
        return [partial(self._make, frame) for frame in self.frames[after_seq:]]

    def snapshot(self) -> list[Frame]:
        return [partial(self._make, b"part %d" % n) for n in range(5)]


def test_what_is_promised_is_made_when_it_is_taken_takes_no_room_and_comes_before_what_is_published_since() -> None:
    stage = Stage(Bounds(frames=3, size=20))
    stage.source = source = Promising()
    stage.channel = Channel("numbers", source)
    listener = stage.listener()
    for _ in range(3):
        stage.publish()
    assert (source.made, listener.queued, listener.closed_with) == (0, 8, None)
    assert not listener.has_room, "others are welcomed when this is made"
    assert listener.take(12) == [b"part 0", b"part 1"]
    assert source.made == 2
    assert taken(listener) == [b"part 2", b"part 3", b"part 4", b"1", b"2", b"3"]
    for _ in range(4):
        stage.publish()
    assert listener.closed_with == TRY_AGAIN_LATER, "what is made is bounded as ever"


def test_whoever_does_not_read_is_welcomed_no_further() -> None:
    stage = Stage(Bounds(welcome=5))
    listener = stage.listener()
    assert (listener.queued, listener.has_room) == (1, False)
    taken(listener)
    assert listener.has_room


def test_a_queue_is_bounded_in_bytes_but_one_frame_always_fits() -> None:
    stage = Stage(Bounds(size=10))
    listener = stage.listener()
    taken(listener)
    stage.channel.publish(b"x" * 11)
    stage.channel.publish(b"y")
    assert (listener.closed_with, stage.channel.is_watched) == (TRY_AGAIN_LATER, False)
    alone = stage.listener()
    taken(alone)
    stage.channel.publish(b"x" * 11)
    assert alone.closed_with is None
    another = stage.listener()
    taken(another)
    for _ in range(20):
        stage.channel.publish(b"z" * 5)
        stage.channel.publish(b"z" * 5)
        taken(another)
    assert another.closed_with is None, "what is read makes place again"


def test_what_was_missed_is_given_or_a_snapshot() -> None:
    stage = Stage()
    for _ in range(4):
        stage.publish()
    assert taken(stage.listener(Seq(2))) == [b"3", b"4"]
    assert taken(stage.listener(Seq(4))) == []
    assert taken(stage.listener(Seq(0))) == [b"all 4"]
    assert taken(stage.listener()) == [b"all 4"]


@pytest.mark.parametrize("bounds", [Bounds(frames=10, channels=3), Bounds(size=7)])
def test_who_missed_more_than_half_of_its_room_gets_a_snapshot(bounds: Bounds) -> None:
    stage = Stage(bounds)
    for _ in range(6):
        stage.publish()
    assert taken(stage.listener(Seq(3))) == [b"4", b"5", b"6"]
    assert taken(stage.listener(Seq(1))) == [b"all 6"]


def test_who_comes_back_to_everything_late_is_not_closed_for_it() -> None:
    hub, stages = Hub(Bounds(frames=40, channels=20)), [Stage() for _ in range(20)]
    back = hub.open()
    for stage in stages:
        for _ in range(5):
            stage.publish()
        assert back.join(stage.channel, Seq(1))
    assert back.closed_with is None
    assert b"5" in taken(back)


def test_a_queue_without_room_for_a_snapshot_is_closed() -> None:
    hub = Hub(Bounds(frames=2))
    subscriber, stages = hub.open(), [Stage() for _ in range(3)]
    for stage in stages:
        subscriber.join(stage.channel)
    assert (subscriber.closed_with, len(hub)) == (TRY_AGAIN_LATER, 0)
    assert not any(stage.channel.is_watched for stage in stages)


def test_joining_twice_changes_nothing_and_leaving_ends_it() -> None:
    stage = Stage()
    listener = stage.listener()
    assert listener.join(stage.channel)
    stage.publish()
    assert taken(listener) == [b"all 0", b"1"]
    listener.leave(stage.channel)
    listener.leave(stage.channel)
    stage.publish()
    assert taken(listener) == []


def test_nobody_joins_more_channels_than_are_allowed() -> None:
    hub = Hub(Bounds(channels=2))
    subscriber, channels = hub.open(), [Channel(str(n), Counting()) for n in range(3)]
    assert [subscriber.join(channel) for channel in channels] == [True, True, False]
    assert subscriber.channels == ["0", "1"]
    subscriber.leave(channels[0])
    assert subscriber.join(channels[2])


def test_a_closed_subscriber_joins_nothing() -> None:
    stage = Stage()
    listener = stage.listener()
    listener.close(1_000)
    listener.join(stage.channel)
    assert not stage.channel.is_watched


def test_everybody_is_closed_at_the_end() -> None:
    stage = Stage()
    listeners = [stage.listener() for _ in range(3)]
    stage.hub.close_all(1_001)
    assert [listener.closed_with for listener in listeners] == [1_001] * 3
    assert (len(stage.hub), stage.channel.is_watched) == (0, False)


@given(st.lists(st.integers(1, 30), max_size=40), st.integers(0, 41))
def test_a_backlog_keeps_to_its_bounds_and_gives_all_or_nothing(sizes: list[int], after: int) -> None:
    backlog, frames = Backlog(Seq(0), 5, 60), [b"x" * size for size in sizes]
    for seq, frame in enumerate(frames, 1):
        backlog.add(Seq(seq), frame)
    kept = backlog.since(backlog.complete_after)
    assert kept is not None and len(kept) <= 5 and sum(len(frame) for frame in kept if isinstance(frame, bytes)) <= 60
    assert kept == frames[backlog.complete_after :]
    found = backlog.since(Seq(after))
    assert found == (frames[after:] if after >= backlog.complete_after else None)


async def test_whoever_serves_a_reader_is_told_that_it_was_given_up_even_while_it_waits() -> None:
    hub = Hub(Bounds(frames=1))
    reader, told = hub.open(), list[int]()
    reader.when_closed = told.append
    reader.put(b"1")
    assert reader.take(100) == [b"1"]
    reader.put(b"2")
    assert not reader.put(b"3")
    reader.give_up()
    reader.give_up()
    assert told == [], "not in the middle of what is going on"
    await asyncio.sleep(0)
    assert (told, hub.too_slow) == ([1013], 1)


def test_frames_are_taken_by_the_portion() -> None:
    reader = Hub().open()
    for frame in (b"aa", b"bb", b"cc"):
        reader.put(frame)
    assert reader.take(3) == [b"aa", b"bb"], "until there is enough"
    assert reader.take(3) == [b"cc"]
