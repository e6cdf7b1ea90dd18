"""What each figure with a target is: its name, its one sentence, its unit, and what was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hitl_project.goals.figures import Aim, Definition, Unit
from labeling.people.asked import AGREED, AGREEMENT, VALIDATED, VALIDATION

WILSON = "Wilson's interval"
WEIGHED = (
    "each part weighs what it has of all decisions; Wilson's interval at the effective number of answers, or "
    "the intervals of the parts put together where that reaches further"
)
NORMAL = "normal approximation to the logarithm of the mean"
COMPOUND = "compound Poisson, on the scale of logarithms"
TOLD = "the measurement's own"
WORK, RIGHT, FAST, COST, LEARNS = (
    "How much runs by itself",
    "How right it is",
    "How fast people and machine are",
    "What it costs",
    "How it learns",
)
_ALL = (
    Definition(
        "automation_rate",
        "Automation rate",
        "Of the items that came in and were routed, the share that was approved without a person; 85 to "
        "95 % was asked for, and more than that is no miss.",
        WORK,
        Unit.SHARE,
        Aim.LEAST,
        0.85,
        "items",
        WILSON,
    ),
    Definition(
        "review_rate",
        "Review rate",
        "Of the items that came in and were routed, the share that was sent to a reviewer or an expert.",
        WORK,
        Unit.SHARE,
        Aim.MOST,
        0.10,
        "items",
        WILSON,
    ),
    Definition(
        "system_accuracy",
        "System accuracy",
        "Of all decisions the share that is right: the router's by blind random checks, reviewers' by "
        "experts who looked again at random ones, experts' taken as right.",
        RIGHT,
        Unit.SHARE,
        Aim.LEAST,
        0.95,
        "checks",
        WEIGHED,
    ),
    Definition(
        "false_positive_rate",
        "False positives",
        "Of the items approved without a person the share that was wrong, by blind random checks.",
        RIGHT,
        Unit.SHARE,
        Aim.MOST,
        0.05,
        "checks",
        WEIGHED,
    ),
    Definition(
        "correction_rate",
        "Correction rate",
        "Of all answers of models the share that people change or refuse: where people decide by what they "
        "said last, where the router decides by blind random checks.",
        RIGHT,
        Unit.SHARE,
        Aim.MOST,
        0.05,
        "answers",
        WEIGHED,
    ),
    Definition(
        "human_ai_agreement",
        "Human–AI agreement",
        "Of all answers of models the share that a person gives too who does not see it; looks that show "
        "it are left out, since people tend to confirm what they see.",
        RIGHT,
        Unit.SHARE,
        Aim.LEAST,
        0.90,
        "blind looks",
        WEIGHED,
    ),
    Definition(
        AGREEMENT,
        "Agreement between people",
        "How far people agree who were asked about the same randomly drawn items: Gwet's AC1, beyond chance "
        "and true where one answer is rare; for steps of a scale AC2, for boxes their overlap, for numbers, "
        "texts and sets of labels Krippendorff's alpha.",
        RIGHT,
        Unit.COEFFICIENT,
        Aim.LEAST,
        AGREED,
        "items",
        TOLD,
    ),
    Definition(
        "agreement_alpha",
        "Agreement between people, alpha",
        "The same by Krippendorff's alpha whatever is labelled: it can be compared between item types, and "
        "falls where one answer is rare however well people agree.",
        RIGHT,
        Unit.COEFFICIENT,
        Aim.LEAST,
        None,
        "items",
        TOLD,
    ),
    Definition(
        VALIDATION,
        "Expert validation",
        "Of what reviewers decided the share that experts come to as well, who look again at random ones "
        "without seeing the answer.",
        RIGHT,
        Unit.SHARE,
        Aim.LEAST,
        VALIDATED,
        "checks",
        WEIGHED,
    ),
    Definition(
        "overturned_disputes",
        "Disputes that changed the decision",
        "Of the disputes that an expert who had no part in the decision has answered, the share that changed "
        "it; who disputes is not drawn by chance, so this is no error rate of all decisions.",
        RIGHT,
        Unit.SHARE,
        Aim.MOST,
        None,
        "answered disputes",
        WILSON,
    ),
    Definition(
        "time_to_review",
        "Time to review",
        "The average time a person has an item before them until they answer; more than half an hour counts "
        "as half an hour.",
        FAST,
        Unit.SECONDS,
        Aim.MOST,
        120.0,
        "answers",
        NORMAL,
    ),
    Definition(
        "cases_per_hour",
        "Cases per reviewer-hour",
        "How many items a person answers in an hour of holding items, the time between taking one and "
        "closing it counted whole up to half an hour.",
        FAST,
        Unit.PER_HOUR,
        Aim.LEAST,
        100.0,
        "answers",
        NORMAL,
    ),
    Definition(
        "queue_time",
        "Queue time",
        "The average time from the moment a person is asked for until somebody takes the item.",
        FAST,
        Unit.SECONDS,
        Aim.MOST,
        None,
        "looks",
        NORMAL,
    ),
    Definition(
        "time_to_resolution",
        "Time to resolution",
        "The average time from arrival to decision of the items that people decided in this time.",
        FAST,
        Unit.SECONDS,
        Aim.MOST,
        7_200.0,
        "items",
        NORMAL,
    ),
    Definition(
        "sla_compliance",
        "Answered in time",
        "Of the looks that somebody waits for the share closed before the time their queue promises; open "
        "ones past it count as late.",
        FAST,
        Unit.SHARE,
        Aim.LEAST,
        None,
        "looks",
        WILSON,
    ),
    Definition(
        "processing_time",
        "Processing time",
        "The average time from arrival to decision of the items that the router decided: the wait for a "
        "model where one had to be asked, next to nothing where the prediction came along.",
        FAST,
        Unit.SECONDS,
        Aim.MOST,
        None,
        "items",
        NORMAL,
    ),
    Definition(
        "cost_per_decision",
        "Cost per decision",
        "What all hours people spent on looks and checks cost, divided by all decisions, the automated "
        "included; of item types whose hourly costs are typed.",
        COST,
        Unit.MONEY,
        Aim.MOST,
        0.50,
        "looks",
        COMPOUND,
    ),
    Definition(
        "learning_acceleration",
        "Learning acceleration",
        "How many times fewer labels choosing what to ask takes than asking at random, for the same "
        "accuracy, measured by both side by side.",
        LEARNS,
        Unit.TIMES,
        Aim.LEAST,
        3.0,
        "labels",
        TOLD,
    ),
    Definition(
        "lift_per_quarter",
        "Lift per quarter",
        "How many points more often the model in force is right than the one of a quarter ago, both judged "
        "by the held-out labels of today.",
        LEARNS,
        Unit.POINTS,
        Aim.LEAST,
        0.05,
        "held-out items",
        TOLD,
    ),
)
DEFINITIONS: Mapping[str, Definition] = MappingProxyType({one.name: one for one in _ALL})
GROUPS = tuple(dict.fromkeys(one.group for one in _ALL))
