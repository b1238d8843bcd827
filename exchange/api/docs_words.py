"""The page's own words, which are not of the document that it shows: heads of tables, and what joins the forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from exchange.api.language import Language


@dataclass(frozen=True, slots=True)
class Words:
    """The words in one language; those with braces are filled in. Punctuation is the language's own."""

    parameter: str
    place: str
    form: str
    meaning: str
    field: str
    status: str
    body: str
    request_body: str
    required: str
    optional: str
    either: str
    list_of: str
    anything: str
    lowest: str
    highest: str
    such_as: str
    default: str
    comma: str
    no_key: str
    callers: str
    places: dict[str, str]
    kinds: dict[str, str]


_ENGLISH: Final = Words(
    parameter="parameter",
    place="in",
    form="form",
    meaning="meaning",
    field="field",
    status="status",
    body="body",
    request_body="Body: {model}",
    required=", required",
    optional=" (optional)",
    either=" or ",
    list_of="list of {form}",
    anything="anything",
    lowest=" from {bound}",
    highest=" to {bound}",
    such_as=", such as {value}",
    default=", default {value}",
    comma=", ",
    no_key="Needs no key.",
    callers="For {roles} with a key of scope {scopes}.",
    places={},
    kinds={},
)
_CHINESE: Final = Words(
    parameter="参数",
    place="位置",
    form="格式",
    meaning="含义",
    field="字段",
    status="状态码",
    body="内容",
    request_body="请求体：{model}",
    required="，必填",
    optional="（可选）",
    either=" 或 ",
    list_of="{form} 的列表",
    anything="任意",
    lowest=" 不小于 {bound}",
    highest=" 不大于 {bound}",
    such_as="，例如 {value}",
    default="，默认 {value}",
    comma="、",
    no_key="无需密钥。",
    callers="供 {roles} 使用，密钥须有权限 {scopes}。",
    places={"path": "路径", "query": "查询参数", "header": "请求头"},
    kinds={
        "string": "文本",
        "integer": "整数",
        "number": "数",
        "boolean": "布尔值",
        "object": "对象",
        "array": "列表",
        "null": "null",
    },
)
WORDS: Final[dict[Language, Words]] = {"en": _ENGLISH, "zh": _CHINESE}
