"""What Prometheus reads at `/metrics`: taken from the database at each scrape, so right across processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from audit.authentication import HasScope
from hitl_project import health
from routing import metrics as routing_metrics
from routing import teams

# Labels are never persons or items (INTEROP 5.10): their number is that of item types and queues. ITEMS and
# AUTOMATED count every item, so their cost grows with the table; the others read what is open or in force.
ITEMS = """
SELECT t.slug, i.status, count(*) FROM routing_item i JOIN routing_itemtype t ON t.id = i.item_type_id
GROUP BY t.slug, i.status ORDER BY 1, 2
"""
AUTOMATED = """
SELECT t.slug, count(*) FROM routing_item i JOIN routing_itemtype t ON t.id = i.item_type_id
WHERE i.status = 'approved' AND i.action = 'auto_approve' GROUP BY t.slug ORDER BY 1
"""
MODELS = """
SELECT t.slug, m.number::text, m.status, e.value
FROM learning_modelversion m JOIN routing_itemtype t ON t.id = m.item_type_id
LEFT JOIN learning_evaluation e ON e.model_version_id = m.id AND e.metric = 'accuracy' AND e.slice = 'all'
WHERE m.status IN ('champion', 'challenger') ORDER BY 1, 2
"""
# The newest look of each item type at what arrives: 1 where it found drift, and when it was.
DRIFT = """
SELECT t.slug, d.drifted::int, extract(epoch FROM d.created_at)
FROM routing_itemtype t CROSS JOIN LATERAL (
    SELECT drifted, created_at FROM learning_driftreport r
    WHERE r.item_type_id = t.id ORDER BY r.id DESC LIMIT 1
) d ORDER BY 1
"""
OUTBOX = "SELECT count(*) FROM routing_delivery WHERE next_attempt_at IS NOT NULL"
TRAIL = "SELECT coalesce(extract(epoch FROM max(at)), 0) FROM audit_seal"


class ForScrapers(JSONRenderer):
    """Agree to the text/plain that a scraper asks for; the view writes its answer, a refusal is JSON."""

    media_type = "text/plain"
    format = "txt"


class MayRead(HasScope):
    """Who has metrics:read and may see all item types; with HITL_METRICS_OPEN everybody who can reach it."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Return whether the caller may read the metrics."""
        if settings.HITL_METRICS_OPEN:
            return True
        if not super().has_permission(request, view):
            return False
        self.message = "These figures are of all item types, and you may not see all."
        return teams.sees_all(request)


class Metrics(APIView):
    """The server's metrics in Prometheus' text format."""

    permission_classes: list[type[BasePermission]] = [MayRead]
    required_scopes = "metrics:read"
    renderer_classes = [ForScrapers, JSONRenderer]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        """Return every metric."""
        registry = CollectorRegistry()
        registry.register(FromDatabase())
        return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


class FromDatabase(Collector):
    """The rows of nine statements as metrics."""

    def describe(self) -> Iterable[Metric]:
        """Return nothing: to register is no reason to ask the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Return the metrics as they are now."""
        items = _rows(ITEMS)
        yield _gauge("hitl_items", "Items by where they stand.", ["item_type", "status"], items)
        yield _decisions(items, dict(_rows(AUTOMATED)))
        yield from _queues()
        yield _people()
        yield from _models()
        yield from _drift()
        yield _gauge("hitl_webhook_deliveries_due", "Messages owed to clients.", [], _rows(OUTBOX))
        yield _gauge(
            "hitl_trail_sealed_timestamp_seconds", "When the trail was last sealed.", [], _rows(TRAIL)
        )
        beat = health.worker_seen_at()
        seen = [(beat.timestamp() if beat else 0,)]
        name = "hitl_worker_last_heartbeat_timestamp_seconds"
        yield _gauge(name, "When a worker was last heard of; 0 where none is.", [], seen)


def _decisions(items: list[tuple], automated: dict[str, int]) -> Metric:
    """Return how many items are decided, by who decided first: the router, or people after it had asked."""
    decided: dict[str, int] = {}
    for slug, status, count in items:
        if status in ("approved", "rejected"):
            decided[slug] = decided.get(slug, 0) + count
    family = CounterMetricFamily("hitl_decisions", "Items decided.", labels=["item_type", "by"])
    for slug, count in decided.items():
        family.add_metric([slug, "router"], automated.get(slug, 0))
        family.add_metric([slug, "people"], count - automated.get(slug, 0))
    return family


def _people() -> Metric:
    people = [(routing_metrics.people_at_work(),)]
    return _gauge("hitl_people_at_work", "People who hold a seat or have just closed one.", [], people)


def _queues() -> Iterator[Metric]:
    now, sizes = timezone.now(), routing_metrics.queues()
    waiting = [(one.queue, name, count) for one in sizes for name, count in one.by_priority.items()]
    yield _gauge("hitl_queue_items", "Open seats.", ["queue", "priority"], waiting)
    overdue = [(one.queue, one.overdue) for one in sizes]
    yield _gauge("hitl_queue_overdue_items", "Open seats past their due time.", ["queue"], overdue)
    held = [(one.queue, one.held) for one in sizes]
    yield _gauge("hitl_queue_held_items", "Open seats that somebody holds.", ["queue"], held)
    ages = [(one.queue, (now - one.oldest_at).total_seconds() if one.oldest_at else 0) for one in sizes]
    yield _gauge("hitl_queue_oldest_item_age_seconds", "Age of the oldest open seat.", ["queue"], ages)


def _models() -> Iterator[Metric]:
    models = _rows(MODELS)
    labels = ["item_type", "version", "status"]
    yield _gauge(
        "hitl_model_info", "Models in force or next in line.", labels, [(*row[:3], 1) for row in models]
    )
    measured = [row for row in models if row[3] is not None]
    yield _gauge("hitl_model_accuracy_ratio", "Accuracy on held-out items.", labels, measured)


def _drift() -> Iterator[Metric]:
    looks = _rows(DRIFT)
    name = "hitl_drift_found"
    yield _gauge(name, "Whether what arrives has drifted.", ["item_type"], [row[:2] for row in looks])
    name = "hitl_drift_last_look_timestamp_seconds"
    yield _gauge(name, "When it was looked for.", ["item_type"], [(row[0], row[2]) for row in looks])


def _gauge(name: str, text: str, labels: list[str], rows: Iterable[tuple]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=labels)
    for *values, number in rows:
        family.add_metric(values, float(number))
    return family


def _rows(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()
