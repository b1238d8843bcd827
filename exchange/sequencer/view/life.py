"""The departments of the view that follow units through their life, put together: who wants to know of what, and which
rows of the image are whose.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from exchange.core.events.credits import FacilitySet, UnitsChanged, UnitsStaged
from exchange.core.events.encumbrances import (
    EncumbranceLifted,
    EncumbranceSet,
    ReversalOwedAgain,
    ReversalReplaced,
    ReversalWithdrawn,
    UnitsEncumbered,
    UnitsFreed,
)
from exchange.core.events.registry import RegistryAnswered, RegistryAsked, RegistryContradicted, RegistrySilent
from exchange.core.events.uses import (
    BudgetAdjusted,
    BudgetSet,
    ClaimApproved,
    ClaimEnded,
    ClaimFulfilled,
    ClaimMade,
    ClaimRevoked,
    ObligationSet,
    ReleaseApproved,
    ReleaseDone,
    ReleaseEnded,
    ReleaseSent,
)
from exchange.core.values import Micros, Seq
from exchange.sequencer.view.encumbrances import Encumbrances
from exchange.sequencer.view.image import ViewImage
from exchange.sequencer.view.imports import Imports
from exchange.sequencer.view.plans import Plans
from exchange.sequencer.view.projects import Projects
from exchange.sequencer.view.requests import Requests
from exchange.sequencer.view.uses import Releases, Uses

Handler = Callable[..., None]


@dataclass(slots=True)
class Life:
    """Projects, requests to the registry, uses, releases, budgets, encumbrances and imports."""

    projects: Projects = field(default_factory=Projects)
    requests: Requests = field(default_factory=Requests)
    uses: Uses = field(default_factory=Uses)
    releases: Releases = field(default_factory=Releases)
    plans: Plans = field(default_factory=Plans)
    encumbrances: Encumbrances = field(default_factory=Encumbrances)
    imports: Imports = field(default_factory=Imports)

    def handlers(self) -> dict[type, Handler]:
        """Who wants to know of the events that no other department needs."""
        requests, uses, releases = self.requests, self.uses, self.releases
        return {
            FacilitySet: self.projects.on_facility,
            UnitsStaged: self.imports.on_staged,
            RegistryAsked: requests.on_asked,
            RegistryAnswered: requests.on_answered,
            RegistrySilent: requests.on_silent,
            RegistryContradicted: requests.on_contradicted,
            ClaimApproved: uses.on_approved,
            ClaimEnded: uses.on_ended,
            ClaimFulfilled: uses.on_fulfilled,
            ClaimRevoked: uses.on_revoked,
            ObligationSet: uses.on_obligation,
            UnitsChanged: releases.on_changed,
            ReleaseApproved: releases.on_approved,
            ReleaseEnded: releases.on_ended,
            ReleaseSent: releases.on_sent,
            ReleaseDone: releases.on_done,
            BudgetSet: self.plans.on_set,
            BudgetAdjusted: self.plans.on_adjusted,
            EncumbranceSet: self.encumbrances.on_set,
            UnitsEncumbered: self.encumbrances.on_encumbered,
            UnitsFreed: self.encumbrances.on_freed,
            EncumbranceLifted: self.encumbrances.on_lifted,
            ReversalReplaced: self.encumbrances.on_replaced,
            ReversalOwedAgain: self.encumbrances.on_replaced,
            ReversalWithdrawn: self.encumbrances.on_withdrawn,
        }

    def on_made(self, event: ClaimMade, seq: Seq, at: Micros) -> None:
        """A use keeps what its facility was called, since that may change and a certificate must not."""
        self.uses.on_made(event, seq, at, self.projects.facility(event.details.facility))

    def rows(self) -> dict[str, list[Any]]:
        """The fields of the image that are these departments', each in the order of its keys."""
        return {
            "projects": by_key(self.projects.by_id),
            "facilities": list(self.projects.facilities.values()),
            "requests": by_key(self.requests.by_id),
            "uses": by_key(self.uses.by_id),
            "releases": by_key(self.releases.by_id),
            "returns": list(self.releases.returns),
            "obligations": by_key(self.uses.obligations),
            "budgets": by_key(self.plans.budgets.plans),
            "adjustments": by_key(self.plans.budgets.adjustments),
            "encumbrances": by_key(self.encumbrances.by_id),
            "reversals": by_key(self.encumbrances.reversals),
            "imports": by_key(self.imports.by_id),
        }

    def restore(self, image: ViewImage) -> None:
        """Take the rows of an image."""
        for project in image.projects:
            self.projects.on_project(project, image.seq, image.at)
        for facility in image.facilities:
            self.projects.on_facility(facility, image.seq, image.at)
        for issuance in image.issuances:
            self.projects.on_issuance(issuance, image.seq, image.at)
        for request in image.requests:
            self.requests.add(request)
        for use in image.uses:
            self.uses.add(use)
        for release in image.releases:
            self.releases.add(release)
        self.releases.returns.extend(image.returns)
        for obligation in image.obligations:
            self.uses.on_obligation(obligation, image.seq, image.at)
        for encumbrance in image.encumbrances:
            self.encumbrances.add(encumbrance)
        self.encumbrances.reversals.update({row.terms.reversal: row for row in image.reversals})
        self.imports.by_id.update({row.staged: row for row in image.imports})
        self._restore_plans(image)

    def _restore_plans(self, image: ViewImage) -> None:
        budgets = self.plans.budgets
        for plan in image.budgets:
            budgets.set(plan)
        for one in image.adjustments:
            budgets.adjust(one.source, one.used_in, one.province, one.year, one.quantity)


def by_key(rows: dict[Any, Any]) -> list[Any]:
    """Rows in the order of their keys."""
    return [rows[key] for key in sorted(rows)]
