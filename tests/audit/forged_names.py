"""What a forger of the log would write of names, and of serials of another space; beside all the others."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from exchange.core.events.credits import FacilitySet, IssuanceRecorded, LotAdmitted, ProjectRegistered
from exchange.core.events.registry import RegistryAnswered, ReturnAsked
from exchange.core.events.uses import ClaimMade, ObligationSet
from tests.audit.forged_doubts import FORGERIES
from tests.audit.forgeries import found_by
from tests.audit.history import History

__all__ = ("FORGERIES",)

_ES: Final = "\N{CYRILLIC CAPITAL LETTER ES}"
"""What looks like a C."""


@found_by("SPACE-TWICE")
def serials_are_written_as_those_of_another_space(history: History) -> None:
    one, other = _of_two_spaces(history)
    one.serial_text, other.serial_text = "W-7-{lo}-{hi}", "w,07 {lo:6} to {hi:6}"


@found_by("SPACE-TWICE")
def one_text_is_a_serial_of_two_spaces(history: History) -> None:
    """ABC-1-100-199 is 100 to 199 of the one and 1 to 100 of the other."""
    one, other = _of_two_spaces(history)
    one.serial_text, other.serial_text = "ABC-1-{lo}-{hi}", "ABC-{lo}-{hi}-199"


def _of_two_spaces(history: History) -> tuple[IssuanceRecorded, IssuanceRecorded]:
    spaces = {event.space: event for _, event in history.every(IssuanceRecorded)}
    one, other, *_ = spaces.values()
    return one, other


# --- letters in which another name hides -----------------------------------------------------------------------------


@found_by("NAME-WRONG")
def a_project_has_a_code_that_looks_like_another_ones(history: History) -> None:
    event = history.only(ProjectRegistered)
    event.terms = replace(event.terms, code=f"{_ES}1")


@found_by("NAME-WRONG")
def a_plot_is_written_with_the_old_form_of_a_character(history: History) -> None:
    event = history.only(ProjectRegistered)
    event.terms = replace(event.terms, site_parcels=("INM/內",))


@found_by("NAME-WRONG")
def savings_are_made_in_a_facility_of_a_hidden_name(history: History) -> None:
    event = history.only(ProjectRegistered)
    event.terms = replace(event.terms, source_facility="ICP-1\N{VARIATION SELECTOR-16}")


@found_by("NAME-WRONG")
def a_facility_is_of_a_firm_that_looks_like_another_one(history: History) -> None:
    event = history.only(FacilitySet)
    event.terms = replace(event.terms, operating_firm=f"{event.terms.operating_firm}\N{ZERO WIDTH SPACE}")


@found_by("NAME-WRONG")
def a_duty_is_of_a_facility_of_a_hidden_name(history: History) -> None:
    history.only(ObligationSet).facility = "ICP-\N{MATHEMATICAL BOLD DIGIT ONE}"


@found_by("NAME-WRONG")
def a_space_is_written_with_letters_of_another_script(history: History) -> None:
    history.only(IssuanceRecorded).space_name = f"{_ES}CER"


@found_by("NAME-WRONG")
def serials_are_written_with_letters_of_another_script(history: History) -> None:
    history.only(IssuanceRecorded).serial_text = f"{_ES}-{{lo}}-{{hi}}"


@found_by("NAME-WRONG")
def units_are_locked_on_a_paper_that_is_called_nothing(history: History) -> None:
    history.only(LotAdmitted).lock_reference = " . "


@found_by("NAME-WRONG")
def units_come_back_on_a_paper_of_a_hidden_name(history: History) -> None:
    history.only(ReturnAsked).lock_reference += "\N{COMBINING GRAPHEME JOINER}"


@found_by("NAME-WRONG")
def a_receipt_looks_like_another_one(history: History) -> None:
    next(event for _, event in history.every(RegistryAnswered) if event.receipt).receipt += "\N{HANGUL FILLER}"


@found_by("NAME-WRONG")
def a_use_is_for_a_facility_of_a_hidden_name(history: History) -> None:
    event = next(event for _, event in history.every(ClaimMade) if event.details.facility)
    event.details = replace(event.details, facility=f"I{_ES}P-1")


@found_by("NAME-WRONG")
def a_use_is_for_a_firm_of_a_hidden_name(history: History) -> None:
    event = next(event for _, event in history.every(ClaimMade) if event.details.beneficiary_code)
    event.details = replace(event.details, beneficiary_code=f"{event.details.beneficiary_code}\N{WORD JOINER}")
