"""What the exchange tells Prometheus about itself.

Requests are counted as they happen, in plain dictionaries: the library's own counters take locks that one event loop
does not need, and five times as long. Everything else is kept by those who do it (queue, batches, view) and only read
when the page is asked for: :meth:`Telemetry.watch` says where. Nothing depends on these figures.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from itertools import accumulate
from math import inf
from typing import Final, NamedTuple

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

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
    Watched("exchange_requests_malformed", True, "Times that what came could not be read as a request."),
    Watched("exchange_tasks", False, "Things that are under way in the event loop."),
    Watched("exchange_rate_limited", True, "Requests for which there was no room in their rate limit."),
    Watched("exchange_streams", False, "Streams that are open."),
    Watched("exchange_streams_closed_slow", True, "Streams closed because their client did not read, or was gone."),
    Watched("exchange_streams_unattended", True, "Times that orders were cancelled because their stream was lost."),
    Watched("exchange_market_data_broken", False, "1 when a bug has ended the market data of this process."),
    Watched("exchange_registry_waiting", False, "Requests to the registry without an answer."),
    Watched("exchange_registry_answered", True, "Requests to the registry that were answered."),
    Watched("exchange_registry_unavailable", True, "Times that the registry did not answer, or not in a usable way."),
    Watched("exchange_registry_unusable", True, "Answers of the registry about something else, or refused."),
    Watched("exchange_registry_running", False, "1 while the line to the registry works, 0 when it has ended."),
    Watched("exchange_registry_broken", True, "Times that a bug ended a turn of the line to the registry."),
    Watched("exchange_registry_reconciled", True, "Reconciliations with the registry that were done."),
    Watched("exchange_registry_discrepancies", False, "What did not agree in the newest one."),
)
"""Every figure that can be watched; docs/OPERATIONS.md may name them."""


class _Times:
    """How long the requests of one route took: their number in each bucket (the last is for what is over), the sum."""

    __slots__ = ("counts", "sum")

    def __init__(self) -> None:
        self.counts = [0] * (len(LATENCY_BUCKETS) + 1)
        self.sum = 0.0


class Telemetry(Collector):
    """The metrics of one process, in a registry of their own."""

    def __init__(self) -> None:
        """With nothing watched yet."""
        self.registry = CollectorRegistry()
        self._requests: dict[tuple[str, str, int], int] = {}
        self._seconds: dict[tuple[str, str], _Times] = {}
        self._sources: dict[str, Callable[[], float]] = {}
        self.registry.register(self)

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request. ``route`` is a template such as ``/v1/orders/{order}``, never a path."""
        request = (route, method, status)
        self._requests[request] = self._requests.get(request, 0) + 1
        times = self._seconds.get((route, method))
        if times is None:
            times = self._seconds[route, method] = _Times()
        times.sum += seconds
        times.counts[bisect_left(LATENCY_BUCKETS, seconds)] += 1

    def watch(self, name: str, read: Callable[[], float]) -> None:
        """Say where a figure of :data:`WATCHED` is read."""
        assert any(watched.name == name for watched in WATCHED), name
        self._sources[name] = read

    def collect(self) -> Iterable[Metric]:
        """All figures as they are now; called by the registry."""
        yield self._counted()
        yield self._timed()
        for watched in WATCHED:
            read = self._sources.get(watched.name)
            if read is not None:
                family = CounterMetricFamily if watched.counts else GaugeMetricFamily
                yield family(watched.name, watched.meaning, value=read())

    def _counted(self) -> Metric:
        family = CounterMetricFamily(
            "exchange_http_requests",
            "Requests by route, method and status.",
            labels=("route", "method", "status"),
        )
        for (route, method, status), count in self._requests.items():
            family.add_metric((route, method, str(status)), count)
        return family

    def _timed(self) -> Metric:
        family = HistogramMetricFamily(
            "exchange_http_request_seconds",
            "Time from a request's headers to the end of its answer, by route.",
            labels=("route", "method"),
        )
        for labels, times in self._seconds.items():
            bounds = [*map(floatToGoString, (*LATENCY_BUCKETS, inf))]
            family.add_metric(labels, list(zip(bounds, accumulate(times.counts), strict=True)), times.sum)
        return family

    def page(self) -> bytes:
        """Everything in the Prometheus text format."""
        return generate_latest(self.registry)
