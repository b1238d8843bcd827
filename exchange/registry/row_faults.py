"""What can be wrong with a file of units or with one of its rows, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from exchange.core.credits.rows_together import MAX_PLACES, MAX_ROWS
from exchange.core.rejections import RejectReason
from exchange.core.values import MAX_QUANTITY
from exchange.registry.serial_shapes import MAX_SERIAL

MOST_BYTES: Final = 960 << 10
"""With its head it is a request that the HTTP protocol takes."""

MOST_ROWS: Final = 2_000


class RowFault(StrEnum):
    """What is wrong with a row, or with the whole file."""

    SPREADSHEET = "SPREADSHEET"
    NOT_TEXT = "NOT_TEXT"
    NOT_CSV = "NOT_CSV"
    CHARACTERS = "CHARACTERS"
    TOO_LARGE = "TOO_LARGE"
    HEADING = "HEADING"
    SEPARATOR = "SEPARATOR"
    COLUMN_MISSING = "COLUMN_MISSING"
    COLUMN_TWICE = "COLUMN_TWICE"
    NO_ROWS = "NO_ROWS"
    ANOTHER_FILE = "ANOTHER_FILE"
    WAITS_OTHERWISE = "WAITS_OTHERWISE"
    CELLS = "CELLS"
    SERIALS = "SERIALS"
    SERIAL_NUMBERS = "SERIAL_NUMBERS"
    SERIALS_REVERSED = "SERIALS_REVERSED"
    SERIALS_OUT_OF_RANGE = "SERIALS_OUT_OF_RANGE"
    SERIALS_OF_ANOTHER_PROJECT = "SERIALS_OF_ANOTHER_PROJECT"
    SERIALS_OF_ANOTHER_PERIOD = "SERIALS_OF_ANOTHER_PERIOD"
    SERIALS_OF_ANOTHER_COUNTRY = "SERIALS_OF_ANOTHER_COUNTRY"
    QUANTITY = "QUANTITY"
    QUANTITY_DIFFERS = "QUANTITY_DIFFERS"
    PERIOD = "PERIOD"
    PERIOD_REVERSED = "PERIOD_REVERSED"
    RETIRED = "RETIRED"
    STATUS = "STATUS"
    PROJECT = "PROJECT"
    OWNER = "OWNER"
    LOCK_REFERENCE = "LOCK_REFERENCE"
    VERIFIED = "VERIFIED"
    NOT_VERIFIED = "NOT_VERIFIED"
    APPLIED_ON = "APPLIED_ON"


class Words(NamedTuple):
    """A sentence in both languages."""

    en: str
    zh: str


FAULTS: Final[dict[RowFault, Words]] = {
    RowFault.SPREADSHEET: Words(
        'This is a file of a spreadsheet program. Save it there as "CSV UTF-8" and send that.',
        "这是电子表格文件，请在原软件中另存为“CSV UTF-8”格式后上传。",
    ),
    RowFault.NOT_TEXT: Words("The file is neither UTF-8 nor GB 18030.", "文件既非 UTF-8 也非 GB 18030 编码。"),
    RowFault.NOT_CSV: Words(
        "From this line on it is not CSV with commas between its cells.", "自此行起不是以英文逗号分隔的 CSV 格式。"
    ),
    RowFault.CHARACTERS: Words(
        "A text is too long or has characters that cannot be seen: control, direction or zero-width characters.",
        "某项文本过长，或含有控制字符、方向控制符、零宽字符等不可见字符。",
    ),
    RowFault.TOO_LARGE: Words(
        f"The file is too large: at most {MOST_ROWS} rows and {MOST_BYTES >> 10} KiB.",
        f"文件过大：至多 {MOST_ROWS} 行，{MOST_BYTES >> 10} KiB。",
    ),
    RowFault.HEADING: Words(
        "No line has the name of the column with the serials.",
        "没有一行含有序列号列的列名。",
    ),
    RowFault.SEPARATOR: Words(
        "The cells are divided by semicolons or tabs. Save the file with commas between its cells; nothing else is "
        "read, since a number could be two then.",
        "单元格以分号或制表符分隔。请另存为以英文逗号分隔的 CSV；为免误读数字，不接受其他分隔符。",
    ),
    RowFault.COLUMN_MISSING: Words("A column that is needed or was named is missing.", "缺少必需的列或所指明的列。"),
    RowFault.COLUMN_TWICE: Words("A column stands twice.", "有列重复。"),
    RowFault.NO_ROWS: Words("Below its heading the file has no rows.", "列名行之下没有数据行。"),
    RowFault.ANOTHER_FILE: Words(
        "Rows that wait in this import are not in this file, or not on their lines, which are named here. Nothing of "
        "it was taken. With staged send the whole file again, with every row on the line where it stood: mend rows in "
        "their place, and leave a line blank where one is taken out. For another file begin an import of its own.",
        "该导入中已暂存的行（行号见所列）不在本文件中，或不在原行号处，故本文件未予采纳。"
        "使用 staged 时请重新上传完整文件，各行保持原行号：就地改正，删去的行留作空行。另一文件请另行建立导入。",
    ),
    RowFault.WAITS_OTHERWISE: Words(
        "This row waits as it was first sent, and reads otherwise now in what is named. What waits is not changed: "
        "where it is wrong, send the whole file as a new import, without staged.",
        "该行已按首次上传的内容暂存，所列各项与现文件不同。"
        "已暂存的行不予更改；确有错误的，请以完整文件另行建立导入，不使用 staged。",
    ),
    RowFault.CELLS: Words("The row has more or fewer cells than the heading.", "该行单元格数与列名行不符。"),
    RowFault.SERIALS: Words("The serials are not of the registry's form.", "序列号不符合登记机构的格式。"),
    RowFault.SERIAL_NUMBERS: Words(
        "The first and the last serial have to be whole numbers without commas or a decimal point, with zeros in front "
        "only where the template writes them.",
        "首号与末号须为整数，不含逗号与小数点；仅模板写明位数的，方可在前补零。",
    ),
    RowFault.SERIALS_REVERSED: Words("The last serial comes before the first one.", "序列号的末号小于首号。"),
    RowFault.SERIALS_OUT_OF_RANGE: Words(
        f"A serial is 0, or too large: at most {MAX_SERIAL - 1:,}.", f"序列号为 0 或过大：不得超过 {MAX_SERIAL - 1:,}。"
    ),
    RowFault.SERIALS_OF_ANOTHER_PROJECT: Words(
        "The serials are those of another project than the row names.", "序列号所载项目与该行的项目不符。"
    ),
    RowFault.SERIALS_OF_ANOTHER_PERIOD: Words(
        "The serials are those of another time than the row names.", "序列号所载期间与该行的监测期或年份不符。"
    ),
    RowFault.SERIALS_OF_ANOTHER_COUNTRY: Words(
        "The serials are those of another country than the row names.", "序列号所载国别与该行的国别不符。"
    ),
    RowFault.QUANTITY: Words("The quantity is not a whole number of tonnes.", "数量不是整数吨。"),
    RowFault.QUANTITY_DIFFERS: Words("The quantity is not the number of the serials.", "数量与序列号个数不符。"),
    RowFault.PERIOD: Words(
        "Neither the days of the monitoring period nor a vintage year can be read.", "监测期起止日与年份均无法识别。"
    ),
    RowFault.PERIOD_REVERSED: Words("The monitoring period ends before it begins.", "监测期截止日早于起始日。"),
    RowFault.RETIRED: Words(
        "The registry's own file says that these units are retired or cancelled.", "登记机构的文件表明该批已注销。"
    ),
    RowFault.STATUS: Words(
        "Whether these units are still there cannot be told: the row has no status, or one that is not known, or there "
        "is something in a column that is not read here and by its name may tell of their end.",
        "无法确认该批减排量是否仍存续：该行未载状态、所载状态无法识别，或按列名可能涉及注销而本系统并不读取的列中载有内容。",
    ),
    RowFault.PROJECT: Words("The row names no project.", "该行未注明项目。"),
    RowFault.OWNER: Words(
        "The firm that shall have the units is not named, or not known here. Write its code or its id into a column "
        "owner, or send owner=CODE in the address for all rows that lack it.",
        "未注明接收主体，或该主体在此无记录。请在 owner 列填写其代码或编号，"
        "或在地址中以 owner=代码 为未注明的各行统一指明。",
    ),
    RowFault.LOCK_REFERENCE: Words(
        "The row names no paper of its lock. Write it into a column lock_reference, or send lock_reference=TEXT in the "
        "address for all rows that lack it; {line} in the text becomes the line of the row.",
        "该行未注明锁定凭证。请在 lock_reference 列填写，或在地址中以 lock_reference=文本 为未注明的各行统一指明，"
        "文本中的 {line} 代以该行行号。",
    ),
    RowFault.VERIFIED: Words(
        "The verified tonnes are not a whole number of at least 1.", "核证量须为不小于 1 的整数吨。"
    ),
    RowFault.NOT_VERIFIED: Words(
        "How many tonnes were verified for this period neither the file says nor the record. Write the figure of the "
        "verification report for the whole period into a column verified; where the rows without one are all of one "
        "period, verified=TONNES in the address will do. It is final once units of the period have come in.",
        "文件与登记记录均未载明该监测期的核证量。请在 verified 列填写核查报告所载整个监测期的核证量；"
        "未载明的各行同属一个监测期的，也可在地址中以 verified=吨数 指明。该期减排量一经转入，核证量即不得更改。",
    ),
    RowFault.APPLIED_ON: Words(
        "The day of the application for issuance is missing or cannot be read. Where no column has it, send "
        "applied_on=DAY in the address for all rows; of a file with columns of your own naming column_issued_on=NAME "
        "names the column.",
        "签发申请日未填写或无法识别。文件没有该列的，请在地址中以 applied_on=日期 为各行统一指明；"
        "自定列名的文件，可用 column_issued_on=列名 指明所在列。",
    ),
}

FOUND: Final[dict[RowFault, Words]] = {
    RowFault.SERIALS: Words(
        " They are written like {}. Where a number has zeros in front, both have as many digits.",
        "格式示例：{}。号码前补零的，首末号位数应相同。",
    ),
    RowFault.HEADING: Words(" The first line has: {}.", "首行各列为：{}。"),
    RowFault.SEPARATOR: Words(" The first line has: {}.", "首行为：{}。"),
    RowFault.CELLS: Words(
        " Its cells, and the named columns: {}. A comma within a cell needs quotation marks around the cell.",
        "该行单元格数与有列名的列数：{}。单元格内含逗号的，须以英文双引号括起。",
    ),
    RowFault.SERIAL_NUMBERS: Words(" They are written like {}.", "格式示例：{}。"),
    RowFault.COLUMN_MISSING: Words(" The file has the columns: {}.", "文件各列为：{}。"),
    RowFault.QUANTITY_DIFFERS: Words(
        " The serials are {} tonnes, the first and the last included.", "序列号首尾计入，共 {} 吨。"
    ),
    RowFault.SERIALS_OF_ANOTHER_PROJECT: Words(
        " They say {}. The column has the registry's own number, which projects=NUMBER=CODE translates; where the "
        "numbers differ, ask the registry which is true.",
        "序列号载为 {}。项目列应为登记机构自有编号，以 projects=编号=项目代码 对应；编号确有不符的，"
        "请向登记机构查明何者属实。",
    ),
    RowFault.SERIALS_OF_ANOTHER_PERIOD: Words(
        " They say {}. Ask the registry which is true.", "序列号载为 {}。请向登记机构查明何者属实。"
    ),
    RowFault.SERIALS_OF_ANOTHER_COUNTRY: Words(
        " They say {}. Ask the registry which is true.", "序列号载为 {}。请向登记机构查明何者属实。"
    ),
    RowFault.PERIOD: Words(
        " Days are read with the year first, or with slashes as {}; a year as 2023.",
        "日期应年在前，或以斜线写作 {}；年份写作 2023 或 2023年。",
    ),
    RowFault.APPLIED_ON: Words(
        " Days are read with the year first, or with slashes as {}.", "日期应年在前，或以斜线写作 {}。"
    ),
}
"""What is there instead of what should be, as a sentence behind that of the fault."""


REFUSED_ROWS: Final[dict[RejectReason, Words]] = {
    RejectReason.SERIALS_OVERLAP: Words(
        "Some of these serials are recorded already, or stand in another row of the file. No tonne is counted twice.",
        "部分序列号已有登记，或已列于文件的另一行，任何一吨不得重复计算。",
    ),
    RejectReason.VERIFIED_DIFFERS: Words(
        "Another figure is on record as verified for this period, or stands in another row of the file. Check the "
        "verification report.",
        "该监测期已登记的核证量，或文件另一行所载的核证量，与此不同，请核对核查报告。",
    ),
    RejectReason.SERIALS_INVALID: Words(
        f"One row has at most {MAX_QUANTITY:,} serials.", f"一行至多 {MAX_QUANTITY:,} 个序列号。"
    ),
    RejectReason.PROJECT_NOT_FOUND: Words(
        "No project has this code. Where it is the registry's own number, say which project it is with "
        "projects=NUMBER=CODE, for example projects=2498=VCS-2498; else have the project registered first.",
        "没有此编号的项目。若为登记机构自有编号，请以 projects=编号=项目代码 指明对应项目，"
        "例如 projects=2498=VCS-2498；否则请先登记项目。",
    ),
    RejectReason.CONVERSION_INVALID: Words(
        "Quota of an ecosystem sink does not come in by file, since no row says which CCER were cancelled for it: "
        "propose its ISSUANCE with `converted`, then its LOT_ADMISSION.",
        "生态系统碳汇类指标不能以文件导入，因各行无法载明为其注销的核证减排量："
        "请提交填有 `converted` 的 ISSUANCE 申请，再提交 LOT_ADMISSION 申请。",
    ),
    RejectReason.TOO_MANY_ROWS: Words(
        f"With this row the import would be too large: more than {MAX_ROWS} rows, or more than {MAX_PLACES:,} site "
        "parcels of its projects, each counted once for each monitoring period. Bring in the rows that wait, then send "
        "the file as a new import.",
        f"加入该行后导入过大：超过 {MAX_ROWS} 行，或各项目地块按监测期逐一计数合计超过 {MAX_PLACES:,}。"
        "请先完成已暂存各行的导入，再将该文件作为新的导入上传。",
    ),
}
"""Refusals of the core that say more of a row of a file than they do elsewhere."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is not taken; ``line`` is where it begins in the file, 0 for the file as a whole. ``about`` are the
    cells or the columns that it is about, as the file has them; ``instead`` is what stands in the place of
    :data:`FOUND`, "" for nothing.
    """

    line: int
    fault: RowFault
    about: str = ""
    instead: str = ""
