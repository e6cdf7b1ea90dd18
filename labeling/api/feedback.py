"""What production learnt later, through the API: told by clients, listed for whoever learns from it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import django_filters
from django.db.models import F
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.strictness import Filters, MomentFilter
from labeling.api.labels import MetricsQuery
from labeling.api.summaries import CheckedOut
from labeling.feedback import figures, reports
from labeling.feedback.reports import Received
from labeling.models import ProductionFeedback
from routing import teams
from routing.api import MOST_ENTRIES, REFUSED
from routing.errors import InvalidInput
from routing.idempotency import idempotent
from routing.router import find_type


class FeedbackIn(serializers.Serializer):
    """What production learnt about the answer of a decided item."""

    item_type = serializers.CharField(max_length=50)
    item_ref = serializers.CharField(max_length=200)
    correct = serializers.BooleanField(help_text="Whether the item's answer was right.")
    label = serializers.JSONField(
        required=False, help_text="What was right, where you know. It becomes a row of labels."
    )


class FeedbackOut(serializers.Serializer):
    """One word of feedback; `answer` is the item's answer that it is about."""

    id = serializers.IntegerField()
    item_id = serializers.UUIDField()
    item_type = serializers.CharField()
    item_ref = serializers.CharField()
    correct = serializers.BooleanField()
    answer = serializers.JSONField(allow_null=True)
    label = serializers.JSONField(allow_null=True)
    created_at = serializers.DateTimeField()


class FeedbackPosted(FeedbackOut):
    """Feedback as it is stored, and what followed."""

    duplicate = serializers.BooleanField(help_text="The same was said last: nothing was stored.")
    expert_asked = serializers.BooleanField(help_text="An expert now looks at the item.")


class FeedbacksPosted(serializers.Serializer):
    """What became of posted feedback, in the order sent."""

    created = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    feedback = FeedbackPosted(many=True)


class FeedbackFilter(django_filters.FilterSet):
    """Query parameters of the list of feedback; together they narrow it."""

    item_type = django_filters.CharFilter("item__item_type__slug", label="The item type's short name.")
    item_ref = django_filters.CharFilter("item__item_ref", label="The client's own name of the item.")
    correct = django_filters.BooleanFilter(label="Whether the answer was right.")
    since = MomentFilter("created_at", "gte", label="From this time on.")
    until = MomentFilter("created_at", "lt", label="Before this time.")

    class Meta:
        model = ProductionFeedback
        fields: list[str] = []


class Feedback(GenericAPIView):
    """What production learnt, newest first."""

    required_scopes = {"GET": "labels:read", "POST": "items:write"}
    queryset = ProductionFeedback.objects.annotate(
        slug=F("item__item_type__slug"), item_ref=F("item__item_ref")
    )
    serializer_class = FeedbackOut
    filter_backends = [Filters]
    filterset_class = FeedbackFilter

    @extend_schema(operation_id="feedback_list", responses=FeedbackOut(many=True))
    def get(self, request: Request) -> Response:
        """List what production said of items, newest first."""
        rows = teams.seen(self.filter_queryset(self.get_queryset()), request, path="item__item_type")
        page = self.paginate_queryset(rows)
        return self.get_paginated_response([_data(one, one.slug, one.item_ref) for one in page])

    @extend_schema(
        operation_id="feedback_post",
        request=PolymorphicProxySerializer(
            "FeedbackOrMany", [FeedbackIn, FeedbackIn(many=True)], resource_type_field_name=None, many=False
        ),
        responses={
            (code, "application/json"): PolymorphicProxySerializer(
                "PostedFeedbackOrMany",
                [FeedbackPosted, FeedbacksPosted],
                resource_type_field_name=None,
                many=False,
            )
            for code in (200, 201)
        }
        | REFUSED,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Tell whether the answers of decided items were right: one, or an array of up to 5,000.

        The first time that an answer is called wrong an expert is asked, and the answer stands until the
        expert differs. Saying the same again changes nothing.
        """
        many = isinstance(request.data, list)
        if many and len(request.data) > MOST_ENTRIES:
            raise InvalidInput.single(f"Send at most {MOST_ENTRIES:,} at once.", code="max_length")
        raws = request.data if many else [request.data]
        received = reports.receive(raws, numbered=many, caller=request, by=request.user)
        posted = [_posted(one) for one in received]
        duplicates = sum(one.duplicate for one in received)
        created = len(received) - duplicates
        data = {"created": created, "duplicates": duplicates, "feedback": posted} if many else posted[0]
        return Response(data, status=status.HTTP_201_CREATED if created else status.HTTP_200_OK)


def _posted(one: Received) -> dict[str, Any]:
    item = one.feedback.item
    told = {"duplicate": one.duplicate, "expert_asked": one.expert_asked}
    return _data(one.feedback, item.item_type.slug, item.item_ref) | told


def _data(one: ProductionFeedback, slug: str, ref: str) -> dict[str, Any]:
    return {
        "id": one.pk,
        "item_id": str(one.item_id),
        "item_type": slug,
        "item_ref": ref,
        "correct": one.correct,
        "answer": one.answer,
        "label": one.label,
        "created_at": one.created_at.isoformat(),
    }


class FiguresQuery(MetricsQuery):
    """Of which item type, and over how many days up to now."""

    item_type = serializers.CharField(help_text="The item type's short name.")


class OpportunityOut(serializers.Serializer):
    """One part of the answers, and what getting all of it right would gain."""

    by = serializers.ChoiceField(["class", "score", "model"])
    name = serializers.CharField()
    wrong = serializers.IntegerField()
    right = CheckedOut()
    gain = serializers.FloatField(help_text="Share of all answers that is wrong here.")


class FiguresOut(serializers.Serializer):
    """What people and production said of a model's answers within a window."""

    item_type = serializers.CharField()
    days = serializers.FloatField()
    total = serializers.IntegerField()
    positive = serializers.IntegerField()
    negative = serializers.IntegerField()
    correction = serializers.IntegerField()
    correction_rate = serializers.FloatField(allow_null=True)
    mean_confidence = serializers.FloatField(allow_null=True)
    mean_own_confidence = serializers.FloatField(allow_null=True)
    production = serializers.IntegerField()
    production_wrong = serializers.IntegerField()
    corrections_in_force = serializers.IntegerField()
    corrections_used = serializers.IntegerField()
    right = CheckedOut()
    opportunities = OpportunityOut(many=True)


class Figures(APIView):
    """Feedback in figures."""

    required_scopes = "metrics:read"

    @extend_schema(operation_id="feedback_analytics", parameters=[FiguresQuery], responses=FiguresOut)
    def get(self, request: Request) -> Response:
        """Read what people and production said of the model's answers, and where most is to be gained."""
        query = FiguresQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        item_type = find_type(query.validated_data["item_type"], caller=request)
        return Response(asdict(figures.figures(item_type, query.validated_data["days"])))
