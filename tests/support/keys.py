"""Commands as they stand in a log, and which key a person acts with in a test: their widest good one."""

from __future__ import annotations

from typing import NamedTuple

from exchange.core.commands import Command
from exchange.core.state import ExchangeState
from exchange.core.values import NOBODY, KeyId, Micros, PersonId


class Given(NamedTuple):
    """A command at its place in a log: by which key and when."""

    command: Command
    key: KeyId
    at: Micros


def key_of(state: ExchangeState, person: PersonId, at: Micros) -> KeyId:
    """The key with the most scopes among those that are good at that moment; 0 when there is none."""
    good = [key for key in state.register.keys.values() if key.person == person and key.is_good(at)]
    return max(good, key=lambda key: (key.scopes.bit_count(), -key.key)).key if good else KeyId(NOBODY)
