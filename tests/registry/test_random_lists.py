"""Random lives of a few serials, and a registry that tells the truth or one lie: the comparison of whole ranges finds
just those serials about which the naive model says that no true list could say it.
"""

from __future__ import annotations

from collections import Counter
from random import Random

from exchange.core.credits.registry_lock import RequestStatus
from exchange.registry.reconcile import compare, confirmed
from tests.registry.naive_registry import ACCOUNTS, FIRMS, SERIALS, Said, World, lines

HISTORIES = 60
STEPS = 50
LIES = 4


def found(world: World, there: dict[int, Said | None]) -> set[int]:
    """The serials about which something does not agree."""
    compared = compare(world.books(), lines(there), world.records())
    return {serial for one in compared for serial in range(one.lo, one.hi)}


def a_lie(world: World, random: Random, serial: int) -> tuple[str, Said | None]:
    """Something that a registry could say of a serial, true or not, and what kind of lie it would be: as a rule it is
    what was once said, or could have been, and looks right by itself.
    """
    past = world.about[serial]
    if not past or random.random() < 0.1:
        return "hidden", None
    asked = random.choice(past)
    said = world.line_after(asked, serial)
    if random.random() < 0.2:
        name = random.choice([*FIRMS, *ACCOUNTS, "NATIONAL-THIEF"])
        return f"another name for {said.kind}", Said(said.kind, name, said.reference, said.receipt)
    if asked.sent.status is RequestStatus.REFUSED:
        return "refused", said
    return "older" if asked is not past[-1] else "the last word", said


def test_just_what_no_true_list_can_say_is_found() -> None:
    kinds: Counter[tuple[str, bool]] = Counter()
    for seed in range(HISTORIES):
        random = Random(seed)
        world = World(random)
        for step in range(STEPS):
            world.step()
            assert found(world, world.there) == set(), (seed, step)
            for _ in range(LIES):
                lo = random.choice(SERIALS)
                hi = random.randint(lo + 1, SERIALS.stop)
                kind, said = a_lie(world, random, lo)
                there = world.there | dict.fromkeys(range(lo, hi), said)
                untrue = {serial for serial in range(lo, hi) if not world.may_say(serial, said)}
                assert found(world, there) == untrue, (seed, step, kind, lo, hi, said)
                kinds[kind, lo in untrue] += 1
    reached = {kind for (kind, is_untrue), times in kinds.items() if is_untrue and times >= 20}
    names = {f"another name for {kind}" for kind in ("LOCK", "RELEASE", "CANCEL")}
    assert reached >= {"older", "refused", "hidden", *names}, kinds
    assert kinds["the last word", False] >= 20 and kinds["older", False] >= 20, kinds


def test_what_happens_while_the_lists_are_read_is_no_discrepancy() -> None:
    """Ours is read before the registry's lists and once more after them, and in between the two sides go on."""
    moved = 0
    for seed in range(HISTORIES):
        random = Random(seed)
        world = World(random)
        for step in range(STEPS):
            before = world.books()
            for _ in range(random.randrange(3)):
                world.step()
            held, records = lines(world.there), world.records()
            for _ in range(random.randrange(3)):
                world.step()
            first, second = compare(before, held, records), compare(world.books(), held, records)
            assert confirmed(first, second) == [], (seed, step)
            moved += bool(first) + bool(second)
    assert moved >= 100
