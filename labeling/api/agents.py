"""Agents that ask for approval: an interrupt in, a HumanResponse out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.strictness import Strict
from labeling.agents import asking, timing, waiting
from labeling.agents.responses import responses
from labeling.models import Approval
from routing import teams
from routing.api import REFUSED
from routing.idempotency import idempotent
from routing.intake import LONGEST_MODEL, LONGEST_REF, LONGEST_URL
from routing.kinds.agent_action import LONGEST_ACTION, AgentAction
from routing.models import DECIDED, Item

ROOM = 4  # characters of "#19" that a list's references have behind the key, and one to spare
NO_NUMBER = r"^(?!.*#[0-9]+$)"
ASK_AGAIN = 2  # seconds

INTERRUPT = {
    "action_request": {"action": "issue_refund", "args": {"order": "A-1", "amount": 180}},
    "config": {"allow_accept": True, "allow_edit": True, "allow_respond": True, "allow_ignore": False},
    "description": "The customer sent the **shoes** back.",
}
ASKED = {
    "interrupt": INTERRUPT,
    "idempotency_key": "thread-7/step-3",
    "timeout_seconds": 3600,
    "on_timeout": "reject",
    "callback_url": "https://agent.example/hooks/hitl",
}


@extend_schema_field({"type": "object", "additionalProperties": {}})
class AnyObject(serializers.Field):
    """An object whose fields the action's own tool knows; the kind checks it."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return the object; raises ValidationError for anything else."""
        if not isinstance(data, dict):
            raise serializers.ValidationError("Send an object.", code="invalid")
        return data

    def to_representation(self, value: Any) -> Any:
        """Return it as it is."""
        return value


class ActionRequest(Strict):
    """What the agent wants to do."""

    action = serializers.CharField(max_length=LONGEST_ACTION, help_text="The name of the tool.")
    args = AnyObject(help_text="Its arguments by name.")


class InterruptConfig(Strict):
    """Which answers the agent takes; one at least."""

    allow_accept = serializers.BooleanField()
    allow_edit = serializers.BooleanField()
    allow_respond = serializers.BooleanField()
    allow_ignore = serializers.BooleanField()


class HumanInterrupt(Strict):
    """LangGraph's HumanInterrupt."""

    action_request = ActionRequest()
    config = InterruptConfig()
    description = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, help_text="For the person who decides: Markdown."
    )


class ApprovalIn(Strict):
    """An agent's question: one interrupt, or a list of them."""

    interrupt = HumanInterrupt(required=False)
    interrupts = HumanInterrupt(many=True, required=False)
    item_type = serializers.CharField(
        default=asking.USUAL_TYPE, max_length=LONGEST_REF, help_text="An item type of kind agent_action."
    )
    idempotency_key = serializers.RegexField(
        NO_NUMBER,
        required=False,
        max_length=LONGEST_REF - ROOM,
        error_messages={"invalid": "It may not end with # and a number: so a list's actions are named."},
        help_text="The same key with the same actions asks once; it becomes the item's reference.",
    )
    timeout_seconds = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=int(asking.LONGEST_WAIT.total_seconds()),
        help_text="Left out: it waits for as long as it takes.",
    )
    on_timeout = serializers.ChoiceField(
        Approval.OnTimeout.choices,
        required=False,
        allow_null=True,
        help_text="Left out: ignore if allowed, else reject if an answer in words is, else escalate. accept "
        "only where who runs the server allows it.",
    )
    callback_url = serializers.CharField(
        required=False, allow_blank=True, max_length=LONGEST_URL, help_text="Told by a signed webhook."
    )
    context = AnyObject(required=False, help_text="What rules may read besides payload.args.")
    agent = serializers.CharField(
        default=asking.USUAL_AGENT, max_length=LONGEST_MODEL, help_text="Which agent, as NAME@VERSION."
    )
    confidence = serializers.FloatField(
        default=asking.UNSAID, min_value=0, max_value=1, help_text="How sure the agent is."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return what was sent; raises ValidationError unless there is one interrupt or a list of them."""
        if ("interrupt" in attrs) == ("interrupts" in attrs):
            said = "Send one interrupt, or a list of interrupts."
            raise serializers.ValidationError({"interrupt": said}, code="invalid")
        several = attrs.pop("interrupts") if "interrupts" in attrs else [attrs.pop("interrupt")]
        if not 1 <= len(several) <= asking.MOST_INTERRUPTS:
            said = f"Send 1 to {asking.MOST_INTERRUPTS} interrupts at once."
            raise serializers.ValidationError({"interrupts": said}, code="max_length")
        return {**attrs, "interrupts": several}


class HumanResponse(serializers.Serializer):
    """LangGraph's HumanResponse."""

    type = serializers.ChoiceField(["accept", "edit", "response", "ignore"])
    args = AnyObject(
        allow_null=True, help_text="Of an edit {action, args}, of a response the text, else null."
    )


class ApprovalOut(serializers.Serializer):
    """One approval: `responses` is null while it waits."""

    id = serializers.UUIDField()
    item_type = serializers.CharField()
    item_ref = serializers.CharField()
    status = serializers.ChoiceField(["waiting", "answered"])
    responses = HumanResponse(many=True, allow_null=True)
    until = serializers.DateTimeField(allow_null=True)
    on_timeout = serializers.ChoiceField(Approval.OnTimeout.choices, allow_null=True)
    timed_out = serializers.BooleanField()
    reasons = serializers.ListField(child=serializers.CharField(), help_text="Why a person is asked.")
    decided_by = serializers.CharField(allow_null=True)
    duplicate = serializers.BooleanField()


class ApprovalsOut(serializers.Serializer):
    """What was asked for, in order; `responses` has one for each once all are answered, else it is null."""

    approvals = ApprovalOut(many=True)
    responses = HumanResponse(many=True, allow_null=True)


class WaitQuery(Strict):
    """How long the caller waits for the answer."""

    wait = serializers.FloatField(
        default=0,
        min_value=0,
        max_value=waiting.LONGEST,
        help_text="Seconds to wait for an answer. Few may wait at a time: others are answered at once.",
    )


class Approvals(APIView):
    """Actions that agents want approved."""

    required_scopes = {"POST": "items:write"}

    @extend_schema(
        operation_id="agents_approvals_post",
        request=ApprovalIn,
        responses={200: ApprovalsOut, 201: ApprovalsOut} | REFUSED,
        examples=[OpenApiExample("a refund", ASKED, request_only=True)],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Ask for approval of an agent's actions.

        Rules and thresholds of the item type decide who looks; what they let pass is accepted at once. The
        same `idempotency_key` with the same actions is answered as it stands, with others by 409.
        """
        sent = ApprovalIn(data=request.data)
        sent.is_valid(raise_exception=True)
        asked = sent.validated_data
        key = asked.pop("idempotency_key", "")
        plain = {name: value for name, value in asked.items() if value is not None}
        taken = asking.ask(asking.Request(**plain, key=key), caller=request, by=request.user)
        promised = _promised([one.item for one in taken])
        data = [
            approval_data(one.item, promised.get(one.item.pk)) | {"duplicate": one.duplicate} for one in taken
        ]
        said = [one["responses"] for one in data]
        together = None if None in said else [response for one in said for response in one]
        created = any(not one.duplicate for one in taken)
        code = status.HTTP_201_CREATED if created else status.HTTP_200_OK
        return Response({"approvals": data, "responses": together}, status=code)


class OneApproval(APIView):
    """One approval."""

    required_scopes = "items:read"

    @extend_schema(operation_id="agents_approvals_read", parameters=[WaitQuery], responses=ApprovalOut)
    def get(self, request: Request, item_id: UUID) -> Response:
        """Read how an approval stands; with `wait`, once it is answered or that time is over."""
        query = WaitQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        seconds = query.validated_data["wait"]
        found = _seen(request)
        item = get_object_or_404(found, pk=item_id)
        if not _over(item) and seconds:
            waiting.until_true(lambda: _over(get_object_or_404(found, pk=item_id)), seconds=seconds)
        item = get_object_or_404(found, pk=item_id)
        if _is_late(item):
            timing.close(item.pk)
            item = get_object_or_404(found, pk=item_id)
        data = approval_data(item, getattr(item, "approval", None))
        headers = {} if data["responses"] is not None else {"Retry-After": str(ASK_AGAIN)}
        return Response(data, headers=headers)


def _seen(request: Request) -> QuerySet[Item]:
    items = Item.objects.filter(item_type__kind=AgentAction.name)
    return teams.seen(items.select_related("item_type", "policy", "approval"), request)


def _over(item: Item) -> bool:
    """Return whether there is nothing to wait for: an answer is there, or it is time to end it."""
    return item.status in DECIDED or _is_late(item)


def _is_late(item: Item) -> bool:
    promised = getattr(item, "approval", None)
    until = promised.until if promised and not promised.closed_at else None
    return until is not None and until <= timezone.now()


def _promised(items: list[Item]) -> dict[UUID, Approval]:
    return Approval.objects.in_bulk([item.pk for item in items])


def approval_data(item: Item, promised: Approval | None) -> dict[str, Any]:
    """Return an approval as its agent sees it; JSON-able."""
    said = responses(item)
    return {
        "id": str(item.pk),
        "item_type": item.item_type.slug,
        "item_ref": item.item_ref,
        "status": "waiting" if said is None else "answered",
        "responses": said,
        "until": promised.until.isoformat() if promised and promised.until else None,
        "on_timeout": promised.on_timeout if promised else None,
        "timed_out": bool(promised and promised.timed_out),
        "reasons": [reason["text"] for reason in item.reasons],
        "decided_by": item.decided_by,
        "duplicate": True,
    }
