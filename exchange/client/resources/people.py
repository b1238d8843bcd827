"""Firms, traders and keys: what the operator admits, and the keys that persons make for themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from exchange.client.connection import Connection
from exchange.client.models import Key, Me, Member, NewKey, Participant, Person, RevokedKey, RotatedKey
from exchange.client.resources.paging import every
from exchange.client.secrets import NewSecret
from exchange.client.wire import decode, in_path


class Participants:
    """Firms and the persons who trade for them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def admit(
        self,
        *,
        code: str,
        name_en: str,
        name_zh: str,
        role: str,
        owner_group: str,
        idempotency_key: str | None = None,
    ) -> Participant:
        """Admit a firm (operator); ``role`` is SELLER, BUYER or BOTH."""
        body: dict[str, object] = {
            "code": code,
            "name_en": name_en,
            "name_zh": name_zh,
            "role": role,
            "owner_group": owner_group,
        }
        return decode(Participant, await self._connection.change("POST", "/v1/participants", body, idempotency_key))

    def every(self) -> AsyncIterator[Participant]:
        """All firms for staff, the own one for a trader."""
        return every(self._connection, "/v1/participants", Participant)

    async def get(self, participant: str) -> Participant:
        """One firm."""
        return decode(Participant, await self._connection.read(f"/v1/participants/{in_path(participant)}"))


class Members:
    """The public member list."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def every(self) -> AsyncIterator[Member]:
        """All firms that are admitted to the market; whoever agrees a trade names one of them."""
        return every(self._connection, "/v1/members", Member)


class People:
    """Who acts for whom."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def every(self) -> AsyncIterator[Person]:
        """All persons for staff, those of the own firm for a trader."""
        return every(self._connection, "/v1/persons", Person)

    async def me(self) -> Me:
        """Who the key in use speaks for."""
        return decode(Me, await self._connection.read("/v1/me"))


class Keys:
    """API keys."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def make(
        self,
        label: str,
        scopes: Sequence[str],
        *,
        expires_at: str | None = None,
        public_key: str | None = None,
        networks: Sequence[str] = (),
        secret: NewSecret | None = None,
        idempotency_key: str | None = None,
    ) -> NewKey:
        """Make a further key of one's own, within the bounds of the key in use.

        Its secret is in this answer and in no other, unless it is your own ``secret``, of which only the hash is sent;
        scopes are READ, TRADE, FUNDS, MANAGE. With a ``public_key``
        (:attr:`PrivateKey.public_text`) it can sign; to make it, this client needs a private key itself. ``networks``
        are the only addresses that it can be used from (``"10.1.0.0/16"``), none for everywhere.
        """
        body: dict[str, object] = {
            "label": label,
            "scopes": list(scopes),
            "expires_at": expires_at,
            "public_key": public_key,
            "networks": list(networks) or None,
            "secret_hash": None if secret is None else secret.secret_hash,
        }
        answer = await self._connection.change("POST", "/v1/keys", body, idempotency_key)
        return decode(NewKey, _with_token(answer, secret))

    async def rotate(
        self,
        *,
        public_key: str | None = None,
        grace_seconds: int = 3_600,
        secret: NewSecret | None = None,
        idempotency_key: str | None = None,
    ) -> RotatedKey:
        """Replace the key in use by a new one for the same; the old one is good for ``grace_seconds`` longer.

        A key that signs needs the ``public_key`` of the new one. Keep your own ``secret`` in a file before you ask, and
        no crash can lose the key. This client goes on with the old key: make another one with the token of the answer.
        """
        body: dict[str, object] = {
            "public_key": public_key,
            "grace_seconds": grace_seconds,
            "secret_hash": None if secret is None else secret.secret_hash,
        }
        answer = await self._connection.change("POST", "/v1/keys/rotate", body, idempotency_key)
        return decode(RotatedKey, _with_token(answer, secret))

    async def revoke(self, key: str, *, idempotency_key: str | None = None) -> RevokedKey:
        """Make a key useless from now on, with those that it replaced and that have replaced it by rotation.

        The answer names them all. The key in use may be among them: this client is let in no more then. Orders stay in
        the book; cancel them with ``orders.cancel_all``, with another key.
        """
        answer = await self._connection.change("DELETE", f"/v1/keys/{in_path(key)}", None, idempotency_key)
        return decode(RevokedKey, answer)

    def own(self) -> AsyncIterator[Key]:
        """The own keys, without secrets."""
        return every(self._connection, "/v1/keys", Key)

    def of(self, person: str) -> AsyncIterator[Key]:
        """The keys of a person, as far as one may revoke them; none of anybody else."""
        return every(self._connection, "/v1/keys", Key, {"person": person})


def _with_token(answer: dict[str, object], secret: NewSecret | None) -> dict[str, object]:
    """The answer about a new key; the exchange does not know the token of a secret that was made here."""
    if secret is None:
        return answer
    return {**answer, "token": secret.token(str(answer.get("id")))}
