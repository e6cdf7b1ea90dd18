"""The workflow of one item through the API: its state, its progress and every step that led there."""

from __future__ import annotations

from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from routing import teams
from routing.models import Item
from routing.workflows import TEMPLATES
from routing.workflows.data import workflow_data
from routing.workflows.stages import PROGRESS

STATES = [(state, state) for state in PROGRESS]
EXAMPLE = {
    "item": "019209d4-5a9c-7c3e-8d49-5d0a2f6f8e11",
    "workflow": "two_opinions",
    "state": "expert_review",
    "progress": 0.8,
    "expected_completion": "2026-11-20T10:05:20Z",
    "started_at": "2026-11-20T09:30:00Z",
    "completed_at": None,
    "error": None,
    "transitions": [
        {
            "from": "human_review",
            "to": "expert_review",
            "at": "2026-11-20T09:48:10Z",
            "trigger": "escalated: people disagree",
            "by": "user:otto",
        }
    ],
    "results": {},
}


class TransitionOut(serializers.Serializer):
    """One step from a state to the next."""

    to = serializers.ChoiceField(STATES)
    at = serializers.DateTimeField()
    trigger = serializers.CharField(help_text="What set it off, in words.")
    by = serializers.CharField(help_text="user:NAME, key:PREFIX/NAME or system:PART.")

    def get_fields(self) -> dict[str, serializers.Field]:
        """Return the fields with `from` first, which is no name that Python allows."""
        return {"from": serializers.ChoiceField(STATES), **super().get_fields()}


class WorkflowOut(serializers.Serializer):
    """How far one item has come."""

    item = serializers.UUIDField()
    workflow = serializers.ChoiceField(list(TEMPLATES), help_text="Which template the item is in.")
    state = serializers.ChoiceField(STATES)
    progress = serializers.FloatField(min_value=0, max_value=1)
    expected_completion = serializers.DateTimeField(
        allow_null=True, help_text="By the pace of the last hour; null where that is unknown or it is done."
    )
    started_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)
    error = serializers.CharField(
        allow_null=True, help_text="Why the model failed on it; kept when a person has taken over."
    )
    transitions = TransitionOut(many=True)
    results = serializers.DictField(
        child=serializers.JSONField(), help_text="What each state that was passed has yielded, by state."
    )


class ItemWorkflow(GenericAPIView):
    """The workflow of one item."""

    required_scopes = "items:read"
    queryset = Item.objects.select_related("item_type", "policy")
    serializer_class = WorkflowOut
    pagination_class = None

    @extend_schema(
        operation_id="items_workflow",
        examples=[OpenApiExample("asked two, who differ", EXAMPLE, response_only=True)],
    )
    def get(self, request: Request, item_id: UUID) -> Response:
        """Read an item's state, progress, expected completion, and each transition with its trigger."""
        item = get_object_or_404(teams.seen(self.get_queryset(), request), pk=item_id)
        return Response(WorkflowOut(workflow_data(item)).data)
