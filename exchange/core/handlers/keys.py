"""Everybody's keys: further ones that a person makes, their rotation, their replacement and their revocation.

A key never makes one that could do more than itself: no wider scopes, no later end, no signatures that it cannot make
itself, no addresses that it cannot be used from. So whoever steals a key gets no further than that key.

Nor does a thief keep it by rotating it: a key is revoked together with what rotation made of it. A secret and a public
key serve once, so that one person's never speak for another, and what was revoked never comes back. Nobody makes keys
without end, since each stays in the log, the database and the memory for ever.
"""

from __future__ import annotations

from typing import Final

from exchange.core.approvals import may_revoke_of
from exchange.core.commands.governance import RegisterKey, ReplaceKeys, RevokeKey, RotateKey, Scope
from exchange.core.events.governance import KeyRegistered, KeyRevoked, KeyRotated
from exchange.core.handlers.step import Step
from exchange.core.participants import ApiKey, Register
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.state import ExchangeState
from exchange.core.values import MAX_TEXT, MICROS_PER_SECOND, KeyId, Micros, PersonId, day_of

ALL_SCOPES: Final = int(sum(Scope))
HASH_BYTES: Final = 32
PUBLIC_KEY_BYTES: Final = (0, 32)
"""None, or a point of Ed25519 (RFC 8032, 5.1.5)."""

MAX_KEYS: Final = 100
MAX_MADE_A_DAY: Final = 20
"""How many keys a person may make and rotate on a day of the clock in Shanghai.

A day of the clock and not of trading, which may last for weeks and, where nobody ends it, for ever.
"""

MAX_NETWORKS: Final = 20
LONGEST_NETWORK: Final = 43
"""Characters of an IPv6 address written out, a slash and three digits."""

LONGEST_GRACE_SECONDS: Final = 86_400
NEVER: Final = Micros(0)
NONE: Final = KeyId(0)
EVERYWHERE: Final[tuple[str, ...]] = ()


def is_text(value: str) -> bool:
    """Whether a text is there and not too long; what is in it was the decoder's business."""
    return 0 < len(value) <= MAX_TEXT


def fit_sizes(secret_hash: bytes, public_key: bytes) -> bool:
    """Whether both have the size of what they should be."""
    return len(secret_hash) == HASH_BYTES and len(public_key) in PUBLIC_KEY_BYTES


def refuse_secret(state: ExchangeState, secret_hash: bytes, public_key: bytes, fits: bool = True) -> Refusal | None:
    """Why a person cannot come in with this key; ``fits`` is whether all else about them is right."""
    if not fits or not fit_sizes(secret_hash, public_key):
        return Refusal(RejectReason.INVALID_FIELD)
    if secret_hash in state.register.secrets:
        return Refusal(RejectReason.SECRET_USED)
    return _refuse_pair(state.register, public_key)


def _refuse_pair(register: Register, public_key: bytes) -> Refusal | None:
    """A key pair serves once, as a secret does: whoever has one private key must be one person, and what was revoked or
    replaced is over for whoever has stolen it.
    """
    return Refusal(RejectReason.PUBLIC_KEY_USED) if public_key in register.public_keys else None


def add_first_key(step: Step, person: PersonId, secret_hash: bytes, public_key: bytes) -> None:
    """Enter a key for everything that the person's role allows, from everywhere and without an end."""
    key = _new_key(step)
    first = ApiKey(
        key,
        person,
        "first key",
        secret_hash,
        public_key,
        ALL_SCOPES,
        NEVER,
        EVERYWHERE,
        made_with=NONE,
        line=key,
        replaced_by=NONE,
        revoked=False,
    )
    _add_key(step, first)


def _new_key(step: Step) -> KeyId:
    return KeyId(step.new_id())


def _add_key(step: Step, key: ApiKey) -> None:
    """Enter a key and say so."""
    register = step.state.register
    register.add_key(key)
    register.persons[key.person].keys += 1
    step.emit(
        KeyRegistered(
            key.key,
            key.person,
            key.label,
            key.secret_hash,
            key.public_key,
            key.scopes,
            key.expires_at,
            key.networks,
            key.made_with,
        )
    )


def register_key(step: Step, command: RegisterKey) -> Refusal | None:
    """A person makes further keys for themselves, each within the bounds of the key it is made with."""
    refusal = _refuse_key(step, command)
    if refusal is not None:
        return refusal
    # -- everything is checked; nothing below may fail --
    key = _new_key(step)
    step.created = key
    _count_as_made(step, command.actor)
    _add_key(
        step,
        ApiKey(
            key,
            command.actor,
            command.label,
            command.secret_hash,
            command.public_key,
            command.scopes,
            command.expires_at,
            command.networks,
            made_with=step.key,
            line=key,
            replaced_by=NONE,
            revoked=False,
        ),
    )
    return None


def _refuse_key(step: Step, command: RegisterKey) -> Refusal | None:
    register = step.state.register
    known = 0 < command.scopes <= ALL_SCOPES and _fit_networks(command.networks)
    lasting = command.expires_at == NEVER or command.expires_at > step.at
    if not (known and lasting and is_text(command.label) and fit_sizes(command.secret_hash, command.public_key)):
        return Refusal(RejectReason.INVALID_FIELD)
    if _is_wider(register.keys[step.key], command):
        return Refusal(RejectReason.KEY_TOO_WIDE)
    if command.secret_hash in register.secrets:
        return Refusal(RejectReason.SECRET_USED)
    if register.persons[command.actor].keys >= MAX_KEYS:
        return Refusal(RejectReason.TOO_MANY_KEYS, (("highest", MAX_KEYS),))
    return _refuse_another(step, command.actor) or _refuse_pair(register, command.public_key)


def _refuse_another(step: Step, number: PersonId) -> Refusal | None:
    """Each key stays for ever, so their number is bounded by the day: by what is made, not by what is there."""
    person = step.state.register.persons[number]
    if person.keys_made_on == day_of(step.at) and person.keys_made >= MAX_MADE_A_DAY:
        return Refusal(RejectReason.TOO_MANY_KEYS_MADE, (("highest", MAX_MADE_A_DAY),))
    return None


def _count_as_made(step: Step, number: PersonId) -> None:
    person, today = step.state.register.persons[number], day_of(step.at)
    person.keys_made = person.keys_made + 1 if person.keys_made_on == today else 1
    person.keys_made_on = today


def _fit_networks(networks: tuple[str, ...]) -> bool:
    """Whether they are few, short, sorted and different; that each is a network was the decoder's business."""
    short = all(0 < len(network) <= LONGEST_NETWORK for network in networks)
    return len(networks) <= MAX_NETWORKS and short and list(networks) == sorted(set(networks))


def _is_wider(maker: ApiKey, command: RegisterKey) -> bool:
    """Whether the new key could do what its maker cannot: a stolen key must not be able to make such a one.

    Networks are compared as texts. Which network lies inside which other is not the core's knowledge, and a person who
    wants to narrow a key down further can make it with one that has no networks.
    """
    longer = maker.expires_at != NEVER and not NEVER < command.expires_at <= maker.expires_at
    signs = bool(command.public_key) and not maker.public_key
    inside = not maker.networks or (command.networks and set(command.networks) <= set(maker.networks))
    return bool(command.scopes & ~maker.scopes) or longer or signs or not inside


def rotate_key(step: Step, command: RotateKey) -> Refusal | None:
    """Put a new key in the place of the one in use, good for the same, from the same places and as long."""
    refusal = _refuse_rotation(step, command)
    if refusal is not None:
        return refusal
    # -- everything is checked; nothing below may fail --
    old, key = step.state.register.keys[step.key], _new_key(step)
    step.created = key
    _count_as_made(step, old.person)
    _add_key(step, _successor(old, key, command))
    grace_ends = Micros(step.at + command.grace_seconds * MICROS_PER_SECOND)
    if old.expires_at == NEVER or grace_ends < old.expires_at:
        old.expires_at = grace_ends
    old.replaced_by = key
    step.state.register.persons[old.person].keys -= 1
    step.emit(KeyRotated(old.key, key, old.expires_at))
    return None


def _refuse_rotation(step: Step, command: RotateKey) -> Refusal | None:
    """A key that signs is replaced by one that signs, and a key once: a leaked one must not outlive its rotation."""
    register = step.state.register
    old = register.keys[step.key]
    graceful = 0 <= command.grace_seconds <= LONGEST_GRACE_SECONDS
    signs = bool(command.public_key) == bool(old.public_key)
    if not (graceful and signs and fit_sizes(command.secret_hash, command.public_key)):
        return Refusal(RejectReason.INVALID_FIELD)
    if command.secret_hash in register.secrets:
        return Refusal(RejectReason.SECRET_USED)
    if old.replaced_by:
        return Refusal(RejectReason.KEY_REPLACED)
    return _refuse_another(step, old.person) or _refuse_pair(register, command.public_key)


def _successor(old: ApiKey, key: KeyId, command: RotateKey) -> ApiKey:
    return ApiKey(
        key,
        old.person,
        old.label,
        command.secret_hash,
        command.public_key,
        old.scopes,
        old.expires_at,
        old.networks,
        made_with=old.made_with,
        line=old.line,
        replaced_by=NONE,
        revoked=False,
    )


def refuse_replacement(state: ExchangeState, action: ReplaceKeys) -> Refusal | None:
    """Only a person who is known can get other keys."""
    if action.person not in state.register.persons:
        return Refusal(RejectReason.PERSON_NOT_FOUND)
    return refuse_secret(state, action.secret_hash, action.public_key)


def replace_keys(step: Step, action: ReplaceKeys) -> None:
    """Revoke every key of the person, wherever it may be now, and enter a first one again."""
    for line in step.state.register.lines[action.person].values():
        _revoke_line(step, line)
    step.created = action.person
    add_first_key(step, action.person, action.secret_hash, action.public_key)


def revoke_key(step: Step, command: RevokeKey) -> Refusal | None:
    """A person revokes their own keys; the venue others', because a stolen key must die at once.

    A thief who has rotated the key has its successor, so the whole line is revoked. Only the key that has replaced
    another one can revoke that one alone: this ends a rotation before its grace does.

    Where all of that is revoked already nothing happens, and that is no refusal: what was asked for is so.
    """
    register = step.state.register
    key = register.keys.get(command.key)
    if key is None or not _may_revoke(register, command.actor, key):
        return Refusal(RejectReason.KEY_NOT_FOUND)
    # -- everything is checked; nothing below may fail --
    alone = register.keys[step.key].line == key.line and step.key > key.key
    if not key.revoked:
        _revoke(step, key)
    if not alone:
        _revoke_line(step, register.line_of(key))
    return None


def _revoke_line(step: Step, line: list[KeyId]) -> None:
    """Revoke the keys of a line that may still be good, and always the last one: by it the line is told as revoked."""
    for key in step.state.register.lately(line, step.at):
        if not key.revoked and (key.is_good(step.at) or not key.replaced_by):
            _revoke(step, key)


def _may_revoke(register: Register, actor: PersonId, key: ApiKey) -> bool:
    return key.person == actor or may_revoke_of(register.role_of(actor), register.role_of(key.person))


def _revoke(step: Step, key: ApiKey) -> None:
    key.revoked = True
    if not key.replaced_by:
        step.state.register.persons[key.person].keys -= 1
    step.emit(KeyRevoked(key.key))
