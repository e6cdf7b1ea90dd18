"""What waits for an admin says when learning is broken, and nothing when it isn't."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit import keys
from audit.models import AgreementReport
from hitl_project import attention
from labeling.answering import review
from labeling.answering.review import Answer
from labeling.appeals import opening
from labeling.models import Flag
from learning import retraining
from learning.drift import looking
from learning.models import SamplingRun, TrainingRun
from routing import assignments
from routing.models import Assignment, ItemType, Policy, SubjectRights, Target
from tests import factories
from tests.labeling.quality import doubted
from tests.learning import trials, worlds
from tests.learning.drift import streams
from tests.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return factories.person("ada")


@pytest.fixture
def said(admin):
    """What an admin is told that is bad, without what tells of a worker."""
    return lambda: [
        one.text for one in attention.waiting(admin) if one.bad and not one.text.startswith("No worker")
    ]


def test_a_champion_that_can_not_be_read_is_bad_news(said):
    item_type = worlds.shapes()
    worlds.label(worlds.items(item_type, 160))
    retraining.retrain(item_type, trigger="test")
    assert said() == []
    worlds.spoil(worlds.champion(item_type))
    assert said() == ["Champion shapes@1 can't be read: promote another"]


def test_beside_a_champion_that_can_not_be_read_stands_the_way_back(admin):
    item_type = worlds.shapes()
    worlds.label(worlds.items(item_type, 160))
    first = retraining.retrain(item_type, trigger="test").model_version
    worlds.label(worlds.items(item_type, 60, seed=1))  # of the same labels comes the same file
    retraining.retrain(item_type, trigger="test")
    worlds.spoil(worlds.champion(item_type))
    told = {one.text: one.url for one in attention.waiting(admin)}
    where = reverse("admin:learning_modelversion_promote", args=[first.pk])
    assert told["Champion shapes@2 can't be read: return to shapes@1"] == where


def test_a_roll_back_that_nobody_asked_for_is_told_for_a_week(said):
    item_type = worlds.shapes()
    report = {"rolled_back": {"for": "shapes@1", "by": "system:learning", "reason": "worse"}}
    for number, days in ((2, 6), (3, 8)):
        gone = timezone.now() - timedelta(days=days)
        trials.model(item_type, number, "retired", retired_at=gone, report=report)
    assert said() == ["shapes@2 did worse on live items: shapes@1 answers again"]


@pytest.mark.parametrize(("kind", "work"), [(TrainingRun, "Training"), (SamplingRun, "Sampling")])
@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("the worker was killed", "the worker was killed. Does it have enough memory?"),
        ("ValueError: broken", "ValueError: broken"),
    ],
)
def test_what_fails_twice_in_a_row_is_bad_news(said, kind, work, error, told):
    item_type = worlds.shapes()
    failed(kind, item_type, error)
    assert said() == []
    failed(kind, item_type, error)
    assert said() == [f"{work} of {item_type} failed twice in a row: {told}"]


def failed(kind, item_type, error):
    """Store a run that failed."""
    fields = {"status": "failed", "error": error, "finished_at": timezone.now()}
    kind.objects.create(item_type=item_type, trigger="test", **fields)


def test_what_experts_left_past_its_time_is_bad_news(said):
    factories.item_type()
    seat = factories.seat_of(factories.submit(0.3), "expert")
    assert said() == []
    Assignment.objects.filter(pk=seat.pk).update(overdue_at=timezone.now())
    assert said() == ["1 expert decision is past its time limit"]


def test_overturned_checks_of_the_last_week_are_told_with_a_link(admin):
    made = factories.item_type(audit_rate=1.0)
    rita = factories.person("rita", "reviewers")
    for label in ("positive", "negative", "negative"):
        factories.submit(0.97)
        review.submit(assignments.claim(by=rita).pk, Answer("edit", label), by=rita)
    where = reverse("admin:routing_itemtype_certificate", args=[made.pk])
    said = "sentiment: 2 checks of the last 7 days came to another answer than the router"
    assert [(one.text, one.url) for one in attention.waiting(admin) if "checks" in one.text] == [
        (said, f"{where}#overturned")
    ]
    Assignment.objects.update(closed_at=timezone.now() - timedelta(days=8))
    assert [one.text for one in attention.waiting(admin) if "checks" in one.text] == []


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ({}, []),
        ({"target_alpha": 0.05}, ["sentiment: 1 check was not answered in time and counts as an error"]),
    ],
)
def test_a_missed_check_is_bad_news_where_it_counts_as_an_error(admin, target, said):
    made = factories.item_type(audit_rate=1.0)
    factories.submit(0.97)
    Assignment.objects.update(created_at=timezone.now() - timedelta(hours=25))
    ItemType.objects.filter(pk=made.pk).update(**target)
    assert [one.text for one in attention.waiting(admin) if "in time" in one.text] == said


@pytest.mark.parametrize(("limit", "done"), [(None, "stopped"), (0.9, "cut back")])
def test_an_alarm_that_stands_is_bad_news(said, limit, done):
    made = factories.item_type()
    last = Policy.objects.get()
    fallback = {"item_type": made, "published_by": "system:certifier", "evidence": {"contradicted": {}}}
    snapshot = last.snapshot | {"certified": {"clf@1": {"*": limit}}}
    Policy.objects.create(number=2, snapshot=snapshot, reason="an alarm", **fallback)
    assert said() == [f"Automation of sentiment was {done}: fresh checks contradict its certificate"]
    Policy.objects.create(number=3, snapshot=snapshot, reason="x", item_type=made, published_by="user:ada")
    assert said() == []


def test_who_failed_known_questions_is_told_and_who_was_paused_by_hand_is_not(said):
    made, why = factories.item_type(), "3 of 20 questions with a known answer were right"
    failed = {"paused_at": timezone.now(), "paused_because": why, "paused_for": made}
    factories.limits(factories.person("rita", "reviewers"), **failed)
    factories.limits(factories.person("sam", "reviewers"), paused_at=timezone.now(), paused_because="away")
    assert said() == [f"rita is paused: {why}"]


def test_a_doubtful_label_that_nobody_can_look_at_again_waits_for_a_lead_after_a_day():
    lead, guard = (signed_in(role, name=role).user for role in ("leads", "compliance"))

    def told(user=lead):
        return [one.text for one in attention.waiting(user) if "doubtful" in one.text]

    factories.item_type()
    doubted.flagged(factories.person("rita", "reviewers"))
    assert told() == []
    Flag.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert told() == ["1 doubtful label has nobody to look again: look yourself or dismiss the doubt"]
    assert told(guard) == []


def test_drift_is_told_with_a_link_and_a_stop_for_it_is_bad_news(admin, said):
    made = streams.drifted({"drift_tightens": True})
    report = looking.look(made)
    where = reverse("admin:routing_itemtype_drift", args=[made.pk])
    told = [(one.text, one.url) for one in attention.waiting(admin) if one.url == where]
    stop = "Automation of mail was stopped: what arrives has drifted"
    assert told == [(stop, where), (f"mail has drifted. {report.reasons[0]}", where)]
    assert said() == [stop]


def test_people_who_agree_too_little_are_a_matter(said):
    made, now = factories.item_type(), timezone.now()
    one = {"value": 0.6, "low": 0.5, "high": 0.7, "units": 200}
    AgreementReport.objects.create(
        item_type=made.slug,
        period="window",
        since=now - timedelta(days=90),
        until=now,
        units=200,
        ratings=400,
        people=2,
        headline="ac1",
        figures={"ac1": one},
    )
    told = ["People agree too little on sentiment: 60 % (50 to 70), wanted are 85"]
    assert said() == told
    # The target of all types would say the same once more.
    Target.objects.create(metric="agreement", value=0.85, missed_since=now, told_at=now)
    assert said() == told


def test_a_dispute_that_no_expert_may_decide_is_named_to_who_sees_disputes():
    SubjectRights.objects.create(item_type=factories.item_type(), appeal_days=30)
    opening.dispute(factories.submit(0.99).pk, "No.", by=opening.SUBJECT)
    lead = signed_in("leads").user
    told = [one.text[:28] for one in attention.waiting(lead) if "dispute" in one.text]
    assert told == ["1 dispute has no expert left"]
    factories.person("edgar", "experts")
    assert [one for one in attention.waiting(lead) if "dispute" in one.text] == []


def test_a_missed_target_is_told_until_it_is_met(said):
    since = timezone.now()
    Target.objects.create(metric="review_rate", value=0.1, missed_since=since, told_at=since)
    assert said() == [f"Target missed since {since:%Y-%m-%d}: Review rate"]
    Target.objects.update(missed_since=None, told_at=None)
    assert said() == []


def test_keys_that_stop_working_soon_are_named_to_who_may_see_keys():
    admin, lead = signed_in("admins", name="root").user, signed_in("leads", name="lea").user
    ends = timezone.now() + timedelta(days=3)
    key, _ = keys.create_key(admin, name="nightly", scopes=["items:read"], expires_at=ends, by="system:test")
    told = [matter.text for matter in attention.waiting(admin) if "stops working" in matter.text]
    assert told == [f"API key {key} of root stops working on {ends:%Y-%m-%d}: rotate or replace it"]
    assert [matter for matter in attention.waiting(lead) if "stops working" in matter.text] == []
