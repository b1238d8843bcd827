"""The connection to the national registry, with the token that it knows this venue by."""

from __future__ import annotations

import httpx

from exchange.config import Settings


class RegistryTokenError(Exception):
    """The file with the registry's token cannot be read; the text says why."""


def registry_http(settings: Settings) -> httpx.AsyncClient:
    """The connection to the registry, with the venue's own token.

    Raises:
        RegistryTokenError: when the file of the token cannot be read.
    """
    assert settings.registry_url is not None
    headers = {}
    file = settings.registry_token_file
    if file is not None:
        try:
            headers["Authorization"] = f"Bearer {file.read_text(encoding='ascii').strip()}"
        except (OSError, UnicodeDecodeError) as error:
            raise RegistryTokenError(f"the registry's token cannot be read: {error} 无法读取登记机构令牌") from error
    return httpx.AsyncClient(base_url=settings.registry_url, headers=headers, trust_env=False)
