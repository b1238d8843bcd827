"""The first tables: journal, ledger, credits, orders and everything beside them, as SQL in the folder ``0001``.

Plain SQL, because most of it is what a table builder has no words for: exclusion constraints, triggers, deferred
checks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FOLDER: Final = Path(__file__).with_name(revision)
DEPARTMENTS: Final = ("names", "journal", "ledger", "orders", "people", "markets", "governance", "agreements")
CREDITS: Final = (
    "projects",
    "credits",
    "units",
    "registry",
    "uses",
    "surrenders",
    "requests",
    "encumbrances",
    "encumbrance_guards",
    "conversions",
    "sources",
    "belongings",
)
FILES: Final = (*DEPARTMENTS, *CREDITS, "guards", "batches", "supervision", "packed", "vacuum")


def upgrade() -> None:
    """Make every table, trigger and function on an empty schema."""
    for name in FILES:
        _run(name)


def downgrade() -> None:
    """Remove them all, with their contents."""
    _run("drop")


def _run(name: str) -> None:
    """Run a file of many statements; only the driver's own ``execute`` takes more than one at a time."""
    script = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    connection = op.get_bind()
    connection.exec_driver_sql("SELECT 1")  # the adapter opens the transaction with its first statement
    driver = connection.connection.dbapi_connection
    assert driver is not None
    driver.run_async(lambda plain: plain.execute(script))
