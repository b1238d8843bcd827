"""The forms of values in requests: each a text on the wire, a value of the core inside, and a line in the schema.

Every bound here is the core's own or tighter, so nothing that passes can reach a constraint of the database. Names and
reasons are texts for people: in NFC, without control and format characters (bidirectional overrides, zero-width
characters and byte order marks are what look-alikes are made of), without others that nobody sees, and without blanks
at the ends. Names by which one thing is told from another have an alphabet (:mod:`exchange.core.credits.spelling`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from exchange.access.addresses import AddressFault, AddressList
from exchange.access.ids import NEVER, Kind, id_number
from exchange.access.public_keys import read_public_key
from exchange.api.decoder import INEXACT
from exchange.api.wire import DAY_PATTERN, MONEY_PATTERN, PRICE_PATTERN, TIME_PATTERN, day_of_text, fen_of, micros_of
from exchange.core.credits.serial_text import MAX_TEMPLATE, is_template
from exchange.core.credits.spelling import NAME_PATTERN, is_name
from exchange.core.values import MAX_QUANTITY, MAX_TEXT

_FORBIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_UNSEEN: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
    "|(?<![\u1820-\u18aa])[\u180b-\u180d]"
)
"""What is printed as nothing, and is no control or format character: blank letters, and selectors of variants, which
only Mongolian needs, behind a letter.
"""

_LONGEST_ID: Final = 32
_LONGEST_REFERENCE: Final = 100


class FromText:
    """A field that is a string on the wire and turned into its value by ``read``, which gives None to refuse."""

    def __init__(
        self,
        read: Callable[[str], Any],
        code: str,
        schema: JsonSchemaValue,
        *,
        number: str = "WRONG_TYPE",
        told: Mapping[str, Any] | None = None,
    ) -> None:
        """``code`` is what a refused text is reported as, ``number`` a number in its place; ``schema`` is published.

        ``told`` is what else the report has of what would have been right: ``allowed``, ``lowest`` and ``highest``, or
        an ``example``.
        """
        self._read = read
        self._told = dict(told or {})
        self._code = code
        self._number = number
        self._schema = {"type": "string", **schema}

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Called by pydantic when a model is made."""
        return core_schema.no_info_plain_validator_function(self._validate)

    def __get_pydantic_json_schema__(self, _core: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Called by pydantic when the schema is made."""
        return dict(self._schema)

    def _validate(self, text: Any) -> Any:
        if type(text) is not str:
            code = self._number if type(text) is int or text is INEXACT else "WRONG_TYPE"
            raise PydanticCustomError(code, "a string is expected")
        value = self._read(text)
        if value is None:
            raise PydanticCustomError(self._code, "not of the documented form", self._told)
        return value


class Whole:
    """A field that is a whole number within bounds, both of which are told when it is outside."""

    def __init__(self, lowest: int, highest: int, example: int) -> None:
        self._bounds = {"lowest": lowest, "highest": highest}
        self._schema = {"type": "integer", "minimum": lowest, "maximum": highest, "examples": [example]}

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Called by pydantic when a model is made."""
        return core_schema.no_info_plain_validator_function(self._validate)

    def __get_pydantic_json_schema__(self, _core: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Called by pydantic when the schema is made."""
        return dict(self._schema)

    def _validate(self, number: Any) -> Any:
        if type(number) is not int:
            code = "NUMBER_NOT_INTEGER" if number is INEXACT else "WRONG_TYPE"
            raise PydanticCustomError(code, "a whole number is expected")
        if not self._bounds["lowest"] <= number <= self._bounds["highest"]:
            raise PydanticCustomError("OUT_OF_RANGE", "outside the bounds", self._bounds)
        return number


def lacking(name: str) -> PydanticCustomError:
    """What a body's validator raises where one field is missing because of the others; it is told with its place."""
    return PydanticCustomError("MISSING", "it is needed beside the others", {"lacking": name})


def named(enum: type[IntEnum], *, but: tuple[str, ...] = ()) -> FromText:
    """An enumeration by the names of its members."""
    return _one_of({member.name: member for member in enum if member.name not in but})


def named_or_none(enum: type[IntEnum]) -> FromText:
    """As :func:`named`, where NONE says as much as leaving it out; whoever wrote something else is not offered it."""
    return _one_of({member.name: member for member in enum}, unsaid="NONE")


def words(*allowed: str) -> FromText:
    """One of a few words."""
    return _one_of({word: word for word in allowed})


def filter_named(enum: type[IntEnum]) -> FromText:
    """As :func:`named`, in capitals or in small letters: for filters of lists, where a slip can do no harm."""
    return _one_of({member.name: member for member in enum}, str.upper)


def filter_words(*allowed: str) -> FromText:
    """As :func:`words`, whose words are in small letters, likewise."""
    return _one_of({word: word for word in allowed}, str.lower)


def _one_of(members: Mapping[str, Any], spelt: Callable[[str], str] = str, unsaid: str = "") -> FromText:
    """One of these names, after ``spelt`` when it is in ASCII: the capitals of other alphabets may turn into ours.

    ``unsaid`` is one that is not told to whoever wrote another.
    """

    def read(text: str) -> Any:
        return members.get(spelt(text) if text.isascii() else text)

    return FromText(
        read, "NOT_ONE_OF", {"enum": list(members)}, told={"allowed": [name for name in members if name != unsaid]}
    )


def id_of(kind: Kind) -> FromText:
    """An id in a body or a query. (In a path a badly formed one names nothing, and the address is 404.)"""

    def read(text: str) -> int | None:
        number = id_number(kind, text)
        return None if number == NEVER else number

    example = f"{kind.value}-17"
    schema = {"maxLength": _LONGEST_ID, "pattern": kind.pattern, "examples": [example]}
    return FromText(read, "ID", schema, told={"example": example})


def _money(pattern: str, lowest: int, example: str) -> FromText:
    compiled = re.compile(pattern, re.ASCII)

    def read(text: str) -> int | None:
        fen = fen_of(text) if compiled.fullmatch(text) else -1
        return fen if fen >= lowest else None

    return FromText(read, "AMOUNT", {"pattern": pattern, "examples": [example]}, number="AS_TEXT")


def _read_text(text: str) -> str | None:
    if not 0 < len(text) <= MAX_TEXT:
        return None
    if text.isascii():
        return text if text.isprintable() and text[0] != " " and text[-1] != " " else None
    return text if _is_plain(text) else None


def is_reference(text: str) -> bool:
    """Whether a text that came in another way than as a field is one that a :data:`Reference` may be."""
    return _read_reference(text) is not None


def _read_name(text: str) -> str | None:
    return text if is_name(text) and text == text.strip() else None


def _read_reference(text: str) -> str | None:
    return _read_name(text) if len(text) <= _LONGEST_REFERENCE else None


def _is_plain(text: str) -> bool:
    if text != text.strip() or not unicodedata.is_normalized("NFC", text):
        return False
    seen = _UNSEEN.search(text) is None
    return seen and not any(unicodedata.category(character) in _FORBIDDEN_CATEGORIES for character in text)


def _matching(pattern: str, code: str, example: str) -> FromText:
    compiled = re.compile(pattern, re.ASCII)
    schema = {"pattern": pattern, "examples": [example]}
    return FromText(lambda text: text if compiled.fullmatch(text) else None, code, schema)


_CODE: Final = r"^[A-Za-z0-9][A-Za-z0-9._:/+-]{0,63}$"
# Clients and proxies shorten an address that has . or .. between slashes: whoever cancels the order ".." cancels all.
CLIENT_ORDER_ID: Final = r"^(?!(?:.*[/\\])?\.{1,2}(?:[/\\]|$))[!-~]{1,36}$"
_STATEMENT_NUMBER: Final = r"^[!-~](?:[ -~]{0,98}[!-~])?$"
_HASH: Final = r"^[0-9a-f]{64}$"

Price = Annotated[int, _money(PRICE_PATTERN, 1, "30.50")]
"""A price in CNY a tonne, in fen inside."""

Money = Annotated[int, _money(MONEY_PATTERN, 1, "15000000.00")]
"""An amount of money in CNY, in fen inside."""

Quantity = Annotated[int, Whole(1, MAX_QUANTITY, 500)]
"""Whole tonnes."""

Vintage = Annotated[int, Whole(1990, 2100, 2024)]
"""The year in which the reductions were made."""

Text = Annotated[
    str, FromText(_read_text, "TEXT", {"minLength": 1, "maxLength": MAX_TEXT, "examples": ["内蒙古森工集团"]})
]
"""A text for people."""


def text_such_as(*examples: str) -> FromText:
    """A :data:`Text` of another kind than names of firms, with examples of it."""
    return FromText(_read_text, "TEXT", {"minLength": 1, "maxLength": MAX_TEXT, "examples": list(examples)})


OptionalText = Annotated[
    str,
    FromText(lambda text: text if not text else _read_text(text), "TEXT", {"maxLength": MAX_TEXT, "examples": [""]}),
]
"""A text for people, or the empty text."""

Name = Annotated[
    str,
    FromText(
        _read_name,
        "NAME",
        {
            "minLength": 1,
            "maxLength": MAX_TEXT,
            "pattern": NAME_PATTERN,
            "examples": ["INM/HULUNBUIR/GENHE/F03/012/03"],
        },
    ),
]
"""A name that is compared with others, in whatever spelling."""

OptionalName = Annotated[
    str,
    FromText(lambda text: text if not text else _read_name(text), "NAME", {"maxLength": MAX_TEXT, "examples": [""]}),
]
"""Such a name, or the empty text."""

Serial = Annotated[int, Whole(1, 1 << 62, 1)]
"""The number of one unit in its serial space."""

Year = Annotated[int, Whole(1990, 2100, 2026)]
"""A calendar year."""

SerialTemplate = Annotated[
    str,
    FromText(
        lambda text: text if is_template(text) else None,
        "SERIAL_TEMPLATE",
        {"maxLength": MAX_TEMPLATE, "examples": ["CCER-{lo:9}-{hi:9}"]},
    ),
]
"""How a registry writes a range, with {lo} and {hi} in the places of its first and last serial."""

Code = Annotated[str, _matching(_CODE, "CODE", "NMSG")]
"""A short code, in ASCII."""

ClientOrderId = Annotated[str, _matching(CLIENT_ORDER_ID, "CLIENT_ORDER_ID", "desk-1-0042")]

Reference = Annotated[
    str,
    FromText(
        _read_reference,
        "REFERENCE",
        {
            "minLength": 1,
            "maxLength": _LONGEST_REFERENCE,
            "pattern": NAME_PATTERN,
            "examples": ["ICBC-20261120-000123"],
        },
    ),
]
"""The number of a paper or an account of another institution, as that institution writes it: a court's has Chinese in
it, （2026）内01执118号. Where one may be used once only, its spellings are compared as the core does
(:mod:`exchange.core.credits.spelling`).
"""

StatementNumber = Annotated[str, _matching(_STATEMENT_NUMBER, "STATEMENT_NUMBER", "statement-00000016")]
"""The registry's own number of a statement, which is an idempotency key as well and so in ASCII."""

Hash = Annotated[
    bytes,
    FromText(
        lambda text: bytes.fromhex(text) if re.fullmatch(_HASH, text, re.ASCII) else None,
        "HASH",
        {"pattern": _HASH, "examples": ["0" * 64]},
    ),
]
"""A SHA-256 in lower-case hex."""

_PUBLIC_KEY: Final = r"^[A-Za-z0-9_-]{43}$"

PublicKey = Annotated[
    bytes,
    FromText(
        read_public_key,
        "PUBLIC_KEY",
        {"pattern": _PUBLIC_KEY, "examples": ["11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"]},
    ),
]
"""An Ed25519 public key in URL-safe base64 without padding, as the "x" of a JWK (RFC 8037)."""


def _read_network(text: str) -> str | None:
    networks = AddressList.read([text])
    return None if isinstance(networks, AddressFault) else networks.texts[0]


Network = Annotated[str, FromText(_read_network, "NETWORK", {"maxLength": 49, "examples": ["10.1.0.0/16"]})]
"""A network or a single address, IPv4 or IPv6, in its one spelling inside."""

DayText = Annotated[
    int, FromText(day_of_text, "DAY", {"format": "date", "pattern": DAY_PATTERN, "examples": ["2026-11-20"]})
]
TimeText = Annotated[
    int,
    FromText(
        micros_of,
        "TIME",
        {"format": "date-time", "pattern": TIME_PATTERN, "examples": ["2026-11-20T01:02:03.000004Z"]},
    ),
]

Instrument = Annotated[int, id_of(Kind.INSTRUMENT)]
Participant = Annotated[int, id_of(Kind.PARTICIPANT)]
Person = Annotated[int, id_of(Kind.PERSON)]
Issuance = Annotated[int, id_of(Kind.ISSUANCE)]
Order = Annotated[int, id_of(Kind.ORDER)]
Lot = Annotated[int, id_of(Kind.LOT)]
Project = Annotated[int, id_of(Kind.PROJECT)]
Use = Annotated[int, id_of(Kind.USE)]
Encumbrance = Annotated[int, id_of(Kind.ENCUMBRANCE)]
Reversal = Annotated[int, id_of(Kind.REVERSAL)]
Request = Annotated[int, id_of(Kind.REQUEST)]
Import = Annotated[int, id_of(Kind.IMPORT)]


BY_NAME: Final[dict[str, JsonSchemaValue]] = {
    "serial_lo": {"examples": [1]},
    "serial_hi": {"examples": [10_001]},
    "name_en": {"examples": ["Inner Mongolia Forest Industry Group"]},
    "name_zh": {"examples": ["内蒙古森工集团"]},
    "project_name_en": {"examples": ["Afforestation in the Greater Khingan range"]},
    "project_name_zh": {"examples": ["大兴安岭造林碳汇项目"]},
    "registry": {"examples": ["National voluntary reduction registry"]},
    "reason": {"examples": ["The registry is out of reach"]},
    "label": {"examples": ["desk-laptop"]},
    "text_en": {"examples": ["An order is for at least one tonne."]},
    "text_zh": {"examples": ["申报数量不少于一吨。"]},
    "space": {"examples": ["SIM-CCER-1"]},
    "bank_account": {"examples": ["ICBC-6222-0200-1234"]},
    "lock_reference": {"examples": ["LOCK-2026-000417"]},
    "methodology": {"examples": ["CCER-14-001-V01"]},
    "site_parcels": {"examples": [["INM/HULUNBUIR/GENHE/F03/012/03"]]},
    "uniqueness_declaration": {"examples": ["DECL-2026-0017"]},
    "beneficiary_en": {"examples": ["Baotou Steel"]},
    "beneficiary_zh": {"examples": ["包钢集团"]},
    "national_account": {"examples": ["CCER-ACC-15-0001"]},
    "receipt": {"examples": ["CANCEL-2026-000311"]},
    "province": {"examples": [""]},
    "column_serials": {"examples": ["序列号区间"]},
    "column_serial_lo": {"examples": ["起始序列号"]},
    "column_serial_hi": {"examples": ["截止序列号"]},
    "column_project": {"examples": ["项目编号"]},
    "column_quantity": {"examples": ["数量"]},
    "column_start": {"examples": ["监测期起始日"]},
    "column_end": {"examples": ["监测期截止日"]},
    "column_year": {"examples": ["年度"]},
    "column_verified": {"examples": ["核证量"]},
    "column_issued_on": {"examples": ["签发日"]},
    "column_ended": {"examples": ["注销日"]},
    "column_owner": {"examples": ["持有人"]},
    "column_lock_reference": {"examples": ["锁定凭证"]},
}
"""Examples of a field wherever it has one of these names; what it means is in :mod:`exchange.api.meanings`."""


def _known_by_name(schema: JsonSchemaValue) -> None:
    """Add what is known of the fields of a model by their names alone."""
    for name, field in schema.get("properties", {}).items():
        field.update(BY_NAME.get(name, {}))


class Body(BaseModel):
    """A request's body: strict types, no unknown fields, and no input in its errors."""

    model_config = ConfigDict(strict=True, extra="forbid", hide_input_in_errors=True, json_schema_extra=_known_by_name)


class Model(BaseModel):
    """An answer's body. These models document and test what is sent; the bytes are made from plain dictionaries."""

    model_config = ConfigDict(extra="ignore", json_schema_extra=_known_by_name)


def _positive_number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,19}", text, re.ASCII) else None


def _number(lowest: int, highest: int) -> FromText:
    def read(text: str) -> int | None:
        number = _positive_number(text)
        return number if number is not None and lowest <= number <= highest else None

    schema = {"type": "integer", "minimum": lowest, "maximum": highest}
    return FromText(read, "NUMBER", schema, told={"lowest": lowest, "highest": highest})


SeqNumber = Annotated[int, _number(0, (1 << 63) - 1)]
YearNumber = Annotated[int, _number(1990, 2100)]
TonnesNumber = Annotated[int, _number(0, MAX_QUANTITY)]
QuantityNumber = Annotated[int, _number(1, MAX_QUANTITY)]
SerialNumber = Annotated[int, _number(1, 1 << 62)]
Limit = Annotated[int, _number(1, 1000)]
Levels = Annotated[int, _number(1, 100)]
Cursor = Annotated[str, _matching(r"^[A-Za-z0-9_=-]{1,200}$", "CURSOR", "djE6MTc")]


FeedLimit = Annotated[int, _number(1, 100)]
AssetText = Annotated[str, _matching(r"^(?:CNY|lot-[0-9-]{1,30})$", "ASSET", "CNY")]


class ReadQuery(Body):
    """The query of every read: ``min_seq`` waits until the committed view has that entry."""

    min_seq: SeqNumber = 0


class PageQuery(ReadQuery):
    """The query of a list that comes in pages; ``cursor`` is the ``next_cursor`` of the page before."""

    cursor: Cursor | None = None
    limit: Limit = 100
