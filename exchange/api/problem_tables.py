"""The problems that the API itself has beside the refusals of the core (:mod:`exchange.api.refusal_status`).

The texts are data in two languages. `docs/ERRORS.md` is made of these tables and those of the core.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from exchange.core.rejections import Title

BAD_REQUEST, UNAUTHORISED, FORBIDDEN, NOT_FOUND, NOT_ALLOWED = 400, 401, 403, 404, 405
CONFLICT, TOO_LARGE, UNSUPPORTED, UNPROCESSABLE, INTERNAL, UNAVAILABLE = 409, 413, 415, 422, 500, 503
TIMED_OUT, UPGRADE, HEAD_LARGE, TOO_MANY = 408, 426, 431, 429


@dataclass(slots=True, frozen=True)
class ApiProblem:
    """A problem that no command is needed for: its stable code, its status, its short name and its texts."""

    code: str
    status: int
    title: Title
    en: str
    zh: str


UNAUTHENTICATED: Final = ApiProblem(
    "UNAUTHENTICATED",
    UNAUTHORISED,
    Title("Valid key needed", "需要有效密钥"),
    "This needs a valid key. Send it as Authorization: Bearer <key id>.<secret> in each request. A key that was sent "
    "is not good here: it is mistyped, revoked, expired, of another venue, or not for your network.",
    "此操作需要有效密钥。请以 Authorization: Bearer <密钥编号>.<密钥串> 的形式提交。如已提交密钥，则该密钥在此无效："
    "可能输入有误、已吊销、已过期、属于其他交易场所，或不允许从您的网络使用。",
)
IDEMPOTENCY_KEY_REQUIRED: Final = ApiProblem(
    "IDEMPOTENCY_KEY_REQUIRED",
    BAD_REQUEST,
    Title("Idempotency key needed", "需要幂等键"),
    "Every change needs one Idempotency-Key header of 1 to 255 visible ASCII characters.",
    "每项变更须带一个 Idempotency-Key 请求头，长度为 1 至 255 个可见 ASCII 字符。",
)
MALFORMED_JSON: Final = ApiProblem(
    "MALFORMED_JSON",
    BAD_REQUEST,
    Title("Malformed JSON", "JSON 格式有误"),
    "The body is not one acceptable JSON object; errors[] says what is wrong.",
    "请求体不是合格的 JSON 对象，原因见 errors[]。",
)
BODY_NOT_ALLOWED: Final = ApiProblem(
    "BODY_NOT_ALLOWED",
    BAD_REQUEST,
    Title("Body not allowed", "不接受请求体"),
    "This request takes no body.",
    "此请求不带请求体，请去掉后重新提交。",
)
BODY_TOO_LARGE: Final = ApiProblem(
    "BODY_TOO_LARGE",
    TOO_LARGE,
    Title("Body too large", "请求体过大"),
    "The body is larger than this address takes.",
    "请求体超过此地址允许的大小。",
)
UNSUPPORTED_MEDIA_TYPE: Final = ApiProblem(
    "UNSUPPORTED_MEDIA_TYPE",
    UNSUPPORTED,
    Title("Unsupported media type", "请求体类型不支持"),
    "Send the body as application/json, or a file as text/csv where a file is taken; without Content-Encoding.",
    "请求体须为 application/json；接收文件的地址须为 text/csv。均不带 Content-Encoding。",
)
VALIDATION: Final = ApiProblem(
    "VALIDATION",
    UNPROCESSABLE,
    Title("Fields not valid", "字段不合规"),
    "Some fields are missing, unknown or not of the documented form; errors[] names them.",
    "部分字段缺失、未知或格式不符，详见 errors[]。",
)
SECRET_SHOWN_ONCE: Final = ApiProblem(
    "SECRET_SHOWN_ONCE",
    CONFLICT,
    Title("Secret shown once", "密钥串仅显示一次"),
    "This key was made and its secret was shown once. If it was lost, revoke the key and make another.",
    "该密钥已经创建，其密钥串仅在创建时显示一次。如已遗失，请吊销该密钥并重新创建。",
)
KEY_CANNOT_SIGN: Final = ApiProblem(
    "KEY_CANNOT_SIGN",
    FORBIDDEN,
    Title("Key cannot sign", "密钥无法签名"),
    "This needs a signature, and this key was made without a public key. Use a key that has one; whoever has none is "
    "entered anew with one by two persons (KEY_REPLACEMENT).",
    "此操作需要签名，而该密钥创建时未附公钥。请改用附有公钥的密钥；如没有此类密钥，须经双人办理密钥更换"
    "（KEY_REPLACEMENT）并附公钥。",
)
SIGNATURE_MISSING: Final = ApiProblem(
    "SIGNATURE_MISSING",
    UNAUTHORISED,
    Title("Signature needed", "需要签名"),
    "This cannot be taken back, so it needs a signature of the request (RFC 9421) by the private key that belongs to "
    "this key: Signature-Input and Signature, as Accept-Signature asks for them, with all six parameters: created, "
    "expires, nonce (16 to 64 characters, new each time), keyid (the id of this key), alg and tag. /docs has an "
    "example under Signing; the command exchange sign writes such a request for curl.",
    "此操作不可撤回，须以该密钥对应的私钥对请求签名（RFC 9421）：请按 Accept-Signature 的要求提交 Signature-Input 与 "
    "Signature 请求头，六项参数缺一不可：created、expires、nonce（16 至 64 个字符，每次不同）、keyid（该密钥的编号）、"
    "alg 与 tag。示例见 /docs 的“签名”一节，也可用命令 exchange sign 代为签名，再由 curl 发送。",
)
SIGNATURE_MALFORMED: Final = ApiProblem(
    "SIGNATURE_MALFORMED",
    BAD_REQUEST,
    Title("Malformed signature", "签名格式有误"),
    "The signature cannot be read; facts.what names the header, component or parameter that is missing, not wanted or "
    "not of the documented form. A signature is good for 60 seconds at most.",
    "无法读取签名；facts.what 指明缺失、多余或格式不符的请求头、组成项或参数。签名有效期最长 60 秒。",
)
SIGNATURE_INCOMPLETE: Final = ApiProblem(
    "SIGNATURE_INCOMPLETE",
    BAD_REQUEST,
    Title("Signature covers too little", "签名覆盖不全"),
    "The signature does not cover all that it must, or covers what the request does not have; facts.what names it. "
    "Cover what Accept-Signature lists; content-digest only where there is a body.",
    "签名未覆盖全部必需内容，或覆盖了请求中没有的内容，详见 facts.what。请覆盖 Accept-Signature 所列各项；"
    "仅在有请求体时覆盖 content-digest。",
)
CLOCK_SKEW: Final = ApiProblem(
    "CLOCK_SKEW",
    UNAUTHORISED,
    Title("Clock ahead", "时钟超前"),
    "The signature was made in the future: your clock is ahead. Put it right by facts.server_time and sign again.",
    "签名时间晚于当前时间：您的时钟超前。请按 facts.server_time 校准时钟后重新签名。",
)
SIGNATURE_EXPIRED: Final = ApiProblem(
    "SIGNATURE_EXPIRED",
    UNAUTHORISED,
    Title("Signature expired", "签名已过期"),
    "The signature is no longer good. Sign again; if that does not help, put your clock right by facts.server_time.",
    "签名已过期。请重新签名；如仍过期，请按 facts.server_time 校准时钟。",
)
DIGEST_MISMATCH: Final = ApiProblem(
    "DIGEST_MISMATCH",
    BAD_REQUEST,
    Title("Digest does not match", "摘要与请求体不符"),
    "Content-Digest has no SHA-256 of the body that came. Send the very bytes that were digested.",
    "Content-Digest 中没有与所收到请求体相符的 SHA-256。请发送计算摘要时的原始字节。",
)
SIGNATURE_WRONG: Final = ApiProblem(
    "SIGNATURE_WRONG",
    UNAUTHORISED,
    Title("Wrong signature", "签名不符"),
    "This key has not signed this request. Sign with its private key, name the key in keyid by its id, and sign the "
    "address under which the exchange is known (scheme, host and port too), exactly as it is sent.",
    "该密钥并未签署此请求。请使用其私钥，在 keyid 中填写该密钥的编号，并按实际发送的地址签名"
    "（包括对外公布的协议、主机与端口）。",
)
NONCE_USED: Final = ApiProblem(
    "NONCE_USED",
    UNAUTHORISED,
    Title("Signature used before", "签名已使用"),
    "A signature is good once, and only after the last start of the exchange. Sign again, with a new nonce and the "
    "same Idempotency-Key.",
    "每个签名只能使用一次，且须在系统最近一次启动之后签署。请使用新的 nonce 与相同的 Idempotency-Key 重新签名。",
)
NO_SUCH_ROUTE: Final = ApiProblem(
    "NOT_FOUND",
    NOT_FOUND,
    Title("Address not found", "地址不存在"),
    "There is nothing at this address.",
    "此地址没有任何内容。",
)
METHOD_NOT_ALLOWED: Final = ApiProblem(
    "METHOD_NOT_ALLOWED",
    NOT_ALLOWED,
    Title("Method not allowed", "不支持该方法"),
    "This address does not take this method; Allow names those that it takes.",
    "此地址不支持该方法，可用方法见 Allow 响应头。",
)
INTERNAL_ERROR: Final = ApiProblem(
    "INTERNAL_ERROR",
    INTERNAL,
    Title("Internal error", "系统故障"),
    "The exchange failed on this request. The fault was recorded; a repeat with the same Idempotency-Key is safe.",
    "系统处理此请求时发生故障，现已记录。可用相同的 Idempotency-Key 放心重试。",
)
RATE_LIMITED: Final = ApiProblem(
    "RATE_LIMITED",
    TOO_MANY,
    Title("Too many requests", "请求过于频繁"),
    "More was asked for than the rate limit lets through; nothing was done. Repeat after Retry-After seconds; "
    "RateLimit says how much is left.",
    "请求量超过速率限制，本次未执行。请在 Retry-After 秒后重试；余量见 RateLimit 响应头。",
)
OVERLOADED: Final = ApiProblem(
    "OVERLOADED",
    UNAVAILABLE,
    Title("Overloaded", "系统繁忙"),
    "Too much is waiting; nothing was done. Repeat after Retry-After seconds with the same Idempotency-Key.",
    "等待处理的请求过多，本次未执行。请在 Retry-After 秒后用相同的 Idempotency-Key 重试。",
)
STOPPED: Final = ApiProblem(
    "STOPPED",
    UNAVAILABLE,
    Title("Stopping", "系统正在停止"),
    "The exchange is stopping. Whether the request was done is told by a repeat with the same Idempotency-Key.",
    "系统正在停止。请稍后用相同的 Idempotency-Key 重试，即可得知此请求是否已执行。",
)
VIEW_BEHIND: Final = ApiProblem(
    "VIEW_BEHIND",
    UNAVAILABLE,
    Title("View behind", "数据尚未到达"),
    "The committed view has not reached min_seq. Repeat after Retry-After seconds.",
    "已提交视图尚未到达 min_seq，请在 Retry-After 秒后重试。",
)
NO_CERTIFICATE: Final = ApiProblem(
    "NO_CERTIFICATE",
    NOT_FOUND,
    Title("No certificate yet", "尚无证书"),
    "This use has no certificate yet. One is made when it is fulfilled: ask again then.",
    "此次使用尚无证书，完成后方可出具，请届时再查询。",
)
NEVER_CERTIFIED: Final = ApiProblem(
    "NEVER_CERTIFIED",
    NOT_FOUND,
    Title("Never a certificate", "不出具证书"),
    "This use never has a certificate: nobody has the benefit of what ended without effect, goes on as sink quota "
    "(CONVERSION), replaces a loss, or was cancelled by force for one (FORCED).",
    "此次使用不出具证书：未生效即终止的、转为生态系统碳汇类指标的（CONVERSION）、用于补足逆转的以及强制注销的"
    "（FORCED），均无受益方。",
)
NO_SUCH_CERTIFICATE: Final = ApiProblem(
    "NO_SUCH_CERTIFICATE",
    NOT_FOUND,
    Title("No such certificate", "没有此编号的证书"),
    "There is no certificate with this number. Compare the number sign by sign with the one on the paper; it ends in "
    "twelve characters. If it is the same, the paper is not a certificate of this venue.",
    "请逐字核对纸质件上的编号，其末段为十二个字符。若编号一致，则该纸质件并非本交易机构的证书。",
)
HISTORY_UNAVAILABLE: Final = ApiProblem(
    "HISTORY_UNAVAILABLE",
    UNAVAILABLE,
    Title("History unavailable", "历史数据暂不可用"),
    "The database of past orders and trades cannot be asked now. Repeat after Retry-After seconds.",
    "历史申报与成交数据库暂时无法查询，请在 Retry-After 秒后重试。",
)
PDF_UNAVAILABLE: Final = ApiProblem(
    "PDF_UNAVAILABLE",
    UNAVAILABLE,
    Title("No PDF now", "暂不能生成 PDF"),
    "The PDF cannot be made now; the certificate's page and JSON say the same. Repeat after Retry-After seconds.",
    "暂时无法生成证书的 PDF，其查验页面与 JSON 内容相同。请在 Retry-After 秒后重试。",
)
NOT_READY: Final = ApiProblem(
    "NOT_READY",
    UNAVAILABLE,
    Title("Not ready", "系统未就绪"),
    "The exchange cannot take orders now.",
    "系统暂时无法接受申报。",
)
TOO_MANY_DOWNLOADS: Final = ApiProblem(
    "TOO_MANY_DOWNLOADS",
    UNAVAILABLE,
    Title("Too many downloads", "同时下载过多"),
    "Too many downloads run now, yours or all together. Finish one, or repeat after Retry-After seconds.",
    "您的下载或系统的下载总数已达上限。请等一项下载完成，或在 Retry-After 秒后重试。",
)
TOO_MANY_CONNECTIONS: Final = ApiProblem(
    "TOO_MANY_CONNECTIONS",
    UNAVAILABLE,
    Title("Too many connections", "连接过多"),
    "Too many connections are open, from your address or in all. Nothing was done. Close some, or repeat after "
    "Retry-After seconds.",
    "您的地址或系统的连接数已达上限，本次请求未执行。请关闭部分连接，或在 Retry-After 秒后重试。",
)
REQUEST_TIMEOUT: Final = ApiProblem(
    "REQUEST_TIMEOUT",
    TIMED_OUT,
    Title("Request timeout", "请求超时"),
    "The request did not arrive in time. Nothing was done.",
    "请求未在规定时间内完整到达，本次未执行。",
)
HEAD_TOO_LARGE: Final = ApiProblem(
    "HEAD_TOO_LARGE",
    HEAD_LARGE,
    Title("Request head too large", "请求头过大"),
    "The request's line and headers are larger than 32 KiB.",
    "请求行与请求头合计超过 32 KiB。",
)
MALFORMED_HTTP: Final = ApiProblem(
    "MALFORMED_HTTP",
    BAD_REQUEST,
    Title("Malformed HTTP", "HTTP 格式有误"),
    "This is not a request in HTTP/1.1, or too many were sent without waiting for an answer.",
    "所收到的内容不是合格的 HTTP/1.1 请求，或未等应答就连续发送了过多请求。",
)
WRONG_HOST: Final = ApiProblem(
    "WRONG_HOST",
    BAD_REQUEST,
    Title("Wrong host", "Host 不正确"),
    "A request has exactly one Host header, and where its first line is a whole address, that names this exchange. "
    "Nothing was done.",
    "请求须恰有一个 Host 请求头；请求行为完整地址时，须为本交易所的地址。本次请求未执行。",
)
UPGRADE_REQUIRED: Final = ApiProblem(
    "UPGRADE_REQUIRED",
    UPGRADE,
    Title("WebSocket only", "仅支持 WebSocket"),
    "This address speaks WebSocket (RFC 6455, version 13). Open it with a WebSocket client.",
    "该地址只支持 WebSocket（RFC 6455，版本 13），请使用 WebSocket 客户端连接。",
)
ALREADY_LOGGED_IN: Final = ApiProblem(
    "ALREADY_LOGGED_IN",
    CONFLICT,
    Title("Already logged in", "已登录"),
    "This connection has logged in. Open another one for another key.",
    "该连接已登录。如需使用其他密钥，请另行建立连接。",
)
NO_SUCH_CHANNEL: Final = ApiProblem(
    "NO_SUCH_CHANNEL",
    NOT_FOUND,
    Title("No such channel", "频道不存在"),
    "There is no channel of this name; none of those that were named was joined. Channels are book:, trades: and "
    "ticker: with an instrument, candles: with an instrument and an interval, and private.",
    "不存在该名称的频道；本次请求的频道均未加入。频道为 book:、trades:、ticker: 加标的编号，candles: 加标的编号与周期，"
    "以及 private。",
)
TOO_MANY_STREAMS: Final = ApiProblem(
    "TOO_MANY_STREAMS",
    UNAVAILABLE,
    Title("Too many streams", "数据流连接过多"),
    "Your participant has as many streams open as it may have. Close one, or repeat later.",
    "贵方已打开的数据流连接数已达上限。请关闭其中一个，或稍后重试。",
)

API_PROBLEMS: Final = (
    UNAUTHENTICATED,
    IDEMPOTENCY_KEY_REQUIRED,
    MALFORMED_JSON,
    BODY_NOT_ALLOWED,
    BODY_TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    VALIDATION,
    SECRET_SHOWN_ONCE,
    KEY_CANNOT_SIGN,
    SIGNATURE_MISSING,
    SIGNATURE_MALFORMED,
    SIGNATURE_INCOMPLETE,
    CLOCK_SKEW,
    SIGNATURE_EXPIRED,
    DIGEST_MISMATCH,
    SIGNATURE_WRONG,
    NONCE_USED,
    NO_SUCH_ROUTE,
    METHOD_NOT_ALLOWED,
    INTERNAL_ERROR,
    RATE_LIMITED,
    OVERLOADED,
    STOPPED,
    VIEW_BEHIND,
    NO_CERTIFICATE,
    NEVER_CERTIFIED,
    NO_SUCH_CERTIFICATE,
    HISTORY_UNAVAILABLE,
    PDF_UNAVAILABLE,
    NOT_READY,
    TOO_MANY_DOWNLOADS,
    TOO_MANY_CONNECTIONS,
    REQUEST_TIMEOUT,
    HEAD_TOO_LARGE,
    MALFORMED_HTTP,
    WRONG_HOST,
    UPGRADE_REQUIRED,
    ALREADY_LOGGED_IN,
    NO_SUCH_CHANNEL,
    TOO_MANY_STREAMS,
)
"""Every problem of the API itself; a test holds the list to what is defined above."""
