"""Who is proven to fail known questions is paused, and leads are told; who is let go on starts afresh."""

from datetime import timedelta

import numpy as np
import pytest
from django.core import mail
from django.utils import timezone
from django_q.models import OrmQ
from hypothesis import given
from hypothesis import strategies as st

from audit.models import AuditEvent
from labeling.people import pausing
from labeling.people.pausing import fails
from labeling.tasks import judge_people
from routing import standing
from routing.models import Assignment, ItemType, Reviewer
from tests import factories
from tests.labeling.looks import answer, ask, settled


@pytest.fixture
def made():
    return factories.item_type(pause_below=0.7)


def questions(person, *labels):
    """Let the person answer known questions whose answer is 'negative'."""
    for label in labels:
        answer(ask(settled(factories.submit(0.6)), "gold", meant_for=person.pk), person, label)


WRONG = ["positive"] * 12


@given(st.lists(st.booleans(), max_size=60), st.floats(0.05, 0.95))
def test_a_right_answer_never_makes_it_worse(right, least):
    better = [*right, *[True] * 5]
    if not fails(right, least):
        assert not fails(better, least)


@given(st.integers(0, 400), st.floats(0.0, 1.0))
def test_who_is_always_right_never_fails(answers, least):
    assert not fails([True] * answers, least)


def test_people_who_are_right_often_enough_are_hardly_ever_suspected():
    random = np.random.default_rng(7)
    suspected = sum(fails(random.random(100) < 0.7, 0.7) for _ in range(300))
    # A thousand answers on average until a false alarm: of 100 at most about one in ten.
    assert suspected <= 300 * 100 / 1000


@pytest.mark.parametrize(("rate", "most"), [(0.2, 20), (0.4, 60)])
def test_people_who_are_not_are_found_soon(rate, most):
    random = np.random.default_rng(7)
    found = sum(fails(random.random(most) < rate, 0.7) for _ in range(200))
    assert found >= 100  # at least half of them after so many answers


@pytest.mark.django_db
def test_who_fails_is_paused_and_it_is_told(made, rita):
    questions(rita, "negative", *WRONG)
    (limits,) = pausing.judge(made)
    limits.refresh_from_db()
    why = "1 of 13 questions with a known answer were right at sentiment"
    assert (limits.user, limits.paused_because, limits.paused_for) == (rita, why, made)
    event = AuditEvent.objects.get(verb="reviewer.paused")
    assert (event.actor, event.data) == (
        "system:judge",
        {"person": "rita", "why": why, "item_type": "sentiment"},
    )
    assert OrmQ.objects.count() == 1
    assert (standing.standing(rita).paused, pausing.judge(made)) == (True, [])


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"pause_below": None}, {"pause_below": 0.0}, {"gold_share": 0.0}])
def test_nobody_is_paused_where_no_one_wants_it(made, rita, fields):
    questions(rita, *WRONG)
    ItemType.objects.update(**fields)
    assert judge_people() == 0


@pytest.mark.django_db
def test_who_has_not_answered_of_late_is_left_alone(made, rita):
    questions(rita, *WRONG)
    assert pausing.judge(made, now=timezone.now() + timedelta(hours=2)) == []


@pytest.mark.django_db
def test_what_was_answered_before_a_lead_let_them_go_on_is_forgiven(made, rita):
    lea = factories.person("lea", "leads")
    questions(rita, *WRONG)
    (limits,) = pausing.judge(made)
    standing.resume(limits, why="we spoke", by=lea)
    limits.refresh_from_db()
    assert (pausing.judge(made), limits.paused_for) == ([], None)
    questions(rita, *WRONG)
    assert pausing.judge(made) == [limits]


@pytest.mark.django_db
def test_who_had_no_limits_keeps_what_they_may_decide(made, rita):
    factories.item_type("law", skill="german")
    questions(rita, *WRONG)
    pausing.judge(made)
    assert Reviewer.objects.get(user=rita).skills == ["german"]


@pytest.mark.django_db
def test_limits_that_there_are_stay_as_they_are(made, rita):
    factories.limits(rita, skills=["french"], daily_cap=200)
    questions(rita, *WRONG)
    pausing.judge(made)
    found = Reviewer.objects.get(user=rita)
    assert (found.skills, found.daily_cap, found.paused_at is None) == (["french"], 200, False)


@pytest.mark.django_db
@pytest.mark.parametrize(("host", "told"), [("mail.example.com", 2), ("", 0)])
def test_leads_with_an_address_get_one_message(made, rita, settings, host, told):
    settings.EMAIL_HOST = host
    for name, address in (("lea", "lea@example.com"), ("leo", "leo@example.com"), ("liz", "")):
        factories.person(name, "leads", email=address)
    factories.person("gone", "leads", email="gone@example.com", is_active=False)
    why = {"paused_because": "1 of 13 were right", "paused_for": made}
    assert pausing.tell_leads(factories.limits(rita, paused_at=timezone.now(), **why)) == told
    assert [message.bcc for message in mail.outbox] == [["lea@example.com", "leo@example.com"]] * (told > 0)
    assert all("1 of 13 were right" in message.body for message in mail.outbox)


@pytest.mark.django_db
def test_the_answer_of_somebody_else_says_nothing_of_this_person(made, rita):
    sam = factories.person("sam", "reviewers")
    questions(rita, *["negative"] * 3)
    questions(sam, *WRONG)
    assert [limits.user for limits in pausing.judge(made)] == [sam]
    assert Assignment.objects.filter(purpose="gold").count() == 15
