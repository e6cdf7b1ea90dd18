"""What shows that the trail is whole, through the API: its verification, and its signed checkpoints."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit import chain, checkpoints, signing, trail
from audit.checkpoints import Statement
from audit.models import Checkpoint
from audit.strictness import PAGES, Strict, refuse_unknown
from routing.idempotency import idempotent


class VerdictSerializer(serializers.Serializer):
    """What verification found."""

    intact = serializers.BooleanField()
    events = serializers.IntegerField(help_text="All events.")
    sealed = serializers.IntegerField(help_text="Those that a seal covers.")
    first_broken = serializers.CharField(allow_null=True, help_text="What is broken first, and why.")
    head = serializers.CharField(help_text="The newest seal's digest.")
    signed = serializers.IntegerField(help_text="The sealed events that a signed checkpoint fixes as well.")
    remarks = serializers.ListField(
        child=serializers.CharField(),
        help_text="What could not be looked at, for example in the anchor file.",
    )


class CheckpointSerializer(Strict):
    """One signed checkpoint: keep it elsewhere, and give it back for verification."""

    seal = serializers.IntegerField(help_text="The newest seal's number.")
    at = serializers.CharField(max_length=40, help_text="When it was signed.")
    head = serializers.CharField(max_length=64, help_text="That seal's digest.")
    events = serializers.IntegerField(help_text="How many events it and all seals before it cover.")
    key = serializers.CharField(max_length=64, help_text="The public key, in hex.")
    signature = serializers.CharField(
        max_length=128,
        help_text="Ed25519 over the other fields as JSON with sorted keys and no spaces, in hex.",
    )

    def to_representation(self, instance: Checkpoint) -> dict[str, Any]:
        """Return exactly the values that were signed."""
        return json.loads(checkpoints.line(instance.statement))

    def validate(self, attrs: dict[str, Any]) -> Statement:
        """Return the statement; refuses what is none, in words."""
        try:
            return checkpoints.read(attrs)
        except ValueError as refused:
            raise serializers.ValidationError(str(refused)) from refused


class Asked(Strict):
    """What to verify against."""

    checkpoint = CheckpointSerializer(help_text="A checkpoint that was kept elsewhere.")


class CannotSign(APIException):
    """There is nothing that could be signed, or nothing to sign with."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "cannot_sign"


class Verify(APIView):
    """Whether the trail is intact."""

    required_scopes = "audit:read"

    @extend_schema(responses=VerdictSerializer)
    def get(self, request: Request) -> Response:
        """Check every event, seal and checkpoint, and return the verdict; a million take half a minute."""
        return Response(asdict(trail.verify()))

    @extend_schema(request=Asked, responses=VerdictSerializer)
    @idempotent
    def post(self, request: Request) -> Response:
        """Check all that, and that the trail is the one of a checkpoint that was kept elsewhere."""
        asked = Asked(data=request.data)
        asked.is_valid(raise_exception=True)
        return Response(asdict(trail.verify(given=[asked.validated_data["checkpoint"]])))


class Checkpoints(generics.ListAPIView):
    """The signed checkpoints of the trail, newest first."""

    required_scopes = "audit:read"
    serializer_class = CheckpointSerializer
    queryset = Checkpoint.objects.all()
    keyset = ("-seal",)

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return a page of checkpoints."""
        refuse_unknown(request.query_params, PAGES)
        return self.list(request, *args, **kwargs)

    @extend_schema(request=None, responses={200: CheckpointSerializer, 201: CheckpointSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Seal what is unsealed and sign a checkpoint now; 200 and the last one where nothing came since."""
        try:
            made = signing.sign(by=request.user)
        except (signing.NoKey, chain.Broken) as refused:
            raise CannotSign(f"No checkpoint was signed: {refused}") from refused
        last = made or Checkpoint.objects.order_by("seal").last()
        if last is None:
            raise CannotSign("The trail is empty.")
        return Response(CheckpointSerializer(last).data, status=201 if made else 200)
