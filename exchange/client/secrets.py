"""The secret of a person's first key: made by that person, shown to nobody; only its SHA-256 is handed over.

>>> mine = NewSecret.make()
>>> len(mine.text), len(mine.secret_hash)
(43, 64)
>>> mine.token("key-17-1").startswith("key-17-1.")
True
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Self

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class NewSecret:
    """256 random bits as 43 characters of URL-safe base64. Keep ``text``; ``secret_hash`` goes into the proposal."""

    text: str = field(repr=False)

    @classmethod
    def make(cls) -> Self:
        """A fresh one."""
        return cls(secrets.token_urlsafe(SECRET_BYTES))

    @property
    def secret_hash(self) -> str:
        """The SHA-256 of the text, in hex: what TRADER, STAFF and KEY_REPLACEMENT ask for."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def token(self, key: str) -> str:
        """What ``Authorization: Bearer`` wants, once the approval has named the key (``created_key``)."""
        return f"{key}.{self.text}"
