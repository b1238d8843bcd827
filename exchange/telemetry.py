"""What the exchange tells Prometheus about itself.

Requests are counted as they happen. Everything else is kept by those who do it (queue, batches, view) and only read
when the page is asked for: :meth:`Telemetry.watch` says where. Nothing depends on these figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

LATENCY_BUCKETS: Final = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class Watched(NamedTuple):
    """A figure that is read when the page is asked for."""

    name: str
    counts: bool
    meaning: str


WATCHED: Final = (
    Watched("exchange_queue_depth", False, "Commands that wait for the sequencer."),
    Watched("exchange_seq", False, "The newest entry that the committed view has."),
    Watched("exchange_view_lag_entries", False, "Entries that are decided and not yet in the committed view."),
    Watched("exchange_entries", True, "Journal entries made durable by this process."),
    Watched("exchange_batches", True, "Database transactions that made them durable."),
    Watched("exchange_last_batch_entries", False, "Entries in the newest batch."),
    Watched("exchange_commit_seconds", True, "Time from sending a batch to its being durable, summed up."),
    Watched("exchange_last_commit_seconds", False, "The same for the newest batch."),
    Watched("exchange_unknown_outcomes", True, "Commits whose outcome had to be asked for."),
    Watched("exchange_repeats", True, "Requests answered from their idempotency key."),
    Watched("exchange_overloads", True, "Requests refused because the queue was full."),
    Watched("exchange_snapshots", True, "Snapshots written."),
    Watched("exchange_failed_snapshots", True, "Snapshots that could not be written."),
    Watched("exchange_connections", False, "Connections that are open."),
    Watched("exchange_connections_closed_early", True, "Connections closed because another one needed the place."),
    Watched("exchange_connections_refused", True, "Connections for which there was no place."),
    Watched("exchange_rate_limited", True, "Requests for which there was no room in their rate limit."),
    Watched("exchange_streams", False, "Streams that are open."),
    Watched("exchange_streams_closed_slow", True, "Streams closed because too much waited to be read."),
    Watched("exchange_streams_unattended", True, "Times that orders were cancelled because their stream was lost."),
)
"""Every figure that can be watched; docs/OPERATIONS.md may name them."""


class Telemetry(Collector):
    """The metrics of one process, in a registry of their own."""

    def __init__(self) -> None:
        """With nothing watched yet."""
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "exchange_http_requests",
            "Requests by route, method and status.",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "exchange_http_request_seconds",
            "Time from a request's headers to the end of its answer, by route.",
            ("route", "method"),
            buckets=LATENCY_BUCKETS,
            registry=self.registry,
        )
        self._sources: dict[str, Callable[[], float]] = {}
        self.registry.register(self)

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request. ``route`` is a template such as ``/v1/orders/{order}``, never a path."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route, method).observe(seconds)

    def watch(self, name: str, read: Callable[[], float]) -> None:
        """Say where a figure of :data:`WATCHED` is read."""
        assert any(watched.name == name for watched in WATCHED), name
        self._sources[name] = read

    def collect(self) -> Iterable[Metric]:
        """The watched figures as they are now; called by the registry."""
        for watched in WATCHED:
            read = self._sources.get(watched.name)
            if read is not None:
                family = CounterMetricFamily if watched.counts else GaugeMetricFamily
                yield family(watched.name, watched.meaning, value=read())

    def page(self) -> bytes:
        """Everything in the Prometheus text format."""
        return generate_latest(self.registry)
