"""An item type made from a preset and a few answers, with the queues that it needs, all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from django.db import connection, transaction
from django.utils.text import slugify

from audit.trail import Actor
from routing import config, policies
from routing.config_file import ConfigError
from routing.models import ItemType, Priority, Queue
from routing.policies import stops
from routing.presets import Preset

REASON = "made with the guide"
QUEUES = {"reviews": "reviewers", "experts": "experts"}  # and the groups whose people work through them
THRESHOLDS = {"auto_approve": "auto_approve", "review": "review", "expert": "expert"}
ADVISORY_LOCK = 0x51A7  # one at a time finds a free short name and takes it
MORE = "Other changes wait in the draft and would be published as well."
LONGEST_SLUG = 45  # two figures and a dash fit behind it


@transaction.atomic
def make(preset: Preset, *, name: str, labels: Sequence[str], guidelines: str, by: Actor) -> ItemType:
    """Return a new item type in force, with the preset's rules; queues that are there stay as they are.

    Raises ConfigError where the labels don't suit the kind.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
    known = set(Queue.objects.filter(slug__in=QUEUES).values_list("slug", flat=True))
    queues = [{"name": slug, "group": group} for slug, group in QUEUES.items() if slug not in known]
    part = _part(preset, list(labels)) | {"slug": free_slug(name), "name": name, "guidelines": guidelines}
    config.apply({"queues": queues, "item_types": [part]}, reason=REASON, by=by)
    return ItemType.objects.get(slug=part["slug"])


@transaction.atomic
def add_labels(item_type: ItemType, labels: Sequence[str], *, by: Actor) -> config.Report:
    """Add labels behind those there are, put the draft forward with them and return what came of that.

    Raises ConfigError where they are too many, or where more than they would be published.
    """
    item_type.refresh_from_db(from_queryset=ItemType.objects.select_for_update())
    if holds_more(item_type):
        raise ConfigError(("labels",), MORE)
    part = {
        "slug": item_type.slug,
        "name": item_type.name,
        "kind": item_type.kind,
        "labels": [*item_type.labels, *(one for one in labels if one not in item_type.labels)],
        "queue": item_type.queue.slug,
        "expert_queue": item_type.expert_queue.slug,
    }
    report = config.apply({"item_types": [part]}, reason=REASON, by=by)
    item_type.refresh_from_db()
    return report


def holds_more(item_type: ItemType) -> bool:
    """Return whether labels that are added would take other changes of the draft into force with them.

    Where the server has stopped the automation nothing is published, so nothing else can be.
    """
    return policies.changed(item_type) and not stops.stopped([item_type])


def free_slug(name: str) -> str:
    """Return a short name for API clients that no item type has, made of the name for people."""
    base = slugify(name)[:LONGEST_SLUG].strip("-_") or "decision"
    taken = set(ItemType.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(one for n in count(1) if (one := base if n == 1 else f"{base}-{n}") not in taken)


def _part(preset: Preset, labels: list[str]) -> dict[str, Any]:
    """Return the preset as an item type of a configuration file, for these labels."""
    settings = preset.settings
    thresholds = {ours: settings.pop(name) for name, ours in THRESHOLDS.items() if name in settings}
    classes = settings.pop("class_thresholds", {})
    thresholds["classes"] = {label: least for label, least in classes.items() if label in labels}
    rules = [
        {
            "name": rule.name,
            "category": rule.category,
            "when": rule.when,
            "effect": rule.effect,
            "state": rule.state,
        }
        | ({"priority": Priority[rule.priority.upper()].label} if rule.priority else {})
        for rule in preset.rules
    ]
    made = {"labels": labels, "thresholds": thresholds, "rules": rules}
    return settings | made | {"queue": "reviews", "expert_queue": "experts"}
