"""The story as the compliance officer reads it: whole, proven, masked, recorded, in bounded statements."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from audit import trail
from audit.models import AuditEvent
from hitl_project.compliance.story import reading, whole
from labeling.models import Review
from routing import policies
from routing.models import Item, SubjectRights
from routing.privacy import erasing
from tests import factories
from tests.labeling.looks import answer
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def cora():
    return signed_in("compliance", name="cora")


@pytest.fixture
def item(rita, edgar):
    """An item that a person decided and an expert overturned."""
    item_type = factories.item_type(rules=[{"name": "long", "when": "context.amount > 10"}])
    SubjectRights.objects.create(item_type=item_type, personal_fields=["payload.name"])
    payload = {"text": "So so.", "name": "Ms. Miller"}
    made = factories.submit(0.6, ref="r-1", payload=payload, context={"amount": 11})
    answer(factories.seat_of(made), rita, "positive", comment="Looks fine.")
    trail.seal()
    return Item.objects.get(pk=made.pk)


def page(client, item):
    return client.get(reverse("compliance-story", args=[item.pk]))


def test_the_page_tells_who_decided_by_which_rule_and_what_was_said(cora, item):
    text = page(cora, item).content.decode()
    for words in (
        "It was approved as “positive”",
        "A person was involved: the answer of rita settled it.",
        "Rule “long” (business) as it read then",
        "context.amount &gt; 10",
        "They saw the model’s suggestion: “positive”, 60.0 % sure, by clf@1.",
        "Looks fine.",
        "seal 1",
        "Yes. Policy 1 is still in force",
    ):
        assert text.count(words) >= 1, words


def test_rows_that_were_changed_are_shouted(cora, item):
    Review.objects.filter(item=item).update(label="negative")
    Item.objects.filter(pk=item.pk).update(payload={"text": "Quite another."})
    text = page(cora, item).content.decode()
    assert text.count("The answer of rita is stored as “negative”, the trail says “positive”.") == 1
    assert text.count("What is shown as the item’s content is not what came in: it was changed.") == 1


def test_today_says_what_a_newer_policy_would_do(cora, item):
    item.item_type.rules.all().delete()
    item.item_type.auto_approve, item.item_type.review = 0.5, 0.2
    item.item_type.expert = 0.1
    item.item_type.save()
    policies.publish(item.item_type, reason="looser", by="user:ada")
    told = whole.tell(reading.find(item.pk, caller=cora), by=cora.user)
    assert (told.today.same, told.today.genuine) == (False, True)
    assert told.today.verdict.startswith(
        "No. By policy 2, which is in force today: approved without a person"
    )


def test_personal_fields_are_hidden_from_those_without_the_right(item):
    root = signed_in(name="root", is_superuser=True)
    assert page(root, item).content.decode().count("Ms. Miller") == 1
    lena = signed_in("readers", name="lena")
    lena.user.user_permissions.add(Permission.objects.get(codename="view_auditevent"))
    text = page(lena, item).content.decode()
    assert (text.count("Ms. Miller"), text.count("Looks fine.")) == (0, 0)


def test_free_words_of_models_and_people_are_hidden_from_those_without_the_right(cora, rita):
    factories.item_type("replies", kind="generation", labels=[])
    payload = {"query": "Where is it?", "output": "It is on its way."}
    made = factories.submit(0.6, to="replies", label="Dear Ms. Miller", payload=payload)
    answer(factories.seat_of(made), rita, "Dear Mrs. Miller")
    lena = signed_in("readers", name="lena")
    lena.user.user_permissions.add(Permission.objects.get(codename="view_auditevent"))
    shown, hidden = (page(one, made).content.decode() for one in (cora, lena))
    assert shown.count("Dear Ms. Miller") >= 1
    assert shown.count("Dear Mrs. Miller") >= 1
    assert (hidden.count("Dear M"), hidden.count("does not match")) == (0, 0)


def test_reading_what_is_personal_is_recorded_once_an_hour(item):
    root = signed_in(name="root", is_superuser=True)
    for _ in range(2):
        page(root, item)
    (event,) = AuditEvent.objects.filter(verb="story.read")
    assert (event.actor, event.subject) == ("user:root", f"routing.item:{item.pk}")


def test_an_erased_item_still_tells_who_when_and_by_which_policy(cora, item):
    erasing.work_on(erasing.of_item(item, why="asked by letter", by="user:ada").pk)
    text = page(cora, item).content.decode()
    assert text.count("Its content was erased") >= 1
    assert (text.count("Looks fine."), text.count("Miller"), text.count("does not match")) == (0, 0, 0)
    assert text.count("the answer of rita settled it") == 1


def test_a_story_costs_no_more_statements_however_long_it_is(cora, item):
    told = reading.find(item.pk, caller=cora)
    whole.tell(told, by=cora.user)
    with counted(most=40) as few:
        whole.tell(reading.find(item.pk, caller=cora), by=cora.user)
    for number in range(30):
        trail.record("item.sung_to", item, by="user:rita", verse=number)
    with counted(most=len(few)):
        whole.tell(reading.find(item.pk, caller=cora), by=cora.user)


def test_a_single_whole_reference_opens_its_story_at_once(cora, item):
    answer_ = cora.get(reverse("compliance-items"), {"q": "r-1"})
    assert answer_.headers["Location"] == reverse("compliance-story", args=[item.pk])
    text = cora.get(reverse("compliance-items"), {"q": "r"}).content.decode()
    assert text.count("1 whose reference begins so") == 1


def test_the_book_is_closed_to_others_and_strangers_sign_in(client, item):
    lead = signed_in("leads", name="leo")
    for path in (reverse("compliance-items"), reverse("compliance-story", args=[item.pk])):
        assert lead.get(path).status_code == 403
        assert client.get(path).headers["Location"] == f"/accounts/login/?next={path}"


def test_an_item_of_another_team_is_shown_to_compliance_alone(cora, item):
    item.item_type.teams.add(Group.objects.create(name="claims team"))
    admin = signed_in("admins", name="ada")
    assert (page(cora, item).status_code, page(admin, item).status_code) == (200, 404)
    text = admin.get(reverse("compliance-items"), {"q": "r-1"}).content.decode()
    assert text.count("No item has this reference") == 1


def test_an_item_that_is_not_there_has_no_story(cora):
    assert cora.get("/compliance/items/019759b0-0000-7000-8000-000000000000/").status_code == 404


def test_a_picture_that_came_with_the_item_is_shown_and_one_from_elsewhere_is_not_fetched(cora, item):
    for image, shown in (("data:image/png;base64,AA==", 1), ("https://pictures.example/1.png", 0)):
        Item.objects.filter(pk=item.pk).update(payload={"image": image})
        assert page(cora, item).content.decode().count(f'src="{image}"') == shown
