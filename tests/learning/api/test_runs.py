"""Runs through the API: listed newest first, ended by who may, and nobody else."""

import pytest
from rest_framework.test import APIClient

from learning import runs
from learning.models import SamplingRun, TrainingRun
from tests import factories
from tests.learning import worlds

pytestmark = pytest.mark.django_db


def client(*groups):
    made = APIClient()
    made.force_authenticate(factories.person("ada", *groups))
    return made


def test_the_list_shows_what_runs_how_far_it_is_and_what_came_before():
    item_type = worlds.shapes()
    with runs.recorded(SamplingRun, item_type, trigger="by hand") as done:
        runs.finish(done, "10 of 20")
    with runs.recorded(TrainingRun, item_type, trigger="50 new labels") as run:
        runs.say(run, "training on 50 labels", 0.1)
        rows = client("compliance").get("/api/v1/runs/").json()
    assert [(row["id"], row["status"], row["done_share"]) for row in rows] == [
        (f"training-{run.pk}", "running", 0.1),
        (f"sampling-{done.pk}", "done", 1.0),
    ]


@pytest.mark.parametrize(
    ("query", "count"),
    [("kind=training", 1), ("status=running", 0), ("item_type=others", 0), ("limit=1", 1), ("", 2)],
)
def test_the_list_is_narrowed_by_what_is_asked(query, count):
    item_type = worlds.shapes()
    worlds.shapes("others")
    for kind in (TrainingRun, SamplingRun):
        with runs.recorded(kind, item_type, trigger="test") as run:
            runs.finish(run, "done")
    assert len(client("leads").get(f"/api/v1/runs/?{query}").json()) == count


def test_a_filter_that_does_not_exist_is_refused():
    assert client("leads").get("/api/v1/runs/?kinds=training").status_code == 400


def test_an_admin_cancels_what_runs_and_not_what_has_ended():
    item_type, admin = worlds.shapes(), client("admins")
    with runs.recorded(TrainingRun, item_type, trigger="test") as run:
        address = f"/api/v1/runs/training-{run.pk}/cancel/"
        answers = [admin.post(address) for _ in range(2)]
        runs.say(run, "judging", 0.7)
    assert [(one.status_code, one.json()["cancel_asked_by"]) for one in answers] == [(200, "user:ada")] * 2
    ended = admin.post(address)
    assert (ended.status_code, ended.json()["errors"][0]["code"]) == (409, "run_ended")
    assert TrainingRun.objects.get().status == "cancelled"


@pytest.mark.parametrize("name", ["training-999", "training-x", "12", "cooking-1", "training-99999999999"])
def test_a_run_that_does_not_exist_is_not_found(name):
    assert client("admins").post(f"/api/v1/runs/{name}/cancel/").status_code == 404


def test_who_may_only_read_can_not_cancel_and_reviewers_see_nothing():
    item_type = worlds.shapes()
    with runs.recorded(TrainingRun, item_type, trigger="test") as run:
        assert client("compliance").post(f"/api/v1/runs/training-{run.pk}/cancel/").status_code == 403
        runs.finish(run, "done")
    reviewer = APIClient()
    reviewer.force_authenticate(factories.person("rita", "reviewers"))
    assert reviewer.get("/api/v1/runs/").status_code == 403
