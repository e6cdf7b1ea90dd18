"""The last answer replaced through the API."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.answering import correcting
from labeling.api.answers import clean_answer
from labeling.api.seats import answered_data, may_answer
from labeling.api.serializers import AnswerIn
from routing.api import REFUSED
from routing.idempotency import idempotent
from routing.serializers import ItemOut


class Correct(APIView):
    """Another answer in place of the last one."""

    required_scopes = "reviews:write"

    @extend_schema(
        operation_id="assignments_correct",
        request=AnswerIn,
        responses={200: ItemOut} | REFUSED,
        examples=[
            OpenApiExample("another label", {"action": "edit", "label": "negative"}, request_only=True),
        ],
    )
    @idempotent
    def post(self, request: Request, seat_id: int) -> Response:
        """Replace what the caller has just said at an assignment, and let the item follow.

        Possible for a minute after the caller's last answer. A decision that rested on it is overturned (the
        client is told by `item.overturned`), or an expert is asked about it. 409 `too_late` after that minute
        or for an answer that is not the last, `expert_has_begun` where an expert was asked because of it and
        has begun.
        """
        answer = clean_answer(request.data)
        may_answer(request, seat_id)
        return Response(answered_data(correcting.correct(seat_id, answer, by=request.user), seat_id))
