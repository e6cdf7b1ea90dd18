"""What is done about drift, as the learning plan says: ask, train, stop automation, and tell people."""

from __future__ import annotations

from django_q.tasks import async_task

from labeling.people import telling
from learning import dataset, plans
from learning.drift import asking
from learning.models import DriftReport
from learning.registry import AUTHOR
from routing.policies import stops


def act(report: DriftReport, *, begins: bool) -> list[str]:
    """Do what the item type's plan says about a report of drift, and return it in words; its row is locked.

    People are asked, and a model is trained, at each report while the drift lasts; automation is stopped and
    leads are told where it `begins`. Without a plan, or with one that is switched off, leads are told alone.
    """
    done, plan = [], plans.of(report.item_type)
    by_clock = plan.pk is not None and plan.active
    if begins and by_clock and plan.drift_tightens and _stop(report):
        done.append("nothing is approved automatically until somebody lifts it")
    if by_clock and plan.drift_samples and (most := asking.allowed(plan)):
        done.append(f"people are asked about up to {most} of the items that arrive now")
        async_task("learning.tasks.ask_about_drift", report.pk)
    if by_clock and plan.drift_retrains and dataset.learnable(report.item_type):
        done.append("a new model is trained as soon as any label is new")
    if begins:
        async_task("learning.tasks.tell_of_drift", report.pk)
    return done


def _stop(report: DriftReport) -> bool:
    """Stop automation of the report's item type, and return whether anything was automated."""
    why = f"what arrives has drifted, so that people look at everything: {report.reasons[0]}"
    evidence = {"drift": report.pk, "reasons": report.reasons}
    return stops.stop(report.item_type, reason=why, evidence=evidence, by=AUTHOR) is not None


def tell(report: DriftReport) -> int:
    """Send an e-mail about the drift to the leads who may see the item type; return how many."""
    reasons = "\n".join(f"- {one}" for one in report.reasons)
    done = "\n".join(f"- {one}" for one in report.acted) or "- nothing: the learning plan asks for nothing"
    text = (
        f"What arrives at {report.item_type} is not what {report.model} has seen so far.\n\n{reasons}\n\n"
        f"What is done about it:\n{done}\n\n"
        "The page Drift of the item type in the admin shows it in pictures.\n"
    )
    subject = f"HITL: what arrives at {report.item_type} has drifted"
    return telling.leads(subject, text, about=report.item_type)
