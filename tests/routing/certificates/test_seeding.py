"""Known errors are hidden among the checks: how many, at which items, and what their answers do."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from labeling.answering import review
from labeling.answering.review import Answer
from labeling.models import GoldenExample, Label
from routing import assignments
from routing.assignments import Want
from routing.certificates import certifying, seeding
from routing.models import Assignment, Item, ItemType
from routing.tasks import plant_seeds
from tests import factories
from tests.statements import counted

pytestmark = pytest.mark.django_db

SHARE = 0.25  # so that four checks ask for one seed


@pytest.fixture
def made():
    return factories.item_type(target_alpha=0.05, seeded_share=SHARE, audit_rate=0.05)


def errors(count, *, by="edgar", purpose="expert", label="negative", **fields):
    """Return items on which the model says positive and a person, who has looked, something else."""
    person = factories.person(f"{by}-{Item.objects.count()}", "reviewers", "experts")
    items = [factories.submit(0.85, **fields) for _ in range(count)]
    for item in items:
        close(item, person, purpose)
    decided = {"label": label, "status": "approved", "decided_at": timezone.now(), "decided_by": f"user:{by}"}
    Item.objects.filter(pk__in=[item.pk for item in items]).update(**decided)
    return items


def close(item, person, purpose):
    """Let the person have answered the item's first open seat, for this purpose."""
    now = timezone.now()
    held = {"user": person, "claimed_at": now, "leased_until": now}
    seat = item.assignments.open().first()
    Assignment.objects.filter(pk=seat.pk).update(closed_at=now, outcome="answered", purpose=purpose, **held)


def checks(made, count):
    """Open that many audits, of items that hardly anything is known of."""
    items = [factories.submit(0.97) for _ in range(count)]
    Item.objects.filter(pk__in=[item.pk for item in items]).update(
        status="approved", label="positive", decided_at=timezone.now(), decided_by="system:router"
    )
    Assignment.objects.filter(item__in=items).delete()
    assignments.ask([Want(item, "audit", made.queue, priority=0, blind=True) for item in items])


def answered(seat, by, action="edit", label=None, **fields):
    """Let this person hold the seat and answer it; return the seat."""
    now = timezone.now()
    Assignment.objects.filter(pk=seat.pk).update(
        user=by, claimed_at=now, leased_until=now + timedelta(minutes=5)
    )
    review.submit(seat.pk, Answer(action, label, **fields), by=by)
    seat.refresh_from_db()
    return seat


@pytest.mark.parametrize(("audits", "planted"), [(0, 0), (3, 0), (4, 1), (11, 2), (12, 3)])
def test_the_share_of_the_checks_is_planted_and_never_more(made, rita, audits, planted):
    errors(5)
    checks(made, audits)
    assert [len(seeding.plant(made)) for _ in range(2)] == [planted, 0]


def test_checks_of_long_ago_ask_for_no_seed(made, rita):
    errors(1)
    checks(made, 4)
    Assignment.objects.filter(purpose="audit").update(created_at=timezone.now() - timedelta(days=31))
    assert seeding.plant(made) == []


@pytest.mark.parametrize("without", [{"target_alpha": None}, {"seeded_share": 0.0}])
def test_without_a_target_or_a_share_nothing_is_planted(made, rita, without):
    errors(1)
    checks(made, 4)
    ItemType.objects.update(**without)
    made.refresh_from_db()
    assert (seeding.plant(made), plant_seeds()) == ([], 0)


def test_a_seed_stands_in_the_queue_like_any_check(made, rita):
    errors(1)
    checks(made, 4)
    seeding.plant(made)
    columns = ("item_type", "queue", "priority", "utility", "blind", "overdue_at", "user", "closed_at")
    seed, audit = (
        Assignment.objects.filter(purpose=purpose).values(*columns).first() for purpose in ("seed", "audit")
    )
    assert seed == audit
    seed, audit = (Assignment.objects.filter(purpose=purpose).first() for purpose in ("seed", "audit"))
    assert seed.due_at - seed.created_at == audit.due_at - audit.created_at


def test_where_the_model_is_right_or_nobody_knows_nothing_is_planted(made, rita):
    errors(2, label="positive")
    checks(made, 8)
    assert seeding.plant(made) == []


def test_an_error_that_a_rule_stops_can_not_be_met_in_a_check(made, rita):
    rule = [{"code": "rule", "text": "always", "data": {"effect": "review", "error": None}}]
    items = errors(1)
    Item.objects.filter(pk=items[0].pk).update(reasons=rule)
    checks(made, 4)
    assert seeding.plant(made) == []


def test_an_item_that_somebody_still_looks_at_is_no_seed(made, rita):
    item = errors(1)[0]
    assignments.ask([Want(item, "expert", made.expert_queue)])
    checks(made, 4)
    assert seeding.plant(made) == []


def test_what_everybody_has_seen_is_not_planted(made):
    errors(1)
    checks(made, 4)
    assert seeding.plant(made) == []


def test_what_is_known_best_comes_first_and_nothing_twice_while_others_are_left(made, rita):
    weak, strong = errors(1, purpose="review")[0], errors(1)[0]
    checks(made, 4)
    order = []
    for _ in range(3):
        (seat,) = seeding.plant(made)
        order.append(seat.item)
        Assignment.objects.filter(purpose="seed").update(
            closed_at=timezone.now(), outcome="withdrawn", created_at=timezone.now() - timedelta(days=40)
        )
    assert order[:2] == [strong, weak]
    assert order[2] in (strong, weak)


@pytest.mark.parametrize(
    ("purposes", "action", "known"),
    [
        (["expert"], "human_review", "expert"),
        (["audit"], "auto_approve", "overturned"),
        (["review", "overlap"], "human_review", "opinions"),
        (["review"], "human_review", "person"),
    ],
)
def test_by_whose_word_an_answer_is_known(made, purposes, action, known):
    item = Item(action=action)
    item.looks = [{"purpose": one, "outcome": "answered", "user": 1} for one in purposes]
    assert seeding._known(item) == known


def test_who_has_seen_the_item_is_not_given_the_seed(made, rita):
    errors(1)
    checks(made, 4)
    (seat,) = seeding.plant(made)
    seen = Assignment.objects.exclude(pk=seat.pk).get(item=seat.item).user
    assignments.withdraw(Assignment.objects.values_list("item", flat=True), ["audit"], now=timezone.now())
    assert (assignments.claim(by=seen), assignments.claim(by=rita).pk) == (None, seat.pk)


@pytest.mark.parametrize(("label", "caught"), [("positive", False), ("negative", True)])
def test_who_repeats_the_models_error_has_overlooked_it(made, rita, label, caught):
    item = errors(1)[0]
    checks(made, 4)
    before = Item.objects.filter(pk=item.pk).values().get()
    seat = answered(seeding.plant(made)[0], rita, label=label)
    assert (seat.caught, certifying.catches(made)) == (caught, (int(caught), 1))
    assert Item.objects.filter(pk=item.pk).values().get() == before
    event = AuditEvent.objects.get(verb="seed.answered")
    assert (event.actor, event.data) == ("user:rita", {"item": str(item.pk), "caught": caught})


@pytest.mark.parametrize("action", ["reject", "escalate"])
def test_who_doubts_has_neither_found_nor_overlooked_it(made, rita, action):
    item = errors(1)[0]
    checks(made, 4)
    seat = answered(seeding.plant(made)[0], rita, action)
    item.refresh_from_db()
    assert (seat.caught, certifying.catches(made)) == (None, (0, 0))
    assert (item.status, item.label, Assignment.objects.open().filter(item=item).count()) == (
        "approved",
        "negative",
        0,
    )


def test_where_the_item_was_decided_anew_as_the_model_says_nothing_is_measured(made, rita):
    item = errors(1)[0]
    checks(made, 4)
    (seat,) = seeding.plant(made)
    Item.objects.filter(pk=item.pk).update(label="positive")
    assert answered(seat, rita, label="negative").caught is None


def test_the_label_is_kept_as_a_seeds_and_makes_no_golden_example(rita):
    payload = {"query": "Where?", "context": "", "generated_text": "Here."}
    made = factories.item_type(
        kind="generation", labels=[], target_alpha=0.05, seeded_share=SHARE, audit_rate=0.05
    )
    errors(1, payload=payload, label="There.")
    for _ in range(4):
        item = factories.submit(0.97, payload=payload, label="Here.")
        Assignment.objects.filter(item=item).update(purpose="audit")
    answered(seeding.plant(made)[0], rita, label="There.")
    assert list(Label.objects.values_list("source", "label")) == [("seed", "There.")]
    assert not GoldenExample.objects.exists()


def test_planting_costs_as_many_statements_for_fifty_candidates_as_for_one(made, rita):
    errors(1)
    checks(made, 4)
    with counted(most=8) as first:
        assert len(seeding.plant(made)) == 1
    errors(50)
    checks(made, 40)
    with counted(most=len(first)):
        assert len(seeding.plant(made)) == 10


def test_the_clock_plants_for_every_item_type_with_a_target(made, rita):
    factories.item_type("spam")
    errors(1)
    checks(made, 4)
    assert (plant_seeds(), plant_seeds()) == (1, 0)
