"""Whether what arrives has drifted, through the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from learning.api.lists import TypeList, TypeQuery
from learning.drift.words import TITLES
from learning.models import DriftReport


class TestSerializer(serializers.Serializer):
    """What one test of one window found."""

    test = serializers.ChoiceField(choices=list(TITLES.items()), help_text="What was compared.")
    window = serializers.IntegerField(help_text="How many of the newest decisions it looks at.")
    then = serializers.IntegerField(help_text="Earlier ones that they were compared with.")
    now = serializers.IntegerField(help_text="New ones that could be compared.")
    statistic = serializers.FloatField()
    p = serializers.FloatField(help_text="The chance of as much where nothing has moved.")
    adjusted = serializers.FloatField(help_text="The p-value after all tests of the look.")
    effect = serializers.FloatField(help_text="How much has moved, in the unit that `said` names.")
    said = serializers.CharField()
    drifted = serializers.BooleanField()
    picture = serializers.DictField(help_text="What the admin's page draws.")


class WeekSerializer(serializers.Serializer):
    """How many of a week's looked-at answers people overturned."""

    first = serializers.DateField()
    looked = serializers.IntegerField()
    overturned = serializers.IntegerField()


class FoundSerializer(serializers.Serializer):
    """All tests of a look, and the weeks until then."""

    tests = TestSerializer(many=True)
    weeks = WeekSerializer(many=True)
    learnt = serializers.BooleanField(
        help_text="Whether inputs were compared with those before the model's training, else with its first."
    )


class DriftSerializer(serializers.ModelSerializer):
    """One look at what arrives."""

    item_type = serializers.CharField(source="item_type.slug")
    found = serializers.SerializerMethodField()
    reasons = serializers.ListField(child=serializers.CharField(), help_text="What has moved, in words.")
    acted = serializers.ListField(child=serializers.CharField(), help_text="What was done about it.")

    class Meta:
        model = DriftReport
        fields = ["id", "item_type", "model", "created_at", "window", "drifted", "reasons", "acted", "found"]
        read_only_fields = fields

    @extend_schema_field(FoundSerializer)
    def get_found(self, row: DriftReport) -> dict[str, Any]:
        """Return what was found as it is stored."""
        return row.found


class DriftList(TypeList):
    """The looks at what arrives, newest first."""

    serializer_class = DriftSerializer
    queryset = DriftReport.objects.select_related("item_type")

    @extend_schema(parameters=[TypeQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return a page of comparisons of what arrives with what the model learnt from and did at first."""
        return self.list(request, *args, **kwargs)
