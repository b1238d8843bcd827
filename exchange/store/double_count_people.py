"""The queries that ask who agreed, in which role, and who let in whoever agreed (:mod:`exchange.store.double_count`).

Who may propose and approve what stands in :mod:`exchange.store.double_count_rules`; nothing here believes a trigger. A
proposal is known by the tag of its canonical bytes, and what it was about by the entry that carried it out.
"""

from __future__ import annotations

from typing import Final

from exchange.core.codec import ACTIONS
from exchange.core.commands.encumbrances import ForceCancellation, LiftEncumbrance
from exchange.core.commands.governance import AdoptRulebook, PersonRole, RegisterStaff, ReplaceKeys, Scope
from exchange.core.commands.instruments import Family
from exchange.core.commands.participants import RegisterTrader
from exchange.core.commands.uses import ReleaseUnits, UseUnits
from exchange.store.double_count_rules import AGREEING, OF_RECONCILIATION


def _tag_of(action: type) -> str:
    tag = next(tag for tag, record in ACTIONS.table.items() if record is action)
    return f"'\\x{tag:04x}'::bytea"


def is_of(*actions: type) -> str:
    """SQL that knows a proposal of one of these actions by the tag of its canonical bytes."""
    return f"substr(action, 1, 2) IN ({', '.join(map(_tag_of, actions))})"


NUMBER: Final = "('x' || encode(substr(action, 11, 8), 'hex'))::bit(64)::bigint"
"""The encumbrance, loss, use, person or request of a proposal: it stands behind tag and proposer in the bytes."""

_QUOTA: Final = int(Family.REDUCTION_QUOTA)
_TRADER: Final = int(PersonRole.TRADER)
_REGULATOR: Final = int(PersonRole.REGULATOR)
_SUPERVISORS: Final = f"({int(PersonRole.REGULATOR)}, {int(PersonRole.AUDITOR)}, {int(PersonRole.REGISTRY)})"
_EVERYTHING: Final = int(sum(Scope))
_FIRST_ENTRY: Final = 1
"""The venue is opened with its first persons, their keys and its rulebook, which nobody could agree to before."""


_ALLOWED: Final = ", ".join(
    f"({_tag_of(action)}, '{roles.proposers}'::int[], '{roles.approvers}'::int[])" for action, roles in AGREEING.items()
)

ONE_PERSON: Final = (
    """
        SELECT proposal_id AS proposal, proposer, decided_by AS approver FROM proposals
        WHERE status = 2 AND (decided_by IS NULL OR decided_by = proposer)""",
    """
        SELECT c.claim_id AS claim, c.proposal_id AS proposal FROM claims c LEFT JOIN proposals p USING (proposal_id)
        WHERE c.proposal_id IS NOT NULL AND c.status IN (2, 3, 5) AND p.status IS DISTINCT FROM 2""",
    """
        SELECT r.release_id AS release, r.proposal_id AS proposal FROM releases r LEFT JOIN proposals p
        USING (proposal_id) WHERE r.status IN (2, 3, 4) AND p.status IS DISTINCT FROM 2""",
    f"""
        SELECT encumbrance_id AS encumbrance FROM (
            SELECT encumbrance_id FROM freed_ranges
            UNION SELECT encumbrance_id FROM encumbrances WHERE lifted_seq IS NOT NULL) let_go
        WHERE encumbrance_id NOT IN (
            SELECT {NUMBER} FROM proposals WHERE status = 2 AND {is_of(LiftEncumbrance)})""",
    f"""
        SELECT version AS rulebook FROM rulebooks
        WHERE seq <> {_FIRST_ENTRY} AND seq NOT IN (
            SELECT last_seq FROM proposals WHERE status = 2 AND {is_of(AdoptRulebook)})""",
    # What ended by nobody's word: the regulator's order does that, to uses and releases of the firm that owes.
    f"""
        WITH ordered AS (
            SELECT proposals.last_seq, responsible AS participant_id
            FROM proposals JOIN reversals ON reversal_id = {NUMBER} WHERE status = 2 AND {is_of(ForceCancellation)}),
        ended AS (
            SELECT proposal_id, participant_id, last_seq, {is_of(UseUnits, ReleaseUnits)} AS sets_aside
            FROM proposals WHERE status = 3 AND decided_by IS NULL)
        SELECT proposal_id AS proposal FROM ended
        WHERE (sets_aside AND (last_seq, participant_id) IN (TABLE ordered)) IS NOT TRUE""",
)

ROLE_WRONG: Final = (
    # Proposed by a role that may, for the own firm where a trader does, and approved by a role that may.
    f"""
        SELECT q.proposal_id AS proposal, a.role AS proposer, b.role AS approver
        FROM proposals q LEFT JOIN (VALUES {_ALLOWED}) AS allowed (tag, proposers, approvers)
        ON allowed.tag = substr(q.action, 1, 2)
        LEFT JOIN persons a ON a.person_id = q.proposer LEFT JOIN persons b ON b.person_id = q.decided_by
        WHERE (a.role = ANY (proposers) AND (a.role <> {_TRADER} OR a.participant_id = q.participant_id)
               AND (q.status <> 2 OR b.role = ANY (approvers))) IS NOT TRUE""",
    # Quota, its projects, and whoever watches the operators come in with the regulator's approval; a sandbox's play
    # units come in with none, which is no matter of roles.
    f"""
        SELECT q.proposal_id AS proposal, made.what, b.role AS approver FROM (
            SELECT i.seq, 'quota' AS what FROM issuances i JOIN projects p USING (project_id) WHERE family = {_QUOTA}
            UNION SELECT seq, 'project of quota' FROM projects WHERE family = {_QUOTA}
            UNION SELECT seq, 'supervisor' FROM persons WHERE role IN {_SUPERVISORS}) made
        JOIN proposals q ON q.last_seq = made.seq AND q.status = 2 LEFT JOIN persons b ON b.person_id = q.decided_by
        WHERE b.role IS DISTINCT FROM {_REGULATOR}""",
    f"""
        SELECT q.proposal_id AS proposal, 'keys of a supervisor' AS what, b.role AS approver
        FROM proposals q JOIN persons s ON s.person_id = {NUMBER} LEFT JOIN persons b ON b.person_id = q.decided_by
        WHERE q.status = 2 AND {is_of(ReplaceKeys)} AND s.role IN {_SUPERVISORS}
          AND b.role IS DISTINCT FROM {_REGULATOR}""",
    # What the registry's word or a regulator holds fast.
    f"""
        SELECT q.proposal_id AS proposal, e.encumbrance_id AS encumbrance, b.role AS approver
        FROM proposals q JOIN encumbrances e ON e.encumbrance_id = {NUMBER}
        LEFT JOIN persons s ON s.person_id = e.set_by LEFT JOIN persons b ON b.person_id = q.decided_by
        WHERE q.status = 2 AND {is_of(LiftEncumbrance)} AND b.role IS DISTINCT FROM {_REGULATOR}
          AND (e.set_by IS NULL OR starts_with(e.reference, '{OF_RECONCILIATION}') OR s.role = {_REGULATOR})""",
)

LET_IN_ALONE: Final = (
    # Persons that no agreed action of their entry names.
    f"""
        SELECT s.person_id AS person, s.role FROM persons s LEFT JOIN proposals q
        ON q.last_seq = s.seq AND q.status = 2 AND position(convert_to(s.name, 'UTF8') IN q.action) > 0
        AND CASE WHEN s.role = {_TRADER} THEN {is_of(RegisterTrader)} ELSE {is_of(RegisterStaff)} END
        WHERE CASE WHEN s.seq = {_FIRST_ENTRY} THEN s.role = {_TRADER} ELSE q.proposal_id IS NULL END""",
    # Keys that were neither given so (secret and public key stand in the action), nor made with a key that could do as
    # much and was good, nor put in the place of one that was alike.
    f"""
        SELECT k.key_id AS key, k.person_id AS person FROM api_keys k LEFT JOIN persons s USING (person_id)
        LEFT JOIN api_keys m ON m.key_id = k.made_with LEFT JOIN api_keys o ON o.replaced_by = k.key_id
        LEFT JOIN proposals q ON q.last_seq = k.seq AND q.status = 2
        AND (s.seq = k.seq AND {is_of(RegisterStaff, RegisterTrader)}
             OR {is_of(ReplaceKeys)} AND {NUMBER} = k.person_id)
        AND position(k.secret_hash IN q.action) > 0 AND position(k.public_key IN q.action) > 0
        WHERE (k.made_with IS NULL AND k.seq = {_FIRST_ENTRY} AND s.seq = k.seq
            OR k.made_with IS NULL AND k.scopes = {_EVERYTHING} AND q.proposal_id IS NOT NULL
            OR m.person_id = k.person_id AND m.seq < k.seq AND k.scopes & ~m.scopes = 0
               AND (m.public_key <> '' OR k.public_key = '') AND coalesce(k.seq < m.revoked_seq, true)
               AND coalesce(k.at_us < m.expires_at_us OR m.replaced_by IS NOT NULL, true)
            OR o.person_id = k.person_id AND o.seq < k.seq AND o.scopes = k.scopes
               AND (o.public_key = '') = (k.public_key = '')) IS NOT TRUE""",
    f"""
        SELECT person_id AS person, count(*) AS keys FROM api_keys
        WHERE seq = {_FIRST_ENTRY} GROUP BY person_id HAVING count(*) > 1""",
    # Keys of one key pair: whoever has its private key is all of their persons.
    """
        SELECT min(key_id) AS key, max(key_id) AS other FROM api_keys
        WHERE public_key <> '' GROUP BY public_key HAVING count(*) > 1""",
)
