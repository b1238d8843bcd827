"""What stands above the columns of a list that a Chinese office opens in Excel (``format=csv-bom``).

Programs get the names of the fields (``format=csv``), in every language the same, and so does whoever reads English:
the names are English words. An instant is in UTC, eight hours behind the clock on the wall; its text ends in Z, which
an office need not know, so the Chinese heading says it.
"""

from __future__ import annotations

from typing import Final

from exchange.api.language import Language

IN_CHINESE: Final = {
    "affirmed_by": "确认人员",
    "aggressor": "主动方",
    "asked": "查询参数",
    "at": "时间（UTC）",
    "average_price": "成交均价（元/吨）",
    "buy_fee": "买方手续费（元）",
    "buy_order": "买方申报编号",
    "buyer": "买方编号",
    "buyer_code": "买方代码",
    "came_from": "取得自",
    "cancel_reason": "撤销原因",
    "changed_at": "变更时间（UTC）",
    "client_order_id": "客户申报号",
    "code": "拒绝代码",
    "command": "命令",
    "complete": "是否完整",
    "counterparty": "对手方编号",
    "counterparty_code": "对手方代码",
    "cumulative": "累计成交（吨）",
    "day": "交易日",
    "derived_price": "推算单价（元/吨）",
    "derived_price_exact": "单价是否除尽",
    "ended_by": "终止人员",
    "family": "类别",
    "fee": "手续费（元）",
    "form": "格式",
    "good_til": "有效期至",
    "id": "编号",
    "instrument": "交易标的编号",
    "key": "密钥编号",
    "kind": "种类",
    "last_seq": "最近日志序号",
    "leaves": "未成交（吨）",
    "left": "离开方式",
    "lot": "批次编号",
    "operation": "操作",
    "origin": "成交来源",
    "participant": "交易主体编号",
    "participant_code": "交易主体代码",
    "person": "人员编号",
    "person_name": "人员姓名",
    "placed_at": "申报时间（UTC）",
    "post_only": "仅挂单",
    "price": "价格（元/吨）",
    "project": "项目",
    "proposed_at": "提出时间（UTC）",
    "proposer": "提出方编号",
    "proposer_code": "提出方代码",
    "quantity": "数量（吨）",
    "role": "角色",
    "rows": "行数",
    "rule": "规则",
    "self_trade_prevention": "自成交防范",
    "sell_fee": "卖方手续费（元）",
    "sell_order": "卖方申报编号",
    "seller": "卖方编号",
    "seller_code": "卖方代码",
    "seq": "日志序号",
    "serial_hi": "截止序列号（不含）",
    "serial_lo": "起始序列号",
    "serial_text": "登记机构序列号",
    "side": "买卖方向",
    "since": "取得时间（UTC）",
    "since_seq": "取得日志序号",
    "status": "状态",
    "symbol": "标的代码",
    "time_in_force": "有效方式",
    "total": "总价（元）",
    "transaction": "账务编号",
    "until": "离开时间（UTC）",
    "until_seq": "离开日志序号",
    "updated_at": "更新时间（UTC）",
    "value": "成交金额（元）",
    "went_to": "转入主体编号",
}
"""By the name of the field; a test holds it to the lists that there are."""


def list_headings(columns: list[str], language: Language) -> list[str]:
    """What stands above these columns."""
    return [IN_CHINESE[column] for column in columns] if language == "zh" else columns
