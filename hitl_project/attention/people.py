"""People and what was promised of them: doubts, disputes, who is paused, targets that are missed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from hitl_project.attention.matter import Matter, count
from hitl_project.goals import alerting
from labeling.appeals import experts
from labeling.models import Flag
from labeling.people import agreement_reports
from labeling.people.asked import AGREEMENT
from routing import teams
from routing.models import Reviewer

ASKED_BY = timedelta(days=1)  # after which a doubtful label has nobody to look at it again


def matters(caller: Any) -> Iterator[Matter]:
    """What people are needed for, as far as the caller may see it."""
    if caller.user.has_perm("labeling.change_flag"):
        yield from _doubtful(caller)
    if caller.user.has_perm("labeling.view_appeal"):
        yield from _disputed(caller)
    yield from _paused()
    yield from _promised(caller)


def _doubtful(caller: Any) -> Iterator[Matter]:
    """Labels that the checks doubt and that nobody has been asked about for a day."""
    unasked = Flag.objects.filter(
        settled_at__isnull=True, seat__isnull=True, created_at__lte=timezone.now() - ASKED_BY
    )
    if left := teams.seen(unasked, caller).count():
        text = count(left, "doubtful label has", "doubtful labels have")
        yield Matter(
            f"{text} nobody to look again: look yourself or dismiss the doubt",
            f"{reverse('admin:labeling_flag_changelist')}?outcome=lead",
        )


def _disputed(caller: Any) -> Iterator[Matter]:
    """Disputes for which no expert is left: each waits until a person joins the experts."""
    hidden = teams.hidden(caller)
    if left := sum(one.item.item_type_id not in hidden for one in experts.stranded()):
        text = count(left, "dispute has", "disputes have")
        yield Matter(
            f"{text} no expert left who had no part in the decision: add one to the expert queue's group",
            f"{reverse('admin:labeling_appeal_changelist')}?state__exact=open",
            bad=True,
        )


def _paused() -> Iterator[Matter]:
    """Who was paused for failing known questions: a lead should speak with them."""
    for limits in Reviewer.objects.filter(paused_for__isnull=False).select_related("user", "paused_for"):
        text = f"{limits.user} is paused: {limits.paused_because}"
        where = reverse("admin:routing_reviewer_change", args=[limits.pk])
        yield Matter(text, where, True, limits.paused_for_id)


def _promised(caller: Any) -> Iterator[Matter]:
    """Targets that are missed, and item types whose people are proven to agree less than they should.

    Of agreement the item type is named, where people are to be helped, and not the target of it as well. A
    target of all types is for who sees them all.
    """
    disagreeing = agreement_reports.missed()
    named = {one.item_type.pk for one in disagreeing}
    for target in alerting.missed():
        if target.item_type_id is None and teams.hidden(caller):
            continue
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
