"""Exports through the API: one address a format, answered as a stream."""

from __future__ import annotations

from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.views import APIView

from audit import trail
from audit.authentication import may
from audit.strictness import Strict
from labeling.exporting import formats, streaming
from labeling.exporting.reading import SOURCES, SPLITS
from routing import personal
from routing.router import find_type

ALL = "labels:read"


class ExportQuery(Strict):
    """What is exported. Times and source choose labels; items without a chosen one stay out."""

    item_type = serializers.CharField(help_text="The item type's short name.")
    since = serializers.DateTimeField(required=False, help_text="Labels from this time on.")
    until = serializers.DateTimeField(required=False, help_text="Labels before this time.")
    source = serializers.ChoiceField(SOURCES, required=False, help_text="Labels that came this way.")
    split = serializers.ChoiceField(
        SPLITS,
        required=False,
        help_text="`train` leaves out the items that judge models, `held_out` is these alone. Left out: "
        "`all` for jsonl, csv and label-studio, `train` for what models are trained on.",
    )


class Export(APIView):
    """One export."""

    required_scopes = "labels:train"

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Take any Accept header: the format is in the address."""
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(
        operation_id="exports_read",
        parameters=[ExportQuery],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, name: str) -> StreamingHttpResponse:
        """Stream what people said of the items of one type.

        Formats: jsonl (our own, nothing lost), csv, parquet, label-studio, a2i, openai-chat, sft, dpo, kto,
        coco, yolo.
        Who trains models elsewhere needs no more than the scope labels:train: it reads `split=train` alone.
        Fields that are personal are hidden from whoever may not see them. Answers to checks that test a
        reviewer are never part of it. The trail keeps who took what.
        """
        query = ExportQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        if asked.get("split") != "train" and not may(request, ALL):
            raise PermissionDenied(f"This needs the scope {ALL}; with labels:train ask for split=train.")
        item_type = find_type(asked["item_type"], caller=request)
        form = formats.find(name, item_type.kind)
        wanted = streaming.wanted(
            item_type,
            form,
            split=asked.get("split"),
            since=asked.get("since"),
            until=asked.get("until"),
            sources=(asked["source"],) if "source" in asked else (),
            hidden=personal.hidden(item_type, request.user),
        )
        pieces = streaming.stream(name, form, wanted, by=trail.actor_name(request.user))
        file = f"{item_type.slug}-{name}-{timezone.now():%Y%m%d}.{form.suffix}"
        return StreamingHttpResponse(
            pieces,
            content_type=form.content_type,
            headers={"Content-Disposition": f'attachment; filename="{file}"', "Cache-Control": "no-store"},
        )
