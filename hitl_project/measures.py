"""Every metric by name: the sums that are kept (hitl_project/counting.py), and what stands at this moment."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.db import connection
from django.utils import timezone
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.utils import floatToGoString

from audit.throttling import meeting
from hitl_project import anchoring, readiness, workers
from routing import counters, webhooks
from routing import metrics as routing_metrics

COUNTERS = {
    "hitl_http_requests": "Requests answered, by view, method and status.",
    "hitl_items_received": "Items taken in.",
    "hitl_decisions": "Items decided, by what the router had asked for.",
    "hitl_decisions_overturned": "Decisions replaced by another one.",
    "hitl_reviews": "Answers of people.",
    "hitl_audit_answers": "Checks of automated decisions that were answered.",
    "hitl_audit_disagreements": "Those that came to another answer.",
    "hitl_tasks": "Tasks that ended, by function and outcome.",
    "hitl_task_seconds": "Time that tasks took.",
}
HISTOGRAMS = {
    "hitl_http_request_duration_seconds": "Time to answer a request, by view.",
    "hitl_claim_duration_seconds": "Time to find and lease the next item for a person.",
    "hitl_review_duration_seconds": "Time that a person spent on an answer.",
}
GAUGES = {
    "hitl_items": "Items that are not decided, by where they stand, as counted within the last minutes."
}

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
OUTBOX = """
SELECT count(*), coalesce(min(created_at), now()) FROM routing_delivery WHERE next_attempt_at IS NOT NULL
"""
TRAIL = """
SELECT coalesce((SELECT extract(epoch FROM at) FROM audit_seal ORDER BY number DESC LIMIT 1), 0),
    coalesce((SELECT extract(epoch FROM at) FROM audit_checkpoint ORDER BY seal DESC LIMIT 1), 0),
    coalesce((SELECT seal FROM audit_checkpoint ORDER BY seal DESC LIMIT 1), 0),
    coalesce((SELECT extract(epoch FROM now() - at) FROM audit_auditevent
        WHERE id > coalesce((SELECT last_id FROM audit_seal ORDER BY number DESC LIMIT 1), 0)
        ORDER BY id LIMIT 1), 0)
"""
TARGETS = """
SELECT g.metric, coalesce(t.slug, ''), (g.missed_since IS NOT NULL)::int
FROM routing_target g LEFT JOIN routing_itemtype t ON t.id = g.item_type_id WHERE g.value IS NOT NULL
"""


def counted(rows: Iterable[tuple[str, str, float]]) -> Iterator[Metric]:
    """Return the sums that are kept, as counters, histograms and gauges; what no list above names is ours."""
    kept: dict[str, list[tuple[dict[str, str], float]]] = defaultdict(list)
    for name, text, value in rows:
        kept[name].append((counters.labels_of(text), value))
    for name, text in COUNTERS.items():
        yield _family(CounterMetricFamily, name, text, kept[name])
    for name, text in GAUGES.items():
        yield _family(GaugeMetricFamily, name, text, kept[name])
    for name, text in HISTOGRAMS.items():
        yield _histogram(name, text, kept)


def standing() -> Iterator[Metric]:
    """Return what stands at this moment, in a fixed number of statements."""
    yield from _queues()
    people = [(routing_metrics.people_at_work(),)]
    yield _gauge("hitl_people_at_work", "People who hold a seat or have just closed one.", [], people)
    yield from _models()
    yield from _drift()
    missed = _rows(TARGETS)
    yield _gauge("hitl_target_missed", "Whether a target is missed.", ["figure", "item_type"], missed)
    yield from _webhooks()
    yield from _trail()
    yield from _workers()
    refused = [({"by": kind}, float(count)) for kind, count in meeting.refused().items()]
    yield _family(CounterMetricFamily, "hitl_api_throttled", "Requests refused for their number.", refused)
    yield _gauge("hitl_disk_free_bytes", "Room on the disks that are written to.", ["folder"], _disks())


def _histogram(name: str, text: str, kept: dict[str, list[tuple[dict[str, str], float]]]) -> Metric:
    sums = {counters.key("", labels): (labels, value) for labels, value in kept[f"{name}_sum"]}
    buckets: dict[counters.Key, dict[str, float]] = defaultdict(dict)
    for labels, value in kept[f"{name}_bucket"]:
        bound = labels.pop("le")
        buckets[counters.key("", labels)][bound] = value
    bounds = counters.bounds(name)
    names = list(next(iter(sums.values()))[0]) if sums else []
    family = HistogramMetricFamily(name, text, labels=names)
    for one, (labels, total) in sums.items():
        running, shown = 0.0, []
        for bound in [f"{value:g}" for value in bounds] + ["+Inf"]:
            running += buckets[one].get(bound, 0.0)
            shown.append((floatToGoString(float(bound)), running))
        family.add_metric(list(labels.values()), shown, total)
    return family


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
    info = [(*row[:3], 1) for row in models]
    yield _gauge("hitl_model_info", "Models in force or next in line.", labels, info)
    measured = [row for row in models if row[3] is not None]
    yield _gauge("hitl_model_accuracy_ratio", "Accuracy on held-out items.", labels, measured)


def _drift() -> Iterator[Metric]:
    looks = _rows(DRIFT)
    name = "hitl_drift_found"
    yield _gauge(name, "Whether what arrives has drifted.", ["item_type"], [row[:2] for row in looks])
    name = "hitl_drift_last_look_timestamp_seconds"
    yield _gauge(name, "When it was looked for.", ["item_type"], [(row[0], row[2]) for row in looks])


def _webhooks() -> Iterator[Metric]:
    outcomes = [({"outcome": name}, float(count)) for name, count in webhooks.outcomes().items()]
    text = "Attempts to deliver a message, by how they ended."
    yield _family(CounterMetricFamily, "hitl_webhook_deliveries", text, outcomes)
    count, oldest = _rows(OUTBOX)[0]
    yield _gauge("hitl_webhook_deliveries_due", "Messages owed to clients.", [], [(count,)])
    age = (timezone.now() - oldest).total_seconds() if count else 0
    yield _gauge("hitl_webhook_oldest_due_age_seconds", "Age of the oldest of them.", [], [(age,)])


def _trail() -> Iterator[Metric]:
    sealed, signed, newest, unsealed = _rows(TRAIL)[0]
    yield _gauge("hitl_trail_sealed_timestamp_seconds", "When the trail was last sealed.", [], [(sealed,)])
    text = "Age of the oldest event that no seal covers."
    yield _gauge("hitl_trail_unsealed_age_seconds", text, [], [(unsealed,)])
    name = "hitl_trail_checkpoint_timestamp_seconds"
    yield _gauge(name, "When a checkpoint was last signed.", [], [(signed,)])
    behind = [(name, max(0, newest - seal)) for name, seal in anchoring.anchored().items()]
    text = "Seals between the newest checkpoint and the last one carried to the anchor."
    yield _gauge("hitl_trail_anchor_lag_seals", text, ["anchor"], behind)


def _workers() -> Iterator[Metric]:
    beat = workers.last_seen_at()
    text = "When a worker was last heard of, to the minute where none is there; 0 where none ever was."
    yield _gauge(workers.LAST_SEEN, text, [], [(beat.timestamp() if beat else 0,)])
    waiting, first = workers.waiting()
    yield _gauge("hitl_tasks_waiting", "Tasks that no worker has taken yet.", [], [(waiting,)])
    age = (timezone.now() - first).total_seconds() if first else 0
    yield _gauge("hitl_task_oldest_wait_seconds", "How long the first of them has waited.", [], [(age,)])


def _disks() -> list[tuple[str, float]]:
    return [(name, shutil.disk_usage(readiness.existing(Path(at))).free) for name, at in readiness.folders()]


def _family(kind: type, name: str, text: str, rows: list[tuple[dict[str, str], float]]) -> Metric:
    names = list(rows[0][0]) if rows else []
    family = kind(name, text, labels=names)
    for labels, value in rows:
        family.add_metric([labels.get(one, "") for one in names], value)
    return family


def _gauge(name: str, text: str, labels: list[str], rows: Iterable[tuple]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=labels)
    for *values, number in rows:
        family.add_metric(values, float(number))
    return family


def _rows(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()
