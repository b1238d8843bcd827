"""Write the tables of states and steps into docs/UNITS.md and its Chinese page: ``python -m tests.docs.unit_table``.

Which states and steps there are comes from the core; what they are called, who makes them and what stands for them is
told here, in both languages.
"""

from __future__ import annotations

from typing import Final

from exchange.core.credits.states import ABSORBING, GONE, SELLABLE, TRANSITIONS, Standing
from exchange.core.events.credits import Cause, ParcelState
from tests.architecture.sources import ROOT
from tests.docs.pages import page

PATHS: Final = {"en": "docs/UNITS.md", "zh": "docs/UNITS.zh-CN.md"}

STATE_TEXTS: Final[dict[ParcelState, tuple[str, str]]] = {
    ParcelState.ACTIVE: ("here, and free to be sold, used or released", "在本场所，可卖出、使用或转出"),
    ParcelState.ADMITTED: ("brought in, not locked for this venue yet", "已登记转入，尚未为本场所锁定"),
    ParcelState.LOCK_REQUESTED: ("the registry was asked to lock it", "已请求登记机构锁定"),
    ParcelState.LOCK_UNKNOWN: (
        "the registry has not answered in time: neither locked nor free",
        "登记机构逾期未答复：既不视为已锁定，也不视为未锁定",
    ),
    ParcelState.PENDING_OUT: ("on its way to the national market", "正在转出至全国市场"),
    ParcelState.OUT: ("in the national market", "已在全国市场"),
    ParcelState.RETURN_REQUESTED: ("the registry was asked to lock what was out", "已请求登记机构重新锁定已转出部分"),
    ParcelState.PENDING_CANCEL: ("set aside for one use", "已为某一用途单独预留"),
    ParcelState.RETIRED: ("used up here (quota)", "已在本场所核销（指标）"),
    ParcelState.CANCELLED: ("cancelled in its registry", "已在登记机构注销"),
    ParcelState.EXPORTED: ("used in another province (quota)", "已用于其他省份（指标）"),
}

CAUSE_TEXTS: Final[dict[Cause, tuple[str, str, str, str]]] = {
    Cause.ADMITTED_FOR_LOCK: (
        "two persons admit a lot of the national registry",
        "两人复核转入国家登记的批次",
        "the owner's application",
        "持有人申请",
    ),
    Cause.ADMITTED_HERE: (
        "two persons admit a lot of another registry, or of quota",
        "两人复核转入其他登记的批次或指标",
        "the paper of the lock, read twice",
        "锁定凭证，两次核对",
    ),
    Cause.LOCK_REQUESTED: (
        "the same entry, or an operator who asks again",
        "同一笔记录，或由运营人员再次请求",
        "the request's reference",
        "请求编号",
    ),
    Cause.LOCK_CONFIRMED: (
        "the national registry",
        "国家登记机构",
        "signed statement with a receipt",
        "附回执的签名答复",
    ),
    Cause.LOCK_REFUSED: ("the national registry", "国家登记机构", "signed statement", "签名答复"),
    Cause.LOCK_UNANSWERED: (
        "the program, when the time is over",
        "到期后由系统处理",
        "rule `REGISTRY-ANSWER`",
        "规则 `REGISTRY-ANSWER`",
    ),
    Cause.USE_PROPOSED: ("a trader of the owner", "持有人的交易员", "the serials, chosen at once", "当即选定的序列号"),
    Cause.USE_WITHDRAWN: ("who may reject the proposal", "有权驳回申请的人员", "the rejection", "驳回记录"),
    Cause.USE_REFUSED: (
        "the national registry, when all is answered",
        "国家登记机构（全部答复之后）",
        "signed statement",
        "签名答复",
    ),
    Cause.RETIRED: ("a second person approves (quota)", "第二人复核（指标）", "the claim", "使用记录"),
    Cause.CANCELLED: ("its registry", "所属登记机构", "receipt of the cancellation", "注销回执"),
    Cause.EXPORTED: (
        "a second person approves (quota)",
        "第二人复核（指标）",
        "the claim, with the province",
        "载明省份的使用记录",
    ),
    Cause.RELEASE_PROPOSED: (
        "a trader of the owner",
        "持有人的交易员",
        "the serials, named one by one",
        "逐一列明的序列号",
    ),
    Cause.RELEASE_WITHDRAWN: (
        "a rejection, one person of the firm, or an encumbrance",
        "被驳回、由主体任一人员撤回，或因权利限制",
        "rule `RELEASE-CANCEL`",
        "规则 `RELEASE-CANCEL`",
    ),
    Cause.RELEASE_REFUSED: ("the national registry", "国家登记机构", "signed statement", "签名答复"),
    Cause.RELEASED: ("the national registry", "国家登记机构", "signed statement with a receipt", "附回执的签名答复"),
    Cause.RETURN_REQUESTED: (
        "two persons",
        "两人复核",
        "a new paper of the lock, read twice",
        "新的锁定凭证，两次核对",
    ),
    Cause.RETURN_REFUSED: ("the national registry", "国家登记机构", "signed statement", "签名答复"),
}

HEADS: Final = {
    "en": (
        "| market | state | what it means | on whose account | can be left |",
        "| from | to | cause | who makes it | what stands for it |",
    ),
    "zh": ("| 市场 | 状态 | 含义 | 记在谁的账上 | 能否离开 |", "| 从 | 到 | 原因 | 由谁作出 | 凭证 |"),
}
FREE: Final = {"en": "the owner's, available", "zh": "持有人，可用"}
ASIDE: Final = {"en": "the owner's, held", "zh": "持有人，已占用"}
NOBODYS: Final = {"en": "the venue's", "zh": "本场所专户"}
NEW: Final = {"en": "new", "zh": "新转入"}
YES_NO: Final = {"en": ("yes", "never"), "zh": ("能", "不能")}


def _account(standing: Standing, language: str) -> str:
    if standing == SELLABLE:
        return FREE[language]
    return (NOBODYS if standing[1] in GONE else ASIDE)[language]


def _standing(standing: Standing | None, language: str) -> str:
    return NEW[language] if standing is None else f"`{standing[0].name}` `{standing[1].name}`"


def states(language: str) -> str:
    """Every state in its market, in the order in which units come to them."""
    at = 0 if language == "en" else 1
    rows = []
    for standing in dict.fromkeys(step.after for step in TRANSITIONS):
        tag, state = standing
        leaves = YES_NO[language][state in ABSORBING]
        rows.append(
            f"| `{tag.name}` | `{state.name}` | {STATE_TEXTS[state][at]} | {_account(standing, language)} | {leaves} |"
        )
    return "\n".join([HEADS[language][0], "|---|---|---|---|---|", *rows])


def steps(language: str) -> str:
    """Every step that is allowed."""
    at = 0 if language == "en" else 1
    rows = []
    for step in TRANSITIONS:
        who, evidence = CAUSE_TEXTS[step.cause][at], CAUSE_TEXTS[step.cause][2 + at]
        places = f"{_standing(step.before, language)} | {_standing(step.after, language)}"
        rows.append(f"| {places} | `{step.cause.name}` | {who} | {evidence} |")
    return "\n".join([HEADS[language][1], "|---|---|---|---|---|", *rows])


def with_tables(text: str, language: str) -> str:
    """A page's text with the tables of today."""
    for name, table in (("states", states(language)), ("steps", steps(language))):
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        text = f"{before}{begin}\n{table}\n{end}{after}"
    return text


if __name__ == "__main__":
    for tongue, path in PATHS.items():
        (ROOT / path).write_text(with_tables(page(path).text, tongue), encoding="utf-8")
        print(f"{path} has the states and steps of today")
