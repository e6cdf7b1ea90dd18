"""Erasures and legal holds through the API."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.strictness import PAGES, Strict
from routing import teams
from routing.api import REFUSED
from routing.errors import InvalidInput
from routing.idempotency import idempotent
from routing.models import Erasure, Item, ItemType, LegalHold
from routing.privacy import erasing, holds, people

SCOPE = "items:erase"
LONGEST = 200
WHY = "Kept in the trail for good: write no personal data here."


class Covered(Strict):
    """An item by its type and reference, or whom items are about."""

    item_type = serializers.CharField(required=False, max_length=50, help_text="The item type's short name.")
    item_ref = serializers.CharField(required=False, max_length=LONGEST, help_text="Your name of the item.")
    about = serializers.CharField(
        required=False,
        max_length=LONGEST,
        help_text="A person, as items name them where `subject_path` says.",
    )
    why = serializers.CharField(max_length=2_000, help_text=WHY)


class Why(Strict):
    """The grounds of an act."""

    why = serializers.CharField(max_length=2_000, help_text=WHY)


class ErasureOut(serializers.Serializer):
    """One erasure and how far it is."""

    id = serializers.IntegerField()
    item = serializers.UUIDField(allow_null=True, help_text="Of one item.")
    item_type = serializers.CharField(allow_null=True, help_text="Of what was too old.")
    person = serializers.CharField(allow_null=True, help_text="Of a person: a fingerprint of the name.")
    why = serializers.CharField()
    asked_at = serializers.DateTimeField()
    asked_by = serializers.CharField()
    erased = serializers.IntegerField(help_text="Items erased so far.")
    kept = serializers.IntegerField(help_text="Items that a legal hold keeps, once it has ended.")
    learnt = serializers.DictField(
        child=serializers.IntegerField(), help_text="Models that had learnt from them, each from how many."
    )
    copies = serializers.ListField(
        child=serializers.DictField(), help_text="Exports that may hold them: whoever keeps those must act."
    )
    ended_at = serializers.DateTimeField(allow_null=True, help_text="null: a worker goes on with it.")


class HoldOut(serializers.Serializer):
    """One legal hold."""

    id = serializers.IntegerField()
    item_type = serializers.CharField(allow_null=True)
    item = serializers.UUIDField(allow_null=True)
    about = serializers.CharField(allow_null=True)
    why = serializers.CharField()
    placed_at = serializers.DateTimeField()
    placed_by = serializers.CharField()
    lifted_at = serializers.DateTimeField(allow_null=True)
    lifted_by = serializers.CharField(allow_null=True)
    lifted_because = serializers.CharField(allow_blank=True)


class HoldQuery(Strict):
    """Which holds."""

    besides = PAGES

    in_force = serializers.BooleanField(required=False, default=None, allow_null=True)


class PersonQuery(Strict):
    """Whose erasures."""

    besides = PAGES

    about = serializers.CharField(
        required=False,
        max_length=LONGEST,
        help_text="A person; the list keeps a fingerprint of the name only.",
    )


class Erasures(GenericAPIView):
    """Erasures, newest first."""

    required_scopes = SCOPE
    queryset = Erasure.objects.select_related("item_type")
    serializer_class = ErasureOut

    @extend_schema(operation_id="erasures_list", parameters=[PersonQuery], responses=ErasureOut(many=True))
    def get(self, request: Request) -> Response:
        """List erasures, newest first."""
        query = PersonQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        about = query.validated_data.get("about")
        rows = covered_seen(self.get_queryset(), request)
        page = self.paginate_queryset(rows.filter(about=people.fingerprint(about)) if about else rows)
        return self.get_paginated_response([erasure_data(row) for row in page])

    @extend_schema(
        operation_id="erasures_ask",
        request=Covered,
        responses={201: ErasureOut} | REFUSED,
        examples=[
            OpenApiExample("a person", {"about": "customer-17", "why": "Request 4711"}, request_only=True)
        ],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Erase an item, or all that is about a person; 409 `legally_held` where a hold keeps the item.

        An item is gone when this answers. Of a person with many items a worker does the rest: read the
        erasure until `ended_at` is set. What a hold keeps is counted in `kept`.
        """
        said = read(Covered, request)
        if item := one_item(said, request):
            erasure = erasing.of_item(item, why=said["why"], by=request.user)
        elif "about" in said and "item_type" not in said:
            erasure = erasing.of_person(said["about"], why=said["why"], by=request.user)
        else:
            raise InvalidInput.single("Send item_type and item_ref, or about.")
        return Response(erasure_data(erasure), status=status.HTTP_201_CREATED)


class OneErasure(APIView):
    """One erasure."""

    required_scopes = SCOPE

    @extend_schema(operation_id="erasures_read", responses=ErasureOut)
    def get(self, request: Request, erasure_id: int) -> Response:
        """Read how far an erasure is."""
        rows = covered_seen(Erasure.objects.select_related("item_type"), request)
        return Response(erasure_data(get_object_or_404(rows, pk=erasure_id)))


class Holds(GenericAPIView):
    """Legal holds, newest first."""

    required_scopes = SCOPE
    queryset = LegalHold.objects.select_related("item_type")
    serializer_class = HoldOut

    @extend_schema(operation_id="holds_list", parameters=[HoldQuery], responses=HoldOut(many=True))
    def get(self, request: Request) -> Response:
        """List legal holds, newest first."""
        query = HoldQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        rows = covered_seen(self.get_queryset(), request)
        page = self.paginate_queryset(_asked(rows, query.validated_data.get("in_force")))
        return self.get_paginated_response([hold_data(row) for row in page])

    @extend_schema(
        operation_id="holds_place",
        request=Covered,
        responses={201: HoldOut},
        examples=[
            OpenApiExample("an item type", {"item_type": "claims", "why": "Case 12/26"}, request_only=True)
        ],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Keep an item, all items of a type (without item_ref), or all that is about a person."""
        said = read(Covered, request)
        covered = {"item": one_item(said, request)} if "item_ref" in said else {}
        if not covered and "item_type" in said:
            covered["item_type"] = one_type(said["item_type"], request)
        if "about" in said:
            covered["about"] = said["about"]
        if len(covered) != 1:
            raise InvalidInput.single("Send item_type, item_type and item_ref, or about.")
        hold = holds.place(**covered, why=said["why"], by=request.user)
        return Response(hold_data(hold), status=status.HTTP_201_CREATED)


class LiftHold(APIView):
    """The end of a legal hold."""

    required_scopes = SCOPE

    @extend_schema(operation_id="holds_lift", request=Why, responses={200: HoldOut} | REFUSED)
    @idempotent
    def post(self, request: Request, hold_id: int) -> Response:
        """Lift a legal hold; 409 `hold_lifted` where that was done before."""
        said = read(Why, request)
        hold = get_object_or_404(covered_seen(LegalHold.objects.all(), request), pk=hold_id)
        return Response(hold_data(holds.lift(hold.pk, why=said["why"], by=request.user)))


def read(form: type[Strict], request: Request) -> dict[str, Any]:
    """Return what was sent, checked; 400 otherwise."""
    sent = form(data=request.data)
    sent.is_valid(raise_exception=True)
    return sent.validated_data


def covered_seen(rows: QuerySet, caller: Any) -> QuerySet:
    """Return the erasures or holds without those of item types that the caller may not see.

    What is about a person is shown to everybody who may erase: it is about all types.
    """
    return teams.seen(teams.seen(rows, caller), caller, path="item__item_type")


def one_type(slug: str, caller: Any) -> ItemType:
    """Return the item type; raises InvalidInput, also where the caller may not see it."""
    found = teams.visible(ItemType.objects.filter(slug=slug), caller).first()
    if found is None:
        raise InvalidInput.single(f"There is no item type {slug!r}.", attr="item_type")
    return found


def one_item(said: dict[str, Any], caller: Any) -> Item | None:
    """Return the item that is named, None where none is; raises InvalidInput where there is no such item."""
    if "item_ref" not in said:
        return None
    if "item_type" not in said or "about" in said:
        raise InvalidInput.single("Send item_type and item_ref together, without about.", attr="item_ref")
    named = {"item_type__slug": said["item_type"], "item_ref": said["item_ref"]}
    found = teams.seen(Item.objects.select_related("item_type"), caller).filter(**named).first()
    if found is None:
        raise InvalidInput.single("There is no item of this type and reference.", attr="item_ref")
    return found


def _asked(rows: QuerySet[LegalHold], in_force: bool | None) -> QuerySet[LegalHold]:
    return rows if in_force is None else rows.filter(Q(lifted_at__isnull=in_force))


def erasure_data(row: Erasure) -> dict[str, Any]:
    """Return an erasure as the API shows it."""
    return {
        "id": row.pk,
        "item": str(row.item_id) if row.item_id else None,
        "item_type": row.item_type.slug if row.item_type_id else None,
        "person": row.about or None,
        "why": row.why,
        "asked_at": row.asked_at.isoformat(),
        "asked_by": row.asked_by,
        "erased": row.erased,
        "kept": row.kept,
        "learnt": row.learnt,
        "copies": row.copies,
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
    }


def hold_data(row: LegalHold) -> dict[str, Any]:
    """Return a legal hold as the API shows it."""
    return {
        "id": row.pk,
        "item_type": row.item_type.slug if row.item_type_id else None,
        "item": str(row.item_id) if row.item_id else None,
        "about": row.about or None,
        "why": row.why,
        "placed_at": row.placed_at.isoformat(),
        "placed_by": row.placed_by,
        "lifted_at": row.lifted_at.isoformat() if row.lifted_at else None,
        "lifted_by": row.lifted_by,
        "lifted_because": row.lifted_because,
    }
