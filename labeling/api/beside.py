"""What stands beside the item in hand, through the API: cases like it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.api.seats import held_by
from labeling.pages.cases import Case, cases
from routing.api import REFUSED
from routing.errors import SeatLost


class CaseOut(serializers.Serializer):
    """Something like the item in hand, and what people made of it."""

    text = serializers.CharField(allow_blank=True)
    image = serializers.CharField(allow_null=True, help_text="Address or data URI, where it may be shown.")
    label = serializers.JSONField(allow_null=True)
    said = serializers.CharField(help_text="The label in words.")
    people = serializers.IntegerField(help_text="How many people said so.")
    when = serializers.DateTimeField()
    twin = serializers.BooleanField(help_text="It is all but the same.")
    golden = serializers.BooleanField(help_text="It is kept to teach.")


class CasesOut(serializers.Serializer):
    """Golden examples first, then decided items, the most alike first."""

    results = CaseOut(many=True)


class Alike(APIView):
    """Cases like the item in hand."""

    required_scopes = "reviews:write"

    @extend_schema(operation_id="assignments_alike", responses={200: CasesOut} | REFUSED)
    def get(self, request: Request, seat_id: int) -> Response:
        """Read what people made of items like the one that the caller holds.

        Nothing at a blind look, for preferences, and where nothing is alike. 409 for who doesn't hold the
        assignment.
        """
        seat = held_by(request)
        if seat is None or seat.pk != seat_id:
            raise SeatLost
        return Response({"results": [_case(one) for one in cases(seat)]})


def _case(one: Case) -> dict[str, Any]:
    return {
        "text": one.text,
        "image": one.image.source if one.image else None,
        "label": one.label,
        "said": one.said,
        "people": one.people,
        "when": one.when.isoformat(),
        "twin": one.twin,
        "golden": one.golden,
    }
