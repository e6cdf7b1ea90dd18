"""Another person's opinion of an item, asked for through the API."""

from __future__ import annotations

from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.strictness import Strict
from routing import another, names, teams
from routing.api import REFUSED
from routing.idempotency import idempotent
from routing.models import Item


class OpinionWanted(Strict):
    """Why somebody else should look."""

    reason = serializers.CharField(max_length=2_000, help_text="Kept in the trail for whoever asks later.")


class OpinionAsked(serializers.Serializer):
    """The look that was asked for."""

    assignment = serializers.IntegerField()
    queue = serializers.CharField()
    due_at = serializers.DateTimeField()


class Opinions(APIView):
    """More people's opinions of one item."""

    required_scopes = "items:write"

    @extend_schema(
        operation_id="items_opinions",
        request=OpinionWanted,
        responses={201: OpinionAsked} | REFUSED,
        examples=[OpenApiExample("a doubt", {"reason": "The customer called."}, request_only=True)],
    )
    @idempotent
    def post(self, request: Request, item_id: UUID) -> Response:
        """Ask one more person about an item.

        A waiting item is decided once that person has answered too. A decision stands: where that person
        comes to another answer an expert is asked, and only the expert overturns it. 409 where an expert or
        another person is asked already, and where nobody decides the item at all.
        """
        wanted = OpinionWanted(data=request.data)
        wanted.is_valid(raise_exception=True)
        item = get_object_or_404(teams.seen(Item.objects.only("pk"), request), pk=item_id)
        seat = another.request(item.pk, why=wanted.validated_data["reason"], by=request.user)
        asked = {
            "assignment": names.of_seat(seat.pk),
            "queue": seat.queue.slug,
            "due_at": seat.due_at.isoformat(),
        }
        return Response(asked, status=status.HTTP_201_CREATED)
