"""What names that are compared are written with: nothing in which a second spelling of another name could hide.

Departments hold names against each other by what they fold to. That tells all spellings of one name only where no two
letters look alike: a code with a Cyrillic С in it would be another code, and what it names would be there twice. So
each name is looked at here letter by letter, by a list of the audit's own.
"""

from __future__ import annotations

import re
from typing import Final

from exchange.audit.double_count.findings import Notebook
from exchange.core.events.credits import FacilitySet, IssuanceRecorded, LotAdmitted, ProjectRegistered
from exchange.core.events.registry import RegistryAnswered, ReturnAsked
from exchange.core.events.uses import ClaimMade, ObligationSet

_PLAIN: Final = re.compile(r"[ -~\u00a0§·À-ÖØ-öø-ÿ\u3000、。々〇-】〔-〗！-～]")
"""Signs and letters of Latin and of Chinese print; what has an accent is one character with it."""

_SAYS_SOMETHING: Final = re.compile(r"[^ \u00a0\u3000.．。·]")


def hides_something(name: str) -> bool:
    """Whether a name has a letter that it must not have, or none that says anything.

    >>> list(map(hides_something, ("（2026）内01执118号", "\N{CYRILLIC CAPITAL LETTER ES}CER-1", "內蒙古", " .")))
    [False, True, True, True]
    """
    return not _SAYS_SOMETHING.search(name) or any(map(_is_strange, _PLAIN.sub("", name)))


def _is_strange(letter: str) -> bool:
    """Whether it is no Chinese character of GB 2312, which has one form of each."""
    return not "一" <= letter <= "\u9fff" or not letter.encode("gb2312", "ignore")


class Names:
    """Looks at every name by which projects, facilities, ground, serials and papers are told apart."""

    def __init__(self, notebook: Notebook) -> None:
        """No name was heard yet."""
        self._tell = notebook.tell

    def project(self, event: ProjectRegistered) -> None:
        """Of a project, of where its savings are made, and of its ground."""
        terms = event.terms
        self._look("project", terms.code, *terms.site_parcels)
        self._look_if_there("project", terms.source_facility)

    def facility(self, event: FacilitySet) -> None:
        """Of a facility of the national market and of the firm that runs it."""
        self._look("facility", event.terms.code, event.terms.operating_firm)

    def obligation(self, event: ObligationSet) -> None:
        """Of a facility that has to surrender something."""
        self._look("obligation", event.facility)

    def issuance(self, event: IssuanceRecorded) -> None:
        """Of a serial space, and of what is written around its serials."""
        self._look("issuance", event.space_name)
        self._look_if_there("issuance", event.serial_text)

    def lock(self, event: LotAdmitted | ReturnAsked) -> None:
        """Of the paper on which units are locked."""
        self._look("paper", event.lock_reference)

    def answer(self, event: RegistryAnswered) -> None:
        """Of the receipt under what the registry said."""
        self._look_if_there("receipt", event.receipt)

    def claim(self, event: ClaimMade) -> None:
        """Of the facility that a use is for, and of its firm."""
        self._look_if_there("use", event.details.facility)
        self._look_if_there("use", event.details.beneficiary_code)

    def _look(self, what: str, *names: str) -> None:
        for name in names:
            if hides_something(name):
                self._tell("NAME-WRONG", what=what, name=name)

    def _look_if_there(self, what: str, name: str) -> None:
        if name:
            self._look(what, name)
