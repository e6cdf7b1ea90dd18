"""Seats through the API: claim one, answer it, keep it, give it back, by the review page's own verbs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.answering import review
from labeling.api.answers import (
    clean_answer,
    clean_claim,
    clean_front,
    seat_data,
    shown_purpose,
    waiting_data,
)
from labeling.api.serializers import CLAIMED, AnswerIn, LeaseOut, SeatOut, WaitingSeats, Wish
from labeling.models import Review
from labeling.people import gold
from routing import assignments, names, teams
from routing.api import REFUSED
from routing.api_errors import ErrorAnswer
from routing.errors import InvalidInput, SeatLost
from routing.idempotency import idempotent
from routing.models import Assignment, Item, ItemType, Priority, Purpose, Queue, Status
from routing.representation import item_data
from routing.serializers import ItemOut
from routing.standing import standing

# What would tell a seeded error or a second look from any other check.
UNTOLD = {
    **dict.fromkeys(("action", "label", "confidence", "confidence_level", "uncertainty", "policy", "model")),
    **dict.fromkeys(("decided_at", "decided_by")),
    "status": Status.APPROVED,
    "priority": Priority.LOW.label,
    "reasons": [],
    "appeal_url": None,
}
NOT_THEIRS = {"appeal_url": None}  # whom the item is about disputes a decision, not who made it


class Front(APIView):
    """What waits for the caller."""

    required_scopes = "reviews:write"

    @extend_schema(
        operation_id="assignments_front",
        parameters=[
            OpenApiParameter("queue", str, description="Only this queue."),
            OpenApiParameter("item_type", str, description="Only this item type."),
            OpenApiParameter("limit", int, description="How many at most: 1 to 100; 20 if left out."),
        ],
        responses={200: WaitingSeats},
    )
    def get(self, request: Request) -> Response:
        """Return the assignment that the caller holds, and those that claims would give, most urgent first.

        Nothing is taken: another person may claim one of them meanwhile. Empty while the caller is paused or
        at the daily cap.
        """
        asked = clean_front(request.query_params)
        types = teams.limits(request)
        held, found = held_by(request), assignments.front(**asked, types=types, by=request.user)
        if not found:
            _refuse_unknown(asked, types)
        data = {"held": seat_data(held) if held else None, "results": [waiting_data(seat) for seat in found]}
        return Response(data)


class Claim(APIView):
    """The next assignment for the caller."""

    required_scopes = "reviews:write"

    @extend_schema(
        operation_id="assignments_claim",
        request=Wish,
        responses={
            200: SeatOut,
            204: OpenApiResponse(description="Nothing waits for this person."),
            409: OpenApiResponse(
                ErrorAnswer,
                description="The person is given nothing: `paused` by a lead, or `cap_reached` for the last "
                "24 hours. `detail` says why and until when.",
            ),
        },
        examples=[
            OpenApiExample("from one queue", {"queue": "reviews"}, request_only=True),
            OpenApiExample("after a skip", {"without": [41]}, request_only=True),
            OpenApiExample("a seat", CLAIMED, response_only=True, status_codes=["200"]),
        ],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Lease the most urgent assignment that waits for the caller.

        Nobody is given an item that they have already answered or that asks for a skill they lack, and no
        two people hold the same assignment. 204 where nothing waits; 409 where the caller is paused or has
        reached the daily cap.
        """
        wish = clean_claim(request.data)
        seat = assignments.claim(**wish, types=teams.limits(request), by=request.user)
        if seat is None:
            _refuse_unknown(wish, teams.limits(request))
            if refusal := standing(request.user).refusal:
                raise refusal
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(seat_data(seat))


def held_by(request: Request) -> Assignment | None:
    """Return the seat that the caller holds, None where it is of no item type that their key may touch."""
    seat, types = assignments.current(request.user), teams.limits(request)
    return seat if seat and (types is None or seat.item.item_type.slug in types) else None


def may_answer(request: Request, seat_id: int) -> None:
    """Raise SeatLost where the seat is of an item type that the caller's key may not touch.

    Who has no such key is not looked at: whoever holds a seat was given it by a queue.
    """
    types = teams.limits(request)
    if types and not Assignment.objects.filter(pk=seat_id, item_type__slug__in=types).exists():
        raise SeatLost


def _refuse_unknown(wish: dict[str, str | None], types: list[str] | None) -> None:
    """Raise InvalidInput where nothing waits because the place that was named does not exist."""
    kinds = ItemType.objects.all() if types is None else ItemType.objects.filter(slug__in=types)
    for name, rows in (("queue", Queue.objects.all()), ("item_type", kinds)):
        if wish[name] and not rows.filter(slug=wish[name]).exists():
            raise InvalidInput.single(f"There is no {name.replace('_', ' ')} {wish[name]!r}.", attr=name)


class Submit(APIView):
    """The answer to an assignment."""

    required_scopes = "reviews:write"

    @extend_schema(
        operation_id="assignments_submit",
        request=AnswerIn,
        responses={200: ItemOut} | REFUSED,
        examples=[
            OpenApiExample(
                "the model is right", {"action": "approve", "time_spent_ms": 2400}, request_only=True
            ),
            OpenApiExample("it is not", {"action": "edit", "label": "positive"}, request_only=True),
        ],
    )
    @idempotent
    def post(self, request: Request, seat_id: int) -> Response:
        """Store what the caller says about the item they hold, and settle the item.

        The same answer sent again is stored once. 409 where the lease ran out or was taken. After a check
        nothing is told of what the router or others made of the item, so that the next check stays blind.
        """
        answer = clean_answer(request.data)
        may_answer(request, seat_id)
        return Response(answered_data(review.submit(seat_id, answer, by=request.user), seat_id))


def answered_data(item: Item, seat_id: int) -> dict[str, Any]:
    """Return the item as the author of this seat's answer may see it: of a check nothing is told.

    A known question looks like an ordinary item that waits for its first answer.
    """
    said = Review.objects.select_related("assignment", "user").get(assignment=seat_id)
    if shown_purpose(said.assignment) == Purpose.AUDIT:
        return item_data(gold.as_of(item, said.assignment)) | UNTOLD
    shown = gold.as_ordinary(item, said) if said.assignment.purpose == Purpose.GOLD else item
    return item_data(shown) | NOT_THEIRS


class Renew(APIView):
    """A longer lease."""

    required_scopes = "reviews:write"

    @extend_schema(
        operation_id="assignments_renew",
        request=None,
        responses={200: LeaseOut} | REFUSED,
    )
    @idempotent
    def post(self, request: Request, seat_id: int) -> Response:
        """Extend the caller's lease by the queue's lease time, counted from now."""
        may_answer(request, seat_id)
        until = assignments.renew(seat_id, by=request.user)
        return Response({"id": names.of_seat(seat_id), "lease_expires_at": until.isoformat()})


class Release(APIView):
    """An assignment given back."""

    required_scopes = "reviews:write"

    @extend_schema(
        operation_id="assignments_release",
        request=None,
        responses={204: OpenApiResponse(description="Anybody may claim it at once.")} | REFUSED,
    )
    @idempotent
    def post(self, request: Request, seat_id: int) -> Response:
        """Give the caller's assignment back, so that anybody may claim it at once."""
        may_answer(request, seat_id)
        assignments.release(seat_id, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
