"""The queries that look at the names by which tables tell projects, facilities, ground, serials and papers apart."""

from __future__ import annotations

from typing import Final

from exchange.store.double_count_words import FOLDED, FOLDED_NUMBER, SEPARATED, WORDING

_PLAIN: Final = (
    r"[ -~\u00a0\u00a7\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff"
    r"\u3000-\u3002\u3005\u3007-\u3011\u3014-\u3017\uff01-\uff5e]"
)
"""Signs and letters of Latin and of Chinese print, as :mod:`exchange.audit.double_count.names` has them."""

_CHINESE: Final = """
            SELECT convert_from(decode(to_hex(256 * zone + place), 'hex'), 'EUC_CN')
            FROM generate_series(176, 247) zone, generate_series(161, 254) place WHERE zone <> 215 OR place < 250"""
"""The Chinese characters of GB 2312, which has one form of each: zones of 94, of which one is not full."""

PATH: Final = rf"""(
            SELECT coalesce(string_agg(nullif({SEPARATED.format("part")}, '') || '/', '' ORDER BY n), '')
            FROM regexp_split_to_table(site_parcel, '[/／\\＼]') WITH ORDINALITY parts (part, n))"""
"""The way to ``site_parcel``, of names with a letter or digit in them; no stroke between two of them is another one."""

NAME_WRONG: Final = (
    # A letter that looks like another one hides a second spelling; dots and spaces alone are no name.
    f"""
        WITH names AS (
            SELECT 'project' AS what, code AS name FROM projects
            UNION SELECT 'project', source_facility FROM projects WHERE source_facility <> ''
            UNION SELECT 'project', site_parcel FROM project_sites
            UNION SELECT 'facility', unnest(ARRAY[code, operating_firm]) FROM facilities
            UNION SELECT 'obligation', facility_code FROM obligations
            UNION SELECT 'issuance', space_name FROM issuances
            UNION SELECT 'issuance', serial_text FROM issuances WHERE serial_text <> ''
            UNION SELECT 'paper', lock_reference FROM lots
            UNION SELECT 'paper', reference FROM lock_papers
            UNION SELECT 'receipt', receipt FROM registry_answers WHERE receipt <> ''
            UNION SELECT 'use', facility_code FROM claims WHERE facility_code <> ''
            UNION SELECT 'use', beneficiary_code FROM claims WHERE beneficiary_code <> ''),
        letters AS (
            SELECT DISTINCT what, name, regexp_split_to_table(name, '') AS letter FROM names WHERE name ~ '[^ -~]')
        SELECT what, name FROM names WHERE name !~ '[^ \\u00a0\\u3000.\\uff0e\\u3002\\u00b7]'
        UNION SELECT what, name FROM letters
        WHERE letter !~ '{_PLAIN}' AND letter NOT IN ({_CHINESE})""",
    # What is compared is the name itself.
    f"""
        SELECT what, name, compared FROM (
            SELECT 'project' AS what, code AS name, code_folded AS compared, {FOLDED.format("code")} AS folded
            FROM projects
            UNION ALL
            SELECT 'project', source_facility, facility, {FOLDED_NUMBER.format("source_facility")} FROM projects
            UNION ALL SELECT 'project', site_parcel, path, {PATH} FROM project_sites
            UNION ALL SELECT 'facility', code, facility, {FOLDED_NUMBER.format("code")} FROM facilities
            UNION ALL SELECT 'facility', operating_firm, firm, {FOLDED.format("operating_firm")} FROM facilities
            UNION ALL
            SELECT 'obligation', facility_code, facility, {FOLDED_NUMBER.format("facility_code")} FROM obligations
            UNION ALL SELECT 'use', facility_code, facility, {FOLDED_NUMBER.format("facility_code")} FROM claims
            UNION ALL SELECT 'use', beneficiary_code, beneficiary, {FOLDED.format("beneficiary_code")} FROM claims
            UNION ALL SELECT 'issuance', space_name, space_folded, {SEPARATED.format("space_name")} FROM issuances
            UNION ALL SELECT 'issuance', serial_text, serial_wording, {WORDING} FROM issuances
            UNION ALL SELECT 'paper', lock_reference, lock_folded, {FOLDED_NUMBER.format("lock_reference")} FROM lots
            UNION ALL SELECT 'receipt', receipt, receipt_folded, {FOLDED_NUMBER.format("receipt")}
                      FROM registry_answers WHERE receipt || receipt_folded <> ''
            UNION ALL SELECT 'bank', bank_reference, reference_folded, {FOLDED_NUMBER.format("bank_reference")}
                      FROM bank_references
        ) names WHERE compared <> folded""",
    # Nor is ground compared in another period than it was issued for; what stands on cancelled CCER took up nothing.
    """
        WITH issued AS (
            SELECT project_id, monitoring_start, monitoring_end, activity, path
            FROM (SELECT DISTINCT project_id, monitoring_start, monitoring_end FROM issuances
                  WHERE converted IS NULL) periods JOIN project_sites USING (project_id)),
        compared AS (SELECT project_id, monitoring_start, monitoring_end, activity, path FROM period_sites)
        SELECT 'period' AS what, project_id AS project, monitoring_start AS start, path AS compared
        FROM ((TABLE issued EXCEPT TABLE compared) UNION ALL (TABLE compared EXCEPT TABLE issued)) either""",
)
