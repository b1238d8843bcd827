"""What a reconciliation finds is looked at once more: a list that changed while it was read has nobody's units held."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from exchange.bootstrap.registry_line import reconcile
from exchange.registry.client import RegistryClient
from exchange.registry.reconcile import Finding
from exchange.registry.report import Report
from exchange.store.embedded import EmbeddedServer
from exchange.store.outbox import PostgresOutbox
from tests.api.stack import running_stack
from tests.registry.test_client import LINE, PUBLIC, served, signed


@asynccontextmanager
async def reconciled(
    postgres: EmbeddedServer, folder: Path, holdings: list[list[dict[str, Any]]]
) -> AsyncIterator[tuple[Report, list[str]]]:
    """A reconciliation of an empty venue with a registry whose list of holdings has these lines at each reading, the
    last ones for ever; and what was asked.
    """
    asked: list[str] = []

    def answer(request: bytes) -> bytes:
        asked.append(path := request.split(b" ")[1].decode().partition("?")[0])
        items: list[dict[str, Any]] = []
        if path == "/v1/holdings":
            items = holdings.pop(0) if len(holdings) > 1 else holdings[0]
        return signed(request, {"items": items, "next": ""})

    async with (
        running_stack(postgres, folder) as stack,
        served(answer) as url,
        httpx.AsyncClient(base_url=url, trust_env=False) as http,
        PostgresOutbox.open(stack.urls.service) as outbox,
    ):
        yield await reconcile(outbox, RegistryClient(http, lambda: PUBLIC)), asked


@pytest.mark.parametrize(
    ("holdings", "found", "readings"),
    [
        ([[]], [], 1),
        ([[LINE], []], [], 2),
        ([[], [LINE]], [], 1),
        ([[LINE]], [Finding.MISSING_HERE], 2),
        ([[LINE], [{**LINE, "reference": "another"}]], [Finding.MISSING_HERE], 2),
        ([[LINE, {**LINE, "receipt": "2"}], [LINE]], [Finding.MISSING_HERE], 2),
        ([[LINE], [{**LINE, "space": "another"}]], [], 2),
    ],
    ids=["agrees", "only once", "only later", "both times", "another lie", "another fault", "other serials"],
)
async def test_only_what_is_found_again_counts(
    postgres: EmbeddedServer,
    tmp_path: Path,
    holdings: list[list[dict[str, Any]]],
    found: list[Finding],
    readings: int,
) -> None:
    async with reconciled(postgres, tmp_path, holdings) as (report, asked):
        assert [one.finding for one in report.found] == found
        assert asked == ["/v1/holdings", "/v1/requests"] * readings
