"""The six roles, each a group, and what each may see and change in the admin."""

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db import transaction

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
    "routing.view_target",
    "routing.view_subjectrights",
    "labeling.view_label",
    "labeling.view_review",
    "labeling.view_reviewsession",
    "labeling.view_goldenexample",
    "labeling.view_productionfeedback",
    "labeling.view_flag",
    "labeling.view_appeal",
    "learning.view_learningplan",
    "learning.view_trainingrun",
    "learning.view_samplingrun",
    "learning.view_modelversion",
    "learning.view_evaluation",
)
PERSONAL = ("routing.view_personal", "routing.erase_item")
TRAIL = ("audit.view_auditevent", "audit.view_seal", "audit.view_checkpoint")
SERVER = (
    "routing.view_endpoint",
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
    "routing.add_endpoint",
    "routing.change_endpoint",
    "routing.change_target",
    "routing.add_subjectrights",
    "routing.change_subjectrights",
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
    "compliance": (*WORK, *TRAIL, *PERSONAL, *SERVER),
    "admins": (*WORK, *TRAIL, *PERSONAL, *SERVER, *STEER, *SET_UP),
}
SEES_FIGURES = "routing.view_item"


@transaction.atomic
def ensure_roles(*, by: Actor) -> None:
    """Make the six groups hold exactly their rights; safe to repeat, needs a migrated database.

    A migration can't do this: Django makes the permissions of new tables only after the last one has run.
    Raises LookupError where a right does not exist.
    """
    rights = _rights({name for names in ROLES.values() for name in names})
    known = set(Group.objects.filter(name__in=ROLES).values_list("name", flat=True))
    new = [Group(name=role) for role in ROLES if role not in known]
    Group.objects.bulk_create(new, ignore_conflicts=True)
    groups = {group.name: group for group in Group.objects.filter(name__in=ROLES)}
    held, entries = _held(groups.values()), []
    for role, names in ROLES.items():
        group, before, after = groups[role], sorted(held[role]), sorted(names)
        if before != after:
            group.permissions.set(rights[name] for name in names)
        if role not in known:
            entries.append(trail.Entry("group.created", group, {"name": role, "rights": after}))
        elif before != after:
            data = {"before": {"rights": before}, "after": {"rights": after}}
            entries.append(trail.Entry("group.changed", group, {"name": role} | data))
    trail.record_all(entries, by=by)


def _held(groups: Iterable[Group]) -> dict[str, list[str]]:
    """Return the rights of each of these groups by its name."""
    held: dict[str, list[str]] = {group.name: [] for group in groups}
    rights = Permission.objects.filter(group__in=groups)
    for role, app, codename in rights.values_list("group__name", "content_type__app_label", "codename"):
        held[role].append(f"{app}.{codename}")
    return held


def _rights(names: set[str]) -> dict[str, Permission]:
    apps, codenames = zip(*(name.split(".") for name in names), strict=True)
    likely = Permission.objects.filter(content_type__app_label__in=apps, codename__in=codenames)
    found = {
        f"{right.content_type.app_label}.{right.codename}": right
        for right in likely.select_related("content_type")
    }
    missing = sorted(names - set(found))
    if missing:
        raise LookupError(f"These rights do not exist, run manage.py migrate first: {', '.join(missing)}.")
    return found
