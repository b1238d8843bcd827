"""The queries by which tables are asked whether the registry said what units changed by.

A part of :mod:`exchange.store.double_count_checks`; like everything there they look at no trigger's bookkeeping. They
ask where units are, not by which cause they are told to have got there: no row of a table of steps, here or anywhere,
makes a national tonne tradeable.
"""

from __future__ import annotations

from typing import Final

from exchange.store.double_count_words import FOLDED_NUMBER

NATIONAL: Final = "(p.family = 1 AND (p.registry <> 'SANDBOX' OR NOT EXISTS (SELECT FROM venue WHERE is_sandbox)))"
"""Whether the national registry keeps the units of a project (p). It knows nothing of play units, which a sandbox alone
has.
"""

TEXT: Final = "int4send(octet_length({text})) || convert_to({text}, 'UTF8')"
"""A text as it stands in canonical bytes."""

_DAY_START: Final = "({0} - ({0} + 28800000000) % 86400000000)"
"""When the day of an instant began in China, eight hours before the day in Greenwich; in microseconds."""

_DAY: Final = (
    "to_char(timestamp '1970-01-01' + (a.stated_at_us + 28800000000) / 1000000 * interval '1 second', 'YYYYMMDD')"
    "::bigint"
)
"""The day in China of an answer (a) as canonical bytes have it: eight digits."""

READ_ON_PAPER: Final = (
    f"substr(q.action, 11) = int8send(a.request_id) || int8send({_DAY}) || {TEXT.format(text='a.receipt')}"
    f" || int2send(a.outcome) || {TEXT.format(text='a.message')}"
    f" AND a.stated_at_us = {_DAY_START.format('a.stated_at_us')}"
)
"""Whether a proposal (q) of that kind is about just this answer (a): request, day, receipt, outcome and reason stand
behind tag and proposer, and the answer is of the instant at which that day began.
"""

NO_STATEMENT: Final = (
    # Units that came from the national market were locked (1), those that went there released (2), those that are
    # cancelled (10) cancelled (3), by a request about these serials that was answered in the same entry. What waited
    # for a lock (3, 4, 7) and waits no more (2, 6) was refused it.
    """
        WITH told AS (
            SELECT *, CASE WHEN state = 10 THEN 3 WHEN (tag_before, tag) = (1, 2) THEN 2 ELSE 1 END AS kind,
                   CASE WHEN state = 10 OR tag_before <> tag THEN 1 ELSE 2 END AS outcome
            FROM parcel_changes
            WHERE state = 10 OR (tag_before, tag) IN ((1, 2), (2, 1)) OR state_before IN (3, 4, 7) AND state IN (2, 6))
        SELECT s.lot_id AS lot, s.lo, s.cause, s.subject AS request FROM told s
        LEFT JOIN registry_requests r ON r.request_id = s.subject
        LEFT JOIN registry_answers a ON a.request_id = s.subject AND NOT a.contradicts
        WHERE (r.kind = s.kind AND (r.lot_id, r.lo, r.hi) = (s.lot_id, s.lo, s.hi) AND a.seq = s.seq
               AND a.outcome = s.outcome AND r.status = a.outcome + 2) IS NOT TRUE""",
    # 9 not cancelled, 15 not released: given back with the use or release of which a request was refused.
    """
        SELECT s.lot_id AS lot, s.lo, s.cause, s.subject FROM parcel_changes s
        WHERE s.cause IN (9, 15) AND NOT EXISTS (
            SELECT FROM registry_requests r WHERE r.subject = s.subject AND r.status = 4
              AND r.kind = CASE s.cause WHEN 9 THEN 3 ELSE 2 END
              AND (r.lot_id, r.lo, r.hi) = (s.lot_id, s.lo, s.hi))""",
)

_SAID: Final = f"""
        WITH said AS (
            SELECT r.lot_id, r.kind, a.lo, a.hi, a.seq
            FROM registry_answers a JOIN registry_requests r USING (request_id) JOIN lots l USING (lot_id)
            JOIN issuances i USING (issuance_id) JOIN projects p ON p.project_id = i.project_id
            WHERE a.outcome = 1 AND NOT a.contradicts AND r.kind IN (1, 2) AND {NATIONAL})"""
"""What the registry has locked (1) for this venue and released (2) from it, of the lots that it keeps."""

NOT_LOCKED: Final = (
    # What is new (tag 0) is not in this market (1) at once where the national registry keeps it.
    f"""
        SELECT DISTINCT s.lot_id AS lot FROM parcel_changes s JOIN lots l USING (lot_id)
        JOIN issuances i USING (issuance_id) JOIN projects p ON p.project_id = i.project_id
        WHERE s.tag_before = 0 AND s.tag = 1 AND {NATIONAL}""",
    # Every national tonne is in this market (tag 1) as often as it was locked and not released: once, or not at all.
    f"""{_SAID}
        SELECT lot_id AS lot, serial, sum(edge) AS surplus FROM (
            SELECT lot_id, lo AS serial, 2 * kind - 3 AS edge FROM said
            UNION ALL SELECT lot_id, hi, 3 - 2 * kind FROM said
            UNION ALL SELECT x.lot_id, ends.serial, ends.edge FROM parcels x
                      CROSS JOIN LATERAL (VALUES (x.lo, 1), (x.hi, -1)) AS ends (serial, edge)
                      JOIN lots l USING (lot_id) JOIN issuances i USING (issuance_id)
                      JOIN projects p ON p.project_id = i.project_id WHERE x.tag = 1 AND {NATIONAL}) edges
        GROUP BY lot_id, serial HAVING sum(edge) <> 0""",
    # And in turn: of each stretch between two ends, a lock first and then one after each release. So the lock under
    # which a tonne is here is newer than any release of it.
    f"""{_SAID},
        ends AS (
            SELECT lot_id, serial, row_number() OVER (PARTITION BY lot_id ORDER BY serial) AS place FROM (
                SELECT lot_id, lo AS serial FROM said UNION SELECT lot_id, hi FROM said) both_ends),
        stretches AS (
            SELECT s.lot_id, s.seq, s.kind, generate_series(a.place, b.place - 1) AS place FROM said s
            JOIN ends a ON (a.lot_id, a.serial) = (s.lot_id, s.lo)
            JOIN ends b ON (b.lot_id, b.serial) = (s.lot_id, s.hi)),
        turns AS (
            SELECT *, lag(kind, 1, 2) OVER (PARTITION BY lot_id, place ORDER BY seq) AS kind_before FROM stretches)
        SELECT DISTINCT lot_id AS lot, seq AS entry, kind FROM turns WHERE kind = kind_before""",
)

RECEIPT_TWICE: Final = tuple(
    # Whoever has it first may have contradicted an answer with it: it vouches for nothing else afterwards. What
    # contradicts may come with any receipt. What the registry has signed is held against its own words alone, since no
    # paper that persons have typed makes them untrue; a paper is held against all.
    f"""
        SELECT receipt, request_id AS request, other FROM (
            SELECT receipt, request_id, contradicts, signature, first_value(request_id) OVER (
                PARTITION BY {FOLDED_NUMBER.format("receipt")} ORDER BY seq) AS other
            FROM registry_answers WHERE receipt <> ''{among}) given
        WHERE NOT contradicts AND {held} AND request_id <> other"""
    for held, among in (("signature <> ''", " AND (signature <> '' OR contradicts)"), ("signature = ''", ""))
)

ANSWER_WRONG: Final = (
    """
        SELECT r.request_id AS request, r.status, r.receipt FROM registry_requests r LEFT JOIN registry_answers a
        ON a.request_id = r.request_id AND NOT a.contradicts
        WHERE CASE WHEN r.status < 3 THEN a.request_id IS NOT NULL
                   ELSE (a.outcome = r.status - 2 AND a.receipt = r.receipt AND (r.status = 4 OR r.receipt <> ''))
                        IS NOT TRUE END""",
    # Whoever is asked about some serials or for some act and speaks of others has answered nothing.
    """
        SELECT a.request_id AS request, a.kind, a.account, a.lo, a.hi FROM registry_answers a
        LEFT JOIN registry_requests r USING (request_id)
        WHERE (a.kind, a.account, a.lo, a.hi) IS DISTINCT FROM (r.kind, r.account, r.lo, r.hi)""",
    # What the national registry keeps it answers for itself, with its signature.
    f"""
        SELECT a.request_id AS request, a.receipt FROM registry_answers a JOIN registry_requests r USING (request_id)
        JOIN lots l USING (lot_id) JOIN issuances i USING (issuance_id) JOIN projects p ON p.project_id = i.project_id
        WHERE {NATIONAL} AND NOT a.contradicts AND octet_length(a.signature) <> 64""",
    # And of nothing else: what other registries have said stands on paper, unsigned, and is not contradicted.
    f"""
        SELECT a.request_id AS request, a.receipt FROM registry_answers a JOIN registry_requests r USING (request_id)
        JOIN lots l USING (lot_id) JOIN issuances i USING (issuance_id) JOIN projects p ON p.project_id = i.project_id
        WHERE NOT {NATIONAL} AND (a.contradicts OR a.signature <> '')""",
    # Who refuses on paper gives a reason and no receipt.
    """
        SELECT request_id AS request, receipt, message FROM registry_answers
        WHERE outcome = 2 AND NOT contradicts AND signature = '' AND (receipt <> '' OR message = '')""",
    # Nobody answers before being asked, or later than the answer was heard, but for an hour by which clocks differ. A
    # paper has a day and no hour: at the earliest the one before that of the request, since west of China it is still
    # that, and not to come.
    f"""
        SELECT a.request_id AS request, a.stated_at_us AS stated FROM registry_answers a
        JOIN registry_requests r USING (request_id)
        WHERE CASE WHEN a.signature = '' AND NOT a.contradicts
                   THEN a.stated_at_us < {_DAY_START.format("r.at_us")} - 86400000000 OR a.stated_at_us > a.at_us
                   ELSE a.stated_at_us < r.at_us - 3600000000 OR a.stated_at_us > a.at_us + 3600000000 END""",
)
