"""The trail through the API: its events by subject, actor, verb and time, and whether it is intact."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit import trail
from audit.models import AuditEvent
from audit.strictness import PAGES, Strict


class EventQuery(Strict):
    """What the list of events may be narrowed by."""

    besides = PAGES

    subject = serializers.CharField(
        required=False,
        max_length=301,
        help_text="A type, `routing.item`, or one subject, `routing.item:UUID`.",
    )
    actor = serializers.CharField(required=False, max_length=200, help_text="For example `user:rita`.")
    verb = serializers.CharField(required=False, max_length=100, help_text="For example `item.submitted`.")
    since = serializers.DateTimeField(required=False, help_text="From this time on.")
    until = serializers.DateTimeField(required=False, help_text="Before this time.")


class EventSerializer(serializers.ModelSerializer):
    """One event as the API shows it."""

    data = serializers.DictField(help_text="What else is known: before and after, reasons, versions.")

    class Meta:
        model = AuditEvent
        fields = [
            "id",
            "at",
            "actor",
            "verb",
            "subject_type",
            "subject_id",
            "request_id",
            "data",
            "digest",
        ]
        read_only_fields = fields


class VerdictSerializer(serializers.Serializer):
    """What verification found."""

    intact = serializers.BooleanField()
    events = serializers.IntegerField()
    sealed = serializers.IntegerField()
    first_broken = serializers.CharField(allow_null=True)
    head = serializers.CharField()


class EventList(generics.ListAPIView):
    """The events of the trail, newest first."""

    required_scopes = "audit:read"
    serializer_class = EventSerializer
    queryset = AuditEvent.objects.all()

    @extend_schema(parameters=[EventQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return a page of events."""
        return self.list(request, *args, **kwargs)

    def filter_queryset(self, queryset: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
        """Return the events that the query asks for; 400 for a parameter that makes no sense."""
        query = EventQuery(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        return matching(queryset, **query.validated_data)


class Verify(APIView):
    """Whether the trail is intact."""

    required_scopes = "audit:read"

    @extend_schema(responses=VerdictSerializer)
    def get(self, request: Request) -> Response:
        """Check every event and seal, and return the verdict; a million events take some tens of seconds."""
        return Response(asdict(trail.verify()))


def matching(events: QuerySet[AuditEvent], **asked: Any) -> QuerySet[AuditEvent]:
    """Return the events that match all that is asked: subject, actor, verb, since (inclusive), until."""
    wanted = {name: asked[name] for name in ("actor", "verb") if name in asked}
    if "subject" in asked:
        wanted["subject_type"], colon, subject_id = asked["subject"].partition(":")
        if colon:
            wanted["subject_id"] = subject_id
    if "since" in asked:
        wanted["at__gte"] = asked["since"]
    if "until" in asked:
        wanted["at__lt"] = asked["until"]
    return events.filter(**wanted)
