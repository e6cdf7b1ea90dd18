"""Items through the API: post one or many, read one, list them, read the story of one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    PolymorphicProxySerializer,
    extend_schema,
)
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from audit import trail
from audit.models import AuditEvent
from audit.strictness import Filters
from routing import intake, metrics, teams
from routing.api_errors import ErrorAnswer
from routing.errors import InvalidInput
from routing.filters import ItemFilter
from routing.idempotency import idempotent
from routing.models import Item
from routing.representation import item_data
from routing.router import Submitted
from routing.serializers import (
    ANSWERED,
    SENT,
    ItemIn,
    ItemOut,
    PlacedItem,
    PostedItem,
    PostedItems,
    TrailEvent,
)

MOST_ENTRIES = 5_000
REFUSED = {409: OpenApiResponse(ErrorAnswer, description="It does not fit what is stored; nothing was done.")}


class Items(GenericAPIView):
    """Items, newest first."""

    required_scopes = {"GET": "items:read", "POST": "items:write"}
    queryset = Item.objects.select_related("item_type__subject_rights", "policy")
    serializer_class = ItemOut
    filter_backends = [Filters]
    filterset_class = ItemFilter

    @extend_schema(operation_id="items_list", responses=ItemOut(many=True))
    def get(self, request: Request) -> Response:
        """List items, newest first."""
        page = self.paginate_queryset(self.filter_queryset(teams.seen(self.get_queryset(), request)))
        return self.get_paginated_response([item_data(item) for item in page])

    @extend_schema(
        operation_id="items_post",
        request=PolymorphicProxySerializer(
            "ItemOrItems", [ItemIn, ItemIn(many=True)], resource_type_field_name=None, many=False
        ),
        responses={
            (code, "application/json"): PolymorphicProxySerializer(
                "PostedItemOrItems", [PostedItem, PostedItems], resource_type_field_name=None, many=False
            )
            for code in (200, 201)
        }
        | REFUSED,
        examples=[
            OpenApiExample("one item", SENT, request_only=True),
            OpenApiExample("many items", [SENT], request_only=True),
            OpenApiExample("the item", ANSWERED, response_only=True, status_codes=["200", "201"]),
        ],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Post one item, or an array of up to 5,000: all are stored, or none.

        An item whose `item_type` and `item_ref` are known is answered as it is stored and changes nothing.
        """
        if not isinstance(request.data, list):
            return _posted(intake.take_in([request.data], caller=request, by=request.user)[0])
        if len(request.data) > MOST_ENTRIES:
            raise InvalidInput.single(f"Send at most {MOST_ENTRIES:,} items at once.", code="max_length")
        return _posted_many(intake.take_in(request.data, numbered=True, caller=request, by=request.user))


def _posted(one: Submitted) -> Response:
    data = {**item_data(one.item), **place_data(one.item), "duplicate": one.duplicate}
    return Response(data, status=_status(created=not one.duplicate))


def _posted_many(submitted: list[Submitted]) -> Response:
    duplicates = sum(one.duplicate for one in submitted)
    created = len(submitted) - duplicates
    items = [_brief(one.item) for one in submitted]
    data = {"created": created, "duplicates": duplicates, "items": items}
    return Response(data, status=_status(created=bool(created)))


def _status(*, created: bool) -> int:
    return status.HTTP_201_CREATED if created else status.HTTP_200_OK


def _brief(item: Item) -> dict[str, Any]:
    return {
        "id": str(item.pk),
        "item_ref": item.item_ref,
        "status": item.status,
        "action": item.action,
        "label": item.label,
    }


def place_data(item: Item) -> dict[str, Any]:
    """Return where the item waits: queue, place, wait and due time, all null where it doesn't."""
    place = metrics.place(item.pk)
    waits = (place.wait_seconds, place.wait_low, place.wait_high) if place else (None, None, None)
    wait, low, high = (None if one is None else round(one) for one in waits)
    return {
        "queue": place.queue if place else None,
        "queue_position": place.ahead if place else None,
        "estimated_wait_seconds": wait,
        "estimated_wait_low": low,
        "estimated_wait_high": high,
        "due_at": place.due_at.isoformat() if place else None,
    }


class OneItem(GenericAPIView):
    """One item."""

    required_scopes = "items:read"
    queryset = Item.objects.select_related("item_type__subject_rights", "policy")
    serializer_class = PlacedItem
    pagination_class = None

    @extend_schema(operation_id="items_read")
    def get(self, request: Request, item_id: UUID) -> Response:
        """Read one item and its place in the queue."""
        item = get_object_or_404(teams.seen(self.get_queryset(), request), pk=item_id)
        return Response({**item_data(item), **place_data(item)})


class ItemTrail(GenericAPIView):
    """The story of one item."""

    required_scopes = "items:read"
    queryset = Item.objects.all()
    serializer_class = TrailEvent
    keyset = ("id",)

    @extend_schema(operation_id="items_trail", responses=TrailEvent(many=True))
    def get(self, request: Request, item_id: UUID) -> Response:
        """List every event of an item's life, oldest first."""
        item = get_object_or_404(teams.seen(self.get_queryset(), request), pk=item_id)
        events: QuerySet[AuditEvent] = trail.story(item)
        page = self.paginate_queryset(events)
        return self.get_paginated_response([event_data(event, item) for event in page])


DRAWS = ("audit_draw", "label_probability", "held_out")


def event_data(event: AuditEvent, item: Item) -> dict[str, Any]:
    """Return one event of an item's life: what every reader looks for by name, and the whole in `data`.

    What was said in free words is there until the item is erased. How the audit sample is drawn stays out: a
    client who knew it could send its doubtful items elsewhere.
    """
    known = trail.opened(event, item.secret)
    data = {name: value for name, value in known.items() if name not in DRAWS}
    return {
        "id": event.pk,
        "at": event.at.isoformat(),
        "actor": event.actor,
        "verb": event.verb,
        "request_id": event.request_id,
        "policy": data.get("policy"),
        "model": data.get("model"),
        "rules": data.get("rules", []),
        "before": data.get("before"),
        "after": data.get("after"),
        "data": data,
    }
