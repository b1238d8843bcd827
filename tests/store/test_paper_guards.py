"""PostgreSQL's own rules for what another registry has written, and two persons have read, on paper."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from exchange.core.commands.registry import AnswerOnPaper, RequestKind
from exchange.core.events.governance import ActionApproved, ActionProposed
from exchange.core.events.registry import RegistryAnswered
from exchange.core.values import MICROS_PER_DAY, Day, Micros, RequestId, day_of, day_start
from tests.store.bypass import Bypass
from tests.store.unit_events import asked, cancelled, chosen, confirmed, locked, read_on_paper
from tests.support.entries import OPENING

if TYPE_CHECKING:
    from exchange.core.events import Event


@pytest.mark.parametrize(
    "other", [{"receipt": "r-9"}, {"request": RequestId(7)}, {"stated_on": Day(20260920)}, {"reason": "because"}]
)
async def test_two_persons_have_read_just_what_stands_on_paper(bypass: Bypass, other: dict[str, Any]) -> None:
    await bypass.send(chosen(bypass.seq, 50))
    events = cancelled(bypass.seq, 50)
    proposed = next(event for event in events if isinstance(event, ActionProposed))
    assert isinstance(proposed.action, AnswerOnPaper)
    proposed.action = replace(proposed.action, **other)
    await bypass.refuse("registry_answers_read_by_two", events)
    unread = tuple(event for event in cancelled(bypass.seq, 50) if not isinstance(event, ActionApproved))
    await bypass.refuse("registry_answers_read_by_two", unread)


@pytest.mark.parametrize("days", [-2, 1])
async def test_a_paper_is_of_a_possible_day(bypass: Bypass, days: int) -> None:
    """Two persons agreed to it, and yet nobody can have written it then; the day before in China it can be."""
    await bypass.send(chosen(bypass.seq, 50))
    stated_on, day_before = (day_of(Micros(OPENING + one * MICROS_PER_DAY)) for one in (days, -1))
    await bypass.refuse("registry_answers_stated_in_time", _dated(cancelled(bypass.seq, 50), stated_on))
    await bypass.send(_dated(cancelled(bypass.seq, 50), day_before))


async def test_a_paper_has_no_hour(bypass: Bypass) -> None:
    await bypass.send(chosen(bypass.seq, 50))
    events = cancelled(bypass.seq, 50)
    said = next(event for event in events if isinstance(event, RegistryAnswered))
    said.stated_at = Micros(said.stated_at + 1)
    await bypass.refuse("registry_answers_read_by_two", events)


def _dated(events: tuple[Event, ...], stated_on: Day) -> tuple[Event, ...]:
    """The same with a paper of that day."""
    for event in events:
        if isinstance(event, RegistryAnswered):
            event.stated_at = day_start(stated_on)
        elif isinstance(event, ActionProposed):
            assert isinstance(event.action, AnswerOnPaper)
            event.action.stated_on = stated_on
    return events


async def test_no_paper_has_the_receipt_of_what_the_registry_has_signed(national: Bypass) -> None:
    """Nor of another paper; but what was typed before keeps the registry from nothing."""
    await national.send(chosen(national.seq, 50))
    await national.send(_with_receipt(cancelled(national.seq, 50), "r-7"))
    await national.send(locked(national.seq, confirmed(70, "R_07")))
    for receipt in ("r-7", "（R）7"):
        again = asked(71, (11, 21), kind=RequestKind.CANCEL, subject=50), *read_on_paper(71, receipt, (11, 21))
        await national.refuse("registry_answers_receipt_once", again)


@pytest.mark.parametrize("receipt", ["r-70", "（R）070"])
async def test_what_the_registry_has_signed_stands_on_no_paper(national: Bypass, receipt: str) -> None:
    await national.send(locked(national.seq, confirmed(70, "r-70")))
    await national.send(chosen(national.seq, 50))
    await national.refuse("registry_answers_receipt_untold", _with_receipt(cancelled(national.seq, 50), receipt))


def _with_receipt(events: tuple[Event, ...], receipt: str) -> tuple[Event, ...]:
    """The same with a paper that has this receipt."""
    for event in events:
        if isinstance(event, RegistryAnswered):
            event.receipt = receipt
        elif isinstance(event, ActionProposed):
            assert isinstance(event.action, AnswerOnPaper)
            event.action.receipt = receipt
    return events
