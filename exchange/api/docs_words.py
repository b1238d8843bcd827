"""The page's own words, which are not of the document that it shows: headings, heads of tables, what joins forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from exchange.api.language import Language


@dataclass(frozen=True, slots=True)
class Words:
    """The words in one language; those with braces are filled in. Punctuation is the language's own."""

    page: str
    signing: str
    stream: str
    stream_text: str
    schemas: str
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
    groups: dict[str, str]


_GROUPS_ZH: Final = {
    "orders": "申报",
    "trading": "成交与申报查询",
    "candles": "K 线",
    "instruments": "交易标的",
    "market": "市场",
    "feed": "事件流",
    "account": "资金与持仓",
    "agreements": "协议交易",
    "proposals": "双人复核事项",
    "projects": "项目与设施",
    "units": "签发与批次",
    "requests": "登记请求",
    "callbacks": "登记机构声明",
    "uses": "使用",
    "releases": "转出",
    "encumbrances": "权利限制与逆转",
    "imports": "文件导入",
    "budgets": "碳预算与履约",
    "audit_units": "减排量审计",
    "certificates": "证书",
    "participants": "交易主体",
    "people": "人员",
    "members": "会员",
    "supervision": "监管查询",
    "keys": "密钥",
    "audit": "审计",
    "health": "运行状态",
}
"""Names of the groups of operations; in English the groups have their own."""

_ENGLISH: Final = Words(
    page=(
        "This page is made of the OpenAPI document; it has no scripts and needs no network. A key is sent as "
        "`Authorization: Bearer <key id>.<secret>`."
    ),
    signing="Signing",
    stream="Stream",
    stream_text=(
        "Market data, the own account and order entry over one WebSocket connection: `{stream}`. Its requests and "
        "messages, each with an example, are in {link} (AsyncAPI 3)."
    ),
    schemas="Schemas",
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
    groups={},
)
_CHINESE: Final = Words(
    page=("本页由 OpenAPI 文档生成，不含脚本，无需联网。密钥以 `Authorization: Bearer <密钥编号>.<密钥串>` 提交。"),
    signing="签名",
    stream="流式接口",
    stream_text=(
        "行情、本方账户与申报，均可经同一条 WebSocket 连接：`{stream}`。全部请求与消息及示例见 {link}（AsyncAPI 3）。"
    ),
    schemas="数据结构",
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
    groups=_GROUPS_ZH,
)
WORDS: Final[dict[Language, Words]] = {"en": _ENGLISH, "zh": _CHINESE}
