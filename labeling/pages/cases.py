"""What a reviewer sees beside an item: what people made of others like it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from labeling.alike import golden, precedents
from labeling.alike.diverse import TWIN
from labeling.models import Label
from labeling.pages.parts import Image, parts
from routing import personal
from routing.kinds import KINDS
from routing.models import Assignment, Item, ItemType, Status
from routing.privacy.fields import HIDDEN, masked

SHOWN = 4  # precedents beside an item
EXAMPLES = 2  # golden examples beside it
LOOKED_AT = 12  # among the most alike there may be some that are not shown
ALIKE = 0.4  # cosine from which two texts, images or features count as alike
SMALL = 30_000  # characters of an image's data URI that are sent once more


@dataclass(frozen=True)
class Case:
    """Something like the item in hand, and the label it was given: in words, by how many people, and when."""

    text: str
    image: Image | None
    label: Any
    said: str
    people: int
    when: datetime
    twin: bool
    golden: bool


def may_show(seat: Assignment) -> bool:
    """Return whether cases may stand beside this item.

    Not at a blind look, which is to be the person's own, and not for kinds whose answers mean something only
    beside their shuffled choices.
    """
    return not seat.blind and not KINDS[seat.item.item_type.kind].shuffles


def cases(seat: Assignment) -> list[Case]:
    """Return golden examples and decided items like the one at this seat, in at most six statements.

    Held-out items never appear: through what people copy from them, the answers that models are judged by
    would reach those that they are trained on.
    """
    if not may_show(seat):
        return []
    item = seat.item
    lesson = KINDS[item.item_type.kind].lesson(item.payload)
    taught: list[golden.Found] = []
    if lesson and lesson.output is not None:
        found = golden.similar(item.item_type, lesson.query, EXAMPLES, without=[item.pk])
        taught = [one for one in found if one.score >= ALIKE]
    without = [item.pk, *(one.example.item_id for one in taught)]
    near = precedents.nearest(item.item_type, item.payload, LOOKED_AT, without=without)
    return [_example(one, item.item_type) for one in taught] + _decided(
        item.item_type, {one.item_id: one.score for one in near if one.score >= ALIKE}
    )


def _example(found: golden.Found, item_type: ItemType) -> Case:
    kept = found.example
    return Case(
        text=HIDDEN if _hides(item_type, "query") else kept.query,
        image=None,
        label=kept.edited_output,
        said=str(kept.edited_output),
        people=1,
        when=kept.created_at,
        twin=found.score > TWIN,
        golden=True,
    )


def _decided(item_type: ItemType, near: dict[UUID, float]) -> list[Case]:
    if not near:
        return []
    known = Item.objects.filter(pk__in=near, held_out=False, erased_at__isnull=True)
    settled = known.filter(status__in=[Status.APPROVED, Status.POOLED])
    labels = defaultdict(list)
    said = Label.objects.in_force().filter(item__in=near, label__isnull=False)
    for label in said.order_by("ts", "id"):
        labels[label.item_id].append(label)
    found = [
        (near[item.pk], _case(item, item_type, labels[item.pk], near[item.pk]))
        for item in settled
        if labels[item.pk]
    ]
    return [case for _, case in sorted(found, key=lambda one: -one[0])][:SHOWN]


def _case(item: Item, item_type: ItemType, labels: Sequence[Label], score: float) -> Case:
    kind, spec = KINDS[item_type.kind], item_type.spec
    answer: Any = labels[-1].label if item.status == Status.POOLED else item.label
    payload, _ = masked(_personal(item_type), item.payload, item.context)
    agreeing = {label.user_id for label in labels if kind.agree(label.label, answer, spec)}
    return Case(
        text=kind.summary(payload),
        image=_image(payload, item_type),
        label=answer,
        said=kind.describe(answer),
        people=len(agreeing),
        when=item.decided_at or labels[-1].ts,
        twin=score > TWIN,
        golden=False,
    )


def _personal(item_type: ItemType) -> tuple[str, ...]:
    """Return the paths of personal fields: nobody needs those of others to judge the item in hand."""
    found = personal.rights(item_type)
    return tuple(found.personal_fields) if found else ()


def _hides(item_type: ItemType, field: str) -> bool:
    return any(path.split(".")[:2] == ["payload", field] for path in _personal(item_type))


def _image(payload: dict[str, Any], item_type: ItemType) -> Image | None:
    """Return the image, unless it is hidden, or one that may harm, or too large to be sent along."""
    source = payload.get("image") or ""
    covered = item_type.cover != ItemType.Cover.NOTHING
    too_large = source.startswith("data:") and len(source) > SMALL
    return None if covered or too_large or source == HIDDEN else parts({"image": source}).image
