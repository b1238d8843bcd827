"""What a use or release was chosen for, and which agreement carries it out.

The serials are chosen when it is proposed, and stand in a record of their own; the second person agrees to the
proposal. So the record says what its proposal says, is the only one of it, and is approved by nothing but that
agreement.
"""

from __future__ import annotations

from typing import Any, Final

from exchange.audit.double_count.findings import Notebook
from exchange.audit.double_count.persons import Persons
from exchange.audit.double_count.spans import Span, joined
from exchange.core.commands.encumbrances import ForceCancellation
from exchange.core.commands.uses import Pick, Purpose, ReleaseUnits, UseUnits
from exchange.core.events.encumbrances import ReversalReported
from exchange.core.events.governance import ProposalRejected
from exchange.core.events.uses import (
    ClaimApproved,
    ClaimEnded,
    ClaimMade,
    LotRanges,
    ReleaseApproved,
    ReleaseEnded,
    ReleaseMade,
)
from exchange.core.values import NOBODY

FORCED: Final = 0
"""The proposal of a use that none has chosen: the regulator's order makes it and approves it at once."""


class Choices:
    """Follows the records of uses and releases, and the proposals that they belong to."""

    def __init__(self, notebook: Notebook, persons: Persons) -> None:
        """Nothing was chosen yet."""
        self._tell = notebook.tell
        self._persons = persons
        self._claims: dict[int, int] = {}
        self._releases: dict[int, int] = {}
        self._chosen: set[int] = set()
        self._owing: dict[int, int] = {}
        """Which firm owes what was lost."""
        self._ending: set[int] = set()
        """Proposals that ended in this entry, whose units are not free yet."""

    def claim(self, event: ClaimMade) -> None:
        """A use: as somebody has just proposed it, or as the regulator orders it in this entry."""
        self._claims[event.claim] = event.proposal
        if event.proposal == FORCED:
            action = self._persons.agreed
            fits = isinstance(action, ForceCancellation) and event.purpose is Purpose.FORCED
            fits = fits and action.reversal == event.reversal
        else:
            fits = self._is_first(event.proposal) and _is_use(self._persons.open_action(event.proposal), event)
        if not fits:
            self._tell("ONE-PERSON", claim=event.claim, proposal=event.proposal, problem="another use was proposed")

    def release(self, event: ReleaseMade) -> None:
        """A release, as somebody has just proposed it."""
        self._releases[event.release] = event.proposal
        action = self._persons.open_action(event.proposal)
        fits = isinstance(action, ReleaseUnits) and self._is_first(event.proposal)
        fits = fits and _are_picked(action.picks, event.units)
        if not fits or (action.participant, action.national_account) != (event.participant, event.national_account):
            self._tell("ONE-PERSON", release=event.release, proposal=event.proposal, problem="another was proposed")

    def lost(self, event: ReversalReported) -> None:
        """Something is owed."""
        self._owing[event.reversal] = event.responsible

    def rejected(self, event: ProposalRejected) -> None:
        """A proposal ended, and the same entry frees what it had set aside. By nobody's word the regulator's order does
        that, to the firm that owes.
        """
        action = self._persons.open_action(event.proposal)
        sets_aside = isinstance(action, UseUnits | ReleaseUnits)
        if sets_aside:
            self._ending.add(event.proposal)
        order = self._persons.agreed
        is_ordered = isinstance(order, ForceCancellation) and sets_aside
        if event.by == NOBODY and not (is_ordered and self._owing.get(order.reversal) == action.participant):
            self._tell("ONE-PERSON", proposal=event.proposal, problem="ended by nobody")

    def claim_ended(self, event: ClaimEnded) -> None:
        """A use is over."""
        self._ending.discard(self._claims.get(event.claim, FORCED))

    def release_ended(self, event: ReleaseEnded) -> None:
        """A release is over."""
        self._ending.discard(self._releases.get(event.release, FORCED))

    def end(self) -> None:
        """The end of an entry."""
        for proposal in self._ending:
            self._tell("CLAIM-WRONG", proposal=proposal, problem="it ended, and its units are still set aside")
        self._ending.clear()

    def _is_first(self, proposal: int) -> bool:
        is_first = proposal not in self._chosen
        self._chosen.add(proposal)
        return is_first

    def claim_approved(self, event: ClaimApproved) -> None:
        """Two persons have agreed to just this use."""
        proposal = self._claims.get(event.claim)
        if proposal not in (FORCED, self._persons.agreed_proposal):
            self._tell("ONE-PERSON", claim=event.claim, proposal=proposal or 0, problem="another use was agreed to")

    def release_approved(self, event: ReleaseApproved) -> None:
        """Two persons have agreed to just this release."""
        proposal = self._releases.get(event.release)
        if proposal != self._persons.agreed_proposal:
            self._tell("ONE-PERSON", release=event.release, proposal=proposal or 0, problem="another was agreed to")


def _is_use(action: Any, event: ClaimMade) -> bool:
    """Whether a use is what was proposed. What replaces a loss has details that nobody has given; a quantity need not
    be named where the serials are.
    """
    if not isinstance(action, UseUnits):
        return False
    said = (action.participant, action.purpose, action.reversal)
    same_details = bool(action.reversal) or action.details == event.details
    same_quantity = action.quantity in (0, event.quantity)
    same_use = said == (event.participant, event.purpose, event.reversal) and same_details and same_quantity
    return same_use and _are_picked(action.picks, event.units)


def _are_picked(picks: tuple[Pick, ...], units: tuple[LotRanges, ...]) -> bool:
    """Whether units are the serials that were named, or of the lots; where only an instrument is, any lot has them."""
    named: dict[int, list[Span]] = {}
    for pick in picks:
        named.setdefault(pick.lot, []).extend([(pick.lo, pick.hi)] if pick.hi else ())
    chosen: dict[int, list[Span]] = {}
    for part in units:
        chosen.setdefault(part.lot, []).extend((serials.lo, serials.hi) for serials in part.ranges)
    if not any(named.values()):
        return not named or chosen.keys() <= named.keys()
    return {lot: joined(spans) for lot, spans in named.items()} == {lot: joined(spans) for lot, spans in chosen.items()}
