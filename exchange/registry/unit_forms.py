"""Which column is what in the files of units that registries publish, and how an operator says it for others."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from exchange.core.credits.spelling import folded
from exchange.registry.serial_shapes import ACR, CAR, GOLD_STANDARD, VERRA, Shape

OWNER: Final = "owner"
LOCK_REFERENCE: Final = "lock_reference"
ADDED: Final = ("project", "verified", "applied_on")
"""Columns that an operator may add to any file, beside those two; what they say goes before everything else."""

_OF_AN_END: Final = (
    *("retire", "cancel", "redeem", "redempt", "surrender", "revok"),
    *("注销", "取消", "赎回", "清缴", "抵销", "抵消", "作废", "撤销", "已使用", "使用日"),
)
_OF_A_BUFFER: Final = ("buffer", "缓冲")
"""What a registry keeps back against losses is nobody's to sell. American files count it: 0 says that there is none."""
_OF_A_STATUS: Final = ("status", "状态")
_LIVE_ANYWHERE: Final = ("ISSUED", "ACTIVE")
"""What may stand in a column about a status of which a form knows nothing."""

Names = tuple[str, ...]
"""The names that one column has in files of different years; the first one that is there counts."""


@dataclass(frozen=True, slots=True)
class Form:
    """The columns of one registry's files, and how their serials and days are written.

    ``start`` and ``end`` are the days of the period, ``year`` the vintage where a file has no days; ``ended`` are the
    columns that say that a block was retired or cancelled, and so does any ``status`` of ``ended_words``; any other but
    ``live_words`` is unknown, and so is a row without one where there are such words. ``without_meaning`` are columns
    that by their names may say so and do not. ``country`` is only compared with the serials.
    ``day_first`` is for days with slashes. ``owner`` and ``lock_reference`` are no registry's: the operator adds them.
    ``named`` are columns that must be there because the operator has named them. ``tells_ended`` are columns of which
    one is in every file of the registry: without it units that are long retired would look like live ones.
    """

    shape: Shape | None
    serials: Names
    project: Names
    quantity: Names
    start: Names = ()
    end: Names = ()
    year: Names = ()
    verified: Names = ()
    issued_on: Names = ()
    ended: Names = ()
    ended_words: Names = ()
    live_words: Names = ()
    status: Names = ()
    without_meaning: Names = ()
    country: Names = ()
    day_first: bool = True
    owner: Names = (OWNER,)
    lock_reference: Names = (LOCK_REFERENCE,)
    named: Names = ()
    tells_ended: Names = ()

    def used(self) -> frozenset[str]:
        """All columns of which something is read, where they are there."""
        read = (self.serials, self.project, self.quantity, self.start, self.end, self.year, self.verified)
        more = (self.issued_on, self.ended, self.status, self.country, self.owner, self.lock_reference, self.named)
        return frozenset(name for names in (*read, *more, ADDED) for name in names)

    def doubts(self, names: Iterable[str]) -> Names:
        """The columns that the form does not read although by their names they may tell what is gone."""
        known = {*self.used(), *self.without_meaning}
        tells = (_tells_an_end, _tells_of_a_buffer, _tells_a_status)
        return tuple(name for name in names if name not in known and any(one(name) for one in tells))

    @property
    def slashed(self) -> str:
        """How days with slashes are read, as people are told it."""
        return "DD/MM/YYYY" if self.day_first else "MM/DD/YYYY"


def leaves_a_doubt(name: str, cell: str) -> bool:
    """Whether a cell of such a column leaves it open if the units are still there."""
    if _tells_of_a_buffer(name):
        return cell not in ("", "0")
    is_live = cell.upper() in _LIVE_ANYWHERE and not _tells_an_end(name)
    return bool(cell) and not is_live


def _tells_an_end(name: str) -> bool:
    return any(word in folded(name) for word in _OF_AN_END)


def _tells_of_a_buffer(name: str) -> bool:
    return any(word in folded(name) for word in _OF_A_BUFFER)


def _tells_a_status(name: str) -> bool:
    return any(word in folded(name) for word in _OF_A_STATUS)


@dataclass(frozen=True, slots=True)
class Mapping:
    """A form of the operator's own, for CCER: which column is what, and how serials are written.

    ``columns`` names the column of each of ``serials`` (or ``serial_lo`` and ``serial_hi``), ``project``, ``quantity``,
    ``start`` and ``end`` or ``year``, and of ``owner`` and ``lock_reference`` where they have other names than these;
    ``template`` writes a range, as ``CCER-{lo:9}-{hi:9}``, or ``{lo}-{hi}`` for plain numbers in two columns;
    ``space`` is the serial space of all rows.
    """

    columns: AnyMapping[str, str]
    template: str
    space: str


class UnitForm(StrEnum):
    """Whose files are known."""

    VERRA = "VERRA"
    GOLD_STANDARD = "GOLD_STANDARD"
    CAR = "CAR"
    ACR = "ACR"


_ENDED_IN_NORTH_AMERICA: Final = (
    "Retirement Reason",
    "Cancellation Reason",
    "Cancellation Type",
    "Date Retired",
    "Retirement Date",
    "Cancellation Date",
)
"""Both American registries stand on one system: each is taken to have the columns of the other."""

FORMS: Final[dict[UnitForm, Form]] = {
    UnitForm.VERRA: Form(
        VERRA,
        serials=("Serial Number",),
        project=("ID",),
        quantity=("Quantity Issued",),
        start=("Vintage Start",),
        end=("Vintage End",),
        verified=("Total Vintage Quantity",),
        issued_on=("Issuance Date",),
        ended=("Retirement/Cancellation Date",),
        tells_ended=("Retirement/Cancellation Date",),
    ),
    UnitForm.GOLD_STANDARD: Form(
        GOLD_STANDARD,
        serials=("Serial Number",),
        project=("GSID", "Project ID"),
        quantity=("Quantity", "Number of Credits"),
        start=("Monitoring Period Start Date",),
        end=("Monitoring Period End Date",),
        year=("Vintage",),
        issued_on=("Issuance Date",),
        ended=("Retirement Date", "Cancellation Date"),
        ended_words=("RETIRED", "CANCELLED"),
        live_words=("ISSUED",),
        status=("Credit Status", "Status"),
        tells_ended=("Credit Status", "Status"),
    ),
    UnitForm.CAR: Form(
        CAR,
        serials=("Offset Credit Serial Numbers",),
        project=("Project ID",),
        quantity=("Quantity of Offset Credits", "Total Offset Credits Issued"),
        year=("Vintage",),
        issued_on=("Date Issued",),
        ended=_ENDED_IN_NORTH_AMERICA,
        without_meaning=("Status Effective",),
        country=("Project Site Country",),
        day_first=False,
    ),
    UnitForm.ACR: Form(
        ACR,
        serials=("Credit Serial Numbers", "Offset Credit Serial Numbers"),
        project=("Project ID",),
        quantity=("Quantity of Credits", "Credits Issued to Project", "Total Credits Issued"),
        start=("Vintage Assignment Period Start Date",),
        end=("Vintage Assignment Period End Date",),
        year=("Vintage",),
        issued_on=("Date Issued",),
        ended=_ENDED_IN_NORTH_AMERICA,
        without_meaning=("Status Effective",),
        country=("Project Site Country",),
        day_first=False,
    ),
}
"""Columns as the registries' public reports have them."""


def form_of(mapping: Mapping) -> Form:
    """The form that an operator's mapping is."""

    def column(name: str, unless: Names = ()) -> Names:
        return (mapping.columns[name],) if name in mapping.columns else unless

    return Form(
        None,
        serials=column("serials") or column("serial_lo"),
        project=column("project"),
        quantity=column("quantity"),
        start=column("start"),
        end=column("end"),
        year=column("year"),
        verified=column("verified"),
        issued_on=column("issued_on"),
        ended=column("ended"),
        owner=column("owner", (OWNER,)),
        lock_reference=column("lock_reference", (LOCK_REFERENCE,)),
        named=tuple(mapping.columns.values()),
    )
