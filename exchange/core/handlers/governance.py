"""The venue's first entry, its rulebook, its staff and everybody's keys."""

from __future__ import annotations

from exchange.core.commands.governance import (
    AdoptRulebook,
    Genesis,
    PersonRole,
    RegisterKey,
    RegisterStaff,
    RevokeKey,
    Rule,
    Scope,
)
from exchange.core.commands.instruments import AttestSnapshot
from exchange.core.events.governance import (
    KeyRegistered,
    KeyRevoked,
    PersonRegistered,
    RulebookAdopted,
    SnapshotAttested,
    VenueOpened,
)
from exchange.core.handlers.step import Step
from exchange.core.participants import ApiKey, Person
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.rulebook import refuse_rules, rulebook_on
from exchange.core.sessions import Phase
from exchange.core.state import ExchangeState
from exchange.core.values import MAX_TEXT, KeyId, Micros, ParticipantId, PersonId, is_day

ALL_SCOPES = sum(Scope)
HASH_BYTES = 32


def open_venue(step: Step, command: Genesis) -> Refusal | None:
    """The first entry: names the venue, its first day, its rules and its first persons with their keys."""
    session = step.state.session
    if session.phase is not Phase.NEW:
        return Refusal(RejectReason.ALREADY_OPENED)
    staffed = all(_is_staff(member.role, member.secret_hash) and is_text(member.name) for member in command.staff)
    named = is_text(command.venue) and len(command.profile) <= MAX_TEXT
    if not (is_day(command.trading_day) and named and command.staff and staffed):
        return Refusal(RejectReason.INVALID_FIELD)
    refusal = refuse_rules(command.rules, command.trading_day)
    if refusal is not None:
        return refusal
    # -- everything is checked; nothing below may fail --
    session.venue, session.day, session.phase = command.venue, command.trading_day, Phase.OPEN
    step.emit(VenueOpened(command.venue, command.trading_day))
    _adopt(step, command.profile, command.rules)
    for member in command.staff:
        add_staff(step, member.name, member.role, member.secret_hash)
    return None


def is_text(value: str) -> bool:
    """Whether a text is there and not too long; what is in it was the decoder's business."""
    return 0 < len(value) <= MAX_TEXT


def _is_staff(role: PersonRole, secret_hash: bytes) -> bool:
    return role is not PersonRole.TRADER and len(secret_hash) == HASH_BYTES


def _adopt(step: Step, profile: str, rules: tuple[Rule, ...]) -> None:
    state = step.state
    state.rulebook = rulebook_on(state.rulebook.version + 1, profile, rules, state.session.day)
    step.emit(RulebookAdopted(state.rulebook.version, profile, rules))


def refuse_rulebook(state: ExchangeState, action: AdoptRulebook) -> Refusal | None:
    """Why a rulebook cannot be adopted today."""
    if len(action.profile) > MAX_TEXT:
        return Refusal(RejectReason.INVALID_FIELD)
    return refuse_rules(action.rules, state.session.day)


def adopt_rulebook(step: Step, action: AdoptRulebook) -> None:
    """Put the next version of the rulebook in force; bands follow at the next end of day."""
    _adopt(step, action.profile, action.rules)


def refuse_staff(state: ExchangeState, action: RegisterStaff) -> Refusal | None:
    """Traders are registered with their participant, not here."""
    fits = _is_staff(action.role, action.secret_hash) and is_text(action.name)
    return None if fits else Refusal(RejectReason.INVALID_FIELD)


def register_staff(step: Step, action: RegisterStaff) -> None:
    """Add the person and their first key."""
    step.created = add_staff(step, action.name, action.role, action.secret_hash)


def add_staff(step: Step, name: str, role: PersonRole, secret_hash: bytes) -> PersonId:
    """A person of the venue with a key for everything that the role allows."""
    person = add_person(step, name, role, ParticipantId(0))
    add_key(step, person, "first key", secret_hash, ALL_SCOPES, Micros(0))
    return person


def add_person(step: Step, name: str, role: PersonRole, participant: ParticipantId) -> PersonId:
    """Enter a person and say so."""
    person = PersonId(step.new_id())
    step.state.register.persons[person] = Person(person, name, role, participant)
    step.emit(PersonRegistered(person, name, role, participant))
    return person


def add_key(step: Step, person: PersonId, label: str, secret_hash: bytes, scopes: int, expires_at: Micros) -> KeyId:
    """Enter a key and say so."""
    key = KeyId(step.new_id())
    step.state.register.keys[key] = ApiKey(key, person, label, secret_hash, scopes, expires_at, revoked=False)
    step.emit(KeyRegistered(key, person, label, secret_hash, scopes, expires_at))
    return key


def register_key(step: Step, command: RegisterKey) -> Refusal | None:
    """A person registers keys for themselves; an operator gives a trader the first one."""
    refusal = _refuse_key(step, command)
    if refusal is not None:
        return refusal
    # -- everything is checked; nothing below may fail --
    step.created = add_key(step, command.person, command.label, command.secret_hash, command.scopes, command.expires_at)
    return None


def _refuse_key(step: Step, command: RegisterKey) -> Refusal | None:
    register = step.state.register
    person = register.persons.get(command.person)
    if person is None:
        return Refusal(RejectReason.PERSON_NOT_FOUND)
    if command.actor != command.person:
        # An operator who could make keys for anybody could act as any two persons at once.
        operator = register.persons[command.actor].role is PersonRole.OPERATOR
        if not operator or person.role is not PersonRole.TRADER:
            return Refusal(RejectReason.PERSON_NOT_FOUND)
    known = 0 < command.scopes <= ALL_SCOPES
    lasting = command.expires_at == 0 or command.expires_at > step.at
    if not (known and lasting and len(command.secret_hash) == HASH_BYTES and is_text(command.label)):
        return Refusal(RejectReason.INVALID_FIELD)
    has_key = any(key.person == command.person and not key.revoked for key in register.keys.values())
    return Refusal(RejectReason.FIRST_KEY_GIVEN) if command.actor != command.person and has_key else None


def revoke_key(step: Step, command: RevokeKey) -> Refusal | None:
    """A person revokes their own keys; an operator anybody's, because a stolen key must die at once."""
    register = step.state.register
    key = register.keys.get(command.key)
    operator = register.persons[command.actor].role is PersonRole.OPERATOR
    if key is None or key.revoked or not (operator or key.person == command.actor):
        return Refusal(RejectReason.KEY_NOT_FOUND)
    # -- everything is checked; nothing below may fail --
    key.revoked = True
    step.emit(KeyRevoked(command.key))
    return None


def attest_snapshot(step: Step, command: AttestSnapshot) -> Refusal | None:
    """Log a state hash; replay compares it with its own."""
    if command.at_seq >= step.seq or len(command.state_hash) != HASH_BYTES:
        return Refusal(RejectReason.INVALID_FIELD)
    # -- everything is checked; nothing below may fail --
    step.emit(SnapshotAttested(command.at_seq, command.state_hash))
    return None
