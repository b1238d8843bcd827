"""The registry's own word in a certificate: whether it signed what is written there of its cancellations.

A receipt travels with the signature of the statement that it came in. All that the statement said is in the
certificate as well, so its bytes are made again here, and whoever has the registry's public key needs neither the venue
nor its log.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from exchange.access.public_keys import has_signed, read_public_key
from exchange.api.wire import micros_of
from exchange.certificates.document import Document, conversions_in
from exchange.cli.problem import CommandError
from exchange.cli.verdict import tell_difference
from exchange.core.commands.registry import RegistryOutcome, RequestKind
from exchange.registry.statements import NO_ACCOUNT, STATEMENT, Statement, signed_bytes


def registry_keys(texts: Sequence[str]) -> tuple[bytes, ...]:
    """The public keys that are given.

    Raises:
        CommandError: when a text is no public key.
    """
    keys = tuple(map(read_public_key, texts))
    for text, key in zip(texts, keys, strict=True):
        if key is None:
            raise CommandError(f"{text!r} is no public key (43 characters). 公钥应为 43 个字符。")
    return tuple(key for key in keys if key is not None)


def confirm_receipts(command: str, document: Document, keys: tuple[bytes, ...]) -> bool:
    """Say which receipts of a certificate the registry signed, those of the cancelled CCER behind its quota among them;
    False when one of them has another signature.
    """
    told = [unit for one in (document, *conversions_in(document)) for unit in one["units"]]
    units = [unit for unit in told if unit["receipt"] is not None]
    signed = [unit for unit in units if unit["receipt"]["signature"]]
    _tell_paper(len(units) - len(signed))
    if not signed:
        return True
    if not keys:
        print(
            "  NOT CHECKED: whether the registry signed its receipts; give its public key with --registry-key KEY\n"
            "  未核对登记机构对注销回执的签名；请用 --registry-key 给出其公钥"
        )
        return True
    for number in _unsigned(signed, keys):
        tell_difference(
            command,
            f"the receipt {number} is not signed with the registry's key for these serials",
            f"凭证 {number} 上的签名不是登记机构就该等序列号所签",
        )
        return False
    print(f"  receipts with the registry's signature over these very serials: {len(signed)}")
    print(f"  经登记机构就该等序列号签名的凭证：{len(signed)} 份")
    return True


def _tell_paper(count: int) -> None:
    if count:
        print(f"  receipts that came on paper, without a signature to check: {count}")
        print(f"  书面凭证，无签名可核对：{count} 份")


def _unsigned(units: Sequence[Document], keys: tuple[bytes, ...]) -> Iterator[str]:
    """The receipts under which there is no signature with one of the keys."""
    for unit in units:
        message, signature = _message(unit), _signature(unit["receipt"]["signature"])
        if message is None or not any(has_signed(key, signature, message) for key in keys):
            yield str(unit["receipt"]["number"])


def _message(unit: Document) -> bytes | None:
    """What the registry signed, if it stated the cancellation that is written here; None when nobody can have stated
    it. What it stated of a lock or a release has another kind in it, and is no receipt.
    """
    receipt, cancelled = unit["receipt"], (RequestKind.CANCEL.name, NO_ACCOUNT, RegistryOutcome.CONFIRMED.name)
    stated_at = micros_of(str(receipt["stated_at"]))
    if stated_at is None:
        return None
    try:
        place = (unit["serial_space"], unit["serial_first"], unit["serial_last"] + 1)
        stated = Statement(receipt["reference"], *cancelled, *place, receipt["number"], receipt["message"], stated_at)
        return signed_bytes(STATEMENT, asdict(stated))
    except (KeyError, TypeError, ValueError):
        return None


def _signature(text: object) -> bytes:
    try:
        return base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError):
        return b""
