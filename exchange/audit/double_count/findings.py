"""What can be wrong, each with a code and a sentence in both languages, and the notebook in which it is put down."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

Fact = int | str

TOLD_AT_MOST: Final = 20
"""Findings of one check that are told one by one; of the others only the number is."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not be: which check found it (a key of :data:`CHECKS`), and the facts of the case by name."""

    check: str
    facts: tuple[tuple[str, Fact], ...]


class Notebook:
    """Where the departments write down what they find, with the entry that is being read; 0 after the last one."""

    def __init__(self) -> None:
        """Nothing is read yet."""
        self.seq = 0
        self.findings: Final[list[Finding]] = []
        self.counts: Final[Counter[str]] = Counter()

    def tell(self, check: str, **facts: Fact) -> None:
        """Write a finding down."""
        assert check in CHECKS, check
        self.counts[check] += 1
        if self.counts[check] <= TOLD_AT_MOST:
            seen = {"entry": self.seq, **facts} if self.seq else facts
            self.findings.append(Finding(check, tuple(seen.items())))


CHECKS: Final[dict[str, tuple[str, str]]] = {
    "LOG-BROKEN": ("an entry is not what was written", "某条日志与写入时不同"),
    "END-DIFFERS": ("the journal is not the one that was noted earlier", "日志与此前记下的不符"),
    "LEADER-WRONG": (
        "the writer stands elsewhere than where the journal ends, or a table has rows from beyond it",
        "写入位置与日志末端不符，或数据表中有日志范围以外的记录",
    ),
    "ISSUED-TWICE": ("serials of one space were issued twice", "同一序列号空间的序列号被重复签发"),
    "SPACE-TWICE": (
        "one serial space has two names, or one name two spaces",
        "同一序列号空间有两个名称，或同名有两个空间",
    ),
    "NAME-WRONG": (
        "a name that is compared has letters in which another one could hide, or is compared as what it does not say",
        "用于比对的名称含有可混淆的字符，或未按其本身比对",
    ),
    "GROUND-TWICE": (
        "two monitoring periods of one ground overlap, of activities that make the same tonnes",
        "同一地块上产生同一减排量的活动，其两个监测期重叠",
    ),
    "ACTIVITY-WRONG": (
        "a sink that is not on land by its activity, or something else that is",
        "碳汇项目的活动不属土地碳汇，或非碳汇项目的活动属土地碳汇",
    ),
    "NO-GROUND": ("units were issued for a project that names no ground", "签发减排量的项目未列明任何地块"),
    "OVER-VERIFIED": ("more was issued for a period than was verified", "某监测期签发量超过核证量"),
    "PERIOD-WRONG": (
        "an issuance's period does not fit its year or its crediting period",
        "签发的监测期不在同一年度或计入期内",
    ),
    "SOURCE-COVERED": (
        "units of a facility that the national market covers that year were issued, came in, moved, or are not held",
        "来源设施当年已纳入全国市场，其减排量仍被签发、转入、变动，或未予限制",
    ),
    "CONVERSION-WRONG": (
        "sink quota without as many cancelled CCER of its league, year and firm behind it",
        "生态系统碳汇指标缺少同盟市、同年度、同一单位等量已注销的 CCER",
    ),
    "PAPER-TWICE": ("one lock reference served twice", "同一锁定文件被使用两次"),
    "ADMITTED-TWICE": ("serials of one space were admitted twice", "同一序列号空间的序列号被重复转入"),
    "OUTSIDE-ISSUANCE": ("a lot reaches beyond its issuance", "批次超出其签发的序列号范围"),
    "TWO-PLACES": ("a tonne stands in two places, or in none", "某一吨同时在两处，或不在任何一处"),
    "MOVED-UNTOLD": ("an owner changed without a movement, or a movement changed no owner", "权属变更与转移记录不符"),
    "SOLD-UNSELLABLE": ("a tonne was sold that could not be sold", "不可出售的吨数被出售"),
    "STEP-UNTOLD": ("a state changed without being told, or was told without changing", "状态变更与记录不符"),
    "STEP-FORBIDDEN": ("a state changed by a step that is not in the table", "状态变更不在允许之列"),
    "TWO-CLAIMS": ("a tonne serves two uses or releases", "某一吨同时用于两项用途或转出"),
    "CLAIM-WRONG": ("a use or release does not agree with its units", "用途或转出与其减排量不符"),
    "PURPOSE-WRONG": ("units served a purpose that they cannot serve", "该类减排量不可用于此用途"),
    "BUYER-COVERED": (
        "units were used for another firm's facility, or quota for one that the national market covers",
        "减排量用于其他企业的设施，或指标用于已纳入全国市场的设施",
    ),
    "LEAGUE-WRONG": (
        "units were used for a facility, and in another league than the one in which it stands",
        "减排量用于某设施，所填盟市却并非其所在盟市",
    ),
    "OVER-CAP": ("more CCER was claimed for a surrender than the cap allows", "抵销清缴的 CCER 超过上限"),
    "LOSS-WRONG": (
        "a firm owes more lost tonnes of a project or vintage than it had brought in",
        "补足主体所负的逆转量超过其此前转入的该项目或该年份减排量",
    ),
    "REPLACED-WRONG": (
        "what was lost is replaced by another firm, by other units, or by more than was lost",
        "碳汇逆转的补足主体、减排量类别或数量有误",
    ),
    "NO-STATEMENT": ("units changed on the registry's word without it", "未经登记机构答复而变更"),
    "NOT-LOCKED": ("units of the national registry became sellable without its lock", "未经国家登记机构锁定即可出售"),
    "RECEIPT-TWICE": ("one receipt of the registry served twice", "同一登记机构回执被使用两次"),
    "ANSWER-WRONG": (
        (
            "an answer of the registry has no open request or no receipt, is about other serials, another act or units "
            "that it does not keep, or of an impossible time"
        ),
        "登记机构答复无对应请求、无回执，或所述序列号、办理事项与请求不符、减排量非其登记、声明时间不可能属实",
    ),
    "NOT-SIGNED": (
        "a statement is not signed with a key that the registry had then, nor have two persons read its receipt",
        "登记机构答复无其当时有效密钥的签名，其回执亦未经两人核对",
    ),
    "REQUEST-TWICE": ("two requests have one reference", "两项请求使用同一参考号"),
    "ASKED-WRONG": (
        "the registry was asked for something that nobody wanted, or not for what was approved or sent",
        "向登记机构提出了无依据的请求，或已批准的用途、已发出的转出未提出请求",
    ),
    "REFERENCE-WRONG": (
        "a request has a reference that is not made of its time and of what it asks for",
        "请求的编号与其时间及所请事项不符",
    ),
    "NOT-DONE": (
        "the registry has answered, and its word was not carried out in that entry",
        "登记机构已答复，而同一条日志中未按其答复办理",
    ),
    "ENDED-WRONG": (
        "units ended in another way than their kind does, or a use is done and they are still there",
        "减排量的终结方式与其类别不符，或用途已完成而减排量尚未终结",
    ),
    "TAKEN-BACK": (
        "units came free again of a use that was approved, of a release that was sent, or of one that goes on",
        "减排量从已批准的用途、已发出的转出，或仍未结束的用途、转出中被放回",
    ),
    "HELD-MOVED": ("units moved that were held fast", "被限制的减排量发生变动"),
    "HELD-MISCOUNTED": (
        "units are held fast by more or fewer encumbrances than they say, or not by just those that are about them",
        "权利限制的数目与实际不符，应受限制而未受限制，或不在限制范围内而受限制",
    ),
    "ONE-PERSON": (
        "something happened that two persons must agree to, or otherwise than they agreed",
        "须两人同意之事未经两人同意，或与所同意者不符",
    ),
    "ROLE-WRONG": ("somebody proposed or approved what their role may not", "经办人或复核人的角色无权为此"),
    "LET-IN-ALONE": (
        "a person or a key is there that two persons did not let in, or two keys have one key pair",
        "未经两人同意而登记人员或密钥，或两个密钥共用一对公私钥",
    ),
    "LEDGER-DIFFERS": ("the ledger has other tonnes than the parcels", "账务与批次持有量不符"),
    "BUDGET-WRONG": ("a league's budget was not adjusted as the use demands", "盟市碳预算未按用途相应调整"),
    "TABLE-PLACES": (
        "the tables place a tonne elsewhere than the log does, or have it come from elsewhere",
        "数据表中减排量的位置或来源与日志不同",
    ),
    "TABLE-CLAIMS": (
        "the tables have uses of other serials, of another day, or of or for somebody else than the log",
        "数据表中各用途的序列号、完成日期、使用者或所填事项与日志不同",
    ),
    "TABLE-BUDGETS": ("the tables have other adjustments of budgets than the log", "数据表中的碳预算调整与日志不同"),
    "TABLE-FACILITIES": (
        "the tables know facilities otherwise than the log, or have them surrender other tonnes",
        "数据表中的设施情况或其应清缴量与日志不同",
    ),
    "TABLE-RECEIPTS": (
        "the tables have other receipts, signatures or times of answers than the log",
        "数据表中的回执、签名或答复时间与日志不同",
    ),
    "TABLE-REQUESTS": ("the tables have other requests than the log", "数据表中的请求与日志不同"),
    "TABLE-PEOPLE": ("the tables have other persons or keys than the log", "数据表中的人员或密钥与日志不同"),
    "TABLE-RULES": ("the tables have other rules than the log", "数据表中的规则与日志不同"),
    "TABLE-DAYS": ("the tables have other trading days than the log", "数据表中的交易日与日志不同"),
    "TABLE-HELD": ("the tables have other encumbrances than the log", "数据表中的权利限制与日志不同"),
    "TABLE-UNREADABLE": ("the tables have values that cannot be, or lack something", "数据表中有不可能的值，或有缺失"),
}
"""Every check, in the order in which they are told: what is wrong when it finds something, in English and Chinese."""
