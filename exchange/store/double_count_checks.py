"""The queries by which tables are asked whether a tonne is counted twice (:mod:`exchange.store.double_count`).

No query here looks at the journal's events, at a trigger's bookkeeping (coverage, standings, balances) or at a
constraint: everything is added up again from the rows that the projections wrote, and held to rules that stand in
:mod:`exchange.store.double_count_rules` and are made from nobody else's. Most questions of the kind "do these
ranges cover exactly those" are answered by edges: a range adds 1 at its first serial and takes 1 off behind its last,
its counterpart does the opposite, and where the two agree nothing is left at any serial. That is exact, and one pass.
"""

from __future__ import annotations

from typing import Final

from exchange.core.commands.credits import ReturnUnits
from exchange.core.commands.registry import AnswerOnPaper
from exchange.store.double_count_agreed import ADMITTED_AS_AGREED, FILE_AS_AGREED, NOT_AS_AGREED
from exchange.store.double_count_claims import BUDGET_OF_THE_USE, CLAIM_WRONG
from exchange.store.double_count_conversions import CONVERSION_WRONG, MOVED_IN_DOUBT
from exchange.store.double_count_holds import AWAY, HELD_MISCOUNTED, HELD_MOVED
from exchange.store.double_count_leader import LEADER_WRONG
from exchange.store.double_count_losses import LOSS_AS_AGREED, LOSS_WRONG, REPLACED_WRONG
from exchange.store.double_count_names import NAME_WRONG
from exchange.store.double_count_people import LET_IN_ALONE, ONE_PERSON, ROLE_WRONG, is_of
from exchange.store.double_count_requests import ASKED_WRONG, ENDED_WRONG, NOT_DONE, REFERENCE_WRONG, TAKEN_BACK
from exchange.store.double_count_rules import STEPS
from exchange.store.double_count_sources import HELD_WITHOUT_SOURCE, SOURCE_COVERED
from exchange.store.double_count_statements import (
    ANSWER_WRONG,
    NO_STATEMENT,
    NOT_LOCKED,
    READ_ON_PAPER,
    RECEIPT_TWICE,
)
from exchange.store.double_count_words import FOLDED_NUMBER, SEPARATED, SHAPED

_PAPER_AT: Final = 47
"""In those of a proposal to take units back the lock's reference stands at the end, behind its length."""

_RULE: Final = (
    "(SELECT max(value) FROM rules WHERE rule = '{rule}' AND version = ("
    "SELECT version FROM rulebooks b WHERE b.seq < {at}.seq ORDER BY b.seq DESC LIMIT 1))"
)
"""The value of a rule in the version that was in force; of several dates in one version the mildest value. The proof
from the log goes by the trading day.
"""

_ASKED: Final = """
        WITH moments AS (
            SELECT claim_id, seq FROM claims WHERE facility <> ''
            UNION SELECT claim_id, p.last_seq FROM claims JOIN proposals p USING (proposal_id)
                  WHERE facility <> '' AND p.status = 2)"""
"""When a use for a facility was proposed, and when it was approved: it must be right by what was known before each."""

CHECKS: Final[dict[str, tuple[str, ...]]] = {
    "LEADER-WRONG": LEADER_WRONG,
    "ISSUED-TWICE": (
        """
        SELECT issuance_id AS issuance, space_id AS space, lo, hi FROM (
            SELECT issuance_id, space_id, lo, hi, max(hi) OVER before AS taken FROM issuances
            WINDOW before AS (PARTITION BY space_id ORDER BY lo, hi, issuance_id
                              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) ranges
        WHERE lo < taken""",
    ),
    "SPACE-TWICE": (
        f"""
        SELECT min(space_name) AS space, max(space_name) AS other, count(DISTINCT space_id) AS numbers
        FROM issuances GROUP BY {SEPARATED.format("space_name")}
        HAVING count(DISTINCT space_id) > 1 OR count(DISTINCT space_name) > 1""",
        """
        SELECT space_id AS space, min(space_name) AS name, max(space_name) AS other
        FROM issuances GROUP BY space_id HAVING count(DISTINCT space_name) > 1""",
        # What serials say besides their numbers: said in two spaces, two tonnes would have the same serial.
        f"""
        SELECT min(space_name) AS space, max(space_name) AS other, min(serial_text) AS serials FROM (
            SELECT *, {SEPARATED.format("split_part(serial_text, '{lo', 1)")} AS front,
                   {SEPARATED.format("regexp_replace(serial_text, '^.*[{]hi[^}]*[}]', '')")} AS back
            FROM issuances WHERE serial_text <> '') texts
        WHERE front || back <> '' GROUP BY front, back HAVING count(DISTINCT space_id) > 1""",
        # One text in which now these numbers are the serials and now those.
        f"""
        SELECT min(space_name) AS space, max(space_name) AS other, min(serial_text) AS serials FROM (
            SELECT *, {SHAPED} AS shape, cardinality(regexp_split_to_array(
                       normalize(split_part(serial_text, '{{lo', 1), NFKC), '[0-9]+')) AS place
            FROM issuances WHERE serial_text <> '') texts
        WHERE shape <> '##' GROUP BY shape HAVING count(DISTINCT place) > 1""",
    ),
    "NAME-WRONG": NAME_WRONG,
    "GROUND-TWICE": (
        # Every place with those that it lies in; two uses of ground meet where one is the other's place or around it.
        # 1 to 5 are what land does to take carbon up, 12 is OTHER, which may be any.
        """
        WITH periods AS (
            SELECT DISTINCT project_id, monitoring_start AS first, monitoring_end AS last FROM issuances
            WHERE converted IS NULL),
        uses AS (
            SELECT p.*, s.activity, s.path FROM periods p JOIN project_sites s USING (project_id)),
        around AS (
            SELECT u.*, left(u.path, n) AS place FROM uses u, generate_series(1, length(u.path)) n
            WHERE substr(u.path, n, 1) = '/')
        SELECT DISTINCT i.path AS ground, i.activity, i.project_id AS project, o.project_id AS other
        FROM around i JOIN uses o ON o.path = i.place
        AND (o.activity = i.activity OR greatest(o.activity, i.activity) <= 5 OR 12 IN (o.activity, i.activity))
        WHERE (i.project_id, i.first, i.last) <> (o.project_id, o.first, o.last)
          AND i.first <= o.last AND o.first <= i.last""",
    ),
    # Land (1 to 5) is where sinks are, quota of the fifth category among them; what is OTHER (12) meets everything.
    "ACTIVITY-WRONG": (
        """
        SELECT project_id AS project, family, source_category AS category, activity FROM projects
        WHERE activity <> 12 AND (activity BETWEEN 1 AND 5) <> (family IN (1, 3) OR source_category = 5)""",
    ),
    "NO-GROUND": (
        """
        SELECT issuance_id AS issuance, project_id AS project FROM issuances
        WHERE project_id NOT IN (SELECT project_id FROM project_sites)""",
    ),
    "OVER-VERIFIED": (
        """
        SELECT project_id AS project, monitoring_start AS start, sum(hi - lo) AS issued, min(verified) AS verified
        FROM issuances GROUP BY project_id, monitoring_start, monitoring_end
        HAVING sum(hi - lo) > min(verified) OR min(verified) <> max(verified)""",
    ),
    "PERIOD-WRONG": (
        """
        SELECT issuance_id AS issuance, monitoring_start AS start, monitoring_end AS end, vintage
        FROM issuances i LEFT JOIN projects p USING (project_id)
        WHERE (crediting_start <= monitoring_start AND monitoring_start <= monitoring_end
               AND monitoring_end <= crediting_end
               AND monitoring_start / 10000 = vintage AND monitoring_end / 10000 = vintage) IS NOT TRUE""",
    ),
    "SOURCE-COVERED": SOURCE_COVERED,
    "CONVERSION-WRONG": CONVERSION_WRONG,
    "PAPER-TWICE": (
        # The papers of lots that came in, and of units that came back, which two persons have agreed to.
        f"""
        SELECT min(paper) AS reference, count(*) AS times FROM (
            SELECT lock_reference AS paper FROM lots
            UNION ALL SELECT convert_from(substr(action, {_PAPER_AT}), 'UTF8') FROM proposals
                      WHERE status = 2 AND {is_of(ReturnUnits)}) papers
        GROUP BY {FOLDED_NUMBER.format("paper")} HAVING count(*) > 1""",
    ),
    "ADMITTED-TWICE": (
        """
        SELECT lot_id AS lot, space_id AS space, lo, hi FROM (
            SELECT lot_id, space_id, lo, hi, max(hi) OVER before AS taken FROM lots
            WINDOW before AS (PARTITION BY space_id ORDER BY lo, hi, lot_id
                              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) ranges
        WHERE lo < taken""",
    ),
    "OUTSIDE-ISSUANCE": (
        """
        SELECT l.lot_id AS lot, l.lo, l.hi, l.issuance_id AS issuance
        FROM lots l LEFT JOIN issuances i USING (issuance_id)
        WHERE (i.lo <= l.lo AND l.lo < l.hi AND l.hi <= i.hi AND l.space_id = i.space_id) IS NOT TRUE""",
    ),
    "TWO-PLACES": (
        # A lot is 1 over its serials, its parcels take it off again.
        """
        SELECT lot_id AS lot, serial, sum(edge) AS surplus FROM (
            SELECT lot_id, lo AS serial, -1 AS edge FROM lots UNION ALL SELECT lot_id, hi, 1 FROM lots
            UNION ALL SELECT lot_id, lo, 1 FROM parcels UNION ALL SELECT lot_id, hi, -1 FROM parcels) edges
        GROUP BY lot_id, serial HAVING sum(edge) <> 0""",
        """
        SELECT space_id AS space, lot_id AS lot, lo, hi FROM (
            SELECT l.space_id, p.lot_id, p.lo, p.hi, max(p.hi) OVER before AS taken
            FROM parcels p JOIN lots l USING (lot_id)
            WINDOW before AS (PARTITION BY l.space_id ORDER BY p.lo, p.hi, p.lot_id
                              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) ranges
        WHERE lo < taken""",
    ),
    "MOVED-UNTOLD": (
        # What came to a firm less what left it is what it has on its account.
        f"""
        SELECT lot_id AS lot, firm, serial, sum(edge) AS surplus FROM (
            SELECT lot_id, target AS firm, lo AS serial, -1 AS edge FROM movements
            UNION ALL SELECT lot_id, target, hi, 1 FROM movements
            UNION ALL SELECT lot_id, source, lo, 1 FROM movements
            UNION ALL SELECT lot_id, source, hi, -1 FROM movements
            UNION ALL SELECT lot_id, owner, lo, 1 FROM parcels WHERE state NOT IN {AWAY}
            UNION ALL SELECT lot_id, owner, hi, -1 FROM parcels WHERE state NOT IN {AWAY}) edges
        WHERE firm > 0 GROUP BY lot_id, firm, serial HAVING sum(edge) <> 0""",
    ),
    "STEP-UNTOLD": (
        # What was brought into a state less what was taken out of it is what stands there.
        """
        SELECT lot_id AS lot, tag, state, serial, sum(edge) AS surplus FROM (
            SELECT lot_id, tag, state, lo AS serial, -1 AS edge FROM parcel_changes
            UNION ALL SELECT lot_id, tag, state, hi, 1 FROM parcel_changes
            UNION ALL SELECT lot_id, tag_before, state_before, lo, 1 FROM parcel_changes
            UNION ALL SELECT lot_id, tag_before, state_before, hi, -1 FROM parcel_changes
            UNION ALL SELECT lot_id, tag, state, lo, 1 FROM parcels
            UNION ALL SELECT lot_id, tag, state, hi, -1 FROM parcels) edges
        WHERE state > 0 GROUP BY lot_id, tag, state, serial HAVING sum(edge) <> 0""",
    ),
    "STEP-FORBIDDEN": (
        f"""
        SELECT DISTINCT c.lot_id AS lot, c.tag_before, c.state_before, c.tag, c.state, c.cause FROM parcel_changes c
        WHERE (c.tag_before, c.state_before, c.tag, c.state, c.cause) NOT IN (VALUES {STEPS})""",
        f"""
        SELECT tag_before, state_before, tag, state, cause FROM parcel_transitions EXCEPT VALUES {STEPS}""",
    ),
    "TWO-CLAIMS": (
        """
        SELECT lot_id AS lot, lo, hi, number AS end FROM (
            SELECT lot_id, lo, hi, number, max(hi) OVER before AS taken FROM (
                SELECT lot_id, lo, hi, claim_id AS number FROM claim_ranges WHERE status < 3
                UNION ALL SELECT lot_id, lo, hi, release_id FROM release_ranges WHERE status = 1) chosen
            WINDOW before AS (PARTITION BY lot_id ORDER BY lo, hi, number
                              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) ranges
        WHERE lo < taken""",
    ),
    "CLAIM-WRONG": CLAIM_WRONG,
    "PURPOSE-WRONG": (
        """
        SELECT DISTINCT c.claim_id AS claim, c.purpose, r.lot_id AS lot
        FROM claims c JOIN claim_ranges r USING (claim_id) JOIN lots l USING (lot_id)
        JOIN issuances i USING (issuance_id) JOIN projects p ON p.project_id = i.project_id
        WHERE c.purpose IN (1, 8) AND p.family <> 1""",
        # 1 a surrender, 2 an offset for a new project: for which facility, year and firm.
        """
        SELECT claim_id AS claim, purpose, facility, year, beneficiary AS firm FROM claims
        WHERE purpose IN (1, 2) AND (facility = '' OR year = 0 OR (purpose = 2 AND beneficiary = ''))""",
        # CCER of the old generation, surrendered on a trading day on which the rule lets them no more.
        f"""{_ASKED}
        SELECT DISTINCT c.claim_id AS claim, c.purpose, r.lot_id AS lot
        FROM moments m JOIN claims c USING (claim_id) JOIN claim_ranges r USING (claim_id) JOIN lots l USING (lot_id)
        JOIN issuances i USING (issuance_id) JOIN projects p ON p.project_id = i.project_id
        WHERE c.purpose = 1 AND p.ccer_generation = 1
          AND (SELECT day FROM trading_days d WHERE d.seq < m.seq ORDER BY d.seq DESC LIMIT 1)
              >= {_RULE.format(rule="OLD-CCER", at="m")}""",
        # What no national registry keeps, on its way to the national market.
        """
        SELECT DISTINCT r.release_id AS release, r.lot_id AS lot
        FROM release_ranges r JOIN lots l USING (lot_id) JOIN issuances i USING (issuance_id)
        JOIN projects p ON p.project_id = i.project_id WHERE p.family <> 1""",
    ),
    "BUYER-COVERED": (
        # By what was known of the facility at the time; and of the firm's other ones where it is not known at all.
        f"""{_ASKED},
        used AS (
            SELECT claim_id, bool_or(p.family = 2) AS is_quota FROM claim_ranges r JOIN lots l USING (lot_id)
            JOIN issuances i USING (issuance_id) JOIN projects p ON p.project_id = i.project_id
            WHERE claim_id IN (SELECT claim_id FROM moments) GROUP BY claim_id),
        asked AS (
            SELECT c.claim_id, c.facility, c.beneficiary, c.year, m.seq, known.firm,
                   is_quota AND coalesce({_RULE.format(rule="ETS-BUYER", at="m")}, 0) = 0 AS is_barred,
                   0 < known.covered_from AND known.covered_from <= c.year
                   AND (known.covered_to = 0 OR c.year <= known.covered_to) AS is_covered
            FROM moments m JOIN claims c USING (claim_id) JOIN used USING (claim_id) LEFT JOIN LATERAL (
                SELECT firm, covered_from, covered_to FROM facilities f
                WHERE f.facility = c.facility AND f.seq < m.seq ORDER BY f.seq DESC LIMIT 1) known ON true),
        known_once AS (
            SELECT firm, covered_from, covered_to, seq, lead(seq) OVER (PARTITION BY facility ORDER BY seq) AS until
            FROM facilities)
        SELECT DISTINCT claim_id AS claim, facility, beneficiary AS firm, year FROM asked a
        WHERE firm <> beneficiary OR (is_barred AND (is_covered OR (firm IS NULL AND EXISTS (
            SELECT FROM known_once o WHERE o.firm = a.beneficiary AND o.seq < a.seq
              AND coalesce(a.seq <= o.until, true) AND 0 < o.covered_from AND o.covered_from <= a.year
              AND (o.covered_to = 0 OR a.year <= o.covered_to)))))""",
    ),
    "LEAGUE-WRONG": (
        # 0 says of neither where it is.
        f"""{_ASKED}
        SELECT DISTINCT c.claim_id AS claim, c.facility, c.league, known.league AS stands_in
        FROM moments m JOIN claims c USING (claim_id) CROSS JOIN LATERAL (
            SELECT league FROM facilities f
            WHERE f.facility = c.facility AND f.seq < m.seq ORDER BY f.seq DESC LIMIT 1) known
        WHERE c.league <> 0 AND known.league NOT IN (0, c.league)""",
    ),
    "OVER-CAP": (
        # By the duty and the rule of that moment, and what was approved by then and had not come to nothing. A use is
        # asked when it is proposed, with what it would take, and when it is approved and takes it.
        f"""
        WITH changes AS (
            SELECT c.claim_id, c.facility, c.year, change.* FROM claims c JOIN proposals p USING (proposal_id)
            CROSS JOIN LATERAL (VALUES
                (c.seq, c.chosen, 0), (CASE WHEN p.status = 2 THEN p.last_seq END, 0, c.chosen),
                (c.fulfilled_seq, NULL, c.quantity - c.chosen), (c.revoked_seq, NULL, -c.quantity),
                (CASE WHEN c.status = 4 AND p.status = 2 THEN c.last_seq END, NULL, -c.chosen)
            ) AS change (seq, asked, tonnes)
            WHERE c.purpose = 1 AND change.seq IS NOT NULL),
        taken AS (
            SELECT *, sum(tonnes) OVER (PARTITION BY facility, year ORDER BY seq, asked IS NULL) AS before FROM changes)
        SELECT c.claim_id AS claim, c.facility, c.year, c.before + c.asked AS claimed, cap.tonnes AS cap FROM taken c
        CROSS JOIN LATERAL (
            SELECT coalesce((SELECT due FROM obligations d WHERE (d.facility, d.year) = (c.facility, c.year)
                             AND d.seq < c.seq ORDER BY d.seq DESC LIMIT 1), 0)
                   * coalesce({_RULE.format(rule="OFFSET-CAP", at="c")}, 0) / 10000 AS tonnes) cap
        WHERE c.before + c.asked > cap.tonnes""",
    ),
    "LOSS-WRONG": LOSS_WRONG,
    "REPLACED-WRONG": REPLACED_WRONG,
    "NO-STATEMENT": NO_STATEMENT,
    "NOT-LOCKED": NOT_LOCKED,
    "RECEIPT-TWICE": RECEIPT_TWICE,
    "ANSWER-WRONG": ANSWER_WRONG,
    "NOT-SIGNED": (
        # Whether a signature is good SQL cannot tell; the log's proof does, and both are compared. Where there is none,
        # two persons have read just this on paper.
        f"""
        SELECT a.request_id AS request, a.receipt FROM registry_answers a LEFT JOIN proposals q
        ON q.status = 2 AND q.last_seq = a.seq AND {is_of(AnswerOnPaper)}
        AND {READ_ON_PAPER}
        WHERE NOT a.contradicts AND octet_length(a.signature) <> 64
          AND (a.signature <> '' OR q.proposal_id IS NULL)""",
    ),
    "REQUEST-TWICE": (
        """
        SELECT reference, min(request_id) AS request, max(request_id) AS other FROM registry_requests
        GROUP BY reference HAVING count(*) > 1""",
        """
        SELECT lot_id AS lot, lo, hi, request_id AS request FROM (
            SELECT lot_id, lo, hi, request_id, max(hi) OVER before AS taken FROM registry_requests WHERE status < 3
            WINDOW before AS (PARTITION BY lot_id ORDER BY lo, hi, request_id
                              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) ranges
        WHERE lo < taken""",
    ),
    "ASKED-WRONG": ASKED_WRONG,
    "REFERENCE-WRONG": REFERENCE_WRONG,
    "NOT-DONE": NOT_DONE,
    "ENDED-WRONG": ENDED_WRONG,
    "TAKEN-BACK": TAKEN_BACK,
    "HELD-MOVED": HELD_MOVED + MOVED_IN_DOUBT,
    "HELD-MISCOUNTED": (*HELD_MISCOUNTED, *HELD_WITHOUT_SOURCE),
    "ONE-PERSON": ONE_PERSON + NOT_AS_AGREED + ADMITTED_AS_AGREED + FILE_AS_AGREED + LOSS_AS_AGREED,
    "ROLE-WRONG": ROLE_WRONG,
    "LET-IN-ALONE": LET_IN_ALONE,
    "LEDGER-DIFFERS": (
        """
        WITH booked AS (
            SELECT lot, account, sum(amount) AS tonnes FROM (
                SELECT asset AS lot, credit AS account, amount FROM postings WHERE layer = 1 AND asset > 0
                UNION ALL SELECT asset, debit, -amount FROM postings WHERE layer = 1 AND asset > 0) sides
            GROUP BY lot, account HAVING sum(amount) <> 0),
        standing AS (
            SELECT lot_id AS lot, CASE state WHEN 9 THEN -5 WHEN 10 THEN -6 WHEN 6 THEN -7 WHEN 7 THEN -7
                                             WHEN 11 THEN -8 ELSE owner END AS account, sum(hi - lo) AS tonnes
            FROM parcels GROUP BY 1, 2
            UNION ALL SELECT lot_id, -2, lo - hi FROM lots)
        SELECT lot, account, coalesce(b.tonnes, 0) AS booked, coalesce(s.tonnes, 0) AS parcels
        FROM booked b FULL JOIN standing s USING (lot, account) WHERE b.tonnes IS DISTINCT FROM s.tonnes""",
        # What is held is there, and is at least what cannot be sold.
        f"""
        WITH held AS (
            SELECT asset AS lot, debit AS firm, sum(CASE layer WHEN 2 THEN amount ELSE -amount END) AS tonnes
            FROM postings WHERE layer IN (2, 3) AND asset > 0 GROUP BY asset, debit),
        aside AS (
            SELECT lot_id AS lot, owner AS firm, sum(hi - lo) AS tonnes,
                   sum(hi - lo) FILTER (WHERE state <> 1 OR tag <> 1 OR encumbered > 0) AS aside
            FROM parcels WHERE state NOT IN {AWAY} GROUP BY lot_id, owner)
        SELECT lot, firm, coalesce(a.aside, 0) AS aside, coalesce(h.tonnes, 0) AS held, coalesce(a.tonnes, 0) AS parcels
        FROM aside a FULL JOIN held h USING (lot, firm)
        WHERE coalesce(h.tonnes, 0) NOT BETWEEN coalesce(a.aside, 0) AND coalesce(a.tonnes, 0)""",
    ),
    "BUDGET-WRONG": (
        # What replaces a loss counts in the league that has lost it, and of no league of the region (0) nowhere else.
        """
        WITH used AS (
            SELECT c.claim_id, coalesce(lost.league, c.league) AS used_in
            FROM claims c LEFT JOIN reversals v USING (reversal_id) LEFT JOIN projects lost USING (project_id)
            WHERE c.status = 3 AND c.purpose <> 8 AND lost.league IS DISTINCT FROM 0),
        wanted AS (
            SELECT c.claim_id AS subject, p.league AS source, c.used_in, sum(r.hi - r.lo) AS tonnes
            FROM used c JOIN claim_ranges r USING (claim_id) JOIN lots l USING (lot_id)
            JOIN issuances i USING (issuance_id) JOIN projects p ON p.project_id = i.project_id
            WHERE r.status = 2 AND p.league NOT IN (0, c.used_in)
            GROUP BY 1, 2, 3
            UNION ALL
            SELECT r.subject, p.league, 0, sum(s.hi - s.lo)
            FROM parcel_changes s JOIN registry_requests r ON r.request_id = s.subject
            JOIN lots l ON l.lot_id = s.lot_id
            JOIN issuances i USING (issuance_id) JOIN projects p ON p.project_id = i.project_id
            WHERE s.cause = 16 AND p.league <> 0 GROUP BY 1, 2
            UNION ALL
            SELECT s.subject, p.league, 0, -sum(s.hi - s.lo)
            FROM parcel_changes s JOIN lots l USING (lot_id)
            JOIN issuances i USING (issuance_id) JOIN projects p ON p.project_id = i.project_id
            WHERE s.cause = 4 AND s.state_before = 7 AND p.league <> 0 GROUP BY 1, 2),
        booked AS (
            SELECT subject, source, used_in, sum(quantity) AS tonnes FROM budget_entries
            GROUP BY 1, 2, 3 HAVING sum(quantity) <> 0)
        SELECT subject, source, used_in, coalesce(w.tonnes, 0) AS wanted, coalesce(b.tonnes, 0) AS booked
        FROM wanted w FULL JOIN booked b USING (subject, source, used_in) WHERE w.tonnes IS DISTINCT FROM b.tonnes""",
        *BUDGET_OF_THE_USE,
    ),
}
"""By check the queries that give a row for everything that is wrong; the columns are the facts of the case.

The names of checks are those of :data:`exchange.audit.double_count.findings.CHECKS`, which tells what each finds.
"""
