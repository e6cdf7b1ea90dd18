"""The nightly sweep throws away what is old, and nothing else."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import Task

from hitl_project import tasks

pytestmark = pytest.mark.django_db


def ended(name, *, days, success):
    moment = timezone.now() - timedelta(days=days)
    Task.objects.create(id=name, name=name, func="f", started=moment, stopped=moment, success=success)


def test_old_results_go_and_failures_are_kept_for_longer():
    ended("done, new", days=1, success=True)
    ended("done, old", days=3, success=True)
    ended("failed, new", days=3, success=False)
    ended("failed, old", days=31, success=False)
    swept = tasks.sweep()
    assert (swept["tasks done"], swept["tasks failed"]) == (1, 1)
    assert set(Task.objects.values_list("name", flat=True)) == {"done, new", "failed, new"}
