"""Known questions put among people's ordinary looks, as many as each has earned and none to be told apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from audit import trail
from labeling.consensus import annotators
from labeling.models import AnnotatorSkill
from labeling.people.questions import Question, can_ask, questions
from routing import assignments
from routing.alone import alone
from routing.assignments import Want
from routing.draws import draw
from routing.models import Assignment, ItemType, Priority, Purpose

PLANTER = "system:planter"
LOCK = 0x676F6C64  # this and the item type's id: one at a time plants its known questions
WINDOW = timedelta(days=30)  # over which each person's share is kept
NEWEST = 1_000  # a person's latest looks within it, of all types: more is not counted
AT_WORK = timedelta(hours=1)  # who has answered within it is at work
GONE = timedelta(hours=24)  # who has not answered within it loses the questions that wait for them
MOMENT = timedelta(seconds=20)  # by less than it a question seems older than what it stands before
LOOKED_AT = 20  # seats at the front of a queue among which an ordinary one is looked for
ORDINARY = (Purpose.REVIEW, Purpose.OVERLAP)
COUNTED = (Purpose.REVIEW, Purpose.OVERLAP, Purpose.LEARN, Purpose.SECOND, Purpose.GOLD)

# Each person at work, with their latest looks at items of this type, and how many of these were questions.
LOOKS = """
WITH working AS (
    SELECT DISTINCT a.user_id FROM routing_assignment a
    WHERE a.queue_id = %(queue)s AND a.closed_at > %(at_work)s AND a.item_type_id = %(item_type)s
      AND a.user_id IS NOT NULL
)
SELECT working.user_id, count(*), count(*) FILTER (WHERE latest.purpose = 'gold')
FROM working CROSS JOIN LATERAL (
    SELECT a.purpose, a.item_type_id FROM routing_assignment a
    WHERE a.user_id = working.user_id AND a.closed_at > %(since)s
    ORDER BY a.closed_at DESC LIMIT %(newest)s
) latest
WHERE latest.item_type_id = %(item_type)s AND latest.purpose = ANY(%(counted)s)
GROUP BY working.user_id ORDER BY working.user_id
"""


@dataclass(frozen=True)
class Owed:
    """A person who is to get a known question, and which of theirs it is."""

    user: int
    number: int


@transaction.atomic
def plant(item_type: ItemType, *, now: datetime | None = None) -> list[Assignment]:
    """Open one seat at a known question for each person at work who is owed one, and return them.

    Nobody has more than one waiting, nor more than the item type's `gold_share` of their looks of the last 30
    days (two fifths of it once their accuracy is known to 5 points). Safe to run twice at once: the second
    plants nothing.
    """
    now = now or timezone.now()
    if not item_type.gold_share or not can_ask(item_type) or not alone(LOCK, item_type.pk):
        return []
    owed = _owed(item_type, now)
    known = questions(item_type, now=now) if owed else []
    people = User.objects.in_bulk([one.user for one in owed]) if known else {}
    found = [_place(item_type, known, people[one.user], one.number, now) for one in owed if known]
    planted = [each for each in found if each]
    _tell(planted, people)
    return [seat for seat, _ in planted]


def _owed(item_type: ItemType, now: datetime) -> list[Owed]:
    """Return who is at work, has earned another known question and has none waiting."""
    asked = {
        "queue": item_type.queue_id,
        "item_type": item_type.pk,
        "at_work": now - AT_WORK,
        "since": now - WINDOW,
        "newest": NEWEST,
        "counted": list(COUNTED),
    }
    with connection.cursor() as cursor:
        cursor.execute(LOOKS, asked)
        looks = cursor.fetchall()
    waiting = Assignment.objects.open().filter(item_type=item_type, purpose=Purpose.GOLD)
    busy = set(waiting.values_list("meant_for", flat=True)) if looks else set()
    shares = _shares(item_type, [user for user, *_ in looks])
    # A share such as 0.07 of 100 must not become 6 by the last bit of a product.
    return [
        Owed(user, answered)
        for user, count, answered in looks
        if user not in busy and int(count * shares.get(user, item_type.gold_share) + 1e-9) > answered
    ]


def _shares(item_type: ItemType, users: Sequence[int]) -> dict[int, float]:
    """Return which share of their looks is to be known questions, for each person who has answered some."""
    rows = AnnotatorSkill.objects.filter(item_type=item_type, user__in=users, gold_answered__gt=0)
    found = list(rows.values_list("user", "gold_right", "gold_answered"))
    return {
        user: annotators.gold_rate(item_type.gold_share, low, high)
        for user, right, answered in found
        for _, low, high in [annotators.interval(right, answered)]
    }


def _place(
    item_type: ItemType, known: Iterable[Question], person: User, number: int, now: datetime
) -> tuple[Assignment, Question] | None:
    """Open a seat for one person that looks like the one they would be given next; None: nothing fits."""
    front = _front(item_type, person, now)
    near = next((seat for seat in front if seat.purpose in ORDINARY), None)
    if front and near is None:
        return None  # among checks alone an ordinary look would stand out
    parts = (item_type.slug, str(person.pk), str(number))
    # Drawn anew each hour: where nothing fits that is not blind, blind ones must not wait for it.
    blind = draw(settings.HITL_DRAW_KEY, "gold", *parts, f"{now:%Y%m%d%H}") < item_type.blind_share
    fitting = [one for one in known if person.pk not in one.seen and (blind or _looks_usual(one, near))]
    if not fitting:
        return None
    priority = near.priority if near else Priority.NORMAL
    question = min(
        fitting,
        key=lambda one: (
            one.item.priority != priority,
            near is not None and one.item.policy_id != near.item.policy_id,  # reasons tell its thresholds
            one.used,
            draw(settings.HITL_DRAW_KEY, "question", *parts, one.item.item_ref),
        ),
    )
    want = Want(
        question.item,
        Purpose.GOLD,
        item_type.queue,
        priority,
        utility=near.utility + 1 if near else 1.0,
        blind=blind,
        meant_for=person.pk,
        waited=_waited(front, near, parts, now) if near else timedelta(),
    )
    (seat,) = assignments.ask([want], now=now)
    return seat, question


def _front(item_type: ItemType, person: User, now: datetime) -> list[Assignment]:
    """Return the seats that this person would be given next."""
    place = {"queue": item_type.queue.slug, "item_type": item_type.slug}
    return assignments.front(**place, limit=LOOKED_AT, by=person, now=now)


def _waited(front: Sequence[Assignment], near: Assignment, parts: Sequence[str], now: datetime) -> timedelta:
    """Return for how long a question is to have waited that stands before an ordinary seat.

    As long as that where others came at the same time in one batch, else a moment longer, as no two come at
    once; and longer than what is overdue, which is given by age.
    """
    came = near.due_at - timedelta(minutes=near.queue.sla_minutes)
    batch = sum(one.due_at == near.due_at for one in front) > 1
    moment = draw(settings.HITL_DRAW_KEY, "moment", *parts) * MOMENT
    return now - came + (timedelta() if batch and near.due_at > now else moment)


def _looks_usual(question: Question, near: Assignment | None) -> bool:
    """Whether its suggestion and reasons are such as the person sees today: an older model would be told."""
    return question.usual and (near is None or question.item.model == near.item.model)


def _tell(planted: Sequence[tuple[Assignment, Question]], people: Mapping[int, User]) -> None:
    # Told of the seat, not of the item: whoever reads an item's trail must not see that it is asked now.
    entries = [
        trail.Entry(
            "gold.planted",
            seat,
            {
                "item": str(seat.item_id),
                "person": people[seat.meant_for_id].get_username(),
                "known": question.known,
                "used": question.used,
            },
        )
        for seat, question in planted
    ]
    trail.record_all(entries, by=PLANTER)


def clear(item_type: ItemType, *, now: datetime | None = None) -> int:
    """Withdraw the known questions that wait for people who are not at work; return how many there were."""
    now = now or timezone.now()
    answered = Assignment.objects.filter(user=OuterRef("meant_for"), closed_at__gt=now - GONE)
    waiting = Assignment.objects.open().filter(item_type=item_type, purpose=Purpose.GOLD)
    return assignments.call_off(waiting.exclude(leased_until__gt=now).filter(~Exists(answered)), now=now)
