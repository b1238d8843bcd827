"""Fields of what becomes of units: projects, requests, uses, releases, encumbrances, imports, budgets."""

from __future__ import annotations

from typing import Final

from exchange.api.meanings.meaning import Meaning

UNIT_LIFE: Final[dict[str, Meaning]] = {
    "accepted": Meaning("How many rows of this file were staged.", "本文件中已暂存的行数。"),
    "answer_by": Meaning(
        "When the request counts as unanswered (rule REGISTRY-ANSWER).",
        "逾此时间按未答复处理（规则 REGISTRY-ANSWER）。",
    ),
    "answered_at": Meaning(
        "When the registry's answer was taken; null before that.", "收到登记机构答复的时间；此前为 null。"
    ),
    "applied_on": Meaning("Day of the application for issuance, YYYY-MM-DD.", "申请签发之日，YYYY-MM-DD。"),
    "asked_at": Meaning("When the request was made.", "提出请求的时间。"),
    "begun_at": Meaning("When its first rows were staged.", "首批行暂存的时间。"),
    "beneficiary_code": Meaning(
        'Unified social credit code of the beneficiary (GB 32100), kept in capital letters; "" for none. A use for a '
        "facility names that of the firm that runs it.",
        "受益方的统一社会信用代码（GB 32100），以大写字母保存；空文本表示无。用途涉及设施的，须填其运营单位的代码。",
    ),
    "beneficiary_en": Meaning(
        'Who benefits from the use, in English; "" for a use that replaces a reversal.',
        "受益方英文名称；用于补足逆转的为空文本。",
    ),
    "beneficiary_zh": Meaning(
        'Who benefits from the use, in Chinese; "" for a use that replaces a reversal.',
        "受益方中文名称；用于补足逆转的为空文本。",
    ),
    "callable_until": Meaning(
        "Until when it can be called off at the least, and longer where it must wait for another trading day; null "
        "before it is approved.",
        "至少在此时间之前可撤回，须等待下一交易日的可更晚；复核之前为 null。",
    ),
    "cancelled_on": Meaning(
        "Day in China on which the last unit was cancelled, as the certificate has it, YYYY-MM-DD: by the registry's "
        "word, or by the paper's day; null before.",
        "最后一吨的注销日（北京时间），与证书一致，YYYY-MM-DD：以登记机构所述或书面凭证所载日期为准；此前为 null。",
    ),
    "cap": Meaning(
        "How many tonnes of CCER may stand for what is due: 5 %, rounded down (rule OFFSET-CAP).",
        "可用 CCER 抵销的上限：应清缴量的 5%，向下取整（规则 OFFSET-CAP）。",
    ),
    "claimed": Meaning(
        "Tonnes of CCER that approved uses have taken for it; what is merely proposed takes nothing.",
        "已由复核通过的各项使用占用的 CCER 吨数；仅提出申请的不占用。",
    ),
    "column_end": Meaning("Name of the column with the last day of the period.", "监测期末日所在列名。"),
    "column_ended": Meaning(
        "Name of the column that says that a row was retired or cancelled.", "标明该行已使用或已注销的列名。"
    ),
    "column_lock_reference": Meaning(
        "Name of the column with the paper of the lock; without it, a column lock_reference is read.",
        "锁定凭证所在列名；未指明时读取名为 lock_reference 的列。",
    ),
    "column_owner": Meaning(
        "Name of the column with the firm that shall have the units; without it, a column owner is read.",
        "接收主体所在列名；未指明时读取名为 owner 的列。",
    ),
    "column_issued_on": Meaning("Name of the column with the day of issuance.", "签发日所在列名。"),
    "column_project": Meaning("Name of the column with the project.", "项目所在列名。"),
    "column_quantity": Meaning("Name of the column with the tonnes.", "数量所在列名。"),
    "column_serial_hi": Meaning(
        "Name of the column with the last serial, which is in the range.", "末个序列号所在列名，该号计入区间。"
    ),
    "column_serial_lo": Meaning("Name of the column with the first serial.", "首个序列号所在列名。"),
    "column_serials": Meaning("Name of the column with the serial range as one text.", "以一段文本表示号段的列名。"),
    "column_start": Meaning("Name of the column with the first day of the period.", "监测期首日所在列名。"),
    "column_verified": Meaning("Name of the column with the verified tonnes.", "核证量所在列名。"),
    "column_year": Meaning(
        "Name of the column with the vintage, where there are no days.", "无起止日时，年度所在列名。"
    ),
    "committed_at": Meaning(
        "When all rows were issued and admitted; null before.", "全部行签发并转入的时间；此前为 null。"
    ),
    "contradicted": Meaning(
        "Whether the registry has said something else afterwards; its serials are held fast then.",
        "登记机构此后是否作出相反声明；如是，所涉序列号即被限制。",
    ),
    "converted": Meaning(
        "Id of the fulfilled use (purpose CONVERSION) that a quota of an ecosystem sink is issued against; null for "
        "all others.",
        "生态系统碳汇类指标签发所凭的、用途为 CONVERSION 的已完成使用编号；其他为 null。",
    ),
    "covered": Meaning(
        "Whether the facility is in the national market in that year.", "该设施该年度是否纳入全国碳市场。"
    ),
    "covered_from": Meaning(
        "First year in which it is covered; null for a facility that was never.", "纳入的首个年度；从未纳入时为 null。"
    ),
    "covered_to": Meaning(
        "Last year in which it is covered; null until further notice.", "纳入的末个年度；至今有效时为 null。"
    ),
    "operating_firm": Meaning(
        "Unified social credit code of the firm that runs the facility.", "设施运营单位的统一社会信用代码。"
    ),
    "covers": Meaning(
        "Tonnes that the units stand for after the rulebook's ratio (rules DIFF-HIGH and DIFF-LOW).",
        "按规则比例折算后所抵的吨数（规则 DIFF-HIGH 与 DIFF-LOW）。",
    ),
    "crediting_end": Meaning("Last day of the crediting period, YYYY-MM-DD.", "计入期最后一日，YYYY-MM-DD。"),
    "crediting_start": Meaning("First day of the crediting period, YYYY-MM-DD.", "计入期第一日，YYYY-MM-DD。"),
    "due": Meaning("Tonnes to surrender nationally for the year.", "该年度全国市场应清缴量，吨。"),
    "encumbered": Meaning(
        "How many encumbrances hold these serials fast; 0 for none.", "限制这些序列号的权利限制项数；0 表示无。"
    ),
    "encumbrance": Meaning("Id of the encumbrance (enc-...).", "权利限制编号（enc-...）。"),
    "encumbrances": Meaning("Ids of what holds these serials fast now.", "当前限制这些序列号的权利限制编号。"),
    "estimate_kg": Meaning(
        "What the project expects over all estimated years, in kilograms; 0 for no estimate.",
        "项目在全部预估年限内的预估量，千克；0 表示无预估。",
    ),
    "estimate_per_year": Meaning(
        "The estimate a year, tonnes with one decimal, half-up; null for no estimate.",
        "年均预估量，吨，一位小数，四舍五入；无预估时为 null。",
    ),
    "estimate_years": Meaning("Over how many years the estimate is; 0 for no estimate.", "预估年限；0 表示无预估。"),
    "event": Meaning(
        'Event, meeting or product that is made neutral; "" for none.', "零碳活动、会议或产品名称；空文本表示无。"
    ),
    "event_day": Meaning("Day of the event, YYYY-MM-DD; null for none.", "活动日期，YYYY-MM-DD；无则为 null。"),
    "facility": Meaning(
        'Code of a facility of the national market; "" for none.', "全国碳市场设施编号；空文本表示无。"
    ),
    "first_year": Meaning("First year of the plan or report.", "规划或报告的首个年度。"),
    "from_leagues": Meaning(
        "Tonnes made in other leagues and used here, which the adjustments add.",
        "其他盟市产生、在本盟市使用而调增的吨数。",
    ),
    "fulfilled_on": Meaning(
        "Trading day in whose books the units were gone, YYYY-MM-DD; the budgets go by it; null before.",
        "使用入账完成的交易日，YYYY-MM-DD，碳预算以此为准；此前为 null。",
    ),
    "intensity": Meaning(
        "Carbon intensity of the new project: LOW or HIGH; NONE where no project is offset.",
        "新上项目的碳排放强度：LOW 低，HIGH 高；不涉及新上项目时为 NONE。",
    ),
    "issuances": Meaning("Ids of the issuances that it became.", "由此形成的签发编号。"),
    "issued": Meaning("Tonnes that were issued so far.", "已签发吨数。"),
    "last_year": Meaning("Last year of the plan or report, included.", "规划或报告的末个年度，含当年。"),
    "leaves_at": Meaning(
        "Before this the registry is not asked, nor before the first trading day that has come by then; null before it "
        "is approved.",
        "不早于此时间向登记机构发送，且须等到其后的交易日；复核之前为 null。",
    ),
    "left": Meaning(
        "Tonnes of CCER that are still free; null where nothing is due.", "尚可使用的 CCER 吨数；无应清缴量时为 null。"
    ),
    "lifted_at": Meaning("When it was lifted; null while it stands.", "解除时间；仍有效时为 null。"),
    "lifted_by": Meaning(
        "Id of the proposal by which it was lifted, which tells the two persons; null while it stands, where the "
        "program lifted it, and to whom that does not concern.",
        "解除所依据的复核申请编号，其中载明经办人与复核人；仍有效、由系统解除或查询方无关时为 null。",
    ),
    "line": Meaning("Line of the file; 0 is the file as a whole.", "文件中的行号；0 表示整个文件。"),
    "national_account": Meaning("Account at the national registry to which they go.", "转入的国家登记机构账户。"),
    "net": Meaning(
        "Tonnes that the adjustments add to the account (negative: take off it).", "调整净额，吨；负数为调减。"
    ),
    "neutrality": Meaning(
        "What is made carbon-neutral: EVENT, MEETING or PRODUCT; NONE for nothing.",
        "零碳对象：EVENT 活动，MEETING 会议，PRODUCT 产品；无则为 NONE。",
    ),
    "offset_project": Meaning('New project that is offset; "" for none.', "所抵的新上项目；空文本表示无。"),
    "pending": Meaning("Tonnes that the registry has not cancelled yet.", "登记机构尚未注销的吨数。"),
    "periods": Meaning("Monitoring periods for which units were issued.", "已签发的监测期。"),
    "picks": Meaning(
        "Lots or serials to take; empty where an instrument is named.", "所选批次或序列号；指明标的时为空。"
    ),
    "planned": Meaning(
        "Tonnes of the plan; null where there is none for just these years.", "规划吨数；该期间无规划时为 null。"
    ),
    "project_code": Meaning("Code of the project.", "项目代码。"),
    "projects": Meaning(
        "The registry's numbers of projects and our codes, as 2498=VCS-2498,2500=VCS-2500.",
        "登记机构项目编号与本所项目代码的对应，如 2498=VCS-2498,2500=VCS-2500。",
    ),
    "province": Meaning(
        "Province to which the units go (purpose INTER_PROVINCE), by its short Chinese or English name, not Inner "
        'Mongolia; "" for none.',
        "跨省使用（INTER_PROVINCE）的目的省份，填中文简称或英文名称，不含内蒙古；空文本表示无。",
    ),
    "purpose": Meaning(
        "What the units are used for, once and for ever. NATIONAL_SURRENDER: for what a facility has to surrender "
        "nationally. NEW_PROJECT_OFFSET: for a new project. EVENT_NEUTRALITY: for a zero-carbon event, meeting or "
        "product. VOLUNTARY: of one's own accord. ECO_COMPENSATION: environmental damage compensation. INTER_PROVINCE: "
        "in another province. CONVERSION: so that quota of an ecosystem sink can be issued against it. FORCED: by the "
        "regulator's order, which nobody can ask for.",
        "用途，一经使用不可更改。NATIONAL_SURRENDER：全国清缴抵销；NEW_PROJECT_OFFSET：新上项目抵销；"
        "EVENT_NEUTRALITY：零碳活动、会议或产品；VOLUNTARY：自愿；ECO_COMPENSATION：生态环境损害赔偿；"
        "INTER_PROVINCE：跨省使用；CONVERSION：据以签发生态系统碳汇类指标；FORCED：主管部门强制注销，不可自行申请。",
    ),
    "receipt": Meaning("The registry's receipt; null before there is one.", "登记机构的回执编号；尚无时为 null。"),
    "receipts": Meaning("The registry's receipts so far.", "已有的登记机构回执编号。"),
    "disputed": Meaning(
        "Whether the registry has contradicted itself or this venue about its units or what they were issued against, "
        "and nobody has decided yet; or a cancellation behind them was revoked.",
        "登记机构是否就其减排量或签发所据的核证减排量作出相反声明、或其名册与本所所载不符且尚待认定，或其所据的注销已被撤销。",
    ),
    "recorded": Meaning("Whether the regulator has recorded what is due.", "主管部门是否已登记应清缴量。"),
    "reference": Meaning(
        "Number of the paper on which it rests: a court's order, a contract of pledge.",
        "所依据文件的编号，如法院文书、质押合同。",
    ),
    "refused": Meaning("Rows that were left out, each with its line and reason.", "未采纳的行，各附行号与原因。"),
    "release": Meaning("Id of the release (rel-...).", "转出编号（rel-...）。"),
    "replaced": Meaning("Tonnes that were cancelled in its place so far.", "已补足注销的吨数。"),
    "replaced_in_doubt": Meaning(
        "Tonnes of `replaced` that are of disputed uses; as many are owed again when these are revoked.",
        "`replaced` 中属于有争议使用的吨数；该等使用被撤销的，须重新补足。",
    ),
    "reported_at": Meaning("When it was recorded.", "登记时间。"),
    "withdrawn_at": Meaning(
        "When it was taken back as a mistake; null while it stands.", "因误登而撤回的时间；仍有效时为 null。"
    ),
    "withdrawal_reason": Meaning("Why it was a mistake; null while it stands.", "撤回原因；仍有效时为 null。"),
    "request": Meaning("Id of the request (req-...).", "请求编号（req-...）。"),
    "requests": Meaning("Ids of the requests to the registry about it.", "与其有关的登记请求编号。"),
    "responsible": Meaning("Id of the firm that has to replace it (par-...).", "须补足的主体编号（par-...）。"),
    "reversal": Meaning("Id of the reversal (rev-...); null for none.", "逆转编号（rev-...）；无则为 null。"),
    "rows_hash": Meaning(
        "SHA-256 over all rows that wait, 64 digits of hex; null without any.",
        "全部待提交行的 SHA-256，64 位十六进制；无行时为 null。",
    ),
    "sector": Meaning(
        "Sector of the national market: POWER, STEEL, CEMENT, ALUMINIUM or OTHER.",
        "全国碳市场行业：POWER 发电，STEEL 钢铁，CEMENT 水泥，ALUMINIUM 铝冶炼，OTHER 其他。",
    ),
    "serial_text": Meaning(
        "The range as its registry writes it; null only in the answer to a command about a lot that is not durable.",
        "登记机构写法的号段；仅当命令所涉批次尚未落盘时为 null。",
    ),
    "set_aside": Meaning(
        "Tonnes that wait for the registry, or for a use or release to be done.",
        "等待登记机构答复，或待使用、待转出的吨数。",
    ),
    "set_at": Meaning("When it was set.", "设定时间。"),
    "set_by": Meaning(
        "Id of the person who set it; null for the program itself, and to whom that does not concern.",
        "设定人员编号；由系统设定或查询方无关时为 null。",
    ),
    "shortfall": Meaning(
        "Tonnes that are still owed; those of `pending` are among them.", "尚待补足的吨数，含 `pending` 所列。"
    ),
    "source_code": Meaning('Code of the firm from which they went; "" for none.', "转出主体代码；空文本表示无。"),
    "staged": Meaning(
        "Id of the import (imp-...); for a file that begins one, leave it out.", "导入编号（imp-...）；新建导入时不填。"
    ),
    "started": Meaning("Day on which the project began, YYYY-MM-DD.", "项目开工日，YYYY-MM-DD。"),
    "state_before": Meaning(
        "State before the step, null for units that are new here: ADMITTED, LOCK_REQUESTED, LOCK_UNKNOWN, ACTIVE, "
        "PENDING_OUT, OUT, RETURN_REQUESTED, PENDING_CANCEL, RETIRED, CANCELLED or EXPORTED, as in `state`.",
        "变更前的状态，新转入的为 null：ADMITTED、LOCK_REQUESTED、LOCK_UNKNOWN、ACTIVE、PENDING_OUT、OUT、"
        "RETURN_REQUESTED、PENDING_CANCEL、RETIRED、CANCELLED 或 EXPORTED，含义见 `state`。",
    ),
    "stated_at": Meaning(
        "When the registry made its statement, null before. For a paper that two persons have read, when the day that "
        "it bears began in China.",
        "登记机构作出声明的时间，此前为 null；经两人核对的书面答复，为其所载日期（北京时间）的零时。",
    ),
    "tag_before": Meaning(
        "Market before the step, REGIONAL or NATIONAL; null for units that are new here.",
        "变更前所属市场，REGIONAL 或 NATIONAL；新转入的为 null。",
    ),
    "target_code": Meaning('Code of the firm to which they went; "" for none.', "转入主体代码；空文本表示无。"),
    "template": Meaning(
        "How the registry writes a range, with {lo} and {hi} in the places of the first and last serial, such as "
        "CCER-{lo:9}-{hi:9}; a number behind a colon is a width filled up with zeros.",
        "登记机构的号段写法，以 {lo} 与 {hi} 代替首末序列号，例如 CCER-{lo:9}-{hi:9}；冒号后为补零宽度。",
    ),
    "to_leagues": Meaning("Tonnes made here and used in other leagues.", "本盟市产生、在其他盟市使用的吨数。"),
    "to_national": Meaning(
        "Tonnes made here that went to the national market, less what came back.",
        "本盟市产生、转出至全国市场的吨数，已扣转回。",
    ),
    "to_provinces": Meaning("Tonnes made here and used in other provinces.", "本盟市产生、在其他省份使用的吨数。"),
    "uniqueness_declaration": Meaning(
        'Number of the document that declares that the reductions take part in no other mechanism; "" for none.',
        "声明减排量未参与其他减排机制的唯一性文件编号；空文本表示无。",
    ),
    "units": Meaning("Ranges of serials, lot by lot.", "各批次的号段。"),
    "use": Meaning("Id of the use (use-...).", "使用编号（use-...）。"),
    "used_at_home": Meaning("Tonnes that were used in the league that made them.", "在产生地盟市使用的吨数。"),
    "uses": Meaning("Ids of the uses that replace it, by order or not.", "据以补足的使用编号（强制或自愿）。"),
    "waiting": Meaning("How many rows the import has by now.", "该导入目前的总行数。"),
    "year": Meaning("Calendar year; null for none.", "年度；无则为 null。"),
}
"""Name of a field → what it means, wherever no model says otherwise."""
