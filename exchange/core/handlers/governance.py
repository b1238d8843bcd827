"""The venue's first entry, its rulebook, its staff and everybody's keys."""

from __future__ import annotations

from exchange.core.approvals import may_revoke_of
from exchange.core.commands.governance import (
    AdoptRulebook,
    Genesis,
    PersonRole,
    RegisterKey,
    RegisterStaff,
    ReplaceKeys,
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
from exchange.core.participants import ApiKey, Person, Register
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.rulebook import refuse_rules, rulebook_on
from exchange.core.sessions import Phase
from exchange.core.state import ExchangeState
from exchange.core.values import MAX_TEXT, KeyId, Micros, ParticipantId, PersonId, is_day

ALL_SCOPES = int(sum(Scope))
HASH_BYTES = 32
MAX_KEYS = 100
NEVER = Micros(0)
NONE = KeyId(0)


def open_venue(step: Step, command: Genesis) -> Refusal | None:
    """The first entry: names the venue, its first day, its rules and its first persons with their keys."""
    session = step.state.session
    if session.phase is not Phase.NEW:
        return Refusal(RejectReason.ALREADY_OPENED)
    staffed = all(_is_staff(member.role, member.secret_hash) and is_text(member.name) for member in command.staff)
    named = is_text(command.venue) and len(command.profile) <= MAX_TEXT
    if not (is_day(command.trading_day) and named and command.staff and staffed):
        return Refusal(RejectReason.INVALID_FIELD)
    if len({member.secret_hash for member in command.staff}) < len(command.staff):
        return Refusal(RejectReason.SECRET_USED)
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
    return refuse_secret(state, action.secret_hash, action.role is not PersonRole.TRADER and is_text(action.name))


def refuse_secret(state: ExchangeState, secret_hash: bytes, fits: bool = True) -> Refusal | None:
    """Why a person cannot come in with this secret; ``fits`` is whether all else about them is right.

    A secret serves once: two keys of one secret would be two persons whom one secret can speak for.
    """
    if not fits or len(secret_hash) != HASH_BYTES:
        return Refusal(RejectReason.INVALID_FIELD)
    return Refusal(RejectReason.SECRET_USED) if secret_hash in state.register.secrets else None


def register_staff(step: Step, action: RegisterStaff) -> None:
    """Add the person and their first key."""
    step.created = add_staff(step, action.name, action.role, action.secret_hash)


def add_staff(step: Step, name: str, role: PersonRole, secret_hash: bytes) -> PersonId:
    """A person of the venue with a key for everything that the role allows."""
    person = add_person(step, name, role, ParticipantId(0))
    add_first_key(step, person, secret_hash)
    return person


def add_person(step: Step, name: str, role: PersonRole, participant: ParticipantId) -> PersonId:
    """Enter a person and say so."""
    person = PersonId(step.new_id())
    step.state.register.persons[person] = Person(person, name, role, participant, 0, 0)
    step.emit(PersonRegistered(person, name, role, participant))
    return person


def add_first_key(step: Step, person: int, secret_hash: bytes) -> None:
    """Enter a key for everything that the person's role allows, without an end."""
    _add_key(step, ApiKey(_new_key(step), PersonId(person), "first key", secret_hash, ALL_SCOPES, NEVER, NONE, False))


def _new_key(step: Step) -> KeyId:
    return KeyId(step.new_id())


def _add_key(step: Step, key: ApiKey) -> None:
    """Enter a key and say so."""
    register = step.state.register
    register.add_key(key)
    register.persons[key.person].keys += 1
    step.emit(KeyRegistered(key.key, key.person, key.label, key.secret_hash, key.scopes, key.expires_at, key.made_with))


def register_key(step: Step, command: RegisterKey) -> Refusal | None:
    """A person makes further keys for themselves, each within the bounds of the key it is made with."""
    refusal = _refuse_key(step, command)
    if refusal is not None:
        return refusal
    # -- everything is checked; nothing below may fail --
    key = _new_key(step)
    step.created = key
    _add_key(
        step,
        ApiKey(
            key,
            command.actor,
            command.label,
            command.secret_hash,
            command.scopes,
            command.expires_at,
            made_with=step.key,
            revoked=False,
        ),
    )
    return None


def _refuse_key(step: Step, command: RegisterKey) -> Refusal | None:
    register = step.state.register
    known = 0 < command.scopes <= ALL_SCOPES
    lasting = command.expires_at == NEVER or command.expires_at > step.at
    if not (known and lasting and is_text(command.label) and len(command.secret_hash) == HASH_BYTES):
        return Refusal(RejectReason.INVALID_FIELD)
    # A stolen key must not be able to make one that does more than itself or outlives it.
    maker = register.keys[step.key]
    longer = maker.expires_at != NEVER and not NEVER < command.expires_at <= maker.expires_at
    if command.scopes & ~maker.scopes or longer:
        return Refusal(RejectReason.KEY_TOO_WIDE)
    if command.secret_hash in register.secrets:
        return Refusal(RejectReason.SECRET_USED)
    if register.persons[command.actor].keys >= MAX_KEYS:
        return Refusal(RejectReason.TOO_MANY_KEYS, (("highest", MAX_KEYS),))
    return None


def refuse_replacement(state: ExchangeState, action: ReplaceKeys) -> Refusal | None:
    """Only a person who is known can get other keys."""
    if action.person not in state.register.persons:
        return Refusal(RejectReason.PERSON_NOT_FOUND)
    return refuse_secret(state, action.secret_hash)


def replace_keys(step: Step, action: ReplaceKeys) -> None:
    """Revoke every key of the person, wherever it may be now, and enter a first one again."""
    for key in step.state.register.keys.values():
        if key.person == action.person and not key.revoked:
            _revoke(step, key)
    step.created = action.person
    add_first_key(step, action.person, action.secret_hash)


def revoke_key(step: Step, command: RevokeKey) -> Refusal | None:
    """A person revokes their own keys; the venue others', because a stolen key must die at once."""
    register = step.state.register
    key = register.keys.get(command.key)
    if key is None or key.revoked or not _may_revoke(register, command.actor, key):
        return Refusal(RejectReason.KEY_NOT_FOUND)
    # -- everything is checked; nothing below may fail --
    _revoke(step, key)
    return None


def _may_revoke(register: Register, actor: PersonId, key: ApiKey) -> bool:
    return key.person == actor or may_revoke_of(register.role_of(actor), register.role_of(key.person))


def _revoke(step: Step, key: ApiKey) -> None:
    key.revoked = True
    step.state.register.persons[key.person].keys -= 1
    step.emit(KeyRevoked(key.key))


def attest_snapshot(step: Step, command: AttestSnapshot) -> Refusal | None:
    """Log a state hash; replay compares it with its own."""
    if command.at_seq >= step.seq or len(command.state_hash) != HASH_BYTES:
        return Refusal(RejectReason.INVALID_FIELD)
    # -- everything is checked; nothing below may fail --
    step.emit(SnapshotAttested(command.at_seq, command.state_hash))
    return None
