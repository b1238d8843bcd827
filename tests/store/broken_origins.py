"""How a constraint is broken, and the rows that break those of projects and of what was issued to them; see
:mod:`tests.store.broken_rows`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

FAR: Final = "'lo', 1000000000000000, 'hi', 1000000000000005"
"""Serials that nobody has."""

NOTHING: Final = "'lo', 0, 'hi', 1"
"""Serials begin with 1."""


@dataclass(frozen=True)
class Broken:
    """How the constraints of one table are broken. ``implied`` are those that cannot be broken alone, with those that
    are broken as well: most are there for foreign keys to name, and hold a primary key and a column besides.
    """

    base: str
    alone: dict[str, tuple[str, ...]]
    implied: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    where: str = "true"


ORIGINS: Final = {
    "projects": Broken(
        "'project_id', 7, 'code', 'FORGED', 'code_folded', 'forged'",
        {
            "projects_activity_fits": ("'activity', CASE WHEN t.activity <= 5 THEN 6 ELSE 1 END",),
            "projects_code_once": ("'code', t.code, 'code_folded', t.code_folded",),
            "projects_crediting": ("'crediting_end', t.crediting_start - 1",),
            "projects_named": (
                "'code', 'Ж', 'code_folded', 'Ж'",
                "'code', '內', 'code_folded', '內'",
                "'code', ' . ', 'code_folded', ''",
                "'code_folded', 'forged2'",
                "'code', 'ＦＯＲＧＥＤ ２'",
            ),
            "projects_pkey": ("'project_id', t.project_id, 'activity', 12",),
            "projects_source_named": (
                "'source_facility', 'Ж', 'facility', 'Ж'",
                "'facility', ''",
                "'source_facility', ''",
            ),
        },
        {"projects_for_sites": ("'project_id', t.project_id", ("projects_pkey",))},
        "activity <> 12 AND facility <> ''",
    ),
    "project_sites": Broken(
        "'n', 700, 'site_parcel', 'Forged', 'path', 'forged/'",
        {
            "project_sites_named": (
                "'path', 'other/'",
                "'site_parcel', 'Forged／ /2.'",
                "'site_parcel', 'Ж', 'path', 'Ж/'",
            ),
            "project_sites_of_a_project": ("'activity', t.activity + 1", "'project_id', 7"),
            "project_sites_path_is_one": (
                "'site_parcel', '/ - /', 'path', ''",
                "'site_parcel', repeat('a/', 9), 'path', repeat('a/', 9)",
            ),
            "project_sites_path_once": ("'site_parcel', t.site_parcel, 'path', t.path",),
            "project_sites_pkey": ("'n', t.n",),
        },
    ),
    "facilities": Broken(
        "'seq', 7",
        {
            "facilities_covered": (
                "'covered_from', 2024, 'covered_to', 2023",
                "'covered_from', 0, 'covered_to', 2023",
            ),
            "facilities_named": (
                "'facility', 'another'",
                "'firm', 'another'",
                "'code', 'Ж', 'facility', 'Ж'",
                "'operating_firm', '', 'firm', ''",
            ),
            "facilities_pkey": ("'seq', t.seq",),
        },
    ),
    "monitoring_periods": Broken(
        "'monitoring_start', 20300101, 'monitoring_end', 20301231",
        {
            "monitoring_periods_in_order": ("'monitoring_end', 20291231",),
            "monitoring_periods_not_exceeded": ("'issued', 0", "'issued', t.verified + 1"),
            "monitoring_periods_pkey": ("'monitoring_start', t.monitoring_start, 'monitoring_end', t.monitoring_end",),
            "monitoring_periods_project_id_fkey": ("'project_id', 7",),
        },
    ),
    "period_sites": Broken(
        "'project_id', 7, 'path', 'forged/'",
        {
            "period_sites_never_overlap": (
                "'path', t.path",
                "'path', t.path || 'part/'",
                "'path', t.path, 'activity', 12",
                "'path', t.path, 'monitoring_start', t.monitoring_end",
            ),
            "period_sites_pkey": ("'project_id', t.project_id, 'path', t.path, 'activity', 6",),
        },
        where="activity <= 5",
    ),
    "issuances": Broken(
        "'issuance_id', 7, 'lo', 1000000000000, 'hi', 1000000000005",
        {
            "issuances_never_overlap": ("'lo', t.lo, 'hi', t.hi", "'lo', t.hi - 1, 'hi', t.hi"),
            "issuances_of_one_year": ("'vintage', t.vintage + 1", "'monitoring_end', t.monitoring_end + 10000"),
            "issuances_pkey": ("'issuance_id', t.issuance_id",),
            "issuances_project_id_fkey": ("'project_id', 7",),
            "issuances_range": (NOTHING, "'hi', 1000000000000"),
            "issuances_serials_are_worded": (
                "'serial_text', 'A-{lo}-{hi}'",
                "'serial_wording', 'a{}'",
                "'serial_text', 'A-7', 'serial_wording', 'a7{}a7'",
                "'serial_text', 'Ж{lo}-{hi}', 'serial_wording', 'Ж{}'",
            ),
            "issuances_space_is_a_name": (
                "'space_name', '', 'space_folded', ''",
                "'space_name', 'Ä', 'space_folded', 'ä'",
                "'space_folded', 'another'",
                "'space_name', t.space_name || '2'",
            ),
        },
        {
            "issuances_for_lots": (
                "'issuance_id', t.issuance_id, 'lo', t.lo, 'hi', t.hi",
                ("issuances_pkey", "issuances_never_overlap"),
            )
        },
    ),
    "serial_spaces": Broken(
        "'space_id', 7, 'name', 'forged'",
        {"serial_spaces_name_once": ("'name', t.name",), "serial_spaces_pkey": ("'space_id', t.space_id",)},
        {
            "serial_spaces_for_issuances": (
                "'space_id', t.space_id, 'name', t.name",
                ("serial_spaces_pkey", "serial_spaces_name_once"),
            )
        },
    ),
    "serial_wordings": Broken(
        "'wording', 'forged'",
        {"serial_wordings_of_one_space": ("'wording', t.wording, 'space_id', 7",)},
        {"serial_wordings_for_issuances": ("'wording', t.wording", ("serial_wordings_of_one_space",))},
    ),
}
