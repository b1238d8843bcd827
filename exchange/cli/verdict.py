"""How the commands of an auditor say that something differs: one line in English, then the same in Chinese."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from exchange.audit.export import NotAJournalError
from exchange.cli.problem import CommandError, reason_of
from exchange.sequencer.journal import OtherVersionError
from exchange.store.reconcile import Finding

CHECKS_IN_CHINESE: Final = {
    "balances are the sum of postings": "余额等于分录之和",
    "every asset sums to zero": "每种资产合计为零",
    "no participant is overdrawn": "任何交易主体均未透支",
    "issuances of a space do not overlap": "同一编号空间的签发互不重叠",
    "lots lie inside their issuances": "批次不超出所属签发",
    "lots of a space do not overlap": "同一编号空间的批次互不重叠",
    "parcels cover their lots without gap or overlap": "持有号段恰好覆盖所属批次",
    "parcels are the ledger's balances": "号段之和等于账面余额",
    "what cannot be sold is held": "不可出售的数量均已冻结",
    "the ledger has what was admitted": "账面数量等于转入数量",
    "units stand where their last step has brought them": "各号段的状态与其最近一次变更相符",
    "steps are those of the table": "每次状态变更均在允许之列",
    "one claim a tonne": "每吨至多用于一项用途",
    "what is used up is claimed": "已用尽的数量恰好各有一项用途",
    "no ground is issued twice": "同一地块上产生同一减排量的活动，其监测期互不重叠",
    "no more is issued than was verified": "签发量不超过核证量",
    "a conversion is issued once": "转换签发的指标不超过已注销的核证量",
    "budgets have what was used elsewhere": "相应调整与异地使用的数量相符",
    "a receipt comes once": "每份回执只用一次",
    "orders are what their trades say": "申报与其成交相符",
    "rows belong to entries": "每一行都属于某一日志条目",
    "the journal has no gap": "日志条目连续",
    "the journal is chained": "日志哈希链相接",
    "times never fall": "时间不倒退",
    "entries are what their leaves say": "条目与其叶记录一致",
    "the journal ends at its leader row": "日志止于 leader 行所载条目",
    "guards are what the migration makes": "触发器与函数和迁移所建立的一致，且均已启用",
    "the table of steps is that of the program": "允许的状态变更表与程序一致",
    "tables are what the journal makes": "各数据表与日志所产生的一致",
}
"""What holds in a sound database, by the name of the check that looks."""


def tell_difference(command: str, problem: str, chinese: str) -> None:
    """A verdict for stderr; the first line begins with the command and DIFFERENT, for programs that look for it."""
    # Into a file the two streams would come in another order than on a terminal.
    sys.stdout.flush()
    print(f"{command}: DIFFERENT: {problem}\n  不符：{chinese}", file=sys.stderr, flush=True)


def finding_in_chinese(finding: Finding) -> str:
    """Which check found it and about what; the figures are in the English line."""
    return f"应{CHECKS_IN_CHINESE[finding.check]}，但 {finding.subject} 不是如此（数据见上一行）"


def not_a_journal(path: Path, error: NotAJournalError) -> CommandError:
    """The file that was named is something else: nothing was compared, so nothing is different."""
    return CommandError(
        f"{path}: {error}. {error.chinese}。", "an export is made with: exchange export FILE 导出日志请用此命令"
    )


def of_other_version(error: OtherVersionError) -> CommandError:
    """The journal is not of this version: nothing was compared, and nothing is damaged."""
    return CommandError(
        f"{error}. Nothing is damaged. {error.chinese}。数据并未损坏。",
        "use the release that wrote it; CHANGELOG.md says which version each of them has 请使用写成该日志的版本",
    )


def unreadable(path: Path, error: OSError) -> CommandError:
    """The file that was named cannot be read."""
    return CommandError(f"{path} cannot be read: {reason_of(error)}. 无法读取该文件。")
