"""What models and operations about the life of units are, in Chinese."""

from __future__ import annotations

from typing import Final

UNIT_OPERATIONS_ZH: Final[dict[str, str]] = {
    "upload_units": (
        "请求体即文件本身，格式为 CSV。上传本身不签发任何减排量：签发须提出 IMPORT 类型的申请，"
        "其中载明全部待提交行的摘要，并经两人办理。给出 `staged` 的，为该导入的完整文件改正后再次上传："
        "已暂存的行按原行号识别，其余各行并入该导入。"
    ),
}

UNIT_SUMMARIES_ZH: Final[dict[str, str]] = {
    "list_projects": "查询全部项目，或某一代码的项目",
    "get_project": "查询一个项目",
    "list_facilities": "查询全国碳市场设施：既不能产生区域指标，也不能为其使用区域指标",
    "list_parcels": "查询一个批次各号段的所处状态：场所人员可见全部，交易员可见本方的",
    "list_transitions": "查询减排量状态变更表，与核心及数据库所用为同一张表",
    "request_lock": "就登记机构拒绝锁定的部分再次申请锁定",
    "list_registry_requests": "查询向国家登记机构提出的请求：场所人员可见全部，交易员可见本方减排量的",
    "get_registry_request": "查询一项向国家登记机构提出的请求",
    "list_uses": "查询减排量的使用，可限于某些减排量：场所人员可见各主体的，交易员可见本方的",
    "get_use": "查询一项减排量的使用",
    "propose_use": "申请使用本方账户的减排量；所用序列号即刻选定并预留",
    "list_releases": "查询向全国市场的转出：场所人员可见全部，交易员可见本方的",
    "get_release": "查询一项向全国市场的转出",
    "propose_release": "申请将本方账户的序列号转出至全国市场；所涉序列号即刻预留",
    "call_off_release": "在可撤回期内撤回转出；本方任一人员可单独撤回",
    "list_encumbrances": "查询权利限制：场所人员可见全部，交易员可见现限制本方减排量的",
    "get_encumbrance": "查询一项权利限制",
    "list_encumbered_units": "查询一项权利限制所限制的号段",
    "set_encumbrance": "即刻限制减排量；失去保障的卖出申报由新到旧撤销，解除须提出 LIFT 类型的申请",
    "list_reversals": "查询碳汇逆转：场所人员可见全部，交易员可见本方须补足的",
    "get_reversal": "查询一项碳汇逆转及用于补足的注销（强制或自愿）",
    "upload_units": "上传减排量文件：合格的行予以暂存，不合格的行逐一列明行号与原因",
    "list_imports": "查询已上传的减排量文件及其各行摘要",
    "get_import": "查询一份减排量文件",
    "list_import_rows": "查询一份减排量文件的各行，按所读内容列出",
    "list_budgets": "查询全区及各盟市的碳预算规划",
    "list_obligations": "查询设施全国市场应清缴量及已用 CCER 占用的数量",
    "get_offset_cap": "试算设施某年度应清缴量可用 CCER 抵销的数量",
    "get_league_report": "查询全区及各盟市某年度或规划期的碳账户，逐吨核对",
    "list_tenures": "一次查询某些减排量的历任持有主体，不限批次：各段的起止时间与去向",
    "list_holders": "一次查询某号段的历任持有者：每次转移及其所涉部分",
    "list_steps": "查询某号段自转入以来的各次状态变更",
}

UNIT_MODELS_ZH: Final[dict[str, str]] = {
    "BadRowModel": (
        "未采纳的一行及其原因；行号 0 表示整个文件。"
        "`about` 为所涉单元格或列，按文件原样；已能读取的行，按导入各行的显示方式列出其值。"
    ),
    "BudgetAction": (
        "设定全区（league 为 NONE）或某一盟市的规划；由主管部门复核。\n\n"
        "年度规划的两个年度相同；规划期为五年，首末相差四年，如 2026 至 2030 年。"
    ),
    "BudgetModel": "全区（league 为 NONE）或某一盟市自 `first_year` 至 `last_year` 的规划。",
    "BudgetPage": "若干规划。",
    "CalledOff": "已撤回的转出；所涉减排量恢复可用。",
    "EncumberIn": (
        "拟即刻限制的减排量：按 `project`，全部或某一年度；或按 `lot`，整个批次或其中的序列号。"
        "此后按同一项目转入的，转入即受限制。"
    ),
    "EncumberedPage": "一项权利限制所限制的号段，按受限次序。",
    "EncumbranceAnswer": (
        "刚设定的权利限制。`quantity` 为目前已限制的数量；范围很大时其余随即处理，在此之前不得出售、使用或转出。"
    ),
    "EncumbranceModel": "一项权利限制及其数量；受限制的减排量不得出售、使用或转出。"
    "交易员所见为限制本方减排量的数量，`beyond_reach` 仅向工作人员显示。",
    "EncumbrancePage": "若干权利限制。",
    "FacilityAction": (
        "登记或变更设施及其纳入全国碳市场的年度；由主管部门复核。\n\n"
        "未填 `covered_to` 的，视为至今有效；未填 `covered_from` 的，视为未纳入：已有设施纳入的单位由此登记其他设施。"
    ),
    "FacilityModel": "一个设施，自 `covered_from` 年起至 `covered_to` 年止纳入全国碳市场，首末年度均含；或从未纳入。",
    "FacilityPage": "若干设施。",
    "ForcedCancellationAction": "注销须补足逆转者的减排量，以应补或现有数量为限；由主管部门复核。",
    "Holder": "所查号段中序列号的一次转移。`target` 自此持有，直至同一序列号下一次转移。",
    "HolderPage": "所查号段的历任持有者，按次序。",
    "TenureModel": (
        "某主体曾持有或现持有的号段：自何时自何处取得，至何时如何离开。\n\n"
        "`until`、`until_seq`、`left` 与 `went_to` 为 null 的，仍由该主体持有。"
    ),
    "TenurePage": "若干持有记录，按取得的次序。",
    "ImportAction": "将一次导入的全部行签发并转入，或全部不办理；`rows_hash` 为所核对各行的摘要。",
    "ImportModel": "一次导入：各行待提交，或已签发并转入。`rows_hash` 为 IMPORT 类型申请所载的摘要。",
    "ImportPage": "若干导入。",
    "ImportRowModel": "一次导入中的一行，按所读内容；`line` 为其在文件中的行号。",
    "ImportRowPage": "一次导入的各行，按上传次序。",
    "ImportUploaded": (
        "一份文件的处理结果：新采纳的行数、未采纳的行，以及全部待提交行的摘要。\n\n"
        "没有任何一行可读时不建立导入，前两项为 null，原因见 `refused`，状态码仍为 201。"
        "`known` 为本文件上传之前已暂存的各行行号。`unread` 为文件中未被读取的列，请核对其中是否有应予指明的列。"
    ),
    "LeagueLineModel": (
        "一个盟市若干年度的账户，以吨计；league 为 NONE 时为全区，即十二盟市合计。\n\n"
        "`planned` 为 null 时，没有恰为该期间的预算，各期预算见 GET /v1/budgets。"
        "`issued` 为减排量产生于该期间年度的签发量，由核证减排量转换签发的指标不重复计入；"
        "`used_at_home` 为在产生地使用、不作调整的数量，含逆转补足。"
        "`replaced` 为 `used_at_home` 与 `from_leagues` 中用于补足本盟市项目逆转量的部分。"
        "`replaced_outside` 为本盟市产生、用于补足不属本区任何盟市的项目逆转量的部分，"
        "已使用而不作调整，不在其他各列之中。"
        "`net` 为调整净额。"
    ),
    "LeagueReportAnswer": (
        "全区及十二盟市的账户。`agrees` 说明所记调整、使用与转出本身以及账务是否逐吨一致；false 即为警报。\n\n"
        "不属于本区任何盟市的减排量不计入其中：在某盟市使用时，不增加该盟市的账户。"
    ),
    "LiftAction": "解除一项权利限制。",
    "LockAsked": "已向登记机构提出的请求。",
    "LotParcel": (
        "一个批次中处于同一状态的序列号。已离开账户的，`owner` 为最后持有者。\n\n"
        "`encumbered` 为限制项数，`encumbrances` 列明各项；仅 REGIONAL、ACTIVE 且不受限制的可出售。"
    ),
    "LotParcelPage": "一个批次的各号段，按序列号次序。",
    "MonitoringPeriod": "项目的一个监测期：核证量及其中已签发的数量。",
    "ObligationAction": "登记已纳入设施某年度全国市场应清缴量；由主管部门复核。",
    "ObligationModel": (
        "已纳入设施某年度全国市场应清缴量，及其中可用 CCER 抵销的数量。\n\n"
        "`cap` 为 `due` 的 5%，向下取整（规则 OFFSET-CAP）；`claimed` 为复核通过的各项使用已占用的，"
        "`left` 为尚可使用的：仅提出申请的，无论何人所提，均不占用。"
    ),
    "ObligationPage": "若干应清缴量。",
    "OffsetCap": (
        "设施应清缴量可用 CCER 抵销的数量；`due` 为已登记的，或查询所给的。\n\n"
        "`covered` 说明该设施该年度是否纳入全国碳市场：纳入的方可清缴。"
        "未纳入，或未登记且查询未给 `due` 的，各数值为 null，原因代码见 `why`，说明见 `detail`。"
    ),
    "OneCertificate": "一份证书。",
    "OneEncumbrance": "一项权利限制。",
    "OneImport": "一次导入。",
    "OneRelease": "一项转出。",
    "OneRequest": "一项请求。",
    "OneReversal": "一项逆转。",
    "OneUse": "一项使用。",
    "PickIn": "一个批次的序列号；不填序列号的，按规则自最小序列号起选取。",
    "ProjectAction": (
        "登记项目；未登记为项目的不得签发。碳减排量指标项目由主管部门复核。\n\n"
        "`site_parcels` 为由大到小的路径。预估量仅作记录，不构成减排量。"
    ),
    "ProjectAnswer": "一个项目。",
    "ProjectModel": (
        "由两人登记的项目，含各监测期及其已签发数量。\n\n"
        "`estimate_kg` 为 `estimate_years` 年内的预估量：仅作记录，不构成减排量。`estimate_per_year` 由两者得出，"
        "以吨计，四舍五入至一位小数，不作反向计算。"
    ),
    "ProjectPage": "若干项目。",
    "ReceiptAction": (
        "与本所无系统连接的登记机构就某项请求所作的书面答复：CONFIRMED 须有其 `receipt`，由第二人再次核读；"
        "REFUSED 须有 `reason`，没有回执。`stated_on` 为该书面答复所载日期。"
        "\n\n一次使用全部被拒绝的，该次使用作废，减排量恢复可用。"
    ),
    "ReleaseAction": "将本方账户的序列号转出至全国市场；与 `POST /v1/releases` 相同。",
    "ReleaseIn": "拟转出至全国市场的本方序列号；即刻预留。",
    "ReleaseModel": (
        "向全国市场的一项转出。至少在 `callable_until` 之前可撤回；"
        "不早于 `leaves_at`，且仅在交易日的规定时段内发送。\n\n"
        "完成（DONE）后，`units` 为实际转出的；登记机构拒绝的部分恢复可用。"
    ),
    "ReleasePage": "若干转出。",
    "ReleaseProposed": "已提出的转出：所预留的序列号，以及供复核的摘要。",
    "RequestModel": (
        "就一段序列号提出的请求。可重复发送，`reference` 始终不变。`account` 为转出的去向账户。\n\n"
        "登记机构答复之前保持未结：SILENT 仅表示逾期未答复。"
        "其间 `attempts` 与 `last_problem` 说明进展：不可采用的声明不构成应答。"
    ),
    "RequestPage": "若干请求。",
    "ReturnAction": (
        "将已转出至全国市场的序列号转回；登记机构重新锁定后方可使用。\n\n"
        "`owner` 为现持有者：交易员为所属主体办理，即缺省值。"
    ),
    "ReversalAction": "登记已储存的碳再次释放（火灾、病虫害、采伐）：`responsible` 须等量注销其他减排量。",
    "ReversalModel": (
        "已储存的碳再次释放。`replaced` 为已补足注销的，`pending` 为登记机构尚未注销的，"
        "`shortfall` 为尚待补足的（含 `pending`）；"
        "因误登而撤回的，无须补足。`replaced_in_doubt` 为 `replaced` 中属于有争议使用的，该等使用被撤销的，须重新补足。"
    ),
    "ReversalPage": "若干逆转。",
    "ReversalWithdrawalAction": (
        "撤回误登的逆转；由主管部门复核。\n\n仅限无减排量为其注销，也无即将为其注销的；已撤销的使用不计。"
    ),
    "SerialPickIn": "一个批次的序列号。",
    "StatementAnswer": "一份声明的结果：请求由此得到答复；此前已有不同答复的，为 `contradicted`。",
    "StatementIn": (
        "登记机构就本所一项请求所作的声明。签名为对其余各字段及 `purpose`（`carbon-registry-statement/1`）的"
        "规范 JSON（RFC 8785）所作的 Ed25519 签名，base64。请以声明编号 `message` 作为幂等键。"
    ),
    "StepModel": (
        "序列号由一种市场与状态（新转入的为 null）变更为另一种，及其原因。\n\n`owner` 为变更后或最后的所属主体。"
    ),
    "StepPage": "若干状态变更，按次序。",
    "TransitionModel": "减排量可作的一种变更：由某市场与状态（新转入的为 null）至另一种，及其原因。",
    "TransitionTable": "减排量可作的全部变更；此外别无其他。",
    "UnitRange": ("一个批次的序列号，及登记机构的写法；仅当命令所涉批次在命令到达时尚未落盘的，应答中的写法为 null。"),
    "UseAction": "将本方账户的减排量用于一种用途；与 `POST /v1/uses` 相同。",
    "UseIn": "拟用于一种用途的本方减排量；即刻按所选序列号预留。",
    "UseModel": (
        "一项使用：哪些序列号为谁、为何用途，以及办理进度。\n\n"
        "`units` 与 `quantity` 为所选的，完成后为实际使用的；`covers` 为按规则比例折算后所抵的数量。"
        "`requests` 为向登记机构提出的请求，其 `receipts` 为凭证；`disputed` 表示登记机构就其任一序列号或其所据 CCER"
        "作出相反声明、或其名册与本所所载不符且尚待认定，或其所据的注销已被撤销。"
    ),
    "UsePage": "若干使用。",
    "UseProposed": "已提出的使用：所预留的序列号，以及供复核的摘要。",
    "UseRevocationAction": (
        "因减排量有误而取消一项已完成使用的效力；由主管部门复核。\n\n减排量仍视为已使用：已注销的不再恢复。"
        "其所补足的逆转须重新补足。"
    ),
}
"""Name of a model → what it is."""
