"""The admin's page of runs: how far they are, looked up anew while they run, and ended by who may."""

import pytest
from django.urls import reverse

from learning import runs
from learning.models import TrainingRun
from tests.learning import worlds
from tests.people import signed_in

pytestmark = pytest.mark.django_db


def address(item_type):
    return reverse("admin:routing_itemtype_runs", args=[item_type.pk])


def test_while_something_runs_the_page_looks_anew_unless_told_to_stand_still():
    item_type, client = worlds.shapes(), signed_in("leads")
    assert "Refresh" not in client.get(address(item_type)).headers
    with runs.recorded(TrainingRun, item_type, trigger="test") as run:
        runs.say(run, "training on 50 labels", 0.25)
        page = client.get(address(item_type))
        assert (page.headers["Refresh"], '<progress max="1" value="0.25">' in page.text) == ("3", True)
        assert "Refresh" not in client.get(address(item_type) + "?still").headers
        runs.finish(run, "done")


def test_an_admin_ends_a_run():
    item_type, client = worlds.shapes(), signed_in("admins")
    with runs.recorded(TrainingRun, item_type, trigger="test") as run:
        page = client.post(address(item_type), {"run": f"training-{run.pk}"}, follow=True)
        assert "ends at its next step" in page.text
        runs.say(run, "judging", 0.7)
    page = client.post(address(item_type), {"run": f"training-{run.pk}"}, follow=True)
    assert (TrainingRun.objects.get().status, "has ended already" in page.text) == ("cancelled", True)


def test_a_lead_sees_no_button_and_may_not_post():
    item_type, client = worlds.shapes(), signed_in("leads")
    with runs.recorded(TrainingRun, item_type, trigger="test") as run:
        assert "Cancel</button>" not in client.get(address(item_type)).text
        assert client.post(address(item_type), {"run": f"training-{run.pk}"}).status_code == 403
        runs.finish(run, "done")


def test_a_run_of_another_type_is_not_ended_here():
    item_type, other = worlds.shapes(), worlds.shapes("others")
    with runs.recorded(TrainingRun, other, trigger="test") as run:
        answer = signed_in("admins").post(address(item_type), {"run": f"training-{run.pk}"})
        runs.finish(run, "done")
    assert (answer.status_code, TrainingRun.objects.get().status) == (404, "done")
