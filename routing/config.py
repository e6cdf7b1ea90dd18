"""Configuration as code: everything an admin sets by hand, applied from a file and written out again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import models, transaction

from audit import sessions, trail
from audit.trail import Actor
from routing import config_parts, policies, rules, teams_config
from routing.config_file import ConfigError, ItemTypePart, Place, QueuePart, RulePart, UserPart, parse
from routing.kinds import KINDS, KindErrors
from routing.models import ItemType, Policy, Priority, Queue, Reviewer, Rule
from routing.policies import stops
from routing.roles import ROLES, ensure_roles

THRESHOLDS = {
    "auto_approve": "auto_approve",
    "review": "review",
    "expert": "expert",
    "class_thresholds": "classes",
}
LIMITS = ("skills", "daily_cap")
FIELDS = [name for name in ItemTypePart.model_fields if name not in ("thresholds", "rules")]


@dataclass
class Report:
    """What applying a file did: things made or changed, policies published and proposed, in words.

    `held` names the item types whose draft was left unpublished, as the server has stopped their automation.
    """

    changes: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    proposed: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)


@transaction.atomic
def apply(data: Any, *, reason: str = "applied from a file", by: Actor) -> Report:
    """Make the database say what the file says, all of it or nothing, and return what changed.

    Applying the same file again changes nothing. Raises ConfigError.
    """
    config = parse(data, frozenset(config_parts.sections), frozenset(config_parts.chapters))
    ensure_roles(by=by)
    report = Report()
    for i, queue in enumerate(config.queues):
        _apply_queue(queue, ("queues", i), report, by=by)
    for i, user in enumerate(config.users):
        _apply_user(user, ("users", i), report, by=by)
    for i, part in enumerate(config.item_types):
        item_type = _apply_item_type(part, ("item_types", i), report, by=by)
        if policies.changed(item_type) and not policies.proposed(item_type):
            _put_forward(item_type, report, reason=reason, by=by)
    for name, content in (config.model_extra or {}).items():
        try:
            changed = config_parts.chapters[name].apply(content, by)
        except ConfigError as error:
            raise ConfigError((name, *error.place), error.message) from error
        if changed:
            report.changes.append(f"{name} changed")
    return report


def _put_forward(item_type: ItemType, report: Report, *, reason: str, by: Actor) -> None:
    if stops.stopped([item_type]):
        report.held.append(item_type.slug)
        return
    made = policies.put_forward(item_type, reason=reason, by=by)
    if isinstance(made, Policy):
        report.published.append(f"{item_type.slug} policy {made.number}")
    else:
        report.proposed.append(f"{item_type.slug} policy {made.snapshot['number']}")


def _apply_queue(part: QueuePart, place: Place, report: Report, *, by: Actor) -> None:
    group, made = Group.objects.get_or_create(name=part.group)
    if made:
        trail.record("group.created", group, by=by, name=group.name)
        report.changes.append(f"group {group.name} made")
    said = part.model_dump(include=part.model_fields_set - {"name", "group"})
    queue = Queue.objects.filter(slug=part.name).first() or Queue(slug=part.name)
    _store(queue, {**said, "group": group}, place, report, by=by)


def _apply_user(part: UserPart, place: Place, report: Report, *, by: Actor) -> None:
    groups = teams_config.groups(part.groups, (*place, "groups"))
    user = User.objects.filter(username=part.username).first() or User(username=part.username)
    columns = {"staff": "is_staff", "active": "is_active"}
    said = {columns[name]: getattr(part, name) for name in columns if name in part.model_fields_set}
    if user.pk is None:
        user.set_unusable_password()
        # Whose role has rights in the admin is let in there, unless the file says otherwise.
        said.setdefault("is_staff", any(ROLES.get(name) for name in part.groups))
    _store(user, said, place, report, by=by)
    before = sorted(user.groups.values_list("name", flat=True))
    if "groups" in part.model_fields_set and before != sorted(groups):
        user.groups.set(groups.values())
        trail.record("user.regrouped", user, by=by, before=before, after=sorted(groups))
        report.changes.append(f"user {user.username} now in {', '.join(sorted(groups)) or 'no group'}")
        if set(before) - set(groups):
            sessions.end(user, why="roles taken away", by=by)
    if not user.is_active:
        sessions.end(user, why="switched off", by=by)
    _apply_limits(user, part, place, report, by=by)


def _apply_limits(user: User, part: UserPart, place: Place, report: Report, *, by: Actor) -> None:
    """Who has no limits needs no row."""
    said = part.model_dump(include=part.model_fields_set & set(LIMITS))
    row = Reviewer.objects.filter(user=user).first()
    if row or any(said.values()):
        _store(row or Reviewer(user=user), said, place, report, by=by)


def _apply_item_type(part: ItemTypePart, place: Place, report: Report, *, by: Actor) -> ItemType:
    item_type = ItemType.objects.filter(slug=part.slug).first() or ItemType(slug=part.slug)
    if part.kind not in KINDS:
        raise ConfigError(
            (*place, "kind"), f"There is no kind {part.kind!r}. Use one of: {', '.join(KINDS)}."
        )
    if item_type.pk and item_type.kind != part.kind:
        message = f"The kind of an item type can't change: it is {item_type.kind}. Use another slug."
        raise ConfigError((*place, "kind"), message)
    said = {name: getattr(part, name) for name in FIELDS if name in part.model_fields_set}
    for name in ("queue", "expert_queue"):
        said[name] = _queue(getattr(part, name), (*place, name))
    for column, name in THRESHOLDS.items():
        if name in part.thresholds.model_fields_set:
            said[column] = getattr(part.thresholds, name)
    limits = [said.get(name, getattr(item_type, name)) for name in ("expert", "review", "auto_approve")]
    if limits != sorted(limits):
        message = (
            f"Thresholds must rise: expert {limits[0]}, review {limits[1]}, auto_approve {limits[2]} do not."
        )
        raise ConfigError((*place, "thresholds"), message)
    _store(item_type, said, place, report, by=by)
    try:
        KINDS[part.kind].clean_spec(item_type.spec)
    except KindErrors as found:
        raise ConfigError((*place, found.errors[0].attr), found.errors[0].detail) from found
    if "rules" in part.model_fields_set:
        _apply_rules(item_type, part.rules, (*place, "rules"), report, by=by)
    for name, content in (part.model_extra or {}).items():
        try:
            changed = config_parts.sections[name].apply(item_type, content, by)
        except ConfigError as error:
            raise ConfigError((*place, name, *error.place), error.message) from error
        if changed:
            report.changes.append(f"{name} of {item_type.slug} changed")
    return item_type


def _apply_rules(
    item_type: ItemType, parts: list[RulePart], place: Place, report: Report, *, by: Actor
) -> None:
    stored = {rule.name: rule for rule in item_type.rules.all()}
    for i, part in enumerate(parts):
        try:
            rules.check(part.when)
        except rules.RuleError as error:
            raise ConfigError((*place, i, "when"), str(error)) from error
        said = part.model_dump(exclude={"name", "priority", "queue"})
        said["priority"] = Priority[part.priority.upper()] if part.priority else None
        said["queue"] = _queue(part.queue, (*place, i, "queue")) if part.queue else None
        rule = stored.pop(part.name, None) or Rule(item_type=item_type, name=part.name)
        _store(rule, said, (*place, i), report, by=by)
    for rule in stored.values():
        trail.record("rule.removed", rule, by=by, item_type=item_type.slug, before=_shown(rule, RULE_COLUMNS))
        report.changes.append(f"rule {rule.name} removed")
        rule.delete()


RULE_COLUMNS = ["name", "category", "when", "effect", "priority", "queue", "state"]


def _queue(slug: str, place: Place) -> Queue:
    queue = Queue.objects.filter(slug=slug).first()
    if queue is None:
        known = ", ".join(Queue.objects.values_list("slug", flat=True)) or "none yet"
        raise ConfigError(place, f"There is no queue {slug!r}; name it under queues. There are: {known}.")
    return queue


def _store(row: models.Model, said: dict[str, Any], place: Place, report: Report, *, by: Actor) -> None:
    """Write what differs into a row and into the trail; nothing where nothing differs."""
    new = row.pk is None
    before = _shown(row, said) if not new else {}
    for name, value in said.items():
        setattr(row, name, value)
    after = _shown(row, said)
    changed = [name for name in said if new or before[name] != after[name]]
    if not new and not changed:
        return
    try:
        row.full_clean()
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        inside = (
            ("thresholds", THRESHOLDS[name]) if name in THRESHOLDS and isinstance(row, ItemType) else (name,)
        )
        raise ConfigError((*place, *(() if name == "__all__" else inside)), " ".join(messages)) from error
    row.save()
    kind = row._meta.verbose_name
    verb = f"{row._meta.model_name}.{'created' if new else 'changed'}"
    old = {name: before[name] for name in changed} if not new else None
    trail.record(verb, row, by=by, before=old, after={name: after[name] for name in changed})
    report.changes.append(f"{kind} {row} {'made' if new else 'changed: ' + ', '.join(changed)}")


def _shown(row: models.Model, names: Any) -> dict[str, Any]:
    """Return these columns as plain data; a related row by its name, a choice by its value."""
    shown = {}
    for name in names:
        value = getattr(row, name) if getattr(row, f"{name}_id", 0) is not None else None
        shown[name] = str(value) if isinstance(value, models.Model) else value
    return shown


def export() -> dict[str, Any]:
    """Return the whole configuration as plain data in the order and words of a configuration file."""
    return {
        "queues": [_queue_part(queue) for queue in Queue.objects.select_related("group").order_by("slug")],
        "users": [
            _user_part(user)
            for user in User.objects.select_related("reviewer")
            .prefetch_related("groups")
            .order_by("username")
        ],
        "item_types": [
            _item_type_part(item_type)
            for item_type in ItemType.objects.select_related("queue", "expert_queue")
            .prefetch_related("rules__queue")
            .order_by("slug")
        ],
        **{
            name: content
            for name, chapter in sorted(config_parts.chapters.items())
            if (content := chapter.export()) is not None
        },
    }


def _queue_part(queue: Queue) -> dict[str, Any]:
    return {
        "name": queue.slug,
        "group": queue.group.name,
        "lease_minutes": queue.lease_minutes,
        "sla_minutes": queue.sla_minutes,
        "timeout_hours": queue.timeout_hours,
    }


def _user_part(user: User) -> dict[str, Any]:
    """Limits are written where they are set; a pause is of the day and stays out."""
    limits = {name: getattr(getattr(user, "reviewer", None), name, None) for name in LIMITS}
    return {
        "username": user.username,
        "groups": sorted(group.name for group in user.groups.all()),
        "staff": user.is_staff,
        "active": user.is_active,
        **{name: value for name, value in limits.items() if value},
    }


def _item_type_part(item_type: ItemType) -> dict[str, Any]:
    part = {name: getattr(item_type, name) for name in FIELDS}
    part["queue"], part["expert_queue"] = item_type.queue.slug, item_type.expert_queue.slug
    part["thresholds"] = {name: getattr(item_type, column) for column, name in THRESHOLDS.items()}
    part["rules"] = [_rule_part(rule) for rule in sorted(item_type.rules.all(), key=lambda rule: rule.name)]
    for name, section in sorted(config_parts.sections.items()):
        content = section.export(item_type)
        if content is not None:
            part[name] = content
    return part


def _rule_part(rule: Rule) -> dict[str, Any]:
    part = {
        "name": rule.name,
        "category": rule.category,
        "when": rule.when,
        "effect": rule.effect,
        "state": rule.state,
    }
    if rule.priority is not None:
        part["priority"] = Priority(rule.priority).label
    if rule.queue:
        part["queue"] = rule.queue.slug
    return part
