"""How one champion follows another: through the shadow, and back where that was a mistake."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_q.tasks import async_task

from labeling.people import telling
from learning import moves, plans, registry, shadow
from learning.files import ModelUnusable
from learning.judging.duel import PROVEN, Duel
from learning.models import LearningPlan, ModelVersion
from learning.moves import AUTHOR, State
from routing.models import ItemType

STALE = timedelta(days=7)  # after which a shadow that has not ended makes way for a newer model
WATCH = timedelta(days=30)  # how long an earlier champion may come back by itself
WATCHED = 1_000  # labelled items after which a new champion has stood its trial
EARLIER = 20  # earlier champions that are looked through for one whose file is whole
LEAST = 1e-3  # errors are expected at least so often


def admit(version: ModelVersion, plan: LearningPlan, *, reason: str, doubt: str = "") -> str:
    """Give a challenger that passed the gate its next place, and say which; call it inside a transaction.

    It goes into the shadow of the champion, or, where there is none or the plan wants no shadow, into force
    where the plan says so. With a `doubt`, or behind another model in the shadow, it waits.
    """
    if doubt:
        return f"{version} waits to be promoted by hand"
    champion = registry.champion(version.item_type)
    if champion is None or not plan.shadow_labels:
        if not plan.auto_promote:
            return f"{version} passed the gate"
        registry.promote(version, reason=reason, by=AUTHOR)
        return f"{version} was promoted"
    holder = registry.in_shadow(version.item_type).filter(promoted_at__isnull=True).first()
    if holder and holder.shadow_since > timezone.now() - STALE:
        return f"{version} passed the gate and waits while {holder} is in the shadow"
    if holder:
        why = f"people did not label enough in {STALE.days} days, and {version} takes its place"
        moves.end_shadow(holder, State.RETIRED, reason=why, by=AUTHOR)
    moves.begin_shadow(version, champion, reason=reason, by=AUTHOR)
    return f"{version} passed the gate and is in the shadow of {champion}"


def busy() -> list[int]:
    """Return the item types that have a model in the shadow, or one that waits for its turn there."""
    found = set(ModelVersion.objects.filter(status=State.SHADOW).values_list("item_type", flat=True))
    in_force = ModelVersion.objects.select_related("item_type").filter(status=State.CHAMPION)
    names = {one.item_type_id: str(one) for one in in_force}
    line = _in_line().exclude(item_type__learning_plan__shadow_labels=0)
    against = line.values_list("item_type", "verdict__against")
    return sorted(found | {item_type for item_type, name in against if name == names.get(item_type)})


def step(item_type: ItemType) -> str:
    """Let the models in the shadow answer, act on what is proven by now, and return what came of it.

    Safe to run twice at once: answers are stored once, and who acts holds the item type.
    """
    champion = registry.champion(item_type)
    answered = 0
    for version in registry.in_shadow(item_type) if champion else ():
        try:
            answered += shadow.answer(version, champion)
        except ModelUnusable as error:
            _give_up(version, str(error))
    return "; ".join([f"{answered} items answered in the shadow", *settle(item_type)])


@transaction.atomic
def settle(item_type: ItemType) -> list[str]:
    """Act on what the models in the shadow have shown by now; return what was done, in words.

    An earlier champion is heard before a challenger. After a change of champion nobody else is heard: what
    they have shown was against another. Who waited for a turn in the shadow has it once nobody is there.
    """
    champion, plan, done = registry.settled_champion(item_type), plans.of(item_type), []
    for version in registry.in_shadow(item_type):
        hear = _earlier if version.promoted_at else _challenger
        if said := hear(version, champion, plan):
            done.append(f"{version}: {said}")
        if registry.champion(item_type) != champion:
            return done
    if champion and plan.shadow_labels and (waiting := _waiting(item_type, champion)):
        admit(waiting, plan, reason=f"its turn after the gate, against {champion}")
    return done


def fallback(item_type: ItemType) -> ModelVersion | None:
    """Return the last champion before this one that can still answer and was not rolled back, or None."""
    earlier = ModelVersion.objects.select_related("item_type").filter(
        item_type=item_type, promoted_at__isnull=False, status__in=registry.PROMOTABLE
    )
    kept = earlier.exclude(report__has_key="rolled_back").order_by("-promoted_at")[:EARLIER]
    return next((one for one in kept if registry.usable(one)), None)


def tell_leads(version: ModelVersion) -> int:
    """Send an e-mail that this model was rolled back to the leads who may see it; return how many."""
    told = version.report.get("rolled_back")
    if not told:
        return 0
    return telling.leads(
        f"HITL: {version} was rolled back",
        f"{told['for']} answers again for {version.item_type}: {told['reason']}.\n\n"
        f"{version} does not come back by itself. Its numbers are in the admin under Models.\n",
        about=version.item_type,
    )


# -- a challenger in the shadow of the champion --


def _challenger(version: ModelVersion, champion: ModelVersion | None, plan: LearningPlan) -> str:
    if champion is None:
        return _pass(version, plan, "there is no champion to be compared with", None)
    duel = shadow.compare(version, champion)
    _keep(version, champion, duel)
    if duel.worse >= PROVEN:
        return _end(version, State.REFUSED, f"it is proven worse than {champion}: {_words(duel)}", duel)
    if duel.labels < plan.shadow_labels and duel.better < PROVEN:
        return ""
    if duel.high < 0:  # looked at once, when its labels are in
        return _end(version, State.REFUSED, f"it is right less often than {champion}: {_words(duel)}", duel)
    proven = "proven better than" if duel.better >= PROVEN else "nothing speaks against it beside"
    return _pass(version, plan, f"{proven} {champion}: {_words(duel)}", duel)


def _pass(version: ModelVersion, plan: LearningPlan, reason: str, duel: Duel | None) -> str:
    said = _end(version, State.CHALLENGER, reason, duel)
    if plan.auto_promote:
        registry.promote(version, reason=reason, by=AUTHOR, evidence=duel.numbers() if duel else None)
        return f"promoted; {said}"
    return said


def _waiting(item_type: ItemType, champion: ModelVersion) -> ModelVersion | None:
    """Return the newest challenger that was judged against this champion and was in no shadow yet."""
    rows = _in_line().select_related("item_type").filter(item_type=item_type, verdict__against=str(champion))
    return rows.order_by("-number").first()


def _in_line() -> QuerySet[ModelVersion]:
    return ModelVersion.objects.filter(
        status=State.CHALLENGER, shadow_since__isnull=True, verdict__against__isnull=False
    )


# -- an earlier champion in the shadow of its successor --


def _earlier(version: ModelVersion, champion: ModelVersion | None, plan: LearningPlan) -> str:
    if champion is None or not plan.auto_roll_back:
        why = "the plan rolls nothing back any more" if champion else "its successor was retired"
        return _end(version, State.RETIRED, why, None)
    duel = shadow.compare(version, champion, expected=_expected(champion))
    _keep(version, champion, duel)
    better = duel.better >= PROVEN
    failing = duel.overturned >= PROVEN and duel.difference >= 0
    if better or failing:
        return _roll_back(version, champion, duel, better=better)
    if duel.worse >= PROVEN:
        return _end(version, State.RETIRED, f"{champion} is proven better: {_words(duel)}", duel)
    if duel.labels >= WATCHED or version.shadow_since < timezone.now() - WATCH:
        return _end(version, State.RETIRED, f"{champion} has stood its trial: {_words(duel)}", duel)
    return ""


def _roll_back(version: ModelVersion, champion: ModelVersion, duel: Duel, *, better: bool) -> str:
    if better:
        why = f"{version} is proven right more often than {champion} on live items: {_words(duel)}"
    else:
        why = (
            f"people overturn {champion} on {duel.wrong:.1%} of items, at most {duel.expected:.1%} were "
            f"expected, and {version} does no worse: {_words(duel)}"
        )
    registry.promote(version, reason=why, by=AUTHOR, evidence=duel.numbers())
    async_task("learning.tasks.tell_of_roll_back", champion.pk)
    return f"rolled back to: {why}"


def _expected(champion: ModelVersion) -> float | None:
    """Return how often the champion may err at worst by its gate: 1 - the lower bound of its accuracy."""
    measured = champion.evaluations.filter(metric="accuracy", slice="all", low__isnull=False).first()
    return min(max(1 - measured.low, LEAST), 1 - LEAST) if measured else None


# -- both --


def _keep(version: ModelVersion, champion: ModelVersion, duel: Duel) -> None:
    """Keep where the trial stands, for the model's card."""
    version.report = version.report | {"shadow": {"against": str(champion)} | duel.numbers()}
    ModelVersion.objects.filter(pk=version.pk).update(report=version.report)


def _end(version: ModelVersion, to: str, reason: str, duel: Duel | None) -> str:
    evidence = duel.numbers() if duel else None
    moves.end_shadow(version, to, reason=reason, by=AUTHOR, evidence=evidence)
    return reason


@transaction.atomic
def _give_up(version: ModelVersion, why: str) -> None:
    there = registry.in_shadow(version.item_type).select_for_update(of=("self",)).filter(pk=version.pk)
    for one in there:  # none, if another worker or a person was quicker
        to = State.RETIRED if one.promoted_at else State.REFUSED
        moves.end_shadow(one, to, reason=why.removesuffix("."), by=AUTHOR)


def _words(duel: Duel) -> str:
    return (
        f"right where the other was wrong on {duel.wins} of {duel.labels} labelled items, "
        f"wrong where it was right on {duel.losses}"
    )
