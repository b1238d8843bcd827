"""Projects and the facilities of the national market, as committed."""

from __future__ import annotations

from dataclasses import dataclass, field

from exchange.core.commands.projects import FacilityTerms
from exchange.core.credits.spelling import folded, folded_number
from exchange.core.events.credits import FacilitySet, IssuanceRecorded, ProjectRegistered
from exchange.core.values import IssuanceId, Micros, ProjectId, Seq


@dataclass(slots=True)
class Projects:
    """Every project, by id and by folded code, with its issuances; every facility, by folded code in the order in which
    they were entered first.
    """

    by_id: dict[ProjectId, ProjectRegistered] = field(default_factory=dict)
    codes: dict[str, ProjectId] = field(default_factory=dict)
    issuances: dict[ProjectId, list[IssuanceId]] = field(default_factory=dict)
    facilities: dict[str, FacilitySet] = field(default_factory=dict)

    def facility(self, code: str) -> FacilityTerms | None:
        """The facility with this code, in whatever spelling."""
        found = self.facilities.get(folded_number(code))
        return None if found is None else found.terms

    def on_project(self, event: ProjectRegistered, _seq: Seq, _at: Micros) -> None:
        """A project was recorded."""
        self.by_id[event.project] = event
        self.codes[folded(event.terms.code)] = event.project

    def on_issuance(self, event: IssuanceRecorded, _seq: Seq, _at: Micros) -> None:
        """Units of a project were issued."""
        self.issuances.setdefault(event.project, []).append(event.issuance)

    def on_facility(self, event: FacilitySet, _seq: Seq, _at: Micros) -> None:
        """A facility was entered, or what is known of it has changed."""
        self.facilities[folded_number(event.terms.code)] = event
