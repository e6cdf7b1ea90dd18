"""The example of docs/agents.md runs: a graph stops, a person decides here, and the graph goes on."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from labeling.answering import review
from labeling.answering.review import Answer
from routing import assignments
from routing.models import Item
from tests import factories
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
            return {"__interrupt__": [SimpleNamespace(id="i1", value=[REQUEST])]}
        self.told.append((given.resume, config["configurable"]["thread_id"]))
        return {"done": True}


class Http:
    """What httpx.Client does, on the API of the test; a person looks once the agent waits."""

    def __init__(self, client, look):
        self.client, self.look = client, [look]

    def post(self, path, json):
        return self.client.post(path, json, format="json")

    def get(self, path, params):
        if self.look:
            self.look.pop()()
        return self.client.get(path, params)


@pytest.mark.django_db
def test_a_graph_is_resumed_with_what_a_person_said(rita):
    call_command("apply_config", DOCS / "examples" / "agent-actions.yaml")
    (code,) = re.findall(r"```python\n(.*?)```", (DOCS / "agents.md").read_text(), re.DOTALL)
    known = {}
    exec(code, known)
    lowered = {"action": "issue_refund", "args": {"order": "A-1", "amount": 80}}

    def look():
        # By its reference the item may be drawn for a second look, which somebody else gives.
        for person in (rita, factories.person("otto", "reviewers"), factories.person("eve", "experts")):
            if seat := assignments.claim(by=person):
                review.submit(seat.pk, Answer("edit", label=lowered), by=person)

    graph = Graph()
    http = Http(caller("items:write", "items:read"), look)
    state = known["run"](graph, http, {}, "thread-7", lambda resume: SimpleNamespace(resume=resume))
    answered = {"i1": [{"type": "edit", "args": lowered}]}
    assert (state, graph.told) == ({"done": True}, [(answered, "thread-7")])
    keys = {known["once"]("thread-7", SimpleNamespace(id=one, value=[REQUEST])) for one in ("i1", "i1", "i2")}
    assert (len(keys), Item.objects.get().item_ref in keys) == (2, True)
