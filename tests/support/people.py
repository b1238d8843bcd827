"""Letting a trader into a firm through the API, as two operators do it."""

from __future__ import annotations

from typing import NamedTuple

from exchange.client import ExchangeClient, NewSecret, PrivateKey
from tests.support import keyring


class NewTrader(NamedTuple):
    """The trader's id and the token that only they know; what they sign with is in the keyring."""

    person: str
    token: str


async def add_trader(first: ExchangeClient, second: ExchangeClient, participant: str, name: str) -> NewTrader:
    """The trader makes a secret and a key pair; the first operator proposes them with its hash and the public key, the
    second approves.
    """
    secret, private_key = NewSecret.make(), PrivateKey.generate()
    fields = {
        "participant": participant,
        "name": name,
        "secret_hash": secret.secret_hash,
        "public_key": private_key.public_text,
    }
    approved = await second.proposals.approve(await first.proposals.propose("TRADER", fields))
    assert approved.created is not None and approved.created_key is not None
    token = secret.token(approved.created_key)
    keyring.keep(token, private_key)
    return NewTrader(approved.created, token)
