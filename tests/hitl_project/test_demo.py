"""The demo on a smaller scale: figures come from rows, and repeating it, even broken off, is harmless."""

import base64
import io
import json
import stat

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError
from PIL import Image

from hitl_project import site
from hitl_project.demo import digits, people, rounds, screen
from labeling.models import Label, Review
from learning import serving, tasks
from learning.models import ModelVersion, SamplingRun, TrainingRun
from routing.models import Assignment, Item


@pytest.fixture
def demo(db, trained_once, settings, tmp_path, monkeypatch):
    """Return a function that runs the small demo and returns its JSON."""
    settings.VAR_DIR = tmp_path
    serving._loaded.clear()
    monkeypatch.setattr(site, "stop_database", lambda out: None)  # it may be the tests' own

    def run():
        file = tmp_path / "figures.json"
        call_command("demo", no_serve=True, json=file, items=450, rounds=3, stdout=io.StringIO())
        return json.loads(file.read_text())

    return run


def counts():
    """Return how many rows the loop has written, table by table."""
    return [
        table.objects.count()
        for table in (Item, Label, Review, Assignment, TrainingRun, SamplingRun, ModelVersion, User)
    ]


@pytest.mark.slow
def test_the_loop_turns_its_figures_are_those_of_the_rows_and_work_is_left_for_the_visitor(demo):
    first, *_, last = demo()
    keys = ["round", "labels", "human_review_rate", "automated_accuracy", "accuracy", "f1", "model_version"]
    assert [list(one) for one in (first, last)] == [keys, keys]
    assert (first["human_review_rate"], first["model_version"]) == (1.0, None)
    run = TrainingRun.objects.earliest("pk")
    assert first["labels"] == run.labels_used + run.labels_held_out > 100
    assert last["human_review_rate"] < 0.6
    version = ModelVersion.objects.get(number=int(last["model_version"].split("@")[1]))
    assert last["f1"] == pytest.approx(_f1(version))
    decided = [item for item in _arrived(0) if item.label is not None]
    truth = {digit.ref: digit.label for digit in digits.load()[0]}
    right = np.mean([item.label == truth[item.item_ref] for item in decided])
    assert first["accuracy"] == pytest.approx(right)
    never_posted = {digit.ref for digit in digits.load()[1]}
    assert (len(never_posted), Item.objects.filter(item_ref__in=never_posted).count()) == (400, 0)
    assert Assignment.objects.open().count() >= 60  # work for the visitor
    assert Review.objects.filter(user__username__in=people.VISITORS).count() == 0


@pytest.mark.slow
def test_a_run_that_broke_off_twice_goes_on_where_it_stood_and_one_more_changes_nothing(
    demo, monkeypatch, tmp_path
):
    broken_off(demo, monkeypatch, "retrain", "demo round 1")
    answered = Label.objects.count()
    assert (TrainingRun.objects.count(), answered > 0) == (0, True)
    broken_off(demo, monkeypatch, "sample", "demo round 3")
    chosen = SamplingRun.objects.filter(trigger="demo round 3", status="done")
    assert (Item.objects.count(), Label.objects.count() > answered, chosen.count()) == (450, True, 0)
    whole = demo()
    assert ([one["round"] for one in whole], Item.objects.count()) == ([1, 2, 3], 450)
    assert (TrainingRun.objects.filter(status="done").count(), chosen.get().picked > 0) == (2, True)
    before, file = counts(), tmp_path / "demo-users.txt"
    passwords = file.read_text()
    assert (demo(), counts()) == (whole, before)
    logins = dict(line.split() for line in passwords.splitlines())
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == (passwords, 0o600)
    assert all(User.objects.get(username=name).check_password(word) for name, word in logins.items())
    assert not any(User.objects.get(username=name).has_usable_password() for name in people.SIMULATED)


def broken_off(demo, monkeypatch, task, when):
    """Run the demo until it is interrupted in the task of this trigger."""
    done = getattr(tasks, task)

    def broken(item_type_id, trigger):
        if trigger == when:
            raise KeyboardInterrupt
        return done(item_type_id, trigger)

    with monkeypatch.context() as patch:
        patch.setattr(tasks, task, broken)
        with pytest.raises(SystemExit, match="130"):
            demo()


def test_the_demo_refuses_a_production_server(settings):
    settings.HTTPS = True
    with pytest.raises(CommandError, match="not for a production server"):
        call_command("demo", no_serve=True)


def test_a_simulated_person_errs_at_the_stated_rate_and_repeats_the_same_slips():
    labels = [str(digit) for digit in range(10)]
    said = [people.slip("sim-anna", str(number), "3", labels) for number in range(20_000)]
    again = [people.slip("sim-anna", str(number), "3", labels) for number in range(20_000)]
    wrong = [one for one in said if one != "3"]
    assert said == again
    assert len(wrong) / len(said) == pytest.approx(people.ERROR_RATE, abs=0.004)
    assert {one: wrong.count(one) > 30 for one in set(wrong)} == dict.fromkeys(set(labels) - {"3"}, True)


def test_the_picture_shows_the_numbers():
    digit = digits.load()[0][0]
    data = base64.b64decode(digit.payload["image"].split(",")[1])
    grey = np.asarray(Image.open(io.BytesIO(data)))
    ink = 1 - grey.reshape(12, 16, 12, 16).mean(axis=(1, 3)) / 255
    assert grey.shape == (192, 192)
    assert np.corrcoef(ink[2:-2, 2:-2].ravel(), digit.payload["features"])[0, 1] > 0.98


def test_rounds_take_every_digit_once():
    parts = rounds.split(digits.load()[0], 7)
    refs = [digit.ref for part in parts for digit in part]
    assert ({len(part) for part in parts}, len(set(refs))) == ({199, 200}, 1397)


def test_the_table_lines_up_and_shows_what_there_is_not_as_a_dash():
    text = screen.table(["round", "right"], [[1, None], [12, 0.5]])
    assert text.splitlines() == ["round   right", "-----  ------", "    1       –", "   12  50.0 %"]


def test_without_a_terminal_progress_is_one_line_a_phase():
    out = io.StringIO()
    progress = screen.Progress(out, 10)
    for words in ("round 1", "round 1", "round 2"):
        progress.say(words)
        progress.step(5)
    progress.end()
    assert out.getvalue() == "  0%  round 1\n100%  round 2\n"


def _arrived(part):
    refs = [digit.ref for digit in rounds.split(digits.load()[0][:450], 3)[part]]
    return Item.objects.filter(item_ref__in=refs)


def _f1(version):
    from sklearn.metrics import f1_score

    truth = digits.load()[1]
    said = [one.label for one in serving.answers(version, [digit.payload for digit in truth])]
    return f1_score([digit.label for digit in truth], said, average="macro")
