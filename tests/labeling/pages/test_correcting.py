"""The page of the last answer, and what the API says of a correction."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from labeling.models import Label, Review
from routing import assignments, names
from routing.models import Assignment
from tests import factories
from tests.api_client import caller
from tests.labeling.looks import ask, settled
from tests.people import signed_in
from tests.routing.kinds.samples import SAMPLES
from tests.statements import counted

pytestmark = pytest.mark.django_db
OWN = ("id", "item_ref", "created_at")
FETCH = {"X-Requested-With": "fetch"}


@pytest.fixture
def rita():
    return signed_in("reviewers", name="rita")


def answer(client, **fields):
    """Answer what the work page shows, and return the seat."""
    seat = client.get(reverse("review-work")).context["page"].seat
    client.post(reverse("review-answer", args=[seat.pk]), {"action": "approve"} | fields)
    return seat


def undo(client, **headers):
    return client.get(reverse("review-undo"), headers=headers)


def send(client, seat, headers=None, **fields):
    return client.post(reverse("review-correct", args=[seat.pk]), fields, headers=headers or {})


def test_the_page_shows_what_was_said_and_changes_nothing(rita):
    factories.item_type()
    factories.submit(0.85)
    seat = answer(rita, action="edit", label="negative", comment="Sarcasm.", confidence="0.5")
    page = undo(rita)
    assert (page.status_code, page.context["page"].seat) == (200, seat)
    text = page.content.decode()
    assert "You said: negative" in text
    assert "Sarcasm.</textarea>" in text
    assert 'value="0.5" checked' in text
    assert [one.name for one in page.context["page"].options if one.picked] == ["negative"]
    assert (Label.objects.get().label, Review.objects.get().corrected_at) == ("negative", None)


def test_the_page_holds_no_seat_and_posts_to_the_correction(rita):
    factories.item_type()
    factories.submit(0.85)
    seat = answer(rita)
    text = undo(rita).content.decode()
    assert f'action="{reverse("review-correct", args=[seat.pk])}"' in text
    assert f'data-correcting="{reverse("review-work")}"' in text
    assert "data-seat=" not in text
    assert 'form="skip"' not in text


@pytest.mark.parametrize("kind", SAMPLES)
def test_every_kind_shows_its_last_answer_again(rita, kind):
    spec, payload, (label, _) = SAMPLES[kind]
    limits = {"minimum": spec.minimum, "maximum": spec.maximum}
    factories.item_type("kind", kind=kind, labels=list(spec.labels), **limits)
    factories.submit(0.85, to="kind", payload=payload, label=label)
    answer(rita)
    page = undo(rita)
    assert page.status_code == 200
    assert page.context["page"].filled == Label.objects.get().label


def test_a_correction_brings_the_item_in_hand_back(rita):
    factories.item_type()
    factories.submit(0.85)
    factories.submit(0.85)
    seat = answer(rita)
    held = rita.get(reverse("review-work")).context["page"].seat
    page = send(rita, seat, FETCH, action="edit", label="negative")
    assert page.context["page"].seat == held
    assert page.context["saved"] == "negative"
    assert Label.objects.get(superseded_at__isnull=True).label == "negative"


def test_without_script_a_correction_redirects_to_work(rita):
    factories.item_type()
    factories.submit(0.85)
    page = send(rita, answer(rita), action="edit", label="negative")
    assert (page.status_code, page.url) == (303, reverse("review-work"))


def test_a_correction_that_does_not_fit_keeps_the_page_and_what_was_typed(rita):
    factories.item_type()
    factories.submit(0.85)
    seat = answer(rita)
    page = send(rita, seat, action="edit", label="angry", comment="Hm.")
    assert (page.status_code, page.context["page"].seat) == (400, seat)
    assert "Hm.</textarea>" in page.content.decode()


def test_too_late_says_that_the_answer_stands(rita):
    factories.item_type()
    factories.submit(0.85)
    seat = answer(rita)
    Review.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    assert "Your answer stands" in undo(rita).content.decode()
    assert undo(rita, **FETCH).json()["errors"][0]["code"] == "too_late"
    assert send(rita, seat, FETCH, action="edit", label="negative").status_code == 409


def test_before_any_answer_there_is_nothing_to_undo(rita):
    factories.item_type()
    assert undo(rita).status_code == 409


def test_a_stranger_is_asked_to_sign_in(client):
    assert undo(client).status_code == 302
    assert client.post(reverse("review-correct", args=[1])).status_code == 302


def test_the_page_costs_few_statements(rita):
    factories.item_type()
    factories.submit(0.85)
    answer(rita)
    with counted(most=9):
        undo(rita)


def test_the_api_corrects_the_callers_last_answer():
    factories.item_type()
    factories.submit(0.85)
    rita = factories.person("rita", "reviewers")
    client = caller("reviews:write", user=rita)
    seat = assignments.claim(by=rita)
    client.post(f"/api/v1/assignments/{names.of_seat(seat.pk)}/submit/", {"action": "approve"})
    done = client.post(
        f"/api/v1/assignments/{names.of_seat(seat.pk)}/correct/", {"action": "edit", "label": "negative"}
    )
    assert (done.status_code, done.json()["label"]) == (200, "negative")


def test_the_api_tells_nothing_of_a_check():
    factories.item_type(audit_rate=1.0)
    factories.submit(0.97)
    rita = factories.person("rita", "reviewers")
    client = caller("reviews:write", user=rita)
    seat = assignments.claim(by=rita)
    client.post(
        f"/api/v1/assignments/{names.of_seat(seat.pk)}/submit/", {"action": "edit", "label": "positive"}
    )
    done = client.post(
        f"/api/v1/assignments/{names.of_seat(seat.pk)}/correct/", {"action": "edit", "label": "negative"}
    )
    assert (done.status_code, done.json()["label"]) == (200, None)


def test_the_api_refuses_a_late_correction_and_a_key_without_the_scope():
    factories.item_type()
    factories.submit(0.85)
    rita = factories.person("rita", "reviewers")
    seat = assignments.claim(by=rita)
    address, said = f"/api/v1/assignments/{names.of_seat(seat.pk)}/correct/", {"action": "approve"}
    late = caller("reviews:write", user=rita).post(address, said)
    assert (late.status_code, late.json()["errors"][0]["code"]) == (409, "too_late")
    assert caller("labels:read").post(address, said).status_code == 403
    assert Assignment.objects.get().closed_at is None


@pytest.mark.parametrize("said", [("approve", "reject"), ("approve", "edit"), ("reject", "edit")])
def test_the_api_says_the_same_of_a_known_question_as_of_any_other_item(said):
    factories.item_type()
    rita = factories.person("rita", "reviewers")
    plain = factories.seat_of(factories.submit(0.85, ref="item-a"))
    known = settled(factories.submit(0.85, ref="item-b"), "negative")
    gold = ask(known, "gold", meant_for=rita.pk, priority=plain.priority)
    client, told = caller("reviews:write", user=rita), []
    for seat in (plain, gold):
        assignments.claim(by=rita)
        for action, verb in zip(said, ("submit", "correct"), strict=True):
            label = {"label": "negative"} if action == "edit" else {}
            answer = client.post(
                f"/api/v1/assignments/{names.of_seat(seat.pk)}/{verb}/", {"action": action} | label
            )
        left = {name: value for name, value in answer.json().items() if name not in OWN}
        told.append(left | {"decided_at": left["decided_at"] is None})
    assert told[0] == told[1]
