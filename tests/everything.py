"""A world with a row of every table that has pages, all of one item type with a team, and all roles."""

from typing import Any

from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from audit import keys, trail
from audit.models import Bundle, SavedFilter
from labeling.appeals import opening
from labeling.models import Flag, GoldenExample, Label, ProductionFeedback, Review, ReviewSession
from learning.models import DriftReport, Evaluation, LearningPlan, ModelVersion, SamplingRun, TrainingRun
from routing import appealing, names
from routing.models import (
    Certification,
    Correction,
    Delivery,
    Endpoint,
    Erasure,
    ItemType,
    LegalHold,
    Policy,
    Proposal,
    Queue,
    Reviewer,
    SubjectRights,
)
from routing.roles import ensure_roles
from tests import factories
from tests.labeling.opinions import answer

TEAM, HIDDEN, OPEN = "insiders", "hushhush", "everybodys"
NOTHING = {"tests": [], "weeks": [], "learnt": False}  # what a look for drift found
ROLE_OF = {
    "reviewer": "reviewers",
    "expert": "experts",
    "client": "clients",
    "lead": "leads",
    "compliance": "compliance",
    "admin": "admins",
}


def build() -> dict[str, Any]:
    """Store the world and return its rows by name, and `callers` by the names of the matrix's columns."""
    ensure_roles(by="system:test")
    Group.objects.create(name=TEAM)
    people = {
        name: factories.person(name, *([role] if name == "compliance" else [role, TEAM]))
        for name, role in ROLE_OF.items()
    }
    people |= {
        f"other_{name}": factories.person(f"other-{name}", ROLE_OF[name]) for name in ("lead", "admin")
    }
    factories.item_type(OPEN)
    rows = _type(people)
    rows |= _work(rows, people)
    rows |= _learning(rows["itemtype"]) | _record(rows, people)
    return rows | {"callers": _browsers(people) | _keys(people)}


def _type(people: dict[str, User]) -> dict[str, Any]:
    made = factories.item_type(
        HIDDEN, name=HIDDEN, rules=[{"name": f"{HIDDEN} rule", "when": "confidence < 0.3"}]
    )
    made.teams.add(Group.objects.get(name=TEAM))
    SubjectRights.objects.create(item_type=made, appeal_days=30)
    policy = Policy.objects.get(item_type=made)
    snapshot = policy.snapshot | {"number": 2}
    proposal = Proposal.objects.create(
        item_type=made, source=Proposal.Source.values[0], snapshot=snapshot, reason="r", proposed_by="user:x"
    )
    certification = Certification.objects.create(
        item_type=made, model=f"{HIDDEN}@1", target={}, stated={"alpha": 0.05, "of": "decisions"}, caught={},
        states={}, detectors={}, fed_at=timezone.now(),
    )  # fmt: skip
    return {
        "itemtype": made,
        "rule": made.rules.get(),
        "policy": policy,
        "proposal": proposal,
        "certification": certification,
        "queue": Queue.objects.get(slug="reviews"),
        "reviewer": Reviewer.objects.create(user=people["reviewer"]),
        "user": people["client"],
        "group": Group.objects.get(name=TEAM),
    }


def _work(rows: dict[str, Any], people: dict[str, User]) -> dict[str, Any]:
    made: ItemType = rows["itemtype"]
    factories.submit(0.85, to=HIDDEN, ref=f"{HIDDEN}-1", callback_url="https://example.org/hook")
    item = answer(people["reviewer"], "negative")
    review, label = Review.objects.get(item=item), Label.objects.filter(item=item).first()
    appeal = opening.dispute(item.pk, "no", by="subject").appeal
    return {
        "item": item,
        "assignment": review.assignment,
        "seat": names.of_seat(review.assignment_id),
        "review": review,
        "label": label,
        "reviewsession": ReviewSession.objects.first(),
        "delivery": Delivery.objects.filter(item=item).first()
        or Delivery.objects.create(item=item, url="https://example.org", event="item.decided", body={}),
        "endpoint": Endpoint.objects.create(origin="https://example.org"),
        "correction": Correction.objects.create(
            item_type=made, digest="0" * 64, said="positive", label="negative", item=item, by="user:x"
        ),
        "flag": Flag.objects.create(
            label=label, item=item, item_type=made, check_name="too_fast", score=1, detail=HIDDEN
        ),
        "goldenexample": GoldenExample.objects.create(item_type=made, query=HIDDEN, edited_output="negative"),
        "productionfeedback": ProductionFeedback.objects.create(item=item, correct=True, answer="negative"),
        "appeal": appeal,
        "token": appealing.link(item).rstrip("/").rpartition("/")[2],
    }


def _learning(made: ItemType) -> dict[str, Any]:
    LearningPlan.objects.create(item_type=made)
    ended = {"status": "done", "finished_at": timezone.now(), "trigger": "test"}
    run = TrainingRun.objects.create(item_type=made, **ended)
    version = ModelVersion.objects.create(
        item_type=made, number=1, run=run, status="retired", learner="linear", encoder="text", labels_used=1,
        artifact="x", sha256="y",
    )  # fmt: skip
    DriftReport.objects.create(item_type=made, model="x@1", window=200, drifted=False, found=NOTHING)
    return {
        "trainingrun": run,
        "samplingrun": SamplingRun.objects.create(item_type=made, strategy="random", suggestions=[], **ended),
        "modelversion": version,
        "evaluation": Evaluation.objects.create(model_version=version, metric="accuracy", value=0.5, n=4),
    }


def _record(rows: dict[str, Any], people: dict[str, User]) -> dict[str, Any]:
    made, now = rows["itemtype"], timezone.now()
    key, _ = keys.create_key(people["client"], name="x", scopes=["items:read"], by="system:test")
    event = trail.story(rows["item"]).first()
    bundle = Bundle.objects.create(
        subject=f"routing.item:{rows['item'].pk}", until=now, why="x", asked_by="user:x", state="failed",
        error="x", ended_at=now,
    )  # fmt: skip
    return {
        "apikey": key,
        "auditevent": event,
        "bundle": bundle,
        "hold": LegalHold.objects.create(item_type=made, why=HIDDEN, placed_by="user:x"),
        "erasure": Erasure.objects.create(
            item_type=made, before=now, why=HIDDEN, asked_by="user:x", ended_at=now
        ),
        "filter": SavedFilter.objects.create(owner=people["compliance"], name="x", query={}),
    }


def _browsers(people: dict[str, User]) -> dict[str, Any]:
    made: dict[str, Any] = {"stranger": lambda: Client()}
    for name, user in people.items():
        signed = Client()
        signed.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        made[name] = _again(signed)
    return made


def _again(signed: Client) -> Any:
    """Return what makes a new browser with the same session: one that was signed out is not used again."""
    session = signed.cookies["sessionid"].value

    def browser() -> Client:
        client = Client(raise_request_exception=False)
        client.cookies["sessionid"] = session
        return client

    return browser


def _keys(people: dict[str, User]) -> dict[str, Any]:
    scopes = {
        "client key": (people["client"], ["items:read", "items:write"], []),
        "metrics key": (people["admin"], ["metrics:read"], []),
        "other key": (people["client"], ["items:read", "items:write"], [OPEN]),
    }
    made = {}
    for name, (user, wanted, types) in scopes.items():
        _, text = keys.create_key(user, name=name, scopes=wanted, item_types=types, by="system:test")
        made[name] = lambda text=text: APIClient(
            raise_request_exception=False, HTTP_AUTHORIZATION=f"Bearer {text}"
        )
    return made
