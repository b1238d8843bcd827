"""One serving process, put together: the only place where the parts of the exchange meet each other.

From the inside out: the journal in PostgreSQL, the sequencer that leads it, the first entry if there is none, the API
on the committed view, and uvicorn in front. The end goes the other way round. Everything runs on one event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Final

from exchange.access.gate import Gate
from exchange.access.nonces import Nonces
from exchange.access.rate_limits import RateLimiter, Rates
from exchange.access.signature_base import Origin
from exchange.access.signatures import MICROS_PER_SECOND, Verifier
from exchange.api.app import create_app
from exchange.api.ports import Services
from exchange.api.stream.streams import Streams
from exchange.bootstrap.connections import Bounds, Connections
from exchange.bootstrap.database import Database, Say
from exchange.bootstrap.genesis import FirstKeys, genesis, sandbox_genesis
from exchange.bootstrap.http_server import HttpServer, fit_open_files, http_server
from exchange.bootstrap.market_data import Publisher
from exchange.bootstrap.memory import PortionedCollector, calm_the_collector, quiet_start
from exchange.bootstrap.readiness import Readiness
from exchange.bootstrap.registry_line import registry_line
from exchange.config import Settings
from exchange.core.state import ExchangeState
from exchange.core.values import Micros, Seq
from exchange.rulebooks import load
from exchange.sequencer import clock
from exchange.sequencer.clock import Clock
from exchange.sequencer.crashpoints import CrashPoints
from exchange.sequencer.deciding import own_submission
from exchange.sequencer.limits import Limits
from exchange.sequencer.sequencer import Sequencer, StopCause, open_sequencer
from exchange.store.journal import PostgresJournal
from exchange.store.migrate import migrate
from exchange.store.probe import LeaderProbe
from exchange.store.queries import PostgresHistory
from exchange.store.read_log import PostgresReadLog
from exchange.store.startup import check_startup
from exchange.telemetry import Telemetry

logger = logging.getLogger(__name__)

SNAPSHOTS: Final = "snapshots"
"""The folder, inside of the data folder, of snapshots and of batches that failed."""


@dataclass(frozen=True, slots=True)
class Running:
    """A service that takes commands."""

    sequencer: Sequencer
    services: Services
    streams: Streams
    keys: FirstKeys


@dataclass(frozen=True, slots=True)
class Ending:
    """How a service ended: the last entry that is durable, its head, and, after a stop that was asked for, the state
    that its memory held at that entry.
    """

    cause: StopCause
    entries: Seq
    head: bytes
    state: ExchangeState | None


Welcome = Callable[[Running, str], object]
"""Told when requests are answered, and at which address."""


async def serve(
    settings: Settings,
    database: Database,
    listening: socket.socket,
    say: Say,
    welcome: Welcome,
    *,
    stops_with_stdin: bool = False,
    takeover: bool = False,
) -> Ending:
    """Serve on a listening socket until SIGTERM, SIGINT or, where asked for, the end of standard input; then stop
    cleanly. Returns as well when the sequencer stops by itself, after which the process must exit. ``takeover`` ends
    another process that leads this journal.

    Raises:
        JournalCorruptError: the journal is not what was written; the exchange must not serve.
        LeaderBusyError: another process leads this journal.
        ConnectionError: PostgreSQL cannot be reached.
    """
    bounds = fit_open_files(bounds_of(settings))
    await prepare(database, say)
    async with running(settings, database, say, takeover=takeover) as parts:
        app = create_app(parts.services)
        origin = origin_of(settings)
        authority = None if origin is None else origin.authority
        server = http_server(app, bounds, parts.streams.receive, app.at_once, authority)
        watch_connections(parts.services.telemetry, server.connections)
        parts.sequencer.stopped.add_done_callback(lambda _: server.finish())
        with _finished_by_signals(server), _finished_by_stdin(server, stops_with_stdin):
            await _serve_http(server, listening, lambda url: welcome(parts, url))
            await parts.streams.finish()
            await parts.sequencer.stop()
    return _ending(parts.sequencer)


async def prepare(database: Database, say: Say) -> None:
    """Bring the tables up to date where this process may, then refuse a database that is not safe to serve from."""
    if database.owner_dsn is not None:
        say("bringing the tables up to date")
        await migrate(database.owner_dsn, database.service_role)
    await check_startup(database.service_dsn)


@contextlib.asynccontextmanager
async def running(
    settings: Settings, database: Database, say: Say, *, takeover: bool = False, machine: Clock = clock
) -> AsyncIterator[Running]:
    """Everything behind the HTTP server; leaving the block stops the sequencer, which takes a snapshot.

    ``machine`` is the clock of the machine. It tells the time to the sequencer alone; everybody else goes by the
    journal's, which is not set back: a key that has expired stays expired, and a signature is good once.
    """
    crash = CrashPoints(*(settings.crash_at or ()))
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(quiet_start())
        store = PostgresJournal(database.service_dsn, takeover=takeover, hit=crash.hit)
        stack.push_async_callback(store.close)
        folder, limits = settings.data_dir / SNAPSHOTS, limits_of(settings)
        sequencer = await open_sequencer(store, folder, machine, limits, crash, _progress(say))
        stack.push_async_callback(sequencer.stop)
        keys = FirstKeys(settings.data_dir)
        await open_venue(sequencer, keys, sandbox=settings.sandbox)
        history = await stack.enter_async_context(PostgresHistory.open(database.service_dsn))
        read_log = await stack.enter_async_context(PostgresReadLog.open(database.service_dsn))
        probe = LeaderProbe(database.service_dsn)
        stack.callback(probe.close)
        services = Services(
            sequencer=sequencer,
            view=sequencer.view,
            history=history,
            read_log=read_log,
            clock=sequencer.now,
            ready=Readiness(lambda: sequencer.can_append, lambda: probe.takes_entries_of(sequencer.epoch)),
            telemetry=Telemetry(),
            gate=gate_of(settings, sequencer.now()),
            limiter=RateLimiter(rates_of(settings)),
        )
        publisher = Publisher(services.market)
        sequencer.listeners.append(publisher)
        services.telemetry.watch("exchange_market_data_broken", lambda: publisher.is_broken)
        stack.callback(publisher.stop)
        await publisher.restore(sequencer.view, history)
        streams = Streams(services, services.market, sequencer.own)
        await stack.enter_async_context(streams.open())
        watch_streams(services.telemetry, streams)
        line = await stack.enter_async_context(registry_line(settings, sequencer, database.service_dsn, crash.hit))
        if line is not None:
            line.watch(services.telemetry)
            services.registry_attempts = line.worker.attempts
        sequencer.listeners.append(PortionedCollector())
        calm_the_collector()
        yield Running(sequencer, services, streams, keys)


def limits_of(settings: Settings) -> Limits:
    """The sequencer's bounds as the operator set them."""
    return Limits(
        queue=settings.queue_limit,
        batch=settings.batch_limit,
        snapshot_every=settings.snapshot_every,
        commit_seconds=settings.commit_seconds,
        unknown_seconds=settings.unknown_seconds,
    )


def gate_of(settings: Settings, led_from: Micros) -> Gate:
    """The gate as the operator set it, of a process that leads the journal from this instant on.

    Another process may have taken what was signed before. A signature knows whole seconds only, so what was signed in
    the very second in which this process took over is taken as well; its idempotency key still makes it happen once.
    """
    verifier = Verifier(Nonces(led_from // MICROS_PER_SECOND - 1))
    return Gate(verifier, origin_of(settings), settings.trusted_proxies or ())


def origin_of(settings: Settings) -> Origin | None:
    """Where clients find the venue; None where the operator did not say."""
    return None if settings.public_origin is None else Origin.read(settings.public_origin)


def rates_of(settings: Settings) -> Rates:
    """The rate limits as the operator set them."""
    return Rates(
        orders=settings.rate_orders,
        cancels=settings.rate_cancels,
        reads=settings.rate_reads,
        address=settings.rate_address,
        keys=settings.rate_keys,
    )


def bounds_of(settings: Settings) -> Bounds:
    """The bounds of connections as the operator set them."""
    trusted = settings.trusted_proxies or ()
    return Bounds(most=settings.connections, each=settings.connections_per_address, trusted=trusted)


def watch_connections(telemetry: Telemetry, connections: Connections) -> None:
    """Tell the metrics page where the figures of the connections are."""
    telemetry.watch("exchange_connections", lambda: len(connections))
    telemetry.watch("exchange_connections_closed_early", lambda: connections.made_place)
    telemetry.watch("exchange_connections_refused", lambda: connections.refused)
    telemetry.watch("exchange_requests_malformed", lambda: connections.malformed)


def watch_streams(telemetry: Telemetry, streams: Streams) -> None:
    """Tell the metrics page where the figures of the streams are."""
    telemetry.watch("exchange_streams", lambda: len(streams))
    telemetry.watch("exchange_tasks", lambda: len(asyncio.all_tasks()))
    telemetry.watch("exchange_streams_unattended", lambda: streams.unattended)
    telemetry.watch("exchange_streams_closed_slow", lambda: streams.data.hub.too_slow)


class NotASandboxError(Exception):
    """A sandbox was asked for, and this journal is that of a venue which was not opened as one."""


async def open_venue(sequencer: Sequencer, keys: FirstKeys, *, sandbox: bool = False) -> None:
    """Make the first entry if the venue is not open yet, and see that the file of first keys is complete.

    Raises:
        NotASandboxError: a sandbox is wanted and the venue is none.
    """
    view = sequencer.view
    if not view.governance.venue:
        open_with = sandbox_genesis if sandbox else genesis
        command = open_with(load(), keys.make(), sequencer.now())
        await sequencer.submit(own_submission(command))
        assert view.governance.venue, "the first entry was refused"
    if sandbox and not view.governance.is_sandbox:
        raise NotASandboxError
    keys.complete({row.terms.secret_hash: (row.terms.person, row.terms.key) for row in view.people.keys.values()})


def _progress(say: Say) -> Callable[[Seq, Seq], None]:
    def tell(seq: Seq, last: Seq) -> None:
        say(f"recovering: journal entry {seq:,} of {last:,}")

    return tell


async def _serve_http(server: HttpServer, listening: socket.socket, welcome: Callable[[str], object]) -> None:
    """Answer requests until the server is told to finish, then those that are still here."""
    serving = asyncio.ensure_future(server.serve(sockets=[listening]))
    started = asyncio.ensure_future(server.listening.wait())
    await asyncio.wait((serving, started), return_when=asyncio.FIRST_COMPLETED)
    if started.done():
        host, port = listening.getsockname()[:2]
        welcome(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")
    started.cancel()
    await serving


@contextlib.contextmanager
def _finished_by_signals(server: HttpServer) -> Iterator[None]:
    """SIGTERM and Ctrl-C end the service gracefully; a second one does not wait for open requests."""

    def told() -> None:
        server.force_exit = server.should_exit
        server.finish()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


@contextlib.contextmanager
def _finished_by_stdin(server: HttpServer, wanted: bool) -> Iterator[None]:
    """Where wanted, the end of standard input ends the service: it lives no longer than the program that started it."""
    if not wanted:
        yield
        return
    loop, stdin = asyncio.get_running_loop(), sys.stdin.fileno()

    def readable() -> None:
        if not os.read(stdin, 4096):
            loop.remove_reader(stdin)
            server.finish()

    loop.add_reader(stdin, readable)
    try:
        yield
    finally:
        loop.remove_reader(stdin)


def _ending(sequencer: Sequencer) -> Ending:
    stopped = sequencer.stopped.result()
    asked = stopped.cause is StopCause.ASKED
    return Ending(stopped.cause, sequencer.view.seq, sequencer.view.head, sequencer.state if asked else None)
