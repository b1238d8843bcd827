"""Projects and the facilities of the national market."""

from __future__ import annotations

from collections.abc import AsyncIterator

from exchange.client.connection import Connection
from exchange.client.models import Facility, Project
from exchange.client.resources.paging import every
from exchange.client.wire import decode, in_path


class Projects:
    """Where units come from. Registering one is a proposal of type PROJECT."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def every(self, code: str | None = None) -> AsyncIterator[Project]:
        """All projects, or the one with a code."""
        return every(self._connection, "/v1/projects", Project, {"code": code})

    async def get(self, project: str) -> Project:
        """One project."""
        return decode(Project, await self._connection.read(f"/v1/projects/{in_path(project)}"))

    def facilities(self) -> AsyncIterator[Facility]:
        """The facilities of the national market."""
        return every(self._connection, "/v1/facilities", Facility)
