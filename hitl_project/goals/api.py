"""The targets through the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.strictness import Strict
from hitl_project.goals.board import Board, Flow, Row, board
from hitl_project.goals.definitions import DEFINITIONS, GROUPS
from hitl_project.goals.estimates import Verdict
from hitl_project.goals.figures import Aim, Unit
from routing import teams
from routing.errors import UnknownItemType
from routing.models import ItemType

AIMS = {Aim.LEAST: "least", Aim.MOST: "most"}
VERDICTS = {
    Verdict.MET: "met",
    Verdict.MISSED: "missed",
    Verdict.UNDECIDED: "undecided",
    Verdict.UNKNOWN: "unknown",
    Verdict.FREE: "no_target",
}


class TargetsQuery(Strict):
    """Which figures are asked for."""

    item_type = serializers.CharField(required=False, help_text="Left out: all item types together.")


class WeekOut(serializers.Serializer):
    """A figure in one week."""

    week = serializers.DateField(help_text="Its Monday.")
    value = serializers.FloatField()


class FigureOut(serializers.Serializer):
    """One figure beside its target; shares and points are parts of 1, times are seconds."""

    metric = serializers.ChoiceField(list(DEFINITIONS))
    title = serializers.CharField()
    group = serializers.ChoiceField(GROUPS)
    definition = serializers.CharField(help_text="What it is, in one sentence.")
    unit = serializers.ChoiceField([one.value for one in Unit])
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True, help_text="Lower end of its 95 % interval.")
    high = serializers.FloatField(allow_null=True, help_text="Upper end of it.")
    method = serializers.CharField(help_text="Where the interval comes from.")
    count = serializers.IntegerField(help_text="From how many observations.")
    unseen = serializers.FloatField(help_text="The share of decisions of which nothing is known.")
    aim = serializers.ChoiceField(list(AIMS.values()), help_text="The target is the least or the most.")
    target = serializers.FloatField(allow_null=True, help_text="The value to reach, as of today.")
    own = serializers.BooleanField(help_text="Whether it is the item type's own, not that of all.")
    verdict = serializers.ChoiceField(
        list(VERDICTS.values()), help_text="`met` and `missed` only where the whole interval says so."
    )
    more = serializers.IntegerField(
        allow_null=True, help_text="About how many more observations would tell, where too few do."
    )
    weeks = WeekOut(many=True, help_text="The last half-year, oldest first.")


class StateOut(serializers.Serializer):
    """Items that came in and have one status."""

    status = serializers.CharField()
    items = serializers.IntegerField()
    mean_seconds = serializers.FloatField(
        allow_null=True, help_text="From arrival to decision; of open ones how long they have waited."
    )


class FlowOut(serializers.Serializer):
    """What became of the items of one type that came in."""

    item_type = serializers.CharField()
    workflow = serializers.CharField()
    items = serializers.IntegerField()
    automated = serializers.IntegerField()
    human = serializers.IntegerField()
    expert = serializers.IntegerField()
    automation_rate = serializers.FloatField(allow_null=True)
    review_rate = serializers.FloatField(allow_null=True)
    mean_decision_seconds = serializers.FloatField(allow_null=True)
    states = StateOut(many=True)


class BoardOut(serializers.Serializer):
    """All figures, and where items of each type stand."""

    item_type = serializers.CharField(allow_null=True)
    since = serializers.DateField(help_text="The Monday from which on things count.")
    measured_at = serializers.DateTimeField(allow_null=True)
    figures = FigureOut(many=True)
    workflows = FlowOut(many=True, help_text="Empty where that was not measured of late.")


class Targets(APIView):
    """The customer's targets."""

    required_scopes = "metrics:read"

    @extend_schema(operation_id="targets_read", parameters=[TargetsQuery], responses=BoardOut)
    def get(self, request: Request) -> Response:
        """Read each figure with its interval, its target and whether that is met, missed or open."""
        query = TargetsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        slug = query.validated_data.get("item_type")
        types = list(teams.visible(ItemType.objects.order_by("slug"), request))
        chosen = next((one for one in types if one.slug == slug), None)
        if slug is not None and chosen is None:
            raise UnknownItemType(f"There is no item type {slug!r}.", attr="item_type")
        return Response(board_data(board(chosen, types, everything=not teams.hidden(request))))


def board_data(shown: Board) -> dict[str, Any]:
    """Return a board as the API gives it."""
    return {
        "item_type": shown.item_type.slug if shown.item_type else None,
        "since": shown.since,
        "measured_at": shown.measured_at,
        "figures": [_figure(row) for row in shown.rows],
        "workflows": [_flow(flow) for flow in shown.flows],
    }


def _figure(row: Row) -> dict[str, Any]:
    definition, found = row.definition, row.found
    return {
        "metric": definition.name,
        "title": definition.title,
        "group": definition.group,
        "definition": definition.sentence,
        "unit": definition.unit.value,
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "method": definition.method,
        "count": found.count,
        "unseen": found.dark,
        "aim": AIMS[definition.aim],
        "target": row.target,
        "own": row.promise.own,
        "verdict": VERDICTS[row.verdict],
        "more": row.more,
        "weeks": [{"week": week, "value": value} for week, value in row.weeks],
    }


def _flow(flow: Flow) -> dict[str, Any]:
    cell = flow.cell
    return {
        "item_type": flow.item_type.slug,
        "workflow": flow.workflow,
        "items": cell.came,
        "automated": cell.automated,
        "human": cell.human,
        "expert": cell.expert,
        "automation_rate": flow.automation_rate,
        "review_rate": flow.review_rate,
        "mean_decision_seconds": flow.decision_seconds,
        "states": [
            {"status": status, "items": items, "mean_seconds": seconds}
            for status, items, seconds in flow.states
        ],
    }
