"""One sampling run: ask people for the labels that would teach or tell the most, and say why."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from audit import trail
from learning import dataset, embeddings, plans, reading, registry, runs, serving
from learning.asking import choosing, pool, stretches
from learning.asking.choosing import Pick
from learning.models import LearningPlan, ModelVersion, SamplingRun, Trainer
from learning.registry import AUTHOR
from learning.sampling.uncertainty import margin_scores
from routing import assignments, personal
from routing.assignments import Want
from routing.models import Assignment, Item, ItemType, Purpose

log = logging.getLogger(__name__)
LONGEST_QUEUE = 5_000  # waiting looks that are put in order anew, the oldest first
FEATURES_SHOWN = 256  # longer vectors are not repeated in the run's row


def sample(item_type: ItemType, *, trigger: str) -> SamplingRun | None:
    """Ask for one batch of labels; return the ended run, or None where one is already at work.

    Three arms: what the plan's strategy picks, a share drawn at random (so that the gain of picking can be
    measured), and, while models have too little to be judged by, a uniform sample of held-out items. No more
    are asked for than the plan's budget has left. Looks that wait already are put in the order in which a
    label would help the most. A champion that can't be read counts as none, and the run says so. Where drift
    was found since the last pick, and the plan says so, what arrived in the drifted time is picked from.
    Raises Unlearnable and Unsuited.
    """
    plan = plans.of(item_type)
    with runs.recorded(SamplingRun, item_type, trigger=trigger, strategy=plan.strategy) as run:
        if run is None:
            return None
        runs.say(run, "reading what waits", 0.0)
        judges = _judges(plan)
        given, trouble = _search(plan, len(judges))
        chosen = choosing.choose(run, given)
        runs.say(run, "putting what waits in order", 0.9)
        picks = [*chosen.picks, *judges]
        with transaction.atomic():
            ask(item_type, picks, run)
            ordered = _reorder(item_type, given.champion)
            before = f"{trouble}{chosen.note and chosen.note + ': '}"
            said = f"{before}{len(chosen.picks)} of {chosen.total} to learn from, {len(judges)} to judge by"
            stretches.forget(run)
            runs.finish(
                run,
                f"{said}, {ordered} waiting looks put in order",
                strategy=chosen.strategy,
                pool_size=chosen.total,
                picked=len(picks),
                suggestions=[suggestion(index, pick) for index, pick in enumerate(picks)],
            )
    return run


def help_score(run: SamplingRun) -> int:
    """Score stretches of a run's pool beside the worker that runs it, while any is left; return how many.

    Where the plan, the champion or the labels have changed since the run began, it is left to that worker.
    """
    plan = plans.of(run.item_type)
    given, _ = _search(plan, len(_judges(plan)))
    scorer, done = given.scorer(), 0
    while stretches.take(run, given.waiting, scorer):
        done += 1
    return done


def _search(plan: LearningPlan, judges: int) -> tuple[choosing.Search, str]:
    """Return what a run of this plan picks from at this moment, and why without the champion, if so."""
    champion, trouble = _usable_champion(plan.item_type)
    drift = plans.unanswered_drift(plan.item_type, SamplingRun) if plan.drift_samples else None
    newest = drift.window if drift and pool.learnable(plan.item_type, drift.window).exists() else None
    left = plans.left(plan)
    size = plan.batch_size if left is None else min(plan.batch_size, left - judges)
    return choosing.search(plan, champion, size=size, newest=newest), trouble


def _usable_champion(item_type: ItemType) -> tuple[ModelVersion | None, str]:
    """Return the champion, or None and why people are asked without it where its file can't be used."""
    champion = registry.champion(item_type)
    if champion is None:
        return None, ""
    if champion.trainer == Trainer.EXTERNAL:
        return None, f"without {champion}, which predicts elsewhere: "
    try:
        serving.loaded(champion)
    except registry.ModelUnusable as error:
        log.error("%s: people are asked without the champion: %s", item_type.slug, error)
        return None, f"without {champion}, which can't be read: "
    return champion, ""


def answer(run: SamplingRun, reader: personal.User) -> dict[str, Any]:
    """Return a run as its reader sees it: its suggestions, and what they were chosen from.

    `annotation_efficiency` is the share of the pool that need not be labelled for this pick.
    """
    spared = 1 - run.picked / run.pool_size if run.pool_size else 0.0
    return {
        "strategy_used": run.strategy,
        "total_unlabeled": run.pool_size,
        "annotation_efficiency": max(0.0, spared),
        "suggestions": shown(run, reader),
    }


def shown(run: SamplingRun, reader: personal.User) -> list[dict[str, Any]]:
    """Return the suggestions, without the items' features where the reader may not see these."""
    hides = "payload.features" in personal.hidden(run.item_type, reader)
    return [one | {"features": None} for one in run.suggestions] if hides else run.suggestions


def _judges(plan: LearningPlan) -> list[Pick]:
    """Return the held-out items to ask about; of what a budget has left they take at most half."""
    share = pool.judging_share(plan.item_type) if dataset.learnable(plan.item_type) else 0.0
    items = list(pool.judging(plan.item_type, share)) if share else []
    left = plans.left(plan)
    if left is not None and len(items) > left // 2:
        # Those with the least draws are a uniform sample too, of a share that ends at the next one's draw.
        items, share = items[: left // 2], items[left // 2].audit_draw
    reason = f"kept for judging models, drawn with probability {share:.3g}"
    return [
        Pick(item, "evaluation", 1 - rank / len(items), reason, inclusion=share)
        for rank, item in enumerate(items)
    ]


def ask(item_type: ItemType, picks: Sequence[Pick], run: SamplingRun) -> None:
    """Open a seat for each pick.

    Held-out items are looked at blind: they judge the model that suggests. So are decided ones, like a check.
    """
    assignments.ask(
        [
            Want(
                pick.item,
                Purpose.LEARN,
                item_type.queue,
                pick.priority,
                utility=pick.utility,
                blind=pick.item.held_out or pick.item.decided_at is not None,
                inclusion=pick.inclusion,
            )
            for pick in picks
        ]
    )
    trail.record_all(
        [
            trail.Entry("item.asked", pick.item, {"run": run.pk, "arm": pick.arm, "why": pick.reason})
            for pick in picks
        ],
        by=AUTHOR,
    )


def suggestion(index: int, pick: Pick) -> dict[str, Any]:
    """Return a pick in the customer's words."""
    features = pick.item.payload.get("features") or []
    return {
        "index": index,
        "item_id": str(pick.item.pk),
        "item_ref": pick.item.item_ref,
        "arm": pick.arm,
        "reason": pick.reason,
        "score": pick.score,
        "features": features if len(features) <= FEATURES_SHOWN else None,
        "predicted_class": pick.predicted,
        "prediction_confidence": pick.confidence,
        "uncertainty_score": pick.uncertainty,
        "suggested_priority": pick.priority.label,
    }


def _reorder(item_type: ItemType, champion: ModelVersion | None) -> int:
    """Put waiting reviews in the order of the champion's doubt, within their priority; return how many.

    Held-out items come in the order of their draw: were the hard ones answered first, those that have a label
    at any moment would no longer be a fair sample.
    """
    if champion is None:
        return 0
    seats = Assignment.objects.open().filter(
        item_type=item_type, purpose__in=[Purpose.REVIEW, Purpose.OVERLAP], user__isnull=True
    )
    waiting = Item.objects.filter(pk__in=seats.order_by("id").values("item")[:LONGEST_QUEUE])
    judges = waiting.filter(held_out=True).values_list("pk", "audit_draw")
    utilities = {pk: 1 - draw for pk, draw in judges}
    rows = waiting.filter(held_out=False).values_list("pk", "payload").iterator(chunk_size=dataset.CHUNK)
    model = serving.loaded(champion)
    for chunk in dataset.chunks(rows):
        payloads = embeddings.remember([champion.encoder], *map(list, zip(*chunk, strict=True)))
        probabilities, kept = reading.rows(model.predict_proba, payloads)
        scores = margin_scores(probabilities)
        utilities |= {chunk[place][0]: float(score) for place, score in zip(kept, scores, strict=True)}
    return assignments.reprioritise(utilities)
