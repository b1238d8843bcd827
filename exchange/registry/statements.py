"""What the registry states about one of our requests, and its signature over it.

The same statement comes as a callback, as the answer to a question, and any number of times. It says everything that it
is about, so that nothing around it has to be believed: whoever has the registry's public key can check it in twenty
years from the journal alone. The signature is Ed25519 (RFC 8032) over the document as canonical JSON (RFC 8785; all its
values are texts, whole numbers and lists of such documents, for which that is sorted keys, no blanks and no escapes but
the necessary ones). The pages of the registry's lists are signed in the same way.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from exchange.access.public_keys import SIGNATURE_BYTES, has_signed
from exchange.client.signing import PrivateKey
from exchange.core.commands.registry import RegistryOutcome, RequestKind
from exchange.core.values import LATEST_INSTANT, Micros

STATEMENT: Final = "carbon-registry-statement/1"
LIST: Final = "carbon-registry-list/1"
"""What a signature is for; signed with it, so that one over a statement is one over nothing else."""

MAX_TEXT: Final = 200
"""Most characters of a text in a statement."""

MAX_NUMBER: Final = 2**63 - 1

NO_ACCOUNT: Final = ""
"""The account of whatever is no release."""

EARLIEST: Final = Micros(946_684_800_000_000)
"""The year 2000: nothing was stated before."""


class StatementError(ValueError):
    """This is no statement, or none that the registry has signed; the text says why."""


@dataclass(frozen=True, slots=True)
class Statement:
    """``reference`` is ours. ``kind`` is what was asked for, and ``account`` the national account that a release goes
    to, "" of all others: so a lock's statement is nothing that a cancellation could be proved with. ``serial_lo`` to
    ``serial_hi`` is half-open as everywhere in this program; ``stated_at`` counts microseconds since 1970. ``receipt``
    is that of what was done, "" where nothing was.
    """

    reference: str
    kind: str
    account: str
    outcome: str
    space: str
    serial_lo: int
    serial_hi: int
    receipt: str
    message: str
    stated_at: int

    @property
    def kind_stated(self) -> RequestKind:
        """The kind as the core has it."""
        return RequestKind[self.kind]

    @property
    def outcome_stated(self) -> RegistryOutcome:
        """The outcome as the core has it."""
        return RegistryOutcome[self.outcome]

    @property
    def at(self) -> Micros:
        """When it was stated."""
        return Micros(self.stated_at)


@dataclass(frozen=True, slots=True)
class Signed:
    """A statement, the 64 bytes under it, and the public key that they are of."""

    statement: Statement
    signature: bytes
    public_key: bytes


def canonical_json(document: Mapping[str, Any]) -> bytes:
    """RFC 8785 for documents of texts and whole numbers."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def signed_bytes(purpose: str, document: Mapping[str, Any]) -> bytes:
    """What a signature is over."""
    return canonical_json({"purpose": purpose, **document})


def sign_document(purpose: str, document: Mapping[str, Any], private_key: PrivateKey) -> dict[str, Any]:
    """The document with the signature over the rest of it."""
    signature = private_key.sign(signed_bytes(purpose, document))
    return {**document, "signature": base64.b64encode(signature).decode()}


def sign(statement: Statement, private_key: PrivateKey) -> dict[str, Any]:
    """The statement as it travels."""
    return sign_document(STATEMENT, asdict(statement), private_key)


def read_signed(purpose: str, document: object, keys: Iterable[bytes]) -> tuple[dict[str, Any], bytes, bytes]:
    """A document without its signature, the signature, and which of the public keys it is of.

    Raises:
        StatementError: when it is no object, or signed with none of these keys for this purpose.
    """
    if not isinstance(document, dict):
        raise StatementError("not an object")
    fields = dict(document)
    signature = _signature(fields.pop("signature", None))
    try:
        message = signed_bytes(purpose, fields)
    except (TypeError, ValueError, RecursionError) as error:
        # Whoever reads the bytes bounds their depth; this is for those who hand in a document of their own.
        raise StatementError("not of texts and numbers") from error
    for key in keys:
        if has_signed(key, signature, message):
            return fields, signature, key
    raise StatementError("the signature is not the registry's")


def read_statement(document: object, keys: Iterable[bytes]) -> Signed:
    """The statement that a document is.

    Raises:
        StatementError: when it is not of this shape, or signed with none of these keys.
    """
    fields, signature, key = read_signed(STATEMENT, document, keys)
    return Signed(_statement(fields), signature, key)


def _signature(text: object) -> bytes:
    try:
        signature = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (binascii.Error, ValueError):
        signature = b""
    # Bits that base64 leaves over are zero (RFC 4648, section 3.5): one signature is one text.
    if len(signature) != SIGNATURE_BYTES or base64.b64encode(signature).decode() != text:
        raise StatementError("the signature must be 64 bytes in base64")
    return signature


_KINDS: Final[dict[str, type]] = {
    name: int if kind == "int" else str for name, kind in Statement.__annotations__.items()
}


def _statement(fields: dict[str, Any]) -> Statement:
    if fields.keys() != _KINDS.keys():
        raise StatementError(f"a statement has exactly the fields {', '.join(sorted(_KINDS))}")
    wrong = [name for name, kind in _KINDS.items() if type(fields[name]) is not kind or not _is_bounded(fields[name])]
    wrong += [name for name in ("reference", "space", "message") if fields[name] == ""]
    if wrong:
        raise StatementError(f"of the wrong kind: {', '.join(wrong)}")
    for name, known in (("kind", RequestKind.__members__), ("outcome", RegistryOutcome.__members__)):
        if fields[name] not in known:
            raise StatementError(f"the {name} must be one of {', '.join(known)}")
    if not EARLIEST <= fields["stated_at"] <= LATEST_INSTANT:
        raise StatementError("stated before the year 2000 or after 9998")
    return Statement(**fields)


def _is_bounded(value: str | int) -> bool:
    """Numbers that a table holds, and texts that people can read: no control characters, nothing unassigned."""
    if isinstance(value, str):
        return len(value) <= MAX_TEXT and value.isprintable()
    return 0 <= value <= MAX_NUMBER
