"""What is told of refusals about projects, the registry, uses and everything else in the life of a unit."""

from __future__ import annotations

from typing import Final

from exchange.core.rejections.reason_text import ReasonText
from exchange.core.rejections.reasons import RejectReason as R

UNIT_TEXTS: Final[dict[R, ReasonText]] = {
    R.PROJECT_NOT_FOUND: ReasonText("There is no such project.", "项目不存在。"),
    R.REQUEST_NOT_FOUND: ReasonText("There is no such request to the registry.", "登记请求不存在。"),
    R.CLAIM_NOT_FOUND: ReasonText("There is no such use.", "该次使用不存在。"),
    R.RELEASE_NOT_FOUND: ReasonText("There is no such release.", "转出申请不存在。"),
    R.ENCUMBRANCE_NOT_FOUND: ReasonText(
        "There is no such encumbrance, or it is not being worked off.", "该权利限制不存在，或不在处理之中。"
    ),
    R.REVERSAL_NOT_FOUND: ReasonText("There is no such reversal.", "逆转记录不存在。"),
    R.IMPORT_NOT_FOUND: ReasonText("There is no such import of yours.", "没有由您提交的该导入批次。"),
    R.REQUEST_CLOSED: ReasonText(
        "This request was answered before, and stays as it was answered: GET /v1/registry/requests/{request} shows "
        "how. Where the registry only repeats itself nothing is to be done. Where it says otherwise on paper, hold the "
        "units fast (POST /v1/encumbrances) and ask it.",
        "该请求此前已有答复，以原答复为准，可由 GET /v1/registry/requests/{request} 查询。登记机构仅作重复答复的，"
        "无需处理；书面答复与之不同的，请先对有关减排量设定权利限制（POST /v1/encumbrances），再向登记机构核实。",
    ),
    R.NOT_DUE: ReasonText("The time for this has not come.", "尚未到规定时间。"),
    R.RELEASE_NOT_CALLABLE: ReasonText(
        "The time to call this release off is over, or it was never approved, or it was called off before. Reject the "
        "proposal of one that nobody has approved yet.",
        "该转出已过撤回时限、尚未复核通过，或此前已撤回。尚未复核通过的，可驳回其申请。",
        "RELEASE-CANCEL",
    ),
    R.CLAIM_CLOSED: ReasonText(
        "Only a use that is FULFILLED can be revoked: this one is not yet, came to nothing, or was revoked before. "
        "GET /v1/uses/{use} shows its status.",
        "仅已完成（FULFILLED）的使用可以撤销：该次使用尚未完成、未能完成，或此前已撤销。"
        "状态可由 GET /v1/uses/{use} 查询。",
    ),
    R.ENCUMBRANCE_LIFTED: ReasonText("This encumbrance was lifted before.", "该权利限制此前已解除。"),
    R.IMPORT_COMMITTED: ReasonText(
        "Everything in this import is issued and admitted already.", "该次导入已全部签发并转入。"
    ),
    R.REGISTRY_ANSWERS_ITSELF: ReasonText(
        "Units of the national registry are confirmed by the registry alone, never on paper.",
        "国家登记机构的减排量只能由登记机构确认，不能凭纸质回执确认。",
        "CANCEL",
    ),
    R.REQUEST_OF_OTHER_REGISTRY: ReasonText(
        "Another registry keeps these units, so the national registry's statement answers nothing about them. Two "
        "operators enter what that registry has written (RECEIPT).",
        "该等减排量由其他登记机构登记，国家登记机构的声明不构成应答。该登记机构的书面答复由两名运营人员录入（RECEIPT）。",
        "CANCEL",
    ),
    R.REVERSAL_REPLACED: ReasonText(
        "Units were cancelled for this reversal, or are about to be; it cannot be taken back any more.",
        "该逆转已有或即将有减排量为其注销，不能再撤回。",
        "REVERSAL",
    ),
    R.PROJECT_CODE_TAKEN: ReasonText(
        "Another project has this code. Look it up, or use another code.",
        "该项目编号已被占用，请查询现有项目或更换编号。",
    ),
    R.PROJECT_INVALID: ReasonText(
        "Family, activity, mechanism, source, league and generation do not fit together, or the days are not in order.",
        "类别、项目活动、机制、来源、来源设施、盟市与 CCER 代次不相符，或日期顺序有误。",
    ),
    R.SITE_PARCELS_INVALID: ReasonText(
        "One site parcel is named twice or lies inside another. Name each piece of ground once.",
        "同一地块重复，或一个地块包含于另一地块之内，请逐块填报。",
        "ELIG-UNIQUE",
    ),
    R.STARTED_TOO_EARLY: ReasonText(
        "A CCER project must have started after the day of the rule (2012-11-08 by article 10 of the CCER Measures).",
        "核证自愿减排项目应于规则所定日期（《自愿减排管理办法》第十条为 2012 年 11 月 8 日）之后开工。",
        "ELIG-START",
    ),
    R.UNIQUENESS_MISSING: ReasonText(
        "Name the document in which the owner declares that the reductions take part in no other mechanism.",
        "请填写业主声明减排量未参与其他减排机制的唯一性文件编号。",
        "ELIG-UNIQUE",
    ),
    R.PLAN_PERIOD_INVALID: ReasonText(
        "A budget is for one year, or for a five-year period such as 2026 to 2030.",
        "预算应按单一年度或五年规划期（如 2026 至 2030 年）编制。",
        "BUDGET",
    ),
    R.TOO_MANY_ROWS: ReasonText(
        "This portion is empty or makes the import too long. Commit what is staged, or send fewer rows.",
        "本次提交为空或超出导入上限，请先提交已暂存的行，或减少行数。",
    ),
    R.QUANTITY_DIFFERS: ReasonText(
        "The quantity is not the sum of the serials that are named; leave it out, or give that sum.",
        "数量与所列序列号之和不符，请不填数量，或填写该合计数。",
    ),
    R.PURPOSE_DETAILS: ReasonText(
        "This purpose needs other details, or some are given that it has no place for.",
        "该用途所需信息不全，或填写了与该用途无关的信息。",
    ),
    R.FACILITY_NOT_COVERED: ReasonText(
        "This facility is not in the national market in that year. Check its code and the year.",
        "该设施在该年度未纳入全国碳市场，请核对设施编号和年度。",
        "OFFSET-CAP",
    ),
    R.OBLIGATION_NOT_SET: ReasonText(
        "It is not recorded how much this facility has to surrender for the year. Ask the regulator to enter it.",
        "尚未登记该设施该年度的应清缴量，请联系主管部门登记。",
        "OFFSET-CAP",
    ),
    R.NOTHING_TO_REPLACE: ReasonText(
        "All that was lost is replaced, or is being replaced already. Or, where it is told below how much is still "
        "needed, the firm has no such units that could be taken: what the registry was asked for or is held fast "
        "cannot. GET /v1/reversals and /v1/lots show both.",
        "逆转量已全部补足或正在补足。以下列明所需数量的，则为该主体没有可注销的同类减排量：已向登记机构提出请求的和"
        "受限制的不计。可查 GET /v1/reversals 与 /v1/lots。",
        "REVERSAL",
    ),
    R.MORE_THAN_OWED: ReasonText(
        "This is more than is still to be replaced of what was lost. Take at most as many.",
        "数量超出尚待补足的逆转量，请减少数量。",
        "REVERSAL",
    ),
    R.LEGAL_BASIS_MISSING: ReasonText(
        "A ratio other than 1, or an exception for covered facilities, needs an article that was read.",
        "比例不为 1，或对已纳入设施作例外规定的，须有已查证的条文依据，不得由交易机构自行设定。",
        "DIFF-HIGH",
    ),
    R.GROUND_TAKEN: ReasonText(
        "Another monitoring period of this ground overlaps it, with an activity that makes the same tonnes.",
        "同一地块已有重叠的监测期，且其活动产生同一减排量。同一吨减排量无论由谁核证只能签发一次。",
        "ELIG-UNIQUE",
    ),
    R.VERIFIED_DIFFERS: ReasonText(
        "Another figure was recorded as verified for this period. Check the verification report.",
        "该监测期此前登记的核证量与此不同，请核对核查报告。",
        "UNIT",
    ),
    R.VERIFIED_EXCEEDED: ReasonText(
        "More would be issued than was verified for this period.", "签发量超出该监测期的核证量。", "UNIT"
    ),
    R.PERIOD_INVALID: ReasonText(
        "The period must lie in one calendar year, as this venue asks for, and in the crediting period, and end before "
        "the application.",
        "监测期应在同一自然年（本交易场所要求）及计入期之内，于申请日前结束，且申请日不得晚于当日。",
        "ELIG-PERIOD",
    ),
    R.REDUCTION_TOO_OLD: ReasonText(
        "CCER are issued for reductions after the day of ELIG-REDUCTION, and so many years before the application.",
        "核证减排量应产生于规则 ELIG-REDUCTION 所定日期之后，且在申请之日前规定年限以内。",
        "ELIG-VINTAGE",
    ),
    R.SOURCE_COVERED: ReasonText(
        "This facility is in the national market for that year: its reductions have been counted there already. They "
        "are not issued or admitted here, and what was is not let go while the facility is entered so.",
        "该设施该年度已纳入全国碳市场，其减排量已在全国市场体现，不得再次签发、转入；已签发的，在该设施登记内容更正之前"
        "不得解除暂停。",
        "ETS-SOURCE",
    ),
    R.CONVERSION_INVALID: ReasonText(
        "Ecosystem-sink quota is issued, admitted and freed only against CCER of its league and year, cancelled for it "
        "and neither in doubt nor revoked.",
        "生态系统碳汇类指标只能凭登记机构已为此注销的同一盟市、同一年度核证减排量签发、转入和解除限制，"
        "且该注销既无争议也未撤销；其他类别不得填写该凭证。",
        "SINK-QUOTA",
    ),
    R.CONVERSION_EXCEEDED: ReasonText(
        "More quota would be issued than tonnes were cancelled for it.",
        "签发的指标超出为其注销的核证减排量。",
        "SINK-QUOTA",
    ),
    R.RECEIPT_USED: ReasonText(
        "This receipt stands for other units already. One receipt vouches for one range, and receipts are compared by "
        "letters and digits. On paper two registries may have given one number: then the registry's name is entered "
        "before it. Where one paper is for several ranges, the range is entered behind it.",
        "该回执已用于其他减排量。一份回执只对应一段序列号，按字母与数字比对。不同登记机构的书面凭证编号相同的，"
        "录入时在编号前写明登记机构名称；一份凭证涵盖数段的，在编号后写明该段。",
        "CANCEL",
    ),
    R.STATEMENT_OF_OTHER_SERIALS: ReasonText(
        "The statement speaks of other serials than were asked for.",
        "答复所涉序列号与请求不符。",
        "CANCEL",
    ),
    R.STATEMENT_OF_OTHER_REQUEST: ReasonText(
        "The statement speaks of another act than was asked for (kind), or of a release to another national account.",
        "答复所述办理事项（kind）与请求不符，或转出的国家账户与请求不符。",
        "CANCEL",
    ),
    R.STATEMENT_OUT_OF_TIME: ReasonText(
        "Nobody can have stated this then: more than an hour before the request was made, or more than an hour from "
        "now. A paper is of a day between the one before that of the request and today, in China.",
        "声明时间不可能属实：早于请求提出之前一小时，或晚于当前时间一小时。"
        "书面答复的日期（北京时间）不得早于请求的前一日，亦不得晚于今日。",
        "CANCEL",
    ),
    R.UNITS_NOT_THERE: ReasonText(
        "Not all of these serials are where they would have to be. A use or release takes the firm's own that are "
        "REGIONAL, ACTIVE and without encumbrances; a return those that are OUT; a new request for a lock those that "
        "are ADMITTED. GET /v1/lots/{lot}/parcels shows what they are.",
        "所列序列号并非全部处于可办理状态。使用或转出须为本方持有、REGIONAL、ACTIVE 且不受权利限制；转回须为 OUT；"
        "重新请求锁定须为 ADMITTED。现状可由 GET /v1/lots/{lot}/parcels 查询。",
        "ONE-PLACE",
    ),
    R.UNITS_ENCUMBERED: ReasonText(
        "Some of these units are frozen, pledged or suspended. They can move when that is lifted.",
        "部分减排量处于冻结、质押或暂停状态，解除后方可办理。",
        "FRAUD",
    ),
    R.FAMILY_CANNOT_SERVE: ReasonText(
        "Units of this family cannot be used for this purpose.", "该类减排量不能用于此用途。", "QUOTA-USE"
    ),
    R.OLD_CCER: ReasonText(
        "CCER registered before 2017-03-14 cannot be used for national surrender any more.",
        "2017 年 3 月 14 日前备案的 CCER 不得再用于全国清缴抵销。",
        "OLD-CCER",
    ),
    R.OFFSET_CAP: ReasonText(
        "CCER may stand for a share of what the facility has to surrender, rounded down, and no more.",
        "用于抵销的 CCER 不得超过应清缴量的规定比例（向下取整）。",
        "OFFSET-CAP",
    ),
    R.BUYER_COVERED: ReasonText(
        "This facility answers for that year in the national market; with regional quota it would pay twice.",
        "该设施该年度已在全国碳市场履约，使用区域指标将造成重复支付。",
        "ETS-BUYER",
    ),
    R.FACILITY_NOT_THE_FIRMS: ReasonText(
        "This facility is entered as another firm's; or it is not entered, and this firm runs one that is in the "
        "national market that year (for reduction quota: rule ETS-BUYER). Name one that is entered as this firm's.",
        "所填设施已登记在其他单位名下；或尚未登记，而该单位当年有设施已纳入全国碳市场（使用碳减排量指标的，见规则 "
        "ETS-BUYER）。所填设施须已登记在该单位名下。",
        "USE-FACILITY",
    ),
    R.SECTOR_NOT_COVERED_YET: ReasonText(
        "The national market did not cover this sector in that year yet: see the rules ETS-POWER to ETS-ALUMINIUM.",
        "该行业当年尚未纳入全国碳市场，见规则 ETS-POWER 至 ETS-ALUMINIUM。",
        "ETS-SOURCE",
    ),
    R.FACILITY_IN_ANOTHER_LEAGUE: ReasonText(
        "This facility is entered in another league. Name the league in which it stands.",
        "该设施登记在其他盟市，请填写设施所在盟市。",
        "LEAGUE-CA",
    ),
    R.REVERSAL_EXCEEDED: ReasonText(
        "A firm answers for no more than it brought in of this project and vintage, less what it answers for already.",
        "逆转量不得超过该单位转入的该项目该年份减排量，减去此前已登记由其补足的逆转量。",
        "REVERSAL",
    ),
    R.NOTHING_BROUGHT_IN: ReasonText(
        "This firm brought in no units of this project and vintage. Who only bought them answers for no loss. What "
        "quota of a sink has lost is reported of the CCER project behind it.",
        "该企业未转入过该项目该年份的减排量；仅买入者不对逆转负责。碳汇指标的逆转登记在其所据 CCER 的项目名下。",
        "REVERSAL",
    ),
    R.NOT_OF_NATIONAL_REGISTRY: ReasonText(
        "Only units of the national registry can be released to the national market.",
        "仅国家登记机构登记的减排量可以转出至全国市场。",
        "EXPORT",
    ),
    R.MIXED_UNITS: ReasonText(
        "Reduction quota ends here at once, other units when their registry confirms it: one use cannot take both. "
        "Make two uses.",
        "碳减排量指标即时核销，其他减排量须待登记机构确认注销，不得合并于同一用途申请，请分别申请。",
        "LEAGUE-CA",
    ),
    R.COVERS_NOTHING: ReasonText(
        "At the ratio of the rule DIFF-HIGH or DIFF-LOW these units cover less than one tonne of the new project, and "
        "what is left of a tonne is lost: they would be used for nothing. Use more.",
        "按规则 DIFF-HIGH 或 DIFF-LOW 的比例，所用减排量可抵销的不足一吨，而不足一吨的部分舍去，"
        "等于白白使用。请增加数量。",
        "UNIT",
    ),
    R.LINE_TAKEN: ReasonText(
        "On this line of the import another row waits, or this one as it read before. Send the whole file with every "
        "row on its line; where what waits is wrong, and for another file, begin a new import.",
        "该导入的此行号处已暂存另一行，或该行先前的内容。请重新上传完整文件，各行保持原行号；"
        "已暂存的内容有误，或为另一文件的，请另行建立导入。",
    ),
    R.WAITS_ALREADY: ReasonText(
        "This row waits in the import just as it is here. There is nothing to do.",
        "该行已按此内容暂存于该导入，无需处理。",
    ),
    R.OWNER_NOT_OF_CONVERSION: ReasonText(
        "Quota that is issued against a conversion is the firm's whose CCER were cancelled for it: admit it for the "
        "participant of that use.",
        "凭转换签发的指标归注销其 CCER 的单位所有，只能为该次使用的交易主体转入。",
        "SINK-QUOTA",
    ),
    R.CONVERSION_MIXED: ReasonText(
        "Quota of a sink is of the league and the year of its CCER. Convert units of one league and one vintage at a "
        "time; those of a project without a league are for other purposes.",
        "生态系统碳汇类指标的盟市、年度与其 CCER 相同。每次只转换同一盟市、同一年份的减排量；"
        "项目未载明盟市的，请用于其他用途。",
        "SINK-QUOTA",
    ),
}
