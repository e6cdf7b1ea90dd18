"""An item judged again, through the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from routing import policies, teams
from routing.errors import InvalidInput
from routing.models import Action, Item, Policy, Priority
from routing.policies.replay import Replay, Route, replay

POLICY = OpenApiParameter(
    "policy", str, description="`own` (the default), `today`, or a policy's number.", default="own"
)


class RouteOut(serializers.Serializer):
    """Where an item went, or would go."""

    action = serializers.ChoiceField(Action.choices)
    priority = serializers.ChoiceField(Priority.labels)
    reasons = serializers.ListField(child=serializers.CharField())


class ReplayOut(serializers.Serializer):
    """What comes of judging a stored item again."""

    policy = serializers.IntegerField(allow_null=True, help_text="The number of the policy it was judged by.")
    own = serializers.BooleanField(help_text="It is the policy that judged the item.")
    agrees = serializers.BooleanField(
        help_text="By its own policy: action, priority and reasons are those stored. "
        "By another: action and priority are."
    )
    stored = RouteOut(allow_null=True)
    now = RouteOut(allow_null=True)
    gained = serializers.ListField(child=serializers.CharField(), help_text="Reasons that are new.")
    lost = serializers.ListField(child=serializers.CharField(), help_text="Reasons that no longer hold.")
    causes = serializers.ListField(
        child=serializers.CharField(), help_text="The differences of the policies that change this item."
    )
    impossible = serializers.CharField(allow_null=True, help_text="Why it can't be judged again, or null.")


class ItemReplay(GenericAPIView):
    """One item judged again from what was stored of it."""

    required_scopes = "items:read"
    queryset = Item.objects.select_related("item_type", "policy")
    serializer_class = ReplayOut
    pagination_class = None

    @extend_schema(operation_id="items_replay", parameters=[POLICY])
    def get(self, request: Request, item_id: UUID) -> Response:
        """Judge a stored item again: by its own policy, today's, or any of its type. Nothing is changed."""
        item = get_object_or_404(teams.seen(self.get_queryset(), request), pk=item_id)
        asked = request.query_params.get("policy", "own")
        return Response(replay_data(replay(item, policy=chosen(item, asked))))


def chosen(item: Item, asked: str) -> Policy | None:
    """Return the policy that is asked for: None for the item's own; raises InvalidInput."""
    if asked == "own":
        return None
    if asked == "today":
        return policies.latest(item.item_type)
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else 0
    found = Policy.objects.filter(item_type=item.item_type_id, number=number).first()
    if found is None:
        detail = "There is no such policy of this item type. Use own, today or the number of one."
        raise InvalidInput.single(detail, attr="policy")
    return found


def replay_data(result: Replay) -> dict[str, Any]:
    """Return a replay as the API says it."""
    return {
        "policy": result.policy.number if result.policy else None,
        "own": result.own,
        "agrees": result.agrees,
        "stored": _route_data(result.stored),
        "now": _route_data(result.now),
        "gained": list(result.gained),
        "lost": list(result.lost),
        "causes": list(result.causes),
        "impossible": result.impossible or None,
    }


def _route_data(route: Route | None) -> dict[str, Any] | None:
    if route is None:
        return None
    return {"action": route.action, "priority": route.priority, "reasons": list(route.reasons)}
