"""The end of a day takes several entries, and others come between: what they book is of the old day and its year."""

from __future__ import annotations

from typing import Final

import pytest

from exchange.cli.audit_command import audit_database
from exchange.core.commands.approvals import Approve
from exchange.core.commands.instruments import ContinueJob, EndOfDay
from exchange.core.commands.registry import RegistryOutcome
from exchange.core.events.markets import DayOpened
from exchange.core.events.uses import BudgetAdjusted
from exchange.core.sessions import Phase
from exchange.core.values import NOBODY, Day, PersonId
from exchange.store.embedded import DatabaseUrls
from tests.audit.history import History
from tests.double_counting.scene import Scene
from tests.double_counting.venue import write_history

DAY_SECONDS: Final = 24 * 3_600
LAST: Final = Day(20261220)
NEXT: Final = Day(20270104)


class Turning(Scene):
    """Ten tonnes are being cancelled and ten of quota wait for the second person when the last day of a year ends."""

    def __init__(self) -> None:
        """Both uses are finished between the first and the last portion of that end."""
        super().__init__()
        while self.state.session.day != LAST:
            self.wait(30 * DAY_SECONDS)
            self.end_day()
            self.finish_jobs()
        self.agree(self.use(self.serials(1, 11)), self.second)
        waiting, digest = self.propose(self.use(self.quota(101, 111)))
        self.wait(15 * DAY_SECONDS)
        self.done(EndOfDay(self.operator, NEXT))
        self.done(ContinueJob(PersonId(NOBODY), min(self.state.session.jobs)))
        assert self.state.session.phase is Phase.CLOSING
        (asked,) = self.open_requests()
        self.done(self.answer(asked, RegistryOutcome.CONFIRMED))
        self.done(Approve(self.second, waiting, digest, ""))
        self.finish_jobs()


@pytest.fixture(scope="module")
def scene() -> Turning:
    """A year that has turned."""
    return Turning()


def test_what_is_booked_before_the_new_day_opens_is_of_the_old_year(scene: Turning) -> None:
    history = History.of(scene)
    opened = [event.day for _, event in history.every(DayOpened)]
    assert opened[-2:] == [LAST, NEXT]
    assert [(event.year, event.quantity) for _, event in history.every(BudgetAdjusted)] == [(2026, 10), (2026, 10)]
    assert scene.state.session.day == NEXT


def test_the_log_is_right(scene: Turning) -> None:
    assert not History.of(scene).audited().counts


async def test_the_database_takes_it_and_is_right(scene: Turning, database: DatabaseUrls) -> None:
    await write_history(scene, database)
    assert not (await audit_database(database.service)).counts
