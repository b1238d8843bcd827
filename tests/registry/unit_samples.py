"""One good row of each registry's files, as short as it can be: without a day of issuance, which its tests add. What is
bare does not tell whether the units are retired either.
"""

from __future__ import annotations

from typing import Final

from exchange.registry.unit_forms import UnitForm

BARE: Final[dict[UnitForm, tuple[str, str]]] = {
    UnitForm.VERRA: (
        "ID,Quantity Issued,Vintage Start,Vintage End,Serial Number",
        "2498,100,01/01/2022,31/12/2022,12629-1001-1100-VCS-VCU-576-VER-CN-14-2498-01012022-31122022-0",
    ),
    UnitForm.GOLD_STANDARD: (
        "GSID,Quantity,Vintage,Serial Number",
        "GS7495,100,2022,GS1-1-CN-GS7495-16-2022-30645-1-100",
    ),
    UnitForm.CAR: (
        "Project ID,Quantity of Offset Credits,Vintage,Project Site Country,Offset Credit Serial Numbers",
        "CAR1480,100,2022,CN,CAR-1-CN-1480-46-1156-IM-2022-10272-1 to 100",
    ),
    UnitForm.ACR: (
        "Project ID,Quantity of Credits,Vintage,Project Site Country,Credit Serial Numbers",
        "ACR0934,100,2022,CN,ACR-CN-934-2022-2891-1 to 100",
    ),
}
"""Form → heading and row."""

TELLING: Final = {
    UnitForm.VERRA: ("Retirement/Cancellation Date", ""),
    UnitForm.GOLD_STANDARD: ("Credit Status", "Issued"),
}
"""Form → the column that each of its files has, and the cell of units that live."""


def _sample(form: UnitForm) -> tuple[str, str]:
    heading, row = BARE[form]
    column, cell = TELLING.get(form, ("", ""))
    return (f"{column},{heading}", f"{cell},{row}") if column else (heading, row)


SAMPLES: Final = {form: _sample(form) for form in UnitForm}
"""Form → heading and row of a file that is read."""
