"""Feedback in figures: how often people say what, and which part of the answers to mend first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.answering import review
from labeling.answering.review import Answer
from labeling.feedback import reports
from labeling.feedback.figures import figures
from labeling.feedback.opportunities import Answer as Judged
from labeling.feedback.opportunities import band, opportunities
from routing import assignments
from routing.models import Assignment, Item, Purpose
from tests import factories
from tests.api_client import attrs, caller
from tests.statements import counted

URL = "/api/v1/feedback/analytics/"
ANSWERS = st.lists(
    st.builds(
        Judged,
        classes=st.sampled_from([("a",), ("b",), ("a", "b"), ()]),
        score=st.floats(0, 1),
        model=st.sampled_from(["m@1", "m@2"]),
        right=st.booleans(),
        weight=st.floats(1, 50),
    ),
    min_size=1,
    max_size=30,
)


def answer(by, action="edit", label="negative", **fields):
    """Claim the next seat as this person and answer it."""
    said = Answer(action, label if action == "edit" else None, **fields)
    return review.submit(assignments.claim(by=by).pk, said, by=by)


@given(ANSWERS)
def test_gains_are_shares_of_all_answers_and_models_share_all_errors(answers):
    right, found = opportunities(answers)
    assert all(0 < one.gain <= 1 + 1e-9 for one in found)
    by_model = sum(one.gain for one in found if one.by == "model")
    assert by_model == pytest.approx(1 - right.accuracy)
    assert found == sorted(found, key=lambda one: (-one.gain, one.by, one.name))


def test_an_answer_weighs_what_it_stands_for():
    drawn = Judged(("a",), 0.99, "m@1", False, 20.0)
    seen = [Judged(("b",), 0.6, "m@1", False, 1.0)] * 3 + [Judged(("b",), 0.6, "m@1", True, 1.0)] * 77
    right, found = opportunities([drawn, *seen])
    assert (right.checks, right.accuracy) == (81, pytest.approx(0.77))
    assert [(one.name, one.gain) for one in found if one.by == "class"] == [
        ("a", pytest.approx(0.2)),
        ("b", pytest.approx(0.03)),
    ]


@pytest.mark.parametrize(
    ("score", "name"),
    [(0.0, "0 to 0.5"), (0.5, "0.5 to 0.6"), (0.949, "0.9 to 0.95"), (0.99, "0.99 to 1"), (1.0, "0.99 to 1")],
)
def test_a_score_has_its_band(score, name):
    assert band(score) == name


@pytest.mark.django_db
def test_words_are_counted_by_sort(rita):
    made = factories.item_type(reject_means="withhold")
    for action in ("approve", "edit", "edit", "reject", "escalate"):
        factories.submit(0.85)
        answer(rita, action, confidence=0.6 if action == "edit" else None)
    found = figures(made, 30)
    assert (found.total, found.positive, found.correction, found.negative) == (4, 1, 2, 1)
    assert (found.correction_rate, found.mean_confidence) == (0.5, pytest.approx(0.85))
    assert found.mean_own_confidence == pytest.approx(0.6)
    assert (found.right.checks, found.right.accuracy) == (4, 0.25)


@pytest.mark.django_db
def test_what_should_be_mended_first_comes_first(rita):
    made = factories.item_type()
    for label, said in (("positive", "negative"), ("positive", "negative"), ("negative", "positive")):
        factories.submit(0.85, label=label)
        answer(rita, label=said)
    factories.submit(0.85, label="negative")
    answer(rita, "approve")
    classes = [one for one in figures(made, 30).opportunities if one.by == "class"]
    assert [(one.name, one.wrong, one.gain) for one in classes] == [
        ("positive", 2, 0.5),
        ("negative", 1, 0.25),
    ]


@pytest.mark.django_db
def test_a_check_stands_for_all_that_it_was_drawn_from(rita):
    made = factories.item_type(audit_rate=0.1)
    item = factories.submit(0.99)
    Item.objects.update(audit_draw=0.01)
    Assignment.objects.all().delete()
    want = assignments.Want(item, Purpose.AUDIT, made.queue, blind=True, inclusion=0.1)
    assignments.ask([want])
    answer(rita)
    factories.submit(0.85, label="negative")
    answer(rita)
    [worst] = [one for one in figures(made, 30).opportunities if one.by == "class"]
    assert (worst.name, worst.gain) == ("positive", pytest.approx(10 / 11))


@pytest.mark.django_db
def test_what_was_doubted_stands_for_nobody_but_itself_and_is_left_out(rita):
    made = factories.item_type(audit_rate=0.1)
    factories.submit(0.99, ref="a")
    Item.objects.update(audit_draw=0.5)
    word = {"item_type": "sentiment", "item_ref": "a", "correct": False}
    reports.receive([word], by=rita)
    answer(factories.person("edgar", "experts"))
    found = figures(made, 30)
    assert (found.production, found.production_wrong) == (1, 1)
    assert (found.correction, found.right.checks) == (1, 0)


@pytest.mark.django_db
def test_corrections_in_force_and_their_uses_are_told(rita):
    made = factories.item_type(reuse_corrections=True)
    factories.submit(0.85)
    answer(rita)
    factories.submit(0.85)
    found = figures(made, 30)
    assert (found.corrections_in_force, found.corrections_used) == (1, 1)


@pytest.mark.django_db
def test_what_a_person_had_corrected_before_is_not_counted_as_the_models(rita):
    made = factories.item_type(reuse_corrections=True, audit_rate=1.0)
    factories.submit(0.85)
    answer(rita)
    factories.submit(0.99)
    answer(factories.person("ruth", "reviewers"))
    assert figures(made, 30).right.checks == 1


@pytest.mark.django_db
def test_of_nothing_it_tells_nothing():
    found = figures(factories.item_type(), 30)
    assert (found.total, found.correction_rate, found.right.accuracy, found.opportunities) == (
        0,
        None,
        None,
        [],
    )


@pytest.mark.django_db
def test_it_takes_four_statements(rita):
    made = factories.item_type()
    factories.submit(0.85)
    answer(rita)
    with counted(most=4):
        assert figures(made, 30).total == 1


@pytest.mark.django_db
def test_the_api_gives_the_same_figures(rita):
    made = factories.item_type()
    factories.submit(0.85)
    answer(rita)
    client = caller("metrics:read")
    told = client.get(URL, {"item_type": "sentiment", "days": 7}).json()
    expected = figures(made, 7)
    assert (told["item_type"], told["days"], told["correction_rate"]) == ("sentiment", 7.0, 1.0)
    assert [one["gain"] for one in told["opportunities"]] == [one.gain for one in expected.opportunities]
    assert attrs(client.get(URL)) == [("required", "item_type")]
    assert attrs(client.get(URL, {"item_type": "gone"})) == [("unknown_item_type", "item_type")]
    assert caller("labels:read").get(URL, {"item_type": "sentiment"}).status_code == 403
