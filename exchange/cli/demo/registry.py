"""The national registry of the demo: the simulator as a child process, and what people tell it beside the exchange.

The exchange speaks with it over HTTP, and signs nothing for it: what the registry states, it signs with its own key.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import httpx

from exchange.cli.demo.program import Program, clean_environment
from exchange.cli.registry_simulator_command import STAFF_FILE, TOKEN_FILE

SILENT: Final = {"chances": {"SILENT": 100}}
"""It does what it is asked for, and says nothing until it is made to."""

HONEST: Final[dict[str, Any]] = {}


class Registry(Program):
    """One simulated registry on a folder of its own."""

    english = "the simulated registry"
    chinese = "模拟登记机构"

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__(folder, port, "registry.log")

    @property
    def settings(self) -> dict[str, str]:
        """The settings by which an exchange finds it, with the names that they have outside."""
        return {
            "EXCHANGE_REGISTRY_URL": self.url,
            "EXCHANGE_REGISTRY_TOKEN_FILE": str(self.folder / TOKEN_FILE),
        }

    @property
    def staff_fields(self) -> dict[str, object]:
        """The proposal STAFF that makes it known to a venue, without its type."""
        document = json.loads((self.folder / STAFF_FILE).read_text(encoding="utf-8"))
        return {name: value for name, value in document.items() if name != "type"}

    async def start(self, *options: str) -> None:
        """Start, with more options of ``registry-simulator``, and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / TOKEN_FILE).unlink(missing_ok=True)
        command = ["registry-simulator", "--stop-with-stdin", "--data-dir", str(self.folder)]
        self.launch([*command, "--port", str(self.port), *options], clean_environment())
        await self.wait_until_ready()

    async def answers(self, http: httpx.AsyncClient) -> bool:
        """Whether it knows its token: the file is written before it listens."""
        if not (self.folder / TOKEN_FILE).exists():
            return False
        return (await http.get("/control", headers=self._headers)).status_code == httpx.codes.OK

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {(self.folder / TOKEN_FILE).read_text(encoding='utf-8').strip()}"}

    async def know_venue(self, url: str, key: str) -> None:
        """Tell it where to call back, and the id that its key has there."""
        await self._tell("PUT", "/control/venue", {"url": url, "key": key})

    async def issue(self, space: str, serial_lo: int, serial_hi: int, holder: str) -> None:
        """Have it credit new serials to a firm's account there, as after 项目减排量登记."""
        serials = {"space": space, "serial_lo": serial_lo, "serial_hi": serial_hi}
        await self._tell("POST", "/control/issue", {**serials, "holder": holder})

    async def behave(self, faults: dict[str, Any]) -> None:
        """Have it misbehave so from now on."""
        await self._tell("PUT", "/control/faults", faults)

    async def speak(self) -> None:
        """Have it say what it has held back."""
        await self._tell("POST", "/control/speak", {})

    async def _tell(self, method: str, path: str, document: dict[str, Any]) -> None:
        async with httpx.AsyncClient(base_url=self.url, trust_env=False) as http:
            answer = await http.request(method, path, json=document, headers=self._headers)
            answer.raise_for_status()
