"""The review pages translate to the verbs, show no more than they may, and cost little."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from labeling.models import Label, Review, ReviewSession
from routing import assignments
from routing.models import Assignment, Queue
from tests import factories
from tests.people import signed_in
from tests.routing.kinds.samples import SAMPLES
from tests.statements import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita():
    factories.item_type()
    return signed_in("reviewers", name="rita")


def claimed(client):
    """Open the work page and return the seat that it shows."""
    answer = client.get(reverse("review-work"))
    assert answer.status_code == 200
    return answer.context["page"].seat


def send(client, seat, **fields):
    return client.post(reverse("review-answer", args=[seat.pk]), fields)


@pytest.mark.parametrize("name", ["review", "review-work", "review-waiting", "review-sitting"])
def test_a_stranger_is_asked_to_sign_in(client, name):
    answer = client.get(reverse(name))
    assert (answer.status_code, answer.url) == (302, f"/accounts/login/?next={reverse(name)}")


@pytest.mark.parametrize("name", ["review", "review-work"])
def test_someone_without_a_queue_is_told_so(name):
    assert signed_in("compliance").get(reverse(name)).status_code == 403


def test_the_start_page_counts_what_waits(rita):
    for _ in range(3):
        factories.submit(0.85)
    Assignment.objects.filter(pk=Assignment.objects.first().pk).update(
        due_at=timezone.now() - timedelta(hours=1)
    )
    queue = rita.get(reverse("review")).context["queues"][0]
    assert (queue.slug, queue.free, queue.overdue) == ("reviews", 3, 1)


def test_the_work_page_shows_item_suggestion_and_reasons(rita):
    factories.submit(0.85, payload={"text": "The view <b>was</b> not."}, context={"country": "AE"})
    text = rita.get(reverse("review-work")).content.decode()
    assert "The view &lt;b&gt;was&lt;/b&gt; not." in text
    assert "Confidence 0.850 below the auto-approve threshold 0.950" in text
    assert "AE" in text


def test_guidelines_are_markdown_without_html(rita):
    item = factories.submit(0.85)
    item.item_type.guidelines = "Be *fair*. <script>alert(1)</script> [x](javascript:alert(1))"
    item.item_type.save()
    text = rita.get(reverse("review-work")).content.decode()
    assert "<em>fair</em>" in text
    assert "<script>alert" not in text
    assert 'href="javascript' not in text


def test_looking_twice_shows_the_same_item(rita):
    factories.submit(0.85)
    factories.submit(0.85)
    assert claimed(rita) == claimed(rita)


def test_an_answer_is_stored_in_the_sitting_and_brings_the_next_item(rita):
    first, second = factories.submit(0.85), factories.submit(0.85)
    answer = rita.post(
        reverse("review-answer", args=[claimed(rita).pk]),
        {"action": "edit", "label": "negative", "time_spent_ms": "1500", "confidence": "0.5"},
        headers={"X-Requested-With": "fetch"},
    )
    review = Review.objects.get()
    assert (review.item, review.label, review.time_spent_ms, review.confidence) == (
        first,
        "negative",
        1500,
        0.5,
    )
    assert review.session == ReviewSession.objects.get(user=rita.user)
    assert answer.context["page"].seat.item == second


def test_without_script_an_answer_redirects_to_the_next_item(rita):
    factories.submit(0.85)
    answer = send(rita, claimed(rita), action="approve")
    assert (answer.status_code, answer.url) == (303, reverse("review-work"))
    assert Label.objects.get().label == "positive"


def test_a_page_and_an_answer_cost_few_statements(rita):
    for _ in range(3):
        factories.submit(0.85)
    claimed(rita)
    with counted(most=8):
        seat = claimed(rita)
    send(rita, seat, action="approve")
    seat = claimed(rita)
    with counted(most=17):
        rita.post(
            reverse("review-answer", args=[seat.pk]),
            {"action": "approve"},
            headers={"X-Requested-With": "fetch"},
        )


def test_a_lost_lease_keeps_what_was_typed(rita):
    factories.submit(0.85)
    seat = claimed(rita)
    Assignment.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    answer = send(rita, seat, action="reject", comment="Both at once.")
    assert (answer.status_code, Review.objects.count()) == (409, 0)
    assert "Both at once." in answer.content.decode()


def test_an_unknown_label_is_refused_on_the_same_page(rita):
    factories.submit(0.85)
    answer = send(rita, claimed(rita), action="edit", label="angry", comment="Hm.")
    assert (answer.status_code, Review.objects.count()) == (400, 0)
    assert "Hm." in answer.content.decode()


def test_nobody_answers_or_keeps_anothers_seat(rita):
    factories.submit(0.85)
    seat = claimed(rita)
    otto = signed_in("reviewers", name="otto")
    assert send(otto, seat, action="approve").status_code == 409
    assert otto.post(reverse("review-renew", args=[seat.pk])).status_code == 409
    otto.post(reverse("review-release", args=[seat.pk]))
    seat.refresh_from_db()
    assert (seat.user, Review.objects.count()) == (rita.user, 0)


def test_skipping_gives_the_item_to_others_and_another_to_me(rita):
    first, second = factories.submit(0.85), factories.submit(0.85)
    rita.post(reverse("review-skip", args=[claimed(rita).pk]))
    assert claimed(rita).item == second
    assert assignments.claim(by=factories.person("otto", "reviewers")).item == first


def test_what_was_skipped_comes_back_when_asked_for(rita):
    factories.submit(0.85)
    seat = claimed(rita)
    rita.post(reverse("review-skip", args=[seat.pk]))
    assert "page" not in rita.get(reverse("review-work")).context
    rita.post(reverse("review-again"))
    assert claimed(rita) == seat


def test_pausing_frees_the_item_and_leaves_the_sitting_open(rita):
    factories.submit(0.85)
    factories.submit(0.85)
    send(rita, claimed(rita), action="approve")
    claimed(rita)
    assert rita.post(reverse("review-pause")).url == reverse("review-sitting")
    assert ReviewSession.objects.get().ended_at is None
    assert not Assignment.objects.open().filter(user__isnull=False).exists()
    assert "A pause" in rita.get(reverse("review-sitting")).content.decode()


def test_the_page_of_a_sitting_never_says_that_an_item_in_hand_is_with_the_others(rita):
    factories.submit(0.85)
    factories.submit(0.85)
    send(rita, claimed(rita), action="approve")
    claimed(rita)
    text = rita.get(reverse("review-sitting")).content.decode()
    assert ("You still hold an item" in text, "You hold nothing" in text) == (True, False)


def test_ending_the_sitting_ends_it_and_frees_the_item(rita):
    factories.submit(0.85)
    factories.submit(0.85)
    send(rita, claimed(rita), action="approve")
    claimed(rita)
    assert rita.post(reverse("review-end")).url == reverse("review-sitting")
    assert ReviewSession.objects.get().ended_at is not None
    assert not Assignment.objects.open().filter(user__isnull=False).exists()
    page = rita.get(reverse("review-sitting"))
    assert [one.answered for one in page.context["latest"]] == [1]
    assert "No sitting is open" in page.content.decode()


def test_the_page_of_a_sitting_costs_few_statements(rita):
    factories.submit(0.85)
    send(rita, claimed(rita), action="approve")
    with counted(most=13):
        rita.get(reverse("review-sitting"))


def test_a_calm_word_suggests_a_rest(rita):
    factories.submit(0.85)
    factories.submit(0.85)
    send(rita, claimed(rita), action="approve")
    ReviewSession.objects.update(working_since=timezone.now() - timedelta(minutes=52))
    assert "52 min without a rest" in rita.get(reverse("review-work")).content.decode()


def test_renewing_answers_when_the_lease_ends(rita):
    factories.submit(0.85)
    seat = claimed(rita)
    answer = rita.post(reverse("review-renew", args=[seat.pk]))
    seat.refresh_from_db()
    assert answer.json() == {"lease": seat.leased_until.isoformat()}


def test_work_may_be_of_one_queue_or_type_only(rita):
    factories.item_type("other")
    factories.submit(0.85)
    other = factories.submit(0.85, to="other")
    page = rita.get(reverse("review-work"), {"item_type": "other"}).context["page"]
    assert page.seat.item == other
    assert "page" not in rita.get(reverse("review-work"), {"queue": "experts"}).context


def test_waiting_says_whether_something_came_in_and_takes_nothing(rita):
    assert rita.get(reverse("review-waiting")).json() == {"waiting": False}
    factories.submit(0.85)
    assert rita.get(reverse("review-waiting")).json() == {"waiting": True}
    Queue.objects.update(paused_at=timezone.now())
    assert rita.get(reverse("review-waiting")).json() == {"waiting": False}
    assert Assignment.objects.get().user is None


def test_a_blind_look_hides_suggestion_and_reasons(rita):
    made = factories.item_type("blind", blind_share=1.0)
    factories.submit(0.85, to=made.slug)
    page = rita.get(reverse("review-work")).context["page"]
    assert (page.suggestion, page.reasons) == (None, ())
    assert not any(option.suggested for option in page.options)


def test_only_an_expert_sees_what_others_said(rita):
    factories.submit(0.85)
    send(rita, claimed(rita), action="reject", comment="Neither.")
    edgar = signed_in("experts", name="edgar")
    answer = edgar.get(reverse("review-work"))
    assert [voice.comment for side in answer.context["page"].sides for voice in side.voices] == ["Neither."]
    factories.submit(0.85)
    assert rita.get(reverse("review-work")).context["page"].sides == ()


def test_a_number_of_the_model_is_filled_in_and_another_may_be_typed(rita):
    factories.item_type("price", kind="regression", labels=[], minimum=0, maximum=10)
    factories.submit(0.85, to="price", label=7.5)
    assert 'name="number" value="7.5"' in rita.get(reverse("review-work")).content.decode()
    send(rita, claimed(rita), action="edit", number="7,25")
    assert Label.objects.get().label == 7.25


def test_what_is_no_number_or_beyond_the_range_is_refused(rita):
    factories.item_type("price", kind="regression", labels=[], minimum=0, maximum=10)
    factories.submit(0.85, to="price", label=7.5)
    seat = claimed(rita)
    for typed in ("", "many", "11", "1,000"):
        assert send(rita, seat, action="edit", number=typed).status_code == 400
    assert Review.objects.count() == 0


def test_no_entity_and_a_typed_one_are_answers(rita):
    factories.item_type("who", kind="entity_linking", labels=[])
    for _ in range(2):
        factories.submit(0.85, to="who", label="Q1", payload=SAMPLES["entity_linking"][1])
    send(rita, claimed(rita), nothing="1", typed="")
    send(rita, claimed(rita), action="edit", typed=" Q7 ")
    assert list(Label.objects.order_by("ts").values_list("label", flat=True)) == [None, "Q7"]


@pytest.mark.parametrize("name", ["entity_linking", "generation", "preference", "regression"])
def test_a_blind_page_names_neither_the_models_answer_nor_how_sure_it_is(rita, name):
    spec, payload, (guess, _) = SAMPLES[name]
    bounds = {"minimum": spec.minimum, "maximum": spec.maximum}
    factories.item_type("blind", kind=name, labels=[], blind_share=1.0, **bounds)
    factories.submit(0.8512, to="blind", label="Sphinx" if name == "generation" else guess, payload=payload)
    page = rita.get(reverse("review-work"))
    text = page.content.decode()
    assert not any(option.suggested for option in page.context["page"].options)
    assert [
        word for word in ("clf@1", "85 %", "0.851", "Sphinx", 'value="3"', "suggested") if word in text
    ] == []


def test_several_labels_are_ticked(rita):
    factories.item_type("topics", multilabel=True, labels=["art", "money", "war"])
    factories.submit(0.85, to="topics", label=["art"])
    send(rita, claimed(rita), action="edit", labels=["war", "art"])
    assert Label.objects.get().label == ["art", "war"]


@pytest.mark.parametrize("name", ["review", "review-work"])
def test_who_is_paused_reads_why_and_until_when(rita, name):
    factories.submit(0.85)
    factories.limits(rita.user, paused_at=timezone.now(), paused_because="too fast")
    text = rita.get(reverse(name)).content.decode()
    assert "You are paused (too fast): nothing is given to you until a lead lets you go on." in text
    assert "Nothing waits for you" not in text
    assert rita.get(reverse("review-waiting")).json() == {"waiting": False}


def test_who_is_paused_may_finish_what_they_hold(rita):
    factories.submit(0.85)
    seat = claimed(rita)
    factories.limits(rita.user, paused_at=timezone.now(), paused_because="too fast")
    assert rita.get(reverse("review-work")).context["page"].seat == seat
    assert send(rita, seat, action="approve").status_code == 303
    assert Assignment.objects.get().outcome == "answered"
    assert rita.get(reverse("review-work")).context["refusal"].code == "paused"


def test_the_start_page_counts_only_what_i_may_be_given(rita):
    factories.item_type("law", skill="law")
    factories.submit(0.85, to="law")
    factories.submit(0.85)
    factories.limits(rita.user, skills=[])
    assert rita.get(reverse("review")).context["queues"][0].free == 1
