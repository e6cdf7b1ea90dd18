"""People who are proven to fail known questions: paused, and leads are told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django_q.tasks import async_task

from labeling.people import telling
from routing import standing
from routing.certify.edetector import Detector, watch
from routing.models import ItemType, Reviewer

JUDGE = "system:judge"
LATELY = timedelta(hours=1)  # whose latest known question was answered within it is judged anew
NEWEST = 500  # of each person's answers to known questions
LEAST = 1e-3  # the detector needs an error rate that is allowed, and one that is not

# Each person who has answered a known question of late, with all their results since they were last let go
# on, newest first.
RESULTS = """
WITH lately AS (
    SELECT DISTINCT a.user_id FROM routing_assignment a
    WHERE a.queue_id = %(queue)s AND a.closed_at > %(lately)s AND a.item_type_id = %(item_type)s
      AND a.purpose = 'gold' AND a.user_id IS NOT NULL
)
SELECT lately.user_id, ARRAY(
    SELECT r.right FROM routing_assignment a JOIN labeling_review r ON r.assignment_id = a.id
    WHERE a.item_type_id = %(item_type)s AND a.purpose = 'gold' AND a.user_id = lately.user_id
      AND r.right IS NOT NULL AND (v.resumed_at IS NULL OR a.closed_at > v.resumed_at)
    ORDER BY a.closed_at DESC LIMIT %(newest)s
)
FROM lately LEFT JOIN routing_reviewer v ON v.user_id = lately.user_id
WHERE v.paused_at IS NULL ORDER BY lately.user_id
"""


def fails(right: Iterable[bool], least: float) -> bool:
    """Return whether answers, oldest first, prove that somebody is right less often than `least`.

    By the e-detector of `routing.certify`: somebody who is right so often gives a thousand answers on average
    until they are suspected wrongly.
    """
    alpha = min(max(1 - least, LEAST), 1 - LEAST)
    return watch(Detector(alpha), (float(not one) for one in right)).alarmed_at is not None


def judge(item_type: ItemType, *, now: datetime | None = None) -> list[Reviewer]:
    """Pause everybody who is proven to fail this item type's known questions, and return them.

    Answers from before a lead let somebody go on are forgiven. Leads who have an address get an e-mail.
    """
    if not item_type.pause_below:
        return []
    now = now or timezone.now()
    asked = {
        "queue": item_type.queue_id,
        "item_type": item_type.pk,
        "lately": now - LATELY,
        "newest": NEWEST,
    }
    with connection.cursor() as cursor:
        cursor.execute(RESULTS, asked)
        results = cursor.fetchall()
    failed = {user: right for user, right in results if fails(reversed(right), item_type.pause_below)}
    found = [_pause(item_type, user, sum(right), len(right)) for user, right in failed.items()]
    return [limits for limits in found if limits]


@transaction.atomic
def _pause(item_type: ItemType, user: int, right: int, asked: int) -> Reviewer | None:
    why = f"{right} of {asked} questions with a known answer were right at {item_type}"
    limits = _limits(user)
    if not standing.pause(limits, why=why, by=JUDGE, item_type=item_type):
        return None
    async_task("labeling.tasks.tell_leads", limits.pk)
    return limits


def _limits(user: int) -> Reviewer:
    """Return the person's limits; who had none keeps all skills that are asked for."""
    found = Reviewer.objects.select_related("user").filter(user=user).first()
    if found:
        return found
    asked = ItemType.objects.exclude(skill="").order_by("skill").values_list("skill", flat=True).distinct()
    made, _ = Reviewer.objects.get_or_create(user_id=user, defaults={"skills": list(asked)})
    return made


def tell_leads(limits: Reviewer) -> int:
    """Send an e-mail that this person is paused, and at which item type, to the leads; return how many."""
    if limits.paused_for is None:  # a lead has let them go on meanwhile
        return 0
    return telling.leads(
        f"HITL: {limits.user} is paused",
        f"{limits.user} is given nothing until a lead lets them go on: {limits.paused_because}.\n\n"
        "Their limits are in the admin under Reviewers, their answers on the page People of the item type. "
        "Speak with them before they go on.\n",
        about=limits.paused_for,
    )
