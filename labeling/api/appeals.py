"""Disputes through the API: opened for whom an item is about, taken back, listed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.strictness import Filters, OneOfFilter, Strict
from labeling.appeals import experts, opening
from labeling.models import Appeal
from routing import appealing, teams
from routing.api import REFUSED
from routing.idempotency import idempotent
from routing.models import Item, Status

SHOWN = {
    "id": 12,
    "item": "019209d4-5a9c-7c3e-8d49-5d0a2f6f8e11",
    "item_type": "sentiment",
    "item_ref": "review-123",
    "state": "open",
    "reason": "The second half of my text was not read.",
    "answer": "",
    "disputed": {
        "status": "approved",
        "label": "negative",
        "decided_by": "system:router",
        "decided_at": "2026-11-20T09:30:00+00:00",
    },
    "opened_at": "2026-11-21T08:00:00+00:00",
    "opened_by": "subject",
    "closed_at": None,
    "closed_by": None,
    "expert_available": True,
}


class DisputeIn(Strict):
    """Why a decision is disputed."""

    reason = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=opening.LONGEST_REASON,
        help_text="In the words of who disputes it; the expert reads it, and it is erased with the item.",
    )


class DisputedOut(serializers.Serializer):
    """The decision that is disputed."""

    status = serializers.ChoiceField([Status.APPROVED, Status.REJECTED])
    label = serializers.JSONField(allow_null=True)
    decided_by = serializers.CharField()
    decided_at = serializers.DateTimeField()


class AppealOut(serializers.Serializer):
    """One dispute."""

    id = serializers.IntegerField()
    item = serializers.UUIDField()
    item_type = serializers.CharField()
    item_ref = serializers.CharField()
    state = serializers.ChoiceField(Appeal.State.choices)
    reason = serializers.CharField(allow_blank=True)
    answer = serializers.CharField(allow_blank=True, help_text="What the expert tells who disputes it.")
    disputed = DisputedOut()
    opened_at = serializers.DateTimeField()
    opened_by = serializers.CharField(help_text="key:PREFIX/NAME, user:NAME, or subject: by the link.")
    closed_at = serializers.DateTimeField(allow_null=True)
    closed_by = serializers.CharField(allow_null=True)


class AppealWhole(AppealOut):
    """One dispute, and whether there is an expert who may decide it."""

    expert_available = serializers.BooleanField(
        allow_null=True, help_text="false: all experts had a part in the decision. null once it is closed."
    )


class LinkOut(serializers.Serializer):
    """Where and until when a decision may be disputed."""

    appeal_url = serializers.CharField(allow_null=True, help_text="null: decisions of this kind never may.")
    until = serializers.DateTimeField(allow_null=True)
    refusal = serializers.CharField(allow_null=True, help_text="Why it can't be disputed now; null: it can.")


class AppealFilter(django_filters.FilterSet):
    """Query parameters of the list of disputes; together they narrow it."""

    state = OneOfFilter(choices=Appeal.State.choices, label="What became of it.")
    item_type = django_filters.CharFilter("item__item_type__slug", label="The item type's short name.")
    item_ref = django_filters.CharFilter("item__item_ref", label="The client's own name of the item.")

    class Meta:
        model = Appeal
        fields: list[str] = []


HEAVY = ("item__payload", "item__context", "item__reasons", "item__shadow")


class Appeals(GenericAPIView):
    """Disputes, newest first."""

    required_scopes = "items:read"
    queryset = Appeal.objects.select_related("item__item_type").defer(*HEAVY)
    serializer_class = AppealOut
    filter_backends = [Filters]
    filterset_class = AppealFilter

    @extend_schema(operation_id="appeals_list", responses=AppealOut(many=True))
    def get(self, request: Request) -> Response:
        """List disputes, newest first."""
        rows = teams.seen(self.filter_queryset(self.get_queryset()), request, path="item__item_type")
        page = self.paginate_queryset(rows)
        return self.get_paginated_response([opening.appeal_data(one) for one in page])


class OneAppeal(APIView):
    """One dispute."""

    required_scopes = "items:read"

    @extend_schema(operation_id="appeals_read", responses=AppealWhole)
    def get(self, request: Request, appeal_id: int) -> Response:
        """Read one dispute."""
        return Response(_whole(_appeal(request, appeal_id)))


class Dispute(APIView):
    """A dispute of one item's decision."""

    required_scopes = "items:write"

    @extend_schema(
        operation_id="items_appeal",
        request=DisputeIn,
        responses={200: AppealWhole, 201: AppealWhole} | REFUSED,
        examples=[
            OpenApiExample("with a reason", {"reason": SHOWN["reason"]}, request_only=True),
            OpenApiExample("the dispute", SHOWN, response_only=True, status_codes=["200", "201"]),
        ],
    )
    @idempotent
    def post(self, request: Request, item_id: UUID) -> Response:
        """Dispute the decision of an item for whom it is about.

        An expert who had no part in it answers the item anew; until then the decision stands. While a dispute
        of the item is open, it is answered with 200 and nothing changes. 409 says why a decision can't be
        disputed.
        """
        _item(request, item_id)
        asked = DisputeIn(data=request.data)
        asked.is_valid(raise_exception=True)
        opened = opening.dispute(item_id, asked.validated_data["reason"], by=request.user)
        code = status.HTTP_200_OK if opened.duplicate else status.HTTP_201_CREATED
        return Response(_whole(opened.appeal), status=code)


class Withdraw(APIView):
    """A dispute taken back."""

    required_scopes = "items:write"

    @extend_schema(operation_id="appeals_withdraw", request=None, responses={200: AppealWhole} | REFUSED)
    @idempotent
    def post(self, request: Request, appeal_id: int) -> Response:
        """Take an open dispute back; only who opened it may. One that is closed stays as it is."""
        return Response(_whole(opening.withdraw(_appeal(request, appeal_id), by=request.user)))


class Link(APIView):
    """Where an item's decision may be disputed."""

    required_scopes = "items:read"

    @extend_schema(operation_id="items_appeal_link", responses=LinkOut)
    def get(self, request: Request, item_id: UUID) -> Response:
        """Read the link to give to whom an item is about: who has it can dispute the decision."""
        item = _item(request, item_id)
        link, until = appealing.link(item), appealing.until(item)
        if link and not link.startswith("http"):
            link = request.build_absolute_uri(link)
        data: dict[str, Any] = {"appeal_url": link, "until": until.isoformat() if until else None}
        return Response(data | {"refusal": opening.refusal(item, now=timezone.now())})


def _item(request: Request, item_id: UUID) -> Item:
    return get_object_or_404(teams.seen(opening.items(), request), pk=item_id)


def _appeal(request: Request, appeal_id: int) -> Appeal:
    if appeal_id > 2**63 - 1:
        raise Http404
    rows = Appeal.objects.select_related("item__item_type__expert_queue", "seat").defer(*HEAVY)
    return get_object_or_404(teams.seen(rows, request, path="item__item_type"), pk=appeal_id)


def _whole(appeal: Appeal) -> dict[str, Any]:
    waits = appeal.state == Appeal.State.OPEN
    available = bool(experts.left([appeal])[appeal.item_id]) if waits else None
    return opening.appeal_data(appeal) | {"expert_available": available}
