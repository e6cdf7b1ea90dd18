"""Golden examples through the API: those in use, and those that suit a prompt."""

from __future__ import annotations

from typing import Any

import django_filters
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.strictness import Filters, Strict
from labeling import golden as examples
from labeling.alike import golden
from labeling.models import GoldenExample
from routing import personal, teams
from routing.api import REFUSED
from routing.errors import UnknownItemType
from routing.idempotency import idempotent
from routing.models import ItemType

MOST = 50
ASKED = {"item_type": "rag", "query": "Is there an early check-in?", "k": 4}


class GoldenOut(serializers.Serializer):
    """A case kept to teach."""

    id = serializers.IntegerField()
    item_type = serializers.CharField()
    item_id = serializers.UUIDField(allow_null=True)
    version = serializers.IntegerField(help_text="Counts the answers of the item that were kept, from 1.")
    replaces_id = serializers.IntegerField(allow_null=True, help_text="The version before, retired by this.")
    review_id = serializers.IntegerField(allow_null=True, help_text="The review that it comes from.")
    user_id = serializers.IntegerField(allow_null=True, help_text="Who gave the answer.")
    guidelines = serializers.IntegerField(
        allow_null=True, help_text="The version of the guidelines that this person had before them."
    )
    query = serializers.CharField(allow_blank=True)
    context = serializers.JSONField(help_text="A text or a list of passages.")
    output = serializers.JSONField(allow_null=True, help_text="What the model had said.")
    edited_output = serializers.JSONField(allow_null=True, help_text="The answer: a text, or a label.")
    created_at = serializers.DateTimeField()


class SimilarOut(GoldenOut):
    """A case kept to teach, and how much it is like what was asked."""

    score = serializers.FloatField(help_text="From -1 to 1; 1: the same words.")


class SimilarIn(Strict):
    """What examples are wanted for."""

    item_type = serializers.CharField()
    query = serializers.CharField(max_length=20_000, help_text="What the prompt will ask.")
    k = serializers.IntegerField(required=False, default=5, min_value=1, max_value=MOST)


class SimilarFound(serializers.Serializer):
    """The examples, best first."""

    results = SimilarOut(many=True)


class GoldenFilter(django_filters.FilterSet):
    """Query parameters of the list of golden examples."""

    item_type = django_filters.CharFilter("item_type__slug", label="The item type's short name.")

    class Meta:
        model = GoldenExample
        fields: list[str] = []


class Golden(GenericAPIView):
    """Cases kept to teach, newest first."""

    required_scopes = "labels:read"
    queryset = GoldenExample.objects.filter(retired_at__isnull=True).select_related(
        "item_type__subject_rights", "review"
    )
    serializer_class = GoldenOut
    filter_backends = [Filters]
    filterset_class = GoldenFilter

    @extend_schema(operation_id="golden_list", responses=GoldenOut(many=True))
    def get(self, request: Request) -> Response:
        """List golden examples that are in use, newest first. None comes from a held-out item."""
        page = self.paginate_queryset(self.filter_queryset(teams.seen(self.get_queryset(), request)))
        return self.get_paginated_response([_shown(kept, kept.item_type, request) for kept in page])


class Similar(APIView):
    """Cases kept to teach, for a prompt."""

    required_scopes = "labels:read"

    @extend_schema(
        operation_id="golden_similar",
        request=SimilarIn,
        responses={200: SimilarFound} | REFUSED,
        examples=[OpenApiExample("for a prompt", value=ASKED, request_only=True)],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Find the golden examples that suit a few-shot prompt: like its query, and diverse; best first.

        They are among the 10,000 newest of the type that are in use; of near-duplicates only one is given,
        and none comes from a held-out item.
        """
        asked = SimilarIn(data=request.data)
        asked.is_valid(raise_exception=True)
        slug, query, count = (asked.validated_data[name] for name in ("item_type", "query", "k"))
        item_type = teams.visible(ItemType.objects.filter(slug=slug), request).first()
        if item_type is None:
            raise UnknownItemType(f"There is no item type {slug!r}.", attr="item_type")
        found = golden.similar(item_type, query, count)
        results = [_shown(one.example, item_type, request) | {"score": round(one.score, 4)} for one in found]
        return Response({"results": results})


def _shown(kept: GoldenExample, item_type: ItemType, request: Request) -> dict[str, Any]:
    """Return a golden example as the API shows it to this caller, who may not see every field."""
    parts = examples.hidden(item_type, request.user)
    return golden_data(kept, item_type.slug) | dict.fromkeys(parts, personal.HIDDEN)


def golden_data(kept: GoldenExample, slug: str) -> dict[str, Any]:
    """Return a golden example, with its review, as the API shows it."""
    return {
        "id": kept.pk,
        "item_type": slug,
        "item_id": str(kept.item_id) if kept.item_id else None,
        "version": kept.version,
        "replaces_id": kept.replaces_id,
        "review_id": kept.review_id,
        "user_id": kept.user_id,
        "guidelines": kept.review.guidelines if kept.review else None,
        "query": kept.query,
        "context": kept.context,
        "output": kept.output,
        "edited_output": kept.edited_output,
        "created_at": kept.created_at.isoformat(),
    }
