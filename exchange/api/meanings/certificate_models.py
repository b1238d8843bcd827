"""What the fields of a certificate's whereabouts mean."""

from __future__ import annotations

from typing import Final

from exchange.api.meanings.meaning import Meaning

CERTIFICATE_MODELS: Final[dict[str, dict[str, Meaning]]] = {
    "CertificateModel": {
        "use": Meaning("Id of the use (use-...).", "使用编号（use-...）。"),
        "number": Meaning(
            "Number of the certificate, which is made of all that it states and cannot be guessed.",
            "证书编号，由证书全部内容算出，无法猜得。",
        ),
        "status": Meaning(
            "VALID; DISPUTED: the registry has contradicted itself or this venue about its units, and nobody has "
            "decided yet, or the cancellation behind them was revoked; REVOKED: it counts for nothing any more.",
            "VALID：有效；DISPUTED：登记机构就所涉减排量作出相反声明、或其名册与本所所载不符且尚待认定，"
            "或其所据的注销已被撤销；"
            "REVOKED：已撤销，不再具有任何效力。",
        ),
        "status_since": Meaning(
            "Since when the status is so: the use, the oldest dispute that stands, or the revocation.",
            "现状态的起始时间：使用完成、仍存在的最早一项争议，或撤销的时间。",
        ),
        "page": Meaning(
            "Address of the check page, which anybody can open without a key.",
            "查验页面的地址，任何人无需密钥即可打开。",
        ),
        "json_file": Meaning("Address of the certificate as canonical JSON.", "证书的规范化 JSON 文件地址。"),
        "pdf": Meaning("Address of the PDF; null where the venue makes none.", "PDF 地址；交易机构不提供时为 null。"),
        "sha256": Meaning("SHA-256 of the JSON file, in hex.", "JSON 文件的 SHA-256，十六进制。"),
    },
}
