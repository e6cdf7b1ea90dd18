"""Runs through the API: what trains and picks now or did lately, and how to end it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.strictness import Strict
from learning import runs
from learning.models import Run, SamplingRun, TrainingRun
from routing import teams
from routing.api_errors import ErrorAnswer
from routing.idempotency import idempotent
from routing.models import ItemType
from routing.router import find_type

KINDS: dict[str, type[Run]] = {"training": TrainingRun, "sampling": SamplingRun}
MOST = 200
HOW_MANY = 50


class RunQuery(Strict):
    """What the list may be narrowed by."""

    item_type = serializers.CharField(required=False, max_length=50)
    kind = serializers.ChoiceField(required=False, choices=list(KINDS))
    status = serializers.ChoiceField(required=False, choices=Run.Status.choices)
    limit = serializers.IntegerField(required=False, default=HOW_MANY, min_value=1, max_value=MOST)


class RunSerializer(serializers.Serializer):
    """One training or sampling run."""

    id = serializers.CharField(source="name", help_text="Kind and number, for example training-12.")
    kind = serializers.ChoiceField(choices=list(KINDS))
    item_type = serializers.CharField(source="item_type.slug")
    status = serializers.ChoiceField(choices=Run.Status.choices)
    trigger = serializers.CharField(help_text="Why it ran.")
    progress = serializers.CharField(help_text="What it does now, or what came of it.")
    done_share = serializers.FloatField(help_text="Share of its work that is done, 0 to 1.")
    cancel_asked_by = serializers.CharField(help_text="Who asked for its end; empty: nobody.")
    error = serializers.CharField()
    started_at = serializers.DateTimeField()
    heartbeat_at = serializers.DateTimeField(help_text="When it last said what it does.")
    finished_at = serializers.DateTimeField(allow_null=True)


class RunList(APIView):
    """The runs that there are."""

    required_scopes = "models:read"

    @extend_schema(parameters=[RunQuery], responses={200: RunSerializer(many=True), 400: ErrorAnswer})
    def get(self, request: Request) -> Response:
        """Return the latest runs, newest first."""
        query = RunQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        slug, kind = asked.get("item_type"), asked.get("kind")
        found = newest(
            find_type(slug, caller=request) if slug else None,
            hidden=teams.hidden(request),
            kinds=[kind] if kind else list(KINDS),
            status=asked.get("status"),
            limit=asked["limit"],
        )
        return Response(RunSerializer(found, many=True).data)


class CancelRun(APIView):
    """End a run."""

    required_scopes = "models:write"

    @extend_schema(request=None, responses={200: RunSerializer, 404: ErrorAnswer, 409: ErrorAnswer})
    @idempotent
    def post(self, request: Request, name: str) -> Response:
        """Ask the run to end: it does so at its next step, with nothing of it stored. Safe to repeat."""
        run = find(name, request)
        return Response(RunSerializer(named(runs.cancel(run, by=request.user))).data)


def newest(
    item_type: ItemType | None,
    *,
    kinds: list[str],
    status: str | None = None,
    hidden: Collection[int] = (),
    limit: int,
) -> list[Run]:
    """Return the latest runs of these kinds, newest first, each with its `name` and `kind`.

    Those of item types whose ids are `hidden` are left out.
    """
    wanted: dict[str, Any] = {"item_type": item_type} if item_type else {}
    wanted |= {"status": status} if status else {}
    rows = [
        named(run) for kind in kinds for run in _rows(kind, hidden).filter(**wanted).order_by("-pk")[:limit]
    ]
    return sorted(rows, key=lambda run: run.started_at, reverse=True)[:limit]


def _rows(kind: str, hidden: Collection[int]) -> QuerySet[Run]:
    return KINDS[kind].objects.exclude(item_type__in=hidden).select_related("item_type")


def find(name: str, caller: Any) -> Run:
    """Return the run of this name, such as training-12; raises Http404, also for one that is hidden."""
    kind, _, number = name.partition("-")
    if kind not in KINDS or not number.isdecimal() or len(number) > 9:
        raise Http404
    return named(get_object_or_404(_rows(kind, teams.hidden(caller)), pk=int(number)))


def named(run: Run) -> Run:
    """Return the run with the name by which people and clients call it."""
    run.kind = next(kind for kind, model in KINDS.items() if isinstance(run, model))
    run.name = f"{run.kind}-{run.pk}"
    return run
