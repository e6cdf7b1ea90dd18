"""Decision records through the API: what was decided, what the model said, and what a person said of it."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, JSONField, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from audit.strictness import Filters, MomentFilter, OneOfFilter
from labeling.models import Review
from routing import teams
from routing.models import DECIDED, HIDDEN, Action, Item, Prediction, Status

DECIDED_CHOICES = [(one.value, one.label) for one in Status if one in DECIDED]

HUMAN = {
    "human_decision": "label",
    "human_action": "action",
    "human_confidence": "confidence",
    "reviewer_id": "user_id",
    "feedback": "comment",
    "agreement_with_ai": "agrees_with_ai",
    "quality": "quality",
}


class DecisionOut(serializers.Serializer):
    """One decided item. The fields from `human_decision` on are null where nobody has looked at it."""

    item_id = serializers.UUIDField()
    item_type = serializers.CharField()
    item_ref = serializers.CharField()
    status = serializers.ChoiceField(DECIDED_CHOICES)
    action = serializers.ChoiceField(
        Action.choices, allow_null=True, help_text="What the router did with it."
    )
    final_decision = serializers.JSONField(allow_null=True, help_text="Null where it was rejected.")
    decided_by = serializers.CharField()
    completed_at = serializers.DateTimeField()
    ai_prediction = serializers.JSONField(allow_null=True)
    ai_model = serializers.CharField(allow_null=True)
    ai_confidence = serializers.FloatField(allow_null=True)
    human_decision = serializers.JSONField(allow_null=True, help_text="Null where the person gave no label.")
    human_action = serializers.ChoiceField(Review.Action.choices, allow_null=True)
    human_confidence = serializers.FloatField(allow_null=True, help_text="The person's own, 0 to 1.")
    reviewer_id = serializers.IntegerField(allow_null=True)
    feedback = serializers.CharField(allow_null=True, allow_blank=True, help_text="The person's comment.")
    agreement_with_ai = serializers.BooleanField(allow_null=True)
    quality = serializers.FloatField(
        allow_null=True, help_text="How near the model's answer was to the person's: 1 is equal."
    )


class DecisionFilter(django_filters.FilterSet):
    """Query parameters of the list of decisions; together they narrow it."""

    item_type = django_filters.CharFilter("item_type__slug", label="The item type's short name.")
    item_ref = django_filters.CharFilter(label="The client's own name of the item.")
    status = OneOfFilter(choices=DECIDED_CHOICES, label="Approved or rejected.")
    action = OneOfFilter(choices=Action.choices, label="What the router did with it.")
    reviewer_id = django_filters.NumberFilter(
        method="last_looked_at_by", min_value=1, max_value=2**31 - 1, label="Who looked at it last."
    )
    agreement_with_ai = django_filters.BooleanFilter(
        "human__agreement_with_ai", label="Whether the last person agreed with the model."
    )
    since = MomentFilter("decided_at", "gte", label="Completed from this time on.")
    until = MomentFilter("decided_at", "lt", label="Completed before this time.")

    class Meta:
        model = Item
        fields: list[str] = []

    def last_looked_at_by(self, items: QuerySet[Item], name: str, value: Any) -> QuerySet[Item]:
        """Return the items whose last look was this person's; the index finds those they looked at at all."""
        looked = Review.objects.filter(item=OuterRef("pk"), user_id=int(value))
        return items.filter(Exists(looked), human__reviewer_id=int(value))


def decisions() -> QuerySet[Item]:
    """Return the decided items, each with what the judged model (`ai`) and the last person (`human`) said.

    Answers that test a person are left out: they say nothing of the item.
    """
    ai = Prediction.objects.filter(item=OuterRef("pk"), rank=0).values(data=JSONObject(label="label"))
    human = (
        Review.objects.filter(item=OuterRef("pk"))
        .exclude(assignment__purpose__in=HIDDEN)
        .order_by("-id")
        .values(data=JSONObject(**HUMAN))
    )
    decided = Item.objects.filter(decided_at__isnull=False).select_related("item_type")
    return decided.defer("payload", "context", "reasons", "shadow", "signals").annotate(
        ai=Subquery(ai, output_field=JSONField()), human=Subquery(human[:1], output_field=JSONField())
    )


class Decisions(GenericAPIView):
    """Decision records, newest item first."""

    required_scopes = "labels:read"
    queryset = decisions()
    serializer_class = DecisionOut
    filter_backends = [Filters]
    filterset_class = DecisionFilter

    @extend_schema(operation_id="decisions_list", responses=DecisionOut(many=True))
    def get(self, request: Request) -> Response:
        """List decided items with what the model said and what the last person said, newest item first."""
        page = self.paginate_queryset(self.filter_queryset(teams.seen(self.get_queryset(), request)))
        return self.get_paginated_response([decision_data(item) for item in page])


def decision_data(item: Item) -> dict[str, Any]:
    """Return the record of a decided item, as `decisions` gives it."""
    return {
        "item_id": str(item.pk),
        "item_type": item.item_type.slug,
        "item_ref": item.item_ref,
        "status": item.status,
        "action": item.action,
        "final_decision": item.label,
        "decided_by": item.decided_by,
        "completed_at": item.decided_at.isoformat(),
        "ai_prediction": item.ai["label"] if item.ai else None,
        "ai_model": item.model or None,
        "ai_confidence": item.confidence,
        **(item.human or dict.fromkeys(HUMAN)),
    }
