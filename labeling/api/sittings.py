"""A person's own sitting through the API: how much they answered and how their answers compare."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.answering import sittings
from labeling.models import ReviewSession
from labeling.people import own
from routing.idempotency import idempotent


class OpenSitting(serializers.Serializer):
    """The sitting that is open."""

    id = serializers.UUIDField()
    started_at = serializers.DateTimeField()
    answered = serializers.IntegerField()
    pace = serializers.FloatField(allow_null=True, help_text="Median seconds of the latest answers.")
    tired_minutes = serializers.IntegerField(
        help_text="Minutes of work without a rest, once one would do good; else 0."
    )


class PastSitting(serializers.Serializer):
    """One that is over."""

    started_at = serializers.DateTimeField()
    minutes = serializers.IntegerField()
    answered = serializers.IntegerField()


class ShareOut(serializers.Serializer):
    """Of `count` answers so many were right, or the same."""

    count = serializers.IntegerField()
    right = serializers.IntegerField()


class SittingOut(serializers.Serializer):
    """The caller's own figures, which nobody else sees."""

    open = OpenSitting(allow_null=True)
    latest = PastSitting(many=True, help_text="Those that are over, newest first.")
    with_experts = ShareOut(
        allow_null=True, help_text="Answers that an expert gave too, up to yesterday, in steps of 20."
    )
    known = ShareOut(allow_null=True, help_text="Answers to known questions, likewise.")


class Sitting(APIView):
    """The caller's sitting."""

    required_scopes = "reviews:write"

    @extend_schema(operation_id="sitting_read", responses=SittingOut)
    def get(self, request: Request) -> Response:
        """Read the caller's open sitting, the latest ones, and how their answers compare.

        A sitting begins with the first answer and ends by itself half an hour after the last one.
        """
        user, now = request.user, timezone.now()
        compared = {
            "with_experts": own.with_experts(user, now=now),
            "known": own.at_known_questions(user, now=now),
        }
        data = {
            "open": _open(sittings.open_of(user), sittings.progress(user)),
            "latest": [_past(one) for one in sittings.latest(user)],
            **{name: share and asdict(share) for name, share in compared.items()},
        }
        return Response(data)


class End(APIView):
    """The end of the caller's sitting."""

    required_scopes = "reviews:write"

    @extend_schema(
        operation_id="sitting_end",
        request=None,
        responses={204: OpenApiResponse(description="No sitting is open any more.")},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """End the caller's sitting. What they hold they keep: give it back with `release`."""
        sittings.end(request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _open(sitting: ReviewSession | None, progress: sittings.Progress) -> dict[str, Any] | None:
    if sitting is None:
        return None
    return {
        "id": str(sitting.pk),
        "started_at": sitting.started_at.isoformat(),
        "answered": progress.answered,
        "pace": progress.pace,
        "tired_minutes": progress.tired_minutes,
    }


def _past(one: sittings.Past) -> dict[str, Any]:
    return {"started_at": one.started_at.isoformat(), "minutes": one.minutes, "answered": one.answered}
