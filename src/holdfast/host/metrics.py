"""`/metrics` in Prometheus' text form.

Decides what is measured: counters that all processes share in files, and figures read from tables at the moment of
asking, so that a restarted process forgets nothing. It holds no names of people, rooms or mailboxes. Only loopback and
the hosts behind trusted proxies reach it by default; nothing in it is secret.
"""

import os
from collections.abc import Iterable, Iterator

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from holdfast.host import health, logs

_LOG = logs.get("holdfast.metrics")
_FIGURES: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    (
        "holdfast_jobs_in_queue",
        "Wake-up calls by state",
        ("state",),
        "SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY status",
    ),
    ("holdfast_workers", "Workers that are registered", (), "SELECT count(*) FROM procrastinate_workers"),
    (
        "holdfast_mailboxes",
        "Mailboxes by state",
        ("state",),
        "SELECT state, count(*) FROM mirror_mailbox GROUP BY state",
    ),
    (
        "holdfast_mailboxes_waiting",
        "Mailboxes that rang or have something unsettled",
        (),
        "SELECT count(*) FROM mirror_mailbox WHERE rung_count > heard_count OR stirred_count > settled_count",
    ),
    (
        "holdfast_mailboxes_push_measured",
        "Mailboxes whose notices were seen to arrive",
        (),
        "SELECT count(*) FROM mirror_mailbox WHERE is_push_measured",
    ),
    ("holdfast_notices_total", "Notices believed", (), "SELECT coalesce(sum(notice_count), 0) FROM mirror_mailbox"),
    (
        "holdfast_notices_refused_total",
        "Notices not believed",
        (),
        "SELECT coalesce(sum(count), 0) FROM mirror_refusal",
    ),
)


class Figures(Collector):
    """What the tables say now; a table that cannot be read is left out and logged, the rest is still answered."""

    def collect(self) -> Iterable[Metric]:
        ready = health.readiness()
        up = GaugeMetricFamily("holdfast_ready", "1 where this part is ready", labels=["part"])
        for part, said in ready.items():
            up.add_metric([part], 1.0 if said == "ok" else 0.0)
        yield up
        if ready["migrations"] == "ok":
            yield from _figures()


def metrics(_request: HttpRequest) -> HttpResponse:
    registry = CollectorRegistry()
    registry.register(Figures())
    body = generate_latest(registry)
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        shared = CollectorRegistry()
        MultiProcessCollector(shared)
        body += generate_latest(shared)
    else:
        body += generate_latest(REGISTRY)
    return HttpResponse(body, content_type="text/plain; version=0.0.4; charset=utf-8")


def _figures() -> Iterator[Metric]:
    for name, meaning, labels, query in _FIGURES:
        family = GaugeMetricFamily(name, meaning, labels=labels)
        try:
            with connection.cursor() as cursor:
                cursor.execute(query)
                rows = cursor.fetchall()
        except DatabaseError as error:
            _LOG.warning("a figure could not be read", figure=name, problem=type(error).__name__)
            continue
        for row in rows:
            family.add_metric([str(label) for label in row[:-1]], float(row[-1]))
        yield family
