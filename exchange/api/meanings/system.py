"""Fields of the journal, the stream, problems and lists."""

from __future__ import annotations

from typing import Final

from exchange.api.meanings.meaning import Meaning

SYSTEM: Final[dict[str, Meaning]] = {
    "after_seq": Meaning("Entries after this one, by number.", "此日志序号之后的条目。"),
    "agreement": Meaning("Id of the agreement (agr-...).", "协议编号（agr-...）。"),
    "allowed": Meaning(
        "Values that the field may have, where it is one of a few.", "该字段的可用取值（仅有数种时给出）。"
    ),
    "article": Meaning(
        'Article on which the rule rests; "" for none. In a rulebook in English and in Chinese, with " / " between.',
        "规则所依据的条款；空文本表示无。规则集中为英文与中文，以“ / ”相隔。",
    ),
    "as_of_seq": Meaning(
        "Journal entry up to which the answer is true, or which it tells of.",
        "应答内容截至此日志序号，或即指该条日志。",
    ),
    "at": Meaning("When, RFC 3339 in UTC with microseconds.", "时间（RFC 3339，UTC，微秒）。"),
    "authorization": Meaning(
        "Value of the Authorization header: Bearer <key id>.<secret>.",
        "Authorization 头的值：Bearer <密钥编号>.<密钥串>。",
    ),
    "balances": Meaning("Own accounts that it is about: CNY, and each lot.", "所涉及的自有账户：CNY 及各批次。"),
    "body": Meaning("Body of the REST operation that it stands for.", "所对应 REST 操作的内容。"),
    "cancelled": Meaning("How many orders were cancelled at once.", "已立即撤销的申报笔数。"),
    "changed_at": Meaning(
        "When it changed last, RFC 3339 in UTC; null when it never did.",
        "最近一次变动的时间（RFC 3339，UTC）；从未变动时为 null。",
    ),
    "channel": Meaning(
        "Name of the channel: book:, trades: or ticker: with an instrument, candles: with instrument and "
        "interval, or private.",
        "频道名称：book:、trades:、ticker: 后接标的；candles: 后接标的与周期；或 private。",
    ),
    "channels": Meaning("Channels that it is about.", "所涉及的频道。"),
    "checksum": Meaning(
        "CRC-32 over the ten best levels of both sides after this frame.", "应用本帧后双边最优十档的 CRC-32。"
    ),
    "commands": Meaning(
        "Commands, done in this order; one that is refused does not stop the next.",
        "命令，按此次序逐条执行；一条被拒绝不影响后续。",
    ),
    "cursor": Meaning(
        "The next_cursor of the page before; left out for the first page.", "上一页的 next_cursor；首页不填。"
    ),
    "deadline": Meaning(
        "When the orders of this key are cancelled, RFC 3339 in UTC; null when that is switched off.",
        "本密钥的申报将被撤销的时间（RFC 3339，UTC）；关闭时为 null。",
    ),
    "detail": Meaning("What to do, with the numbers of this case; for people.", "应如何处理及个案数字，供人阅读。"),
    "do": Meaning(
        "What the command does: place, amend or cancel.", "命令的动作：place 申报，amend 改单，cancel 撤单。"
    ),
    "effective_from": Meaning("First day on which the rule counts, YYYY-MM-DD.", "规则生效首日，YYYY-MM-DD。"),
    "en": Meaning("What it means and what to do, in English.", "英文说明与处理办法。"),
    "enabled": Meaning(
        "Whether the open orders of this key are cancelled when the connection ends.",
        "连接断开时是否撤销本密钥的未结申报。",
    ),
    "errors": Meaning(
        "Each field that is wrong; null where it is not about fields.", "各有误字段；与字段无关时为 null。"
    ),
    "facts": Meaning(
        "Numbers of this case by name, for programs; money is CNY as text.",
        "个案数字（按名称），供程序使用；金额为人民币文本。",
    ),
    "fills": Meaning("Own trades that the entry made.", "该条目产生的己方成交。"),
    "first_seq": Meaning("First journal entry that the frame merges.", "本帧合并的第一条日志序号。"),
    "format": Meaning(
        "json: in pages. csv: all of it as one download. csv-bom: the same for Excel, which shows Chinese only behind "
        "the byte-order mark, under Chinese headings for whoever reads Chinese.",
        "json：分页；csv：整份下载；csv-bom：同 csv，开头带字节序标记，供 Excel 正确显示中文；"
        "请求语言为中文时，标题为中文。",
    ),
    "head": Meaning(
        "Hash of the chain over the journal after this entry, SHA-256 in hex.",
        "截至该条目的日志链哈希，十六进制 SHA-256。",
    ),
    "id": Meaning("Id, opaque text.", "编号，不透明文本。"),
    "idempotency_key": Meaning(
        "Text that stands for this one change; a repeat with it is safe.",
        "代表本次变更的文本；以同一键重复提交是安全的。",
    ),
    "items": Meaning("Entries of the list.", "列表各项。"),
    "last_seq": Meaning("Newest journal entry about it.", "与其有关的最新日志序号。"),
    "leaf": Meaning("Canonical bytes of the entry, in hex.", "该条目的规范字节，十六进制。"),
    "limit": Meaning("How many at most.", "至多给出的条数。"),
    "min_seq": Meaning("Answer only once this journal entry is visible.", "待此日志序号可见后再应答。"),
    "n": Meaning("Number within its journal entry, from 0.", "在所属日志条目内的序号，自 0 起。"),
    "next_after_seq": Meaning("What to ask for next as after_seq.", "下一次查询所用的 after_seq。"),
    "next_cursor": Meaning(
        "What to ask for next as cursor; null on the last page.", "下一页查询所用的 cursor；最后一页为 null。"
    ),
    "next_day": Meaning("Trading day that follows, YYYY-MM-DD.", "下一交易日，YYYY-MM-DD。"),
    "op": Meaning("What is asked for.", "所请求的操作。"),
    "order": Meaning("Id of the order (ord-...).", "申报编号（ord-...）。"),
    "owner": Meaning(
        "Whose: the id of a firm (par-...), or one of the venue's accounts.",
        "所有者：主体编号（par-...），或场所账户。",
    ),
    "participants": Meaning("What all firms own together, CNY.", "全体主体的资金合计，元。"),
    "phase": Meaning(
        "NEW: no day opened yet. OPEN: orders are taken. CLOSING: the day is being ended.",
        "NEW：尚未开市；OPEN：接受申报；CLOSING：收市进行中。",
    ),
    "pointer": Meaning(
        "Where it stands: a JSON pointer into the body, or query and a pointer.",
        "所在位置：请求体内的 JSON 指针，或 query 加指针。",
    ),
    "prev_seq": Meaning(
        "Entry at which the reader must stand to apply the frame; null for a snapshot.",
        "应用本帧前读者应处的日志序号；快照为 null。",
    ),
    "problem": Meaning(
        "Problem document of a command that was refused; null for one that was done.",
        "被拒绝命令的问题文档；已执行的为 null。",
    ),
    "profile": Meaning("Name of the rulebook.", "规则集名称。"),
    "proposal": Meaning("Id of the proposal (prp-...).", "申请编号（prp-...）。"),
    "replayed": Meaning("true when the idempotency key had its answer already.", "幂等键此前已有应答时为 true。"),
    "results": Meaning("One result for each command, in their order.", "逐条命令的结果，次序相同。"),
    "retry_after": Meaning("Seconds after which it may be repeated.", "可在此秒数之后重试。"),
    "rule": Meaning(
        'Rule that the refusal enforces; null or "" for none.', "拒绝所依据的规则；没有时为 null 或空文本。"
    ),
    "rules": Meaning("Rules, each a number with its article.", "规则，各为一个数值及其条款。"),
    "sandbox": Meaning("Whether money and units are play.", "资金与标的是否仅为模拟。"),
    "scope": Meaning(
        "MARKET: everything. INSTRUMENT: this instrument alone.", "MARKET：全市场；INSTRUMENT：仅此标的。"
    ),
    "seconds": Meaning(
        "Seconds until the orders of this key are cancelled unless it is sent again: 5 to 86400, or 0 to "
        "switch it off.",
        "若未再次收到，则在此秒数后撤销本密钥的申报：5 至 86400；0 为关闭。",
    ),
    "seq": Meaning("Number of the journal entry that it is in.", "所在日志条目的序号。"),
    "since": Meaning("First instant that counts, RFC 3339 in UTC.", "起始时刻（含），RFC 3339，UTC。"),
    "text_en": Meaning("What the rule says, in English.", "规则内容（英文）。"),
    "text_zh": Meaning("What the rule says, in Chinese.", "规则内容（中文）。"),
    "title": Meaning("Short name of the problem, the same for a code every time.", "问题的简称，同一代码始终相同。"),
    "title_en": Meaning("Short name in English.", "英文简称。"),
    "title_zh": Meaning("Short name in Chinese.", "中文简称。"),
    "trading_day": Meaning(
        "Current trading day in Asia/Shanghai, YYYY-MM-DD; null before the first.",
        "当前交易日（北京时间），YYYY-MM-DD；首日之前为 null。",
    ),
    "type": Meaning("What kind it is; the other fields depend on it.", "类型；其余字段取决于此。"),
    "unit": Meaning('Unit of the value; "" for none.', "数值的单位；空文本表示无。"),
    "until": Meaning(
        "First instant that does not count any more, RFC 3339 in UTC.", "截止时刻（不含），RFC 3339，UTC。"
    ),
    "value": Meaning("The number, in its unit.", "数值，单位见 unit。"),
    "venue": Meaning("Name of the venue.", "场所名称。"),
    "verified": Meaning(
        "How sure the value is. YES: read in the article itself. SECONDARY: read in another source. "
        "OPERATOR_SET: chosen by the operator.",
        "数值的可靠程度。YES：见于条款原文；SECONDARY：见于其他来源；OPERATOR_SET：由运营人员设定。",
    ),
    "version": Meaning("Version of the rulebook, counted from 1.", "规则集版本，自 1 起。"),
    "zh": Meaning("What it means and what to do, in Chinese.", "中文说明与处理办法。"),
}
"""Name of a field → what it means, wherever no model says otherwise."""
