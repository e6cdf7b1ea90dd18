"""Assignments, labels, golden examples and figures through the API."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from labeling.api.serializers import LabelOut, SeatOut, WaitingSeat
from labeling.api.summaries import SummaryOut
from labeling.models import Label, Review, ReviewSession
from routing.models import Assignment
from tests import factories
from tests.api_client import attrs, caller, item

pytestmark = pytest.mark.django_db
FRONT = "/api/v1/assignments/"
CLAIM = "/api/v1/assignments/claim/"
LABELS = "/api/v1/labels/"


@pytest.fixture
def sentiment():
    return factories.item_type()


@pytest.fixture
def rita(sentiment):
    return caller("reviews:write", user=factories.person("rita", "reviewers"))


def submit(client, seat, **answer):
    return client.post(f"/api/v1/assignments/{seat['id']}/submit/", answer)


def test_a_claimed_seat_has_all_that_a_front_end_needs(rita):
    made = factories.submit(0.85, label="negative")
    seat = rita.post(CLAIM).json()
    assert set(seat) == set(SeatOut().fields)
    assert (seat["item"]["id"], seat["purpose"], seat["queue"]) == (str(made.pk), "review", "reviews")
    assert seat["suggestion"]["label"] == "negative"
    assert seat["item"]["payload"] == made.payload


def test_a_front_end_is_not_handed_what_is_for_models_alone(rita):
    factories.submit(0.85, payload={"text": "So so.", "embedding": [0.5, 1.5]})
    assert rita.post(CLAIM).json()["item"]["payload"] == {"text": "So so."}


def test_what_waits_is_shown_in_the_order_of_claims_and_nothing_is_taken(rita):
    for confidence in (0.85, 0.6, 0.85):
        factories.submit(confidence)
    first = rita.get(FRONT).json()
    assert (first["held"], [one["priority"] for one in first["results"]]) == (
        None,
        ["high", "normal", "normal"],
    )
    assert set(first["results"][0]) == set(WaitingSeat().fields)
    claimed = [rita.post(CLAIM).json()["id"] for _ in first["results"]]
    assert claimed == [one["id"] for one in first["results"]]
    after = rita.get(FRONT).json()
    assert (after["held"]["id"], after["results"]) == (claimed[-1], [])


def test_the_front_of_the_queue_is_as_long_as_asked_for(rita):
    for _ in range(3):
        factories.submit(0.85)
    assert (
        len(rita.get(FRONT, {"limit": 2, "queue": "reviews", "item_type": "sentiment"}).json()["results"])
        == 2
    )


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"limit": "0"}, ("out_of_range", "limit")),
        ({"limit": "101"}, ("out_of_range", "limit")),
        ({"limit": "½"}, ("out_of_range", "limit")),
        ({"size": "3"}, ("unknown_field", "size")),
        ({"queue": "nowhere"}, ("invalid", "queue")),
    ],
)
def test_a_wrong_question_about_the_queue_names_its_field(rita, asked, wrong):
    assert attrs(rita.get(FRONT, asked)) == [wrong]


def test_a_blind_seat_tells_neither_the_answer_nor_how_sure_the_model_was(rita, sentiment):
    sentiment.blind_share = 1.0
    sentiment.save()
    factories.submit(0.85, label="negative")
    response = rita.post(CLAIM)
    seat = response.json()
    assert (seat["blind"], seat["suggestion"], seat["reasons"]) == (True, None, [])
    assert "0.85" not in response.content.decode()
    assert attrs(submit(rita, seat, action="approve")) == [("invalid", "action")]


@pytest.mark.parametrize(
    ("limits", "code"), [({"paused_at": timezone.now()}, "paused"), ({"daily_cap": 1}, "cap_reached")]
)
def test_who_may_be_given_nothing_is_told_why_with_a_409(rita, limits, code):
    factories.submit(0.85)
    factories.submit(0.85)
    user = User.objects.get(username="rita")
    assert rita.post(CLAIM).status_code == 200
    factories.limits(user, **limits)
    response = rita.post(CLAIM)
    assert (response.status_code, attrs(response)) == (409, [(code, None)])


def test_nothing_waiting_is_a_204_and_an_unknown_queue_is_said(rita):
    assert rita.post(CLAIM, {"queue": "reviews"}).status_code == 204
    assert attrs(rita.post(CLAIM, {"queue": "nope"})) == [("invalid", "queue")]
    assert attrs(rita.post(CLAIM, {"quue": "reviews"})) == [("unknown_field", "quue")]


def test_a_claim_takes_two_statements_beyond_knowing_the_caller(rita):
    factories.submit(0.85)
    factories.submit(0.85)
    rita.post(CLAIM)
    with CaptureQueriesContext(connection) as queries:
        assert rita.post(CLAIM).status_code == 200
    own = [query for query in queries.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert len(own) == 3


def test_a_submit_takes_at_most_twelve_statements_beyond_the_caller_and_the_sitting(rita):
    factories.submit(0.85)
    factories.submit(0.85)
    submit(rita, rita.post(CLAIM).json(), action="approve")
    seat = rita.post(CLAIM).json()
    with CaptureQueriesContext(connection) as queries:
        assert submit(rita, seat, action="approve", time_spent_ms=900).status_code == 200
    own = [query for query in queries.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert len(own) <= 14, [query["sql"][:80] for query in own]


def test_an_edit_becomes_the_items_label_and_a_row_of_its_sitting(rita):
    factories.submit(0.85, label="negative", ref="r-1")
    response = submit(rita, rita.post(CLAIM).json(), action="edit", label="positive", confidence=0.8)
    label = Label.objects.get()
    assert (response.status_code, response.json()["status"], response.json()["label"]) == (
        200,
        "approved",
        "positive",
    )
    assert (label.label, label.user, label.session.user) == ("positive", rita.user, rita.user)


def test_an_outline_is_answered_without_its_bounds_and_the_seat_says_how_pictures_are_covered(rita):
    factories.item_type("street", kind="detection", labels=["car"], cover="blur")
    sent = {"image": "https://images.example/1.png", "width": 90, "height": 90}
    factories.submit(0.85, to="street", payload=sent, label=[])
    seat = rita.post(CLAIM, {"item_type": "street"}).json()
    assert seat["item"]["cover"] == "blur"
    outline = {"label": "car", "polygon": [[0, 0], [99, 0], [0, 40]]}
    assert submit(rita, seat, action="edit", label=[outline]).status_code == 200
    stored = {"label": "car", "box": [0, 0, 90, 40], "polygon": [[0, 0], [90, 0], [0, 40]]}
    assert Label.objects.get().label == [stored]


def test_approve_with_another_label_is_an_edit(rita):
    factories.submit(0.85, label="negative")
    submit(rita, rita.post(CLAIM).json(), action="approve", label="positive")
    assert (Review.objects.get().action, Label.objects.get().label) == ("edit", "positive")


def test_the_same_answer_twice_is_stored_once_and_another_is_refused(rita):
    factories.submit(0.85)
    seat = rita.post(CLAIM).json()
    codes = [submit(rita, seat, action="approve").status_code for _ in range(2)]
    other = submit(rita, seat, action="edit", label="negative")
    assert (codes, Review.objects.count()) == ([200, 200], 1)
    assert (other.status_code, attrs(other)) == (409, [("already_answered", None)])


def test_only_the_holder_may_touch_a_seat(rita):
    factories.submit(0.85)
    seat = rita.post(CLAIM).json()
    otto = caller("reviews:write", user=factories.person("otto", "reviewers"))
    answers = [submit(otto, seat, action="approve")]
    answers += [otto.post(f"/api/v1/assignments/{seat['id']}/{verb}/") for verb in ("renew", "release")]
    assert [(one.status_code, attrs(one)) for one in answers] == [(409, [("lease_lost", None)])] * 3
    assert not Review.objects.exists()


def test_a_lease_that_ran_out_is_a_409_and_nothing_is_stored(rita):
    factories.submit(0.85)
    seat = rita.post(CLAIM).json()
    Assignment.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    response = submit(rita, seat, action="approve")
    assert (response.status_code, attrs(response)) == (409, [("lease_lost", None)])
    assert not Review.objects.exists()


def test_a_seat_is_kept_and_given_back(rita):
    factories.submit(0.85)
    seat = rita.post(CLAIM).json()
    renewed = rita.post(f"/api/v1/assignments/{seat['id']}/renew/")
    assert (renewed.status_code, renewed.json()["lease_expires_at"] > seat["lease_expires_at"]) == (200, True)
    assert rita.post(f"/api/v1/assignments/{seat['id']}/release/").status_code == 204
    assert Assignment.objects.get().user is None


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({}, ("required", "action")),
        ({"action": "maybe"}, ("invalid", "action")),
        ({"action": "edit"}, ("required", "label")),
        ({"action": "edit", "label": "other"}, ("invalid", "label")),
        ({"action": "reject", "label": "positive"}, ("invalid", "label")),
        ({"action": "approve", "confidence": 2}, ("out_of_range", "confidence")),
        ({"action": "approve", "time_spent_ms": 1.5}, ("invalid", "time_spent_ms")),
        ({"action": "approve", "time_spent_ms": 2**40}, ("out_of_range", "time_spent_ms")),
        ({"action": "approve", "comment": 3}, ("invalid", "comment")),
        ({"action": "approve", "verdict": 3}, ("unknown_field", "verdict")),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused_by_field(rita, answer, error):
    factories.submit(0.85)
    response = submit(rita, rita.post(CLAIM).json(), **answer)
    assert (response.status_code, attrs(response)) == (400, [error])


@pytest.mark.parametrize("number", [0, 10**30])
def test_a_seat_that_never_was_is_a_409(rita, number):
    assert submit(rita, {"id": number}, action="approve").status_code == 409
    assert rita.post(f"/api/v1/assignments/{number}/renew/").status_code == 409


def test_reviewing_needs_its_scope(sentiment):
    response = caller("items:read").post(CLAIM)
    assert (response.status_code, attrs(response)) == (403, [("permission_denied", None)])


def test_labels_have_exactly_the_columns_of_the_contract(rita):
    factories.submit(0.85, ref="r-1")
    submit(rita, rita.post(CLAIM).json(), action="approve")
    row = caller("labels:read").get(LABELS).json()["results"][0]
    columns = ["id", "item_type", "item_ref", "label", "user_id", "ts", "prev_confidence", "session_id"]
    assert list(row)[:8] == columns
    assert set(row) == set(LabelOut().fields)
    assert (row["item_ref"], row["label"], row["feedback_type"]) == ("r-1", "positive", "positive")


@pytest.mark.parametrize(
    ("query", "refs"),
    [
        ("item_type=sentiment", ["a", "b"]),
        ("item_type=other", []),
        ("item_ref=a", ["a"]),
        ("user_id={user}", ["a"]),
        ("session_id={session}", ["a"]),
        ("since=2020-01-01T00:00:00Z", ["a"]),
        ("until=2020-01-01T00:00:00Z", ["b"]),
    ],
)
def test_labels_are_narrowed_by_their_filters(sentiment, query, refs):
    user = factories.person("rita", "reviewers")
    sitting = ReviewSession.objects.create(user=user)
    common = {"item_type": sentiment, "label": "positive", "action": "edit", "source": "review"}
    Label.objects.create(item_ref="a", user=user, session=sitting, **common)
    old = datetime(2019, 1, 1, tzinfo=UTC)
    Label.objects.create(item_ref="b", ts=old, **common)
    url = f"{LABELS}?{query.format(user=user.pk, session=sitting.pk)}"
    assert sorted(row["item_ref"] for row in caller("labels:read").get(url).json()["results"]) == refs


def test_imported_labels_are_stored_once_however_often_they_are_sent(sentiment):
    client, label_id = caller("labels:write"), str(uuid4())
    made = factories.submit(0.85, ref="r-1")
    body = [{"id": label_id, "item_type": "sentiment", "item_ref": "r-1", "label": "negative"}]
    first, again = client.post(LABELS, body), client.post(LABELS, body)
    label = Label.objects.get()
    assert [(one.status_code, one.json()["created"]) for one in (first, again)] == [(201, 1), (200, 0)]
    assert (label.pk, label.item, label.source, label.reserved) == (
        UUID(label_id),
        made,
        "import",
        made.held_out,
    )
    conflict = client.post(LABELS, [{**body[0], "label": "positive"}])
    assert (conflict.status_code, attrs(conflict)) == (409, [("id_taken", "0.id")])


def test_an_imported_label_leaves_the_seats_of_its_item_open(sentiment):
    factories.submit(0.85, ref="r-1")
    caller("labels:write").post(LABELS, {"item_type": "sentiment", "item_ref": "r-1", "label": "negative"})
    assert Assignment.objects.open().count() == 1


def test_one_bad_label_and_none_is_stored(sentiment):
    factories.submit(0.85, ref="r-1")
    good = {"item_type": "sentiment", "item_ref": "r-1", "label": "negative"}
    bad = {**good, "label": "odd", "ts": "2026-01-01", "user_id": 10**9, "weight": -1, "id": "x"}
    response = caller("labels:write").post(LABELS, [good, bad, {"item_type": "nope"}, 3])
    assert sorted(attrs(response), key=str) == [
        ("invalid", "1.id"),
        ("invalid", "1.ts"),
        ("invalid", "3"),
        ("out_of_range", "1.weight"),
        ("required", "2.item_ref"),
        ("required", "2.label"),
        ("unknown_label", "1.label"),
        ("unknown_user", "1.user_id"),
    ]
    assert not Label.objects.exists()


def test_figures_come_with_every_queue(sentiment):
    client = caller("metrics:read", "items:write")
    client.post("/api/v1/items/", [item("a", 0.99), item("b", 0.85), item("c", 0.3)])
    said = client.get("/api/v1/metrics/?item_type=sentiment&days=7").json()
    assert set(said) == set(SummaryOut().fields)
    assert (said["items"], said["automated"], said["human"], said["expert"]) == (3, 1, 1, 1)
    assert said["people_at_work"] == 0
    assert [(queue["queue"], queue["open"]) for queue in said["queues"]] == [("experts", 1), ("reviews", 1)]
    assert attrs(client.get("/api/v1/metrics/?item_type=nope")) == [("unknown_item_type", "item_type")]
    assert attrs(client.get("/api/v1/metrics/?days=0"))[0][1] == "days"
