"""Models through the API: ask the champion, list, promote, retire, see what people are asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.strictness import Strict
from learning import registry, serving
from learning.api.lists import OneType, TypeList, TypeQuery
from learning.asking import batch
from learning.models import Evaluation, ModelVersion, SamplingRun
from routing import teams
from routing.api_errors import ErrorAnswer
from routing.errors import HitlError, InvalidInput, NotInForce, PredictionFailed, Problem
from routing.idempotency import idempotent
from routing.kinds import KINDS, KindErrors
from routing.models import ItemType
from routing.router import find_type

MOST = 5_000  # payloads a request


class NoModel(HitlError):
    """No model of this server is in force here: label some items, promote one, or ask your ML backend."""

    code = "no_model"
    status = 409


class PredictRequest(Strict):
    """What is to be predicted."""

    item_type = serializers.CharField(max_length=50)
    payloads = serializers.ListField(child=serializers.DictField(), min_length=1, max_length=MOST)


class OpinionSerializer(serializers.Serializer):
    """What the champion says of one payload."""

    label = serializers.CharField()
    confidence = serializers.FloatField(help_text="Calibrated: of those with 0.9, nine in ten are right.")
    probabilities = serializers.DictField(child=serializers.FloatField())


class PredictAnswer(serializers.Serializer):
    """The model and its answers, in the order of the payloads."""

    item_type = serializers.CharField()
    model = serializers.CharField(help_text="Name and version, for example digits@3.")
    predictions = OpinionSerializer(many=True)


class EvaluationSerializer(serializers.ModelSerializer):
    """One number on one slice, with its 95 % interval."""

    class Meta:
        model = Evaluation
        fields = ["metric", "slice", "value", "low", "high", "n"]


class ModelSerializer(serializers.ModelSerializer):
    """One trained model."""

    name = serializers.CharField(source="__str__", help_text="Name and version, for example digits@3.")
    item_type = serializers.CharField(source="item_type.slug")
    evaluations = EvaluationSerializer(many=True)

    class Meta:
        model = ModelVersion
        fields = [
            "id",
            "name",
            "item_type",
            "number",
            "status",
            "parent",
            "learner",
            "encoder",
            "labels_used",
            "sha256",
            "verdict",
            "evaluations",
            "created_at",
            "promoted_at",
            "promoted_by",
            "retired_at",
        ]
        read_only_fields = fields


class Reason(Strict):
    """Why; it stands in the trail."""

    reason = serializers.CharField(max_length=1000, required=False, default="through the API")


class SamplingSerializer(serializers.Serializer):
    """One pick of what to label next, in the customer's words."""

    id = serializers.IntegerField()
    item_type = serializers.CharField()
    strategy_used = serializers.CharField()
    total_unlabeled = serializers.IntegerField()
    annotation_efficiency = serializers.FloatField(help_text="Share of the pool that need not be labelled.")
    suggestions = serializers.ListField(child=serializers.DictField())


class Predict(APIView):
    """The champion's answers."""

    required_scopes = "models:read"

    @extend_schema(request=PredictRequest, responses={200: PredictAnswer, 400: ErrorAnswer, 409: ErrorAnswer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Return the champion's label, confidence and probabilities for each payload; nothing is stored."""
        asked = PredictRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        item_type = find_type(asked.validated_data["item_type"], caller=request)
        payloads = _clean(item_type, asked.validated_data["payloads"])
        said = serving.opinions(item_type, payloads)
        if said is None:
            raise NoModel
        if isinstance(said[0], NotInForce):
            raise NoModel(said[0].detail)
        unread = [
            Problem(f"payloads.{place}", "unreadable", one.detail)
            for place, one in enumerate(said)
            if isinstance(one, PredictionFailed)
        ]
        if unread:
            raise InvalidInput(unread)
        answers = [
            {"label": one.label, "confidence": one.confidence, "probabilities": one.probabilities}
            for one in said
        ]
        return Response({"item_type": item_type.slug, "model": said[0].model, "predictions": answers})


class ModelList(TypeList):
    """The models that there are, newest first."""

    serializer_class = ModelSerializer
    queryset = ModelVersion.objects.select_related("item_type").prefetch_related("evaluations")

    @extend_schema(parameters=[TypeQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return a page of models with their numbers and the gate's verdict."""
        return self.list(request, *args, **kwargs)


class Promote(APIView):
    """Make a model the champion."""

    required_scopes = "models:write"

    @extend_schema(request=Reason, responses={200: ModelSerializer, 404: ErrorAnswer, 409: ErrorAnswer})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Put the model in force from the next item on; promoting it again changes nothing."""
        return _act(registry.promote, request, pk)


class Retire(APIView):
    """Take a model out of use."""

    required_scopes = "models:write"

    @extend_schema(request=Reason, responses={200: ModelSerializer, 404: ErrorAnswer, 409: ErrorAnswer})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Retire the model; where it was the champion, items wait for another. Safe to repeat."""
        return _act(registry.retire, request, pk)


class LatestSampling(APIView):
    """What people were last asked to label."""

    required_scopes = "models:read"

    @extend_schema(parameters=[OneType], responses=SamplingSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Return the latest finished pick of each item type, or of the one that is asked for."""
        query = OneType(data=request.query_params)
        query.is_valid(raise_exception=True)
        slug = query.validated_data.get("item_type")
        types = teams.visible(ItemType.objects.all(), request)
        types = [find_type(slug, caller=request)] if slug else types
        done = SamplingRun.objects.filter(item_type__in=types, status=SamplingRun.Status.DONE)
        latest = (
            done.select_related("item_type__subject_rights")
            .order_by("item_type_id", "-pk")
            .distinct("item_type_id")
        )
        told = [(run, batch.answer(run, request.user)) for run in latest]
        return Response([{"id": run.pk, "item_type": run.item_type.slug} | answer for run, answer in told])


def _act(verb: Callable[..., ModelVersion], request: Request, pk: int) -> Response:
    asked = Reason(data=request.data)
    asked.is_valid(raise_exception=True)
    version = get_object_or_404(teams.seen(ModelVersion.objects.all(), request), pk=pk)
    changed = verb(version, reason=asked.validated_data["reason"], by=request.user)
    return Response(ModelSerializer(changed).data)


def _clean(item_type: ItemType, payloads: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the payloads as their kind fills them in; raises InvalidInput with every field that is wrong."""
    kind, cleaned, problems = KINDS[item_type.kind], [], []
    for place, payload in enumerate(payloads):
        try:
            cleaned.append(kind.clean_payload(payload, item_type.spec))
        except KindErrors as errors:
            problems += [
                Problem(one.attr.replace("payload", f"payloads.{place}", 1), one.code, one.detail)
                for one in errors.errors
            ]
    if problems:
        raise InvalidInput(problems)
    return cleaned
