"""Trainers of one's own: told by a signed message that training is due, on what data, and where to report."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from audit import trail
from learning import dataset, runs
from learning.models import LearningPlan, Trainer, TrainingRun
from learning.registry import AUTHOR
from routing.models import Delivery

EVENT = "training.due"


def call(plan: LearningPlan, *, trigger: str) -> TrainingRun | None:
    """Owe the plan's trainer a message that training is due, and return the finished run.

    None where a run is at work already. The run counts the labels, so that the next message comes when the
    plan's number of new ones is there. Raises Unlearnable.
    """
    item_type = plan.item_type
    with runs.recorded(TrainingRun, item_type, trigger=trigger, learner=Trainer.EXTERNAL.value) as run:
        if run is None:
            return None
        runs.say(run, "reading labels", 0.0)
        data = dataset.load(item_type)
        facts = {
            "labels_used": len(data.train),
            "labels_held_out": len(data.held_out),
            "last_label": data.newest,
            "dataset_sha256": data.sha256,
        }
        with transaction.atomic():
            _owe(plan, trigger, {name: value for name, value in facts.items() if name != "last_label"})
            trail.record(
                EVENT, run, by=AUTHOR, item_type=item_type.slug, url=plan.trainer_url, reason=trigger
            )
            runs.finish(run, f"your trainer is told to train on {len(data.train)} labels", **facts)
    return run


def _owe(plan: LearningPlan, reason: str, facts: dict[str, object]) -> None:
    """Put the message into the outbox; its addresses are below this server's own."""
    now, slug = timezone.now(), plan.item_type.slug
    data = {"item_type": slug, "reason": reason, **facts}
    export = reverse("export", args=["jsonl"])
    data["export"] = f"{export}?{urlencode({'item_type': slug, 'split': 'train'})}"
    data["register"] = reverse("models")
    Delivery.objects.create(
        url=plan.trainer_url,
        event=EVENT,
        body={"type": EVENT, "timestamp": now.isoformat(), "data": data},
        created_at=now,
        next_attempt_at=now,
    )
