"""What an item type can't be: said by the database, and before that in words, field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from routing.kinds import KINDS, KindErrors
from routing.models.constraints import in_unit_interval, one_of

if TYPE_CHECKING:
    from routing.models.item_types import ItemType

COSTS = ("cost_error", "cost_review_hour", "cost_expert_hour", "cost_delay_hour")
CONSTRAINTS = [
    models.CheckConstraint(
        condition=Q(expert__gte=0, expert__lte=F("review"), review__lte=F("auto_approve"))
        & Q(auto_approve__lte=1),
        name="itemtype_thresholds_in_order",
        violation_error_message="Thresholds must rise: 0 ≤ expert ≤ review ≤ auto-approve ≤ 1.",
    ),
    in_unit_interval("audit_rate", name="itemtype_audit_rate_is_a_share"),
    in_unit_interval("early_audit_rate", name="itemtype_early_audit_rate_is_a_share"),
    in_unit_interval("seeded_share", name="itemtype_seeded_share_is_a_share"),
    models.CheckConstraint(
        condition=Q(novelty_limit__isnull=True) | Q(novelty_limit__gte=0, novelty_limit__lte=1),
        name="itemtype_novelty_limit_is_a_share",
    ),
    models.CheckConstraint(
        condition=Q(target_alpha__isnull=True) | Q(target_alpha__gt=0, target_alpha__lt=1, audit_rate__gt=0),
        name="itemtype_target_is_possible",
        violation_error_message="An error target lies between 0 and 1, and needs an audit rate.",
    ),
    models.CheckConstraint(
        condition=Q(target_delta__gt=0, target_delta__lt=1), name="itemtype_target_risk_is_a_share"
    ),
    models.CheckConstraint(
        condition=Q(route_by_cost=False)
        | Q(
            target_alpha__isnull=False,
            cost_error__gte=0,
            cost_review_hour__gte=0,
            cost_expert_hour__gte=0,
            cost_delay_hour__gte=0,
        ),
        name="itemtype_costs_are_known",
        violation_error_message="Routing by cost needs an error target and all four costs.",
    ),
    one_of("target_of", ["decisions", "automated"], name="itemtype_target_counts_something"),
    one_of("certify_by", ["all", "class"], name="itemtype_certifies_by_something"),
    one_of("publish_certificates", ["hand", "automatic"], name="itemtype_publishes_somehow"),
    in_unit_interval("blind_share", name="itemtype_blind_share_is_a_share"),
    models.CheckConstraint(
        condition=Q(held_out_share__gte=0.05, held_out_share__lte=0.5),
        name="itemtype_holds_out_enough_and_not_most",
    ),
    models.CheckConstraint(
        condition=Q(committee_limit__isnull=True) | Q(committee_limit__gte=0),
        name="itemtype_committee_limit_is_a_distance",
    ),
    one_of("kind", KINDS, name="itemtype_kind_is_known"),
    one_of("reject_means", ["withhold", "expert"], name="itemtype_reject_means_something"),
    in_unit_interval("agreement_tolerance", name="itemtype_tolerance_is_a_share"),
    models.CheckConstraint(
        condition=Q(opinions_wanted__gte=1, opinions_wanted__lte=9), name="itemtype_wants_an_opinion"
    ),
    models.CheckConstraint(
        condition=Q(most_opinions__gte=F("opinions_wanted"), most_opinions__lte=9),
        name="itemtype_asks_at_most_as_many_as_it_may",
        violation_error_message="The most opinions can't be fewer than the opinions wanted.",
    ),
    models.CheckConstraint(
        condition=Q(sure_at__gt=0.5, sure_at__lt=1), name="itemtype_sure_is_a_probability"
    ),
    *(
        in_unit_interval(name, name=f"itemtype_{name}_is_a_share")
        for name in ("overlap_share", "validated_share", "gold_share", "pause_below")
    ),
    models.CheckConstraint(
        condition=Q(ordered=False) | Q(kind="classification", multilabel=False),
        name="itemtype_steps_are_single_labels",
        violation_error_message="Only labels of which an item carries one can be steps of a scale.",
    ),
    one_of("cover", ["nothing", "blur", "grey", "both"], name="itemtype_cover_is_known"),
]


def problems(row: ItemType) -> dict[str, str]:
    """Return what is wrong with an item type's settings: field and what to write instead."""
    return _of_kind(row) | _of_classes(row) | _of_target(row) | _of_costs(row)


def _of_kind(row: ItemType) -> dict[str, str]:
    if row.kind not in KINDS:
        return {}  # which the field itself says
    try:
        KINDS[row.kind].clean_spec(row.spec)
    except KindErrors as errors:
        return {error.attr: error.detail for error in errors.errors}
    return {}


def _of_classes(row: ItemType) -> dict[str, str]:
    thresholds = row.class_thresholds
    if not isinstance(thresholds, dict) or not all(
        isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
        for value in thresholds.values()
    ):
        return {"class_thresholds": 'Write {"label": number from 0 to 1, …}.'}
    strangers = set(thresholds) - set(row.labels)
    if row.labels and strangers:
        return {"class_thresholds": f"No such label: {', '.join(sorted(strangers))}."}
    return {}


def _of_target(row: ItemType) -> dict[str, str]:
    found = {}
    if row.target_delta is not None and not 0 < row.target_delta < 1:
        found["target_delta"] = "Write a risk above 0 and below 1, for example 0.05 for a confidence of 95 %."
    if row.target_alpha is None:
        return found
    if not 0 < row.target_alpha < 1:
        found["target_alpha"] = "Write a share above 0 and below 1, for example 0.05, or leave it empty."
    for name in ("audit_rate", "early_audit_rate"):
        if getattr(row, name) == 0:
            found[name] = (
                "An error target is proven by checks: write a share above 0, or empty the error target."
            )
    return found


def _of_costs(row: ItemType) -> dict[str, str]:
    if not row.route_by_cost:
        return {}
    found = {
        name: "Routing by cost needs this: write 0 where it costs nothing."
        for name in COSTS
        if getattr(row, name) is None
    }
    if row.target_alpha is None:
        found["target_alpha"] = (
            "Routing by cost needs an error target: only what is proven may be automated because it is cheap."
        )
    return found
