"""The queries by which tables are asked whether units come from a facility of the national market, and are held if so.

A part of :mod:`exchange.store.double_count_checks`; like everything there they look at no trigger's bookkeeping.
"""

from __future__ import annotations

from typing import Final

from exchange.core.commands.encumbrances import EncumbranceKind
from exchange.store.double_count_holds import FOR_EVER

_COVERED: Final = f"""
        WITH known AS (
            SELECT facility, covered_from, covered_to, seq,
                   coalesce(lead(seq) OVER (PARTITION BY facility ORDER BY seq), {FOR_EVER}) AS until FROM facilities),
        covered AS (
            SELECT i.project_id, i.vintage, i.issuance_id, i.seq AS issued, k.seq AS since, k.until, p.source_facility
            FROM known k JOIN projects p USING (facility) JOIN issuances i USING (project_id)
            WHERE p.facility <> '' AND 0 < covered_from AND covered_from <= i.vintage
              AND (covered_to = 0 OR i.vintage <= covered_to))"""
"""Issuances, with the entries between which their facility was known as inside the national market for their year."""

_HELD_BY: Final = f"e.lot_id IS NULL AND e.set_by IS NULL AND e.kind = {int(EncumbranceKind.SUSPENSION)}"
"""Whether an encumbrance ``e`` is by the program, about a project: so it holds what a facility has yielded."""

SOURCE_COVERED: Final = (
    f"""{_COVERED}
        SELECT issuance_id AS issuance, source_facility AS facility, vintage AS year FROM covered
        WHERE since < issued AND issued <= until""",
    f"""{_COVERED}
        SELECT lot_id AS lot, source_facility AS facility, vintage AS year FROM covered JOIN lots l USING (issuance_id)
        WHERE since < l.seq AND l.seq <= until""",
    # Held from the entry on in which the facility was entered so, as long as it was known so.
    f"""{_COVERED}
        SELECT DISTINCT c.project_id AS project, c.vintage AS year, since AS seq FROM covered c
        WHERE issued < since AND NOT EXISTS (
            SELECT FROM encumbrances e
            WHERE {_HELD_BY} AND e.project_id = c.project_id AND e.vintage = c.vintage
              AND e.seq <= since AND coalesce(until <= e.lifted_seq, true))""",
    f"""{_COVERED}
        SELECT m.lot_id AS lot, m.lo, m.hi, m.seq
        FROM covered JOIN lots USING (issuance_id) JOIN movements m USING (lot_id)
        WHERE m.source > 0 AND m.target > 0 AND since < m.seq AND m.seq <= until""",
    # 7 chosen for a use, 10 retired, 12 exported, 13 chosen for a release.
    f"""{_COVERED}
        SELECT s.lot_id AS lot, s.lo, s.hi, s.cause, s.seq
        FROM covered JOIN lots USING (issuance_id) JOIN parcel_changes s USING (lot_id)
        WHERE s.cause IN (7, 10, 12, 13) AND since < s.seq AND s.seq <= until""",
)

HELD_WITHOUT_SOURCE: Final = (
    f"""{_COVERED}
        SELECT e.encumbrance_id AS encumbrance, e.project_id AS project, e.vintage AS year FROM encumbrances e
        WHERE {_HELD_BY} AND NOT EXISTS (
            SELECT FROM covered c
            WHERE c.project_id = e.project_id AND c.vintage = e.vintage AND c.since <= e.seq AND e.seq <= c.until)""",
)
"""The program holds units of a project although no facility of the national market has yielded them."""
