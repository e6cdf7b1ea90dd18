"""The admin's page of data: exports to take, files to send, and how far an import is."""

import errno
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from audit.models import AuditEvent
from labeling import tasks
from labeling.importing import running, uploads
from labeling.models import ImportRun, Label
from routing import roles
from routing.models import Item, SubjectRights
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.HITL_IMPORT_PATH = tmp_path / "imports"
    return settings.HITL_IMPORT_PATH


@pytest.fixture
def sentiment():
    return factories.item_type()


def rows(count, **more):
    row = {"payload": {"text": "So."}, "labels": [{"label": "positive"}]} | more
    return "".join(json.dumps({"item_ref": f"r{n}"} | row) + "\n" for n in range(count))


def address(item_type):
    return reverse("admin:routing_itemtype_data", args=[item_type.pk])


def signed_in(client, role):
    roles.ensure_roles(by="system:test")
    client.force_login(factories.person(f"a-{role}", role, is_staff=True))
    return client


def send(client, item_type, text=None, *, name="a.jsonl", **more):
    file = SimpleUploadedFile(name, (rows(2) if text is None else text).encode())
    return client.post(address(item_type), {"file": file, "fields": "", **more}, follow=True)


def test_a_file_that_is_sent_is_taken_in_by_the_worker(
    client, sentiment, folder, django_capture_on_commit_callbacks
):
    page = send(signed_in(client, "leads"), sentiment)
    run = ImportRun.objects.get()
    assert (page.status_code, run.status, OrmQ.objects.count()) == (200, "running", 1)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.take_in(str(run.pk))
    run.refresh_from_db()
    assert (run.status, run.rows, run.created, run.labels, run.read) == ("done", 2, 2, 2, run.size)
    assert (Item.objects.count(), Label.objects.count(), list(folder.iterdir())) == (2, 2, [])
    verbs = AuditEvent.objects.filter(verb__startswith="import.").order_by("id").values_list("verb", "actor")
    told = [f"import.{what}" for what in ("kept", "started", "ended")]
    assert list(verbs) == [(verb, "user:a-leads") for verb in told]


def test_a_file_that_the_disk_has_no_room_for_is_refused_and_takes_none(
    client, sentiment, folder, monkeypatch
):
    def pieces(self, *args):
        yield b"a,b\n"
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("django.core.files.uploadedfile.InMemoryUploadedFile.chunks", pieces)
    page = send(signed_in(client, "leads"), sentiment)
    assert "The server can&#x27;t keep it (No space left on device)." in page.content.decode()
    assert (list(folder.iterdir()), ImportRun.objects.count()) == ([], 0)


def test_a_refused_row_can_be_taken_from_the_page_and_the_rest_goes_in(client, sentiment):
    send(signed_in(client, "leads"), sentiment, rows(1) + "{}\n")
    run = ImportRun.objects.get()
    tasks.take_in(str(run.pk))
    page = client.get(address(sentiment)).content.decode()
    assert f"?refused={run.pk}" in page
    told = json.loads(b"".join(client.get(f"{address(sentiment)}?refused={run.pk}").streaming_content))
    assert (told["line"], told["reason"]) == (
        2,
        "item_ref: This field is required.; payload: This field is required.",
    )
    assert Item.objects.count() == 1


@pytest.mark.parametrize(
    ("role", "personal", "status"),
    [
        ("leads", [], 200),
        ("compliance", [], 403),
        ("leads", ["payload.text"], 403),
        ("admins", ["payload.text"], 200),
    ],
)
def test_refused_rows_are_for_who_may_import_and_see_all_of_them(
    client, sentiment, folder, role, personal, status
):
    SubjectRights.objects.create(item_type=sentiment, personal_fields=personal)
    run = ImportRun.objects.create(
        item_type=sentiment, name="a.jsonl", format="jsonl", by="user:ada", size=1, refused=1, status="done",
        finished_at=timezone.now(),
    )  # fmt: skip
    folder.mkdir()
    uploads.refused_file(run).write_text("{}\n")
    page = signed_in(client, role).get(address(sentiment)).content.decode()
    answer = client.get(f"{address(sentiment)}?refused={run.pk}")
    answer.close()
    assert (answer.status_code, f"?refused={run.pk}" in page) == (status, status == 200)


def test_what_takes_long_makes_way_for_other_tasks_and_is_gone_on_with(client, sentiment, monkeypatch):
    monkeypatch.setattr(running, "PORTION", 2)
    monkeypatch.setattr(uploads, "TURN", -1.0)
    send(signed_in(client, "leads"), sentiment, rows(5))
    run = ImportRun.objects.get()
    seen = []
    while ImportRun.objects.get().status == "running":
        tasks.take_in(str(run.pk))
        seen.append(ImportRun.objects.get().rows)
    assert (seen, Item.objects.count()) == ([2, 4, 5, 5], 5)


def test_an_import_whose_worker_was_killed_is_queued_again(client, sentiment):
    send(signed_in(client, "leads"), sentiment)
    OrmQ.objects.all().delete()
    assert tasks.go_on_importing() == 0  # somebody may just be at it
    ImportRun.objects.update(heartbeat_at="2026-01-01T00:00:00Z")
    assert (tasks.go_on_importing(), tasks.go_on_importing(), OrmQ.objects.count()) == (1, 0, 1)


def test_an_import_can_be_broken_off_and_what_went_in_stays(client, sentiment, monkeypatch):
    monkeypatch.setattr(running, "PORTION", 1)
    send(signed_in(client, "leads"), sentiment, rows(3))
    run = ImportRun.objects.get()
    said = client.post(address(sentiment), {"cancel": str(run.pk)}, follow=True).content.decode()
    tasks.take_in(str(run.pk))
    assert ("What had gone in stays." in said, ImportRun.objects.get().status) == (True, "cancelled")
    again = client.post(address(sentiment), {"cancel": str(run.pk)}, follow=True).content.decode()
    assert ("had ended already" in again, Item.objects.count()) == (True, 0)


def test_an_import_that_is_broken_off_at_work_stops_after_its_portion(client, sentiment, monkeypatch):
    monkeypatch.setattr(running, "PORTION", 1)
    send(signed_in(client, "leads"), sentiment, rows(3))
    run = ImportRun.objects.get()
    store = running.store
    monkeypatch.setattr(running, "store", lambda *a, **k: (uploads.cancel(run, by="ada"), store(*a, **k))[1])
    tasks.take_in(str(run.pk))
    assert (ImportRun.objects.get().status, Item.objects.count()) == ("cancelled", 1)


def test_what_goes_wrong_is_said_on_the_page(client, sentiment, folder):
    send(signed_in(client, "leads"), sentiment)
    run = ImportRun.objects.get()
    (folder / f"{run.pk}.jsonl").unlink()
    tasks.take_in(str(run.pk))
    assert (ImportRun.objects.get().status, "No such file" in ImportRun.objects.get().error) == (
        "failed",
        True,
    )


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"name": "a.xls"}, "This is a spreadsheet: save it as CSV, and send that."),
        ({"fields": "review"}, "Write theirs=ours, separated by commas."),
        ({"text": ""}, "The submitted file is empty."),
    ],
)
def test_a_file_that_cannot_be_read_is_told_at_its_field(client, sentiment, sent, why):
    page = send(signed_in(client, "leads"), sentiment, **sent).content.decode()
    assert (why in page, ImportRun.objects.count()) == (True, 0)


@pytest.mark.parametrize(("role", "status"), [("compliance", 403), ("admins", 200)])
def test_who_only_looks_sends_nothing(client, sentiment, role, status):
    assert send(signed_in(client, role), sentiment).status_code == status
    assert client.get(address(sentiment)).status_code == 200


def test_the_page_links_each_export_of_the_kind_narrowed_as_asked(client, sentiment):
    page = signed_in(client, "leads").get(address(sentiment) + "?since=2026-11-01&source=review")
    assert [one["name"] for one in page.context["exports"]] == [
        "jsonl",
        "csv",
        "parquet",
        "label-studio",
        "a2i",
    ]
    link = "/api/v1/exports/csv/?item_type=sentiment&since=2026-11-01T00%3A00%3A00Z&source=review"
    assert page.context["exports"][1]["address"] == link
    assert client.get(link).status_code == 200


@pytest.mark.parametrize("pk", ["x", "0192d3c4-0000-7000-8000-000000000000"])
def test_the_refused_rows_of_no_import_are_not_found(client, sentiment, pk):
    assert signed_in(client, "leads").get(f"{address(sentiment)}?refused={pk}").status_code == 404
