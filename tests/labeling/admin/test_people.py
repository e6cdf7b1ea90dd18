"""The admin's pages on how often people are right and on what the model's suggestion does to them."""

import pytest
from django.urls import reverse
from django.utils import timezone

from labeling.models import AnnotatorSkill, Flag, Label
from labeling.people.influence import Share
from routing import another
from tests import factories
from tests.labeling.looks import answer, ask, settled
from tests.labeling.people.units import units
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return factories.item_type()


@pytest.fixture
def lead():
    return signed_in("leads")


def page(client, name, made):
    return client.get(reverse(f"admin:routing_itemtype_{name}", args=[made.pk]))


def skill(made, user, **fields):
    common = {"method": "one_coin", "votes": 40, "accuracy": 0.9, "low": 0.8, "high": 0.95}
    return AnnotatorSkill.objects.create(item_type=made, user=user, **(common | fields))


@pytest.mark.parametrize("name", ["people", "influence"])
def test_who_has_no_business_in_the_admin_is_sent_away(made, name):
    assert page(signed_in("reviewers", name="rita"), name, made).status_code == 302


@pytest.mark.parametrize(
    ("name", "says"), [("people", "Nothing is known yet"), ("influence", "Nobody has answered")]
)
def test_where_nothing_is_known_the_page_says_so(made, lead, name, says):
    assert says in page(lead, name, made).content.decode()


def test_people_come_by_name_whoever_is_better(made, lead):
    for name, right in (("zoe", 40), ("anna", 20), ("mia", 30)):
        skill(made, factories.person(name, "reviewers"), gold_answered=40, gold_right=right)
    skill(made, None)
    assert [str(one["user"]) for one in page(lead, "people", made).context["people"]] == [
        "anna",
        "mia",
        "zoe",
    ]


def test_under_twenty_answers_no_share_is_shown(made, lead):
    rita, sam = (factories.person(name, "reviewers") for name in ("rita", "sam"))
    skill(made, rita, gold_answered=20, gold_right=13, votes=40)
    skill(made, sam, gold_answered=19, gold_right=13, votes=19)
    shown = page(lead, "people", made)
    assert [one["gold"].enough for one in shown.context["people"]] == [True, False]
    text = shown.content.decode()
    assert (text.count("65.0 %"), text.count("90.0 %"), text.count("<small>19</small>")) == (1, 1, 2)


def test_who_is_paused_is_marked(made, lead):
    rita = factories.person("rita", "reviewers")
    skill(made, rita)
    limits = factories.limits(rita, paused_at="2026-01-01T00:00Z", paused_because="3 of 20")
    link = reverse("admin:routing_reviewer_change", args=[limits.pk])
    assert f'href="{link}" title="3 of 20"' in page(lead, "people", made).content.decode()


def test_the_page_tells_how_many_questions_there_are(made, lead):
    edgar = factories.person("edgar", "experts")
    item = settled(factories.submit(0.85))
    answer(ask(item, "expert"), edgar, "negative")
    assert page(lead, "people", made).context["known"] == 1


def test_more_people_take_no_more_statements(made, lead):
    page(lead, "people", made)
    for number in range(5):
        skill(made, factories.person(f"p{number}", "reviewers"))
    with counted(most=17):
        page(lead, "people", made)


def looked(person, *, blind, label, ref=None):
    """Let the person answer an item of which the model says 'positive'; return the item."""
    seat = factories.seat_of(factories.submit(0.85))
    seat.blind = blind
    seat.save(update_fields=["blind"])
    answer(seat, person, label, time_spent_ms=900)
    return seat.item


def test_answers_with_and_without_the_suggestion_are_compared(made, lead):
    rita = factories.person("rita", "reviewers")
    looked(rita, blind=False, label="positive")
    looked(rita, blind=True, label="negative")
    found = page(lead, "influence", made).context
    assert (found["all"].shown, found["all"].blind) == (Share(1, 1), Share(0, 1))
    (band,), (person,) = found["bands"], found["people"]
    assert (band["low"], band["high"], person["name"]) == (0.8, 0.9, "rita")


def test_a_wrong_answer_that_was_approved_is_a_rubber_stamp(made, lead):
    rita, edgar = factories.person("rita", "reviewers"), factories.person("edgar", "experts")
    item = looked(rita, blind=False, label="positive")
    answer(ask(item, "validate"), edgar, "negative")
    answer(ask(settled(factories.submit(0.85)), "gold", meant_for=rita.pk), rita, "negative")
    looked(rita, blind=False, label="positive")  # nobody knows whether that was right
    assert page(lead, "influence", made).context["all"].stamped == Share(1, 2)


def test_flagged_haste_is_counted(made, lead):
    rita = factories.person("rita", "reviewers")
    for _ in range(3):
        looked(rita, blind=False, label="positive")
    Label.objects.update(checked_at=timezone.now())
    looked(rita, blind=False, label="positive")  # no check has read it yet
    answer(ask(settled(factories.submit(0.85)), "gold", meant_for=rita.pk), rita, "negative", time_spent_ms=9)
    label = Label.objects.filter(checked_at__isnull=False).first()
    Flag.objects.create(label=label, item=label.item, item_type=made, check_name="too_fast", score=0.5)
    assert page(lead, "influence", made).context["all"].fast == Share(1, 3)


def test_a_look_at_a_decided_item_is_blind_by_no_draw(made, lead):
    rita, sam = factories.person("rita", "reviewers"), factories.person("sam", "reviewers")
    item = looked(rita, blind=False, label="positive")
    answer(another.request(item.pk, why="A doubt.", by="system:test"), sam, "negative")
    found = page(lead, "influence", made).context["all"]
    assert (found.shown, found.blind) == (Share(1, 1), Share(0, 0))


def test_twenty_of_each_show_the_effect(made, lead):
    rita = factories.person("rita", "reviewers")
    for _ in range(20):
        looked(rita, blind=False, label="positive")
        looked(rita, blind=True, label="negative")
    shown = page(lead, "influence", made)
    assert shown.context["all"].pull.value == 1.0
    assert "People follow it" in shown.content.decode()


def test_colleagues_time_and_habits_stand_beside_by_name(made, lead, monkeypatch):
    anna, ben = (factories.person(name, "reviewers") for name in ("anna", "ben"))
    said = units(("neutral", "positive"), times=40, people=(ben.pk, anna.pk))
    monkeypatch.setattr("labeling.people.ratings.read", lambda *_, **__: said)
    shown = page(lead, "people", made)
    assert [
        (str(one["user"]), one["others_same"].value, one["gold"].of) for one in shown.context["people"]
    ] == [
        ("anna", 0.0, 0),
        ("ben", 0.0, 0),
    ]
    text = shown.content.decode()
    assert "<strong>ben</strong> says “neutral” more often than colleagues do" in text
    assert "<strong>ben</strong> says “positive” less often than colleagues do" in text
