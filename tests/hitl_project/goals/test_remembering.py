"""What was read last is shown at once, and read anew by the worker where that takes long."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone
from django_q.models import OrmQ

from hitl_project import tasks
from hitl_project.goals import remembering, sources
from tests import factories

pytestmark = pytest.mark.django_db


def remembered(seconds, *, age):
    """Remember facts that took so long to read, so long ago."""
    read = sources.read()
    return remembering.remember(replace(read, seconds=seconds, now=read.now - age))


def came(shown, kept):
    return shown.facts.of_type(kept.pk).came


def test_what_is_quick_to_read_is_read_while_somebody_waits():
    kept = factories.item_type()
    remembered(0.01, age=timedelta(minutes=1))
    factories.submit(0.97)
    shown = remembering.facts()
    assert (came(shown, kept), shown.late) == (1, False)


def test_what_was_read_a_moment_ago_is_not_read_again():
    kept = factories.item_type()
    remembered(0.1, age=timedelta(seconds=5))
    factories.submit(0.97)
    assert came(remembering.facts(), kept) == 0


def test_what_takes_long_is_shown_as_it_was_and_read_once_by_the_worker():
    kept = factories.item_type()
    remembered(4.0, age=timedelta(hours=1))
    factories.submit(0.97)
    shown = [remembering.facts() for _ in range(3)]
    assert [(came(one, kept), one.late) for one in shown] == [(0, True)] * 3
    assert [one.task["func"] for one in OrmQ.objects.all()] == ["hitl_project.tasks.read_figures"]
    tasks.read_figures()
    again = remembering.facts()
    assert (came(again, kept), again.late) == (1, False)


def test_while_it_is_fresh_nobody_is_asked_to_read_it():
    factories.item_type()
    remembered(4.0, age=timedelta(minutes=4))
    assert (remembering.facts().late, OrmQ.objects.count()) == (False, 0)


def test_a_first_reading_that_takes_too_long_is_tried_once_and_left_to_the_worker(monkeypatch):
    tried = []

    def read(now, known=None):
        tried.append(now)
        raise OperationalError("canceling statement due to statement timeout")

    monkeypatch.setattr(sources, "read", read)
    shown = [remembering.facts(timezone.now()) for _ in range(2)]
    assert [(one.facts, one.late) for one in shown] == [(None, True)] * 2
    assert (len(tried), OrmQ.objects.count()) == (1, 1)
