"""A model's card through the API, and two models side by side."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.authentication import may
from audit.strictness import Strict
from learning import card, comparing
from learning.api.models import ModelSerializer
from learning.models import ModelVersion
from routing import teams
from routing.api_errors import ErrorAnswer

LABELS = "labels:read"  # without it nobody learns what people said of single held-out items
READ = ("item_type", "run", "parent__item_type")


class SourceSerializer(serializers.Serializer):
    """So many labels that came about in one way."""

    source = serializers.CharField(source="name", help_text="For example review, audit or learn.")
    labels = serializers.IntegerField()


class LearntSerializer(serializers.Serializer):
    """The data that a model was trained on and judged by."""

    sha256 = serializers.CharField(help_text="Of the data set; empty where it was made elsewhere.")
    labels_used = serializers.IntegerField()
    labels_held_out = serializers.IntegerField(allow_null=True)
    sources = SourceSerializer(many=True, help_text="Of the labels that are in force today.")
    erased = serializers.IntegerField(help_text="Items that it learnt from and that were erased since.")


class DecisionsSerializer(serializers.Serializer):
    """How many items were decided on the model's answers."""

    items = serializers.IntegerField(help_text=f"At most {card.MOST}: the newest are counted.")
    automated = serializers.IntegerField()
    more = serializers.BooleanField(help_text="Whether there are more.")


class CardSerializer(serializers.Serializer):
    """All that a model's card says."""

    model = ModelSerializer(source="version")
    trainer = serializers.CharField(source="version.trainer", help_text="server or external.")
    notes = serializers.CharField(source="version.notes", help_text="What it is for, and what not.")
    claimed = serializers.DictField(
        source="version.claimed", help_text="Figures of an external trainer; nothing rests on them."
    )
    shadow_since = serializers.DateTimeField(source="version.shadow_since", allow_null=True)
    report = serializers.DictField(
        source="version.report",
        help_text="How it was judged: reliability, speed, pairs with the champion, automation, replay of "
        "decisions, and where its trial in the shadow stands; those parts that there are. Items with what "
        f"people said of them are told to who has the scope {LABELS}.",
    )
    learnt = LearntSerializer(help_text="What it was trained on and judged by.")
    decisions = DecisionsSerializer()
    children = serializers.ListField(child=serializers.CharField(), help_text="Models trained beside it.")


class ScoreSerializer(serializers.Serializer):
    """The share of all items that a model has right, with its 95 % interval."""

    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class DifferenceSerializer(ScoreSerializer):
    """How much more often the second model is right, and on how many items just one of the two is."""

    wins = serializers.IntegerField(help_text="Items on which only the second is right.")
    losses = serializers.IntegerField(help_text="Items on which only the first is right.")
    n = serializers.IntegerField()


class ClassSerializer(serializers.Serializer):
    """The items of one true class."""

    name = serializers.CharField()
    n = serializers.IntegerField()
    wins = serializers.IntegerField()
    losses = serializers.IntegerField()


class DifferingSerializer(serializers.Serializer):
    """One item on which just one of the two is right."""

    item = serializers.UUIDField()
    truth = serializers.CharField()
    before = serializers.CharField(help_text="What the first model says.")
    after = serializers.CharField(help_text="What the second model says.")


class ComparisonSerializer(serializers.Serializer):
    """Two models on the same held-out items: the first in the address, and the second `with` it."""

    first_model = serializers.CharField()
    second_model = serializers.CharField()
    n = serializers.IntegerField(help_text=f"Items compared, at most {comparing.MOST}: the newest.")
    first = ScoreSerializer()
    second = ScoreSerializer()
    difference = DifferenceSerializer()
    p = serializers.FloatField(help_text="Of the sign test (McNemar, exact): small where it is not chance.")
    classes = ClassSerializer(many=True)
    items = DifferingSerializer(
        many=True, help_text=f"At most {comparing.SHOWN}; none for who has not the scope {LABELS}."
    )


class WithQuery(Strict):
    """Which model to compare with."""

    def get_fields(self) -> dict[str, serializers.Field]:
        """Return the one field; its name is a word of Python."""
        return {"with": serializers.IntegerField(min_value=1, help_text="Id of the second model.")}


class ModelCard(APIView):
    """One model."""

    required_scopes = "models:read"

    @extend_schema(responses={200: CardSerializer, 404: ErrorAnswer})
    def get(self, request: Request, pk: int) -> Response:
        """Return the model's card: numbers, verdict, data, lineage and how many decisions it made."""
        version = model_of(pk, request)
        if "pairs" in version.report and not may(request, LABELS):
            version.report["pairs"]["items"] = []
        return Response(CardSerializer(card.read(version)).data)


class Compare(APIView):
    """Two models side by side."""

    required_scopes = "models:read"

    @extend_schema(
        parameters=[WithQuery],
        responses={200: ComparisonSerializer, 400: ErrorAnswer, 404: ErrorAnswer, 409: ErrorAnswer},
    )
    def get(self, request: Request, pk: int) -> Response:
        """Return how two models of an item type do on the same held-out items."""
        query = WithQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        first, second = model_of(pk, request), model_of(query.validated_data["with"], request)
        found = comparing.compare(first, second)
        if not may(request, LABELS):
            found = replace(found, items=[])
        names = {"first_model": str(first), "second_model": str(second)}
        return Response(ComparisonSerializer(names | asdict(found)).data)


def model_of(pk: int, caller: Any) -> ModelVersion:
    """Return the model with this id; raises Http404, also where the caller may not see its item type."""
    return get_object_or_404(teams.seen(ModelVersion.objects.select_related(*READ), caller), pk=pk)
