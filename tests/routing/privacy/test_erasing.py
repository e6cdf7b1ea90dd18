"""Erasing: what is personal goes, everywhere; the trail stays whole and tells that it happened."""

import pytest
from django.db import connection

from audit import trail
from audit.models import AuditEvent
from labeling.answering import review
from labeling.answering.review import Answer
from labeling.models import GoldenExample, Label, Review
from routing import assignments
from routing.models import Delivery, Erasure, Item, SubjectRights
from routing.policies.replay import replay
from routing.privacy import erasing, holds, people
from routing.privacy.holds import LegallyHeld
from tests import factories
from tests.statements import counted

pytestmark = pytest.mark.django_db

ASKED = {"query": "Who is Zebulon?", "output": "Zebulon lives in Bonn."}
BOSS = "user:carla"


def answers(**rights):
    made = factories.item_type("answers", kind="generation", labels=[])
    SubjectRights.objects.create(item_type=made, **({"subject_path": "context.person"} | rights))
    return made


def reviewed(by):
    """Return an item about Zebulon that a person corrected, with a remark."""
    context = {"person": "zeb-1", "note": "Zebulon called"}
    factories.submit(
        0.5,
        to="answers",
        label="Zebulon in Bonn",
        payload=ASKED,
        context=context,
        callback_url="https://c.example/zebulon",
    )
    seat = assignments.claim(by=by)
    said = Answer("edit", label="Zebulon lives in Rome.", comment="Zebulon moved")
    return review.submit(seat.pk, said, by=by)


def tables():
    """Yield each table with everything that it holds, as text."""
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM \"{name}\" t")
            yield name, cursor.fetchone()[0]


def test_nothing_that_was_said_or_sent_about_a_person_is_left_in_any_table(rita):
    answers()
    item = reviewed(rita)
    assert {name for name, text in tables() if "zeb" in text.lower()} > {"routing_item", "labels"}
    erasing.of_item(item, why="asked for", by=BOSS)
    assert {name for name, text in tables() if "zeb" in text.lower()} == set()


def test_who_decided_what_and_when_stays(rita):
    answers()
    item = reviewed(rita)
    erasing.of_item(item, why="asked for", by=BOSS)
    kept = Item.objects.get()
    assert (kept.status, kept.decided_by, kept.payload, kept.label) == ("approved", "user:rita", {}, None)
    assert (Review.objects.get().action, Label.objects.get().user) == ("edit", rita)
    assert GoldenExample.objects.get().retired_because == "erased"


def test_the_trail_stays_whole_and_tells_the_fingerprint_alone(rita):
    answers()
    item = reviewed(rita)
    told = AuditEvent.objects.get(verb="item.submitted").data["content"]
    trail.seal()
    before = trail.verify()
    erasing.of_item(item, why="asked for", by=BOSS)
    trail.seal()
    after = trail.verify()
    event = AuditEvent.objects.get(verb="item.erased")
    assert (before.intact, after.intact, event.actor) == (True, True, BOSS)
    assert (event.data["content"], event.data["why"]) == (told, "asked for")


def test_an_item_that_waits_is_closed_and_its_seats_are_taken_away(rita):
    factories.item_type()
    item = factories.submit(0.5)
    erasing.of_item(item, why="asked for", by=BOSS)
    item.refresh_from_db()
    assert (item.status, item.decided_by, assignments.claim(by=rita)) == ("rejected", BOSS, None)


def test_all_that_is_about_a_person_goes_and_the_name_with_it(rita):
    answers()
    reviewed(rita)
    other = factories.submit(0.5, to="answers", label="x", payload=ASKED, context={"person": "someone"})
    erasure = erasing.of_person("zeb-1", why="art. 17", by=BOSS)
    assert (erasure.erased, erasure.kept, erasure.person) == (1, 0, "")
    assert erasure.about == people.fingerprint("zeb-1")
    assert list(Item.objects.filter(erased_at=None)) == [other]


def test_a_hold_stops_it_and_is_named_until_it_is_lifted(rita):
    answers()
    item = reviewed(rita)
    hold = holds.place(about="zeb-1", why="case 12", by=BOSS)
    with pytest.raises(LegallyHeld, match=f"Hold {hold.pk} by {BOSS}: case 12"):
        erasing.of_item(item, why="asked for", by=BOSS)
    kept = erasing.of_person("zeb-1", why="art. 17", by=BOSS)
    assert (kept.erased, kept.kept) == (0, 1)
    holds.lift(hold.pk, why="closed", by=BOSS)
    assert erasing.of_person("zeb-1", why="art. 17", by=BOSS).erased == 1
    assert {"zeb-1" in event.body for event in AuditEvent.objects.all()} == {False}


def test_messages_that_were_due_are_sent_no_more(rita):
    answers()
    erasing.of_item(reviewed(rita), why="asked for", by=BOSS)
    assert list(Delivery.objects.values_list("url", "body", "next_attempt_at")) == [("", {}, None)]


def test_many_items_cost_as_many_statements_as_a_few():
    made = factories.item_type()
    SubjectRights.objects.create(item_type=made, subject_path="context.person")
    for ref in range(40):
        factories.submit(0.5, ref=f"r{ref}", context={"person": "p" if ref < 38 else "q"})
    with counted(most=70) as few:
        erasing.of_person("q", why="w", by=BOSS)
    with counted(most=len(few)):
        assert erasing.of_person("p", why="w", by=BOSS).erased == 38


def test_what_broke_off_is_gone_on_with(monkeypatch):
    made = factories.item_type()
    SubjectRights.objects.create(item_type=made, subject_path="context.person")
    for ref in range(5):
        factories.submit(0.5, ref=f"r{ref}", context={"person": "p"})
    monkeypatch.setattr(erasing, "BATCH", 2)
    monkeypatch.setattr(erasing, "AT_ONCE", -1.0)
    erasure = erasing.of_person("p", why="w", by=BOSS)
    assert (erasure.erased, erasure.ended_at, erasure.person) == (2, None, "p")
    erasing.work_on(erasure.pk)
    erasure = Erasure.objects.get()
    assert (erasure.erased, erasure.ended_at is None, erasure.person) == (5, False, "")


def test_an_erased_item_can_not_be_judged_again_and_says_why():
    factories.item_type()
    item = factories.submit(0.99)
    erasing.of_item(item, why="asked for", by=BOSS)
    assert replay(Item.objects.get()).impossible == "Its content was erased: there is nothing left to judge."
