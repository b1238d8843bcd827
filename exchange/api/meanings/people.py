"""Fields of firms, persons, keys and proposals."""

from __future__ import annotations

from typing import Final

from exchange.api.meanings.meaning import Meaning

PEOPLE: Final[dict[str, Meaning]] = {
    "action": Meaning("What is proposed, with its type and fields.", "申请事项，含类型与各字段。"),
    "action_hash": Meaning(
        "SHA-256 of what was proposed, in lower-case hex; the second person approves exactly this.",
        "申请内容的 SHA-256（小写十六进制）；复核人所批准的正是此内容。",
    ),
    "approver": Meaning(
        "Id of the person who approved (per-...); null before that.",
        "复核通过者的人员编号（per-...）；尚未通过时为 null。",
    ),
    "asked": Meaning("What stood in the names of the address and in the query.", "地址中各名称及查询参数的实际内容。"),
    "closed_at": Meaning(
        "When it was approved or rejected, RFC 3339 in UTC; null while it is open.",
        "复核通过或驳回的时间（RFC 3339，UTC）；待复核时为 null。",
    ),
    "code": Meaning("Short code of the firm, unique in the market, ASCII.", "主体代码（ASCII），在本市场内唯一。"),
    "command": Meaning(
        "Type of the command; for a proposal also what was proposed.", "命令的类型；复核申请另含所申请的事项。"
    ),
    "complete": Meaning(
        "Whether all of it was given out: false when the download broke off, null while that is not known.",
        "是否全部给出：下载中断为 false，尚不清楚时为 null。",
    ),
    "created": Meaning(
        "Id of what it made (an issuance, a lot, a person, a use and so on); null for nothing.",
        "所生成事物的编号（签发、批次、人员、使用等）；没有时为 null。",
    ),
    "created_key": Meaning(
        "Id of the first key of a person who came in, which goes in front of the point in a token; null for none.",
        "新登记人员首个密钥的编号，即令牌中点号之前的部分；没有时为 null。",
    ),
    "facility_before": Meaning(
        "For a FACILITY that is known already: what is known of it and would be changed, or was changed with this "
        "answer; else null.",
        "FACILITY 所填设施此前已登记的，为其现有登记内容，即将被（或已随本应答）变更的内容；其他情形为 null。",
    ),
    "facility_named": Meaning(
        "For an open USE: what is entered of the facility that it names, with the firm that runs it, which may be "
        "another than the participant; else null.",
        "待复核的 USE 所填设施的现有登记内容，含运营单位，其可能并非申请的交易主体；其他情形为 null。",
    ),
    "evidence": Meaning(
        'The lock reference, read again from its source; "" where the action has none.',
        "从来源重新录入的锁定凭证编号；事项无凭证时为空文本。",
    ),
    "expires_at": Meaning(
        "When the key ends, RFC 3339 in UTC; null for never.", "密钥失效时间（RFC 3339，UTC）；永不失效时为 null。"
    ),
    "form": Meaning("json: in pages. csv: as one download.", "json：分页；csv：整份下载。"),
    "grace_seconds": Meaning(
        "Seconds for which the old key can still be used, 0 to 86400.", "旧密钥可继续使用的秒数，0 至 86400。"
    ),
    "key": Meaning("Id of the key (key-...).", "密钥编号（key-...）。"),
    "label": Meaning("What the key is for, in the words of its owner.", "密钥用途，由所有者自定。"),
    "made_with": Meaning(
        "Id of the key with which it was made; null for a first key.", "生成此密钥所用的密钥编号；首个密钥为 null。"
    ),
    "name": Meaning("Name of the person.", "姓名。"),
    "name_en": Meaning("Name in English.", "英文名称。"),
    "name_zh": Meaning("Name in Chinese.", "中文名称。"),
    "networks": Meaning(
        "Only networks from which the key can be used, IPv4 or IPv6; empty for everywhere.",
        "密钥仅可从这些网段（IPv4 或 IPv6）使用；为空时不限。",
    ),
    "operation": Meaning("Address that was asked, with its names in braces.", "所查询的地址，名称以花括号表示。"),
    "owner_group": Meaning(
        'Group of firms under one control, which never trade with each other; "" for none.',
        "同一实际控制人的代号，组内主体之间不成交；空文本表示无。",
    ),
    "participant": Meaning(
        "Id of the firm (par-...); null for the venue's staff.", "主体编号（par-...）；场所人员为 null。"
    ),
    "participant_code": Meaning("Code of the firm; null for the venue's staff.", "主体代码；场所人员为 null。"),
    "person": Meaning("Id of the person (per-...).", "人员编号（per-...）。"),
    "person_name": Meaning("Name of the person.", "姓名。"),
    "proposed_at": Meaning("When it was proposed, RFC 3339 in UTC.", "提出的时间（RFC 3339，UTC）。"),
    "proposer": Meaning(
        "Id of who proposed it: a person (per-...), or in an agreement a firm (par-...).",
        "提出者编号：人员（per-...）；协议中为主体（par-...）。",
    ),
    "public_key": Meaning(
        "Ed25519 public key that verifies signatures, 43 characters of URL-safe base64 without padding; "
        "null for a key that cannot sign.",
        "用于验证签名的 Ed25519 公钥，43 个字符的 URL 安全 base64，不带填充；不能签名的密钥为 null。",
    ),
    "reason": Meaning("Why, in words for people.", "原因，供人阅读。"),
    "rejected_by": Meaning(
        "Id of the person who ended it without doing it (per-...); null when nobody did.",
        "驳回者的人员编号（per-...）；无人驳回时为 null。",
    ),
    "replaced_by": Meaning(
        "Id of the key that replaced it by rotation; null for none.", "轮换后接替它的密钥编号；没有时为 null。"
    ),
    "replaced_until": Meaning(
        "Until when the old key can still be used, RFC 3339 in UTC.", "旧密钥可用至何时（RFC 3339，UTC）。"
    ),
    "replaces": Meaning("Id of the key that it replaces.", "被其接替的密钥编号。"),
    "revoked": Meaning(
        "Whether the key is revoked; a revoked key is useless for ever.", "密钥是否已吊销；吊销后永久失效。"
    ),
    "revoked_keys": Meaning(
        "Ids of the keys that this request revoked, oldest first; empty when all were revoked before.",
        "本次请求所吊销的密钥编号，最早的在前；此前均已吊销的为空。",
    ),
    "role": Meaning(
        "TRADER: acts for a firm. OPERATOR: runs the venue. REGULATOR: supervises. AUDITOR: reads only. "
        "REGISTRY: the national registry, whose statements move units.",
        "TRADER：交易员，代表主体；OPERATOR：交易机构运营人员；REGULATOR：主管部门；AUDITOR：审计方，只读；"
        "REGISTRY：国家登记机构，以其声明变更减排量状态。",
    ),
    "rows": Meaning("How many rows were given out; null while that is not known.", "给出的行数；尚不清楚时为 null。"),
    "scopes": Meaning(
        "What the key may be used for. READ: read. TRADE: orders and agreements. FUNDS: money. MANAGE: "
        "keys, persons, the venue.",
        "密钥的权限范围。READ：查询；TRADE：申报与协议；FUNDS：资金；MANAGE：密钥、人员与场所事务。",
    ),
    "secret_hash": Meaning(
        "SHA-256 of the secret of the key, 64 digits in lower-case hex; the person makes the secret and keeps it.",
        "密钥串的 SHA-256，64 位小写十六进制；密钥串由本人生成并保管。",
    ),
    "signs": Meaning(
        "Whether the key has a public key, so that it can approve and withdraw.", "密钥是否有公钥，从而可以复核与出金。"
    ),
    "strayed_at": Meaning(
        "When it was last used from outside of its networks with its right secret, RFC 3339 in UTC; null: "
        "never since the start.",
        "最近一次以正确密钥串从允许网段之外使用的时间（RFC 3339，UTC）；启动以来没有时为 null。",
    ),
    "strayed_from": Meaning("Address from which that was; null for never.", "上述使用的来源地址；没有时为 null。"),
    "token": Meaning(
        "Shown this once: what Authorization: Bearer wants, <key id>.<secret>; null when you gave a secret_hash.",
        "仅此一次显示：即 Authorization: Bearer 所需的“密钥编号.密钥串”；已提交 secret_hash 时为 null。",
    ),
}
"""Name of a field → what it means, wherever no model says otherwise."""
