"""What a lawyer reads of an item is what really happened, on every path that an item can take."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit import trail
from audit.bundles import keeping
from hitl_project.compliance.story import reading, whole
from labeling.answering import correcting
from labeling.answering.review import Answer
from labeling.appeals import opening
from labeling.quality import seconds
from routing import restoring, router
from routing.models import Assignment, Prediction
from routing.privacy import erasing
from tests import factories
from tests.labeling import disputes
from tests.labeling.looks import answer, ask
from tests.labeling.quality import doubted
from tests.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def tell():
    """Return a function that tells an item's story as the compliance officer reads it."""
    cora = signed_in("compliance", name="cora")
    return lambda item: whole.tell(reading.find(item.pk, caller=cora), by=cora.user)


def says(told, title):
    """Return what the statements of this title say."""
    return [one for row in told.statements if row.title == title for one in row.says]


def test_an_answer_that_repeats_a_correction_is_not_told_as_the_models(tell, rita):
    factories.item_type(reuse_corrections=True)
    answer(factories.seat_of(factories.submit(0.85)), rita, "negative")
    told = tell(factories.submit(0.85))
    assert told.short[1] == (
        "No person looked at it: the router repeated a person’s correction of the very same input."
    )
    stood, nobody = says(told, "The router approved it without a person")[2:]
    assert stood.startswith("The answer “negative” stood at once: not the model’s own, but that by which")
    assert nobody == "No person looked at this item in this step."


def test_who_could_not_see_the_models_answer_did_not_take_it_over(tell, rita):
    factories.item_type(audit_rate=1.0)
    item = factories.submit(0.99)
    Assignment.objects.update(blind=True)
    answer(factories.seat_of(item, "audit"), rita, "positive")
    (look,) = tell(item).looks
    assert look.saw[0] == "They did not see what the model clf@1 had said (a blind look)."
    assert look.said == "Said the same as the model: “positive”."


def test_a_decision_that_comes_back_is_the_routers_again(tell, rita):
    factories.item_type()
    item = factories.submit(0.99)
    seat = ask(item, "audit")
    answer(seat, rita, "negative")
    correcting.correct(seat.pk, Answer("edit", "positive"), by=rita)
    told = tell(item)
    assert (told.automated, told.mismatches) == (True, ())
    assert told.short[1] == "The router decided; rita overturned that, took it back, and it counts again."
    assert says(told, "The earlier decision came back")[0] == "What the router had decided counts again."


def test_an_item_erased_before_it_was_decided_was_decided_by_nobody(tell):
    factories.item_type()
    item = factories.submit(0.85)
    erasing.work_on(erasing.of_item(item, why="asked by letter", by="user:ada").pk)
    told = tell(item)
    assert told.short[:2] == (
        "It was closed without a decision.",
        "Nobody and nothing decided it: its content was erased before.",
    )
    assert [one.title for one in told.statements if one.kind == "decision"] == []


def test_a_decision_about_which_an_expert_is_asked_says_so(tell, rita):
    factories.item_type()
    item = factories.submit(0.85)
    answer(factories.seat_of(item), rita, "negative")
    correcting.correct(factories.seat_of(item).pk, Answer("escalate"), by=rita)
    assert tell(item).short[-1] == "An expert is asked about it; until then it stands."


def test_a_test_of_a_person_is_no_look_at_the_decision(tell, rita):
    factories.item_type()
    item = factories.submit(0.99)
    answer(ask(item, "gold", meant_for=rita.pk), rita, "positive")
    assert tell(item).short[1] == "No person was involved: the router decided on the model’s answer alone."


def test_when_a_disguised_look_was_asked_for_is_told_as_it_was(tell, edgar):
    factories.item_type()
    factories.person("otto", "reviewers")
    flag = doubted.flagged(factories.person("rita", "reviewers"))
    (seat,) = seconds.ask(flag.item_type)
    Assignment.objects.filter(pk=seat.pk).update(created_at=flag.item.created_at - timedelta(days=1))
    last = tell(flag.item).asked[-1]
    assert last.startswith(f"{timezone.now():%-d %b %Y}")
    assert "to look again at a doubtful answer" in last


def test_what_another_system_told_of_its_grounds_is_told_in_words(tell):
    factories.item_type()
    past = restoring.Past(
        "approved", "negative", timezone.now(), "user:hans", origin={"reasons": ["it fits"]}
    )
    (made,) = restoring.restore("sentiment", [(router.Entry("old-1", {"text": "a"}), past)], by="user:ada")
    told = tell(made.item)
    (row,) = [one for one in told.statements if one.title == "It came with its past"]
    assert row.says[1] == "No policy of this server judged it; the grounds are the other system’s."
    assert row.points == ("reasons: “it fits”",)


@pytest.mark.parametrize(
    ("label", "short"),
    [
        (None, "It is disputed: an expert’s answer is awaited."),
        ("positive", "It was disputed, and an expert came to the same."),
        ("negative", "It was disputed, and an expert changed it."),
    ],
)
def test_a_dispute_is_told_with_what_came_of_it(tell, edgar, label, short):
    item = disputes.automated()
    opening.dispute(item.pk, "No.", by=opening.SUBJECT)
    if label:
        answer(factories.seat_of(item, "appeal"), edgar, label, comment="So.")
    assert tell(item).short[-1] == short


def test_times_are_utc_wherever_the_server_stands(settings, rita):
    settings.TIME_ZONE = "Asia/Tokyo"
    cora = signed_in("compliance", name="cora")
    factories.item_type()
    item = factories.submit(0.99)
    page = cora.get(f"/compliance/items/{item.pk}/").content.decode()
    assert (f"{item.created_at:%H:%M:%S}</time>" in page, "all times are UTC" in page) == (True, True)


def test_a_models_answer_that_was_changed_in_its_row_is_shouted_and_the_trails_is_told(tell):
    factories.item_type()
    item = factories.submit(0.99)
    Prediction.objects.filter(item=item).update(label="negative")
    told = tell(item)
    assert [one.text for one in told.mismatches] == [
        "The model’s answer is stored as “negative”, the trail says “positive”."
    ]
    assert says(told, "It came in")[1] == "The model clf@1 said “positive” with confidence 99.0 %."


def test_who_took_the_story_away_in_a_bundle_is_told(tell, edgar):
    factories.item_type()
    item = factories.submit(0.99)
    bundle = keeping.ask(subject=f"routing.item:{item.pk}", why="court order", by=edgar)
    keeping.fetch(bundle, by="user:carl").close()
    rows = [(one.title, one.by, one.says) for one in tell(item).statements[-3:]]
    assert rows == [
        ("A bundle of its events was asked for", "edgar", ("Why: court order.",)),
        ("The bundle of its events was ready", "the server", (f"SHA-256 of the file: {bundle.sha256}.",)),
        ("The bundle was fetched", "carl", ("carl took the file.",)),
    ]


@pytest.mark.parametrize(
    ("written", "told"),
    [("", "No guidelines were in force."), ("Look.", "Version 1 of the guidelines was in force.")],
)
def test_guidelines_were_in_force_only_where_some_were_written(tell, rita, written, told):
    factories.item_type(guidelines=written)
    item = factories.submit(0.85)
    answer(factories.seat_of(item), rita, "positive")
    assert tell(item).looks[0].saw[1] == told


def test_of_what_is_not_told_whole_nothing_is_said_in_short(tell, monkeypatch):
    factories.item_type()
    item = factories.submit(0.99)
    trail.record("item.sung_to", item, by="user:rita")
    monkeypatch.setattr(reading, "MOST", 1)
    told = tell(item)
    assert (told.more, told.automated, len(told.short)) == (True, False, 1)
