"""Where units stand by their steps, followed outside of the database."""

from __future__ import annotations

from random import Random

import pytest

from exchange.core.credits.states import ABSORBING, TRANSITIONS, Standing
from exchange.store.reconcile import allowed_steps
from exchange.store.standing import Standings

Row = tuple[int, ...]


def step(lo: int, hi: int, before: tuple[int, int], after: tuple[int, int], owner: int = 11) -> Row:
    """A row of parcel_changes about lot 7."""
    return (1, 0, 0, 7, owner, lo, hi, *before, *after, 1, 1)


NEW, WAITING, SELLABLE, ENDING, RETIRED = (0, 0), (2, 2), (1, 1), (1, 8), (1, 9)


def test_what_is_cut_out_of_the_middle_leaves_both_ends() -> None:
    standings = Standings()
    standings.follow([step(1, 101, NEW, WAITING), step(41, 51, WAITING, SELLABLE)])
    assert standings.rows() == [(7, 1, 41, *WAITING, 11), (7, 51, 101, *WAITING, 11)]


def test_a_step_over_several_pieces_makes_one() -> None:
    standings = Standings()
    standings.follow([step(1, 101, NEW, SELLABLE), step(1, 11, SELLABLE, ENDING), step(11, 21, SELLABLE, ENDING)])
    standings.follow([step(1, 21, ENDING, RETIRED)])
    assert standings.rows() == [(7, 1, 21, *RETIRED, 11)]


@pytest.mark.parametrize(
    "wrong",
    [
        step(41, 51, ENDING, SELLABLE),  # stands elsewhere
        step(1, 12, WAITING, SELLABLE),  # a part stands elsewhere
        step(5, 15, SELLABLE, ENDING),  # waits
        step(1, 11, NEW, WAITING),  # is there already
    ],
)
def test_a_step_from_where_units_do_not_stand_is_a_bug(wrong: Row) -> None:
    standings = Standings()
    standings.follow([step(1, 101, NEW, WAITING), step(11, 101, WAITING, SELLABLE)])
    with pytest.raises(AssertionError, match="stand elsewhere"):
        standings.follow([wrong])


@pytest.mark.parametrize("seed", range(20))
def test_random_steps_are_what_each_serial_says(seed: int) -> None:
    """Held to a list with the standing of every serial by itself."""
    random, standings = Random(seed), Standings()
    standings.follow([step(1, 41, NEW, WAITING)])
    serials: list[tuple[int, int]] = [WAITING] * 40
    for _ in range(60):
        lo = random.randrange(40)
        hi = next((n for n in range(lo, 40) if serials[n] != serials[lo]), 40)
        hi = random.randint(lo + 1, hi)
        ways = [way for way in TRANSITIONS if way.before == serials[lo]]
        if ways:
            after: Standing = random.choice(ways).after
            standings.follow([step(lo + 1, hi + 1, serials[lo], after)])
            serials[lo:hi] = [after] * (hi - lo)
    found = {n: row[3:5] for row in standings.rows() for n in range(row[1], row[2])}
    assert found == {n: standing for n, standing in enumerate(serials, 1) if standing != SELLABLE}


def test_no_step_begins_where_units_are_used_up() -> None:
    assert not {before for _, before, *_ in allowed_steps()} & ABSORBING
