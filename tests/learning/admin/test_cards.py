"""A model's card, its notes, and two models side by side in the admin."""

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from learning import registry, retraining
from learning.admin.reliability import SIZE, picture
from learning.models import ModelVersion
from tests.learning import trials, worlds
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def trained():
    """A champion with its file and its numbers."""
    item_type = worlds.shapes()
    worlds.label(worlds.items(item_type, 160))
    return retraining.retrain(item_type, trigger="test").model_version


def page(client, row, name="change", query=""):
    return client.get(reverse(f"admin:learning_modelversion_{name}", args=[row.pk]) + query)


def text(response):
    return " ".join(response.content.decode().split())


def test_a_card_tells_the_way_from_label_to_decision(trained):
    trials.live(registry.champion(trained.item_type), 2)
    said = text(page(signed_in("admins"), trained))
    assert trained.run.dataset_sha256 in said
    assert "110 to learn from</a>, 50 held out to judge it" in said
    assert "<dd>learn 160</dd>" in said
    assert "?item_type__id__exact=" + str(trained.item_type_id) + "&amp;model=shapes%401" in said


def test_a_share_stands_before_the_accuracy_of_that_share(trained):
    shown = [line["row"].metric for line in page(signed_in("leads"), trained).context["overall"]]
    assert (shown[0], shown[-2:]) == ("accuracy", ["automation", "automated_accuracy"])


@pytest.mark.parametrize(("passed", "said"), [(True, "It passed."), (False, "It was refused.")])
def test_the_card_says_what_the_gate_came_to(trained, passed, said):
    verdict = {"promote": passed, "reasons": ["accuracy holds"], "against": None}
    ModelVersion.objects.filter(pk=trained.pk).update(verdict=verdict)
    assert f"<strong>{said}</strong>" in text(page(signed_in("leads"), trained))


def test_the_items_that_it_decided_are_listed_by_the_link(trained):
    trials.live(registry.champion(trained.item_type), 2)
    address = reverse("admin:routing_item_changelist")
    client = signed_in("leads")
    for model, count in (("shapes@1", 2), ("shapes@2", 0)):
        found = client.get(address, {"item_type__id__exact": trained.item_type_id, "model": model})
        assert found.context["cl"].result_count == count


def test_who_may_only_look_sees_no_forms_and_reads_the_notes(trained):
    registry.note(trained, "For circles. Not for stars.", by="user:ada")
    said = text(page(signed_in("leads"), trained))
    assert "For circles. Not for stars." in said
    assert "notes-form" not in said
    assert "Only admins and compliance read the trail." in said


def test_notes_are_kept_with_their_change_in_the_trail(trained):
    client = signed_in("admins")
    address = reverse("admin:learning_modelversion_note", args=[trained.pk])
    for _ in range(2):
        client.post(address, {"notes": "For circles."})
    assert ModelVersion.objects.get(pk=trained.pk).notes == "For circles."
    assert AuditEvent.objects.get(verb="model.noted").data["after"] == "For circles."
    assert signed_in("leads", name="lea").post(address, {"notes": "x"}).status_code == 403


def test_a_champion_whose_file_is_broken_leads_back_to_the_last_whole_one_in_one_click(trained):
    second = retraining.retrain(trained.item_type, trigger="test").model_version
    worlds.label(worlds.items(trained.item_type, 60, seed=1))  # of the same labels comes the same file
    third = retraining.retrain(trained.item_type, trigger="test").model_version
    assert registry.champion(trained.item_type) == third
    worlds.spoil(third)
    ModelVersion.objects.filter(pk=second.pk).update(artifact="gone")
    client = signed_in("admins")
    response = page(client, third)
    assert (response.context["broken"], response.context["fallback"]) == (True, trained)
    seen = page(client, trained, "promote").context["question"]
    assert seen.changes[0] == "It replaces shapes@3, which does not come back by itself."
    client.post(
        reverse("admin:learning_modelversion_promote", args=[trained.pk]),
        {"reason": "broken file", "seen": seen.seen},
    )
    assert registry.champion(trained.item_type) == trained


def test_two_models_are_shown_side_by_side(trained):
    second = retraining.retrain(trained.item_type, trigger="test").model_version
    response = page(signed_in("leads"), trained, "compare", f"?with={second.pk}")
    assert (response.context["found"].n, response.context["other"]) == (50, second)
    assert "Neither is shown to be better" in text(response)


def test_a_model_that_cannot_be_read_is_not_compared_and_the_page_says_why(trained):
    second = retraining.retrain(trained.item_type, trigger="test").model_version
    worlds.spoil(second)
    ModelVersion.objects.filter(pk=second.pk).update(sha256="0" * 64)
    response = page(signed_in("leads"), trained, "compare", f"?with={second.pk}")
    assert "is not the one that was stored: its hash differs." in text(response)


def test_a_model_of_another_type_is_no_choice(trained):
    other = trials.model(worlds.shapes("others"), 1)
    response = page(signed_in("leads"), trained, "compare", f"?with={other.pk}")
    assert "found" not in response.context
    assert "There is no other model of shapes yet." in text(response)


def test_a_card_costs_the_same_with_few_numbers_and_with_many(trained):
    client = signed_in("admins")
    page(client, trained)
    with counted(most=40) as first:
        page(client, trained)
    for number in range(20):
        trained.evaluations.create(metric="accuracy", slice=f"payload.x={number}", value=0.5, n=9)
    with counted(most=len(first)):
        page(client, trained)


def test_the_reliability_picture_puts_confidence_across_and_accuracy_up():
    bins = [{"confidence": 0.6, "accuracy": 0.5, "low": 0.5, "high": 1.0, "n": 10}]
    drawn = picture(bins)
    (mark,) = drawn.marks
    assert (mark.x, mark.y, mark.top, mark.bottom) == (SIZE * 0.2, SIZE, 0.0, SIZE)
    assert [share for _, share in drawn.ticks] == ["50%", "62.5%", "75%", "87.5%", "100%"]
    assert picture([]) is None
