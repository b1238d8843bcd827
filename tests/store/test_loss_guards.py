"""What can be lost, and by whom: who brought it in, as far as it became units here and is no quota of other tonnes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exchange.core.events.encumbrances import ReversalReported, ReversalWithdrawn
from exchange.core.values import Day, ParticipantId, ProjectId, ReversalId, Tonnes
from tests.store.bypass import ANNA, BERT, Bypass
from tests.store.test_conversion_guards import QUOTA, REVOKED, held, suspended
from tests.store.test_double_counting_guards import SINK, conversion, sink
from tests.store.unit_events import confirmed, locked
from tests.support.entries import admission, issuance

LOST = ReversalReported(ReversalId(90), ProjectId(1), 2023, ParticipantId(ANNA), Tonnes(10), "fire")

THEIRS = "reversals_of_who_brought_in"


def lost(number: int, tonnes: int, vintage: int = 2023) -> ReversalReported:
    """Tonnes of Anna's project, of which 1,000 t of 2023 were issued; she has brought 100 t in."""
    return replace(LOST, reversal=ReversalId(number), quantity=Tonnes(tonnes), vintage=vintage)


@pytest.mark.parametrize("vintage", [2023, 0])
async def test_no_firm_owes_more_than_it_brought_in(bypass: Bypass, vintage: int) -> None:
    await bypass.refuse(THEIRS, (lost(90, 101, vintage),))
    await bypass.refuse(THEIRS, (lost(90, 60),), (lost(91, 41, vintage),))
    await bypass.send((lost(90, 60),), (lost(91, 40, vintage),))
    await bypass.refuse(THEIRS, (lost(92, 1, vintage),))


async def test_each_firm_owes_its_own(bypass: Bypass) -> None:
    """What others brought in makes nobody owe more, and what others owe makes nobody owe less."""
    await bypass.send(admission(bypass.seq, 9, 1, BERT, 201, 251))
    theirs = replace(lost(90, 50), responsible=ParticipantId(BERT))
    await bypass.refuse(THEIRS, (replace(theirs, quantity=Tonnes(51)),))
    await bypass.send((theirs,), (lost(91, 100),))
    await bypass.refuse(THEIRS, (lost(92, 1, 0),))


async def test_a_loss_is_withdrawn_by_two_and_not_when_something_replaces_it(bypass: Bypass) -> None:
    await bypass.send((lost(90, 60),))
    mistake = ReversalWithdrawn(ReversalId(90), "a mistake")
    await bypass.refuse("reversals_withdrawn_by_two", (mistake,))
    await bypass.refuse("reversals_withdrawn_by_two", (lost(91, 1), ReversalWithdrawn(ReversalId(91), "a mistake")))


async def test_each_vintage_is_lost_by_itself_and_all_together(bypass: Bypass) -> None:
    year = {"monitoring_start": Day(20240101), "monitoring_end": Day(20241231), "vintage": 2024}
    await bypass.send((issuance(2, 5_001, 5_101, **year),), admission(bypass.seq + 1, 9, 2, ANNA, 5_001, 5_101))
    await bypass.refuse(THEIRS, (lost(90, 101, 2024),))
    await bypass.send((lost(90, 150, 0),), (lost(91, 30, 2024),))
    await bypass.refuse(THEIRS, (lost(92, 21, 2023),))
    await bypass.send((lost(92, 20, 2023),))


async def test_what_comes_in_later_was_not_there_to_be_lost(bypass: Bypass) -> None:
    more = admission(bypass.seq + 1, 9, 1, ANNA, 201, 301)
    await bypass.refuse(THEIRS, (lost(90, 200),), more)
    await bypass.send(admission(bypass.seq, 9, 1, ANNA, 201, 301), (lost(90, 200),))


async def test_who_brought_nothing_in_owes_nothing(bypass: Bypass) -> None:
    theirs = replace(LOST, responsible=ParticipantId(BERT))
    brought = admission(bypass.seq + 1, 9, 1, BERT, 201, 301)
    await bypass.refuse(THEIRS, (theirs,), brought)
    await bypass.send(admission(bypass.seq, 9, 1, BERT, 201, 301))
    await bypass.send((theirs,))


async def test_a_firm_answers_for_the_vintages_that_it_brought_in(bypass: Bypass) -> None:
    year = {"monitoring_start": Day(20240101), "monitoring_end": Day(20241231), "vintage": 2024}
    await bypass.send((issuance(2, 5_001, 5_101, **year),), admission(bypass.seq + 1, 9, 2, BERT, 5_001, 5_101))
    theirs = replace(lost(90, 10, 2023), responsible=ParticipantId(BERT))
    await bypass.refuse(THEIRS, (theirs,))
    await bypass.send((replace(theirs, vintage=2024),), (replace(theirs, reversal=ReversalId(91), vintage=0),))


CCER = replace(LOST, project=ProjectId(2), quantity=Tonnes(100))
"""All of lot 8."""


async def test_what_was_never_locked_was_never_there_to_be_lost(national: Bypass) -> None:
    await national.refuse(THEIRS, (CCER,))
    await national.refuse(THEIRS, (CCER,), locked(national.seq + 1, confirmed(70, "r-70")))
    await national.send(locked(national.seq, confirmed(70, "r-70")), (CCER,))
    await national.refuse(THEIRS, (replace(CCER, reversal=ReversalId(91), quantity=Tonnes(1)),))


async def test_one_fire_is_owed_once_whatever_the_tonnes_are_called_by_now(forest: Bypass) -> None:
    """Quota is the tonnes of CCER that were cancelled for it, until that is revoked and the quota stands on nothing."""
    await forest.send((SINK,))
    await forest.send(*conversion(forest.seq), (sink(6, 6),))
    await forest.send(admission(forest.seq, 70, 6, ANNA, *QUOTA))
    quota = replace(LOST, reversal=ReversalId(91), project=ProjectId(5), quantity=Tonnes(4))
    await forest.refuse(THEIRS, (quota,))
    await forest.send((CCER,))
    revoked = (REVOKED, suspended(90), held(90))
    await forest.refuse(THEIRS, (quota,), revoked)
    await forest.send(revoked, (quota,))
    await forest.refuse(THEIRS, (replace(quota, reversal=ReversalId(92), quantity=Tonnes(1)),))
