"""What is wrong with one field or one body, for people: a sentence in two languages for each code of ``errors[]``.

The sentence says what to write instead where that is plain. It never repeats the input.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from exchange.api.language import Language

_LONG: Final = 10_000


class FieldText(NamedTuple):
    """One sentence in both languages."""

    en: str
    zh: str


FIELD_TEXTS: Final[dict[str, FieldText]] = {
    # The body as a whole.
    "EMPTY": FieldText("The body is empty.", "请求体为空。"),
    "NOT_JSON": FieldText("The body is not JSON.", "请求体不是 JSON。"),
    "NOT_AN_OBJECT": FieldText("The body must be one JSON object.", "请求体须为一个 JSON 对象。"),
    "BYTE_ORDER_MARK": FieldText("Send UTF-8 without a byte order mark.", "请使用不带字节顺序标记的 UTF-8。"),
    "NOT_UTF8": FieldText("The body is not UTF-8.", "请求体不是 UTF-8 编码。"),
    "NUL_CHARACTER": FieldText("A text has the character U+0000 in it.", "文本中含有字符 U+0000。"),
    "NUMBER_TOO_LONG": FieldText("An integer has more than 19 digits.", "整数超过 19 位。"),
    "TOO_MANY_NAMES": FieldText("An object has more than 64 names.", "同一对象中的字段名超过 64 个。"),
    "TOO_DEEP": FieldText("The body is nested more than 8 deep.", "请求体嵌套超过 8 层。"),
    "DUPLICATE_NAME": FieldText("A name stands twice in one object.", "同一对象中有重复的字段名。"),
    "INCOMPLETE": FieldText("The body ended before it was complete.", "请求体未传完即中断。"),
    # A field, whatever it is.
    "MISSING": FieldText("This field is needed.", "此字段必填。"),
    "UNKNOWN_FIELD": FieldText("There is a field here that is not known.", "此处有未知字段。"),
    "NOT_OF_FAMILY": FieldText(
        "Instruments of this family do not have this: leave it out.", "该品类的标的没有此项，请去掉。"
    ),
    "NOT_OF_PURPOSE": FieldText("This purpose does not take this: leave it out.", "此用途没有此项，请去掉。"),
    "OF_SELLER": FieldText(
        "Only a firm that may sell here can bring in the quota that a CONVERSION is for: choose another purpose.",
        "据 CONVERSION 签发的指标只能由获准卖出的单位转入，请选择其他用途。",
    ),
    "OF_SINK_QUOTA": FieldText(
        "Only quota of an ecosystem sink is issued against a conversion: leave this out.",
        "仅生态系统碳汇类指标凭转换签发，请去掉此项。",
    ),
    "NO_SUCH_USE": FieldText(
        "There is no such use here: name the conversion by its id (GET /v1/uses).",
        "没有此使用：请填写转换的使用编号（可由 GET /v1/uses 查询）。",
    ),
    "NOT_A_CONVERSION": FieldText(
        "This use is not of the purpose CONVERSION: its CCER were cancelled for something else.",
        "此次使用的用途不是 CONVERSION，其核证减排量系为其他用途注销。",
    ),
    "CONVERSION_NOT_FULFILLED": FieldText(
        "This conversion is not fulfilled yet: wait until the registry has cancelled its CCER.",
        "此次转换尚未完成：请待登记机构注销其核证减排量后再办理。",
    ),
    "CONVERSION_ENDED": FieldText(
        "This conversion ended without effect: nothing was cancelled for it. Name another one.",
        "此次转换未生效即已终止，未为其注销任何减排量，请填写其他转换。",
    ),
    "CONVERSION_REVOKED": FieldText(
        "This conversion is revoked: nothing can be issued or come in against it any more.",
        "此次转换已被撤销，不得再凭其签发或转入。",
    ),
    "CONVERSION_DISPUTED": FieldText(
        "The cancellation of its CCER is in dispute: this can be done once what holds them (GET /v1/encumbrances) is "
        "lifted.",
        "其核证减排量的注销尚有争议：须待有关权利限制（可由 GET /v1/encumbrances 查询）解除后办理。",
    ),
    "CONVERSION_OF_ANOTHER_LEAGUE": FieldText(
        "Its CCER are of another league than this project.", "其核证减排量与本项目不属同一盟市。"
    ),
    "CONVERSION_OF_ANOTHER_YEAR": FieldText(
        "Its CCER are of another year than this monitoring period.", "其核证减排量与本监测期不属同一年度。"
    ),
    "OF_ANOTHER_FIRM": FieldText(
        "The CCER that this quota stands on were cancelled for another firm.",
        "该指标所凭的核证减排量系为另一单位注销。",
    ),
    "NEVER_LIFTED": FieldText(
        "This can never be lifted: it holds quota whose conversion was revoked, and nothing stands behind that any "
        "more.",
        "此项限制永不解除：所限制的指标，其转换已被撤销，已不代表任何一吨。",
    ),
    "OF_REPLACEMENT": FieldText(
        "What replaces a loss is of the purpose VOLUNTARY.", "用于补足逆转的，用途须为 VOLUNTARY。"
    ),
    "NOT_OF_OUTCOME": FieldText(
        "A confirmation has a receipt and no reason, a refusal a reason and no receipt: leave this out, or correct the "
        "outcome.",
        "确认（CONFIRMED）只填回执，不填原因；拒绝（REFUSED）只填原因，不填回执：请去掉此项，或更正 outcome。",
    ),
    "NOT_OF_BUYER": FieldText(
        "Only who sells names lots, those to deliver: leave this out.", "仅卖方指明用于交割的批次，买方请去掉此项。"
    ),
    "NOT_BEFORE_ISSUANCE": FieldText(
        "Before its units are issued there is no lot to deliver: leave this out.",
        "减排量签发之前没有可交割的批次，请去掉此项。",
    ),
    "OWN_FIRM": FieldText(
        "This is your own firm, and an agreement is between two: name the other one (GET /v1/members).",
        "此为本单位；协议须由双方订立，请填写对手方（可由 GET /v1/members 查询）。",
    ),
    "OF_SANDBOX": FieldText(
        "This name is kept for the play units of a sandbox, and here is none: write the registry that keeps the units.",
        "此名称专用于沙箱的模拟减排量，本所不是沙箱：请填写登记该减排量的登记机构。",
    ),
    "NAMED_TWICE": FieldText(
        "This is named before, in whole or in part: name each lot, and each serial, once.",
        "此项与另一项重复或重叠：每个批次、每个序列号只能填写一次。",
    ),
    "PICKS_OR_INSTRUMENT": FieldText(
        "Name the units in one way: by picks (lots or serials), or by an instrument and a quantity, and not by both.",
        "请只用一种方式指明减排量：picks（批次或序列号），或 instrument 与 quantity，不得同时填写。",
    ),
    "SERIALS_IN_ALL": FieldText(
        "Other picks name serials and this one does not: name them in all, or in none and give a quantity.",
        "其他 picks 填有序列号而此项没有：请逐项填写序列号，或均不填写而填写 quantity。",
    ),
    "NOT_OF_PROJECT": FieldText("This does not fit the family of the project.", "与项目品类不符。"),
    "NOT_OF_MECHANISM": FieldText("Only CCER have this: leave it out.", "只有 CCER 才有此项，请去掉。"),
    "WRONG_TYPE": FieldText(
        "Not of the documented type; a text stands in quotes, a number and true or false do not.",
        "类型不符：文本须加引号，数值与 true、false 不加引号。",
    ),
    "AS_TEXT": FieldText(
        'Write it as text, such as "70.00": at most two decimals, in quotes.',
        '请以文本填写，例如 "70.00"：最多两位小数，并加引号。',
    ),
    "NUMBER_NOT_INTEGER": FieldText(
        "Write a whole number without a decimal point or exponent, such as 500.",
        "请填写整数，不带小数点或指数，例如 500。",
    ),
    "TOO_MANY": FieldText("There are too many entries.", "条目过多。"),
    "TOO_FEW": FieldText("There are too few entries.", "条目过少。"),
    "OUT_OF_RANGE": FieldText("The number is outside the documented range.", "数值超出文档规定的范围。"),
    "NOT_ONE_OF": FieldText("This is none of the documented values.", "不是文档所列的取值。"),
    "INVALID": FieldText("This is not of the documented form.", "格式与文档不符。"),
    # Forms of texts.
    "AMOUNT": FieldText(
        'Write an amount above zero with at most two decimals and no sign, such as "70.00".',
        '请填写大于零、不带符号、最多两位小数的金额，例如 "70.00"。',
    ),
    "ID": FieldText("This is not an id of the documented form.", "编号格式与文档不符。"),
    "TEXT": FieldText(
        "Write 1 to 200 characters without control or invisible characters and without blanks at the ends.",
        "请填写 1 至 200 个字符，不含控制字符和不可见字符，首尾不留空白。",
    ),
    "CODE": FieldText(
        "Write 1 to 64 letters, digits or . _ : / + - in ASCII, beginning with a letter or digit.",
        "请填写 1 至 64 个 ASCII 字母、数字或 . _ : / + -，以字母或数字开头。",
    ),
    "CLIENT_ORDER_ID": FieldText(
        "Write 1 to 36 visible ASCII characters without blanks, and neither . nor .. alone or between slashes.",
        "请填写 1 至 36 个可见 ASCII 字符，不含空格；整体或斜杠之间不得为 . 或 ..。",
    ),
    "ORDER_OR_CLIENT_ORDER_ID": FieldText(
        "Name the order once: either by order or by client_order_id.",
        "请只用一种方式指明申报：order 或 client_order_id。",
    ),
    "BENEFICIARY_OR_REVERSAL": FieldText(
        "Name the beneficiary in both languages; with a reversal name none: a replacement benefits nobody.",
        "请填写受益方的中英文名称；填写 reversal 的，不得填写受益方，补足不产生任何受益。",
    ),
    "PROJECT_OR_LOT": FieldText(
        "Name a project, with a vintage or without, or a lot, with both ends of its serials or without; not both.",
        "请填写项目（可另填年度）或批次（可另填起止序列号），不得同时填写。",
    ),
    "FIRM_CODE": FieldText(
        "Write a unified social credit code (GB 32100): 18 digits and capitals. The last one is reckoned from them: "
        "where it does not fit, one of the 18 is mistyped.",
        "请填写 18 位统一社会信用代码（GB 32100）。末位校验码由前 17 位算出，与之不符的，请核对有无误录。",
    ),
    "SERIAL_COLUMNS": FieldText(
        "Name column_serials and template, or column_serial_lo and column_serial_hi.",
        "请指明 column_serials 与 template，或指明 column_serial_lo 与 column_serial_hi。",
    ),
    "PROVINCE": FieldText(
        "Write the name of another province, short or full, in Chinese or English (Hebei, Hebei Province); within "
        "Inner Mongolia name a league instead.",
        "请填写其他省份的简称或全称，中英文均可（河北、河北省、Hebei）；在内蒙古境内使用的，请填写盟市。",
    ),
    "EVENT_DAY": FieldText("Write the day of the event, from 2019 to 2100.", "请填写活动日期，须在 2019 至 2100 年。"),
    "DAYS_IN_ORDER": FieldText(
        "A project starts, then its crediting period begins, then it ends, in the year 2100 at the latest.",
        "项目开工日、计入期起始日、计入期截止日须依次先后，且不晚于 2100 年。",
    ),
    "ONE_YEAR": FieldText(
        "A monitoring period ends in the calendar year in which it begins, and not before it begins.",
        "监测期须在同一自然年内起止，截止日不得早于起始日。",
    ),
    "OUTSIDE_CREDITING": FieldText("This day is outside the crediting period.", "该日期不在项目计入期之内。"),
    "BEFORE_PERIOD_ENDS": FieldText(
        "The application comes after the end of the period.", "申请日不得早于监测期截止日。"
    ),
    "IN_FUTURE": FieldText("This day is still to come.", "该日期尚未到来。"),
    "CANCEL_AFTER": FieldText(
        "Write 0 to switch it off, or 5 to 86400 seconds.", "请填写 0（关闭），或 5 至 86400 秒。"
    ),
    "NAME": FieldText(
        "Write 1 to 200 letters, digits and usual signs, Latin or Chinese (GB 2312); blanks only between them.",
        "请填写 1 至 200 个汉字（GB 2312）、拉丁字母、数字或常用标点，空格只可在中间。",
    ),
    "REFERENCE": FieldText(
        "Write 1 to 100 letters, digits and usual signs, Latin or Chinese (GB 2312); blanks only between them.",
        "请填写 1 至 100 个汉字（GB 2312）、拉丁字母、数字或常用标点，空格只可在中间。",
    ),
    "STATEMENT_NUMBER": FieldText(
        "Write 1 to 100 visible ASCII characters; blanks only between them.",
        "请填写 1 至 100 个可见 ASCII 字符，空格只可在中间。",
    ),
    "HASH": FieldText("Write a SHA-256 as 64 digits in lower-case hex.", "请填写 64 位小写十六进制的 SHA-256。"),
    "SIGNATURE_TEXT": FieldText(
        "Write the 64 bytes of the signature as 88 characters of base64.", "请以 88 个字符的 base64 填写 64 字节签名。"
    ),
    "STATEMENT_SIGNATURE": FieldText(
        "The statement is not signed with the key that this request is sent with.", "声明并非以发送此请求的密钥签名。"
    ),
    "PUBLIC_KEY": FieldText(
        "Write an Ed25519 public key as 43 characters of URL-safe base64 without padding.",
        "请填写 Ed25519 公钥：43 个字符的 URL 安全 base64，不带填充。",
    ),
    "NETWORK": FieldText(
        "Write an IPv4 or IPv6 network such as 10.1.0.0/16 or 2001:db8::/32, with no bits set behind its prefix, or "
        "one address.",
        "请填写 IPv4 或 IPv6 网段，例如 10.1.0.0/16 或 2001:db8::/32（前缀之后的位须为零），或单个地址。",
    ),
    "REQUEST_ID": FieldText(
        "Write an id of 1 to 36 printable characters; the answer will have it.",
        "请填写 1 至 36 个可打印字符的请求编号，应答中将原样返回。",
    ),
    "LINE_NAME": FieldText("Write a name of 1 to 36 printable characters.", "请填写 1 至 36 个可打印字符的名称。"),
    "SERIAL_TEMPLATE": FieldText(
        "Write a registry's text with {lo} and {hi} once each, in this order, such as CCER-{lo:9}-{hi:9}; or nothing.",
        "请填写登记机构的号段写法，其中 {lo} 与 {hi} 依次各出现一次，例如 CCER-{lo:9}-{hi:9}；也可不填。",
    ),
    "PLAN_PERIOD": FieldText(
        "Ask for one year, or for a plan period of five: 2021 to 2025, 2026 to 2030 and so on.",
        "请查询单一年度，或五年规划期：2021 至 2025 年、2026 至 2030 年，依此类推。",
    ),
    "PROJECTS": FieldText(
        "Write pairs of the registry's number and our code with commas between, such as 2498=VCS-2498,2500=VCS-2500.",
        "请填写登记机构编号与本所项目代码的对应，如 2498=VCS-2498；多项之间以半角逗号分隔。",
    ),
    "FIRM": FieldText("Write the id or the code of a firm that is admitted here.", "请填写已开户主体的编号或代码。"),
    "DAY": FieldText("Write a day that exists, such as 2026-11-20.", "请填写存在的日期，例如 2026-11-20。"),
    "TIME": FieldText(
        "Write a time in UTC, such as 2026-11-20T01:02:03Z.", "请填写 UTC 时间，例如 2026-11-20T01:02:03Z。"
    ),
    "PUBLIC_KEY_OF_SIGNER": FieldText(
        "The key that is replaced signs, so the new one must: write the public key of a new pair (Ed25519, 32 bytes as "
        "43 characters of URL-safe base64), and keep its private key.",
        "被轮换的密钥可签名，新密钥也须可签名：请填写新密钥对的公钥"
        "（Ed25519，32 字节，以 URL 安全的 base64 写成 43 个字符），并自行保管私钥。",
    ),
    "NOT_IN_FUTURE": FieldText("Write a time in the future, or leave it out.", "请填写将来的时间，或不填。"),
    "SPELT_OTHERWISE": FieldText("This is known here in another spelling.", "此项已按另一种写法登记。"),
    "NOT_ENTERED_HERE": FieldText(
        "This was never entered here, so nobody can have held it: check how it is written.",
        "本所从未登记此项，故无人持有过：请核对写法。",
    ),
    "ABOVE_SERIAL_LO": FieldText(
        "Write a number greater than serial_lo: it is the serial behind the last one.",
        "须大于 serial_lo：serial_hi 为区间末号之后的序列号。",
    ),
    "NUMBER": FieldText("Write a whole number within the documented range.", "请填写文档规定范围内的整数。"),
    "CURSOR": FieldText(
        "This is not a next_cursor that was given out for this list.", "不是本列表给出的 next_cursor。"
    ),
    "ASSET": FieldText("Write CNY or the id of a lot.", "请填写 CNY 或批次编号。"),
    # A query.
    "NOT_READABLE": FieldText("The query string cannot be read.", "查询字符串无法读取。"),
    "GIVEN_TWICE": FieldText("A parameter is given twice.", "有参数重复给出。"),
    "NO_SUCH_ENTRY_YET": FieldText("There is no such journal entry yet.", "尚无此日志条目。"),
    "SERIALS_OF_WHAT": FieldText(
        "Say of which lot or serial space: serials mean nothing without.",
        "请以 lot 或 space 指明序列号属于哪一批次或空间。",
    ),
    "NAME_UNITS": FieldText(
        "Name a project, a vintage, a lot or a serial space.", "请指明项目、年度、批次或序列号空间。"
    ),
    "TOO_WIDE": FieldText(
        "Too much has moved there to be followed at once: ask for fewer lots or serials.",
        "该范围内的转移过多，无法一次查询：请缩小批次或序列号范围。",
    ),
    "NOT_WITH_CSV": FieldText(
        "A CSV has no pages: leave this out, or leave the CSV out.", "CSV 不分页：请去掉此参数，或不要求 CSV。"
    ),
}
"""A test holds the table to the codes that the decoder, the fields and the resources give."""


def allowed_text(allowed: Sequence[str], language: Language) -> str:
    """What may stand there, as a sentence to put behind that of the code."""
    return f"可用取值：{'、'.join(allowed)}。" if language == "zh" else f" Allowed: {', '.join(allowed)}."


def example_text(example: str, language: Language) -> str:
    """One that would be right, likewise."""
    return f"例如 {example}。" if language == "zh" else f" It looks like this: {example}."


def range_text(lowest: int | None, highest: int | None, language: Language) -> str:
    """From where to where a number may go, likewise; of one bound alone how many entries there may be, of none nothing.

    >>> range_text(None, 500, "en")
    ' Give at most 500.'
    """
    zh = language == "zh"
    if lowest is not None and highest is not None:
        first, last = _number(lowest), _number(highest)
        return f"取值范围为 {first} 至 {last}。" if zh else f" It must be from {first} to {last}."
    if highest is not None:
        return f"至多 {_number(highest)} 项。" if zh else f" Give at most {_number(highest)}."
    if lowest is not None:
        return f"至少 {_number(lowest)} 项。" if zh else f" Give at least {_number(lowest)}."
    return ""


def _number(number: int) -> str:
    """Separators make long numbers readable, and would make a year look like something else."""
    return f"{number:,}" if abs(number) >= _LONG else str(number)


def explaining_text(name: str, code: str, language: Language) -> str:
    """Which field the refusal is about, as a sentence of its detail: it was left out, or what is wrong with it."""
    if code == "MISSING":
        return f"请求中缺少 `{name}`。" if language == "zh" else f" The field `{name}` is missing."
    text = field_text(code, language)
    return f"`{name}`：{text}" if language == "zh" else f" The field `{name}`: {text}"


def scopes_text(scopes: Sequence[str], language: Language) -> str:
    """Of which scopes the key needs one."""
    return f"所需权限范围：{' 或 '.join(scopes)}。" if language == "zh" else f" Needed: {' or '.join(scopes)}."


def status_text(status: str, language: Language) -> str:
    """How far the thing is that a problem is about."""
    return f"当前状态：{status}。" if language == "zh" else f" Its status is {status}."


def field_text(code: str, language: Language) -> str:
    """The sentence for a code."""
    text = FIELD_TEXTS.get(code, FIELD_TEXTS["INVALID"])
    return text.zh if language == "zh" else text.en
