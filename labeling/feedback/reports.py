"""What production learnt later about items: whether their answers were right, and what was right instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from audit import trail
from labeling.answering.review import FEEDBACK, WEIGHTS
from labeling.models import Label, ProductionFeedback, Review
from routing import decisions, novelty, teams, telling
from routing.errors import InvalidInput, Problem
from routing.kinds import KINDS, KindErrors
from routing.models import DECIDED, Item, Prediction, Status
from routing.truth import was_right
from routing.values import Findings, called

FIELDS = ("item_type", "item_ref", "correct", "label")
LONGEST_NAMES = {"item_type": 50, "item_ref": 200}
MOST_PROBLEMS = 100
WHY = "production found the answer wrong"

Key = tuple[str, str]


@dataclass(frozen=True)
class Received:
    """One word of feedback as it is stored, whether it was known, and whether an expert is now asked."""

    feedback: ProductionFeedback
    duplicate: bool
    expert_asked: bool = False


@transaction.atomic
def receive(
    raws: Sequence[Any], *, numbered: bool = False, caller: Any = None, by: AbstractBaseUser
) -> list[Received]:
    """Store feedback on decided items, all or none, and return it in the order given.

    Where an answer is called wrong for the first time an expert is asked; until the expert differs it stands.
    A label that is given becomes a row of labels. Saying again what was said last of an item changes nothing.
    However many, the number of statements is the same. Raises InvalidInput; `numbered` puts each one's index
    before the paths of its errors. Items of types that the `caller`, a request, may not see are unknown.
    """
    _raise_any([_shape(raw) for raw in raws], numbered)
    keys = [(raw["item_type"], raw["item_ref"]) for raw in raws]
    items = _lock(keys, caller)
    read = [_read(raw, items.get(key)) for raw, key in zip(raws, keys, strict=True)]
    _raise_any([problems for _, problems in read], numbered)
    now, before = timezone.now(), _said_before(items.values())
    received, labels, doubted = [], [], []
    for key, raw, (label, _) in zip(keys, raws, read, strict=True):
        item, earlier = items[key], before.setdefault(items[key].pk, [])
        made = ProductionFeedback(
            item=item, correct=raw["correct"], answer=item.label, label=label, user=by, created_at=now
        )
        if earlier and _same(earlier[-1], made):
            received.append(Received(earlier[-1], duplicate=True))
            continue
        if "label" in raw:
            labels.append(_label(made))
        if not made.correct and not any(_same_doubt(one, made) for one in earlier):
            doubted.append(item)
        earlier.append(made)
        received.append(Received(made, duplicate=False))
    fresh = [one.feedback for one in received if not one.duplicate]
    _store(fresh, labels, by=by)
    asked = {item.pk for item in decisions.question_all(doubted, why=WHY, now=now, by=by)}
    return [replace(one, expert_asked=one.feedback.item_id in asked) for one in received]


def _raise_any(found: Sequence[Sequence[Problem]], numbered: bool) -> None:
    problems = [
        one._replace(attr=f"{index}.{one.attr or ''}".rstrip(".")) if numbered else one
        for index, several in enumerate(found)
        for one in several
    ]
    if problems:
        raise InvalidInput(problems[:MOST_PROBLEMS])


def _shape(raw: Any) -> list[Problem]:
    """Return what is wrong with one entry before its item is known."""
    findings = Findings()
    if not isinstance(raw, Mapping):
        return [Problem(None, "invalid", f"Send an object, not {called(raw)}.")]
    findings.fields(raw, FIELDS)
    for name in FIELDS[:3]:
        if name not in raw:
            findings.add(name, "required", "This field is required.")
        elif name in LONGEST_NAMES:
            findings.text(raw[name], name, limit=LONGEST_NAMES[name])
        elif not isinstance(raw[name], bool):
            findings.add(name, "invalid", f"Send true or false, not {called(raw[name])}.")
    findings.free_form(raw.get("label"), "label")
    return findings.errors


def _lock(keys: Sequence[Key], caller: Any) -> dict[Key, Item]:
    """Return the items by type and reference, locked in one order, each with what the model `said`."""
    by_type: dict[str, set[str]] = {}
    for slug, ref in keys:
        by_type.setdefault(slug, set()).add(ref)
    wanted = Q(pk=None)
    for slug, refs in by_type.items():
        wanted |= Q(item_type__slug=slug, item_ref__in=refs)
    judged = Prediction.objects.filter(item=OuterRef("pk"), rank=0).values(data=JSONObject(label="label"))
    known = teams.seen(Item.objects.all(), caller) if caller else Item.objects.all()
    found = known.filter(wanted).select_related("item_type__expert_queue", "policy")
    rows = found.annotate(said=Subquery(judged)).select_for_update(of=("self",)).order_by("pk")
    return {(item.item_type.slug, item.item_ref): item for item in rows}


def _read(raw: Mapping[str, Any], item: Item | None) -> tuple[Any, list[Problem]]:
    """Return the cleaned label, None where none is given, and what is wrong."""
    if item is None:
        return None, [Problem("item_ref", "unknown_item", "There is no item of this type and reference.")]
    if item.erased_at:
        return None, [Problem("item_ref", "erased", "This item was erased: nothing is kept of it any more.")]
    if item.status not in DECIDED:
        return None, [Problem("item_ref", "not_decided", "This item has no answer yet that could be right.")]
    if "label" not in raw:
        return None, []
    kind, spec = KINDS[item.item_type.kind], item.item_type.spec
    try:
        label = kind.clean_label(raw["label"], item.payload, spec)
    except KindErrors as found:
        return None, found.errors
    same = item.status == Status.APPROVED and kind.agree(label, item.label, spec)
    if same == raw["correct"]:
        return label, []
    detail = "This label is the item's answer: correct is true." if same else "The answer was another one."
    return None, [Problem("label", "contradiction", detail)]


def _said_before(items: Iterable[Item]) -> dict[UUID, list[ProductionFeedback]]:
    """Return what was said of these items, oldest first."""
    said: dict[UUID, list[ProductionFeedback]] = {}
    for one in ProductionFeedback.objects.filter(item__in=list(items)).order_by("id"):
        said.setdefault(one.item_id, []).append(one)
    return said


def _same(one: ProductionFeedback, other: ProductionFeedback) -> bool:
    return (one.correct, one.answer, one.label) == (other.correct, other.answer, other.label)


def _same_doubt(one: ProductionFeedback, other: ProductionFeedback) -> bool:
    return not one.correct and one.answer == other.answer


def _store(fresh: Sequence[ProductionFeedback], labels: Sequence[Label], *, by: AbstractBaseUser) -> None:
    ProductionFeedback.objects.bulk_create(fresh)
    Label.objects.bulk_create(labels)
    novelty.note((label.item_type, label.label) for label in labels)
    told = [
        telling.entry(
            "feedback.received",
            one.item,
            {"correct": one.correct, "answer": one.answer, "label": one.label},
        )
        for one in fresh
    ]
    trail.record_all(told, by=by)


def _label(feedback: ProductionFeedback) -> Label:
    """Return the row of labels that a given label makes."""
    item = feedback.item
    agrees = None
    if item.said:
        spec = item.item_type.spec
        agrees = was_right(item.said["label"], feedback.label, item.payload, spec, approved=True)
    kind = FEEDBACK[agrees]
    return Label(
        item_type=item.item_type,
        item_ref=item.item_ref,
        label=feedback.label,
        user=feedback.user,
        ts=feedback.created_at,
        prev_confidence=item.confidence,
        item=item,
        action=Review.Action.APPROVE if agrees else Review.Action.EDIT,
        feedback_type=kind,
        weight=WEIGHTS.get(kind, 1.0),
        source=Label.Source.FEEDBACK,
        reserved=item.held_out,
    )
