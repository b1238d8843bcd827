"""The registry's own hand: puts its signature under the statements of a log that was made without one."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Final

from exchange.client import PrivateKey
from exchange.core.commands.governance import Genesis, PersonRole
from exchange.core.commands.registry import AnswerRequest
from exchange.core.machine import apply
from exchange.core.state import ExchangeState
from exchange.core.values import Seq
from exchange.registry.statements import Statement, sign
from tests.support.keys import Given

UNSIGNED: Final = bytes(64)
"""What stands under a statement in tests of which nobody looks at the signature."""

REGISTRY_KEY: Final = PrivateKey.read("A" * 43)


def sign_answer(state: ExchangeState, command: AnswerRequest, private_key: PrivateKey) -> None:
    """Put the registry's signature under a statement that has none, about a request that there is."""
    request = state.requests.by_id.get(command.request)
    if request is None or command.signature != UNSIGNED:
        return
    space = next(name for name, known in state.credits.spaces.items() if known == state.credits.lots[request.lot].space)
    about = (space, command.serials_lo, command.serials_hi, command.receipt, command.message, command.stated_at)
    said = (command.kind.name, command.account, command.outcome.name, *about)
    document = sign(Statement(request.reference, *said), private_key)
    command.signature = base64.b64decode(document["signature"])


def signed(log: Iterable[Given]) -> Iterator[Given]:
    """The same log, but the registry has a key from the first entry on and has signed what it said."""
    state = ExchangeState()
    for seq, given in enumerate(log, 1):
        command = deepcopy(given.command)
        if isinstance(command, Genesis):
            for member in command.staff:
                if member.role is PersonRole.REGISTRY and not member.public_key:
                    member.public_key = base64.urlsafe_b64decode(REGISTRY_KEY.public_text + "=")
        elif isinstance(command, AnswerRequest):
            sign_answer(state, command, REGISTRY_KEY)
        apply(state, command, given.key, Seq(seq), given.at)
        yield Given(command, given.key, given.at)
