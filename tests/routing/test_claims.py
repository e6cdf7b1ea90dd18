"""In any small world a claim gives what a search by hand would give."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing import assignments, offers
from routing.models import Assignment, Queue
from tests import database, factories

pytestmark = pytest.mark.django_db

NOW = timezone.now()
MINUTE = timedelta(minutes=1)
QUEUES = {"one": "reviewers", "two": "reviewers", "three": "experts"}
TYPES = {"plain": "", "law": "law", "tax": "tax"}
LEASES = {"held": 5 * MINUTE, "ran out": -MINUTE, "ends now": 0 * MINUTE, "answered": -MINUTE}
STATES = ["free", "free", "free", "withdrawn", *LEASES]

one_seat = st.tuples(
    st.sampled_from([(slug, number) for slug in TYPES for number in range(2)]),
    st.sampled_from(sorted(QUEUES)),
    st.integers(1, 2),  # priority
    st.sampled_from([0.0, 0.5]),  # utility
    st.integers(-2, 2),  # due in so many minutes
    st.sampled_from(STATES),
    st.sampled_from(["me", "me", "other"]),
)
limits = st.fixed_dictionaries(
    {
        "skills": st.sampled_from([[], ["law"], ["law", "tax"]]),
        "daily_cap": st.sampled_from([None, None, 1, 2]),
        "paused_at": st.sampled_from([None, None, None, NOW]),
    }
)
asked = st.fixed_dictionaries(
    {
        "queue": st.sampled_from([None] * 6 + [*QUEUES]),
        "item_type": st.sampled_from([None] * 6 + [*TYPES]),
        "without": st.sets(st.integers(0, 7), max_size=2),
    }
)


@pytest.fixture
def stage():
    """Queues, types and people, and the items at which seats are put, by type and number."""
    for slug, group in QUEUES.items():
        factories.queue(slug, group)
    for slug, skill in TYPES.items():
        factories.item_type(slug, skill=skill)
    items = {(slug, number): factories.submit(0.85, to=slug) for slug in TYPES for number in range(2)}
    Assignment.objects.all().delete()
    return items, {name: factories.person(name) for name in ("me", "other")}


def put(seats, items, people, patience):
    """Store the seats and return them; a second one of the same person at the same item is left free."""
    made, met = [], set()
    for item, queue, priority, utility, due, state, who in seats:
        holds = state in LEASES and (who, item) not in met
        met |= {(who, item)} if holds else set()
        closed = (
            "withdrawn" if state == "withdrawn" else "answered" if holds and state == "answered" else None
        )
        made.append(
            Assignment.objects.create(
                item=items[item],
                item_type=items[item].item_type,
                queue=Queue.objects.get(slug=queue),
                purpose="review",
                priority=priority,
                utility=utility,
                due_at=NOW + (due + patience) * MINUTE,
                user=people[who] if holds else None,
                claimed_at=NOW - 9 * MINUTE if holds else None,
                leased_until=NOW + LEASES[state] if holds else None,
                closed_at=NOW - MINUTE if closed else None,
                outcome=closed,
            )
        )
    return made


def by_hand(seats, me, groups, paused, limits, asked):
    """Return the seat that this person should be given, by looking at one after the other."""
    mine = [seat for seat in seats if seat.user == me]
    busy = [seat for seat in mine if seat.closed_at or seat.leased_until > NOW]
    if limits and (limits["paused_at"] or (limits["daily_cap"] and len(busy) >= limits["daily_cap"])):
        return None

    def may(seat):
        kind, queue = seat.item_type, seat.queue
        return (
            seat.closed_at is None
            and (seat.leased_until is None or seat.leased_until <= NOW)
            and queue.group.name in groups
            and queue.slug not in paused
            and (not kind.skill or limits is None or kind.skill in limits["skills"])
            and asked["queue"] in (None, queue.slug)
            and asked["item_type"] in (None, kind.slug)
            and seat.pk not in asked["without"]
            and not any(other.item == seat.item and other != seat for other in mine)
        )

    def urgency(seat):
        if seat.due_at <= NOW:
            return (0, seat.due_at.timestamp(), 0, seat.pk)
        return (1, -seat.priority, -seat.utility, seat.pk)

    return min(filter(may, seats), key=urgency, default=None)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seats=st.lists(one_seat, min_size=3, max_size=9),
    groups=st.sampled_from([["reviewers", "experts"]] * 3 + [["reviewers"], ["experts"], []]),
    paused=st.sampled_from([[], [], [], ["one"], ["three"]]),
    limits=st.none() | st.none() | limits,
    asked=asked,
    patience=st.sampled_from([0, 3]),
)
def test_a_claim_gives_what_a_search_by_hand_finds(stage, seats, groups, paused, limits, asked, patience):
    items, people = stage
    me = people["me"]
    with transaction.atomic():
        me.groups.set(Group.objects.filter(name__in=groups))
        Queue.objects.filter(slug__in=paused).update(paused_at=NOW)
        if limits:
            factories.limits(me, **limits)
        made = put(seats, items, people, patience)
        asked = asked | {"without": {made[n].pk for n in asked["without"] if n < len(made)}}
        wanted = by_hand(made, me, groups, paused, limits, asked)
        waits = assignments.waits(**asked, by=me, now=NOW)
        front = assignments.front(**asked, limit=5, by=me, now=NOW)
        given = assignments.claim(**asked, by=me, now=NOW)
        assert (given, waits) == (wanted, wanted is not None)
        assert front[:1] == [given][:waits]
        transaction.set_rollback(True)


def test_a_type_of_which_nothing_waits_costs_a_claim_nothing_where_others_fill_the_queue(rita):
    """The queue's order without the type once drew the planner through all that waits of the other types."""
    database.compact("routing_assignment")
    factories.item_type()
    factories.item_type("quiet")
    seat = Assignment.objects.get(item=factories.submit(0.85))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO routing_assignment (item_id, item_type_id, queue_id, purpose, priority, utility, "
            "blind, inclusion, due_at, created_at) SELECT item_id, item_type_id, queue_id, 'overlap', "
            "priority, utility, blind, inclusion, due_at, created_at FROM routing_assignment, "
            "generate_series(1, 20000) WHERE id = %s",
            [seat.pk],
        )
        cursor.execute("ANALYZE routing_assignment")
        cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + offers.CLAIM, everywhere(rita))
        plan = cursor.fetchone()[0][0]["Plan"]
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 300


def everywhere(person):
    wish = dict.fromkeys(("queue", "item_type", "types"))
    return wish | {"user": person.pk, "now": NOW, "since": NOW, "without": [], "few": 20}
