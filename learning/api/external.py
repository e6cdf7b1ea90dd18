"""Models that are trained elsewhere, through the API: register one, take its exam."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from audit.strictness import PAGES, Strict, refuse_unknown
from learning.api.models import ModelList, ModelSerializer
from learning.external import exams
from learning.external.exams import Answer, Claim
from learning.models import ModelVersion
from routing import personal, teams
from routing.api_errors import ErrorAnswer
from routing.idempotency import idempotent
from routing.models import Item
from routing.router import find_type

MOST = 5_000  # answers a request
MOST_METRICS = 100
LONGEST_METRIC = 200  # characters of its name


class Registration(Strict):
    """A model that was trained elsewhere, as its trainer tells of it."""

    item_type = serializers.CharField(max_length=50)
    name = serializers.CharField(
        max_length=200,
        help_text="Name and version, for example bert@4: the same in `predictions` of items, and the "
        "`model_version` of an ML backend.",
    )
    learner = serializers.CharField(max_length=200, help_text="What kind of model it is.")
    labels_used = serializers.IntegerField(min_value=0, max_value=2_000_000_000)
    dataset_sha256 = serializers.CharField(
        max_length=64, required=False, default="", help_text="That of the message training.due."
    )
    metrics = serializers.DictField(
        child=serializers.FloatField(), required=False, default=dict, help_text="Kept as claimed."
    )
    notes = serializers.CharField(
        max_length=20_000, required=False, default="", allow_blank=True, help_text="What it is for."
    )

    def validate_metrics(self, value: dict[str, float]) -> dict[str, float]:
        """Return the figures; raises ValidationError for too many or for names that are too long."""
        if len(value) > MOST_METRICS or any(len(name) > LONGEST_METRIC for name in value):
            raise serializers.ValidationError(
                f"Send at most {MOST_METRICS} figures with names of at most {LONGEST_METRIC} characters."
            )
        return value


class QuestionSerializer(serializers.ModelSerializer):
    """One held-out item, without what people said of it."""

    class Meta:
        model = Item
        fields = ["id", "item_ref", "payload", "context"]
        read_only_fields = fields


class AnswerSerializer(Strict):
    """What the model says of one item."""

    item = serializers.UUIDField()
    label = serializers.CharField(
        max_length=100, allow_null=True, help_text="Null: it could not read the item, which counts as unsure."
    )
    probabilities = serializers.DictField(
        child=serializers.FloatField(min_value=0, max_value=1), required=False, default=dict
    )


class AnswersSerializer(Strict):
    """The model's answers."""

    answers = AnswerSerializer(many=True, min_length=1, max_length=MOST)


class ExamState(serializers.Serializer):
    """Where the exam stands."""

    remaining = serializers.IntegerField(help_text="Questions without an answer; at 0 the gate judges.")
    status = serializers.CharField(help_text="The model's, see the list of models.")


class Models(ModelList):
    """The models that there are, and a way in for those that were trained elsewhere."""

    required_scopes = {"GET": "models:read", "POST": "models:write"}

    @extend_schema(request=Registration, responses={201: ModelSerializer, 400: ErrorAnswer, 409: ErrorAnswer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Register a model that was trained elsewhere; its exam is open from now on.

        Its predictions decide nothing until it is promoted: by the plan once it passed the gate, or by hand.
        """
        asked = Registration(data=request.data)
        asked.is_valid(raise_exception=True)
        said = dict(asked.validated_data)
        version = exams.register(
            find_type(said.pop("item_type"), caller=request), Claim(**said), by=request.user
        )
        return Response(ModelSerializer(version).data, status=status.HTTP_201_CREATED)


class Exam(GenericAPIView):
    """The held-out items that a model from elsewhere is judged by."""

    required_scopes = "models:write"
    serializer_class = QuestionSerializer

    queryset = Item.objects.none()  # `questions` of the model that is asked about

    def _version(self) -> ModelVersion:
        rows = teams.seen(ModelVersion.objects.select_related("item_type"), self.request)
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @extend_schema(
        operation_id="models_exam", responses={200: QuestionSerializer(many=True), 409: ErrorAnswer}
    )
    def get(self, request: Request, pk: int) -> Response:
        """List the labelled items that were kept back and that the model has not answered, newest first.

        Fields that are personal are hidden from whoever may not see them, as in what the model learnt from.
        """
        refuse_unknown(request.query_params, PAGES)
        version = self._version()
        page = self.paginate_queryset(exams.questions(version))
        for item in page:
            item.payload, item.context = personal.masked(
                item.payload, item.context, version.item_type, request.user
            )
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        operation_id="models_exam_answer",
        request=AnswersSerializer,
        responses={200: ExamState, 400: ErrorAnswer, 409: ErrorAnswer},
    )
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Take answers; an answer given once stays. With the last one a worker lets the gate judge."""
        asked = AnswersSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        version = self._version()
        remaining = exams.answer(version, [Answer(**one) for one in asked.validated_data["answers"]])
        return Response({"remaining": remaining, "status": version.status})
