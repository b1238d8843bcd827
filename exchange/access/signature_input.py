"""Reads ``Signature-Input`` and ``Signature`` (RFC 9421, section 4): structured fields, in their strict form only.

One signature a request, all six parameters, plain component names, and the one spelling that the rules for writing
structured fields (RFC 9651, section 4.1) prescribe. Every library writes that one; what is spelt otherwise was touched
on its way or made by hand, and two readers might understand it differently.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Any, Final

import http_sf

from exchange.access.public_keys import SIGNATURE_BYTES

ALGORITHM: Final = "ed25519"
TAG: Final = "carbon-exchange"
"""Says what a signature is for, so that none that the same key made for another application is taken here."""

LONGEST_LIFE: Final = 60
"""Seconds between ``created`` and ``expires`` at most."""

LONGEST_FIELD: Final = 2_048
MOST_COMPONENTS: Final = 32

_PARAMETERS: Final = frozenset({"created", "expires", "nonce", "keyid", "alg", "tag"})
_TIMES: Final = frozenset({"created", "expires"})
_SECRETS: Final = frozenset({"authorization", "proxy-authorization", "cookie"})
"""Fields that may not be covered, so that what was signed can be kept and shown as evidence."""

_NONCE: Final = re.compile(r"[!#-\[\]-~]{16,64}", re.ASCII)
_KEY_ID: Final = re.compile(r"[!#-\[\]-~]{1,80}", re.ASCII)
_COMPONENT: Final = re.compile(r"@?[a-z0-9!#$%&'*+.^_`|~-]{1,64}", re.ASCII)


@dataclass(slots=True, frozen=True)
class SignatureInput:
    """What a signature says of itself. Times are seconds since 1970; ``parameters`` is the text that is signed."""

    components: tuple[str, ...]
    parameters: str
    signature: bytes
    created: int
    expires: int
    nonce: str
    key_id: str


@dataclass(slots=True, frozen=True)
class Fault:
    """What cannot be read: the name of a field, of a component or of a parameter."""

    what: str


def read_signature_input(input_field: str, signature_field: str) -> SignatureInput | Fault:
    """Read the two fields, or say which part of them is not as it must be. Never raises, whatever they hold.

    Each field is written again from what was understood and compared, so that nothing stays unseen: a second member, a
    parameter where none may be, another label in one of the fields.
    """
    declared = _first_member(input_field)
    if declared is None:
        return Fault("signature-input")
    label, member = declared
    components = _components_of(member)
    if components is None:
        return Fault("signature-input")
    parameters: dict[str, Any] = member[1]
    fault = _fault_of_components(components) or _fault_of_parameters(parameters)
    if fault is not None:
        return fault
    text = _parameters_text(components, parameters)
    if input_field != f"{label}={text}":
        return Fault("signature-input")
    signature = _signature_of(signature_field, label)
    if signature is None:
        return Fault("signature")
    created, expires = parameters["created"], parameters["expires"]
    return SignatureInput(components, text, signature, created, expires, parameters["nonce"], parameters["keyid"])


def _first_member(field: str) -> tuple[str, Any] | None:
    """The first member of a dictionary, as (label, value)."""
    if len(field) > LONGEST_FIELD:
        return None
    try:
        members = http_sf.parse(field.encode(), tltype="dictionary")
    except ValueError:
        return None
    return next(iter(members.items()), None) if isinstance(members, dict) else None


def _components_of(member: Any) -> tuple[str, ...] | None:
    """The names in an inner list; None when it is none, or holds something else, or one name comes twice."""
    if not isinstance(member, tuple) or not isinstance(member[0], list) or len(member[0]) > MOST_COMPONENTS:
        return None
    names = [item for item, _ in member[0] if isinstance(item, str)]
    plain = len(names) == len(member[0]) == len(set(names))
    return tuple(names) if plain and all(map(_COMPONENT.fullmatch, names)) else None


def _fault_of_components(components: tuple[str, ...]) -> Fault | None:
    return next((Fault(name) for name in components if name in _SECRETS), None)


def _fault_of_parameters(parameters: dict[str, Any]) -> Fault | None:
    for name in sorted(_PARAMETERS ^ parameters.keys()):
        return Fault(name)
    for name in sorted(_PARAMETERS):
        if not _is_good(name, parameters[name]):
            return Fault(name)
    # A signature that could be used for longer would have to be remembered for longer.
    return None if 0 < parameters["expires"] - parameters["created"] <= LONGEST_LIFE else Fault("expires")


def _is_good(name: str, value: object) -> bool:
    if name in _TIMES:
        return type(value) is int and value > 0
    if not isinstance(value, str):
        return False
    match name:
        case "alg":
            return value == ALGORITHM
        case "tag":
            return value == TAG
        case "nonce":
            return _NONCE.fullmatch(value) is not None
    return _KEY_ID.fullmatch(value) is not None


def _parameters_text(components: tuple[str, ...], parameters: dict[str, Any]) -> str:
    """The one spelling. Nothing in it can hold a quote or a backslash, so nothing has to be escaped."""
    names = " ".join(f'"{name}"' for name in components)
    said = "".join(f";{name}={value}" if name in _TIMES else f';{name}="{value}"' for name, value in parameters.items())
    return f"({names}){said}"


def _signature_of(field: str, label: str) -> bytes | None:
    declared = _first_member(field)
    member = None if declared is None else declared[1]
    value = member[0] if isinstance(member, tuple) else member
    if not isinstance(value, bytes) or len(value) != SIGNATURE_BYTES:
        return None
    return value if field == f"{label}=:{base64.b64encode(value).decode()}:" else None
