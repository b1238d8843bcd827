"""By what a tonne counts, as the log has decided it: projects, facilities with their duties, uses and adjustments.

For whom a use was, in which year an adjustment counts and how much a facility has to surrender no query can know. So
the tables are held against what is noted here, and so is every step of every lot: whose the units were, and by what.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final

from exchange.audit.double_count.findings import Notebook
from exchange.core.credits.spelling import folded_number
from exchange.core.events.credits import FacilitySet, ProjectRegistered, UnitsChanged
from exchange.core.events.uses import BudgetAdjusted, ClaimFulfilled, ClaimMade, ClaimRevoked, ObligationSet


@dataclass(slots=True)
class _Use:
    """What was proposed, and what came of it: done and revoked by which entries (0: not), and for which reason."""

    made: ClaimMade
    made_by: int
    done: ClaimFulfilled | None = None
    done_by: int = 0
    revoked_by: int = 0
    reason: str = ""


class Counting:
    """Notes what tables are held against, and finds nothing itself."""

    def __init__(self, notebook: Notebook) -> None:
        """Nothing was decided yet."""
        self._notebook = notebook
        self.projects: Final[dict[int, str]] = {}
        """Every project in words."""
        self.facilities: Final[dict[str, str]] = {}
        """All that was said of facilities and of what they have to surrender, by facility, year and entry."""
        self.adjustments: Final[dict[str, str]] = {}
        """Every adjustment of a budget, by entry and place in it."""
        self._adjusted_by = self._place = 0
        self._uses: dict[int, _Use] = {}
        self._steps: dict[int, Any] = {}
        """By lot a SHA-256 that is still being fed."""

    # --- where tonnes are from, and who has a duty -------------------------------------------------------------------

    def project(self, event: ProjectRegistered) -> None:
        """A project is there from now on."""
        terms = event.terms
        self.projects[event.project] = _in_words(
            code=terms.code,
            family=terms.family,
            mechanism=terms.mechanism,
            registry=terms.registry,
            name_en=terms.name_en,
            name_zh=terms.name_zh,
            methodology=terms.methodology,
            activity=terms.activity,
            league=terms.league,
            source=terms.source_category,
            facility=terms.source_facility,
            generation=terms.ccer_generation,
            started=terms.started,
            credited_from=terms.crediting_start,
            credited_to=terms.crediting_end,
            estimate=terms.estimate_kg,
            over=terms.estimate_years,
            declaration=terms.uniqueness_declaration,
            sites=hashlib.sha256("\n".join(terms.site_parcels).encode()).hexdigest(),
        )

    def facility(self, event: FacilitySet) -> None:
        """What is known of a facility from now on."""
        terms = event.terms
        self.facilities[f"{folded_number(terms.code)} by entry {self._notebook.seq}"] = _in_words(
            code=terms.code,
            name_en=terms.name_en,
            name_zh=terms.name_zh,
            firm=terms.operating_firm,
            sector=terms.sector,
            league=terms.league,
            covered_from=terms.covered_from,
            covered_to=terms.covered_to,
        )

    def duty(self, event: ObligationSet) -> None:
        """What a facility has to surrender for a year."""
        which = f"{folded_number(event.facility)} in {event.year} by entry {self._notebook.seq}"
        self.facilities[which] = _in_words(code=event.facility, due=event.due)

    # --- what tonnes were used for -----------------------------------------------------------------------------------

    def claim(self, event: ClaimMade) -> None:
        """A use was proposed."""
        self._uses[event.claim] = _Use(event, self._notebook.seq)

    def fulfilled(self, event: ClaimFulfilled) -> None:
        """It is done."""
        use = self._uses.get(event.claim)
        if use is not None:
            use.done, use.done_by = event, self._notebook.seq

    def revoked(self, event: ClaimRevoked) -> None:
        """It counts no more."""
        use = self._uses.get(event.claim)
        if use is not None:
            use.revoked_by, use.reason = self._notebook.seq, event.reason

    def uses(self) -> dict[int, str]:
        """Every use in words: whose it was, for whom and what, and what came of it."""
        return {number: _use_in_words(use) for number, use in self._uses.items()}

    def adjusted(self, event: BudgetAdjusted) -> None:
        """An adjustment as it was booked; each entry counts its own from 0 on."""
        entry = self._notebook.seq
        self._place = self._place + 1 if entry == self._adjusted_by else 0
        self._adjusted_by = entry
        self.adjustments[f"{entry}/{self._place}"] = _in_words(
            source=event.source,
            used_in=event.used_in,
            province=event.province,
            year=event.year,
            tonnes=event.quantity,
            subject=event.subject,
        )

    # --- the steps of units ------------------------------------------------------------------------------------------

    def changed(self, event: UnitsChanged) -> None:
        """Some serials of a lot took a step."""
        steps = self._steps.get(event.lot)
        if steps is None:
            steps = self._steps[event.lot] = hashlib.sha256()
        entry, how = self._notebook.seq, f"{event.owner}:{int(event.cause)}:{event.subject};"
        steps.update("".join([f"{entry}:{one.lo}-{one.hi}:{how}" for one in event.ranges]).encode())

    def steps(self) -> dict[int, str]:
        """By lot the SHA-256 over all of its steps as ``entry:lo-hi:owner:cause:subject;``."""
        return {lot: steps.hexdigest() for lot, steps in self._steps.items()}


def _use_in_words(use: _Use) -> str:
    made, details = use.made, use.made.details
    last = use.done or made
    return _in_words(
        proposal=made.proposal,
        firm=made.participant,
        purpose=made.purpose,
        for_en=details.beneficiary_en,
        for_zh=details.beneficiary_zh,
        for_code=details.beneficiary_code,
        facility=details.facility,
        year=details.year,
        project=details.project,
        intensity=details.intensity,
        neutrality=details.neutrality,
        event=details.event,
        event_day=details.event_day,
        province=details.province,
        league=details.league,
        chosen=made.quantity,
        tonnes=last.quantity,
        ratio=made.ratio,
        covers=last.covers,
        reversal=made.reversal,
        day=0 if use.done is None else use.done.day,
        made_by=use.made_by,
        done_by=use.done_by,
        revoked_by=use.revoked_by,
        reason=use.reason,
    )


def _in_words(**facts: int | str) -> str:
    """Facts by their names as PostgreSQL's ``json_build_object`` writes them: no two rows say the same in it."""
    return json.dumps(facts, ensure_ascii=False, separators=(", ", " : "))
