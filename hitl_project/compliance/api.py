"""The trail's events through the API, narrowed by all that the page knows."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from audit import finding
from audit.finding import Wanted
from audit.models import AuditEvent
from audit.pagination import KeysetPagination
from audit.strictness import PAGES, Strict
from hitl_project.compliance.access import WHOLE_BOOK
from hitl_project.compliance.asking import subjects


class EventQuery(Strict):
    """What the list of events may be narrowed by; all that is given must be met."""

    besides = PAGES

    subject = serializers.CharField(
        required=False,
        max_length=301,
        help_text="A type, `routing.item`, or one subject, `routing.item:UUID`.",
    )
    item_ref = serializers.CharField(
        required=False, max_length=200, help_text="An item's reference, in whichever item type, or its id."
    )
    actor = serializers.CharField(required=False, max_length=200, help_text="For example `user:rita`.")
    verb = serializers.CharField(required=False, max_length=100, help_text="For example `item.submitted`.")
    model = serializers.CharField(required=False, max_length=200, help_text="A model, `NAME@VERSION`.")
    policy = serializers.RegexField(
        r"^[^/]+/[0-9]{1,9}$", required=False, max_length=100, help_text="A policy, `ITEM-TYPE/NUMBER`."
    )
    request_id = serializers.CharField(
        required=False, max_length=64, help_text="The `X-Request-ID` of one request."
    )
    q = serializers.CharField(
        required=False,
        max_length=300,
        help_text='Words in an event\'s data: all of them, `"a phrase"`, `or`, `-without`.',
    )
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


class EventPages(KeysetPagination):
    """Pages of events, read as audit.finding reads them."""

    def read(self, ordered: QuerySet, most: int) -> list[AuditEvent]:
        """Return the first rows of a page."""
        return finding.read(ordered, most=most, newest_first=ordered.query.order_by == ("-id",))


class EventList(generics.ListAPIView):
    """The events of the trail, newest first."""

    permission_classes = WHOLE_BOOK
    required_scopes = "audit:read"
    serializer_class = EventSerializer
    pagination_class = EventPages
    queryset = AuditEvent.objects.all()

    @extend_schema(parameters=[EventQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return a page of events."""
        return self.list(request, *args, **kwargs)

    def filter_queryset(self, queryset: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
        """Return the events that the query asks for; 400 for a parameter that makes no sense."""
        query = EventQuery(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        return finding.matching(queryset, _wanted(**query.validated_data))


def _wanted(subject: str = "", item_ref: str = "", actor: str = "", policy: str = "", **told: Any) -> Wanted:
    subject_type, _, subject_id = subject.partition(":")
    item_type, _, number = policy.rpartition("/")
    return Wanted(
        subject_type=subject_type,
        subject_id=subject_id,
        subjects=subjects(item_ref) if item_ref else None,
        actors=[actor] if actor else None,
        policy=(item_type, int(number)) if number else None,
        words=told.pop("q", ""),
        **told,
    )
