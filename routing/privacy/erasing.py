"""Erase items: one by name, all that are about a person, or those too old; some hundred a transaction.

An erasure is a row of its own: whoever works on it takes the next items, so that a killed worker loses
nothing and two never do the same. Of an item stay its id and reference, its route, who decided what and when,
and every event of its life; what these tell in confidence is lost with the item's secret.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from time import monotonic

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from audit import bulk, trail
from audit.bundles import keeping
from audit.trail import Actor, Entry, actor_name
from routing import assignments, telling
from routing.models import OPEN, Assignment, Erasure, Item, Purpose, Status
from routing.privacy import copies, forgetting, holds, own, people
from routing.privacy.holds import LegallyHeld

BATCH = 500  # items a transaction
AT_ONCE = 2.0  # seconds that whoever asks waits for; the rest is left to a worker
UNDECIDED = "erased before it was decided"


@transaction.atomic  # a worker must not take it over: whoever asks is told that it is done
def of_item(item: Item, *, why: str, by: Actor) -> Erasure:
    """Erase one item and return the erasure, which has ended; raises LegallyHeld, naming the holds."""
    if found := holds.on(item):
        raise LegallyHeld("; ".join(f"Hold {one.pk} by {one.placed_by}: {one.why}" for one in found))
    erasure = begin(Erasure(item=item, why=why), by=by)
    work_on(erasure.pk)
    erasure.refresh_from_db()
    return erasure


def of_person(person: str, *, why: str, by: Actor) -> Erasure:
    """Erase what is about a person, as far as it can be done while one waits; a worker does the rest.

    What a legal hold keeps stays and is counted. The name is kept until the end, and its fingerprint after.
    """
    erasure = begin(Erasure(about=people.fingerprint(person), person=person, why=why), by=by)
    work_on(erasure.pk, seconds=AT_ONCE)
    erasure.refresh_from_db()
    return erasure


@transaction.atomic
def begin(erasure: Erasure, *, by: Actor) -> Erasure:
    """Store an erasure for whoever works on it."""
    erasure.asked_by = actor_name(by)
    erasure.save(force_insert=True)
    trail.record_all([Entry("erasure.asked", erasure, what(erasure) | {"why": erasure.why})], by=by)
    return erasure


def what(erasure: Erasure) -> dict[str, str]:
    """Return what an erasure is of, as the trail names it."""
    if erasure.item_id:
        return {"item": str(erasure.item_id)}
    if erasure.item_type_id:
        return {"item_type": erasure.item_type.slug, "before": erasure.before.isoformat()}
    return {"person": erasure.about}


def wanted(erasure: Erasure) -> QuerySet[Item]:
    """Return the items of an erasure that are not erased, those that a hold keeps among them."""
    items = Item.objects.filter(erased_at__isnull=True)
    if erasure.item_id:
        return items.filter(pk=erasure.item_id)
    if erasure.item_type_id:
        return too_old(items.filter(item_type=erasure.item_type_id), erasure.before)
    return items.filter(about=erasure.person).exclude(about="") if erasure.person else items.none()


def too_old(items: QuerySet[Item], before: datetime) -> QuerySet[Item]:
    """Return those decided before a time and not erased, which nobody is asked about any more."""
    asked = Assignment.objects.open().exclude(purpose__in=[Purpose.GOLD, Purpose.AUDIT, Purpose.LEARN])
    return items.filter(decided_at__lt=before, erased_at__isnull=True).exclude(
        pk__in=asked.filter(item__decided_at__lt=before).values("item")
    )


def work_on(erasure_id: int, *, seconds: float = 240.0) -> int:
    """Erase batch after batch for so long, or until nothing is left; return how many items were erased."""
    end, done = monotonic() + seconds, 0
    while (erased := _step(erasure_id)) is not None:
        done += erased
        if erased == BATCH and monotonic() > end:  # after a smaller one nothing is left but to end it
            break
    return done


@transaction.atomic
def _step(erasure_id: int) -> int | None:
    """Erase one batch; None once the erasure has ended, or where somebody else works on it."""
    running = Erasure.objects.filter(pk=erasure_id, ended_at__isnull=True)
    erasure = running.select_for_update(skip_locked=True, of=("self",)).first()
    if erasure is None:
        return None
    holds.one_at_a_time()
    now = timezone.now()
    free = wanted(erasure).exclude(holds.held())
    locked = free.select_related("item_type", "policy").select_for_update(of=("self",))
    by_type: dict[int, list[Item]] = {}
    for item in locked.order_by("pk")[:BATCH]:
        by_type.setdefault(item.item_type_id, []).append(item)
    if not by_type:
        _end(erasure, now)
        return None
    learnt, left = Counter(erasure.learnt), erasure.copies
    for items in by_type.values():
        left = copies.merged(left, copies.of(items))
        learnt.update(erase(items, erasure, now))
    gone = [trail.subject_name(item) for items in by_type.values() for item in items]
    keeping.remove_opened(f"opens what erasure {erasure.pk} erased", gone, by=erasure.asked_by)
    count = sum(map(len, by_type.values()))
    changes = {"erased": F("erased") + count, "learnt": dict(learnt), "copies": left}
    Erasure.objects.filter(pk=erasure.pk).update(**changes)
    return count


def erase(items: Sequence[Item], erasure: Erasure, now: datetime) -> Counter[str]:
    """Erase locked items of one type; return which models had learnt from them. Bounded statements."""
    ids, by = [item.pk for item in items], erasure.asked_by
    _close([item for item in items if item.status in OPEN], erasure, now=now)
    assignments.withdraw(ids, list(Purpose), now=now)
    learnt = _forget(items, now)
    told = [
        Entry("item.erased", item, _named(item) | {"erasure": erasure.pk, "why": erasure.why})
        for item in items
    ]
    changes = {"payload": {}, "context": {}, "callback_url": "", "about": "", "secret": None}
    if forgetting.worded(items):
        for item in items:
            for name, value in own.scrubbed(item).items():
                setattr(item, name, value)
        changes["label"] = None
    Item.objects.filter(pk__in=ids).update(**changes, erased_at=now)
    if forgetting.worded(items):
        bulk.update(items, ["reasons", "signals"])
    trail.record_all(told, by=by)
    return learnt


def _forget(items: Sequence[Item], now: datetime) -> Counter[str]:
    """Take away what routing and all rooms keep of these items; return which models had learnt from them."""
    return forgetting.forget(items, now) + Counter(own.forget(items, now))


def _named(item: Item) -> dict[str, object]:
    return {
        "item_type": item.item_type.slug,
        "item_ref": item.item_ref,
        "content": telling.content(item),
        "status": item.status,
    }


def _close(items: Sequence[Item], erasure: Erasure, *, now: datetime) -> None:
    """Nothing is left to judge: what was not decided is closed without an answer."""
    if not items:
        return
    by = erasure.asked_by
    told = [
        telling.entry(
            "item.resolved",
            item,
            {"policy": item.policy.number if item.policy else None, "before": item.status}
            | {"after": Status.REJECTED, "label": None, "why": UNDECIDED, "erasure": erasure.pk},
        )
        for item in items
    ]
    Item.objects.filter(pk__in=[item.pk for item in items]).update(
        status=Status.REJECTED, decided_at=now, decided_by=by
    )
    for item in items:
        item.status, item.decided_at, item.decided_by = Status.REJECTED, now, by
    trail.record_all(told, by=by)


def _end(erasure: Erasure, now: datetime) -> None:
    erasure.kept = wanted(erasure).filter(holds.held()).count()
    if erasure.person:
        holds.forget_person(erasure.person)
    erasure.person, erasure.ended_at = "", now
    erasure.save(update_fields=["kept", "person", "ended_at"])
    told = {"erased": erasure.erased, "kept": erasure.kept, "models": erasure.learnt}
    trail.record_all([Entry("erasure.ended", erasure, what(erasure) | told)], by=erasure.asked_by)


def running() -> QuerySet[Erasure]:
    """Return the erasures that have not ended, oldest first."""
    return Erasure.objects.filter(ended_at__isnull=True).order_by("pk")
