"""The hub: bounded queues, slow readers closed and forgotten, frames shared, newcomers welcomed without a gap."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.core.values import Seq
from exchange.marketdata.hub import TRY_AGAIN_LATER, Backlog, Bounds, Channel, Hub, Subscriber


class Counting:
    """A source whose frames are numbers; it keeps every frame, and counts how often it made a snapshot."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.snapshots = 0

    def since(self, after_seq: Seq) -> list[bytes] | None:
        return self.frames[after_seq:] if after_seq > 0 else None

    def snapshot(self) -> bytes:
        self.snapshots += 1
        return b"all %d" % len(self.frames)


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
        coroutine = subscriber.next()
        try:
            coroutine.send(None)
        except StopIteration as finished:
            found.append(finished.value)
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


async def test_a_closed_reader_hears_of_it_while_it_waits() -> None:
    stage = Stage()
    listener = stage.listener()
    assert await listener.next() == b"all 0"
    waiting = asyncio.create_task(listener.next())
    await asyncio.sleep(0)
    listener.close(1_001)
    listener.close(TRY_AGAIN_LATER)
    assert await waiting is None
    assert (await listener.next(), listener.closed_with) == (None, 1_001)


async def test_a_reader_that_waits_is_woken_by_a_frame_and_may_give_up() -> None:
    stage = Stage()
    listener = stage.listener()
    await listener.next()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(listener.next(), 0.001)
    waiting = asyncio.create_task(listener.next())
    await asyncio.sleep(0)
    stage.publish()
    stage.publish()
    assert await waiting == b"1"
    assert await listener.next() == b"2"


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
    assert kept is not None and len(kept) <= 5 and sum(map(len, kept)) <= 60
    assert kept == frames[backlog.complete_after :]
    found = backlog.since(Seq(after))
    assert found == (frames[after:] if after >= backlog.complete_after else None)


async def test_whoever_serves_a_reader_is_told_that_it_was_given_up_even_while_it_waits() -> None:
    hub = Hub(Bounds(frames=1))
    reader, told = hub.open(), list[int]()
    reader.when_closed = told.append
    reader.put(b"1")
    assert await reader.take(100) == [b"1"]
    reader.put(b"2")
    assert not reader.put(b"3")
    reader.close(1013)
    assert told == [], "not in the middle of what is going on"
    await asyncio.sleep(0)
    assert (told, hub.too_slow) == ([1013], 1)


async def test_frames_are_taken_by_the_portion() -> None:
    reader = Hub().open()
    for frame in (b"aa", b"bb", b"cc"):
        reader.put(frame)
    assert await reader.take(3) == [b"aa", b"bb"], "until there is enough"
    assert await reader.take(3) == [b"cc"]
