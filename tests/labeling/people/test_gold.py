"""Who answers a known question can't tell it from any other item, and the answer changes nothing."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from audit.uuid7 import earliest
from labeling import metrics
from labeling.models import GoldenExample, Label
from learning import dataset, plans
from routing import assignments, policies
from routing.models import Assignment, Correction, Item
from tests import factories
from tests.api_client import caller
from tests.labeling.disguised import both_pages, without_names
from tests.labeling.looks import answer, ask, settled

pytestmark = pytest.mark.django_db


def question(confidence=0.85, label="negative", **fields):
    """Return an item of which an expert has said this label, after people had differed on it."""
    item = settled(factories.submit(confidence, **fields), label)
    escalated = {"code": "escalated", "text": "people disagree", "data": {}}
    Item.objects.filter(pk=item.pk).update(reasons=[*item.reasons, escalated], priority=2)
    item.refresh_from_db()
    return item


@pytest.fixture
def both(rita):
    """An ordinary item and a known question that wait, in this order, their names being as long."""
    factories.item_type()
    plain = factories.seat_of(factories.submit(0.85, ref="item-a"))
    seat = ask(question(ref="item-b"), "gold", meant_for=rita.pk, priority=plain.priority)
    Assignment.objects.filter(pk=seat.pk).update(created_at=plain.created_at, due_at=plain.due_at)
    return plain, seat


def by_api(rita, said):
    """Claim and answer both by the API, and return what was told, without names and times."""
    client, told = caller("reviews:write", user=rita), []
    for _ in range(2):
        claimed = client.post("/api/v1/assignments/claim/").json()
        front = client.get("/api/v1/assignments/").json()["held"]
        answered = client.post(f"/api/v1/assignments/{claimed['id']}/submit/", said).json()
        assert (answered.pop("decided_at") is None) == (answered["decided_by"] is None)
        told.append([without_names(one) for one in (claimed, front, answered)])
    return told


@pytest.mark.parametrize(
    "said",
    [
        {"action": "approve"},
        {"action": "edit", "label": "negative"},
        {"action": "reject"},
        {"action": "escalate", "comment": "?"},
    ],
)
def test_the_api_says_the_same_of_both_before_and_after_the_answer(both, rita, said):
    plain, gold = by_api(rita, said)
    assert plain == gold
    assert plain[0]["purpose"] == "review"


@pytest.mark.parametrize("fields", [{"opinions_wanted": 2}, {"reject_means": "withhold"}])
@pytest.mark.parametrize("said", [{"action": "approve"}, {"action": "reject"}])
def test_the_api_says_the_same_whatever_the_item_type_asks_for(rita, fields, said):
    factories.item_type(**fields)
    plain = factories.seat_of(factories.submit(0.85, ref="item-a"))
    ask(question(ref="item-b"), "gold", meant_for=rita.pk, priority=plain.priority)
    plain, gold = by_api(rita, said)
    assert plain == gold


def test_neither_names_nor_times_tell_when_the_item_came(rita):
    made = factories.item_type()
    old = question(ref="item-b")
    Item.objects.update(created_at=timezone.now() - timedelta(days=40))
    policies.publish(made, reason="anew", by="user:anna")
    seat = ask(old, "gold", meant_for=rita.pk, waited=timedelta(minutes=-7))
    client = caller("reviews:write", user=rita)
    claimed = client.post("/api/v1/assignments/claim/").json()
    told = client.post(f"/api/v1/assignments/{claimed['id']}/submit/", {"action": "approve"}).json()
    assert told["id"] == claimed["item"]["id"]
    assert UUID(told["id"]).int >> 80 == earliest(seat.created_at).int >> 80 > old.pk.int >> 80
    assert (told["created_at"], told["policy"]) == (seat.created_at.isoformat(), 2)
    assert claimed["id"] != seat.pk


def test_the_review_page_shows_both_alike(both, rita):
    plain, known = both_pages(rita)
    assert plain == known
    assert "people disagree" not in known


def test_nobody_else_is_given_it(both):
    plain, _ = both
    sam = factories.person("sam", "reviewers")
    assert [seat.pk for seat in assignments.front(limit=5, by=sam)] == [plain.pk]


@pytest.mark.parametrize(
    ("action", "label", "right"),
    [
        ("edit", "negative", True),
        ("edit", "positive", False),
        ("approve", None, False),
        ("reject", None, None),
        ("escalate", None, None),
    ],
)
def test_it_is_kept_whether_the_answer_was_right_and_nothing_else_changes(rita, action, label, right):
    factories.item_type()
    item = question()
    before = Item.objects.filter(pk=item.pk).values().get()
    seat = ask(item, "gold", meant_for=rita.pk)
    assert answer(seat, rita, label, action).right is right
    assert Item.objects.filter(pk=item.pk).values().get() == before
    assert Assignment.objects.open().filter(item=item).count() == 0
    event = AuditEvent.objects.get(verb="gold.answered")
    assert (event.actor, event.data) == ("user:rita", {"item": str(item.pk), "right": right})


def test_who_withholds_what_stands_is_wrong(rita):
    factories.item_type(reject_means="withhold")
    assert answer(ask(question(), "gold", meant_for=rita.pk), rita, action="reject").right is False


@pytest.mark.parametrize("doubt", ["expert", "second"])
def test_where_the_answer_came_into_doubt_nothing_is_kept(rita, doubt):
    factories.item_type()
    item = question()
    seat = ask(item, "gold", meant_for=rita.pk)
    ask(item, doubt)
    assert answer(seat, rita, "positive").right is None


def test_its_label_is_neither_taught_nor_counted_nor_kept_as_an_example(rita):
    made = factories.item_type()
    answer(ask(question(), "gold", meant_for=rita.pk), rita, "positive")
    assert list(Label.objects.values_list("source", "label")) == [("gold", "positive")]
    assert (dataset.load(made).newest, plans.new_labels(made)) == (None, 0)
    assert (GoldenExample.objects.count(), Correction.objects.count()) == (0, 0)
    found = metrics.summary("sentiment")
    assert (found.reviews, found.agreement_with_model) == (1, None)


def test_its_label_is_not_listed(rita):
    factories.item_type()
    answer(ask(question(), "gold", meant_for=rita.pk), rita, "positive")
    listed = caller("labels:read").get("/api/v1/labels/").json()
    assert listed["results"] == []


def test_a_corrected_answer_is_judged_anew(rita):
    from labeling.answering import correcting
    from labeling.answering.review import Answer

    factories.item_type()
    seat = ask(question(), "gold", meant_for=rita.pk)
    answer(seat, rita, "positive")
    correcting.reopen(by=rita)
    correcting.correct(seat.pk, Answer("edit", "negative"), by=rita)
    assert seat.review.__class__.objects.get(assignment=seat).right is True
    assert timezone.now() - seat.created_at < timedelta(minutes=5)
