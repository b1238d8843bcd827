"""In a few words: why a request had no answer, and from where it had none."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import httpx

_DEEPEST = 16
"""Causes of causes that are looked at; more than any library makes."""


def why(error: BaseException) -> str:
    """The cause as the operating system says it, such as "connection refused"; else in the words of who raised it."""
    # A server that breaks off has said all there is; what is behind it may be an error that the caller is handling.
    for each in () if isinstance(error, httpx.ProtocolError) else _causes(error):
        if isinstance(each, TimeoutError | httpx.TimeoutException):
            return "timed out"
        if isinstance(each, OSError) and each.errno is not None and _is_of_the_network(each):
            # Names that cannot be resolved have numbers of their own, below 0, and their words with them.
            return _lower(os.strerror(each.errno) if each.errno > 0 else each.strerror or str(each))
    return _lower(str(error).rstrip(".")) or type(error).__name__


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it came from, in turn; of several at once the first one."""
    found: BaseException | None = error
    for _ in range(_DEEPEST):
        if found is None:
            return
        yield found
        found = found.exceptions[0] if isinstance(found, BaseExceptionGroup) else found.__cause__ or found.__context__


def _is_of_the_network(error: OSError) -> bool:
    """And not a file that is missing, or a socket that was only not ready yet."""
    return isinstance(error, ConnectionError | socket.gaierror) or type(error) is OSError


def _lower(text: str) -> str:
    """In the middle of a sentence."""
    return text[:1].lower() + text[1:]


def shown_address(base_url: str) -> str:
    """The address without what may be secret in it: a user's name and password, and what follows a question mark."""
    parts = urlsplit(base_url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
