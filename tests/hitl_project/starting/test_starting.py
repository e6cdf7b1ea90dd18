"""The guide's pages: what each makes, and that nothing is half done; steps are read from what is there."""

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django_q.models import OrmQ

from audit.models import AuditEvent
from hitl_project.starting import making, steps
from labeling.models import ImportRun
from labeling.tasks import go_on_importing, take_in
from routing.models import Item, ItemType, Policy, Queue, Rule
from routing.presets import PRESETS
from tests import factories
from tests.hitl_project.starting.sending import sent
from tests.people import signed_in

pytestmark = pytest.mark.django_db


def made(name):
    preset = PRESETS[name]
    labels = preset.settings.get("labels", [])
    return making.make(preset, name=preset.title, labels=labels, guidelines="Look.", by="system:test")


@pytest.mark.parametrize("name", PRESETS)
def test_every_use_makes_an_item_type_in_force_with_its_rules(name):
    item_type = made(name)
    preset = PRESETS[name]
    assert (item_type.kind, item_type.name, item_type.guidelines) == (preset.kind, preset.title, "Look.")
    assert sorted(item_type.rules.values_list("name", flat=True)) == sorted(one.name for one in preset.rules)
    assert [one.item_type for one in Policy.objects.all()] == [item_type]
    assert sorted(Queue.objects.values_list("slug", "group__name")) == [
        ("experts", "experts"),
        ("reviews", "reviewers"),
    ]


def test_queues_that_are_there_stay_as_they_are_and_a_name_is_given_twice():
    factories.queue("reviews", "moderators", sla_minutes=7)
    slugs = [made("medical").slug, made("medical").slug]
    assert slugs == ["medical-findings", "medical-findings-2"]
    assert Queue.objects.filter(slug="reviews", group__name="moderators", sla_minutes=7).count() == 1


def test_labels_that_do_not_fit_make_nothing():
    client = signed_in("admins")
    address = reverse("admin:start_describe", args=["content_moderation"])
    page = client.post(address, {"name": "Posts", "labels": "one\none\n", "guidelines": ""}).content.decode()
    assert "Name 2 to 500 labels" in page
    assert [model.objects.count() for model in (ItemType, Rule, Queue, Policy)] == [0, 0, 0, 0]


def test_thresholds_of_labels_that_were_taken_away_go_with_them():
    preset = PRESETS["content_moderation"]
    item_type = making.make(preset, name="Posts", labels=["allow", "bad"], guidelines="", by="system:test")
    assert item_type.class_thresholds == {"allow": 0.97}


def test_a_file_waits_until_its_columns_are_told(posts, folder):
    client = signed_in("admins")
    run, address = sent(client, posts)
    assert (run.status, OrmQ.objects.count(), Item.objects.count()) == ("waiting", 0, 0)
    page = client.get(address).content.decode()
    assert "<b>1 goes in</b>" in page
    assert "Line 3</b> label: There is no label &#x27;scam&#x27;." in page
    assert Item.objects.count() == 0


def test_a_file_is_taken_in_with_answers_that_were_added(posts):
    client = signed_in("admins")
    run, address = sent(client, posts)
    chosen = {"column-0": "text", "column-1": "label", "add_labels": "on", "do": "take"}
    client.post(address, chosen)
    take_in(str(run.pk))
    posts.refresh_from_db()
    run.refresh_from_db()
    assert (posts.labels, run.created, run.refused) == (["allow", "spam", "scam"], 2, 0)
    assert client.get(address)["Location"] == reverse("admin:start_of", args=[posts.pk])
    verbs = (
        AuditEvent.objects.filter(verb__startswith="import.").order_by("id").values_list("verb", flat=True)
    )
    assert list(verbs) == ["import.kept", "import.started", "import.ended"]


@pytest.mark.parametrize(("ask", "status"), [("on", "pending_human"), ("", "pending_ai")])
def test_rows_without_an_answer_go_to_people_where_that_is_wanted(posts, ask, status):
    client = signed_in("admins")
    run, address = sent(client, posts, "Message\nHi.\nBuy.\n")
    client.post(address, {"column-0": "text", "ask": ask, "do": "take"})
    take_in(str(run.pk))
    assert list(Item.objects.values_list("status", flat=True)) == [status, status]


def test_a_file_of_which_no_row_could_go_in_is_not_begun(posts):
    client = signed_in("admins")
    run, address = sent(client, posts)
    page = client.post(address, {"column-0": "", "column-1": "", "do": "take"}).content.decode()
    run.refresh_from_db()
    assert ("Not one of the rows could go in" in page, run.status) == (True, "waiting")


def test_two_columns_are_not_taken_for_the_same(posts):
    client = signed_in("admins")
    _, address = sent(client, posts)
    page = client.post(address, {"column-0": "text", "column-1": "text", "do": "take"}).content.decode()
    assert "Message is taken for this already." in page


def test_a_file_is_read_in_another_way_when_asked(posts):
    client = signed_in("admins")
    run, address = sent(client, posts, "a;b|c\n1;2|3\n")
    assert "a;b" in client.post(address, {"delimiter": "|", "encoding": "cp1252"}).content.decode()
    run.refresh_from_db()
    assert (run.delimiter, run.encoding) == ("|", "cp1252")


def test_a_file_that_is_gone_is_told_and_asked_for_again(posts, folder):
    client = signed_in("admins")
    run, address = sent(client, posts)
    next(folder.iterdir()).unlink()
    page = client.get(address, follow=True)
    run.refresh_from_db()
    assert ("no longer there" in page.content.decode(), run.status) == (True, "cancelled")


def test_a_file_that_nobody_came_back_to_is_dropped_after_a_week(
    posts, folder, django_capture_on_commit_callbacks
):
    sent(signed_in("admins"), posts)
    go_on_importing()
    assert ImportRun.objects.get().status == "waiting"
    ImportRun.objects.update(started_at="2026-01-01T00:00:00Z")
    with django_capture_on_commit_callbacks(execute=True):
        go_on_importing()
    assert (ImportRun.objects.get().status, list(folder.iterdir())) == ("cancelled", [])


def test_plain_rows_of_json_and_objects_of_the_api_are_both_understood(posts):
    client = signed_in("admins")
    line = '{"text": "Hi.", "stars": 3}\n{"item_ref": "b", "payload": {"text": "Ho."}}\n'
    _, address = sent(client, posts, line, "a.jsonl")
    page = client.get(address).content.decode()
    assert ("<b>2 go in</b>" in page, 'name="column-1"' in page) == (True, True)


def test_people_are_invited_all_or_none(posts):
    client = signed_in("admins")
    address = reverse("admin:start_people", args=[posts.pk])
    person = {"person-0-username": "rita", "person-0-email": "", "person-0-group": "reviewers"}
    taken = {"person-1-username": "rita", "person-1-email": "", "person-1-group": "experts"}
    assert "already exists" in client.post(address, person | taken).content.decode()
    assert User.objects.filter(username="rita").count() == 0
    page = client.post(address, person, follow=True).content.decode()
    assert ("/accounts/invited/" in page, "/accounts/invited/" in client.get(address).content.decode()) == (
        True,
        False,
    )
    assert [group.name for group in User.objects.get(username="rita").groups.all()] == ["reviewers"]


def test_whoever_sets_up_joins_the_reviewers_once_and_it_is_recorded(posts):
    client = signed_in("admins")
    address = reverse("admin:start_people", args=[posts.pk])
    for _ in range(2):
        client.post(address, {"do": "join"})
    events = AuditEvent.objects.filter(verb="user.regrouped")
    assert [(one.data["before"], one.data["after"]) for one in events] == [
        (["admins"], ["admins", "reviewers"])
    ]


def test_steps_are_read_from_what_is_there(posts):
    ada = factories.person("ada", "admins")
    found = [steps.progress(None, ada), steps.progress(posts, ada)]
    factories.submit(to="posts", label="allow")
    found.append(steps.progress(posts, ada))
    factories.person("rita", "reviewers")
    found.append(steps.progress(posts, ada))
    assert [(one.step, one.done) for one in found] == [(1, 0), (2, 1), (3, 2), (4, 3)]


def test_who_decides_alone_is_who_is_asked_for():
    item_type = made("medical")
    assert [group.name for group in steps.groups_of(item_type)] == ["experts", "reviewers"]


def test_a_list_of_plain_objects_has_columns(posts):
    client = signed_in("admins")
    text = '[{"message": "Hi.", "class": "allow"}, {"message": "Buy.", "data": 3}]'
    run, address = sent(client, posts, text, "a.json")
    page = client.get(address).content.decode()
    assert ("<b>2 go in</b>" in page, 'name="column-2"' in page) == (True, True)
    client.post(address, {"column-0": "text", "column-1": "label", "do": "take"})
    take_in(str(run.pk))
    assert sorted(Item.objects.values_list("payload__text", "label")) == [("Buy.", None), ("Hi.", "allow")]


def test_answers_anywhere_in_the_file_become_labels_and_what_that_changes_is_seen(posts):
    rows = [f"post {n},topic {n % 300}\n" for n in range(600)]
    client = signed_in("admins")
    _, address = sent(client, posts, "Message,Category\n" + "".join(rows))
    chosen = {"column-0": "text", "column-1": "label"}
    assert "<b>0 go in</b>" in client.post(address, chosen).content.decode()
    page = client.post(address, chosen | {"add_labels": "on"}).content.decode()
    assert ("<b>200 go in</b>" in page, "Add these 300 answers" in page) == (True, True)
    assert len(ItemType.objects.get().labels) == 2
    client.post(address, chosen | {"add_labels": "on", "do": "take"})
    assert len(ItemType.objects.get().labels) == 302


def test_what_an_item_type_has_beside_its_labels_stays_when_some_are_added():
    item_type = made("content_moderation")
    kept = ("guidelines", "class_thresholds", "auto_approve", "kind")
    before = [getattr(item_type, name) for name in kept] + [item_type.rules.count()]
    making.add_labels(item_type, ["scam"], by="system:test")
    assert [getattr(item_type, name) for name in kept] + [item_type.rules.count()] == before


def test_a_second_item_type_is_called_otherwise(posts):
    client = signed_in("admins")
    address = reverse("admin:start_describe", args=["medical"])
    sent = {"name": "Medical Findings", "labels": "a\nb", "guidelines": ""}
    for _ in range(2):
        page = client.post(address, sent)
    assert "There is an item type of this name. Choose another." in page.content.decode()
    assert 'value="Medical findings 2"' in client.get(address).content.decode()
    assert ItemType.objects.filter(name="Medical Findings").count() == 1


def test_letters_that_are_not_the_files_are_told_and_the_guess_comes_back(posts):
    client = signed_in("admins")
    run, address = sent(client, posts)
    page = client.post(address, {"encoding": "utf-16", "delimiter": ","}, follow=True).content.decode()
    run.refresh_from_db()
    assert ("not the file&#x27;s letters" in page, run.encoding) == (True, "utf-8-sig")


def test_utf_16_that_was_cut_is_read_to_its_end(posts):
    client = signed_in("admins")
    file = SimpleUploadedFile("a.txt", "Message\tOther\nHi.\t1\n".encode("utf-16") + b"a")
    answer = client.post(reverse("admin:start_data", args=[posts.pk]), {"file": file}, follow=True)
    assert '<b>1 goes in</b>, <b class="late">1 is refused</b>' in answer.content.decode()
