"""While no worker does its part every page says so, to whoever is signed in, at no cost worth speaking of."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from hitl_project import workers
from hitl_project.workers import Trouble
from routing import counters
from tests import factories
from tests.hitl_project.test_health import beat
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db
PAGES = {"admins": ["/", "/admin/", "/admin/routing/item/", "/compliance/"], "reviewers": ["/review/"]}


@pytest.fixture
def down():
    workers.forget(Trouble("No worker is running.", timezone.now() - timedelta(hours=2), 1_200, 3))
    yield
    workers.forget(None)


@pytest.mark.parametrize("role", PAGES)
def test_without_a_worker_each_page_says_so_and_what_waits(down, role):
    factories.item_type()
    client = signed_in(role)
    for page in PAGES[role]:
        text = " ".join(client.get(page, follow=True).content.decode().replace("\xa0", " ").split())
        assert "No worker is running." in text, page
        assert "(2 hours)" in text, page
        assert "1 200 tasks and 3 messages wait." in text, page


def test_strangers_are_told_nothing(down, client):
    assert "No worker" not in client.get("/accounts/login/").content.decode()


def test_a_page_asks_the_database_nothing_for_its_banner(down):
    with counted(most=0):
        assert workers.told().tasks == 1_200


def test_a_worker_that_is_heard_is_no_trouble():
    beat()
    assert workers.trouble() is None


def test_a_worker_that_was_never_heard_is():
    OrmQ.objects.create(key="hitl", payload="", lock=timezone.now() - timedelta(minutes=1))
    found = workers.trouble()
    assert (found.since, found.tasks, found.messages) == (None, 1, 0)


def test_a_worker_that_is_being_replaced_is_no_trouble_yet():
    counters.put(workers.LAST_SEEN, {}, timezone.now().timestamp() - 20)
    assert workers.trouble() is None
    counters.put(workers.LAST_SEEN, {}, timezone.now().timestamp() - 60)
    assert workers.trouble().text.startswith("No worker is running")


def test_a_worker_that_takes_nothing_is_trouble():
    beat()
    since = timezone.now() - timedelta(minutes=30)
    OrmQ.objects.create(key="hitl", payload="", lock=since)
    assert workers.trouble() == Trouble("The worker takes no tasks. Start it anew.", since, 1, 0)
