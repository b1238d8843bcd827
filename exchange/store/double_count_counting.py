"""The queries for what the tables say that a tonne counts by, to be held against the log, which alone knows it.

The words are those of :mod:`exchange.audit.double_count.counting`, name by name.
"""

from __future__ import annotations

from typing import Final

USES: Final = """
    SELECT claim_id, json_build_object(
        'proposal', coalesce(proposal_id, 0), 'firm', participant_id, 'purpose', purpose, 'for_en', beneficiary_en,
        'for_zh', beneficiary_zh, 'for_code', beneficiary_code, 'facility', facility_code, 'year', year,
        'project', project, 'intensity', intensity, 'neutrality', neutrality, 'event', event, 'event_day', event_day,
        'province', province, 'league', league, 'chosen', chosen, 'tonnes', quantity, 'ratio', ratio, 'covers', covers,
        'reversal', coalesce(reversal_id, 0), 'day', coalesce(day, 0), 'made_by', seq,
        'done_by', coalesce(fulfilled_seq, 0), 'revoked_by', coalesce(revoked_seq, 0),
        'reason', coalesce(revoke_reason, ''))::text AS words
    FROM claims"""

PROJECTS: Final = """
    SELECT project_id, json_build_object(
        'code', code, 'family', family, 'mechanism', mechanism, 'registry', registry, 'name_en', name_en,
        'name_zh', name_zh, 'methodology', methodology, 'activity', p.activity, 'league', league,
        'source', source_category, 'facility', source_facility, 'generation', ccer_generation, 'started', started,
        'credited_from', crediting_start, 'credited_to', crediting_end, 'estimate', estimate_kg,
        'over', estimate_years, 'declaration', uniqueness_declaration,
        'sites', encode(sha256(convert_to(coalesce(s.sites, ''), 'UTF8')), 'hex'))::text AS words
    FROM projects p LEFT JOIN (
        SELECT project_id, string_agg(site_parcel, E'\\n' ORDER BY n) AS sites FROM project_sites GROUP BY project_id) s
    USING (project_id)"""

FACILITIES: Final = """
    SELECT format('%s by entry %s', facility, seq) AS which, json_build_object(
        'code', code, 'name_en', name_en, 'name_zh', name_zh, 'firm', operating_firm, 'sector', sector,
        'league', league, 'covered_from', covered_from, 'covered_to', covered_to)::text AS words
    FROM facilities
    UNION ALL SELECT format('%s in %s by entry %s', facility, year, seq),
                     json_build_object('code', facility_code, 'due', due)::text
    FROM obligations"""

ADJUSTMENTS: Final = """
    SELECT seq || '/' || n AS place, json_build_object(
        'source', source, 'used_in', used_in, 'province', province, 'year', year, 'tonnes', quantity,
        'subject', subject)::text AS words
    FROM budget_entries"""

STEPS: Final = """
    SELECT lot_id, encode(sha256(convert_to(string_agg(
        seq || ':' || lo || '-' || hi || ':' || owner || ':' || cause || ':' || subject || ';', '' ORDER BY seq, n),
        'UTF8')), 'hex') AS words
    FROM parcel_changes GROUP BY lot_id"""
