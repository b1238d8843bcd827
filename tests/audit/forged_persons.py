"""What a forger of the log would write of who agreed, of who there is, and of what the registry has signed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from exchange.core.codec import ACTIONS, COMMANDS, decode_command
from exchange.core.commands.credits import CommitImport
from exchange.core.commands.encumbrances import LiftEncumbrance, WithdrawReversal
from exchange.core.commands.governance import PersonRole, RegisterStaff, ReplaceKeys
from exchange.core.commands.instruments import Family, League
from exchange.core.commands.participants import RegisterTrader
from exchange.core.commands.projects import RecordIssuance, RegisterProject
from exchange.core.commands.registry import AnswerOnPaper, AnswerRequest
from exchange.core.commands.uses import RevokeClaim, SetBudget, UseUnits
from exchange.core.credits.encumbrance import RECONCILIATION
from exchange.core.events.credits import IssuanceRecorded, ProjectRegistered
from exchange.core.events.encumbrances import EncumbranceSet
from exchange.core.events.governance import (
    ActionApproved,
    ActionProposed,
    KeyRegistered,
    KeyRevoked,
    KeyRotated,
    PersonRegistered,
    RulebookAdopted,
    VenueOpened,
)
from exchange.core.events.registry import RegistryAnswered, RegistryContradicted
from exchange.core.events.uses import BudgetSet
from exchange.core.values import (
    NOBODY,
    ImportId,
    IssuanceId,
    KeyId,
    Micros,
    ParticipantId,
    PersonId,
    ProposalId,
    Tonnes,
)
from tests.audit.forged_losses import FORGERIES
from tests.audit.forgeries import found_by
from tests.audit.history import History

__all__ = ("FORGERIES", "replaced")

OPERATOR, REGULATOR, REGISTRY = PersonRole.OPERATOR, PersonRole.REGULATOR, PersonRole.REGISTRY
_NEW = KeyId(7)


def _person(history: History, role: PersonRole) -> PersonId:
    """The last person of a role: of the operators the one who approves."""
    return [event.person for _, event in history.every(PersonRegistered) if event.role is role][-1]


def _key(history: History, role: PersonRole) -> KeyRegistered:
    return history.only(KeyRegistered, person=_person(history, role))


def _first_key(history: History) -> KeyRegistered:
    """The key of the operator who proposes."""
    return history.only(KeyRegistered, person=history.only(PersonRegistered, role=OPERATOR).person)


def _agreed(
    history: History, kind: type, fits: Callable[[Any], bool] = lambda action: True
) -> tuple[ActionProposed, ActionApproved]:
    """An action of a kind that was agreed to, as it was proposed and approved."""
    approved = {event.proposal: event for _, event in history.every(ActionApproved)}
    for _, proposed in history.every(ActionProposed):
        if isinstance(proposed.action, kind) and fits(proposed.action) and proposed.proposal in approved:
            return proposed, approved[proposed.proposal]
    raise LookupError(kind)


def _hashed(proposed: ActionProposed) -> None:
    """A careful forger gives what was changed its right hash."""
    proposed.action_hash = hashlib.sha256(ACTIONS.encode(proposed.action)).digest()


# --- in which role ---------------------------------------------------------------------------------------------------


def _approved_by_an_operator(history: History, kind: type, fits: Callable[[Any], bool] = lambda action: True) -> None:
    _, approved = _agreed(history, kind, fits)
    assert approved.approver == _person(history, REGULATOR)
    approved.approver = _person(history, OPERATOR)


def _sets(history: History, wanted: Callable[[EncumbranceSet], bool]) -> Callable[[LiftEncumbrance], bool]:
    """Whether an action lifts an encumbrance of such a kind."""
    numbers = {event.encumbrance for _, event in history.every(EncumbranceSet) if wanted(event)}
    return lambda action: action.encumbrance in numbers


@found_by("ROLE-WRONG")
def an_operator_lifts_what_a_contradiction_holds(history: History) -> None:
    doubts = _sets(history, lambda held: held.by == NOBODY and not held.reference.startswith(RECONCILIATION))
    _approved_by_an_operator(history, LiftEncumbrance, doubts)


@found_by("ROLE-WRONG")
def an_operator_lifts_what_a_reconciliation_holds(history: History) -> None:
    """Also where a person has sent it in, which the reference tells."""
    missing = _sets(history, lambda held: held.reference.startswith(RECONCILIATION))
    proposed, _ = _agreed(history, LiftEncumbrance, missing)
    assert isinstance(proposed.action, LiftEncumbrance)
    history.only(EncumbranceSet, encumbrance=proposed.action.encumbrance).by = _person(history, OPERATOR)
    _approved_by_an_operator(history, LiftEncumbrance, missing)


@found_by("ROLE-WRONG")
def an_operator_lifts_what_a_regulator_holds(history: History) -> None:
    regulator = _person(history, REGULATOR)
    _approved_by_an_operator(history, LiftEncumbrance, _sets(history, lambda held: held.by == regulator))


@found_by("ROLE-WRONG")
def an_operator_agrees_to_a_revocation(history: History) -> None:
    _approved_by_an_operator(history, RevokeClaim)


@found_by("ROLE-WRONG")
def an_operator_lets_off_a_loss(history: History) -> None:
    _approved_by_an_operator(history, WithdrawReversal)


def _quota(history: History) -> set[int]:
    projects = {event.project: event.terms for _, event in history.every(ProjectRegistered)}
    return {number for number, terms in projects.items() if terms.family is Family.REDUCTION_QUOTA}


@found_by("ROLE-WRONG")
def an_operator_agrees_to_quota(history: History) -> None:
    quota = _quota(history)
    _approved_by_an_operator(history, RecordIssuance, lambda action: action.project in quota)


@found_by("ROLE-WRONG")
def an_operator_agrees_to_a_project_of_quota(history: History) -> None:
    _approved_by_an_operator(history, RegisterProject, lambda action: action.terms.family is Family.REDUCTION_QUOTA)


@found_by("ROLE-WRONG")
def a_file_brings_quota_in_with_an_operators_approval(history: History) -> None:
    proposed, approved = _agreed(history, CommitImport)
    assert isinstance(proposed.action, CommitImport)
    again = replace(proposed, proposal=ProposalId(7), action=replace(proposed.action, staged=ImportId(7)))
    _hashed(again)
    issued = next(event for _, event in history.every(IssuanceRecorded) if event.project in _quota(history))
    history.append(again)
    history.append(replace(approved, proposal=ProposalId(7)), replace(issued, issuance=IssuanceId(7)))


@found_by("ROLE-WRONG")
def a_regulator_agrees_to_a_use(history: History) -> None:
    _agreed(history, UseUnits)[1].approver = _person(history, REGULATOR)


@found_by("ROLE-WRONG")
def an_operator_proposes_a_use(history: History) -> None:
    proposed, _ = _agreed(history, UseUnits)
    proposed.proposer = proposed.action.actor = _key(history, OPERATOR).person
    proposed.key = _key(history, OPERATOR).key
    _hashed(proposed)


@found_by("ROLE-WRONG")
def a_trader_proposes_for_another_firm(history: History) -> None:
    """As the proposal says, and as what is proposed says."""
    proposed, _ = _agreed(history, UseUnits)
    assert isinstance(proposed.action, UseUnits)
    proposed.participant = proposed.action.participant = ParticipantId(proposed.participant + 1)
    _hashed(proposed)


@found_by("ROLE-WRONG")
def an_action_is_in_the_name_of_another_person(history: History) -> None:
    proposed, _ = _agreed(history, RevokeClaim)
    proposed.action.actor = _person(history, REGULATOR)
    _hashed(proposed)


@found_by("ROLE-WRONG")
def somebody_proposes_with_another_persons_key(history: History) -> None:
    _agreed(history, RevokeClaim)[0].key = _key(history, REGULATOR).key


@found_by("ROLE-WRONG")
def what_a_stolen_key_proposed_is_agreed_to(history: History) -> None:
    proposed, _ = _agreed(history, RevokeClaim)
    entry, _ = history.first(ActionProposed, proposal=proposed.proposal)
    entry.append(KeyRevoked(proposed.key))


@found_by("ONE-PERSON")
def nobody_agreed_to_a_rulebook(history: History) -> None:
    history.append(replace(history.only(RulebookAdopted), version=2))


@found_by("ONE-PERSON")
def another_plan_is_entered_than_was_agreed(history: History) -> None:
    key = _first_key(history)
    action = SetBudget(key.person, League.BAOTOU, 2030, 2030, Tonnes(1_000))
    proposed = ActionProposed(ProposalId(7), key.person, key.key, ParticipantId(0), action, b"")
    _hashed(proposed)
    history.append(proposed)
    made = BudgetSet(League.BAOTOU, 2030, 2030, Tonnes(1_001))
    history.append(ActionApproved(ProposalId(7), _person(history, REGULATOR)), made)


# --- who there is ----------------------------------------------------------------------------------------------------


def _let_in(history: History, role: PersonRole) -> list[Any]:
    """The events by which somebody of a role would come in, with a key for everything."""
    person = replace(history.only(PersonRegistered, person=_person(history, role)), person=PersonId(7))
    return [person, replace(_key(history, role), key=_NEW, person=PersonId(7), secret_hash=bytes(32))]


@found_by("LET-IN-ALONE")
def a_regulator_comes_in_by_nobody(history: History) -> None:
    history.append(*_let_in(history, REGULATOR))


@found_by("LET-IN-ALONE")
def a_regulator_comes_in_with_a_trader(history: History) -> None:
    """In the entry in which two persons have let somebody else in."""
    proposed, approved = _agreed(history, RegisterTrader)
    entry, _ = history.first(ActionApproved, proposal=proposed.proposal)
    entry.extend(_let_in(history, REGULATOR))
    assert approved in entry


@found_by("LET-IN-ALONE")
def a_trader_comes_in_as_a_regulator(history: History) -> None:
    next(event for _, event in history.every(PersonRegistered) if event.participant).role = REGULATOR


@found_by("LET-IN-ALONE")
def a_trader_comes_in_with_another_key(history: History) -> None:
    [event for _, event in history.every(KeyRegistered)][-1].public_key = bytes(32)


@found_by("LET-IN-ALONE")
def a_person_gets_another_role(history: History) -> None:
    history.append(replace(history.only(PersonRegistered, person=_person(history, OPERATOR)), role=REGULATOR))


@found_by("LET-IN-ALONE")
def the_venue_is_opened_again(history: History) -> None:
    history.append(history.only(VenueOpened), *_let_in(history, REGISTRY))


@found_by("LET-IN-ALONE")
def a_trader_is_there_from_the_beginning(history: History) -> None:
    trader = next(event for _, event in history.every(PersonRegistered) if event.participant)
    history.entries[0].append(replace(trader, person=PersonId(7)))


@found_by("LET-IN-ALONE")
def the_registry_has_a_second_first_key(history: History) -> None:
    history.append(replace(_key(history, REGISTRY), key=_NEW, secret_hash=bytes(32)))


@found_by("LET-IN-ALONE")
def the_registry_has_a_second_key_from_the_beginning(history: History) -> None:
    history.entries[0].append(replace(_key(history, REGISTRY), key=_NEW, secret_hash=bytes(32)))


@found_by("LET-IN-ALONE")
def an_operators_key_makes_one_of_the_registry(history: History) -> None:
    history.append(replace(_key(history, REGISTRY), key=_NEW, made_with=_key(history, OPERATOR).key))


@found_by("LET-IN-ALONE")
def a_key_makes_one_that_can_do_more(history: History) -> None:
    mine = _key(history, OPERATOR)
    history.append(replace(mine, key=_NEW, made_with=mine.key, scopes=1))
    history.append(replace(mine, key=KeyId(8), made_with=_NEW))


@found_by("LET-IN-ALONE")
def a_key_that_signs_nothing_makes_one_that_signs(history: History) -> None:
    mine = _key(history, REGISTRY)
    history.append(replace(mine, key=_NEW, made_with=mine.key, public_key=b""))
    history.append(replace(mine, key=KeyId(8), made_with=_NEW))


@found_by("LET-IN-ALONE")
def a_revoked_key_makes_another(history: History) -> None:
    mine = _key(history, REGISTRY)
    history.append(KeyRevoked(mine.key))
    history.append(replace(mine, key=_NEW, made_with=mine.key))


@found_by("LET-IN-ALONE")
def a_key_stands_in_the_place_of_another_persons(history: History) -> None:
    mine = _key(history, REGISTRY)
    history.append(replace(mine, key=_NEW), KeyRotated(_key(history, OPERATOR).key, _NEW, Micros(1)))


@found_by("LET-IN-ALONE")
def a_key_is_replaced_twice(history: History) -> None:
    mine = _key(history, REGISTRY)
    for number in (_NEW, KeyId(8)):
        history.append(replace(mine, key=number), KeyRotated(mine.key, number, Micros(2**60)))


def replaced(history: History, approver: PersonRole, **given: Any) -> None:
    """The registry gets another first key, as an operator has proposed; with something changed in what comes of it."""
    person, key = _person(history, REGISTRY), _first_key(history)
    action = ReplaceKeys(key.person, person, bytes(32), bytes(range(32)))
    proposed = ActionProposed(ProposalId(7), key.person, key.key, ParticipantId(0), action, b"")
    _hashed(proposed)
    history.append(proposed)
    approved = ActionApproved(ProposalId(7), _person(history, approver))
    made = replace(_key(history, REGISTRY), key=_NEW, secret_hash=bytes(32), public_key=bytes(range(32)))
    history.append(approved, replace(made, **given))


@found_by("ROLE-WRONG")
def two_operators_give_the_registry_a_key(history: History) -> None:
    replaced(history, OPERATOR)


@found_by("LET-IN-ALONE")
def the_registry_gets_another_key_than_was_agreed(history: History) -> None:
    replaced(history, REGULATOR, public_key=bytes(32))


@found_by("LET-IN-ALONE")
def the_registrys_key_goes_to_somebody_else(history: History) -> None:
    replaced(history, REGULATOR, person=_person(history, OPERATOR))


@found_by("LET-IN-ALONE")
def the_regulator_signs_with_an_operators_key(history: History) -> None:
    """Everything else of the first persons is as it should be."""
    _key(history, REGULATOR).public_key = _key(history, OPERATOR).public_key


@found_by("LET-IN-ALONE")
def a_key_makes_one_of_its_own_key_pair(history: History) -> None:
    mine = _key(history, OPERATOR)
    history.append(replace(mine, key=_NEW, made_with=mine.key))


@found_by("ROLE-WRONG")
def two_operators_let_a_regulator_in(history: History) -> None:
    key = _first_key(history)
    action = RegisterStaff(key.person, "new", REGULATOR, bytes(32), b"")
    proposed = ActionProposed(ProposalId(7), key.person, key.key, ParticipantId(0), action, b"")
    _hashed(proposed)
    history.append(proposed)
    person, key = _let_in(history, REGULATOR)
    person.name, key.public_key = "new", b""
    history.append(ActionApproved(ProposalId(7), _person(history, OPERATOR)), person, key)


# --- what the registry has signed ------------------------------------------------------------------------------------


@found_by("NOT-SIGNED")
def a_signature_is_junk(history: History) -> None:
    history.only(RegistryAnswered).signature = bytes(64)


@found_by("NOT-SIGNED")
def a_signature_is_of_another_statement(history: History) -> None:
    first, second, *_ = [event for _, event in history.every(RegistryAnswered) if event.signature]
    first.signature = second.signature


@found_by("NOT-SIGNED")
def a_receipt_is_changed_under_its_signature(history: History) -> None:
    history.only(RegistryAnswered).receipt += "-x"


@found_by("NOT-SIGNED")
def a_statement_is_dated_back(history: History) -> None:
    event = history.only(RegistryAnswered)
    event.stated_at = Micros(event.stated_at - 1)


@found_by("NOT-SIGNED")
def a_signature_is_of_a_key_that_was_revoked(history: History) -> None:
    history.entries[0].append(KeyRevoked(_key(history, REGISTRY).key))


@found_by("NOT-SIGNED")
def a_signature_is_of_a_key_that_had_ended(history: History) -> None:
    entry, _ = history.first(RegistryAnswered)
    at, _ = history.given[history.entries.index(entry)]
    _key(history, REGISTRY).expires_at = at


@found_by("NOT-SIGNED")
def a_signature_is_an_operators(history: History) -> None:
    """The registry's own key would be another one."""
    theirs, mine = _key(history, REGISTRY), _key(history, OPERATOR)
    theirs.public_key, mine.public_key = mine.public_key, theirs.public_key


@found_by("NOT-SIGNED")
def a_contradiction_is_not_signed(history: History) -> None:
    entry, _ = history.first(RegistryContradicted)
    place = history.entries.index(entry)
    at, command = history.given[place]
    said = decode_command(command)
    assert isinstance(said, AnswerRequest)
    history.given[place] = (at, COMMANDS.encode(replace(said, signature=bytes(64))))


@found_by("NOT-SIGNED")
def a_contradiction_is_about_another_message(history: History) -> None:
    history.only(RegistryContradicted).message = "another"


@found_by("NOT-SIGNED")
def nobody_has_read_a_receipt_on_paper(history: History) -> None:
    proposed, _ = _agreed(history, AnswerOnPaper)
    history.drop(ActionApproved, proposal=proposed.proposal)


@found_by("NOT-SIGNED")
def a_receipt_on_paper_is_another_than_was_read(history: History) -> None:
    history.only(RegistryAnswered, signature=b"").receipt = "paper 6"
