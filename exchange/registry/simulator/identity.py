"""Who the simulated registry is: its key pair, the secret of its key at the venue, and the token of the venue here."""

from __future__ import annotations

import json
from dataclasses import dataclass

from exchange.client import NewSecret, PrivateKey
from exchange.registry.simulator.store import Store


@dataclass(frozen=True, slots=True)
class Identity:
    """Made once and kept in the store. ``token`` is what the venue (and whoever controls the simulator) comes with."""

    private_key: PrivateKey
    secret: NewSecret
    token: str

    @classmethod
    def of(cls, store: Store) -> Identity:
        """The identity in a store, made if it has none."""
        with store.transaction():
            if not store.setting("private key"):
                store.keep("private key", PrivateKey.generate().text)
                store.keep("secret", NewSecret.make().text)
                store.keep("token", NewSecret.make().text)
        private_key = PrivateKey.read(store.setting("private key"))
        return cls(private_key, NewSecret(store.setting("secret")), store.setting("token"))

    def staff_action(self) -> dict[str, str]:
        """The proposal with which the venue makes the registry known to itself; the regulator approves it."""
        return {
            "type": "STAFF",
            "name": "National registry (simulated) 国家登记机构（模拟）",
            "role": "REGISTRY",
            "secret_hash": self.secret.secret_hash,
            "public_key": self.private_key.public_text,
        }

    def staff_text(self) -> str:
        """The same as it is written to a file."""
        return json.dumps(self.staff_action(), ensure_ascii=False, indent=2) + "\n"
