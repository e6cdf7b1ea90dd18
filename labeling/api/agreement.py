"""How far people agree, through the API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.agreement import Agreement
from audit.strictness import Strict
from labeling.people import agreement, agreement_by, agreement_reports, ratings, wanted
from labeling.people.agreement import Found
from labeling.people.ratings import Unit
from routing import teams
from routing.api import REFUSED
from routing.errors import UnknownItemType
from routing.idempotency import idempotent
from routing.models import ItemType

BY = ("class", "pair", "week")
FIGURES = (
    "percent",
    "ac1",
    "ac2",
    "alpha",
    "fleiss",
    "weighted",
    "likeness",
    "iou",
    "f1",
    "specific",
    "cohen",
)


class AgreementQuery(Strict):
    """What the agreement is asked for."""

    item_type = serializers.CharField(help_text="The item type's short name.")
    by = serializers.ChoiceField(
        BY, required=False, help_text="Taken apart by what; left out: the whole alone."
    )
    days = serializers.IntegerField(
        required=False, default=90, min_value=1, max_value=366, help_text="The window, up to now."
    )


class AgreementFigureOut(serializers.Serializer):
    """One figure with its 95 % interval; all three are null where too few items tell of it."""

    name = serializers.CharField(help_text=f"One of {', '.join(FIGURES)}.")
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    items = serializers.IntegerField(help_text="Items that two or more people answered.")
    more = serializers.IntegerField(help_text="How many more it takes until it is told.")


class AgreementVerdictOut(serializers.Serializer):
    """Whether the headline figure reaches the target, by its interval."""

    state = serializers.CharField(
        help_text="met, missed, undecided, unknown where too few items tell, free where nothing is wanted."
    )
    target = serializers.FloatField(allow_null=True, help_text="What is wanted today; see /api/v1/targets/.")
    more = serializers.IntegerField(
        allow_null=True, help_text="About how many more items answered by two people would tell."
    )


class AgreementShareOut(serializers.Serializer):
    """How frequent one class is among all answers."""

    name = serializers.CharField()
    share = serializers.FloatField()


class AgreementRowOut(serializers.Serializer):
    """One class, one pair of people (alphabetical), or one week (its Monday), and its figures."""

    name = serializers.CharField(
        help_text="The class, or the week's Monday; empty for a pair.", allow_blank=True
    )
    people = serializers.ListField(child=serializers.CharField())
    figures = AgreementFigureOut(many=True)


class AgreementOut(serializers.Serializer):
    """How far people agree about items that chance gave to several of them."""

    item_type = serializers.CharField()
    days = serializers.IntegerField()
    scale = serializers.ChoiceField(["nominal", "ordinal", "interval", "distance"])
    headline = serializers.CharField(help_text="The figure by which agreement is judged.")
    verdict = AgreementVerdictOut()
    items = serializers.IntegerField()
    answers = serializers.IntegerField()
    people = serializers.IntegerField()
    left_out = serializers.IntegerField(help_text="Items about which somebody asked: they were in doubt.")
    figures = AgreementFigureOut(many=True)
    shares = AgreementShareOut(many=True)
    by = serializers.ChoiceField(BY, allow_null=True)
    rows = AgreementRowOut(many=True)


class MeasureIn(Strict):
    """Of what agreement is measured now."""

    item_type = serializers.CharField(help_text="The item type's short name.")


class AgreementMeasuredOut(serializers.Serializer):
    """What was measured and kept."""

    item_type = serializers.CharField()
    measured_at = serializers.DateTimeField(allow_null=True)
    headline = serializers.CharField(allow_null=True, help_text="The figure by which agreement is judged.")
    figures = AgreementFigureOut(many=True)


class AgreementView(APIView):
    """Agreement between people."""

    required_scopes = {"GET": "metrics:read", "POST": "labels:write"}

    @extend_schema(operation_id="agreement_read", parameters=[AgreementQuery], responses=AgreementOut)
    def get(self, request: Request) -> Response:
        """Read how far people agree about one item type, with intervals, and by class, pair or week.

        Counted are items that chance gave to several people on arrival, each weighed by how seldom it was
        drawn. A figure that rests on too few items is null, with how many are missing.
        """
        query = AgreementQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        item_type = _item_type(asked["item_type"], request)
        units = ratings.read(item_type, since=timezone.now() - timedelta(days=asked["days"]))
        drawn = [one for one in units if one.drawn]
        found, by = agreement.of_units(item_type, drawn), asked.get("by")
        rows = {None: list, "class": _classes, "pair": _pairs, "week": _weeks}[by]
        return Response(
            {"item_type": item_type.slug, "days": asked["days"]}
            | _whole(found, wanted.agreement([item_type])[item_type.pk])
            | {"left_out": len(units) - len(drawn), "by": by}
            | {"rows": rows(item_type, drawn) if by else []}
        )

    @extend_schema(
        operation_id="agreement_measure",
        request=MeasureIn,
        responses={201: AgreementMeasuredOut, 200: AgreementMeasuredOut} | REFUSED,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Measure agreement now, up to this moment, and keep it: targets and alerts go by it from now on.

        What the server does each night by itself. Asked again within a minute the last one is answered, with
        200; so it is where nobody answered the same item as another, `measured_at` is null then.
        """
        query = MeasureIn(data=request.data)
        query.is_valid(raise_exception=True)
        item_type, began = _item_type(query.validated_data["item_type"], request), timezone.now()
        row = agreement_reports.measure_now(item_type, by=request.user)
        kept = agreement_reports.figures(row) if row else {}
        data = {
            "item_type": item_type.slug,
            "measured_at": row.until if row else None,
            "headline": row.headline if row else None,
            "figures": _figures({name: kept[name] for name in FIGURES if name in kept}),
        }
        return Response(data, status=201 if row and row.until >= began else 200)


def _item_type(slug: str, request: Request) -> ItemType:
    item_type = teams.visible(ItemType.objects.filter(slug=slug), request).first()
    if item_type is None:
        raise UnknownItemType(f"There is no item type {slug!r}.", attr="item_type")
    return item_type


def _whole(found: Found, target: float | None) -> dict[str, Any]:
    verdict = found.verdict(target)
    return {
        "scale": found.scale,
        "headline": found.headline,
        "verdict": {"state": verdict.state, "target": target, "more": verdict.more},
        "items": found.units,
        "answers": found.ratings,
        "people": found.people,
        "figures": _figures(found.figures),
        "shares": [{"name": name, "share": share} for name, share in found.shares],
    }


def _classes(item_type: ItemType, units: list[Unit]) -> list[dict[str, Any]]:
    found = agreement_by.by_class(item_type, units)
    return [_row(one.name, [], {"specific": one.agreement}) for one in found]


def _pairs(item_type: ItemType, units: list[Unit]) -> list[dict[str, Any]]:
    found = agreement_by.by_pair(item_type, units)
    people = User.objects.filter(pk__in={pk for one in found for pk in one.people})
    names = dict(people.values_list("pk", "username"))
    rows = []
    for one in found:
        same = Agreement(one.same.value, *one.same.interval, one.same.of)
        kappa = {"cohen": one.kappa} if one.kappa else {}
        rows.append(_row("", sorted(names[pk] for pk in one.people), {"percent": same} | kappa))
    return sorted(rows, key=lambda row: row["people"])


def _weeks(item_type: ItemType, units: list[Unit]) -> list[dict[str, Any]]:
    found = agreement_by.by_week(item_type, units)
    return [_row(week.isoformat(), [], one.figures) for week, one in found.items()]


def _row(name: str, people: list[str], figures: Mapping[str, Agreement]) -> dict[str, Any]:
    return {"name": name, "people": people, "figures": _figures(figures)}


def _figures(figures: Mapping[str, Agreement]) -> list[dict[str, Any]]:
    """Return the figures, those that rest on too few items without their numbers."""
    rows = []
    for name, one in figures.items():
        more = agreement.missing(name, one)
        told = (None, None, None) if more else (one.value, one.low, one.high)
        ends = dict(zip(("value", "low", "high"), told, strict=True))
        rows.append({"name": name} | ends | {"items": one.units, "more": more})
    return rows
