"""Turns at the database: one of each, few of all, in a round, and nothing is left of those who went away."""

from __future__ import annotations

import asyncio
from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.api.turns import Turns


class Desk:
    """Where those who have the turn work until they are told to end."""

    def __init__(self, most: int) -> None:
        self.turns = Turns(most)
        self.began: list[str] = []
        self.ends: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    def ask(self, *names: str) -> None:
        """The first letter says who it is."""
        for name in names:
            self.ends[name] = asyncio.Event()
            self.tasks[name] = asyncio.get_running_loop().create_task(self._work(name))

    async def _work(self, name: str) -> None:
        async with self.turns.of(name[0]):
            self.began.append(name)
            await self.ends[name].wait()

    async def settled(self) -> list[str]:
        """Who began, in their order, when nothing moves any more."""
        for _ in range(10):
            await asyncio.sleep(0)
        return self.began


async def test_one_has_one_turn_and_the_lines_take_turns() -> None:
    desk = Desk(2)
    desk.ask("a1", "a2", "a3", "b1", "b2", "c1")
    assert await desk.settled() == ["a1", "b1"]
    desk.ends["a1"].set()
    assert await desk.settled() == ["a1", "b1", "a2"], "it is the line that waits longest"
    desk.ends["a2"].set()
    assert await desk.settled() == ["a1", "b1", "a2", "c1"], "and then it is behind the others"
    for end in desk.ends.values():
        end.set()
    assert sorted(await desk.settled()) == ["a1", "a2", "a3", "b1", "b2", "c1"]
    assert len(desk.turns) == 0 and not desk.turns._lines


async def test_who_asks_much_keeps_nobody_waiting_longer_than_one_turn_each() -> None:
    desk = Desk(1)
    desk.ask(*(f"a{n}" for n in range(9)))
    await desk.settled()
    desk.ask("b1", "c1")
    for name in ("a0", "a1", "b1", "c1"):
        await desk.settled()
        desk.ends[name].set()
    assert (await desk.settled())[:4] == ["a0", "a1", "b1", "c1"]
    for end in desk.ends.values():
        end.set()
    await desk.settled()


async def test_a_turn_that_does_not_come_is_not_waited_for_without_end() -> None:
    turns = Turns(1, seconds=0.01)
    await turns.take("a")
    for who in ("a", "b"):
        with pytest.raises(ConnectionError):
            await turns.take(who)
    turns.give_back("a")
    assert len(turns) == 0 and not any(turns._lines.values())
    await turns.take("b")


async def test_an_end_with_an_error_is_an_end() -> None:
    turns = Turns(1)
    with pytest.raises(ValueError, match="broken"):
        async with turns.of("a"):
            raise ValueError("broken")
    async with turns.of("a"):
        assert len(turns) == 1


@given(seed=st.integers(0, 10**6), most=st.integers(1, 4))
def test_never_too_many_never_two_of_one_and_everybody_who_stays_is_served(seed: int, most: int) -> None:
    asyncio.run(_storm(Random(seed), most))


async def _storm(random: Random, most: int) -> None:
    turns, inside, served = Turns(most), Counter[int](), list[int]()

    async def read(who: int, number: int) -> None:
        async with turns.of(who):
            inside[who] += 1
            assert inside[who] == 1 and inside.total() <= most
            try:
                for _ in range(random.randrange(4)):
                    await asyncio.sleep(0)
            finally:
                inside[who] -= 1
            served.append(number)

    tasks = []
    for number in range(40):
        tasks.append(asyncio.create_task(read(random.randrange(6), number)))
        if random.random() < 0.3:
            random.choice(tasks).cancel()
        if random.random() < 0.5:
            await asyncio.sleep(0)
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(end is None or isinstance(end, asyncio.CancelledError) for end in ends)
    assert len(served) == sum(end is None for end in ends)
    assert len(turns) == 0 and not any(turns._lines.values())
