"""Letting a trader into a firm through the API, as two operators do it."""

from __future__ import annotations

from typing import NamedTuple

from exchange.client import ExchangeClient, NewSecret


class NewTrader(NamedTuple):
    """The trader's id and the token that only they know."""

    person: str
    token: str


async def add_trader(first: ExchangeClient, second: ExchangeClient, participant: str, name: str) -> NewTrader:
    """The trader makes a secret; the first operator proposes them with its hash, the second approves."""
    secret = NewSecret.make()
    fields = {"participant": participant, "name": name, "secret_hash": secret.secret_hash}
    approved = await second.proposals.approve(await first.proposals.propose("TRADER", fields))
    assert approved.created is not None and approved.created_key is not None
    return NewTrader(approved.created, secret.token(approved.created_key))
