"""The venue's first entry, its rulebook and its staff."""

from __future__ import annotations

from exchange.core.commands.governance import AdoptRulebook, Genesis, PersonRole, RegisterStaff, Rule, StaffMember
from exchange.core.commands.instruments import AttestSnapshot
from exchange.core.events.governance import PersonRegistered, RulebookAdopted, SnapshotAttested, VenueOpened
from exchange.core.handlers.keys import HASH_BYTES, add_first_key, fit_sizes, is_text, refuse_secret
from exchange.core.handlers.sandbox import MAX_SANDBOX_CASH
from exchange.core.handlers.step import Step
from exchange.core.participants import Person
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.rulebook import amended, refuse_rules, rulebook_on
from exchange.core.sessions import Phase
from exchange.core.state import ExchangeState
from exchange.core.values import MAX_QUANTITY, MAX_TEXT, Day, ParticipantId, PersonId, is_day


def open_venue(step: Step, command: Genesis) -> Refusal | None:
    """The first entry: names the venue, its first day, its rules and its first persons with their keys."""
    session = step.state.session
    if session.phase is not Phase.NEW:
        return Refusal(RejectReason.ALREADY_OPENED)
    staffed = command.staff and all(_is_staff(member) for member in command.staff)
    named = is_text(command.venue) and len(command.profile) <= MAX_TEXT
    generous = 0 <= command.sandbox_cash <= MAX_SANDBOX_CASH and 0 <= command.sandbox_tonnes <= MAX_QUANTITY
    if not (is_day(command.trading_day) and named and staffed and generous):
        return Refusal(RejectReason.INVALID_FIELD)
    refusal = _refuse_shared(command.staff) or refuse_rules(command.rules, command.trading_day)
    if refusal is not None:
        return refusal
    # -- everything is checked; nothing below may fail --
    session.venue, session.day, session.phase = command.venue, command.trading_day, Phase.OPEN
    session.sandbox_cash, session.sandbox_tonnes = command.sandbox_cash, command.sandbox_tonnes
    step.emit(VenueOpened(command.venue, command.trading_day, command.sandbox_cash, command.sandbox_tonnes))
    _adopt(step, command.profile, command.rules)
    for member in command.staff:
        add_staff(step, member.name, member.role, member.secret_hash, member.public_key)
    return None


def _is_staff(member: StaffMember) -> bool:
    named = member.role is not PersonRole.TRADER and is_text(member.name)
    return named and fit_sizes(member.secret_hash, member.public_key)


def _refuse_shared(staff: tuple[StaffMember, ...]) -> Refusal | None:
    """The first persons share neither a secret nor a key pair, as nobody does after them."""
    if len({member.secret_hash for member in staff}) < len(staff):
        return Refusal(RejectReason.SECRET_USED)
    public_keys = [member.public_key for member in staff if member.public_key]
    return Refusal(RejectReason.PUBLIC_KEY_USED) if len(set(public_keys)) < len(public_keys) else None


def _adopt(step: Step, profile: str, rules: tuple[Rule, ...]) -> None:
    state = step.state
    state.rulebook = rulebook_on(state.rulebook.version + 1, profile, rules, state.session.day)
    step.emit(RulebookAdopted(state.rulebook.version, profile, rules))


def refuse_rulebook(state: ExchangeState, action: AdoptRulebook) -> Refusal | None:
    """Why the rulebook cannot be changed so today."""
    if len(action.profile) > MAX_TEXT or not (action.rules or action.removed):
        return Refusal(RejectReason.INVALID_FIELD)
    return refuse_rules(action.rules, state.session.day, state.rulebook.rules, action.removed)


def adopt_rulebook(step: Step, action: AdoptRulebook) -> None:
    """Put the next version of the rulebook in force: what the action does not name is as it was. Bands follow at the
    next end of day.
    """
    _adopt(step, action.profile, amended(step.state.rulebook.rules, action.rules, action.removed))


def refuse_staff(state: ExchangeState, action: RegisterStaff) -> Refusal | None:
    """Traders are registered with their participant, not here."""
    fits = action.role is not PersonRole.TRADER and is_text(action.name)
    return refuse_secret(state, action.secret_hash, action.public_key, fits)


def register_staff(step: Step, action: RegisterStaff) -> None:
    """Add the person and their first key."""
    step.created = add_staff(step, action.name, action.role, action.secret_hash, action.public_key)


def add_staff(step: Step, name: str, role: PersonRole, secret_hash: bytes, public_key: bytes) -> PersonId:
    """A person of the venue with a key for everything that the role allows."""
    person = add_person(step, name, role, ParticipantId(0))
    add_first_key(step, person, secret_hash, public_key)
    return person


def add_person(step: Step, name: str, role: PersonRole, participant: ParticipantId) -> PersonId:
    """Enter a person and say so."""
    person = PersonId(step.new_id())
    step.state.register.persons[person] = Person(
        person, name, role, participant, keys=0, open_proposals=0, keys_made_on=Day(0), keys_made=0
    )
    step.emit(PersonRegistered(person, name, role, participant))
    return person


def attest_snapshot(step: Step, command: AttestSnapshot) -> Refusal | None:
    """Log a state hash; replay compares it with its own."""
    if command.at_seq >= step.seq or len(command.state_hash) != HASH_BYTES or command.image_format < 1:
        return Refusal(RejectReason.INVALID_FIELD)
    # -- everything is checked; nothing below may fail --
    step.emit(SnapshotAttested(command.at_seq, command.state_hash))
    return None
