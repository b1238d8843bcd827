"""A file with everything that a program needs to reach an exchange: its address, a key, and what the owner signs with.

It is JSON with the fields ``url``, ``key`` and ``private_key`` (43 characters, left out for a key that does not sign);
further fields are passed over. Only its owner may read it.
"""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from exchange.client.signing import PrivateKey

_OWNER_ONLY = 0o600
_FOR_OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The address of an exchange, and a person's key for it. The secret is never shown by ``repr``."""

    url: str
    key: str = field(repr=False)
    private_key: PrivateKey | None = None

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """Read a file.

        Raises:
            PermissionError: when others than its owner may read it.
            ValueError: when it is no key file.
            OSError: when it cannot be read.
        """
        with Path(path).open("rb") as file:
            for_others = os.name == "posix" and stat.S_IMODE(os.fstat(file.fileno()).st_mode) & _FOR_OTHERS
            data = file.read()
        try:
            document = json.loads(data)
            url, key, private_key = document["url"], document["key"], document.get("private_key")
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
            raise ValueError(f"{path} is no key file: JSON with url, key and private_key") from None
        if not isinstance(url, str) or not isinstance(key, str) or not isinstance(private_key, str | None):
            raise ValueError(f"{path} is no key file: url, key and private_key are text")
        # Only now: whoever named a wrong file by mistake need not change who may read that one.
        if for_others:
            raise PermissionError(f"others may read {path}: run chmod 600 on it")
        return cls(url, key, None if private_key is None else PrivateKey.read(private_key))

    def save(self, path: Path | str) -> None:
        """Write a file that only its owner may read; one that is there is never written over.

        Raises:
            FileExistsError: when there is a file of this name.
            OSError: when it cannot be written.
        """
        document = {"url": self.url, "key": self.key}
        if self.private_key is not None:
            document["private_key"] = self.private_key.text
        # The mode is given with the creation, so that there is no moment in which others may read.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(json.dumps(document, indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())
