"""Arbitrary JSON, text and sizes at every POST of the API, the pages and the admin: no error comes of it."""

import json
import os

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import everything, test_matrix
from tests.fuzzing.forms import Fields

pytestmark = pytest.mark.django_db
# `HITL_FUZZ=20 pytest tests/fuzzing` throws twenty times as much.
MORE = int(os.environ.get("HITL_FUZZ", "1"))
CALM = {
    "deadline": None,
    "database": None,
    "derandomize": True,
    "suppress_health_check": list(HealthCheck),
}
NUMBERS = st.sampled_from([0, -1, 2**31, 2**63, 10**400, 1e308, float("inf"), float("nan"), 0.5])
WORDS = ["", "\x00", "\ud800", "\u202e", "true", "0001-01-01T00:00:00+14:00", "1", "-1", "1e400", "{}", "[]"]
THERE = [everything.HIDDEN, everything.OPEN, "negative", "approve"]
LONG = ["x" * 200_000, "é" * 1_001, "9" * 5_000]
TEXTS = st.text(st.characters(), max_size=20) | st.sampled_from([*WORDS, *THERE, *LONG])
LEAVES = st.none() | st.booleans() | NUMBERS | st.integers() | st.floats() | TEXTS
FIELDS = """item_type item_ref payload predictions label labels confidence action comment model context reason
text features image query item items users events until limit args timeout_seconds action_request config
callback_url probabilities embedding correct answer seat queue before after subject_key why id"""
NAMES = st.sampled_from(FIELDS.split())
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | TEXTS, inner, max_size=6),
    max_leaves=12,
)
SENT = st.builds(lambda value: json.dumps(value).encode(), JSON) | st.binary(max_size=40)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Yield everything, and a browser of somebody who may all; nothing that is posted stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield everything.build()
        transaction.set_rollback(True)


def posted(*, api):
    """Return the addresses that take a POST."""
    return sorted({route for route, method, _ in test_matrix.cases(api=api) if method == "POST"})


def everybody(world):
    """Return a browser of the world's admin, who also reviews; errors of views reach the test."""
    browser = world["callers"]["admin"]()
    browser.raise_request_exception = True
    return browser


@pytest.fixture(scope="module", autouse=True)
def may_all(world, django_db_blocker):
    """Let the admin of the world do what any role may."""
    from django.contrib.auth.models import User

    with django_db_blocker.unblock():
        User.objects.filter(username="admin").update(is_superuser=True)


def undone(act):
    """Return the status of an answer, and undo what the request did."""
    with transaction.atomic():
        answer = act()
        transaction.set_rollback(True)
    return answer.status_code


@pytest.mark.parametrize("route", posted(api=True))
def test_any_json_meets_an_answer(world, route):
    browser, path = everybody(world), test_matrix.filled(route, world)

    @settings(max_examples=12 * MORE, **CALM)
    @given(SENT)
    def thrown(body):
        assert undone(lambda: browser.post(path, body, content_type="application/json")) < 500

    thrown()


@pytest.mark.parametrize("route", posted(api=False))
def test_any_text_in_any_field_of_a_form_meets_an_answer(world, route, monkeypatch):
    browser, path = everybody(world), test_matrix.filled(route, world)
    fields = Fields(browser.get(path).content.decode(errors="replace"))
    asked = asked_for(browser, path, monkeypatch)
    names = sorted({*fields.values, *fields.files, *asked} - {"csrfmiddlewaretoken"}) or ["nothing"]

    @settings(max_examples=6 * MORE, **CALM)
    @given(st.dictionaries(st.sampled_from(names), TEXTS | NUMBERS.map(str), min_size=1, max_size=3))
    def thrown(changed):
        sent = {name: storable(value) for name, value in (fields.values | changed).items()}
        files = {name: SimpleUploadedFile("a.csv", sent[name].encode()) for name in fields.files & set(sent)}
        assert undone(lambda: browser.post(path, sent | files)) < 500

    thrown()


def storable(text):
    """Return the text as a browser can send it: UTF-8 has no halves of a pair."""
    return text.encode(errors="replace").decode()


def asked_for(browser, path, monkeypatch):
    """Return the names that the view behind an address looks for in a form that is empty."""
    asked, plain = set(), QueryDict.__getitem__

    def noted(self, key):
        asked.add(key)
        return plain(self, key)

    with monkeypatch.context() as patch:
        patch.setattr(QueryDict, "__getitem__", noted)
        undone(lambda: browser.post(path, {}))
    return asked
