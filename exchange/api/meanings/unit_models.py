"""Where a field of models about units means something else than in the common tables."""

from __future__ import annotations

from typing import Final

from exchange.api.meanings.meaning import Meaning

PROJECT_ID: Final = Meaning("Id of the project (prj-...); null for none.", "项目编号（prj-...）；无则为 null。")
_VERIFIED: Final = Meaning(
    "Tonnes that the verification report has of the whole monitoring period.", "核查报告所载该监测期的核证量，吨。"
)
_OWN_LEAGUE: Final = Meaning(
    "League or city; NONE for a project or facility of none of them.", "所属盟市；不属于任何盟市时为 NONE。"
)
_USED_IN: Final = Meaning(
    "League or city in which the units are used; NONE where they are used outside of the region.",
    "使用地盟市；在区外使用时为 NONE。",
)
_PLAN_OF: Final = Meaning("League or city; NONE is the region as a whole.", "盟市；NONE 为全区。")
_CODE_OF_PROJECT: Final = Meaning(
    "Code of the project, in whatever spelling, unique at this venue.", "项目代码，写法不论，在本所唯一。"
)
_CODE_OF_FACILITY: Final = Meaning("Code of the facility.", "设施编号。")
_SERIAL_TEMPLATE: Final = Meaning(
    "How the registry writes a range, with {lo} and {hi} in the places of the first and last serial, such as "
    'CCER-{lo:9}-{hi:9}; "" for the two numbers alone.',
    "登记机构的号段写法，以 {lo} 与 {hi} 代替首末序列号，例如 CCER-{lo:9}-{hi:9}；空文本表示仅有两个数字。",
)
_USE_STATUS: Final = Meaning(
    "PROPOSED: the venue has not approved. PENDING: approved, and the registry has not cancelled everything yet. "
    "FULFILLED: the units are gone. ENDED: over without effect. REVOKED: fulfilled, and counts no more.",
    "PROPOSED：待复核；PENDING：已复核，待登记机构注销；FULFILLED：已完成；ENDED：未生效即终止；REVOKED：完成后被撤销。",
)
_RELEASE_STATUS: Final = Meaning(
    "PROPOSED: the venue has not approved. COOLING: approved, and can still be called off for a while. SENT: the "
    "registry was asked. DONE: in the national market. ENDED: called off, rejected or refused, or its units were taken "
    "by a forced cancellation.",
    "PROPOSED：待复核；COOLING：已复核，冷静期内；SENT：已向登记机构提出；DONE：已转入全国市场；ENDED：撤回、驳回、"
    "被拒绝，或因强制注销终止。",
)
_REQUEST_STATUS: Final = Meaning(
    "OPEN: the registry has not answered. SILENT: not in time, and its answer still counts. CONFIRMED: it was done. "
    "REFUSED: it was not.",
    "OPEN：待答复；SILENT：逾期未答复，其后答复仍有效；CONFIRMED：已办理；REFUSED：未予办理。",
)
_BEYOND_REACH: Final = Meaning(
    "Tonnes that it is about and cannot hold: used up, or in the national market. null to firms.",
    "属于其范围但无从限制的吨数：已使用，或已转出至全国市场。主体查询时为 null。",
)
_ENCUMBRANCE_KIND: Final = Meaning(
    "Why it is held fast; what it does is the same. FREEZE: frozen. JUDICIAL: by a court. PLEDGE: pledged. SUSPENSION: "
    "something is being looked into.",
    "限制原因，效力相同。FREEZE：冻结；JUDICIAL：司法冻结；PLEDGE：质押；SUSPENSION：暂停，待查。",
)
_CAUSE_OF_STEP: Final = Meaning(
    "What made it. ADMITTED_FOR_LOCK, ADMITTED_HERE: came in. LOCK_REQUESTED, LOCK_CONFIRMED, LOCK_REFUSED, "
    "LOCK_UNANSWERED: the lock. USE_PROPOSED, USE_WITHDRAWN, USE_REFUSED, RETIRED, CANCELLED, EXPORTED: a use. "
    "RELEASE_PROPOSED, RELEASE_WITHDRAWN, RELEASE_REFUSED, RELEASED: a release. RETURN_REQUESTED, RETURN_REFUSED: a "
    "return.",
    "变更原因。ADMITTED_FOR_LOCK、ADMITTED_HERE：转入；LOCK_REQUESTED、LOCK_CONFIRMED、LOCK_REFUSED、LOCK_UNANSWERED：锁定；"
    "USE_PROPOSED、USE_WITHDRAWN、USE_REFUSED、RETIRED、CANCELLED、EXPORTED：使用；"
    "RELEASE_PROPOSED、RELEASE_WITHDRAWN、RELEASE_REFUSED、RELEASED：转出；RETURN_REQUESTED、RETURN_REFUSED：转回。",
)
_CAUSE_OF_LOSS: Final = Meaning("What happened: fire, pests, felling.", "逆转原因，如火灾、病虫害、采伐。")
_VINTAGE_OR_ALL: Final = Meaning("Only this vintage; null for all of the project.", "仅限该年度；null 为项目全部年度。")
_LOT_OR_NONE: Final = Meaning(
    "Id of the lot (lot-...); null where a project is named.", "批次编号（lot-...）；按项目设定时为 null。"
)
_OWN_OR_ALL_LO: Final = Meaning(
    "First serial of [serial_lo, serial_hi); null for the whole lot or project.",
    "左闭右开区间 [serial_lo, serial_hi) 的首个序列号；null 为整个批次或项目。",
)
_OWN_OR_ALL_HI: Final = Meaning(
    "The serial behind the last one of [serial_lo, serial_hi); null for the whole lot or project.",
    "左闭右开区间 [serial_lo, serial_hi) 末号之后的序列号；null 为整个批次或项目。",
)
_QUANTITY_CHOSEN: Final = Meaning("Whole tonnes.", "整吨数。")

_ENCUMBRANCE: Final = {
    "kind": _ENCUMBRANCE_KIND,
    "project": PROJECT_ID,
    "vintage": _VINTAGE_OR_ALL,
    "lot": _LOT_OR_NONE,
    "serial_lo": _OWN_OR_ALL_LO,
    "serial_hi": _OWN_OR_ALL_HI,
}
_USE: Final = {
    "status": _USE_STATUS,
    "league": _USED_IN,
    "participant": Meaning("Id of the firm (par-...).", "主体编号（par-...）。"),
}
_UNITS_ASKED_FOR: Final = {
    "project": Meaning("Only units of this project (prj-...).", "仅限该项目（prj-...）的减排量。"),
    "vintage": Meaning("Only units of this vintage.", "仅限该年度的减排量。"),
    "lot": Meaning("Only units of this lot (lot-...).", "仅限该批次（lot-...）的减排量。"),
    "space": Meaning(
        "Only units of this serial space, in whatever spelling, over all its lots.",
        "仅限该序列号空间的减排量，不论写法，含其全部批次。",
    ),
    "serial_lo": Meaning(
        "First serial of [serial_lo, serial_hi) of the lot or space; left out: from its first on.",
        "批次或空间内左闭右开区间 [serial_lo, serial_hi) 的首个序列号；不填则自首号起。",
    ),
    "serial_hi": Meaning(
        "The serial behind the last one of [serial_lo, serial_hi) of the lot or space; left out: to its last one.",
        "批次或空间内左闭右开区间 [serial_lo, serial_hi) 末号之后的序列号；不填则至末号。",
    ),
}
_BAD_ROW_CODES: Final = Meaning(
    "Stable code of what is wrong: a code of the file's own, or that of a refusal.",
    "问题代码：文件本身的代码，或拒绝代码。",
)

UNIT_MODELS: Final[dict[str, dict[str, Meaning]]] = {
    "MonitoringPeriod": {"verified": _VERIFIED},
    "ProjectModel": {
        "code": _CODE_OF_PROJECT,
        "league": _OWN_LEAGUE,
        "issued": Meaning("Tonnes that were issued for all its periods.", "全部监测期已签发的吨数。"),
    },
    "ProjectAction": {"code": _CODE_OF_PROJECT, "league": _OWN_LEAGUE},
    "ProjectQuery": {"code": _CODE_OF_PROJECT},
    "FacilityModel": {"code": _CODE_OF_FACILITY, "league": _OWN_LEAGUE},
    "FacilityAction": {"code": _CODE_OF_FACILITY, "league": _OWN_LEAGUE},
    "IssuanceModel": {"project": PROJECT_ID, "verified": _VERIFIED},
    "IssuanceAction": {"project": PROJECT_ID, "verified": _VERIFIED, "serial_text": _SERIAL_TEMPLATE},
    "LotModel": {
        "project": PROJECT_ID,
        "lock_reference": Meaning(
            "Paper on which it was locked for this venue; null to whom that does not concern.",
            "锁定凭证编号；无关者所见为 null。",
        ),
    },
    "LotParcel": {
        "owner": Meaning(
            "Id of the firm that has them, or had them last (par-...).", "持有主体，或最后持有主体编号（par-...）。"
        )
    },
    "Holding": {
        "quantity": Meaning("All tonnes held of the lot.", "该批次的持有量，吨。"),
        "held": Meaning("Tonnes that orders and agreements reserve.", "申报与协议所冻结的吨数。"),
        "encumbered": Meaning("Tonnes that are held fast by an encumbrance.", "受权利限制的吨数。"),
        "available": Meaning("Tonnes that can be sold, used or released now.", "现可出售、使用或转出的吨数。"),
    },
    "TransitionModel": {"cause": _CAUSE_OF_STEP},
    "StepModel": {
        "cause": _CAUSE_OF_STEP,
        "owner": Meaning(
            "Id of the firm whose they are, or were last (par-...).", "所属或最后所属主体编号（par-...）。"
        ),
        "subject": Meaning(
            "Id of what made it: a lot, request, use or release.", "引起变更的事项编号：批次、请求、使用或转出。"
        ),
    },
    "RequestModel": {
        "account": Meaning(
            "Account in the national market to which the units go; null unless its kind is RELEASE.",
            "减排量转入的全国市场账户；种类不是 RELEASE 时为 null。",
        ),
        "attempts": Meaning(
            "How often it was sent or asked after since the exchange was started; null once it is answered, and where "
            "no registry is connected.",
            "自交易所启动以来已发送或查询的次数；已答复或未连接登记机构时为 null。",
        ),
        "last_problem": Meaning(
            "Code of what was wrong with the last answer, such as STATEMENT_OF_OTHER_SERIALS, RECEIPT_USED, "
            "STATEMENT_UNUSABLE or NO_ANSWER, or NO_REGISTRY_KNOWN: it is not sent; null where nothing was. "
            "REGISTRY.md says what to do.",
            "最近一次应答的问题代码，例如 STATEMENT_OF_OTHER_SERIALS、RECEIPT_USED、STATEMENT_UNUSABLE、NO_ANSWER；"
            "NO_REGISTRY_KNOWN 表示未予发送；无问题时为 null。处理办法见 REGISTRY.zh-CN.md。",
        ),
        "kind": Meaning(
            "LOCK: lock units for this venue. RELEASE: release them from it. CANCEL: cancel them for good.",
            "LOCK：为本所锁定；RELEASE：由本所转出；CANCEL：注销。",
        ),
        "status": _REQUEST_STATUS,
        "reference": Meaning(
            "Our reference of the request, the same however often it is sent.", "本所请求编号，重复发送时不变。"
        ),
        "subject": Meaning(
            "Id of the use or release that it is for; null for a lock.", "所属使用或转出的编号；锁定请求为 null。"
        ),
        "message": Meaning(
            "The registry's number of its statement, or its reason where it has refused on paper; null before.",
            "登记机构声明编号；以书面拒绝的，为其原因；此前为 null。",
        ),
        "owner": Meaning("Id of the firm whose units it is about (par-...).", "所涉主体编号（par-...）。"),
    },
    "RequestQuery": {"status": _REQUEST_STATUS},
    "PickIn": {
        "serial_lo": Meaning(
            "First serial of [serial_lo, serial_hi); leave both out for whatever the rule takes.",
            "左闭右开区间 [serial_lo, serial_hi) 的首个序列号；两者均不填则按规则选取。",
        ),
        "serial_hi": Meaning(
            "The serial behind the last one of [serial_lo, serial_hi); leave both out for whatever the rule takes.",
            "左闭右开区间 [serial_lo, serial_hi) 末号之后的序列号；两者均不填则按规则选取。",
        ),
    },
    "UseFields": {
        **_USE,
        "reversal": Meaning(
            "Id of the reversal (rev-...) that the own firm replaces with these units; left out for every other use.",
            "以这些减排量补足的逆转编号（rev-...）；其他用途不填。",
        ),
        "quantity": Meaning("Whole tonnes; with serials it may be left out.", "整吨数；已指定序列号时可不填。"),
        "instrument": Meaning(
            "Id of the instrument (ins-...) of whose units the rule takes; leave it out with picks.",
            "按规则从中选取的交易标的编号（ins-...）；已列明 picks 时不填。",
        ),
    },
    "UseModel": {
        **_USE,
        "ended_as": Meaning(
            "How it ended: REJECTED by the second person, or taken back before anybody approved it. REFUSED by the "
            "registry, all of it. FORCED_CANCELLATION: the regulator's order took its units. null unless its status "
            "is ENDED.",
            "终止的情形：REJECTED 复核人驳回，或复核前收回；REFUSED 登记机构全部拒绝；"
            "FORCED_CANCELLATION 其减排量已由主管部门强制注销。状态不是 ENDED 时为 null。",
        ),
        "reversal": Meaning(
            "Id of the reversal (rev-...) that the units replace; null where they replace nothing.",
            "所补足的逆转编号（rev-...）；非补足的为 null。",
        ),
        "quantity": _QUANTITY_CHOSEN,
        "proposal": Meaning(
            "Id of the proposal that made it (prp-...); null for none.", "所属申请编号（prp-...）；无则为 null。"
        ),
        "converted": Meaning("Tonnes of it that were issued again as quota.", "其中已据以签发为指标的吨数。"),
        "reason": Meaning(
            "Why it was revoked, or, where it ENDED by a registry's refusal on paper, what that says; null else.",
            "撤销原因；因登记机构的纸质拒绝文书而终止（ENDED）的，为其所载理由；其他情形为 null。",
        ),
        "beneficiary_en": Meaning(
            "Who benefits from the use, in English; of one that replaces a reversal, which benefits nobody, the name "
            "of the project whose tonnes it replaces.",
            "受益方英文名称；用于补足逆转的并无受益方，为所补足项目的英文名称。",
        ),
        "beneficiary_zh": Meaning(
            "Who benefits from the use, in Chinese; of one that replaces a reversal, which benefits nobody, the name "
            "of the project whose tonnes it replaces.",
            "受益方中文名称；用于补足逆转的并无受益方，为所补足项目的中文名称。",
        ),
        "beneficiary_code": Meaning(
            'Unified social credit code of the beneficiary (GB 32100); "" for none. Of a use that replaces a reversal, '
            "the code of the project whose tonnes it replaces.",
            "受益方的统一社会信用代码（GB 32100）；空文本表示无。用于补足逆转的，为所补足项目的代码。",
        ),
    },
    "UseProposed": {"status": _USE_STATUS, "quantity": _QUANTITY_CHOSEN},
    "TenureQuery": _UNITS_ASKED_FOR,
    "TenureModel": {
        "participant": Meaning("Id of the firm that held them (par-...).", "持有主体的编号（par-...）。"),
        "participant_code": Meaning("Code of that firm.", "该主体的代码。"),
        "since": Meaning("When it got them.", "取得时间。"),
        "since_seq": Meaning("Journal entry in which it got them.", "取得所在的日志序号。"),
        "came_from": Meaning(
            "From whom: id of a firm (par-...), or REGISTRY for what came in or came back.",
            "来源：主体编号（par-...），自登记机构转入或转回的为 REGISTRY。",
        ),
        "until": Meaning("When they left; null while it holds them.", "离开时间；仍持有时为 null。"),
        "until_seq": Meaning(
            "Journal entry in which they left; null while it holds them.", "离开所在的日志序号；仍持有时为 null。"
        ),
        "left": Meaning(
            "How they left: TRANSFERRED to another firm, RETIRED, CANCELLED or EXPORTED for a use, RELEASED to the "
            "national market; null while it holds them.",
            "去向：TRANSFERRED 转让；RETIRED、CANCELLED、EXPORTED 使用；RELEASED 转出至全国市场；仍持有时为 null。",
        ),
        "went_to": Meaning(
            "To which firm (par-...); null where they are gone, or while it holds them.",
            "受让主体编号（par-...）；已离开本市场或仍持有时为 null。",
        ),
    },
    "UseQuery": {"status": _USE_STATUS, **_UNITS_ASKED_FOR},
    "ReleaseModel": {
        "status": _RELEASE_STATUS,
        "ended_as": Meaning(
            "How it ended: REJECTED by the second person, or taken back before anybody approved it. CALLED_OFF by the "
            "firm in the cool-down. HELD_FAST: units were frozen, pledged or suspended when they were to leave. "
            "REFUSED by the registry. FORCED_CANCELLATION: the regulator's order took its units. null unless its "
            "status is ENDED.",
            "终止的情形：REJECTED 复核人驳回，或复核前收回；CALLED_OFF 主体在冷静期内撤回；"
            "HELD_FAST 拟转出时减排量已被冻结、质押或暂停；REFUSED 登记机构拒绝；"
            "FORCED_CANCELLATION 其减排量已由主管部门强制注销。状态不是 ENDED 时为 null。",
        ),
        "participant": Meaning("Id of the firm (par-...).", "主体编号（par-...）。"),
        "quantity": _QUANTITY_CHOSEN,
    },
    "ReleaseProposed": {"status": _RELEASE_STATUS, "quantity": _QUANTITY_CHOSEN},
    "ReleaseFields": {"picks": Meaning("Serials to release, at least one range.", "拟转出的号段，至少一段。")},
    "CalledOff": {"status": Meaning("ENDED: it was called off.", "ENDED：已撤回。")},
    "ReleaseQuery": {"status": _RELEASE_STATUS},
    "EncumberIn": _ENCUMBRANCE,
    "EncumbranceModel": {
        "request": Meaning(
            "Id of the request (req-...) of which the registry has said two things, where the program holds the units "
            "fast for that; null else, and to firms whose request it is not.",
            "因登记机构前后答复矛盾而由系统限制的，为所涉请求的编号（req-...）；"
            "其他情形，或查询方并非该请求所属主体时为 null。",
        ),
        **_ENCUMBRANCE,
        "quantity": Meaning(
            "Tonnes that it holds, or held; for a trader those of the own firm that it holds now.",
            "受其限制的吨数；对交易员为本方目前受其限制的吨数。",
        ),
        "beyond_reach": _BEYOND_REACH,
    },
    "EncumbranceAnswer": {
        "kind": _ENCUMBRANCE_KIND,
        "quantity": Meaning("Tonnes that it holds by now.", "目前受其限制的吨数。"),
        "beyond_reach": _BEYOND_REACH,
    },
    "ReversalModel": {
        "project": PROJECT_ID,
        "vintage": _VINTAGE_OR_ALL,
        "cause": _CAUSE_OF_LOSS,
        "quantity": Meaning("Tonnes that were lost again.", "逆转吨数。"),
    },
    "ReversalAction": {
        "project": PROJECT_ID,
        "vintage": _VINTAGE_OR_ALL,
        "cause": _CAUSE_OF_LOSS,
        "quantity": Meaning("Tonnes that were lost again.", "逆转吨数。"),
    },
    "ReversalWithdrawalAction": {"reason": Meaning("Why it was a mistake.", "撤回原因。")},
    "UseRevocationAction": {"reason": Meaning("Why it counts no more.", "撤销原因。")},
    "ReceiptAction": {
        "outcome": Meaning(
            "CONFIRMED: it has done what was asked. REFUSED: it will not.",
            "CONFIRMED：已办理；REFUSED：拒绝办理。",
        ),
        "receipt": Meaning(
            "The receipt of the registry, compared by letters and digits: where two registries have given one number, "
            "the registry's name stands before it (VERRA 100231), and where one paper is for several ranges, the range "
            "behind it (100231 (1-50)). Null where it has refused.",
            "登记机构回执编号，按字母与数字比对：不同登记机构编号相同的，在编号前写明登记机构名称（VERRA 100231）；"
            "一份凭证涵盖数段的，在编号后写明该段（100231 (1-50)）。拒绝办理时为 null。",
        ),
        "reason": Meaning(
            "Why the registry has refused; null where it has confirmed.", "登记机构拒绝办理的原因；确认时为 null。"
        ),
        "stated_on": Meaning(
            "The day that the registry's paper bears, YYYY-MM-DD: at the earliest the one before that of the request "
            "in China, and not to come. A certificate's day of cancellation goes by it.",
            "登记机构书面答复所载日期，YYYY-MM-DD：不得早于请求提出的前一日（北京时间），亦不得晚于今日。"
            "证书的注销日以此为准。",
        ),
    },
    "ObligationAction": {"facility": _CODE_OF_FACILITY, "year": Meaning("Compliance year.", "履约年度。")},
    "ObligationModel": {"facility": _CODE_OF_FACILITY, "year": Meaning("Compliance year.", "履约年度。")},
    "OffsetCap": {
        "why": Meaning(
            "Why there is no figure: FACILITY_NOT_COVERED or OBLIGATION_NOT_SET; null where there is one.",
            "无数值的原因：FACILITY_NOT_COVERED（未纳入）或 OBLIGATION_NOT_SET（未登记）；有数值时为 null。",
        ),
        "detail": Meaning(
            "The same as a sentence, in the language of Accept-Language; null where there is a figure.",
            "上述原因的说明文字，语言依 Accept-Language；有数值时为 null。",
        ),
        "facility": Meaning("Code of the facility, as it was asked for.", "所查询的设施编号。"),
        "year": Meaning("Compliance year.", "履约年度。"),
        "due": Meaning(
            "Tonnes to surrender: what is recorded, or was asked with; null for neither.",
            "应清缴量，吨：已登记的，或查询所给的；均无则为 null。",
        ),
        "cap": Meaning(
            "How many tonnes of CCER may stand for it: 5 %, rounded down; null where nothing is due.",
            "可用 CCER 抵销的上限：5%，向下取整；无应清缴量时为 null。",
        ),
    },
    "OffsetCapQuery": {
        "facility": _CODE_OF_FACILITY,
        "year": Meaning("Compliance year.", "履约年度。"),
        "due": Meaning("Tonnes to reckon with instead of what is recorded.", "用以试算的应清缴量，替代已登记的数值。"),
    },
    "BudgetModel": {"league": _PLAN_OF},
    "BudgetAction": {"league": _PLAN_OF},
    "LeagueLineModel": {
        "league": _PLAN_OF,
        "issued": Meaning("Tonnes issued of these vintages.", "该期间年度的签发吨数。"),
        "replaced": Meaning(
            "Tonnes of used_at_home and from_leagues that replaced losses of this league's projects.",
            "used_at_home 与 from_leagues 中用于补足本盟市项目逆转量的吨数。",
        ),
        "replaced_outside": Meaning(
            "Tonnes made here that replaced losses of projects of no league of this region; no adjustment moves them.",
            "本盟市产生、用于补足不属本区任何盟市的项目逆转量的吨数，不作调整。",
        ),
    },
    "LeagueReportAnswer": {
        "agrees": Meaning(
            "Whether adjustments, uses, releases and ledger come to the same; false is an alarm.",
            "调整、使用、转出与账务是否一致；false 即为警报。",
        )
    },
    "LeagueQuery": {
        "format": Meaning(
            "json: a document. csv: a table. csv-bom: the same for Excel, which shows Chinese then.",
            "json：文档；csv：表格；csv-bom：供 Excel 打开的表格，可正常显示中文。",
        )
    },
    "UploadQuery": {
        "form": Meaning(
            "Whose file it is: VERRA, GOLD_STANDARD, CAR, ACR, or MAPPED for one whose columns are named here.",
            "文件格式：VERRA、GOLD_STANDARD、CAR、ACR；MAPPED 为自行指明各列的格式。",
        ),
        "owner": Meaning(
            "Id or code of the firm that shall have the units of rows that do not say it.",
            "未在行内注明时的接收主体编号或代码。",
        ),
        "lock_reference": Meaning(
            "Paper of the lock of rows that do not say it; {line} in it stands for the line.",
            "未在行内注明时的锁定凭证编号，其中 {line} 代表行号。",
        ),
        "applied_on": Meaning(
            "Day of the application for rows that do not say it, YYYY-MM-DD.",
            "未在行内注明时的申请签发日，YYYY-MM-DD。",
        ),
        "verified": Meaning(
            "Tonnes that were verified for the one monitoring period whose rows do not say it. What is on record needs"
            " not to be said again.",
            "未在行内注明、且同属一个监测期的各行的核证量，吨。已有登记的无须再填。",
        ),
        "space": Meaning("Serial space of all rows, for the form MAPPED.", "全部行的序列号空间，用于 MAPPED。"),
    },
    "BadRowModel": {
        "code": _BAD_ROW_CODES,
        "detail": Meaning("What is wrong, for people.", "问题说明，供人阅读。"),
        "about": Meaning(
            "The cells or columns that it is about, as the file has them; of a row that could be read, its values as "
            "the rows of an import are shown; null where there is nothing to name.",
            "所涉单元格或列，按文件原样；已能读取的行，按导入各行的显示方式列出其值；无可列明的为 null。",
        ),
    },
    "ImportUploaded": {
        "id": Meaning(
            "Id of the import (imp-...); null where not a single row can be read.",
            "导入编号（imp-...）；没有任何一行可读时为 null。",
        ),
        "known": Meaning(
            "Lines of rows that waited already, before this file came.", "在本文件上传之前已暂存的各行行号。"
        ),
        "unread": Meaning("Columns of the file of which nothing was read.", "文件中未被读取的列。"),
    },
    "ImportModel": {
        "by": Meaning("Id of the person who brought it in (per-...).", "导入人员编号（per-...）。"),
        "rows": Meaning("How many rows it has.", "行数。"),
        "lots": Meaning("Ids of the lots that it became.", "由此形成的批次编号。"),
    },
    "ImportRowModel": {
        "verified": _VERIFIED,
        "owner": Meaning("Id of the firm that shall have them (par-...).", "接收主体编号（par-...）。"),
    },
    "ReturnAction": {
        "owner": Meaning("Id of the firm that holds them there now (par-...).", "现持有主体编号（par-...）。"),
        "lock_reference": Meaning(
            "The paper on which they are locked for this venue anew.", "重新为本所锁定的凭证编号。"
        ),
    },
}
"""Name of a model → its fields that mean something else."""
