"""Whether the answers that we keep are what the registry has signed: made again from the books, and checked.

Every field that the signature is over stands in the books beside it. So an answer that somebody has written into them,
or changed afterwards, is found by whoever has the registry's public keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from exchange.access.public_keys import has_signed
from exchange.registry.statements import STATEMENT, Statement, signed_bytes


class Evidence:
    """Checks signatures, each once as long as it is kept: one costs a tenth of a millisecond."""

    def __init__(self) -> None:
        self._good: set[tuple[Statement, bytes]] = set()

    def is_signed(self, statement: Statement, signature: bytes, keys: Sequence[bytes]) -> bool:
        """Whether the owner of one of these keys has signed just this."""
        if (statement, signature) in self._good:
            return True
        message = signed_bytes(STATEMENT, asdict(statement))
        if not any(has_signed(key, signature, message) for key in keys):
            return False
        self._good.add((statement, signature))
        return True
