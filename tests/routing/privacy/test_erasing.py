"""Erasing: what is personal goes, everywhere; the trail stays whole and tells that it happened."""

import pytest
from django.db import connection

from audit import trail
from audit.bundles import keeping
from audit.models import AuditEvent
from labeling.answering import review
from labeling.answering.review import Answer
from labeling.appeals import opening
from labeling.models import Appeal, GoldenExample, Label, Review
from routing import assignments, webhooks
from routing.models import Delivery, Erasure, IdempotencyKey, Item, SubjectRights
from routing.policies.replay import replay
from routing.privacy import erasing, holds, people
from routing.privacy.holds import LegallyHeld
from routing.representation import item_data
from tests import factories
from tests.statements import counted

pytestmark = pytest.mark.django_db

ASKED = {"query": "Who is Zebulon?", "output": "Zebulon lives in Bonn."}
BOSS = "user:carla"
CAT = {"label": "cat", "box": [1, 1, 5, 5]}


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
    Item.objects.update(held_out=False)  # held-out items teach nothing
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


KINDS = {
    "classification": ({"text": "Zebulon is angry"}, "negative", "positive"),
    "regression": ({"text": "Zebulon owes"}, 3.0, 9.0),
    "entity_linking": (
        {
            "text": "Zebulon went",
            "mention": {"start": 0, "end": 7},
            "candidates": [{"id": "Q1", "name": "Zebulon A"}, {"id": "Q2", "name": "Zebulon B"}],
        },
        "Q1",
        "Q2",
    ),
    "agent_action": (
        {"action": "mail", "args": {"to": "Zebulon"}, "description": "Zebulon asked"},
        {"action": "mail", "args": {"to": "Zebulon"}},
        {"action": "mail", "args": {"to": "Zebulon two"}},
    ),
    "preference": ({"prompt": "Zebulon?", "a": "Zebulon one", "b": "Zebulon two"}, "a", "b"),
    "detection": ({"image": "https://x.example/zebulon.png", "width": 9, "height": 9}, [], [CAT]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_of_no_kind_anything_is_left(rita, kind):
    payload, said, label = KINDS[kind]
    labels = {"classification": ["negative", "positive"], "detection": ["cat"]}.get(kind, [])
    factories.item_type("things", kind=kind, labels=labels, reuse_corrections=True)
    for ref in ("answered", "held", "waits", "pooled"):
        factories.submit(0.5, to="things", ref=ref, label=said, payload=payload, pool=ref == "pooled")
    seat = assignments.claim(by=rita)
    review.submit(seat.pk, Answer("edit", label=label, comment="Zebulon moved"), by=rita)
    assignments.claim(by=rita)
    assert {"labeling_review", "routing_item"} <= {name for name, text in tables() if "ebulon" in text}
    for item in Item.objects.all():
        erasing.of_item(item, why="asked for", by=BOSS)
    assert {name for name, text in tables() if "ebulon" in text} == set()
    assert set(Item.objects.values_list("status", flat=True)) == {"approved", "rejected"}


def test_bundles_that_open_what_was_said_in_confidence_go_as_well(rita):
    answers()
    item = reviewed(rita)
    bundle = keeping.ask(subject=f"routing.item:{item.pk}", why="case", opened=True, by=BOSS)
    erasing.of_item(item, why="asked for", by=BOSS)
    bundle.refresh_from_db()
    assert (bundle.state, bundle.file) == ("gone", "")


def test_exports_that_broke_off_are_named_as_copies_too(rita):
    answers()
    item = reviewed(rita)
    told = {"format": "csv", "item_type": "answers"}
    trail.record("export.started", ("labeling.export", "e1"), by="user:ada", **told)
    erasure = erasing.of_item(item, why="asked for", by=BOSS)
    assert [(one["export"], one["by"], one["format"]) for one in erasure.copies] == [
        ("e1", "user:ada", "csv")
    ]


def test_where_a_message_went_is_told_in_confidence(rita):
    answers()
    item = reviewed(rita)
    webhooks.resend(Delivery.objects.values_list("pk", flat=True), by=BOSS)
    event = AuditEvent.objects.get(verb="delivery.resent")
    assert trail.opened(event, item.secret)["url"] == "https://c.example/zebulon"
    assert "zebulon" not in event.body


def test_an_answer_that_named_the_item_by_another_field_is_not_given_again(rita):
    answers()
    item = reviewed(rita)
    body = {"results": [{"id": 1, "item_id": str(item.pk), "query": "Zebulon"}]}
    IdempotencyKey.objects.create(actor="a", key="k", request_hash="h", status=200, body=body)
    IdempotencyKey.objects.create(actor="a", key="l", request_hash="h", status=200, body={"id": "other"})
    erasing.of_item(item, why="asked for", by=BOSS)
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["l"]


def test_an_open_dispute_ends_and_the_trail_says_so(rita):
    SubjectRights.objects.create(item_type=factories.item_type(), appeal_days=30)
    item = factories.submit(0.99)
    opening.dispute(item.pk, "I object", by="user:ada")
    erasing.of_item(item, why="asked for", by=BOSS)
    appeal = Appeal.objects.get()
    assert (appeal.state, appeal.reason) == ("withdrawn", "")
    assert trail.story(item).get(verb="appeal.withdrawn").data["why"] == "erased"


def test_the_client_sees_that_an_item_is_erased():
    factories.item_type()
    item = factories.submit(0.99)
    assert item_data(item)["erased_at"] is None
    erasing.of_item(item, why="asked for", by=BOSS)
    item.refresh_from_db()
    assert item_data(item)["erased_at"] == item.erased_at.isoformat()
