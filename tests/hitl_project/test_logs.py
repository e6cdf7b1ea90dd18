"""Logs tell which request did what, lead to the trail, and hold nothing confidential."""

import json
import logging
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

from audit.models import AuditEvent
from hitl_project import logs
from tests import factories
from tests.api_client import caller

pytestmark = pytest.mark.django_db
PRIVATE = "My IBAN is DE89 3704 0044 0532 0130 00"


class Kept(logging.Handler):
    """Keeps each record as the server's own handler writes it."""

    def __init__(self, formatter):
        super().__init__()
        self.setFormatter(formatter)
        self.filters = [resolved() for resolved in (request_id, logs.RoutesForPaths, logs.Briefly)]
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))


def request_id():
    from audit.request import RequestIdFilter

    return RequestIdFilter()


@pytest.fixture(params=[logs.Line, logs.Json])
def kept(request):
    handler = Kept(request.param())
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def as_json():
    handler = Kept(logs.Json())
    log = logging.getLogger("hitl.request")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield handler
    log.removeHandler(handler)
    log.setLevel(logging.NOTSET)


def test_a_request_is_one_line_with_who_what_and_how_long(as_json):
    factories.item_type()
    client = caller("items:write")
    data = {"item_type": "sentiment", "item_ref": "a", "payload": {"text": "x"}}
    answer = client.post("/api/v1/items/", data, headers={"X-Request-ID": "r-1"})
    told = json.loads(as_json.lines[-1])
    assert (told["request_id"], told["method"], told["status"]) == ("r-1", "POST", answer.status_code)
    assert (told["statements"] > 3, told["ms"] > 0, told["user"]) == (True, True, client.user.pk)
    assert len(told["key"]) == 8


def test_a_lines_id_leads_to_the_events_and_an_events_id_to_the_line(as_json):
    factories.item_type()
    data = {"item_type": "sentiment", "item_ref": "a", "payload": {"text": "x"}}
    caller("items:write").post("/api/v1/items/", data)
    told = json.loads(as_json.lines[-1])
    event = AuditEvent.objects.get(verb="item.submitted")
    assert event.request_id == told["request_id"]
    assert [one.verb for one in AuditEvent.objects.filter(request_id=told["request_id"])] == [event.verb]


def test_nothing_confidential_is_logged(kept, client):
    factories.item_type()
    api = caller("items:write")
    data = {"item_type": "sentiment", "item_ref": "jane@example.com", "payload": {"text": PRIVATE}}
    assert api.post("/api/v1/items/", data).status_code == 201
    api.post("/api/v1/items/", {**data, "payload": {"text": {"deep": PRIVATE}}})
    client.post("/accounts/login/", {"username": "jane@example.com", "password": "hunter-2-secret"})
    client.get("/accounts/invited/a-token-that-lets-in/")
    client.get("/compliance/?q=jane@example.com")
    text = "\n".join(kept.lines)
    assert "POST" in text
    key = api.defaults["HTTP_AUTHORIZATION"].rpartition("_")[2]
    hidden = (PRIVATE, "jane@example.com", "hunter-2-secret", "a-token-that-lets-in", key)
    assert [one for one in hidden if one in text] == []


def test_what_the_database_quotes_of_a_row_is_not_written():
    said = 'IntegrityError: duplicate key\nDETAIL:  Key (item_ref)=(jane@example.com) exists.\n  File "x"'
    assert logs.scrubbed(said) == 'IntegrityError: duplicate key\nDETAIL: not logged\n  File "x"'


def test_keys_are_cut_where_they_are_written():
    said = "Bearer hitl_0a1b2c3d_fedcba9876543210 and whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert logs.scrubbed(said) == "Bearer … and whsec_…"


def test_a_strangers_forged_host_is_one_line_and_no_traceback(kept, client):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400
    found = [line for line in kept.lines if "DisallowedHost" in line]
    assert (len(found), "Traceback" in found[0]) == (1, False)


def test_probes_leave_no_line(as_json, client):
    client.get("/health")
    assert as_json.lines == []


def test_the_format_is_a_setting():
    assert settings.LOGGING["handlers"]["stderr"]["formatter"] == "line"
    assert settings.LOGGING["formatters"]["json"] == {"()": "hitl_project.logs.Json"}


def test_a_web_server_that_can_not_start_says_so_in_objects_too():
    command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "--bind", "127.0.0.1:0"]
    # Of two processes that fail at once gunicorn trips over the second, now and then.
    one = {"HITL_WEB_WORKERS": "1"}
    broken = os.environ | one | {"LOG_FORMAT": "json", "DJANGO_SETTINGS_MODULE": "nowhere"}
    ended = subprocess.run(
        command, cwd=settings.BASE_DIR, env=broken, capture_output=True, text=True, timeout=60
    )
    # gunicorn prints the error's text besides; what it logs, the traceback too, is an object a line.
    lines = [re.sub("^(No module named 'nowhere')+", "", line) for line in ended.stderr.splitlines()]
    told = [json.loads(line) for line in lines if line]
    assert any("No module named 'nowhere'" in line.get("traceback", "") for line in told)
    assert {line["logger"] for line in told} == {"gunicorn.error"}
