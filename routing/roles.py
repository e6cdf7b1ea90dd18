"""The six roles, each a group, and what each may see and change in the admin."""

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

from audit import trail
from audit.trail import Actor

# Reviewers and experts work by being in a queue's group, clients by the scopes of their keys: neither needs
# a right in the admin. The names are Django's own permissions, `app.action_model`.
WORK = (
    "routing.view_itemtype",
    "routing.view_rule",
    "routing.view_policy",
    "routing.view_proposal",
    "routing.view_certification",
    "routing.view_queue",
    "routing.view_reviewer",
    "routing.view_item",
    "routing.view_prediction",
    "routing.view_assignment",
    "routing.view_delivery",
    "routing.view_correction",
    "labeling.view_label",
    "labeling.view_review",
    "labeling.view_reviewsession",
    "labeling.view_goldenexample",
    "labeling.view_productionfeedback",
    "labeling.view_flag",
    "learning.view_learningplan",
    "learning.view_trainingrun",
    "learning.view_samplingrun",
    "learning.view_modelversion",
    "learning.view_evaluation",
)
TRAIL = ("audit.view_auditevent", "audit.view_seal", "audit.view_checkpoint")
SERVER = (
    "audit.view_apikey",
    "auth.view_user",
    "auth.view_group",
    "axes.view_accessattempt",
    "axes.view_accesslog",
    "django_q.view_success",
    "django_q.view_failure",
)
STEER = (
    "routing.change_queue",
    "routing.change_assignment",
    "routing.add_reviewer",
    "routing.change_reviewer",
    "routing.delete_reviewer",
    "routing.change_correction",
    "labeling.change_goldenexample",
    "labeling.change_flag",
    "labeling.add_importrun",
)
SET_UP = (
    "routing.add_itemtype",
    "routing.change_itemtype",
    "routing.add_rule",
    "routing.change_rule",
    "routing.delete_rule",
    "routing.add_policy",
    "routing.add_queue",
    "routing.delete_queue",
    "routing.change_delivery",
    "learning.add_learningplan",
    "learning.change_learningplan",
    "learning.change_modelversion",
    "audit.add_apikey",
    "audit.change_apikey",
    "auth.add_user",
    "auth.change_user",
    "auth.add_group",
)
ROLES: dict[str, tuple[str, ...]] = {
    "reviewers": (),
    "experts": (),
    "clients": (),
    "leads": (*WORK, *STEER),
    "compliance": (*WORK, *TRAIL, *SERVER),
    "admins": (*WORK, *TRAIL, *SERVER, *STEER, *SET_UP),
}
SEES_FIGURES = "routing.view_item"


@transaction.atomic
def ensure_roles(*, by: Actor) -> None:
    """Make the six groups hold exactly their rights; safe to repeat, needs a migrated database.

    A migration can't do this: Django makes the permissions of new tables only after the last one has run.
    Raises LookupError where a right does not exist.
    """
    rights = _rights({name for names in ROLES.values() for name in names})
    entries = []
    for role, names in ROLES.items():
        group, made = Group.objects.get_or_create(name=role)
        before, after = _held(group), sorted(names)
        if before != after:
            group.permissions.set(rights[name] for name in names)
        if made:
            entries.append(trail.Entry("group.created", group, {"name": role, "rights": after}))
        elif before != after:
            data = {"before": {"rights": before}, "after": {"rights": after}}
            entries.append(trail.Entry("group.changed", group, {"name": role} | data))
    trail.record_all(entries, by=by)


def _held(group: Group) -> list[str]:
    pairs = group.permissions.values_list("content_type__app_label", "codename")
    return sorted(f"{app}.{codename}" for app, codename in pairs)


def _rights(names: Iterable[str]) -> dict[str, Permission]:
    wanted = Q()
    for name in names:
        app, codename = name.split(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    found = {
        f"{right.content_type.app_label}.{right.codename}": right
        for right in Permission.objects.filter(wanted).select_related("content_type")
    }
    missing = sorted(set(names) - set(found))
    if missing:
        raise LookupError(f"These rights do not exist, run manage.py migrate first: {', '.join(missing)}.")
    return found
