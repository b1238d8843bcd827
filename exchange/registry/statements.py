"""What the registry states about one of our requests, and its signature over it.

The same statement comes as a callback, as the answer to a question, and any number of times. It says everything that it
is about, so that nothing around it has to be believed: whoever has the registry's public key can check it in twenty
years from the journal alone. The signature is Ed25519 over the statement as canonical JSON (RFC 8785; all its values
are texts and whole numbers, for which that is sorted keys, no blanks and no escapes but the necessary ones).
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import asdict, dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.access.public_keys import SIGNATURE_BYTES, has_signed
from exchange.core.commands.registry import RegistryOutcome
from exchange.core.values import Micros

PURPOSE: Final = "carbon-registry-statement/1"
"""Stands in each statement, so that a signature over one is a signature over nothing else."""


class StatementError(ValueError):
    """This is no statement, or not one that this key has signed; the text says why."""


@dataclass(frozen=True, slots=True)
class Statement:
    """``reference`` is ours. ``serial_lo`` to ``serial_hi`` is half-open as everywhere in this program; ``stated_at``
    counts microseconds since 1970.
    """

    reference: str
    outcome: str
    space: str
    serial_lo: int
    serial_hi: int
    receipt: str
    message: str
    stated_at: int

    def signed_bytes(self) -> bytes:
        """What the signature is over."""
        return canonical_json({"purpose": PURPOSE, **asdict(self)})

    @property
    def outcome_stated(self) -> RegistryOutcome:
        """The outcome as the core has it."""
        return RegistryOutcome[self.outcome]

    @property
    def at(self) -> Micros:
        """When it was stated."""
        return Micros(self.stated_at)


def canonical_json(document: dict[str, Any]) -> bytes:
    """RFC 8785 for documents of texts and whole numbers."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sign(statement: Statement, private_key: Ed25519PrivateKey) -> dict[str, Any]:
    """The statement as it travels: its fields and the signature over them."""
    signature = private_key.sign(statement.signed_bytes())
    return {**asdict(statement), "signature": base64.b64encode(signature).decode()}


def read_statement(document: object, public_key: bytes) -> tuple[Statement, bytes]:
    """The statement that a document is, and its signature.

    Raises:
        StatementError: when it is not of this shape, or not signed with this key.
    """
    if not isinstance(document, dict):
        raise StatementError("a statement is an object")
    fields = dict(document)
    signature = _signature(fields.pop("signature", None))
    statement = _statement(fields)
    if not has_signed(public_key, signature, statement.signed_bytes()):
        raise StatementError("the signature is not the registry's")
    return statement, signature


def _signature(text: object) -> bytes:
    try:
        signature = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except binascii.Error:
        signature = b""
    if len(signature) != SIGNATURE_BYTES:
        raise StatementError("signature must be 64 bytes in base64")
    return signature


def _statement(fields: dict[str, Any]) -> Statement:
    kinds: dict[str, type] = {name: int if kind == "int" else str for name, kind in Statement.__annotations__.items()}
    if fields.keys() != kinds.keys():
        raise StatementError(f"a statement has exactly the fields {', '.join(sorted(kinds))}")
    wrong = [name for name, kind in kinds.items() if type(fields[name]) is not kind]
    if wrong:
        raise StatementError(f"of the wrong kind: {', '.join(wrong)}")
    if fields["outcome"] not in RegistryOutcome.__members__:
        raise StatementError(f"outcome must be one of {', '.join(RegistryOutcome.__members__)}")
    return Statement(**fields)
