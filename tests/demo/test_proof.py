"""The proof says DIFFERENT when the service and the replay do not have the same state."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from exchange.cli.demo.proof import prove
from exchange.cli.terminal import Screen
from tests.support.service import a_service


@pytest.mark.processes
@pytest.mark.slow
async def test_a_service_with_another_state_than_its_journal_is_found_out() -> None:
    with a_service() as service:
        await service.start()
        ended = service.stop()
        out = io.StringIO()
        assert not prove(service, replace(ended, state="00" * 32), Screen(out))
    assert out.getvalue().splitlines()[-1].endswith(": DIFFERENT")
