"""One item's story through the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from hitl_project.compliance.story import facts, reading, whole
from hitl_project.compliance.story.proving import Proof
from hitl_project.compliance.story.whole import Story


class QuoteOut(serializers.Serializer):
    """Words that somebody or something else used."""

    of = serializers.CharField()
    text = serializers.CharField()


class ProofOut(serializers.Serializer):
    """What fixes one event: its seal, and the first signed checkpoint from there on; null: none yet."""

    event = serializers.IntegerField()
    seal = serializers.IntegerField(allow_null=True)
    sealed_at = serializers.DateTimeField(allow_null=True)
    checkpoint = serializers.IntegerField(allow_null=True)
    signed_at = serializers.DateTimeField(allow_null=True)


class StatementOut(serializers.Serializer):
    """One thing that happened; without proofs only a row tells of it, and no event."""

    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(facts.KINDS)
    title = serializers.CharField()
    by = serializers.CharField()
    says = serializers.ListField(child=serializers.CharField())
    points = serializers.ListField(child=serializers.CharField())
    quotes = QuoteOut(many=True)
    proofs = ProofOut(many=True)


class LookOut(serializers.Serializer):
    """One person's look at the item."""

    person = serializers.CharField()
    why = serializers.CharField()
    began_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    seconds = serializers.FloatField(allow_null=True)
    saw = serializers.ListField(child=serializers.CharField())
    said = serializers.CharField()
    comment = serializers.CharField()
    confidence = serializers.FloatField(allow_null=True)
    guidelines = serializers.IntegerField(allow_null=True)
    events = serializers.ListField(child=serializers.IntegerField())


class LawOut(serializers.Serializer):
    """One policy that applied, as it was published."""

    number = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    published_by = serializers.CharField()
    reason = serializers.CharField()
    text = serializers.ListField(child=serializers.CharField())


class TodayOut(serializers.Serializer):
    """What came of judging the item again."""

    verdict = serializers.CharField()
    same = serializers.BooleanField(allow_null=True, help_text="Null where it can't be judged again.")
    genuine = serializers.BooleanField(
        allow_null=True, help_text="By its own policy it goes the way that is stored, for the same reasons."
    )
    causes = serializers.ListField(child=serializers.CharField())
    gained = serializers.ListField(child=serializers.CharField())
    lost = serializers.ListField(child=serializers.CharField())


class MismatchOut(serializers.Serializer):
    """One thing that the rows say otherwise than the trail."""

    text = serializers.CharField()
    event = serializers.IntegerField(allow_null=True)


class StoryOut(serializers.Serializer):
    """One item's story, from arrival to today."""

    item = serializers.UUIDField()
    item_type = serializers.CharField()
    item_ref = serializers.CharField()
    status = serializers.CharField()
    short = serializers.ListField(child=serializers.CharField())
    automated = serializers.BooleanField(help_text="What stands rests on no person's answer to this item.")
    statements = StatementOut(many=True)
    looks = LookOut(many=True)
    asked = serializers.ListField(child=serializers.CharField(), help_text="Each seat, and what came of it.")
    policies = LawOut(many=True)
    model = serializers.ListField(child=serializers.CharField())
    later = serializers.ListField(child=serializers.CharField(), help_text="Policies published since.")
    today = TodayOut()
    payload = serializers.JSONField()
    context = serializers.JSONField()
    mismatches = MismatchOut(many=True)
    opened = serializers.BooleanField(help_text="Personal data is shown, to whom may see it.")
    more = serializers.BooleanField(help_text="Only the first 1,000 events are told.")


class ItemStory(APIView):
    """One item's story."""

    required_scopes = "audit:read"

    @extend_schema(operation_id="items_story", responses=StoryOut)
    def get(self, request: Request, item_id: UUID) -> Response:
        """Tell an item's life in sentences, each with the events that prove it.

        Reading what is personal is itself recorded, once an hour.
        """
        item = reading.find(item_id, caller=request)
        if item is None:
            raise Http404
        told = whole.tell(item, by=request.user)
        whole.note_reading(told, by=request.user)
        return Response(StoryOut(story_data(told)).data)


def story_data(told: Story) -> dict[str, Any]:
    """Return a story as the API says it."""
    return {
        "item": told.item.pk,
        "item_type": told.item.item_type.slug,
        "item_ref": told.item.item_ref,
        "status": told.item.status,
        "short": told.short,
        "automated": told.automated,
        "statements": [_statement(one, told.proofs.by_event) for one in told.statements],
        "looks": told.looks,
        "asked": told.asked,
        "policies": told.laws,
        "model": [told.model.name, *told.model.says] if told.model else [],
        "later": [one.text for one in told.later],
        "today": told.today,
        "payload": told.content["payload"],
        "context": told.content["context"],
        "mismatches": told.mismatches,
        "opened": told.opens,
        "more": told.more,
    }


def _statement(one: facts.Statement, proofs: dict[int, Proof]) -> dict[str, Any]:
    return {
        "at": one.at,
        "kind": one.kind,
        "title": one.title,
        "by": one.by,
        "says": one.says,
        "points": one.points,
        "quotes": one.quotes,
        "proofs": [proofs[event] for event in one.events],
    }
