"""Signs requests with Ed25519 (RFC 9421), for the acts that the exchange does only for the owner of a private key.

>>> from exchange.client.signing import PrivateKey, RequestSigner
>>> mine = PrivateKey.generate()
>>> len(mine.public_text)      # what is registered with the key; the private key stays here
43
>>> signer = RequestSigner("key-17-1", mine)

A signer is an :class:`httpx.Auth` and leaves ``Authorization`` alone, so it goes together with the bearer key. It signs
every request that carries an ``Idempotency-Key``, which is every change, each time anew: a repeat has the same
idempotency key and another nonce.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import stat
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Self

import httpx
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

LIFE = 60
"""Seconds for which a signature is good; the exchange takes no longer ones."""

TAG = "carbon-exchange"
NONCE_BYTES = 16
OWNER_ONLY = 0o600


class PrivateKey:
    """An Ed25519 private key. It is never shown: ``repr`` has the public key only."""

    __slots__ = ("_key",)

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def generate(cls) -> Self:
        """A fresh one."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def read(cls, text: str) -> Self:
        """From the text that :attr:`text` gave: the ``d`` of a JWK (RFC 8037).

        Raises:
            ValueError: when it is no such text, as that of a PEM file, which :meth:`load` reads. It is not repeated.
        """
        if "-----BEGIN" in text:
            raise ValueError("this is the text of a PEM file: PrivateKey.load(path) reads such a file")
        try:
            raw = base64.b64decode(text + "=", altchars=b"-_", validate=True)
            return cls(Ed25519PrivateKey.from_private_bytes(raw))
        except ValueError:
            raise ValueError("this is no private key: it is 43 characters of URL-safe base64") from None

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """Read a PEM file (PKCS 8, as :meth:`save` and ``openssl genpkey -algorithm ed25519`` write it).

        Raises:
            PermissionError: when others than its owner may read the file.
            ValueError: when it holds no Ed25519 private key without password.
            OSError: when it cannot be read.
        """
        with Path(path).open("rb") as file:
            for_others = os.name == "posix" and stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077
            pem = file.read()
        try:
            key = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError(f"{path} holds no Ed25519 private key without password")
        # Only now: whoever named a wrong file by mistake need not change who may read that one.
        if for_others:
            raise PermissionError(f"others may read {path}: run chmod 600 on it, or make a new key")
        return cls(key)

    def save(self, path: Path | str) -> None:
        """Write a PEM file that only its owner may read; a file that is there is never written over.

        Raises:
            FileExistsError: when there is a file of this name.
            OSError: when it cannot be written.
        """
        pem = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        # The mode is given with the creation, so that there is no moment in which others may read.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())

    @property
    def text(self) -> str:
        """The private key itself as text, as :meth:`read` takes it. Whoever reads it can sign."""
        return base64.urlsafe_b64encode(self._key.private_bytes_raw()).rstrip(b"=").decode()

    @property
    def public_text(self) -> str:
        """The public key as the exchange wants it: URL-safe base64 of its 32 bytes without padding."""
        return base64.urlsafe_b64encode(self._key.public_key().public_bytes_raw()).rstrip(b"=").decode()

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of the signature."""
        return self._key.sign(message)

    def __repr__(self) -> str:
        """Without anything secret."""
        return f"PrivateKey(public_text={self.public_text!r})"


class RequestSigner(httpx.Auth):
    """Signs the changes of one API key. ``clock`` gives the seconds since 1970.

    ``origin`` is where the exchange is known to be (``https://exchange.example``), for whoever reaches it at another
    address, such as on its own machine behind its proxy; without it that of each request is signed.
    """

    requires_request_body = True

    def __init__(
        self,
        key_id: str,
        private_key: PrivateKey,
        clock: Callable[[], float] = time.time,
        origin: str | None = None,
    ) -> None:
        if not key_id or not all("!" <= letter <= "~" and letter not in '"\\' for letter in key_id):
            raise ValueError(f"{key_id!r} is no id of a key; it is the part of the key before the dot, as in key-17-1")
        self._key_id = key_id
        self._private_key = private_key
        self._clock = clock
        self._origin = None if origin is None else httpx.URL(origin)
        self._ahead = 0.0

    def correct_clock(self, server_time: float) -> None:
        """Take over the time of the exchange, in seconds since 1970, as a CLOCK_SKEW or SIGNATURE_EXPIRED tells it."""
        self._ahead = self._clock() - server_time

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign a change; let a read pass as it is."""
        if "Idempotency-Key" in request.headers:
            self.sign(request)
        yield request

    def sign(self, request: httpx.Request) -> None:
        """Put ``Content-Digest``, ``Signature-Input`` and ``Signature`` to a request, in place of any it has.

        Raises:
            ValueError: when it has no ``Idempotency-Key``: such a signature could be used for a second act.
        """
        if "Idempotency-Key" not in request.headers:
            raise ValueError("only a request with an Idempotency-Key can be signed")
        for name in ("Content-Digest", "Signature-Input", "Signature"):
            request.headers.pop(name, None)
        if request.content:
            request.headers["Content-Digest"] = _digest(request.content)
        if not request.url.query:
            # A bare "?" at the end is lost on the way into many servers, so it is not sent either.
            request.url = request.url.copy_with(query=None)
        values = _components(request, self._origin or request.url)
        parameters = self._parameters(list(values))
        signature = base64.b64encode(self._private_key.sign(_base(values, parameters))).decode()
        request.headers["Signature-Input"] = f"sig1={parameters}"
        request.headers["Signature"] = f"sig1=:{signature}:"

    def _parameters(self, names: list[str]) -> str:
        created = int(self._clock() - self._ahead)
        covered = " ".join(f'"{name}"' for name in names)
        return (
            f'({covered});created={created};expires={created + LIFE};nonce="{secrets.token_urlsafe(NONCE_BYTES)}"'
            f';keyid="{self._key_id}";alg="ed25519";tag="{TAG}"'
        )


def _digest(body: bytes) -> str:
    """``Content-Digest`` (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def _components(request: httpx.Request, origin: httpx.URL) -> dict[str, str]:
    """What is covered, with its values (RFC 9421, section 2)."""
    values = {
        "@method": request.method,
        "@target-uri": _target(origin, request.url),
        "idempotency-key": request.headers["Idempotency-Key"].strip(" \t"),
    }
    for name in ("content-type", "content-digest"):
        if name in request.headers:
            values[name] = request.headers[name].strip(" \t")
    return values


def _target(origin: httpx.URL, url: httpx.URL) -> str:
    """The address as it is sent: escaped, without a user's name and without a fragment."""
    return f"{origin.scheme}://{origin.netloc.decode('ascii')}{url.raw_path.decode('ascii')}"


def _base(values: dict[str, str], parameters: str) -> bytes:
    """The bytes that are signed (RFC 9421, section 2.5)."""
    lines = [f'"{name}": {value}' for name, value in values.items()]
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode("ascii")
