"""Labels and figures through the API."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import django_filters
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.strictness import Filters, MomentFilter, Strict
from labeling import metrics
from labeling.api.serializers import LabelIn, LabelOut, LabelsPosted
from labeling.api.summaries import SummaryOut
from labeling.importing.posted import import_labels
from labeling.models import Label
from labeling.quality import figures
from routing import metrics as routing_metrics
from routing import teams
from routing.api import MOST_ENTRIES, REFUSED
from routing.errors import InvalidInput, UnknownItemType
from routing.idempotency import idempotent
from routing.models import HIDDEN, ItemType, Queue


class LabelFilter(django_filters.FilterSet):
    """Query parameters of the list of labels; together they narrow it."""

    item_type = django_filters.CharFilter("item_type_id", label="The item type's short name.")
    item_ref = django_filters.CharFilter(label="The client's own name of the item.")
    user_id = django_filters.NumberFilter("user_id", min_value=1, max_value=2**31 - 1, label="Who said it.")
    session_id = django_filters.UUIDFilter("session_id", label="In which sitting.")
    since = MomentFilter("ts", "gte", label="From this time on.")
    until = MomentFilter("ts", "lt", label="Before this time.")

    class Meta:
        model = Label
        fields: list[str] = []


def label_data(label: Label) -> dict[str, Any]:
    """Return a label's row as the API shows it: the eight columns of the contract, and more."""
    return {
        "id": str(label.pk),
        "item_type": label.item_type_id,
        "item_ref": label.item_ref,
        "label": label.label,
        "user_id": label.user_id,
        "ts": label.ts.isoformat(),
        "prev_confidence": label.prev_confidence,
        "session_id": str(label.session_id) if label.session_id else None,
        "action": label.action,
        "feedback_type": label.feedback_type,
        "weight": label.weight,
        "superseded_at": label.superseded_at.isoformat() if label.superseded_at else None,
    }


class Labels(GenericAPIView):
    """Labels, newest first."""

    required_scopes = {"GET": "labels:read", "POST": "labels:write"}
    queryset = Label.objects.exclude(source__in=HIDDEN)
    serializer_class = LabelOut
    filter_backends = [Filters]
    filterset_class = LabelFilter

    @extend_schema(operation_id="labels_list", responses=LabelOut(many=True))
    def get(self, request: Request) -> Response:
        """List labels, newest first. A correction is a row of its own: the row before it has `superseded_at`.

        Of the rows of an item without it the latest counts.
        """
        rows = teams.seen(self.filter_queryset(self.get_queryset()), request, path="item_type__pk")
        page = self.paginate_queryset(rows)
        return self.get_paginated_response([label_data(label) for label in page])

    @extend_schema(
        operation_id="labels_post",
        request=PolymorphicProxySerializer(
            "LabelOrLabels", [LabelIn, LabelIn(many=True)], resource_type_field_name=None, many=False
        ),
        responses={200: LabelsPosted, 201: LabelsPosted} | REFUSED,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Import one label made elsewhere, or an array of up to 5,000: all are stored, or none.

        Labels with an `id` are safe to send again. They don't close assignments of their items.
        """
        many = isinstance(request.data, list)
        if many and len(request.data) > MOST_ENTRIES:
            raise InvalidInput.single(f"Send at most {MOST_ENTRIES:,} labels at once.", code="max_length")
        raws = request.data if many else [request.data]
        imported = import_labels(raws, numbered=many, caller=request, by=request.user)
        duplicates = sum(one.duplicate for one in imported)
        data = {
            "created": len(imported) - duplicates,
            "duplicates": duplicates,
            "labels": [label_data(one.label) for one in imported],
        }
        code = status.HTTP_201_CREATED if data["created"] else status.HTTP_200_OK
        return Response(data, status=code)


class MetricsQuery(Strict):
    """What the figures are asked for."""

    item_type = serializers.CharField(required=False, help_text="Left out: all item types together.")
    days = serializers.FloatField(
        required=False, default=30, min_value=0.01, max_value=3650, help_text="The window, up to now."
    )


class Metrics(APIView):
    """The figures of the dashboard."""

    required_scopes = "metrics:read"

    @extend_schema(operation_id="metrics_read", parameters=[MetricsQuery], responses=SummaryOut)
    def get(self, request: Request) -> Response:
        """Read how much was automated and reviewed, how right it was, and what waits in every queue.

        Who may not see all item types names one: figures of all would tell of the others.
        """
        query = MetricsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        slug = query.validated_data.get("item_type")
        if slug and not teams.visible(ItemType.objects.filter(slug=slug), request).exists():
            raise UnknownItemType(f"There is no item type {slug!r}.", attr="item_type")
        if not slug and not teams.sees_all(request):
            detail = "Name an item type: you may not see all of them."
            raise InvalidInput.single(detail, attr="item_type", code="required")
        summary = asdict(metrics.summary(slug, query.validated_data["days"]))
        shown = set(teams.queues(Queue.objects.all(), request).values_list("slug", flat=True))
        queues = [asdict(queue) for queue in routing_metrics.queues() if queue.queue in shown]
        flags = [asdict(flagged) for flagged in figures.by_check(slug, query.validated_data["days"])]
        people = routing_metrics.people_at_work()
        return Response(summary | {"flags": flags, "people_at_work": people, "queues": queues})
