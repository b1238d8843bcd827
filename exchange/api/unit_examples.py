"""Bodies about the life of units that can be sent as they are, once their ids are one's own."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel

from exchange.api.example import Example, proposal
from exchange.api.meanings import SUMMARY_ZH
from exchange.api.resources.encumbrances import EncumberIn
from exchange.api.resources.releases import ReleaseIn
from exchange.api.resources.uses import UseIn
from exchange.api.use_examples import USES

ROWS_HASH: Final = "c775e7b757ede630cd0aa1113bd102661ab38829ca52a6422ab782862f268646"

_RELEASE: Final[dict[str, Any]] = {
    "picks": [{"lot": "lot-31", "serial_lo": 301, "serial_hi": 401}],
    "national_account": "CCER-ACC-15-0001",
}

UNIT_PROPOSALS: Final[dict[str, Example]] = {
    "return": proposal(
        "An operator or the owner's trader: take released serials back; the registry locks them anew",
        "运营人员或持有人的交易员：转回已转出的序列号，须由登记机构重新锁定",
        "RETURN",
        lot="lot-31",
        owner="par-11",
        serial_lo=301,
        serial_hi=401,
        lock_reference="LOCK-2027-000018",
    ),
    "import": proposal(
        "An operator: issue and admit all rows of an import",
        "运营人员：将一次导入的全部行签发并转入",
        "IMPORT",
        staged="imp-140",
        rows_hash=ROWS_HASH,
    ),
    "receipt": proposal(
        "An operator: the receipt of a registry that this venue has no line to",
        "运营人员：登记与本所无系统连接的登记机构出具的回执",
        "RECEIPT",
        request="req-152",
        stated_on="2026-12-30",
        receipt="CANCEL-2026-000311",
    ),
    "refusal": proposal(
        "An operator: such a registry will not cancel",
        "运营人员：该等登记机构拒绝注销",
        "RECEIPT",
        request="req-152",
        stated_on="2026-12-30",
        outcome="REFUSED",
        reason="Account is closed / 账户已注销",
    ),
    **{
        f"use: {name}": proposal(f"A trader: {use.en}", f"交易员：{use.zh}", "USE", **use.body)
        for name, use in USES.items()
    },
    "release": proposal(
        "A trader: release serials to the national market",
        "交易员：将序列号转出至全国市场",
        "RELEASE",
        **_RELEASE,
    ),
    "use revocation": proposal(
        "An operator or the regulator: a fulfilled use counts no more; the regulator approves",
        "运营人员或主管部门：撤销已完成使用的效力；由主管部门复核",
        "USE_REVOCATION",
        use="use-88",
        reason="核查发现重复核证",
    ),
    "obligation": proposal(
        "An operator or the regulator: what a facility has to surrender for a year; the regulator approves",
        "运营人员或主管部门：登记设施年度应清缴量；由主管部门复核",
        "OBLIGATION",
        facility="SIM-STEEL-01",
        year=2025,
        due=1_000_019,
    ),
    "budget": proposal(
        "An operator or the regulator: the plan of a league for a plan period; the regulator approves",
        "运营人员或主管部门：设定盟市五年规划期的碳预算；由主管部门复核",
        "BUDGET",
        league="BAOTOU",
        first_year=2026,
        last_year=2030,
        planned=500_000,
    ),
    "lift": proposal(
        "An operator or the regulator: let the units of an encumbrance go again",
        "运营人员或主管部门：解除一项权利限制",
        "LIFT",
        encumbrance="enc-160",
    ),
    "reversal": proposal(
        "An operator or the regulator: carbon that was stored is lost; the firm owes as many other tonnes",
        "运营人员或主管部门：登记碳汇逆转，由责任主体等量补足",
        "REVERSAL",
        project="prj-20",
        vintage=2024,
        responsible="par-9",
        quantity=1_500,
        cause="森林火灾（模拟）",
    ),
    "reversal withdrawal": proposal(
        "An operator or the regulator: take back a reversal that was a mistake; the regulator approves",
        "运营人员或主管部门：撤回误登的逆转；由主管部门复核",
        "REVERSAL_WITHDRAWAL",
        reversal="rev-171",
        reason="登记有误（模拟）",
    ),
    "forced cancellation": proposal(
        "An operator or the regulator: cancel what is owed for a reversal; the regulator approves",
        "运营人员或主管部门：强制注销逆转应补足的数量；由主管部门复核",
        "FORCED_CANCELLATION",
        reversal="rev-171",
    ),
}
"""Bodies of ``POST /v1/proposals`` about the life of units."""

UNIT_EXAMPLES: Final[dict[type[BaseModel], dict[str, Example]]] = {
    UseIn: USES,
    ReleaseIn: {
        "release": Example(
            "Named serials, to an account at the national registry",
            "将指定序列号转出至国家登记机构的账户",
            _RELEASE,
        )
    },
    EncumberIn: {
        "freeze serials": Example(
            "Some serials of a lot",
            "冻结一个批次中的部分序列号",
            {
                "kind": "FREEZE",
                "lot": "lot-31",
                "serial_lo": 1,
                "serial_hi": 501,
                "reference": "FRZ-2026-0007",
            },
        ),
        "hold a whole vintage": Example(
            "All units of a project and vintage, and those that come in later",
            "限制某项目某年度的全部减排量，含此后转入的",
            {"kind": "SUSPENSION", "project": "prj-20", "vintage": 2024, "reference": "SUSP-2026-0002"},
        ),
    },
}
"""Model of a body → its examples by name."""

CSV_EXAMPLE: Final[dict[str, Any]] = {
    "summary": "Two rows of a file as Verra publishes it, with the owner and the paper of each lock",
    SUMMARY_ZH: "Verra 公布格式的两行，附接收主体与锁定凭证",
    "value": (
        "Issuance Date,Vintage Start,Vintage End,ID,Quantity Issued,Total Vintage Quantity,"
        "Retirement/Cancellation Date,Serial Number,owner,lock_reference\n"
        "01/03/2023,01/01/2022,31/12/2022,2498,1000,5000,,"
        "12629-421604735-421605734-VCS-VCU-576-VER-CN-14-2498-01012022-31122022-0,NMSG,LOCK-2026-000501\n"
        "01/03/2023,01/01/2022,31/12/2022,2498,500,5000,,"
        "12629-421605735-421606234-VCS-VCU-576-VER-CN-14-2498-01012022-31122022-0,NMSG,LOCK-2026-000502\n"
    ),
}
"""A file of units, as OpenAPI has examples."""
