"""Configuration files: what may stand in one, and where in the file a mistake is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError

from routing.values import storable


def _kept(text: str) -> str:
    if not storable(text):
        raise PydanticCustomError("storable", "Remove the null character or the half of a surrogate pair")
    return text


Text = Annotated[str, AfterValidator(_kept)]
Slug = Annotated[Text, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=50)]
Name = Annotated[Text, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
Username = Annotated[Text, StringConstraints(pattern=r"^[\w.@+-]+$", max_length=150)]
GroupName = Annotated[Text, StringConstraints(min_length=1, max_length=150)]
Skill = Annotated[Text, StringConstraints(min_length=1, max_length=50, strip_whitespace=True)]
Share = Annotated[float, Field(ge=0, le=1)]
Cost = Annotated[float, Field(ge=0)]
Place = tuple[str | int, ...]


class ConfigError(ValueError):
    """Something in a configuration file is wrong: where (`item_types.0.kind`), and what to do."""

    def __init__(self, place: Place, message: str) -> None:
        self.place = place
        self.message = message
        super().__init__(f"{'.'.join(map(str, place)) or 'file'}: {message}")


class Part(BaseModel):
    """What every part of a file has: no unknown fields, no guessing of types."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class QueuePart(Part):
    """One queue; the group is made where it does not exist."""

    name: Slug
    group: GroupName
    lease_minutes: Annotated[int, Field(ge=1, le=240)] = 10
    sla_minutes: Annotated[int, Field(ge=1, le=525_600)] = 120
    timeout_hours: Annotated[int, Field(ge=1, le=8_760)] = 24


class UserPart(Part):
    """One person, all of their groups, and their limits; somebody new gets no password, an admin sets one."""

    username: Username
    groups: list[GroupName] = []
    staff: bool = False
    active: bool = True
    skills: list[Skill] = []
    daily_cap: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class ThresholdPart(Part):
    """The draft thresholds; `classes` are auto-approve thresholds of single labels."""

    auto_approve: Share = 0.95
    review: Share = 0.8
    expert: Share = 0.5
    classes: dict[Text, Share] = {}


class RulePart(Part):
    """One rule of an item type."""

    name: Name
    category: Literal["business", "risk", "compliance"] = "business"
    when: Annotated[Text, StringConstraints(max_length=2000)]
    effect: Literal["review", "expert", "priority", "queue"] = "review"
    priority: Literal["low", "normal", "high", "urgent"] | None = None
    queue: Slug | None = None
    state: Literal["draft", "shadow", "live"] = "draft"


class ItemTypePart(Part):
    """One item type. What is left out keeps its value; `rules`, where given, are all of its rules."""

    model_config = ConfigDict(extra="allow")  # sections of other apps, checked by name before

    slug: Slug
    name: Annotated[Text, StringConstraints(max_length=100)] = ""
    kind: Text
    labels: list[Name] = []
    multilabel: bool = False
    ordered: bool = False
    minimum: float | None = None
    maximum: float | None = None
    unit: Annotated[Text, StringConstraints(max_length=20)] = ""
    guidelines: Text = ""
    queue: Slug
    expert_queue: Slug
    skill: Annotated[Text, StringConstraints(max_length=50)] = ""
    opinions_wanted: Annotated[int, Field(ge=1, le=9)] = 1
    ask_until_sure: bool = False
    sure_at: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    most_opinions: Annotated[int, Field(ge=1, le=9)] = 5
    overlap_share: Share = 0.05
    validated_share: Share = 0.02
    gold_share: Share = 0.05
    pause_below: Share | None = 0.7
    second_looks: bool = True
    reuse_corrections: bool = True
    cover: Literal["nothing", "blur", "grey", "both"] = "nothing"
    golden_days: Annotated[int, Field(ge=1, le=100_000)] | None = None
    blind_share: Share = 0.1
    agreement_tolerance: Share = 0.0
    reject_means: Literal["withhold", "expert"] = "expert"
    comment_required: bool = False
    automate: bool = True
    expert_mandatory: bool = False
    thresholds: ThresholdPart = ThresholdPart()
    audit_rate: Share = 0.05
    four_eyes: bool = False
    committee_limit: Annotated[float, Field(ge=0)] | None = None
    novelty_limit: Share | None = None
    confirm_classes: bool = False
    target_alpha: Share | None = None
    target_of: Literal["decisions", "automated"] = "decisions"
    target_delta: Share = 0.05
    certify_by: Literal["all", "class"] = "all"
    simultaneous: bool = False
    publish_certificates: Literal["hand", "automatic"] = "hand"
    early_audit_rate: Share = 0.3
    early_items: Annotated[int, Field(ge=0, le=1_000_000_000)] = 5000
    seeded_share: Share = 0.03
    route_by_cost: bool = False
    cost_error: Cost | None = None
    cost_review_hour: Cost | None = None
    cost_expert_hour: Cost | None = None
    cost_delay_hour: Cost | None = None
    held_out_share: Annotated[float, Field(ge=0.05, le=0.5)] = 0.2
    rules: list[RulePart] = []


class ConfigPart(Part):
    """A whole file; each part may be left out."""

    model_config = ConfigDict(extra="allow")  # parts of other apps, checked by name before

    queues: list[QueuePart] = []
    users: list[UserPart] = []
    item_types: list[ItemTypePart] = []


def parse(
    data: Any, sections: frozenset[str] = frozenset(), parts: frozenset[str] = frozenset()
) -> ConfigPart:
    """Return the file's content checked by itself; raises ConfigError for the first mistake.

    `sections` are the names that other apps may use within an item type, `parts` those beside item types.
    """
    try:
        config = ConfigPart.model_validate(data if data is not None else {})
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(tuple(first["loc"]), _in_words(first)) from error
    _refuse_unknown(config, parts, ())
    for i, item_type in enumerate(config.item_types):
        _refuse_unknown(item_type, sections, ("item_types", i))
    for part, field in (("queues", "name"), ("users", "username"), ("item_types", "slug")):
        _refuse_doubles([getattr(one, field) for one in getattr(config, part)], (part,), field)
    for i, item_type in enumerate(config.item_types):
        _refuse_doubles([rule.name for rule in item_type.rules], ("item_types", i, "rules"), "name")
    return config


def _refuse_unknown(part: Part, more: frozenset[str], place: Place) -> None:
    for name in part.model_extra or {}:
        if name not in more:
            known = ", ".join([*type(part).model_fields, *sorted(more)])
            raise ConfigError((*place, name), f"There is no such field. Use: {known}.")


def _refuse_doubles(names: list[str], place: Place, field: str) -> None:
    for i, name in enumerate(names):
        if name in names[:i]:
            raise ConfigError((*place, i, field), f"{name!r} stands here twice; keep one of the two.")


def _in_words(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        return "There is no such field; check its spelling and how far it is indented."
    if error["type"] == "missing":
        return "This field is missing; add it."
    hint = ", write it in quotes" if error["type"] == "string_type" else ""
    return f"{error['msg']}; it is {error['input']!r}{hint}."


def read(path: Path) -> tuple[Any, dict[Place, int]]:
    """Return a file's content and the line of each place in it (none for .json); raises ConfigError.

    Raises OSError where the file can't be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            return json.loads(text), {}
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        lines = dict(_lines(node, ())) if node else {}
        return yaml.safe_load(text), lines
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(
            (), f"This is not {'JSON' if path.suffix == '.json' else 'YAML'}: {error}"
        ) from error


def _lines(node: yaml.Node, place: Place) -> Iterator[tuple[Place, int]]:
    yield place, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                line = key.start_mark.line + 1
                raise ValueError(f"line {line}: {key.value!r} stands here twice; keep one of the two.")
            seen.add(key.value)
            yield from _lines(value, (*place, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for i, value in enumerate(node.value):
            yield from _lines(value, (*place, i))
