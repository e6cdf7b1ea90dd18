"""Models: challengers, broken champions, rolled back ones, trainers elsewhere, drift, failing runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from hitl_project.attention.matter import Matter, count
from learning import plans, registry, succession
from learning.drift import looking
from learning.external import backends, exams
from learning.models import ModelVersion, Run, SamplingRun, TrainingRun
from learning.proving import standing
from learning.runs import KILLED
from routing import teams
from routing.policies import stops

LATELY = timedelta(days=7)
MOST_SAID = 150  # characters of what went wrong


def matters(caller: Any) -> Iterator[Matter]:
    """What became of the models, and of the runs that make them; files of hidden types are not read."""
    for model in ModelVersion.objects.filter(status="challenger").select_related("item_type"):
        text = f"{model} passed the gate and waits to be promoted"
        yield Matter(text, _page(model), item_type=model.item_type_id)
    in_force = ModelVersion.objects.filter(status="champion").select_related("item_type")
    for model in teams.seen(in_force, caller):
        if not registry.usable_lately(model):
            yield _broken(model)
    gone = ModelVersion.objects.filter(
        report__rolled_back__by=registry.AUTHOR, retired_at__gte=timezone.now() - LATELY
    )
    for model in gone.select_related("item_type"):
        text = f"{model} did worse on live items: {model.report['rolled_back']['for']} answers again"
        yield Matter(text, _page(model), True, model.item_type_id)
    for item_type in standing.fallen():
        text = f"{item_type}: choosing what to label loses against chance, so sampling draws at random"
        yield Matter(
            text, reverse("admin:routing_itemtype_learning", args=[item_type.pk]), True, item_type.pk
        )
    yield from _elsewhere()
    yield from _drifting()
    yield from _failing(TrainingRun, "Training")
    yield from _failing(SamplingRun, "Sampling")


def _broken(model: ModelVersion) -> Matter:
    """A champion whose file can't be used, with the way back to the last one whose file can."""
    earlier = succession.fallback(model.item_type)
    if earlier is None:
        text = f"Champion {model} can't be read: promote another"
        return Matter(text, _page(model), True, model.item_type_id)
    where = reverse("admin:learning_modelversion_promote", args=[earlier.pk])
    return Matter(f"Champion {model} can't be read: return to {earlier}", where, True, model.item_type_id)


def _elsewhere() -> Iterator[Matter]:
    """ML backends that were not heard so often that people do their work; exams that nobody sits."""
    for model, questions in exams.left():
        text = f"{model} waits for its trainer since {model.created_at:%Y-%m-%d}: "
        left = count(questions, "question of its exam is left", "questions of its exam are left")
        text = f"{text}{left}. Ask its trainer, or retire it"
        yield Matter(text, _page(model), item_type=model.item_type_id)
    for backend in backends.lost():
        where = reverse("admin:routing_itemtype_change", args=[backend.item_type_id])
        text = f"{backend} is not heard, people look instead: {backend.said}"
        yield Matter(text, where, True, backend.item_type_id)


def _drifting() -> Iterator[Matter]:
    """Item types at which something else arrives than their model knows, and which are stopped for it."""
    for policy in stops.stopped():
        text = f"Automation of {policy.item_type} was stopped: what arrives has drifted"
        yield Matter(text, _drift(policy.item_type_id), True, policy.item_type_id)
    for report in looking.drifting():
        text = f"{report.item_type} has drifted. {report.reasons[0]}"
        yield Matter(text, _drift(report.item_type_id), item_type=report.item_type_id)


def _drift(item_type_id: int) -> str:
    return reverse("admin:routing_itemtype_drift", args=[item_type_id])


def _failing(kind: type[Run], work: str) -> Iterator[Matter]:
    for item_type in plans.failing(kind):
        text = f"{work} of {item_type} failed twice in a row: {item_type.error[:MOST_SAID]}"
        if item_type.error == KILLED:
            text = f"{text}. Does it have enough memory?"
        where = reverse("admin:routing_itemtype_runs", args=[item_type.pk])
        yield Matter(text, where, True, item_type.pk)


def _page(model: ModelVersion) -> str:
    return reverse("admin:learning_modelversion_change", args=[model.pk])
