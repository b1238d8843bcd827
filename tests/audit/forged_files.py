"""What a forger of the log would write of files of units, of what uses cover, and of the leagues' budgets."""

from __future__ import annotations

from exchange.core.credits.claims import covered
from exchange.core.events.credits import ImportCommitted, LotAdmitted, ProjectRegistered, UnitsStaged
from exchange.core.events.uses import BudgetAdjusted, ClaimFulfilled, ClaimMade
from exchange.core.values import ParticipantId, Ppm, Tonnes
from tests.audit.forged_agreed import FORGERIES
from tests.audit.forgeries import found_by
from tests.audit.history import History

__all__ = ("FORGERIES",)


@found_by("ONE-PERSON")
def a_row_comes_in_for_another_firm_than_was_staged(history: History) -> None:
    entry, _ = history.first(ImportCommitted)
    next(event for event in entry if isinstance(event, LotAdmitted)).owner = ParticipantId(7)


@found_by("ONE-PERSON")
def a_row_comes_in_that_was_not_staged(history: History) -> None:
    staged = history.only(UnitsStaged)
    staged.rows = staged.rows[:-1]


@found_by("ONE-PERSON")
def a_file_comes_in_and_is_not_told(history: History) -> None:
    history.drop(ImportCommitted)


@found_by("ONE-PERSON")
def a_staged_row_is_another_than_was_agreed(history: History) -> None:
    """The line in the file is nothing that is issued; both persons agreed to the rows as they are, all the same."""
    history.only(UnitsStaged).rows[0].line += 1


@found_by("CLAIM-WRONG")
def a_use_covers_twice_its_units(history: History) -> None:
    made, done = history.only(ClaimMade), history.only(ClaimFulfilled)
    made.covers, done.covers = Tonnes(2 * made.covers), Tonnes(2 * done.covers)


@found_by("CLAIM-WRONG")
def a_certificate_covers_more_than_the_use_did(history: History) -> None:
    event = history.only(ClaimFulfilled)
    event.covers = Tonnes(100 * event.covers)


@found_by("CLAIM-WRONG")
def a_use_is_by_a_ratio_that_no_rulebook_has(history: History) -> None:
    """And covers just what that ratio says."""
    made, done = history.only(ClaimMade), history.only(ClaimFulfilled)
    made.ratio = Ppm(2_000_000)
    made.covers, done.covers = covered(made.quantity, made.ratio), covered(done.quantity, made.ratio)


@found_by("BUDGET-WRONG")
def an_adjustment_is_of_another_year(history: History) -> None:
    history.only(BudgetAdjusted).year = 2031


@found_by("NO-GROUND")
def a_project_on_no_ground_issues(history: History) -> None:
    history.only(ProjectRegistered).terms.site_parcels = ()
