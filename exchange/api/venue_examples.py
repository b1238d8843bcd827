"""Bodies about agreements, keys and what the venue does, that can be sent as they are, once their ids are one's own."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel

from exchange.api.example import Example
from exchange.api.resources.account import DepositIn
from exchange.api.resources.agreements import AffirmIn, ConfirmIn, DeclineIn, ProposeAgreementIn
from exchange.api.resources.instruments import ListInstrumentIn
from exchange.api.resources.keys import KeyIn, RotateIn
from exchange.api.resources.market import EndOfDayIn, HaltIn
from exchange.api.resources.participants import AdmitIn

PUBLIC_KEY: Final = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"

_TERMS: Final[dict[str, Any]] = {"quantity": 18_000, "total": "1000000.00"}

AGREEMENT_EXAMPLES: Final[dict[type[BaseModel], dict[str, Example]]] = {
    ProposeAgreementIn: {
        "sell existing units": Example(
            "Sell 18,000 t of one project for 1,000,000.00 CNY in all, from a named lot",
            "以总价 1,000,000.00 元卖出某项目的 18,000 吨，指定批次",
            {
                "counterparty": "par-11",
                "side": "SELL",
                "kind": "SPOT",
                "family": "FORESTRY_CCER",
                "project": "SIM-CCER-AFF-01",
                **_TERMS,
                "lots": ["lot-31"],
            },
        ),
        "buy before issuance": Example(
            "Agree to buy 5,000 t before they are issued; nothing moves until then",
            "签发之前约定买入 5,000 吨（期货式），签发前不作划转",
            {
                "counterparty": "par-9",
                "side": "BUY",
                "kind": "PRE_ISSUANCE",
                "family": "REDUCTION_QUOTA",
                "quantity": 5_000,
                "total": "150000.00",
            },
        ),
    },
    AffirmIn: {
        "affirm": Example(
            "The same quantity and total, entered again by the counterparty",
            "由对手方重新录入相同的数量与总价",
            dict(_TERMS),
        )
    },
    DeclineIn: {"decline": Example("Nothing more is needed", "无需其他内容", {})},
    ConfirmIn: {
        "settle": Example("Confirm and settle", "确认并结算", {"accept": True}),
        "refuse": Example("Refuse; what is held is released", "拒绝；所冻结的予以解冻", {"accept": False}),
    },
}
"""Model of a body → its examples by name, for agreed trades."""

KEY_EXAMPLES: Final[dict[type[BaseModel], dict[str, Example]]] = {
    KeyIn: {
        "for a trading program": Example(
            "A key that reads and trades, from one network only, until a day",
            "供交易程序使用的密钥：可查询与交易，限一个网段，有截止时间",
            {
                "label": "desk-program",
                "scopes": ["READ", "TRADE"],
                "expires_at": "2099-12-31T16:00:00Z",
                "networks": ["10.1.0.0/16"],
            },
        ),
        "one that signs": Example(
            "A key that can sign, and so withdraw; this request is signed itself",
            "可签名、从而可出金的密钥；本请求自身亦须签名",
            {"label": "treasury", "scopes": ["READ", "FUNDS"], "public_key": PUBLIC_KEY},
        ),
    },
    RotateIn: {
        "a key that does not sign": Example(
            "A new secret; the old one is good for ten minutes more",
            "更换密钥串；原密钥续用十分钟",
            {"grace_seconds": 600},
        ),
        "a key that signs": Example(
            "The same with the public key of the new one; the request is signed with the old one",
            "同上，另附新密钥的公钥；请求以原密钥签名",
            {"public_key": PUBLIC_KEY, "grace_seconds": 600},
        ),
    },
}
"""The same for keys."""

VENUE_EXAMPLES: Final[dict[type[BaseModel], dict[str, Example]]] = {
    DepositIn: {
        "deposit": Example(
            "Money that the bank reports; the reference is credited once for ever",
            "按银行通知入金；每个流水号只入账一次",
            {"participant": "par-11", "amount": "15000000.00", "bank_reference": "ICBC-20261120-000123"},
        )
    },
    AdmitIn: {
        "a firm that buys": Example(
            "A steel firm that buys only",
            "仅买入的钢铁企业",
            {
                "code": "SIM-STEEL",
                "name_en": "Baotou Steel",
                "name_zh": "包头钢铁",
                "role": "BUYER",
                "owner_group": "SIM-GROUP",
            },
        )
    },
    ListInstrumentIn: {
        "forestry CCER": Example(
            "A book for one project and vintage",
            "为某一项目与年度开设申报簿",
            {
                "symbol": "CCER-AFF01-2024",
                "family": "FORESTRY_CCER",
                "project": "SIM-CCER-AFF-01",
                "vintage": 2024,
                "reference_price": "70.00",
            },
        ),
        "reduction quota": Example(
            "A book for one source category, vintage and league",
            "为某一来源类别、年度与盟市开设申报簿",
            {
                "symbol": "RQ-ES-2025-HLBE",
                "family": "REDUCTION_QUOTA",
                "source_category": "ENERGY_SAVING",
                "vintage": 2025,
                "league": "HULUNBUIR",
                "tick": "0.05",
                "lot_size": 10,
                "reference_price": "39.50",
            },
        ),
    },
    HaltIn: {
        "halt": Example(
            "With the reason, which everybody can read",
            "须写明原因，公开可见",
            {"reason": "注册登记系统暂不可用"},
        )
    },
    EndOfDayIn: {"end of the day": Example("The trading day that follows", "下一交易日", {"next_day": "2026-11-23"})},
}
"""The same for what an operator does alone."""
