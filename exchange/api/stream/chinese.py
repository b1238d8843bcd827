"""The Chinese texts of the stream's published description; the English ones are the docstrings of the forms.

A test looks for a text beside every English one, and for rows that nothing uses.
"""

from __future__ import annotations

from typing import Final

from exchange.api.stream.examples import CHECKED_AFTER, CHECKED_BEFORE
from exchange.api.stream.streams import HEARTBEAT_AFTER, PING_EVERY

DESCRIPTION_ZH: Final = f"""\
行情、本方账户与申报，均经同一条 WebSocket 连接（RFC 6455），每个文本帧为一个 JSON 对象。客户端应略过不认识的字段。

**请求**带有客户端自定的 `id` 与 `op`；每个请求恰有一个 `id` 相同的 `answer`。\
`id` 为 1 至 36 个可打印字符的文本；其他任何 `id` 均导致连接关闭：应答的 `id` 为 null，关闭码为 1008。\
可以同时发出多个请求：命令按发送的次序定序，持久保存之后才应答。申报的请求体、规则、问题文档、速率限制与幂等键均与 \
REST 相同；经其中一种途径提交过的，可经另一种途径重复提交。问题文档中 `body` 之内各字段的 `pointer` 自 `body` 起算，\
与 REST 相同（`/price`，而不是 `/body/price`）；请求其他字段的 `pointer` 自请求本身起算。

**频道**：`book:`、`trades:`、`ticker:` 加交易标的（`book:ins-5`），\
`candles:` 加交易标的与周期（`candles:ins-5:1m`），以及本方账户 `private`。后者需要密钥，\
在握手的 `Authorization` 头中给出，或以 `login` 给出，每条连接一次。`subscribe` 应答之后，频道以 `snapshot` 开始；\
带 `after_seq` 的，所缺内容若仍保留，则自该条日志之后继续。`private` 的快照分为若干部分（`parts`），\
每部分至多 250 笔申报，依次发送，`seq` 相同；收到最后一部分方为完整。

**连接可以命名**，即 `login` 的 `line`。以某一密钥和名称登录时，同名的旧连接若仍存在，则予关闭；\
旧连接启用过 `cancel_on_disconnect` 的，其申报先行撤销，然后才应答登录（超出 500 笔的部分由其后的分段任务撤销，\
不涉及此后的新申报）。因此客户端返回时确知自身的状况。

**`cancel_on_disconnect`** 在交易所察觉连接中断时执行。交易所自身崩溃之后不触发断线撤单，申报仍然保留；\
请同时使用 `cancel_after`。

**没有缺漏。** 某频道中读到日志 `s` 的一方，收到 `prev_seq` 等于 `s` 的帧即予应用，此后位于其 `seq`。\
`prev_seq` 更大，说明有所缺漏。刚恢复订阅时 `prev_seq` 可能更小；此时 `seq` 不超过 `s` 的帧应略过。\
`checksum` 用以核对本地申报簿：取买卖双方各十个最优档位，写作 `price:quantity:orders`，档位之间以逗号相隔，\
双方之间以竖线相隔，买方在前，计算 CRC-32。`bookSnapshot` 示例中的申报簿写作 `{CHECKED_BEFORE[0]}`，\
校验和为 {CHECKED_BEFORE[1]}；应用 `bookUpdate` 示例之后写作 `{CHECKED_AFTER[0]}`，校验和为 {CHECKED_AFTER[1]}。

**时间。** 若 {HEARTBEAT_AFTER:.0f} 秒内没有发送任何帧，则发送 `heartbeat`；\
每 {PING_EVERY:.0f} 秒发送一次 WebSocket ping，不应答的客户端予以关闭。

**关闭码**：1001 为交易所停止；1002 与 1007 为不符合 WebSocket 协议；1008 为违反规则（请求无法读取、\
十秒之内未提出任何请求、密钥已失效、名称被新连接接管）；1009 为消息过长（登录之前 16 KiB，之后 260 KiB）；\
1013 为请稍后再试（读取过慢，或须让出连接）。
"""

_ANSWER: Final = """\
对请求的唯一应答。`status` 与 `body` 与 REST 操作相同，问题文档亦然。

仅当无法读取请求的 `id` 时，`id` 为 null。幂等键此前已有应答的，`replayed` 为 true；因过多而被拒绝的请求，\
`retry_after` 为可重复提交之前须等待的秒数。"""

MODELS_ZH: Final[dict[str, str]] = {
    "Amend": "修改申报：`body` 与 `PATCH /v1/orders/{order}` 的请求体相同。",
    "AnswerMessage": _ANSWER,
    "Attended": "连接结束时是否撤销以该密钥提交的申报。",
    "Balance": "该条日志之后的本方账户：人民币带两位小数，或某批次的整吨数，均为文本。",
    "Batch": "一次提交多条申报命令：`body` 与 `POST /v1/orders/batch` 的请求体相同。",
    "Body": "请求体：类型严格，不接受未知字段，错误说明中不含所提交的内容。",
    "BookSnapshot": "整个申报簿。",
    "BookUpdate": "有变化的档位，合并自 `first_seq` 至 `seq` 的各条日志；每秒至多 20 次。",
    "Cancel": "撤销申报，以编号或其所有者所取的名称指明。",
    "CancelAfter": "设定该密钥的失联保护：`body` 与 `PUT /v1/cancel-after` 的请求体相同。",
    "CancelAll": "撤销本方全部未结申报；`body` 可按 `DELETE /v1/orders` 的参数缩小范围。",
    "CancelAllQuery": "只涉及某一交易标的、某一方向，或兼有两者的申报。",
    "CancelOnDisconnect": (
        "本连接不论以何种方式结束，均撤销以该密钥提交的未结申报。\n\n"
        "交易所自身崩溃之后不触发断线撤单，申报仍然保留；请同时使用 `cancel_after`。"
    ),
    "Candles": "各 K 线的现状，由旧到新：有变化的各根；快照中为最新一根。",
    "Fill": "本方成交，字段与 REST 所示相同；对手方以代码表示。",
    "HeartbeatMessage": "五秒之内没有其他消息时发送：`seq` 为最新的日志条目，`at` 为交易所时间。",
    "Level": "申报簿的一个价格档位。更新中的数量为新的数量，0 表示该价格已没有申报。",
    "Listening": "所指明的各频道，每个一次。",
    "LoggedIn": "连接自此属于密钥的所有者；`replaced` 表示已有同名的旧连接因此结束。",
    "Login": (
        "表明本连接的身份，只一次，所给为 `Authorization` 头的值；握手时已给出的无须登录。\n\n"
        "`line` 为客户端自定的名称。同一密钥下已有此名称的连接予以关闭（1008）；它启用过 `cancel_on_disconnect` 的，"
        "其申报先行撤销，然后才应答本次登录。"
    ),
    "Order": "该条日志之后本方申报的现状，字段与 REST 所示相同。",
    "Ping": "查询交易所时间。",
    "Place": "提交申报：`body` 与 `POST /v1/orders` 的请求体相同。",
    "Pong": "交易所时间。",
    "PrivateSnapshot": (
        "本方账户的一部分：未结申报（由旧到新）与余额。\n\n"
        "各部分同属一条日志，依次发送，其间没有本频道的其他内容；合起来即为整个账户。此后的变化接在最后一部分之后。"
    ),
    "PrivateUpdate": "一条日志所改变的内容：此后各申报的现状（已结束的最后出现一次）、每笔成交与余额。",
    "Subscribe": "订阅频道：要么全部订阅，要么其中一个不能订阅则全不订阅。重复订阅不产生任何变化。",
    "Subscription": "一个频道，以及读取方已读到的日志条目。不带 `after_seq` 的，先发送快照。",
    "Ticker": "交易标的的现状及当日至今的行情；每秒至多 20 次。",
    "Trade": "申报簿的一笔成交，不列双方。`trade_no` 为该交易标的各笔成交的连续编号。",
    "Trades": "成交，由旧到新：同一条日志的各笔一并发送。快照中为最近的若干笔。",
    "Unsubscribe": "停止订阅频道。已在途中的帧仍会到达。",
}
"""Name of a form that only the stream has → what it is. The first paragraph, without its stop, is its summary."""

CONNECTION_ZH: Final = "一条连接，用于全部内容。"
PUSHED_ZH: Final = "行情、本方账户、心跳"
KEY_ZH: Final = "`key-17-1.secret`，与 REST 相同。公开频道不需要密钥。"
TITLE_ZH: Final = "碳减排量交易所流式接口"
STANDS_FOR_ZH: Final = "对应 `{method} {path}`。"
BY_NAME_ZH: Final = "以 `client_order_id` 代替 `order` 时，对应 `{method} {path}`。"
ANSWER_TO_ZH: Final = "对 {op} 的应答"
