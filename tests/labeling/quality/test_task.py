"""What the clock does for quality."""

import pytest
from django.utils import timezone

from labeling import tasks
from labeling.models import Flag, Label
from labeling.quality import checking
from routing.models import Assignment
from tests import factories
from tests.labeling.quality import doubted

pytestmark = pytest.mark.django_db


def test_the_task_checks_all_labels_and_asks_for_second_looks(monkeypatch):
    monkeypatch.setattr(checking, "CHUNK", 1)
    factories.item_type()
    factories.person("otto", "reviewers")
    rita = factories.person("rita", "reviewers")
    for _ in range(2):
        factories.submit(0.7)
        doubted.answer(rita, spent=doubted.FAST)
    Label.objects.update(ts=timezone.now() - 2 * checking.PAUSE)
    assert (tasks.check_labels(), tasks.check_labels()) == (2, 0)
    assert Flag.objects.filter(seat__isnull=False).count() == 2
    assert Assignment.objects.filter(purpose="second").count() == 2
