"""The forms of values in answers, for the published schema; :mod:`exchange.api.wire` makes the values themselves."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any, Final

from pydantic import Field, WithJsonSchema

from exchange.access.ids import Kind
from exchange.api.fields import Model

_MONEY_OUT: Final = r"^-?[0-9]{1,20}\.[0-9]{2}$"
_TIME_OUT: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$"
_HEX: Final = r"^[0-9a-f]*$"


def name_of(*enums: type[IntEnum]) -> WithJsonSchema:
    """The names of an enumeration's members, or of several."""
    return WithJsonSchema({"type": "string", "enum": [member.name for enum in enums for member in enum]})


def one_of(*names: str) -> WithJsonSchema:
    """One of a few words."""
    return WithJsonSchema({"type": "string", "enum": list(names)})


def _id(kind: Kind) -> Any:
    return Field(pattern=kind.pattern, examples=[f"{kind.value}-17"])


MoneyOut = Annotated[str, Field(pattern=_MONEY_OUT, examples=["30.00"])]
"""CNY with two decimals."""

TimeOut = Annotated[str, Field(pattern=_TIME_OUT, examples=["2026-11-20T01:02:03.000004Z"])]
"""RFC 3339, UTC, microseconds."""

DayOut = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", examples=["2026-11-20"])]
HexOut = Annotated[str, Field(pattern=_HEX)]

PublicKeyOut = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
"""An Ed25519 public key in URL-safe base64 without padding."""

NetworkOut = Annotated[str, Field(examples=["10.1.0.0/16"])]

InstrumentOut = Annotated[str, _id(Kind.INSTRUMENT)]
ParticipantOut = Annotated[str, _id(Kind.PARTICIPANT)]
PersonOut = Annotated[str, _id(Kind.PERSON)]
KeyOut = Annotated[str, _id(Kind.KEY)]
IssuanceOut = Annotated[str, _id(Kind.ISSUANCE)]
LotOut = Annotated[str, _id(Kind.LOT)]
ProjectOut = Annotated[str, _id(Kind.PROJECT)]
UseOut = Annotated[str, _id(Kind.USE)]
ReleaseOut = Annotated[str, _id(Kind.RELEASE)]
RequestOut = Annotated[str, _id(Kind.REQUEST)]
EncumbranceOut = Annotated[str, _id(Kind.ENCUMBRANCE)]
ReversalOut = Annotated[str, _id(Kind.REVERSAL)]
ImportOut = Annotated[str, _id(Kind.IMPORT)]
OrderOut = Annotated[str, _id(Kind.ORDER)]
TradeOut = Annotated[str, _id(Kind.TRADE)]
AgreementOut = Annotated[str, _id(Kind.AGREEMENT)]
ProposalOut = Annotated[str, _id(Kind.PROPOSAL)]
TransactionOut = Annotated[str, _id(Kind.TRANSACTION)]


class Dated(Model):
    """An answer: ``as_of_seq`` is the journal entry up to which it is true, or which it tells of."""

    as_of_seq: Annotated[int, Field(ge=0, examples=[1027])]


class Page(Dated):
    """A list in pages: ask with ``cursor=next_cursor`` for the next one, until it is null."""

    next_cursor: str | None
