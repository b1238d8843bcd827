"""Do three lists agree: the serials in our ledger, the registry's list of what it holds for us, and what we have asked?

For each serial that any of them names, our state and the registry's line must fit, and the line must name the newest
request of ours about it that was confirmed, or the one after it that waits for its answer: who is told of an older one
is told of the past. It must have the name that we asked for, and the receipt that we keep. What does not fit is a
discrepancy; where we have the serials, they are suspended until two persons have found out why
(:mod:`exchange.registry.suspending`).

Requests are under way while the lists are read. So ours is read before the registry's and once more after it, and only
what does not fit both times counts: a real discrepancy stays, a transfer that was caught in its flight does not.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice, pairwise
from typing import Final, NamedTuple

from exchange.core.credits.registry_lock import RequestStatus
from exchange.core.events.credits import ParcelState
from exchange.core.serials import RangeSet, SerialRange
from exchange.registry.books import Books, Ours, Sent
from exchange.registry.messages import MAKES, Held, Holding, Kind, Recorded
from exchange.registry.sweeps import MOST_TOLD, Lines, Newest

_NOTHING: Final = RangeSet()


class Finding(StrEnum):
    """What does not agree."""

    MISSING_THERE = "MISSING_THERE"
    """By our books the registry has once locked serials for us, and it does not list them."""

    MISSING_HERE = "MISSING_HERE"
    """The registry lists serials for us that are in none of our lots."""

    OTHER_ACCOUNT = "OTHER_ACCOUNT"
    """The registry holds them in the name of another firm than the one that we asked for."""

    RELEASED_ELSEWHERE = "RELEASED_ELSEWHERE"
    """The registry has let them go to another national account than the one that we asked for."""

    OLD_REQUEST = "OLD_REQUEST"
    """The registry names a request of ours that a later one, which it has confirmed, has overtaken."""

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
class Discrepancy:
    """What does not agree about serials ``[lo, hi)``. ``lot`` is 0 where we have none of them, ``here`` and ``there``
    say what each side has, and ``movable`` whether they could still be sold or used here: what is used up could not.
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
    ParcelState.ADMITTED: frozenset({None}),
    ParcelState.LOCK_REQUESTED: frozenset({None, Holding.LOCKED}),
    ParcelState.LOCK_UNKNOWN: frozenset({None, Holding.LOCKED}),
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
may have happened there.
"""


def compare(books: Books, held: Iterable[Held], recorded: Iterable[Recorded]) -> list[Discrepancy]:
    """Everything that does not agree, in the order of space and serial; neighbours with the same fault are one."""
    sent = {request.reference: request for request in books.sent}
    # The same line word for word says nothing more: a list that shifts between two pages has its last one again.
    lines, records = list(dict.fromkeys(held)), list(dict.fromkeys(recorded))
    found = [*_compare_serials(books.ours, sent, lines, records), *_compare_requests(books.ours, sent, records)]
    return _joined(sorted(set(found), key=_place))


def confirmed(before: Sequence[Discrepancy], after: Sequence[Discrepancy]) -> list[Discrepancy]:
    """What does not agree both times: the parts of the later ones that the earlier ones had too."""
    return _of_both(before, after, _about)


def lasting(before: Sequence[Discrepancy], after: Sequence[Discrepancy]) -> list[Discrepancy]:
    """What does not agree in two readings of the registry's lists: the parts of the later ones about whose serials the
    earlier ones had anything. A registry that lies otherwise each time would agree with us else.
    """
    return _of_both(before, after, lambda one: one.space)


def _of_both(
    before: Sequence[Discrepancy], after: Sequence[Discrepancy], about: Callable[[Discrepancy], Hashable]
) -> list[Discrepancy]:
    earlier: dict[Hashable, RangeSet] = {}
    for one in sorted(before, key=_place):
        earlier.setdefault(about(one), RangeSet()).add(SerialRange(one.lo, one.hi))
    both = {
        replace(late, lo=part.lo, hi=part.hi)
        for late in after
        for part in earlier.get(about(late), _NOTHING).within(SerialRange(late.lo, late.hi))
    }
    return _joined(sorted(both, key=_place))


def _about(found: Discrepancy) -> tuple[str, str, str]:
    return found.finding, found.space, found.reference


# --- serial by serial -------------------------------------------------------------------------------------------------


class _Piece(NamedTuple):
    """Serials ``[lo, hi)`` between two ends: who has them here, the registry's lines about them, and of our requests
    about them the newest one that was confirmed, and the newest such lock.
    """

    lo: int
    hi: int
    part: Ours | None
    lines: list[Held]
    newest: Sent | None
    lock: Sent | None


def _compare_serials(
    ours: Sequence[Ours], sent: dict[str, Sent], held: list[Held], recorded: list[Recorded]
) -> Iterator[Discrepancy]:
    """Cut the lists at each other's ends, and look at every piece."""
    numbers = {reference: number for number, reference in enumerate(sent)}
    outcomes = {record.reference: (record.outcome, record.receipt) for record in recorded if record.outcome}
    mine_of, theirs_of, asked_of = _by_space(ours, held, sent.values())
    for space in sorted(mine_of.keys() | theirs_of.keys()):
        mine = sorted(mine_of.get(space, ()), key=lambda part: part.lo)
        theirs = sorted(theirs_of.get(space, ()), key=lambda line: line.serial_lo)
        for piece in _pieces(mine, theirs, asked_of.get(space, []), numbers):
            finding = _finding(piece, sent, numbers) or _finding_of_record(piece, sent, outcomes)
            if finding is not None:
                yield _discrepancy(finding, space, piece, sent)


def _by_space(
    ours: Sequence[Ours], held: list[Held], sent: Iterable[Sent]
) -> tuple[dict[str, list[Ours]], dict[str, list[Held]], dict[str, list[Sent]]]:
    """Our parts, the registry's lines and our requests, each by serial space."""
    mine: dict[str, list[Ours]] = {}
    theirs: dict[str, list[Held]] = {}
    asked: dict[str, list[Sent]] = {}
    for part in ours:
        mine.setdefault(part.space, []).append(part)
    for line in held:
        theirs.setdefault(line.space, []).append(line)
    for request in sent:
        asked.setdefault(request.space, []).append(request)
    return mine, theirs, asked


def _pieces(mine: list[Ours], theirs: list[Held], asked: list[Sent], numbers: dict[str, int]) -> Iterator[_Piece]:
    """Every piece that anybody names, cut where a part, a line or a request begins or ends."""
    ends = {end for part in mine for end in (part.lo, part.hi)}
    ends.update(end for request in asked for end in (request.lo, request.hi))
    ends.update(end for line in theirs for end in (line.serial_lo, line.serial_hi))
    done = [(numbers[request.reference], request) for request in asked if request.status is RequestStatus.CONFIRMED]
    lines, newest = Lines(theirs), Newest(done)
    locks = Newest((number, request) for number, request in done if request.kind is Kind.LOCK)
    first_part = 0
    for lo, hi in pairwise(sorted(ends)):
        while first_part < len(mine) and mine[first_part].hi <= lo:
            first_part += 1
        part = mine[first_part] if first_part < len(mine) and mine[first_part].lo < hi else None
        over = lines.over(lo)
        if part is not None or over:
            yield _Piece(lo, hi, part, over, newest.over(lo), locks.over(lo))


def _finding(piece: _Piece, sent: dict[str, Sent], numbers: dict[str, int]) -> Finding | None:
    """The first thing that is wrong with a piece, the gravest first."""
    if len(piece.lines) > 1:
        return Finding.TWO_STATEMENTS
    if not piece.lines:
        assert piece.part is not None
        unlisted = None in _FITS[piece.part.state] and piece.newest is None
        return None if unlisted else Finding.MISSING_THERE
    (line,) = piece.lines
    if piece.part is None:
        return Finding.MISSING_HERE
    found = _finding_of_state(piece.part, line) or _finding_of_reference(piece, line, sent, numbers)
    return found or _finding_of_words(piece, line, sent[line.reference])


def _finding_of_state(part: Ours, line: Held) -> Finding | None:
    if line.holding in _FITS[part.state]:
        return None
    if part.state in _LIVE and line.holding is Holding.CANCELLED:
        return Finding.CANCELLED_THERE
    if part.state in _LIVE and line.holding is Holding.RELEASED:
        return Finding.RELEASED_THERE
    return Finding.OTHER_STATE


def _finding_of_reference(piece: _Piece, line: Held, sent: dict[str, Sent], numbers: dict[str, int]) -> Finding | None:
    """Whether a line names a request of ours that asked for just that, and is the last word about these serials.

    What waits for its answer may be done already, so it counts as well; while it waits, no later one is made.
    """
    request = sent.get(line.reference)
    if request is None:
        return Finding.LOCK_WITHOUT_REQUEST
    if request.space != line.space or MAKES[request.kind] is not line.holding:
        return Finding.OTHER_RANGE
    if not request.lo <= piece.lo < piece.hi <= request.hi:
        return Finding.OTHER_RANGE
    if request.status is RequestStatus.REFUSED:
        return Finding.OTHER_ANSWER
    overtaken = piece.newest is not None and numbers[request.reference] < numbers[piece.newest.reference]
    return Finding.OLD_REQUEST if overtaken else None


def _finding_of_words(piece: _Piece, line: Held, request: Sent) -> Finding | None:
    """Whether a line has the name and the receipt that belong to its request."""
    if line.holder != _naming(piece, request).name:
        return Finding.RELEASED_ELSEWHERE if request.kind is Kind.RELEASE else Finding.OTHER_ACCOUNT
    known = request.status is RequestStatus.CONFIRMED
    return Finding.RECEIPT_UNKNOWN if known and line.receipt != request.receipt else None


def _finding_of_record(piece: _Piece, sent: dict[str, Sent], outcomes: dict[str, tuple[str, str]]) -> Finding | None:
    """Whether a line that is right by itself has what waits for its answer as done, and the registry's own record of it
    says otherwise. What is answered is compared with the record as it is (:func:`_finding_of_request`).
    """
    for line in piece.lines:
        done = (RequestStatus.CONFIRMED.name, line.receipt)
        if sent[line.reference].status.is_open and outcomes.get(line.reference, done) != done:
            return Finding.TWO_STATEMENTS
    return None


def _naming(piece: _Piece, request: Sent) -> Sent:
    """The request that says in whose name serials are after this one. A cancellation changes no name: whoever has
    bought them here, in the registry they are cancelled in that of the firm for which they were locked.
    """
    return piece.lock if request.kind is Kind.CANCEL and piece.lock is not None else request


def _contradicted(finding: Finding, piece: _Piece, sent: dict[str, Sent]) -> Sent | None:
    """The request of ours that says otherwise than the registry's line, where a finding is about that."""
    if finding is Finding.OLD_REQUEST:
        return piece.newest
    if finding in (Finding.OTHER_ACCOUNT, Finding.RELEASED_ELSEWHERE):
        return _naming(piece, sent[piece.lines[0].reference])
    return None


def _discrepancy(finding: Finding, space: str, piece: _Piece, sent: dict[str, Sent]) -> Discrepancy:
    part, lines, contradicted = piece.part, piece.lines, _contradicted(finding, piece, sent)
    here = "" if part is None else f"{part.state.name} {part.owner}"
    if contradicted is not None:
        here = f"{here.rstrip()}: {contradicted.told()}"
    there = _listed(f"{one.holding} {one.holder} {one.reference} {one.receipt}".rstrip() for one in lines)
    lot, movable = (0, False) if part is None else (part.lot, part.state in _LIVE)
    reference = lines[0].reference if lines else ""
    return Discrepancy(finding, space, piece.lo, piece.hi, lot, reference, here, there, movable)


def _listed(statements: Iterable[str]) -> str:
    first = list(islice(statements, MOST_TOLD + 1))
    return " / ".join([*first[:MOST_TOLD], "…"] if len(first) > MOST_TOLD else first)


# --- request by request -----------------------------------------------------------------------------------------------


class _Parts:
    """Serials of ours that do not overlap, in order, so that those in a range are found at once."""

    def __init__(self, parts: Iterable[Ours]) -> None:
        self._parts = sorted(parts, key=lambda part: part.lo)
        self._lows = [part.lo for part in self._parts]

    def within(self, lo: int, hi: int) -> Iterator[Ours]:
        """Those that touch ``[lo, hi)``."""
        for at in range(max(bisect_right(self._lows, lo) - 1, 0), len(self._parts)):
            part = self._parts[at]
            if part.lo >= hi:
                return
            if lo < part.hi:
                yield part


def _compare_requests(ours: Sequence[Ours], sent: dict[str, Sent], recorded: list[Recorded]) -> Iterator[Discrepancy]:
    records: dict[str, list[Recorded]] = {}
    for record in recorded:
        records.setdefault(record.reference, []).append(record)
    yield from _strangers(ours, [records[reference][0] for reference in records.keys() - sent.keys()])
    by_lot: dict[int, list[Ours]] = {}
    for part in ours:
        by_lot.setdefault(part.lot, []).append(part)
    standing = {lot: _Parts(parts) for lot, parts in by_lot.items()}
    for reference, request in sorted(sent.items()):
        finding = _finding_of_request(request, records.get(reference, []))
        if finding is not None:
            here = f"{request.kind} {request.status.name} {request.receipt}".strip()
            there = _listed(map(_outcome, records.get(reference, ())))
            parts = standing[request.lot].within(request.lo, request.hi) if request.lot in standing else ()
            whole = Discrepancy(finding, request.space, request.lo, request.hi, 0, reference, here, there, False)
            yield from _told(whole, parts)


def _strangers(ours: Sequence[Ours], records: Iterable[Recorded]) -> Iterator[Discrepancy]:
    """What the registry has on record under references of which we have none. Each serial of ours is told of once, with
    the first of them, however many there are.
    """
    by_space: dict[str, list[Ours]] = {}
    for part in ours:
        by_space.setdefault(part.space, []).append(part)
    standing = {space: _Parts(parts) for space, parts in by_space.items()}
    told: dict[str, RangeSet] = {}
    for record in sorted(records, key=lambda record: (record.space, record.serial_lo, record.reference)):
        named, before = SerialRange(record.serial_lo, record.serial_hi), told.setdefault(record.space, RangeSet())
        known = standing.get(record.space, _Parts(()))
        parts = [part for new in list(before.missing_of(named)) for part in _cut(known.within(new.lo, new.hi), new)]
        before.add(named)
        finding, place = Finding.LOCK_WITHOUT_REQUEST, (record.space, named.lo, named.hi)
        yield from _told(Discrepancy(finding, *place, 0, record.reference, "", _outcome(record), False), parts)


def _cut(parts: Iterable[Ours], serials: SerialRange) -> Iterator[Ours]:
    return (replace(part, lo=max(part.lo, serials.lo), hi=min(part.hi, serials.hi)) for part in parts)


def _outcome(record: Recorded) -> str:
    return f"{record.kind} {record.outcome} {record.receipt}".strip()


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


def _told(whole: Discrepancy, parts: Iterable[Ours]) -> Iterator[Discrepancy]:
    """The discrepancy of a request, cut to what is here; whole, without a lot, where nothing is."""
    touched = [
        replace(whole, lo=part.lo, hi=part.hi, lot=part.lot, movable=part.state in _LIVE)
        for part in _cut(parts, SerialRange(whole.lo, whole.hi))
    ]
    yield from touched or (whole,)


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
