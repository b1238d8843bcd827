"""Steps of units by hand, each with all the events that the core makes of it; lot 7 is Anna's, serials 1 to 100, and so
is lot 8 where there is one, 3001 to 3100.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from exchange.core.approvals import hash_of
from exchange.core.commands.encumbrances import EncumbranceKind
from exchange.core.commands.instruments import Family, League
from exchange.core.commands.registry import AnswerOnPaper, RegistryOutcome, RequestKind
from exchange.core.commands.uses import Intensity, Neutrality, Purpose, UseDetails
from exchange.core.credits.states import ASKED, CANCELLED, ENDING, SELLABLE, WAITING
from exchange.core.events import Event
from exchange.core.events.credits import Cause
from exchange.core.events.encumbrances import EncumbranceSet
from exchange.core.events.governance import ActionApproved, ActionProposed
from exchange.core.events.participants import Layer, Posting
from exchange.core.events.registry import RegistryAnswered, RegistryAsked
from exchange.core.events.uses import ClaimApproved, ClaimEnded, ClaimFulfilled, ClaimMade, LotRanges
from exchange.core.ledger import chart
from exchange.core.rulebook import MILLION
from exchange.core.serials import SerialRange
from exchange.core.values import (
    ClaimId,
    Day,
    EncumbranceId,
    KeyId,
    LotId,
    Micros,
    ParticipantId,
    PersonId,
    Ppm,
    ProjectId,
    ProposalId,
    RequestId,
    ReversalId,
    Tonnes,
    day_of,
    day_start,
)
from tests.store.bypass import ANNA
from tests.support.entries import (
    DAY,
    OPENING,
    admission,
    changed,
    post,
    project,
    reshaped,
    transaction,
)

if TYPE_CHECKING:
    pass

Range = tuple[int, int]

PAPER_LOT = 7
"""Its units another registry keeps than the national one."""

_WHOLE = {7: (1, 101), 8: (3_001, 3_101)}

USE = UseDetails("Steel", "钢铁", "S1", "", 0, "", Intensity.NONE, Neutrality.NONE, "", Day(0), "", League.HOHHOT)


# --- events of a whole step, each as the core makes them -------------------------------------------------------------


def hold(owner: int, tonnes: int, lot: int = 7) -> Posting:
    """Tonnes that are set aside on their owner's account."""
    return post(owner, chart.CLEARING, tonnes, lot, Layer.HOLD)


def free(owner: int, tonnes: int, lot: int = 7) -> Posting:
    """Tonnes that are not set aside any more."""
    return post(owner, chart.CLEARING, tonnes, lot, Layer.RELEASE)


def units(serials: Range, lot: int = 7) -> tuple[LotRanges, ...]:
    """Serials of one lot."""
    return (LotRanges(LotId(lot), (SerialRange(*serials),)),)


def claimed(number: int, serials: Range, lot: int = 7, **given: Any) -> ClaimMade:
    """A claim of Anna's."""
    tonnes = Tonnes(serials[1] - serials[0])
    who = (ClaimId(number), ProposalId(1), ParticipantId(ANNA))
    made = ClaimMade(*who, Purpose.VOLUNTARY, USE, units(serials, lot), tonnes, Ppm(MILLION), tonnes, ReversalId(0))
    return replace(made, **given)


def chosen(seq: int, number: int, serials: Range = (1, 11), lot: int = 7, **given: Any) -> tuple[Event, ...]:
    """The first serials of a lot, which is all Anna's, are chosen for a claim."""
    (lo, hi), (first, behind) = serials, _WHOLE[lot]
    assert lo == first
    return (
        claimed(number, serials, lot, **given),
        reshaped(lot, [(first, behind)], [(hi, behind, ANNA)]),
        reshaped(lot, [], [(lo, hi, ANNA)], ENDING),
        transaction(seq, hold(ANNA, hi - lo, lot)),
        changed(lot, ANNA, serials, SELLABLE, Cause.USE_PROPOSED, number),
    )


def cancelled(seq: int, number: int, serials: Range = (1, 11), lot: int = 7) -> tuple[Event, ...]:
    """What was chosen is approved, asked for, cancelled by its registry, and the claim fulfilled, in one entry."""
    tonnes, request = Tonnes(serials[1] - serials[0]), 1_000 + number
    return (
        ClaimApproved(ClaimId(number)),
        reshaped(lot, [serials], [(*serials, ANNA)], CANCELLED),
        transaction(seq, free(ANNA, tonnes, lot), post(ANNA, chart.CANCELLED, tonnes, lot)),
        asked(request, serials, lot, kind=RequestKind.CANCEL, subject=number),
        *_cancelled_there(request, serials, lot),
        changed(lot, ANNA, serials, ENDING, Cause.CANCELLED, request),
        ClaimFulfilled(ClaimId(number), DAY, units(serials, lot), tonnes, tonnes),
    )


def _cancelled_there(request: int, serials: Range, lot: int) -> tuple[Event, ...]:
    receipt = f"r-{request}"
    if lot == PAPER_LOT:
        return read_on_paper(request, receipt, serials)
    return (confirmed(request, receipt, serials, RequestKind.CANCEL),)


def freed(seq: int, number: int, serials: Range = (1, 11)) -> tuple[Event, ...]:
    """What was chosen is free again."""
    return (
        ClaimEnded(ClaimId(number)),
        reshaped(7, [serials, (serials[1], 101)], [(1, 101, ANNA)]),
        transaction(seq, free(ANNA, serials[1] - serials[0])),
        changed(7, ANNA, serials, ENDING, Cause.USE_WITHDRAWN, number),
    )


def asked(
    number: int, serials: Range, lot: int = 7, kind: RequestKind = RequestKind.LOCK, subject: int = 0
) -> RegistryAsked:
    """A request to the registry."""
    about = (LotId(lot), ParticipantId(ANNA), SerialRange(*serials), "")
    answer_by = Micros(1_800_000_000_000_000)
    return RegistryAsked(RequestId(number), kind, *about, reference(number), subject, answer_by)


def reference(number: int) -> str:
    """Ours of a request that no entry made, with digits that nobody looks at."""
    return f"test-req-0-{number}-00000000"


def confirmed(
    number: int, receipt: str, serials: Range = (3_001, 3_101), kind: RequestKind = RequestKind.LOCK
) -> RegistryAnswered:
    """The registry's word that a request is done; about what :func:`waiting` asks for, if about no other serials."""
    said = (kind, "", RegistryOutcome.CONFIRMED, SerialRange(*serials), receipt, "m", OPENING)
    return RegistryAnswered(RequestId(number), *said, bytes(64))


def read_on_paper(number: int, receipt: str, serials: Range) -> tuple[Event, ...]:
    """The same by a registry that has no line: two persons have read its receipt."""
    action = AnswerOnPaper(PersonId(1), RequestId(number), day_of(OPENING), receipt)
    proposal, hashed = ProposalId(10_000 + number), hash_of(action)
    said = (RequestKind.CANCEL, "", RegistryOutcome.CONFIRMED, SerialRange(*serials), receipt, "")
    day_began = day_start(day_of(OPENING))
    return (
        ActionProposed(proposal, PersonId(1), KeyId(1), ParticipantId(0), action, hashed),
        ActionApproved(proposal, PersonId(2)),
        RegistryAnswered(RequestId(number), *said, day_began, b""),
    )


def ccer(number: int = 2, **given: Any) -> Event:
    """A project whose units the national registry keeps."""
    return project(number, family=Family.FORESTRY_CCER, **given)


def waiting(seq: int, lot: int = 8) -> tuple[Event, ...]:
    """Serials 3001 to 3100 of issuance 2 come in as Anna's lot and wait for the registry's lock, which is asked for."""
    entered, booked, moved, *_ = admission(seq, lot, 2, ANNA, 3_001, 3_101)
    booked = replace(booked, postings=(*booked.postings, hold(ANNA, 100, lot)))
    return (
        entered,
        booked,
        moved,
        reshaped(lot, [], [(3_001, 3_101, ANNA)], ASKED),
        changed(lot, ANNA, (3_001, 3_101), None, Cause.ADMITTED_FOR_LOCK, lot),
        changed(lot, ANNA, (3_001, 3_101), WAITING, Cause.LOCK_REQUESTED, lot),
        asked(70, (3_001, 3_101), lot),
    )


def locked(seq: int, *answer: Event, lot: int = 8, serials: Range = (3_001, 3_101)) -> tuple[Event, ...]:
    """The lock of that lot, with what the registry is said to have answered."""
    return (
        *answer,
        reshaped(lot, [serials], [(*serials, ANNA)]),
        transaction(seq, free(ANNA, serials[1] - serials[0], lot)),
        changed(lot, ANNA, serials, ASKED, Cause.LOCK_CONFIRMED, 70),
    )


def suspended_source(number: int, of_project: int = 2, vintage: int = 2023, by: int = 0) -> EncumbranceSet:
    """The units of a project and year are suspended, since their source is inside the national market; by the program
    where nobody is named.
    """
    scope = (ProjectId(of_project), vintage, LotId(0), 0, 0)
    reference = "source inside the national market: PLANT 1"
    return EncumbranceSet(EncumbranceId(number), EncumbranceKind.SUSPENSION, *scope, reference, PersonId(by))
