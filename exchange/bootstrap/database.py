"""Which PostgreSQL a process uses: the one that is configured, or a private one that lives as long as the process."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from exchange.config import Settings
from exchange.store.connecting import role_of
from exchange.store.embedded import DATABASE, SERVICE_ROLE, AlreadyRunningError, EmbeddedServer
from exchange.store.embedded.cluster import Cluster
from exchange.store.migrate import DEFAULT_SERVICE_ROLE

Say = Callable[[str], object]


class NoDatabaseError(Exception):
    """There is no database to read; the text says where one was looked for."""


@dataclass(frozen=True, slots=True)
class Database:
    """A PostgreSQL in reach. ``owner_dsn`` is None where this process may not migrate."""

    service_dsn: str
    owner_dsn: str | None
    where: str

    @property
    def service_role(self) -> str:
        """The role that the service logs in as, to which a migration gives its rights."""
        return role_of(self.service_dsn) or DEFAULT_SERVICE_ROLE


@contextlib.contextmanager
def open_database(settings: Settings, say: Say) -> Iterator[Database]:
    """The database of a service. A private server is started here and stopped at the end.

    Raises:
        EmbeddedServerError: when the private server cannot be started; the text says why.
    """
    if settings.database_url is not None:
        yield Database(settings.database_url, settings.owner_database_url, "the configured PostgreSQL")
        return
    say(f"starting a private PostgreSQL in {settings.data_dir}")
    with EmbeddedServer.start(settings.data_dir) as server:
        yield Database(server.service_dsn, server.owner_dsn, f"a private PostgreSQL in {settings.data_dir}")


@contextlib.contextmanager
def open_for_reading(settings: Settings) -> Iterator[Database]:
    """The database of an exchange that may be running or not, for one who only reads.

    Raises:
        NoDatabaseError: when no exchange has ever run here.
        EmbeddedServerError: when the private server cannot be started.
    """
    if settings.database_url is not None:
        yield Database(settings.database_url, None, "the configured PostgreSQL")
        return
    cluster = Cluster(settings.data_dir)
    if cluster.major() is None:
        raise NoDatabaseError(f"no exchange has run in {settings.data_dir} 该目录中没有交易所的数据")
    try:
        with EmbeddedServer.start(settings.data_dir) as server:
            yield Database(server.service_dsn, None, f"the private PostgreSQL in {settings.data_dir}")
    except AlreadyRunningError:
        yield _running(cluster)


def _running(cluster: Cluster) -> Database:
    """The private server of another process that is serving right now."""
    pid_file, password = cluster.pid_file(), cluster.passwords().get(SERVICE_ROLE)
    if pid_file is None or password is None:
        raise NoDatabaseError(f"the PostgreSQL in {cluster.home} is starting or stopping; try again 请稍后重试")
    dsn = f"postgresql://{SERVICE_ROLE}:{password}@127.0.0.1:{pid_file.port}/{DATABASE}"
    return Database(dsn, None, f"the running exchange's PostgreSQL in {cluster.home}")
