"""Bundles through the API: ask for one, see how far it is, fetch its file."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from audit.bundles import keeping, opening
from audit.models import Bundle
from audit.strictness import PAGES, Strict
from hitl_project.compliance.access import WHOLE_BOOK
from routing.api_errors import ErrorAnswer
from routing.errors import InvalidInput
from routing.idempotency import idempotent


class BundleRequest(Strict):
    """What a bundle is to hold."""

    subject = serializers.RegexField(
        r"^[a-z_]+(\.[a-z_]+)*:.+$",
        required=False,
        default="",
        max_length=301,
        help_text="One subject, `routing.item:UUID`. Left out: everything of the period.",
    )
    since = serializers.DateTimeField(
        required=False, help_text="From this time on. Left out: from the first event."
    )
    until = serializers.DateTimeField(
        required=False, help_text="Before this time. Left out: now; of everything, a minute ago."
    )
    why = serializers.CharField(max_length=500, help_text="What it is for; the trail keeps it.")
    opened = serializers.BooleanField(
        required=False,
        default=False,
        help_text="With the keys of what was told in confidence: for people with `routing.view_personal`.",
    )


class BundleQuery(Strict):
    """What the list of bundles may be narrowed by."""

    besides = PAGES
    state = serializers.ChoiceField(
        Bundle.State.choices, required=False, help_text="Whether it can be fetched."
    )


class BundleSerializer(serializers.ModelSerializer):
    """One bundle; its file can be fetched while it is `done`."""

    class Meta:
        model = Bundle
        fields = [
            "id",
            "subject",
            "since",
            "until",
            "why",
            "asked_by",
            "opened",
            "state",
            "done",
            "total",
            "size",
            "sha256",
            "error",
            "created_at",
            "ended_at",
        ]
        read_only_fields = fields


class Bundles(generics.ListAPIView):
    """The bundles that were asked for, newest first."""

    permission_classes = WHOLE_BOOK
    required_scopes = "audit:read"
    serializer_class = BundleSerializer
    queryset = Bundle.objects.all()

    @extend_schema(parameters=[BundleQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return a page of bundles."""
        query = BundleQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        self.queryset = Bundle.objects.filter(**query.validated_data)
        return self.list(request, *args, **kwargs)

    @extend_schema(
        request=BundleRequest, responses={201: BundleSerializer, 400: ErrorAnswer, 403: ErrorAnswer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Ask for a bundle. That of one subject is mostly ready at once; else a worker writes it."""
        asked = BundleRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        may(request, opened=asked.validated_data["opened"])
        try:
            bundle = keeping.ask(**asked.validated_data, by=request.user)
        except keeping.Refused as error:
            raise InvalidInput.single(str(error), attr=error.attr) from error
        return Response(BundleSerializer(bundle).data, status=status.HTTP_201_CREATED)


class OneBundle(generics.RetrieveAPIView):
    """One bundle: how far it is, and the SHA-256 of its file."""

    permission_classes = WHOLE_BOOK
    required_scopes = "audit:read"
    serializer_class = BundleSerializer
    queryset = Bundle.objects.all()


class BundleFile(generics.GenericAPIView):
    """The file of a bundle."""

    permission_classes = WHOLE_BOOK
    required_scopes = "audit:read"
    queryset = Bundle.objects.all()

    @extend_schema(
        responses={(200, "application/zip"): OpenApiTypes.BINARY, 403: ErrorAnswer, 404: ErrorAnswer}
    )
    def get(self, request: Request, pk: int) -> FileResponse:
        """Return the zip; the trail keeps who took it. 404 before it is ready and after it was removed."""
        bundle = self.get_object()
        may(request, opened=bundle.opened)
        return file_of(bundle, request)


def file_of(bundle: Bundle, request: Any) -> FileResponse:
    """Return the answer that carries a bundle's file; raises Http404 where there is none."""
    file = keeping.fetch(bundle, by=request.user)
    if file is None:
        raise Http404
    answer = FileResponse(file, as_attachment=True, filename=f"trail-{bundle.pk}.zip")
    answer["Content-Type"] = "application/zip"
    answer["Cache-Control"] = "no-store"
    return answer


def may(request: Request, *, opened: bool) -> None:
    """Raise PermissionDenied for who may not have private parts opened."""
    if opened and not opening.allowed(request.user):
        raise PermissionDenied("What was told in confidence is opened only for who may see personal content.")
