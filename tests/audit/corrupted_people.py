"""What somebody with every right could do to the tables of who agreed and of who there is; beside all the others."""

from __future__ import annotations

from typing import Final

from exchange.core.commands.credits import AdmitLot, CommitImport
from exchange.core.commands.encumbrances import LiftEncumbrance, WithdrawReversal
from exchange.core.commands.governance import PersonRole
from exchange.core.commands.participants import RegisterTrader
from exchange.core.commands.projects import RecordIssuance, RegisterProject
from exchange.core.commands.registry import AnswerOnPaper
from exchange.core.commands.uses import RevokeClaim, UseUnits
from exchange.store.double_count_people import NUMBER, is_of
from tests.audit.corrupted_agreed import CORRUPTIONS as OF_AGREED
from tests.audit.corrupted_answers import CORRUPTIONS as OF_ANSWERS
from tests.audit.corrupted_caps import CORRUPTIONS as OF_CAPS
from tests.audit.corrupted_files import CORRUPTIONS as OF_FILES
from tests.audit.corrupted_leader import CORRUPTIONS as OF_THE_LEADER
from tests.audit.corrupted_names import CORRUPTIONS as OF_NAMES
from tests.audit.corrupted_scopes import CORRUPTIONS as OF_SCOPES
from tests.audit.corrupted_sources import CORRUPTIONS as OF_SOURCES
from tests.audit.corruptions import CORRUPTIONS as OF_TONNES
from tests.audit.corruptions import Corruption, copy

__all__ = ("CORRUPTIONS",)

OPERATOR, REGULATOR, AUDITOR = int(PersonRole.OPERATOR), int(PersonRole.REGULATOR), int(PersonRole.AUDITOR)
REGISTRY: Final = int(PersonRole.REGISTRY)


def _one(role: int) -> str:
    """A person of a role; of the operators the one who does not propose."""
    return f"(SELECT max(person_id) FROM persons WHERE role = {role})"


def _approved_by(role: int, action: type, which: str = "true") -> Corruption:
    """What was agreed was approved by another role."""
    update = f"UPDATE proposals SET decided_by = {_one(role)} WHERE status = 2 AND {is_of(action)} AND {which}"
    return Corruption(("ROLE-WRONG",), (update,))


def _lifted(which: str) -> str:
    return f"{NUMBER} IN (SELECT encumbrance_id FROM encumbrances WHERE {which})"


_ANOTHER: Final = {"secret_hash": "sha256('x')", "public_key": "sha256('y')"}
"""A key's own secret and its own key pair."""

_QUOTA: Final = "last_seq IN (SELECT i.seq FROM issuances i JOIN projects p USING (project_id) WHERE family = 2)"

_OF_PEOPLE: Final = {
    "an operator lifted what a contradiction holds": _approved_by(
        OPERATOR, LiftEncumbrance, _lifted("set_by IS NULL AND NOT starts_with(reference, 'registry reconciliation')")
    ),
    "an operator lifted what a reconciliation holds": _approved_by(
        OPERATOR, LiftEncumbrance, _lifted("starts_with(reference, 'registry reconciliation')")
    ),
    "an operator lifted what a regulator holds": _approved_by(OPERATOR, LiftEncumbrance, _lifted("set_by IS NOT NULL")),
    "an operator agreed to a revocation": _approved_by(OPERATOR, RevokeClaim),
    "an operator let off a loss": _approved_by(OPERATOR, WithdrawReversal),
    "an operator agreed to quota": _approved_by(OPERATOR, RecordIssuance, _QUOTA),
    "an operator agreed to a project of quota": _approved_by(
        OPERATOR, RegisterProject, "last_seq IN (SELECT seq FROM projects WHERE family = 2)"
    ),
    "a file brought quota in with an operator's approval": Corruption(
        ("ROLE-WRONG",),
        (
            (
                "UPDATE issuances SET project_id = (SELECT min(project_id) FROM projects WHERE family = 2)"
                f" WHERE seq = (SELECT last_seq FROM proposals WHERE status = 2 AND {is_of(CommitImport)})"
            ),
        ),
    ),
    "an auditor agreed to a lot": _approved_by(AUDITOR, AdmitLot),
    "an operator proposed a use": Corruption(
        ("ROLE-WRONG",), (f"UPDATE proposals SET proposer = {_one(REGULATOR)} WHERE {is_of(UseUnits)}",)
    ),
    "a trader proposed for another firm": Corruption(
        ("ROLE-WRONG",), (f"UPDATE proposals SET participant_id = participant_id + 1 WHERE {is_of(UseUnits)}",)
    ),
    "operators let a supervisor in": Corruption(
        ("ROLE-WRONG",),
        (
            (
                f"UPDATE persons SET role = {AUDITOR} WHERE seq ="
                f" (SELECT max(last_seq) FROM proposals WHERE status = 2 AND {is_of(RegisterTrader)})"
            ),
        ),
    ),
    "a regulator came in alone": Corruption(
        ("LET-IN-ALONE",), (copy("persons", f"role = {REGULATOR}", person_id="7", seq="20"),)
    ),
    "a regulator came in in a trader's place": Corruption(
        ("LET-IN-ALONE",), (f"UPDATE persons SET role = {REGULATOR}, participant_id = NULL WHERE role = 1",)
    ),
    "a trader was there from the beginning": Corruption(
        ("LET-IN-ALONE",), ("UPDATE persons SET seq = 1 WHERE role = 1",)
    ),
    "the registry has a key that nobody gave it": Corruption(
        ("LET-IN-ALONE",),
        (copy("api_keys", f"person_id = {_one(REGISTRY)}", key_id="7", seq="20", **_ANOTHER),),
    ),
    "the registry has two keys from the beginning": Corruption(
        ("LET-IN-ALONE",), (copy("api_keys", f"person_id = {_one(REGISTRY)}", key_id="7", **_ANOTHER),)
    ),
    "the registry has a key that an operator made": Corruption(
        ("LET-IN-ALONE",),
        (
            copy(
                "api_keys",
                f"person_id = {_one(REGISTRY)}",
                key_id="7",
                seq="20",
                **_ANOTHER,
                made_with=f"(SELECT max(key_id) FROM api_keys WHERE person_id = {_one(OPERATOR)})",
            ),
        ),
    ),
    "a trader has another key than was agreed": Corruption(
        ("LET-IN-ALONE",), ("UPDATE api_keys SET public_key = sha256(public_key) WHERE seq > 1",)
    ),
    "the regulator signs with an operator's key": Corruption(
        ("LET-IN-ALONE",),
        (
            "DROP INDEX api_keys_public_key_once",
            (
                "UPDATE api_keys SET public_key ="
                f" (SELECT public_key FROM api_keys WHERE person_id = {_one(OPERATOR)})"
                f" WHERE person_id = {_one(REGULATOR)}"
            ),
        ),
    ),
    "nobody read a receipt": Corruption(
        ("NOT-SIGNED",), (f"UPDATE proposals SET status = 1, decided_by = NULL WHERE {is_of(AnswerOnPaper)}",)
    ),
    "another receipt was read": Corruption(
        ("NOT-SIGNED",),
        (
            "UPDATE registry_answers SET receipt = 'paper 6', receipt_folded = 'paper 6' WHERE receipt = 'paper 5'",
            "UPDATE registry_requests SET receipt = 'paper 6' WHERE receipt = 'paper 5'",
        ),
    ),
    "a signature is cut short": Corruption(
        ("NOT-SIGNED", "ANSWER-WRONG"),
        ("UPDATE registry_answers SET signature = substr(signature, 1, 63) WHERE signature <> ''",),
    ),
    "a rulebook came by nobody": Corruption(("ONE-PERSON",), (copy("rulebooks", "true", version="7", seq="20"),)),
}

CORRUPTIONS: Final = (
    OF_TONNES
    | OF_AGREED
    | OF_CAPS
    | OF_FILES
    | OF_SCOPES
    | OF_SOURCES
    | OF_ANSWERS
    | OF_NAMES
    | OF_THE_LEADER
    | _OF_PEOPLE
)
