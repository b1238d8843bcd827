"""Do three lists agree: the serials in our ledger, the registry's list of what it holds for us, and what we have asked?

For each serial that any of them names, our state and the registry's line must fit, the line must name a request of ours
that asked for just that, and the receipt must be the one that we keep. What does not fit is a discrepancy; where we
have serials that could still move, they are held fast until two persons have found out why, and no others are.

Requests are under way while the lists are read. So ours is read before the registry's and once more after it, and only
what does not fit both times counts: a real discrepancy stays, a transfer that was caught in its flight does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import Final

from exchange.core.credits.registry_lock import RequestStatus
from exchange.core.events.credits import ParcelState
from exchange.registry.messages import MAKES, Held, Holding, Kind, Recorded


class Finding(StrEnum):
    """What does not agree."""

    MISSING_THERE = "MISSING_THERE"
    """We have serials as locked that the registry does not list."""

    MISSING_HERE = "MISSING_HERE"
    """The registry lists serials for us that are in none of our lots."""

    OTHER_ACCOUNT = "OTHER_ACCOUNT"
    """The registry holds them in the name of another firm than the one that we asked for."""

    OTHER_RANGE = "OTHER_RANGE"
    """The registry names a request of ours for serials that it was not about."""

    OTHER_STATE = "OTHER_STATE"
    """Our state of the serials and the registry's cannot both be true."""

    CANCELLED_THERE = "CANCELLED_THERE"
    """The registry has cancelled what is still alive here."""

    RELEASED_THERE = "RELEASED_THERE"
    """The registry has let go to the national market what is still alive here."""

    LOCK_WITHOUT_REQUEST = "LOCK_WITHOUT_REQUEST"
    """The registry names a request that we never made."""

    REQUEST_WITHOUT_LOCK = "REQUEST_WITHOUT_LOCK"
    """We keep an answer to a request that the registry does not know, or has not answered."""

    TWO_STATEMENTS = "TWO_STATEMENTS"
    """The registry says two things about the same serials, or about the same request."""

    OTHER_ANSWER = "OTHER_ANSWER"
    """The registry has another outcome on record than the one that we were told."""

    NOT_SIGNED = "NOT_SIGNED"
    """We keep an answer that the registry has not signed."""

    RECEIPT_UNKNOWN = "RECEIPT_UNKNOWN"
    """The registry has another receipt than we have, or none."""


@dataclass(frozen=True, slots=True)
class Ours:
    """Serials ``[lo, hi)`` of a lot of the national registry that stand in one state with one owner."""

    space: str
    lot: int
    lo: int
    hi: int
    owner: str
    state: ParcelState


@dataclass(frozen=True, slots=True)
class Sent:
    """One request of ours, and the answer that we keep (``receipt`` "" without one); ``signed`` says whether the answer
    is signed with a key that was the registry's.
    """

    reference: str
    kind: Kind
    space: str
    lot: int
    lo: int
    hi: int
    holder: str
    status: RequestStatus
    receipt: str
    signed: bool = True


@dataclass(frozen=True, slots=True)
class Books:
    """Our two lists, as they were at one entry of the journal."""

    as_of_seq: int
    ours: Sequence[Ours]
    sent: Sequence[Sent]


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """What does not agree about serials ``[lo, hi)``. ``lot`` is 0 where we have none of them, ``here`` and ``there``
    say what each side has, and ``movable`` whether they could still be sold or used here.
    """

    finding: Finding
    space: str
    lo: int
    hi: int
    lot: int
    reference: str
    here: str
    there: str
    movable: bool


_LIVE: Final = frozenset(
    {
        ParcelState.ADMITTED,
        ParcelState.LOCK_REQUESTED,
        ParcelState.LOCK_UNKNOWN,
        ParcelState.ACTIVE,
        ParcelState.PENDING_OUT,
        ParcelState.PENDING_CANCEL,
    }
)
"""The states in which serials are on a firm's account, and can be held fast."""

_FITS: Final[dict[ParcelState, frozenset[Holding | None]]] = {
    ParcelState.ADMITTED: frozenset({None, Holding.RELEASED}),
    ParcelState.LOCK_REQUESTED: frozenset({None, Holding.LOCKED, Holding.RELEASED}),
    ParcelState.LOCK_UNKNOWN: frozenset({None, Holding.LOCKED, Holding.RELEASED}),
    ParcelState.ACTIVE: frozenset({Holding.LOCKED}),
    ParcelState.PENDING_OUT: frozenset({Holding.LOCKED, Holding.RELEASED}),
    ParcelState.OUT: frozenset({Holding.RELEASED}),
    ParcelState.RETURN_REQUESTED: frozenset({Holding.RELEASED, Holding.LOCKED}),
    ParcelState.PENDING_CANCEL: frozenset({Holding.LOCKED, Holding.CANCELLED}),
    ParcelState.CANCELLED: frozenset({Holding.CANCELLED}),
    ParcelState.RETIRED: frozenset(),
    ParcelState.EXPORTED: frozenset(),
}
"""How the registry may hold serials that stand in a state here (None: it does not list them). What we are waiting for
may have happened there; what was refused may have been out before it came back.
"""


def compare(books: Books, held: Iterable[Held], recorded: Iterable[Recorded]) -> list[Discrepancy]:
    """Everything that does not agree, in the order of space and serial; neighbours with the same fault are one."""
    sent = {request.reference: request for request in books.sent}
    standing = _standing(books.ours)
    found = [*_compare_serials(books.ours, sent, list(held)), *_compare_requests(sent, standing, list(recorded))]
    return _joined(sorted(set(found), key=_place))


def confirmed(before: Sequence[Discrepancy], after: Sequence[Discrepancy]) -> list[Discrepancy]:
    """What does not agree both times: the parts of the later ones that the earlier ones had too."""
    earlier: dict[tuple[str, str, str], list[Discrepancy]] = {}
    for one in before:
        earlier.setdefault(_about(one), []).append(one)
    both = {
        replace(late, lo=max(late.lo, early.lo), hi=min(late.hi, early.hi))
        for late in after
        for early in earlier.get(_about(late), ())
        if late.lo < early.hi and early.lo < late.hi
    }
    return _joined(sorted(both, key=_place))


def _about(found: Discrepancy) -> tuple[str, str, str]:
    return found.finding, found.space, found.reference


# --- serial by serial -------------------------------------------------------------------------------------------------


def _compare_serials(ours: Sequence[Ours], sent: dict[str, Sent], held: list[Held]) -> Iterator[Discrepancy]:
    """Cut the lists at each other's ends, and look at every piece."""
    mine_of, theirs_of, cuts_of = _by_space(ours, sent, held)
    for space in sorted(mine_of.keys() | theirs_of.keys()):
        mine = sorted(mine_of.get(space, ()), key=lambda part: part.lo)
        theirs = sorted(theirs_of.get(space, ()), key=lambda line: line.serial_lo)
        for lo, hi, part, lines in _pieces(mine, theirs, cuts_of.get(space, set())):
            finding = _finding(part, lines, sent, lo, hi)
            if finding is not None:
                line = lines[0] if lines else None
                yield _discrepancy(finding, space, lo, hi, part, line, lines)


def _by_space(
    ours: Sequence[Ours], sent: dict[str, Sent], held: list[Held]
) -> tuple[dict[str, list[Ours]], dict[str, list[Held]], dict[str, set[int]]]:
    """Our parts, the registry's lines and the ends of our requests, each by serial space."""
    mine: dict[str, list[Ours]] = {}
    theirs: dict[str, list[Held]] = {}
    cuts: dict[str, set[int]] = {}
    for part in ours:
        mine.setdefault(part.space, []).append(part)
    for line in held:
        theirs.setdefault(line.space, []).append(line)
    for request in sent.values():
        cuts.setdefault(request.space, set()).update((request.lo, request.hi))
    return mine, theirs, cuts


Piece = tuple[int, int, Ours | None, list[Held]]
"""Serials between two ends, who has them here, and the lines about them there."""


def _pieces(mine: list[Ours], theirs: list[Held], cuts: set[int]) -> Iterator[Piece]:
    """Every piece that anybody names, cut where a part, a line or a request begins or ends."""
    ends = sorted(
        cuts
        | {end for part in mine for end in (part.lo, part.hi)}
        | {end for line in theirs for end in (line.serial_lo, line.serial_hi)}
    )
    first_part = first_line = 0
    for lo, hi in pairwise(ends):
        while first_part < len(mine) and mine[first_part].hi <= lo:
            first_part += 1
        part = mine[first_part] if first_part < len(mine) and mine[first_part].lo < hi else None
        at = first_line
        lines = []
        while at < len(theirs) and theirs[at].serial_lo < hi:
            if theirs[at].serial_hi > lo:
                lines.append(theirs[at])
            at += 1
        while first_line < len(theirs) and theirs[first_line].serial_hi <= lo:
            first_line += 1
        if part is not None or lines:
            yield lo, hi, part, lines


def _finding(part: Ours | None, lines: list[Held], sent: dict[str, Sent], lo: int, hi: int) -> Finding | None:
    """The first thing that is wrong with a piece, the gravest first."""
    if len(lines) > 1:
        return Finding.TWO_STATEMENTS
    if not lines:
        assert part is not None
        return None if None in _FITS[part.state] else Finding.MISSING_THERE
    (line,) = lines
    if part is None:
        return Finding.MISSING_HERE
    return _finding_of_state(part, line) or _finding_of_line(line, sent, lo, hi)


def _finding_of_state(part: Ours, line: Held) -> Finding | None:
    if line.holding in _FITS[part.state]:
        return None
    if part.state in _LIVE and line.holding is Holding.CANCELLED:
        return Finding.CANCELLED_THERE
    if part.state in _LIVE and line.holding is Holding.RELEASED:
        return Finding.RELEASED_THERE
    return Finding.OTHER_STATE


def _finding_of_line(line: Held, sent: dict[str, Sent], lo: int, hi: int) -> Finding | None:
    """Whether a line names a request of ours that asked for just that."""
    request = sent.get(line.reference)
    if request is None:
        return Finding.LOCK_WITHOUT_REQUEST
    if request.space != line.space or MAKES[request.kind] is not line.holding:
        return Finding.OTHER_RANGE
    if not request.lo <= lo < hi <= request.hi:
        return Finding.OTHER_RANGE
    if request.kind is Kind.LOCK and line.holder != request.holder:
        return Finding.OTHER_ACCOUNT
    known = request.status is RequestStatus.CONFIRMED
    return Finding.RECEIPT_UNKNOWN if known and line.receipt != request.receipt else None


def _discrepancy(
    finding: Finding, space: str, lo: int, hi: int, part: Ours | None, line: Held | None, lines: list[Held]
) -> Discrepancy:
    here = "" if part is None else f"{part.state.name} {part.owner}"
    there = " / ".join(f"{one.holding} {one.holder} {one.reference} {one.receipt}".rstrip() for one in lines)
    lot, movable = (0, False) if part is None else (part.lot, part.state in _LIVE)
    return Discrepancy(finding, space, lo, hi, lot, "" if line is None else line.reference, here, there, movable)


# --- request by request -----------------------------------------------------------------------------------------------


def _standing(ours: Sequence[Ours]) -> dict[int, list[Ours]]:
    by_lot: dict[int, list[Ours]] = {}
    for part in ours:
        by_lot.setdefault(part.lot, []).append(part)
    return by_lot


def _compare_requests(
    sent: dict[str, Sent], standing: dict[int, list[Ours]], recorded: list[Recorded]
) -> Iterator[Discrepancy]:
    records: dict[str, list[Recorded]] = {}
    for record in recorded:
        records.setdefault(record.reference, []).append(record)
    for reference in sorted(records.keys() - sent.keys()):
        record = records[reference][0]
        there = f"{record.kind} {record.outcome} {record.receipt}".strip()
        lo, hi = record.serial_lo, record.serial_hi
        yield from _told(Finding.LOCK_WITHOUT_REQUEST, record.space, lo, hi, reference, "", there, _all(standing))
    for reference, request in sorted(sent.items()):
        finding = _finding_of_request(request, records.get(reference, []))
        if finding is not None:
            here = f"{request.kind} {request.status.name} {request.receipt}".strip()
            there = " / ".join(f"{r.kind} {r.outcome} {r.receipt}".strip() for r in records.get(reference, []))
            parts = standing.get(request.lot, [])
            yield from _told(finding, request.space, request.lo, request.hi, reference, here, there, parts)


def _all(standing: dict[int, list[Ours]]) -> list[Ours]:
    return [part for parts in standing.values() for part in parts]


def _finding_of_request(request: Sent, records: list[Recorded]) -> Finding | None:
    answered = not request.status.is_open
    if answered and not request.signed:
        return Finding.NOT_SIGNED
    if len(records) > 1:
        return Finding.TWO_STATEMENTS
    if not records:
        return Finding.REQUEST_WITHOUT_LOCK if answered else None
    (record,) = records
    same = (request.kind, request.space, request.lo, request.hi)
    if same != (record.kind, record.space, record.serial_lo, record.serial_hi):
        return Finding.OTHER_RANGE
    if not answered:
        return None
    if not record.outcome:
        return Finding.REQUEST_WITHOUT_LOCK
    if record.outcome != request.status.name:
        return Finding.OTHER_ANSWER
    return Finding.RECEIPT_UNKNOWN if record.receipt != request.receipt else None


def _told(
    finding: Finding, space: str, lo: int, hi: int, reference: str, here: str, there: str, parts: Iterable[Ours]
) -> Iterator[Discrepancy]:
    """The discrepancy of a request, cut to what is here; whole, without a lot, where nothing is."""
    touched = [part for part in parts if part.space == space and part.lo < hi and lo < part.hi]
    for part in touched:
        cut = (max(part.lo, lo), min(part.hi, hi))
        yield Discrepancy(finding, space, *cut, part.lot, reference, here, there, part.state in _LIVE)
    if not touched:
        yield Discrepancy(finding, space, lo, hi, 0, reference, here, there, movable=False)


def _place(found: Discrepancy) -> tuple[str, int, int, str, str, str]:
    return found.space, found.lo, found.hi, found.finding, found.reference, found.there


def _joined(found: list[Discrepancy]) -> list[Discrepancy]:
    """Neighbours that differ in nothing but their serials made one."""
    joined: list[Discrepancy] = []
    newest: dict[Discrepancy, int] = {}
    for one in found:
        kind = replace(one, lo=0, hi=0)
        at = newest.get(kind)
        if at is not None and joined[at].hi == one.lo:
            joined[at] = replace(joined[at], hi=one.hi)
        else:
            newest[kind] = len(joined)
            joined.append(one)
    return joined


# --- what is held fast ------------------------------------------------------------------------------------------------


REFERENCE: Final = "registry reconciliation: "
"""How the reference begins of everything that a reconciliation holds fast."""


@dataclass(frozen=True, slots=True, order=True)
class Affected:
    """Serials ``[lo, hi)`` of a lot that are to be held fast, and the reference under which they are."""

    lot: int
    lo: int
    hi: int
    reference: str


def affected(found: Iterable[Discrepancy]) -> list[Affected]:
    """Just the serials that could still move and about which something does not agree, each once."""
    ranges = sorted((one.lot, one.lo, one.hi, str(one.finding)) for one in found if one.movable)
    held: list[Affected] = []
    for lot, lo, hi, finding in ranges:
        last = held[-1] if held else None
        if last is not None and last.lot == lot and lo <= last.hi and finding in last.reference:
            held[-1] = replace(last, hi=max(last.hi, hi))
            continue
        start = max(lo, last.hi) if last is not None and last.lot == lot else lo
        if start < hi:
            held.append(Affected(lot, start, hi, f"{REFERENCE}{finding}"))
    return held


def not_held_yet(parts: Iterable[Affected], standing: Iterable[Affected]) -> list[Affected]:
    """What of these serials no reconciliation before holds fast already: the same fault is held once, until persons
    have lifted it.
    """
    held: dict[int, list[Affected]] = {}
    for one in standing:
        if one.reference.startswith(REFERENCE):
            held.setdefault(one.lot, []).append(one)
    left = list(parts)
    for ranges in held.values():
        for taken in ranges:
            left = [part for one in left for part in _outside(one, taken)]
    return left


def _outside(part: Affected, taken: Affected) -> list[Affected]:
    if part.lot != taken.lot or part.hi <= taken.lo or taken.hi <= part.lo:
        return [part]
    parts = [replace(part, hi=min(part.hi, taken.lo)), replace(part, lo=max(part.lo, taken.hi))]
    return [one for one in parts if one.lo < one.hi]
