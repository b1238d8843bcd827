"""Writes what is published of the API from the tables of the code: OpenAPI, AsyncAPI, and the page of all errors.

``python -m exchange spec`` writes them; a test holds the files in the repository to what it would write now.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import orjson

from exchange.api.app import create_app
from exchange.api.field_texts import FIELD_TEXTS
from exchange.api.ports import Services
from exchange.api.problem_tables import API_PROBLEMS, ApiProblem
from exchange.api.refusal_status import STATUS_OF
from exchange.api.stream.asyncapi import asyncapi_bytes
from exchange.core.rejections import TEXTS, TITLES, ReasonText, Title
from exchange.core.values import Micros, Seq
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.meters import Meters
from exchange.telemetry import Telemetry

OPENAPI: Final = Path("api_spec/openapi.json")
ASYNCAPI: Final = Path("api_spec/asyncapi.yaml")
ERRORS: Final = Path("docs/ERRORS.md")

_HEAD: Final = """\
# Errors

Made by `python -m exchange spec` from the tables of the code; do not edit.

Every answer that is not a success is a problem document (RFC 9457, `application/problem+json`). `code` is stable. A
refusal of the core names the rule that it enforces; its article is in `rule.article` and in `GET /v1/rulebook`. The
`title` is bold below and the `detail` follows; it ends with the numbers of the one case, which are in `facts` too.

凡非成功的应答均为问题文档（RFC 9457）。`code` 固定不变；粗体为 `title`，其后为 `detail`，其末附有个案的数字，
同时列于 `facts`。语言由 `Accept-Language: zh` 选择。
"""


_KEYS: Final = """\
`UNAUTHENTICATED` is the same answer, to the byte, for a key that is wrong, revoked, expired or unknown and for one that
is used from outside of its networks: whoever guesses learns nothing. The owner of a key finds out with another of their
keys, or an operator for them: `GET /v1/keys` tells of each key whether it is `revoked`, until when it is good
(`expires_at`), its `networks`, and when and from where it was last used outside of these with its right secret
(`strayed_at`, `strayed_from`).

密钥有误、已吊销、已失效、不存在，或从允许网段之外使用，所得的 `UNAUTHENTICATED` 应答逐字节相同，试探者无从得知\
原因。密钥所有者可用自己的另一密钥（或由运营人员代为）查询 `GET /v1/keys`：其中列明各密钥是否已吊销（`revoked`）、\
何时失效（`expires_at`）、允许的网段（`networks`），以及最近一次以正确密钥串从网段之外使用的时间与来源\
（`strayed_at`、`strayed_from`）。\
"""


class _Nowhere:
    """Stands where the document needs a sequencer and a history and asks them nothing."""

    meters = Meters()
    waiting = 0
    decided = Seq(0)

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the document asked for {name}")


async def _never() -> bool:
    return False


def openapi_bytes() -> bytes:
    """The OpenAPI document as it is published."""
    nowhere: Any = _Nowhere()
    services = Services(nowhere, CommittedView(), nowhere, nowhere, lambda: Micros(0), _never, Telemetry())
    document = create_app(services).openapi()
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _told(title: Title, texts: ReasonText | ApiProblem) -> str:
    """The two cells of a problem: in English and in Chinese its short name and what to do."""
    return f"**{title.en}.** {texts.en} | **{title.zh}。** {texts.zh}"


def errors_page() -> str:
    """The page of all errors, those of the core in their order of precedence."""
    core = [
        f"| {reason.value} | `{reason.name}` | {STATUS_OF[reason]} | {texts.rule} | {_told(TITLES[reason], texts)} |"
        for reason, texts in sorted(TEXTS.items())
    ]
    api = [f"| `{each.code}` | {each.status} | {_told(each.title, each)} |" for each in API_PROBLEMS]
    fields = [f"| `{code}` | {text.en} | {text.zh} |" for code, text in FIELD_TEXTS.items()]
    return "\n".join(
        [
            _HEAD,
            "## Refusals of the core",
            "",
            "When several apply, the one with the smallest number is given.",
            "",
            "| number | code | status | rule | English | 中文 |",
            "|---|---|---|---|---|---|",
            *core,
            "",
            "## Problems of the API",
            "",
            "| code | status | English | 中文 |",
            "|---|---|---|---|",
            *api,
            "",
            _KEYS,
            "",
            "## Codes of errors[]",
            "",
            "What is wrong with a body (`MALFORMED_JSON`) or with a field of it (`VALIDATION`).",
            "",
            "| code | English | 中文 |",
            "|---|---|---|",
            *fields,
            "",
        ]
    )


def write(root: Path) -> None:
    """Write the files below the root of the repository."""
    contents = {OPENAPI: openapi_bytes(), ASYNCAPI: asyncapi_bytes(), ERRORS: errors_page().encode()}
    for path, content in contents.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
