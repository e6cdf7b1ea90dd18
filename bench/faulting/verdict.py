"""Whether the database holds what was acknowledged, all of it and none of it twice."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from bench.faulting.clients import Journal
from bench.faulting.receiver import Received
from bench.faulting.resting import Mark


@dataclass
class Verdict:
    """What was found: counts, and each thing lost or doubled in words."""

    posts: int = 0
    answers: int = 0
    messages: int = 0
    repeated: int = 0  # messages that came more than once, under one id
    trainings: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    book: str = ""

    @property
    def well(self) -> bool:
        """Whether nothing was lost, nothing doubled, and the book is intact."""
        return not self.lost and not self.doubled and self.book == "intact"


def compare(journal: Journal, got: list[Received], begun: Mark) -> Verdict:
    """Return what comparing journal, receiver and database gives; call it once all is quiet.

    Counted is what came since `begun`; looked for losses and doubles is in all there is.
    """
    new = Counter(one.id for one in got if one.at >= begun.at)
    found = Verdict(len(journal.posts), len(journal.answers), len(new))
    found.repeated = sum(times - 1 for times in new.values())
    _items(journal, found)
    _answers(journal, found)
    _seats(journal, found)
    _messages(got, found)
    _trainings(found, begun)
    _book(found)
    return found


def _items(journal: Journal, found: Verdict) -> None:
    from audit.models import AuditEvent
    from routing.models import Item

    rows = Item.objects.filter(item_type__slug="faults").values_list("item_ref", "pk")
    stored = dict(rows)
    found.doubled += [f"item {ref}" for ref, n in Counter(ref for ref, _ in rows).items() if n > 1]
    for ref, (identity, *_) in journal.posts.items():
        if str(stored.get(ref)) != identity:
            found.lost.append(f"item {ref}")
    told = Counter(AuditEvent.objects.filter(verb="item.submitted").values_list("subject_id", flat=True))
    found.doubled += [f"event of item {one}" for one, times in told.items() if times > 1]
    found.lost += [f"event of item {one}" for one in map(str, stored.values()) if one not in told]


def _answers(journal: Journal, found: Verdict) -> None:
    from labeling.models import Label, Review
    from routing import names

    rows = Review.objects.select_related("user", "assignment")
    stored = {row.assignment_id: row for row in rows}
    for (seat, who), (label, *_) in journal.answers.items():
        row = stored.get(names.seat_of(seat))
        if row is None or (row.user.username, row.label) != (who, label):
            found.lost.append(f"answer at seat {names.seat_of(seat)}")
    labels = Counter(Label.objects.filter(review__isnull=False).values_list("review", flat=True))
    found.doubled += [f"label of review {one}" for one, times in labels.items() if times > 1]
    given = [row.pk for row in stored.values() if row.label is not None]
    found.lost += [f"label of review {one}" for one in given if one not in labels]
    told = _told("review.submitted", "assignment")
    found.lost += [f"event of answer at seat {one}" for one in stored if not told[one]]
    found.doubled += [f"event of answer at seat {one}" for one, times in told.items() if times > 1]
    answered = Counter((row.user_id, row.item_id) for row in stored.values())
    found.doubled += [f"answers of one person at item {one[1]}" for one, n in answered.items() if n > 1]


def _seats(journal: Journal, found: Verdict) -> None:
    """Look at seats: each belongs to whom it was given last, and to another only after its lease."""
    from routing import names
    from routing.models import Assignment

    held = dict(Assignment.objects.values_list("pk", "user__username"))
    lapsed = _told("item.looked_at", "assignment")
    given: dict[int, set[str]] = {}
    for name, who, *_ in journal.claims:
        given.setdefault(names.seat_of(name), set()).add(who)
    for seat, people in given.items():
        if lapsed[seat]:
            continue
        if len(people) > 1:
            found.doubled.append(f"seat {seat}, given to {' and '.join(sorted(people))}")
        if held.get(seat) not in people:
            found.lost.append(f"seat {seat} of {' and '.join(sorted(people))}")


def _told(verb: str, field: str) -> Counter:
    """Return how often the book holds this event, by a field of what it tells."""
    from audit.models import AuditEvent

    bodies = AuditEvent.objects.filter(verb=verb).values_list("body", flat=True)
    return Counter(json.loads(body)[field] for body in bodies)


def _messages(got: list[Received], found: Verdict) -> None:
    from django.db.models import Exists, OuterRef

    from routing.models import Delivery, Item

    came = {one.id for one in got}
    meant: dict[tuple[str, str], str] = {}
    for one in got:
        if meant.setdefault((one.item, one.event), one.id) != one.id:
            found.doubled.append(f"message {one.event} of item {one.item} under two ids")
        if not one.signed:
            found.lost.append(f"signature of message {one.id}")
    owed = Delivery.objects.filter(item=OuterRef("pk"), event="item.decided")
    decided = Item.objects.filter(decided_at__isnull=False).exclude(callback_url="")
    found.lost += [f"message about item {one.pk}" for one in decided.exclude(Exists(owed))]
    rows = list(Delivery.objects.all())
    owing = Counter((row.item_id, row.event) for row in rows)
    found.doubled += [f"message {event} of item {item}" for (item, event), n in owing.items() if n > 1]
    for row in rows:
        if row.delivered_at is None or str(row.pk) not in came:
            found.lost.append(f"message {row.pk}: {row.last_answer or 'never sent'}")


def _trainings(found: Verdict, begun: Mark) -> None:
    from learning.models import ModelVersion, TrainingRun

    runs = TrainingRun.objects.all()
    done = runs.filter(status="done")
    found.trainings = done.filter(pk__gt=begun.run).count()
    unended = runs.filter(status="running").count()
    if unended:
        found.lost.append(f"the end of {unended} training runs")
    made = ModelVersion.objects.filter(run__status="done").count()
    if made != done.count():
        found.lost.append(f"models of {done.count() - made} finished runs")


def _book(found: Verdict) -> None:
    from audit import trail
    from audit.models import AuditEvent

    while trail.seal():
        pass
    verdict: Any = trail.verify()
    found.book = "intact" if verdict.intact else f"broken at {verdict.first_broken}"
    if verdict.events != AuditEvent.objects.count():
        found.book = f"{AuditEvent.objects.count() - verdict.events} events not verified"
