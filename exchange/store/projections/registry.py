"""What was asked of the national registry, and everything that it said."""

from __future__ import annotations

from typing import Any, Final

from exchange.core.commands.registry import RegistryOutcome, RequestKind
from exchange.core.credits.registry_lock import ANSWERED, RequestStatus
from exchange.core.credits.spelling import folded_number
from exchange.core.events.registry import RegistryAnswered, RegistryAsked, RegistryContradicted, RegistrySilent
from exchange.sequencer.journal import Leaf
from exchange.store.projections.happened import History, Rows

EVENTS: Final = (RegistryAsked, RegistryAnswered, RegistrySilent, RegistryContradicted)


WRITES: Final = (
    "registry_requests",
    "registry_silent",
    "registry_answered",
    "registry_answers",
    "release_ranges_gone",
)


def project(history: History) -> Rows:
    """New requests, what becomes of each at most once, and one row for everything that the registry says."""
    rows: Rows = {name: [] for name in WRITES}
    for leaf, event in history:
        when = (leaf.seq, leaf.at)
        if type(event) is RegistryAsked:
            rows["registry_requests"].append(_request_row(leaf, event))
        elif type(event) is RegistrySilent:
            rows["registry_silent"].append((event.request, *when))
        elif type(event) is RegistryAnswered:
            status = ANSWERED[event.outcome]
            rows["registry_answered"].append((event.request, status, event.receipt, event.message, *when))
            rows["registry_answers"].append((*when, *_spoken_of(event), event.stated_at, event.signature, False))
            if event.kind is RequestKind.RELEASE and event.outcome is RegistryOutcome.CONFIRMED:
                # They are out from here on, and may be back before the registry has spoken of the release's other ones.
                rows["release_ranges_gone"].append((event.request, leaf.seq))
        else:
            rows["registry_answers"].append((*when, *_spoken_of(event), leaf.at, b"", True))
    return rows


def _spoken_of(event: RegistryAnswered | RegistryContradicted) -> tuple[Any, ...]:
    act = (event.request, event.kind, event.account, event.outcome, event.serials.lo, event.serials.hi)
    return (*act, event.receipt, folded_number(event.receipt), event.message)


def _request_row(leaf: Leaf, event: RegistryAsked) -> tuple[Any, ...]:
    when = (leaf.seq, leaf.at)
    about = (event.lot, event.owner, event.serials.lo, event.serials.hi)
    asked = (event.account, event.reference, event.subject or None, event.answer_by)
    return (event.request, event.kind, *about, *asked, RequestStatus.OPEN, "", "", *when, *when)
