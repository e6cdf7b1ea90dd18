"""What waits for an admin: drafts not in force, late work, lost messages, broken models, no worker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince

from audit import keys
from audit.uuid7 import earliest
from hitl_project import anchoring, workers
from hitl_project.goals import alerting
from labeling.appeals import experts
from labeling.models import Flag
from labeling.people import agreement_reports
from labeling.people.asked import AGREEMENT
from learning import plans, registry, succession
from learning.drift import looking
from learning.external import backends, exams
from learning.models import ModelVersion, Run, SamplingRun, TrainingRun
from learning.proving import standing
from learning.runs import KILLED
from routing import policies, teams
from routing.certificates import lately, setbacks
from routing.models import Assignment, Delivery, ItemType, Purpose, Reviewer
from routing.policies import stops
from routing.rules import ledger

LATELY = timedelta(days=7)
ASKED_BY = timedelta(days=1)  # after which a doubtful label has nobody to look at it again
KEY_WARNING = timedelta(days=14)
MOST_KEYS = 5
MOST_SAID = 150  # characters of what went wrong
RECENT = timedelta(days=14)  # parked messages older than this are history


@dataclass(frozen=True)
class Matter:
    """One thing to look at: what it is, where to go, if it is bad, and the id of its item type, if any."""

    text: str
    url: str
    bad: bool = False
    item_type: int | None = None


def waiting(user: User) -> list[Matter]:
    """Return what waits for this person's eye, what is bad first."""
    hidden = teams.hidden(teams.Person(user))
    seen = [matter for matter in _matters(user) if matter.item_type not in hidden]
    return sorted(seen, key=lambda matter: not matter.bad)


def _matters(user: User) -> Iterator[Matter]:
    if not workers.cache_table():
        text = f"No worker can be heard: {workers.BOOTSTRAP}."
        yield Matter(text, reverse("ready"), bad=True)
    elif workers.seen_at() is None:
        text = f"No worker is running: nothing is sealed, delivered or trained. {workers.START}"
        yield Matter(text, reverse("ready"), bad=True)
    elif since := workers.stuck_since():
        text = f"A task has waited for {timesince(since)}: the worker hangs or can't keep up. Start it anew."
        yield Matter(text, reverse("ready"), bad=True)
    # What tests one person waits until they come.
    waiting = Assignment.objects.open().exclude(purpose=Purpose.GOLD)
    late = waiting.filter(due_at__lte=timezone.now()).count()
    if late:
        yield Matter(
            _count(late, "seat is overdue", "seats are overdue"), _list("assignment", "state=overdue"), True
        )
    left = Assignment.objects.open().filter(overdue_at__isnull=False).count()
    if left:
        text = _count(
            left, "expert decision is past its time limit", "expert decisions are past their time limit"
        )
        yield Matter(text, _list("assignment", "state=timed_out"), bad=True)
    yield from _set_up(user)
    yield from _checks()
    parked = Delivery.objects.filter(
        id__gte=earliest(timezone.now() - RECENT), parked_at__isnull=False
    ).count()
    if parked:
        text = _count(parked, "message to a client is parked", "messages to clients are parked")
        yield Matter(text, _list("delivery", "state=parked"), bad=True)
    if user.has_perm("audit.view_auditevent"):
        for text in anchoring.troubles(timezone.now()):
            yield Matter(text, reverse("compliance"), bad=True)
    if user.has_perm("audit.view_apikey"):
        yield from _keys()
    if user.has_perm("labeling.change_flag"):
        yield from _doubtful()
    if user.has_perm("labeling.view_appeal"):
        yield from _disputed()
    yield from _paused()
    yield from _promised()
    yield from _failing_rules()
    yield from _learning()


def _keys() -> Iterator[Matter]:
    """Keys that stop working soon by themselves: their clients need a new secret before."""
    for key in keys.ending(KEY_WARNING)[:MOST_KEYS]:
        until = f"{keys.ends_at(key):%Y-%m-%d}"
        text = f"API key {key} of {key.user} stops working on {until}: rotate or replace it"
        yield Matter(text, f"{reverse('admin:audit_apikey_changelist')}?q={key.prefix}")


def _doubtful() -> Iterator[Matter]:
    """Labels that the checks doubt and that nobody has been asked about for a day."""
    left = Flag.objects.filter(
        settled_at__isnull=True, seat__isnull=True, created_at__lte=timezone.now() - ASKED_BY
    ).count()
    if left:
        text = _count(left, "doubtful label has", "doubtful labels have")
        yield Matter(
            f"{text} nobody to look again: look yourself or dismiss the doubt",
            f"{reverse('admin:labeling_flag_changelist')}?outcome=lead",
        )


def _disputed() -> Iterator[Matter]:
    """Disputes for which no expert is left: each waits until a person joins the experts."""
    left = len(experts.stranded())
    if left:
        text = _count(left, "dispute has", "disputes have")
        yield Matter(
            f"{text} no expert left who had no part in the decision: add one to the expert queue's group",
            f"{reverse('admin:labeling_appeal_changelist')}?state__exact=open",
            bad=True,
        )


def _paused() -> Iterator[Matter]:
    """Who was paused for failing known questions: a lead should speak with them."""
    for limits in Reviewer.objects.filter(paused_for__isnull=False).select_related("user", "paused_for"):
        text = f"{limits.user} is paused: {limits.paused_because}"
        yield Matter(text, reverse("admin:routing_reviewer_change", args=[limits.pk]), bad=True)


def _promised() -> Iterator[Matter]:
    """Targets that are missed, and item types whose people are proven to agree less than they should.

    Of agreement the item type is named, where people are to be helped, and not the target of it as well.
    """
    disagreeing = agreement_reports.missed()
    named = {one.item_type.pk for one in disagreeing}
    for target in alerting.missed():
        if target.metric == AGREEMENT and named and target.item_type_id in {None, *named}:
            continue
        text = f"Target missed since {target.missed_since:%Y-%m-%d}: {alerting.named(target)}"
        asked = f"?item_type={target.item_type.slug}" if target.item_type else ""
        yield Matter(text, f"{reverse('targets')}{asked}#{target.metric}", True, target.item_type_id)
    for one in disagreeing:
        found, item_type = one.found, one.item_type
        text = (
            f"People agree too little on {item_type}: {100 * found.value:.0f} % "
            f"({100 * found.low:.0f} to {100 * found.high:.0f}), wanted are {100 * one.target:.0f}"
        )
        where = reverse("admin:routing_itemtype_agreement", args=[item_type.pk])
        yield Matter(text, where, True, item_type.pk)


def _failing_rules() -> Iterator[Matter]:
    for found in ledger.failing():
        items = _count(found.items, "recent item", "recent items")
        text = f"Rule “{found.rule}” could not be checked on {items}, which went to people"
        where = reverse("admin:routing_itemtype_rules", args=[found.item_type])
        yield Matter(text, where, True, found.item_type)


def _learning() -> Iterator[Matter]:
    for model in ModelVersion.objects.filter(status="challenger").select_related("item_type"):
        text = f"{model} passed the gate and waits to be promoted"
        yield Matter(text, _page(model), item_type=model.item_type_id)
    for model in ModelVersion.objects.filter(status="champion").select_related("item_type"):
        if not registry.usable(model):
            yield _broken(model)
    gone = ModelVersion.objects.filter(
        report__rolled_back__by=registry.AUTHOR, retired_at__gte=timezone.now() - LATELY
    )
    for model in gone.select_related("item_type"):
        text = f"{model} did worse on live items: {model.report['rolled_back']['for']} answers again"
        yield Matter(text, _page(model), True, model.item_type_id)
    for item_type in standing.fallen():
        text = f"{item_type}: choosing what to label loses against chance, so sampling draws at random"
        yield Matter(
            text, reverse("admin:routing_itemtype_learning", args=[item_type.pk]), True, item_type.pk
        )
    yield from _elsewhere()
    yield from _drifting()
    yield from _failing(TrainingRun, "Training")
    yield from _failing(SamplingRun, "Sampling")


def _broken(model: ModelVersion) -> Matter:
    """A champion whose file can't be used, with the way back to the last one whose file can."""
    earlier = succession.fallback(model.item_type)
    if earlier is None:
        text = f"Champion {model} can't be read: promote another"
        return Matter(text, _page(model), True, model.item_type_id)
    where = reverse("admin:learning_modelversion_promote", args=[earlier.pk])
    return Matter(f"Champion {model} can't be read: return to {earlier}", where, True, model.item_type_id)


def _elsewhere() -> Iterator[Matter]:
    """ML backends that were not heard so often that people do their work; exams that nobody sits."""
    for model, questions in exams.left():
        text = f"{model} waits for its trainer since {model.created_at:%Y-%m-%d}: "
        left = _count(questions, "question of its exam is left", "questions of its exam are left")
        text = f"{text}{left}. Ask its trainer, or retire it"
        yield Matter(text, _page(model), item_type=model.item_type_id)
    for backend in backends.lost():
        where = reverse("admin:routing_itemtype_change", args=[backend.item_type_id])
        text = f"{backend} is not heard, people look instead: {backend.said}"
        yield Matter(text, where, True, backend.item_type_id)


def _drifting() -> Iterator[Matter]:
    """Item types at which something else arrives than their model knows, and which are stopped for it."""
    for policy in stops.stopped():
        text = f"Automation of {policy.item_type} was stopped: what arrives has drifted"
        yield Matter(text, _drift(policy.item_type_id), True, policy.item_type_id)
    for report in looking.drifting():
        text = f"{report.item_type} has drifted. {report.reasons[0]}"
        yield Matter(text, _drift(report.item_type_id), item_type=report.item_type_id)


def _drift(item_type_id: int) -> str:
    return reverse("admin:routing_itemtype_drift", args=[item_type_id])


def _failing(kind: type[Run], work: str) -> Iterator[Matter]:
    for item_type in plans.failing(kind):
        text = f"{work} of {item_type} failed twice in a row: {item_type.error[:MOST_SAID]}"
        if item_type.error == KILLED:
            text = f"{text}. Does it have enough memory?"
        where = reverse("admin:routing_itemtype_runs", args=[item_type.pk])
        yield Matter(text, where, True, item_type.pk)


def _page(model: ModelVersion) -> str:
    return reverse("admin:learning_modelversion_change", args=[model.pk])


def _set_up(user: User) -> Iterator[Matter]:
    if not ItemType.objects.exists() and user.has_perm("routing.add_itemtype"):
        yield Matter(
            "There is no item type yet: the guide makes one in a minute",
            reverse("admin:start"),
        )
    for proposal in policies.approvable(user):
        text = f"{proposal.item_type}: a policy waits for your approval"
        where = reverse("admin:routing_proposal_change", args=[proposal.pk])
        yield Matter(text, where, item_type=proposal.item_type_id)
    for item_type in policies.unpublished():
        yield Matter(
            f"{item_type}: the draft differs from the policy in force",
            reverse("admin:routing_itemtype_change", args=[item_type.pk]),
            item_type=item_type.pk,
        )


def _checks() -> Iterator[Matter]:
    """What checks of automated items have shown, by item type."""
    for policy in setbacks.setbacks():
        done = "stopped" if setbacks.stopped(policy) else "cut back"
        text = f"Automation of {policy.item_type} was {done}: fresh checks contradict its certificate"
        yield Matter(text, _target(policy.item_type), True, policy.item_type_id)
    types = list(ItemType.objects.order_by("slug"))
    found = lately.checks(types, LATELY) if types else {}
    for item_type, seen in ((one, found[one.pk]) for one in types if one.pk in found):
        if seen.missed and item_type.target_alpha is not None:
            text = _count(
                seen.missed,
                "check was not answered in time and counts as an error",
                "checks were not answered in time and count as errors",
            )
            yield Matter(f"{item_type}: {text}", _target(item_type), True, item_type.pk)
        if seen.overturned:
            text = _count(seen.overturned, "check", "checks")
            text = f"{item_type}: {text} of the last 7 days came to another answer than the router"
            yield Matter(text, f"{_target(item_type)}#overturned", item_type=item_type.pk)


def _target(item_type: ItemType) -> str:
    return reverse("admin:routing_itemtype_certificate", args=[item_type.pk])


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _list(model: str, query: str) -> str:
    return f"{reverse(f'admin:routing_{model}_changelist')}?{query}"
