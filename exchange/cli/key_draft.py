"""A key that is about to be made: secret and private key are in a file before anybody is asked.

Whoever is cut off between asking and writing the answer down would have a key that nobody can use, and a key pair that
the exchange takes only once. A second call finds the draft and goes on with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from exchange.cli.problem import CommandError, reason_of
from exchange.client import KeyFile, NewSecret, PrivateKey


def draft_path(file: Path) -> Path:
    """Where the draft of a file lies."""
    return file.with_name(f"{file.name}.part")


@contextmanager
def telling(file: Path) -> Iterator[None]:
    """What keeps a draft of a file from being read or written is told with what to do."""
    try:
        yield
    except OSError as error:
        raise CommandError(f"cannot write {file}: {reason_of(error)}. 无法写入该文件。") from None
    except ValueError as error:
        raise CommandError(
            f"{error}. 文件不符。",
            "an earlier call was cut off while it wrote this; remove it 上次执行中断，请删除该文件",
        ) from None


@dataclass(slots=True)
class Draft:
    """Secret and private key of a key to be, without its id as yet.

    ``is_resumed`` says that the file is of an earlier call, which was cut off; nobody knows how far it came.
    """

    path: Path
    mine: KeyFile
    is_resumed: bool

    @classmethod
    def of(cls, file: Path, url: str) -> Self:
        """The draft of what is to be in ``file``; raises OSError, and ValueError for one that is no draft."""
        path = draft_path(file)
        if path.exists():
            mine = KeyFile.load(path)
            if mine.private_key is None:
                raise ValueError(f"{path} has no private key")
            return cls(path, mine, is_resumed=True)
        mine = KeyFile(url, NewSecret.make().text, PrivateKey.generate())
        mine.save(path)
        return cls(path, mine, is_resumed=False)

    def is_in(self, file: Path) -> bool:
        """Whether the private key is in its file already: the call was cut off between that and its last word."""
        try:
            return PrivateKey.load(file).text == self.private_key.text
        except (OSError, ValueError):
            return False

    @property
    def secret(self) -> NewSecret:
        """What the token is made of, once the key has an id."""
        return NewSecret(self.mine.key)

    @property
    def private_key(self) -> PrivateKey:
        """What the key will sign with."""
        assert self.mine.private_key is not None
        return self.mine.private_key

    @property
    def public_key(self) -> str:
        """The public key of the key to be."""
        return self.private_key.public_text
