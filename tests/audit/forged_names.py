"""What a forger of the log would write of serials that are those of another space; beside all the others."""

from __future__ import annotations

from exchange.core.events.credits import IssuanceRecorded
from tests.audit.forged_doubts import FORGERIES
from tests.audit.forgeries import found_by
from tests.audit.history import History

__all__ = ("FORGERIES",)


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
