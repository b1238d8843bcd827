"""Commands that bring units in: lots of an issuance, admitted to this venue, locked for it by the national registry."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.core.values import ImportId, IssuanceId, LotId, ParticipantId, PersonId


@dataclass(slots=True)
class AdmitLot:
    """Admit one serial block of an issuance to this venue for ``owner``; needs two persons.

    ``lock_reference`` is the number of the paper on which the units are locked for this venue; the person who approves
    reads it there again and enters it too. Where the unit is of the national registry, that is the owner's application,
    and the registry itself is asked next: nothing can be sold before it has confirmed.
    """

    actor: PersonId
    issuance: IssuanceId
    owner: ParticipantId
    serial_lo: int
    serial_hi: int
    lock_reference: str


@dataclass(slots=True)
class RequestLock:
    """Ask the national registry once more to lock what it has refused to lock; one person is enough."""

    actor: PersonId
    lot: LotId


@dataclass(slots=True)
class ReturnUnits:
    """Take serials of a lot back that went to the national market; needs two persons and a new lock.

    ``owner`` is who holds them there now, who need not be who took them out.
    """

    actor: PersonId
    lot: LotId
    owner: ParticipantId
    serial_lo: int
    serial_hi: int
    lock_reference: str


@dataclass(slots=True)
class ImportRow:
    """One line of a file of units, as it was read: the issuance's project, period and serials, and who shall have it.

    ``line`` is its place in the file.
    """

    line: int
    project: str
    monitoring_start: int
    monitoring_end: int
    verified: int
    applied_on: int
    space: str
    serial_text: str
    serial_lo: int
    serial_hi: int
    owner: ParticipantId
    lock_reference: str


@dataclass(slots=True)
class StageUnits:
    """Put rows of a file aside until all of them are there; ``staged`` 0 begins a new import."""

    actor: PersonId
    staged: ImportId
    rows: tuple[ImportRow, ...]


@dataclass(slots=True)
class CommitImport:
    """Issue and admit everything that was staged, or nothing; needs two persons.

    ``rows_hash`` is the SHA-256 over the canonical bytes of all rows, so that both approve the same ones.
    """

    actor: PersonId
    staged: ImportId
    rows_hash: bytes
