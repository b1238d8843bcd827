"""Why the naive exchange refuses what is asked of keys and switches; see :mod:`tests.oracle.refusals`."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.core.commands.governance import PersonRole, RevokeKey, RotateKey
from exchange.core.commands.orders import CancelUnattended, SetCancelAfter, UnattendedCause
from exchange.core.rejections import RejectReason as R
from tests.oracle.exchange import NaiveExchange, day_at


def refuse_set_cancel_after(twin: NaiveExchange, command: SetCancelAfter) -> Iterator[R]:
    """Off, or between five seconds and a day."""
    if command.seconds not in (0, *range(5, 86_401)):
        yield R.INVALID_FIELD


def refuse_cancel_unattended(twin: NaiveExchange, command: CancelUnattended) -> Iterator[R]:
    """Of a key of the firm, and as overdue only when it is."""
    if command.participant not in twin.firms:
        yield R.PARTICIPANT_NOT_FOUND
    key = twin.keys.known.get(command.key)
    if key is None or twin.persons[key.person].firm != command.participant:
        yield R.KEY_NOT_FOUND
    if command.cause is UnattendedCause.DEADLINE and command.key not in twin.keys.overdue(twin.at):
        yield R.CANCEL_AFTER_NOT_DUE


def refuse_rotate(twin: NaiveExchange, command: RotateKey) -> Iterator[R]:
    """Once, with a grace of no more than a day, and not too often on one day."""
    if not 0 <= command.grace_seconds <= 86_400:
        yield R.INVALID_FIELD
    if twin.keys.known[twin.key].replaced:
        yield R.KEY_REPLACED
    if twin.keys.made.count((command.actor, day_at(twin.at))) >= twin.made:
        yield R.TOO_MANY_KEYS_MADE


def refuse_revoke(twin: NaiveExchange, command: RevokeKey) -> Iterator[R]:
    """One's own, or anybody's as the venue; a key that is revoked already is revoked again, which changes nothing."""
    key = twin.keys.known.get(command.key)
    staff = twin.persons[command.actor].role in (PersonRole.OPERATOR, PersonRole.REGULATOR)
    if key is None or not (staff or key.person == command.actor):
        yield R.KEY_NOT_FOUND
