"""Whether choosing what to label pays, through the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from learning.api.lists import TypeList, TypeQuery
from learning.models import Proof


class CurvesSerializer(serializers.Serializer):
    """Points [labels, score, low, high] of both curves and how they were made; empty without a comparison."""

    chosen = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))
    random = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))
    learner = serializers.CharField(help_text="The learner, the same for both arms.")
    base = serializers.IntegerField(help_text="Labels that both arms start from.")


class ProofSerializer(serializers.ModelSerializer):
    """One comparison of chosen with random labels."""

    item_type = serializers.CharField(source="item_type.slug")
    curves = serializers.SerializerMethodField()
    saving = serializers.FloatField(
        allow_null=True,
        help_text="How many times fewer labels choosing takes for the same score; null: it can't be told.",
    )

    class Meta:
        model = Proof
        fields = [
            "id",
            "item_type",
            "created_at",
            "strategy",
            "labels_chosen",
            "labels_random",
            "labels_held_out",
            "curves",
            "saving",
            "low",
            "high",
            "verdict",
        ]
        read_only_fields = fields

    @extend_schema_field(CurvesSerializer)
    def get_curves(self, row: Proof) -> dict[str, Any]:
        """Return the curves as they are stored."""
        return row.curves


class ProofList(TypeList):
    """The comparisons that were made, newest first."""

    serializer_class = ProofSerializer
    queryset = Proof.objects.select_related("item_type")

    @extend_schema(parameters=[TypeQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return a page of comparisons of chosen with random labels, with their curves."""
        return self.list(request, *args, **kwargs)
