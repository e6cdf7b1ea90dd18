"""Whatever people do, in whatever order: the book, the seats, the labels and the messages stay consistent.

A stateful test drives the verbs against PostgreSQL and looks at everything that is stored after each step.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from audit.models import AuditEvent
from labeling.answering import correcting, review
from labeling.answering.review import Answer
from labeling.models import AnnotatorSkill, Label, Review
from labeling.people.questions import questions
from labeling.quality import checking, seconds
from routing import another, assignments, overdue, predictor, router
from routing.assignments import Want, count
from routing.errors import (
    AlreadyAnswered,
    ExpertHasBegun,
    InvalidAnswer,
    NoOpinionWanted,
    SeatLost,
    TooLate,
)
from routing.models import DECIDED, EXPERTS, Assignment, Delivery, Item, ItemType, Queue, Reviewer
from routing.standing import pause, resume
from tests import factories

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
A_MOMENT = timedelta(seconds=1)  # what one act takes
PEOPLE = st.sampled_from(["ada", "ben", "eve", "fay"])
TYPES = st.sampled_from(["single", "double", "withheld", "blind", "sure"])
ACTIONS = st.sampled_from(["edit", "approve", "edit", "reject", "escalate"])
HOOK = "https://client.example/hook"
HOOKS = st.sampled_from([HOOK, ""])
LABELS = st.sampled_from(["negative", "positive"])
FIXED = ("policy_id", "label_probability", "audit_draw", "held_out", "payload", "action")
# Where each event may find an item, and where it may leave it; None: where it was.
LEADS = {
    "item.judged": (("pending_ai",), ("approved", "pending_human", "pending_expert")),
    "item.escalated": (("pending_human",), ("pending_expert",)),
    "item.resolved": (("pending_human", "pending_expert"), DECIDED),
    "item.overturned": (DECIDED, DECIDED),
    "item.questioned": (DECIDED, None),
    "item.opinion_asked": (("pending_human", *DECIDED), None),
    "correction.noted": (("approved",), None),
    "correction.ended": (DECIDED, None),
    "item.looked_at": (("pooled", "pending_human", "pending_expert", *DECIDED), None),
    "item.overdue": (("pending_expert", *DECIDED), None),
    "item.recalled": (("pending_expert", *DECIDED), ("pending_human", *DECIDED)),
    "review.corrected": (("pending_human", "pending_expert", *DECIDED), None),
    "review.submitted": (("pooled", "pending_human", "pending_expert", *DECIDED), None),
}
TESTS = ("gold.answered", "flag.looked_at_again", "flag.settled")  # told of seats and flags
reached: Counter[str] = Counter()


def build_world():
    """Store item types of all review plans, and people of all roles."""
    factories.item_type("single", audit_rate=1.0, validated_share=0.5, reuse_corrections=True)
    factories.item_type("double", opinions_wanted=2, audit_rate=0.5, reuse_corrections=True)
    factories.item_type("withheld", reject_means="withhold", opinions_wanted=2)
    factories.item_type("blind", blind_share=1.0, expert=0.6, confirm_classes=True)
    sure = factories.item_type("sure", ask_until_sure=True)
    for name, *groups in (
        ("ada", "reviewers"),
        ("ben", "reviewers"),
        ("eve", "experts"),
        ("fay", "reviewers", "experts"),
    ):
        factories.person(name, *groups)
    factories.person("lead", is_superuser=True)
    known = {"item_type": sure, "method": "one_coin", "votes": 50, "low": 0.8, "high": 1.0}
    for user in User.objects.exclude(username="lead"):
        AnnotatorSkill.objects.create(user=user, accuracy=0.9, gold_answered=20, **known)
    AnnotatorSkill.objects.create(accuracy=0.9, rates={"negative": 0.5, "positive": 0.5}, **known)


class Routing(RuleBasedStateMachine):
    """Several people, several items, one clock."""

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.travel = time_machine.travel(START, tick=False)
        self.clock = self.travel.start()
        self.people = {user.username: user for user in User.objects.all()}
        self.hands: dict[str, int] = {}  # the seat that each person claimed last, held or not
        self.fixed: dict[object, tuple] = {}
        self.posted = 0

    def teardown(self):
        reached.update(AuditEvent.objects.values_list("verb", flat=True))
        by_people = Item.objects.filter(decided_by__startswith="user:")
        reached.update(f"{slug} {end}" for slug, end in by_people.values_list("item_type__slug", "status"))
        self.travel.stop()
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    # -- what happens --

    @initialize()
    def some_are_automated(self):
        for number in range(2):
            self._post("single", 0.99, callback_url=HOOK if number else "")
        for slug in ("withheld", "double"):
            self._post(slug, 0.85, callback_url=HOOK)

    @rule(slug=TYPES, confidence=st.sampled_from([0.85, 0.99, 0.55, 0.3, None]), label=LABELS, hook=HOOKS)
    def submit(self, slug, confidence, label, hook):
        self._post(slug, confidence, label=label, callback_url=hook, pool=confidence is None and not hook)

    @rule(confidence=st.sampled_from([0.3, 0.85, 0.99]))
    def a_model_answers(self, confidence):
        self._post("double", None, callback_url=HOOK)
        before, said = predictor._registered[:], factories.opinion(confidence)
        predictor._registered[:] = [lambda item_type, payloads: [said] * len(payloads)]
        for item_type in ItemType.objects.all():
            router.judge_pending(item_type)
        predictor._registered[:] = before

    @rule(who=PEOPLE)
    def claim(self, who):
        seat = assignments.claim(by=self.people[who])
        if seat:
            assert not Reviewer.objects.filter(user__username=who, paused_at__isnull=False).exists()
            assert (seat.user_id, seat.closed_at) == (self.people[who].pk, None)
            self.hands[who] = seat.pk

    @precondition(lambda self: self.hands)
    @rule(data=st.data(), action=ACTIONS, label=LABELS)
    def answer(self, data, action, label):
        self._answer(data.draw(st.sampled_from(sorted(self.hands))), action, label)

    @rule(who=PEOPLE, action=ACTIONS, label=LABELS)
    def claim_and_answer(self, who, action, label):
        self.claim(who)
        if who in self.hands:
            self._answer(who, action, label)

    @rule(action=st.sampled_from(["edit", "edit", "reject"]), label=LABELS)
    def everybody_answers(self, action, label):
        for who in sorted(self.people.keys() - {"lead"}):
            self.claim_and_answer(who, action, label)

    @precondition(lambda self: self.hands)
    @rule(data=st.data(), action=ACTIONS, label=LABELS, confidence=st.sampled_from([None, 0.4]))
    def correct(self, data, action, label, confidence):
        self._correct(data.draw(st.sampled_from(sorted(self.hands))), action, label, confidence)

    @rule(who=PEOPLE, action=ACTIONS, label=LABELS, then=ACTIONS, other=LABELS)
    def claim_answer_and_correct(self, who, action, label, then, other):
        self.claim_and_answer(who, action, label)
        if who in self.hands:
            self._correct(who, then, other)

    @rule(who=PEOPLE)
    def a_known_question_is_asked(self, who):
        user = self.people[who]
        for made in ItemType.objects.filter(queue__group__user=user):
            for one in questions(made, now=timezone.now()):
                if user.pk not in one.seen:
                    assignments.ask([Want(one.item, "gold", made.queue, meant_for=user.pk)])
                    return

    @rule()
    def doubtful_labels_get_a_second_look(self):
        checking.check(now=timezone.now() + timedelta(hours=1))
        for made in seconds.flagged():
            seconds.ask(made)

    @precondition(lambda self: self.hands)
    @rule(data=st.data(), act=st.sampled_from([assignments.renew, assignments.release]))
    def renew_or_release(self, data, act):
        who = data.draw(st.sampled_from(sorted(self.hands)))
        held = self._holds(who)
        try:
            act(self.hands[who], by=self.people[who])
        except SeatLost:
            assert not held
        else:
            assert held

    @rule()
    def somebody_doubts_what_came_last(self):
        for item in Item.objects.order_by("-id")[:2]:
            try:
                another.request(item.pk, why="A doubt.", by=self.people["lead"])
            except NoOpinionWanted:
                asked = Assignment.objects.open().filter(item=item, purpose__in=["overlap", "expert"])
                assert asked.exists() or item.status in ("pooled", "pending_ai")

    @rule(minutes=st.sampled_from([9, 11, 25 * 60]))
    def time_passes(self, minutes):
        self.clock.shift(timedelta(minutes=minutes))
        overdue.escalate(most=100)

    @rule()
    def ben_is_paused_or_resumed_and_paused_queues_give_nothing(self):
        limits, _ = Reviewer.objects.get_or_create(user=self.people["ben"])
        change = resume if limits.paused_at else pause
        change(limits, why="for a test", by=self.people["lead"])
        Queue.objects.update(paused_at=timezone.now())
        assert assignments.claim(by=self.people["ada"]) is None
        Queue.objects.update(paused_at=None)

    # -- what must hold --

    @invariant()
    def all_that_is_stored_fits_together(self):
        items, seats = list(Item.objects.all()), list(Assignment.objects.all())
        events = list(AuditEvent.objects.filter(subject_type="routing.item").order_by("id"))
        self._items_are_what_their_status_says(items)
        self._whatever_waits_has_a_seat_and_nobody_has_two(items, seats)
        self._every_answer_has_one_review_and_at_most_one_label(seats)
        self._what_was_drawn_for_a_check_has_its_seat_and_nothing_else_has(items, seats)
        self._what_people_decided_is_what_one_of_them_said(items)
        self._whatever_is_free_is_offered_to_somebody(seats)
        self._the_trail_tells_a_legal_path_to_where_each_item_is(items, events)
        self._clients_are_owed_one_message_for_each_decision(items, events)

    def _items_are_what_their_status_says(self, items):
        for item in items:
            assert (item.status in DECIDED) == (item.decided_at is not None) == (item.decided_by is not None)
            assert (item.label is not None) == (item.status == "approved")
            if item.policy_id:
                judged_by = {name: said for name, said in item.signals.items() if name != "consensus"}
                now = (judged_by, *(getattr(item, name) for name in FIXED))
                assert self.fixed.setdefault(item.pk, now) == now

    def _whatever_waits_has_a_seat_and_nobody_has_two(self, items, seats):
        open_seats = Counter((seat.item_id, seat.purpose) for seat in seats if seat.closed_at is None)
        taken = Counter((seat.item_id, seat.user_id) for seat in seats if seat.user_id)
        assert set(taken.values()) <= {1}
        assert all((seat.closed_at is None) == (seat.outcome is None) for seat in seats)
        for item in items:
            looks = open_seats[item.pk, "review"] + open_seats[item.pk, "overlap"]
            asked_again = open_seats[item.pk, "overlap"] == looks and item.status in DECIDED
            assert (looks > 0) == (item.status == "pending_human") or asked_again
            assert item.status != "pending_expert" or open_seats[item.pk, "expert"] == 1

    def _every_answer_has_one_review_and_at_most_one_label(self, seats):
        acted = sorted(seat.pk for seat in seats if seat.outcome in ("answered", "escalated"))
        reviews = list(Review.objects.all())
        assert acted == sorted(one.assignment_id for one in reviews)
        said = sorted(one.pk for one in reviews if one.action in ("approve", "edit"))
        in_force = Label.objects.filter(superseded_at__isnull=True)
        assert sorted(in_force.values_list("review_id", flat=True)) == said

    def _what_was_drawn_for_a_check_has_its_seat_and_nothing_else_has(self, items, seats):
        checked = sorted(seat.item_id for seat in seats if seat.purpose == "audit")
        automated = [item for item in items if item.action == "auto_approve"]
        assert checked == sorted(one.pk for one in automated if one.audit_draw < one.label_probability)

    def _what_people_decided_is_what_one_of_them_said(self, items):
        said = {(one.item_id, one.label) for one in Label.objects.all()}
        for item in items:
            if item.decided_at and item.decided_by == "system:router":
                judged = item.predictions.get(rank=0).label
                corrected = item.signals.get("corrected")
                assert item.label == (corrected["label"] if corrected else judged)
                assert corrected is None or item.label in [label for _, label in said]
            elif item.label is not None:
                assert (item.pk, item.label) in said

    def _whatever_is_free_is_offered_to_somebody(self, seats):
        now = timezone.now()
        free = [s for s in seats if s.closed_at is None and (not s.leased_until or s.leased_until <= now)]
        offered = [count(by=user, limit=1_000) for user in self.people.values() if user.username != "lead"]
        fresh = {s.queue_id for s in free if not any(t.item_id == s.item_id and t.user_id for t in seats)}
        assert fresh <= {queue for one in offered for queue, (many, _) in one.items() if many}

    def _the_trail_tells_a_legal_path_to_where_each_item_is(self, items, events):
        told: dict[str, str] = {}
        for event in events:
            where = told.get(event.subject_id)
            if event.verb == "item.submitted":
                assert where is None
                told[event.subject_id] = event.data["status"]
                continue
            sources, targets = LEADS[event.verb]
            assert where in sources
            if targets is None:
                continue
            after = event.data.get("status") or event.data.get("after")
            after = after["status"] if isinstance(after, dict) else after
            assert after in targets
            told[event.subject_id] = after
        assert told == {str(item.pk): item.status for item in items}

    def _clients_are_owed_one_message_for_each_decision(self, items, events):
        overturned = Counter(event.subject_id for event in events if event.verb == "item.overturned")
        wanted: Counter[tuple] = Counter()
        for item in items:
            if item.callback_url:
                wanted[item.pk, "item.decided"] = int(item.decided_at is not None)
                wanted[item.pk, "item.overturned"] = overturned[str(item.pk)]
        assert Counter(Delivery.objects.values_list("item_id", "event")) == +wanted

    # -- helpers --

    def _post(self, slug, confidence, **fields):
        self.posted += 1
        factories.submit(confidence, to=slug, ref=f"r{self.posted}", **fields)

    def _holds(self, who):
        mine = Assignment.objects.held_by(self.people[who], timezone.now())
        return mine.filter(pk=self.hands[who]).exists()

    def _answer(self, who, action, label):
        self.clock.shift(A_MOMENT)
        seat, held = assignments.with_item().get(pk=self.hands[who]), self._holds(who)
        mine = seat.closed_at is not None and seat.user_id == self.people[who].pk
        try:
            # Nobody reads as fast as every second of them says: these are looked at again.
            said = Answer(action, label, time_spent_ms=seat.pk % 2 * 60_000)
            review.submit(seat.pk, said, by=self.people[who])
        except SeatLost:
            assert not held
        except AlreadyAnswered:
            assert mine
        except InvalidAnswer:
            refused = {"escalate": seat.purpose in EXPERTS, "approve": seat.blind or not seat.suggestion}
            assert refused[action]
        else:
            assert held or mine

    def _correct(self, who, action, label, confidence=None):
        self.clock.shift(A_MOMENT)
        seat = assignments.with_item().get(pk=self.hands[who])
        before = list(Review.objects.filter(assignment=seat).values())
        try:
            correcting.correct(seat.pk, Answer(action, label, confidence=confidence), by=self.people[who])
        except (TooLate, ExpertHasBegun):
            assert list(Review.objects.filter(assignment=seat).values()) == before
        except InvalidAnswer:
            refused = {"escalate": seat.purpose in EXPERTS, "approve": seat.blind or not seat.suggestion}
            assert refused[action]
        else:
            assert Review.objects.get(assignment=seat).user == self.people[who]


def an_ordinary_week(machine):
    """Yield after each of some steps that together reach every way an item can take."""
    yield machine.some_are_automated()
    for action, label in (("edit", "negative"), ("edit", "positive"), ("reject", "negative")):
        for confidence in (0.99, 0.85):
            for slug in ("single", "double", "withheld", "blind", "sure"):
                yield machine.submit(slug, confidence, "positive", HOOK)
        yield machine.somebody_doubts_what_came_last()
        for _ in range(6):
            yield machine.everybody_answers(action, label)
    yield machine.submit("double", 0.85, "positive", HOOK)
    yield machine.claim_and_answer("ada", "edit", "negative")
    yield machine.claim_and_answer("ben", "edit", "positive")
    for confidence in (0.3, 0.85, 0.99):
        yield machine.a_model_answers(confidence)
    for then in ("edit", "reject", "edit"):
        yield machine.submit("single", 0.85, "positive", HOOK)
        yield machine.claim_answer_and_correct("ada", "reject", "positive", then, "negative")
    for who in ("ada", "ben", "fay"):
        yield machine.a_known_question_is_asked(who)
    yield machine.everybody_answers("edit", "negative")
    yield machine.doubtful_labels_get_a_second_look()
    yield machine.claim("ada")
    for _ in range(2):
        yield machine.time_passes(25 * 60)
    for _ in range(4):
        yield machine.everybody_answers("edit", "negative")


@pytest.mark.slow
@pytest.mark.django_db
def test_whatever_people_do_in_whatever_order_all_that_is_stored_stays_consistent():
    build_world()
    reached.clear()
    machine = Routing()
    for _ in an_ordinary_week(machine):
        machine.all_that_is_stored_fits_together()
    machine.teardown()
    assert set(reached) >= {*LEADS, *TESTS, "single approved", "double approved", "withheld rejected"}
    run_state_machine_as_test(
        Routing,
        settings=settings(
            max_examples=14,
            stateful_step_count=25,
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
