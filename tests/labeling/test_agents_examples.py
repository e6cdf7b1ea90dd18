"""The example of docs/agents.md runs: a graph stops, a person decides here, and the graph goes on."""

import re
import threading
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from labeling.answering import review
from labeling.answering.review import Answer
from routing import assignments
from routing.models import Item
from tests.api_client import caller

DOCS = Path(settings.BASE_DIR) / "docs"
REQUEST = {
    "action_request": {"action": "issue_refund", "args": {"order": "A-1", "amount": 180}},
    "config": {"allow_accept": True, "allow_edit": True, "allow_respond": True, "allow_ignore": False},
    "description": "The customer sent the shoes back.",
}


@dataclass
class Graph:
    """A graph that asks once and then says what it was told, as a compiled LangGraph graph does."""

    told: list[Any] = field(default_factory=list)

    def invoke(self, given, config):
        if getattr(given, "resume", None) is None:
            return {"__interrupt__": [SimpleNamespace(value=[REQUEST])]}
        self.told.append((given.resume, config["configurable"]["thread_id"]))
        return {"done": True}


class Http:
    """What httpx.Client does, on the API of the test."""

    def __init__(self, client):
        self.client = client

    def post(self, path, json):
        return self.client.post(path, json, format="json")

    def get(self, path, params):
        return self.client.get(path, params)


@pytest.mark.django_db(transaction=True)
def test_a_graph_is_resumed_with_what_a_person_said(rita, monkeypatch):
    monkeypatch.setattr("labeling.agents.waiting.LOOK_EACH", 0.05)
    call_command("apply_config", DOCS / "examples" / "agent-actions.yaml")
    (code,) = re.findall(r"```python\n(.*?)```", (DOCS / "agents.md").read_text(), re.DOTALL)
    known = {}
    exec(code, known)
    lowered = {"action": "issue_refund", "args": {"order": "A-1", "amount": 80}}

    def look():
        seat = assignments.claim(by=rita)
        review.submit(seat.pk, Answer("edit", label=lowered), by=rita)
        connection.close()

    timer = threading.Timer(0.3, look)
    timer.start()
    graph = Graph()
    http = Http(caller("items:write", "items:read"))
    state = known["run"](graph, http, {}, "thread-7", lambda resume: SimpleNamespace(resume=resume))
    timer.join()
    assert (state, graph.told) == ({"done": True}, [([{"type": "edit", "args": lowered}], "thread-7")])
    assert Item.objects.get().item_ref == "thread-7/0"
