"""Configuration as code: applied all or nothing, again without effect, and written out as it was read."""

from io import StringIO

import pytest
import yaml
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.db import transaction

from audit.models import AuditEvent
from routing import config, config_parts, policies
from routing.config import FIELDS, THRESHOLDS
from routing.config_file import ConfigError
from routing.config_reference import tables
from routing.errors import NeedsASecond
from routing.models import ItemType, Policy, Proposal, Queue, Reviewer, Rule
from tests import factories

pytestmark = pytest.mark.django_db

# The example of the contract.
EXAMPLE = """
queues:
  - {name: reviews, group: reviewers, lease_minutes: 10, sla_minutes: 120}
  - {name: experts, group: experts, lease_minutes: 10, sla_minutes: 120}
users:
  - {username: rita, groups: [reviewers]}        # groups: reviewers experts leads admins compliance clients
item_types:
  - slug: sentiment
    kind: classification
    labels: [negative, positive]
    queue: reviews
    expert_queue: experts
    thresholds: {auto_approve: 0.95, review: 0.8, expert: 0.5}
    audit_rate: 0.05
    rules:
      - {name: large amount, category: risk, when: "context.amount > 10000", effect: expert, state: live}
      - {name: audit asked, category: compliance, when: "context.requires_audit == true", effect: review,
         state: live}
"""


EXAMPLES = settings.BASE_DIR / "docs" / "examples"
ONE_TYPE = '{"item_types": [{"slug": "s", "kind": "classification", "queue": "q", "expert_queue": "q", %s}]}'


@pytest.fixture
def write(tmp_path):
    def write(text, name="config.yaml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def run(command, *args, **options):
    out = StringIO()
    call_command(command, *args, stdout=out, **options)
    return out.getvalue()


def apply(**changes):
    return config.apply(yaml.safe_load(EXAMPLE) | changes, by="system:test")


def sentiment(**changes):
    return [yaml.safe_load(EXAMPLE)["item_types"][0] | changes]


def test_the_contracts_example_makes_everything(write):
    said = run("apply_config", write(EXAMPLE))
    assert "published sentiment policy 1" in said
    made = ItemType.objects.get()
    assert (made.auto_approve, made.queue.slug, made.rules.filter(state="live").count()) == (
        0.95,
        "reviews",
        2,
    )
    rita = User.objects.get(username="rita")
    assert (rita.has_usable_password(), rita.is_staff, [group.name for group in rita.groups.all()]) == (
        False,
        False,
        ["reviewers"],
    )
    names = set(Group.objects.values_list("name", flat=True))
    assert names == {"reviewers", "experts", "leads", "admins", "compliance", "clients"}


def test_the_same_file_again_changes_nothing(write):
    path = write(EXAMPLE)
    run("apply_config", path)
    events = AuditEvent.objects.count()
    assert run("apply_config", path) == "nothing to change\n"
    assert (AuditEvent.objects.count(), Policy.objects.count()) == (events, 1)


def test_every_change_is_an_event_with_before_and_after():
    apply()
    apply(queues=[{"name": "reviews", "group": "reviewers", "lease_minutes": 20}])
    event = AuditEvent.objects.get(verb="queue.changed")
    assert (event.actor, event.data["before"], event.data["after"]) == (
        "system:test",
        {"lease_minutes": 10},
        {"lease_minutes": 20},
    )


def test_a_policy_is_published_only_where_thresholds_or_live_rules_changed():
    apply()
    assert apply(item_types=sentiment(guidelines="Look twice.")).published == []
    assert apply(item_types=sentiment(thresholds={"auto_approve": 0.9})).published == ["sentiment policy 2"]
    assert apply(item_types=sentiment(rules=[])).published == ["sentiment policy 3"]
    assert not Rule.objects.exists()


def test_what_is_left_out_stays_as_it_is():
    apply(item_types=sentiment(blind_share=0.5, guidelines="Look twice."))
    apply()
    made = ItemType.objects.get()
    assert (made.blind_share, made.guidelines) == (0.5, "Look twice.")


PRICE = {
    "slug": "price",
    "kind": "regression",
    "minimum": 0,
    "maximum": 10.5,
    "unit": "€",
    "queue": "reviews",
    "expert_queue": "experts",
    "committee_limit": 0.3,
    "guidelines": "Line one\nline two: ü",
    "rules": [{"name": "r", "when": "true", "effect": "queue", "queue": "experts", "priority": "urgent"}],
}


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_what_is_exported_applies_to_an_empty_database_and_exports_the_same(write, form):
    thresholds = {"auto_approve": 0.97, "classes": {"negative": 0.99}}
    with transaction.atomic():
        apply(item_types=[*sentiment(thresholds=thresholds), PRICE])
        exported = run("export_config", json=form == "json")
        transaction.set_rollback(True)
    assert not Queue.objects.exists()
    run("apply_config", write(exported, f"again.{form}"))
    assert run("export_config", json=form == "json") == exported
    assert ItemType.objects.count() == 2


@pytest.mark.parametrize(
    ("old", "new", "line", "hint"),
    [
        ("kind: classification", "kind: clasification", 9, "Use one of: classification"),
        ("queue: reviews\n", "queue: nope\n", 11, "There is no queue 'nope'"),
        ("auto_approve: 0.95", "auto_approve: 1.5", 13, "less than or equal to 1"),
        ("auto_approve: 0.95", "auto_approve: 0.1", 13, "Thresholds must rise"),
        ("audit_rate: 0.05", "audit_rat: 0.05", 14, "There is no such field"),
        ("labels: [negative, positive]", "labels: [no, yes]", 10, "write it in quotes"),
        ("labels: [negative, positive]", "labels: [negative]", 10, "labels"),
        ("context.amount > 10000", "context.amount >", 16, "when"),
        ("groups: [reviewers]", "groups: [reviwers]", 6, "There is no group 'reviwers'"),
        ("name: audit asked", "name: large amount", 17, "stands here twice"),
        ("    audit_rate: 0.05", "    kind: regression", 14, "stands here twice"),
        ("lease_minutes: 10, sla_minutes: 120}\nusers", "lease_minutes: 0, sla_minutes: 120}\nusers", 4, "1"),
        (
            "sla_minutes: 120}\n  - {name: experts",
            "sla_minuts: 120}\n  - {name: experts",
            3,
            "check its spelling",
        ),
        ("queues:", "queues: [", 0, "YAML"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_nothing_is_applied(write, old, new, line, hint):
    assert old in EXAMPLE
    with pytest.raises(CommandError, match="Nothing was applied") as caught:
        run("apply_config", write(EXAMPLE.replace(old, new, 1)))
    assert hint in str(caught.value)
    assert f"line {line}" in str(caught.value) or line == 0
    assert not Queue.objects.exists()
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["config.yaml", "config.json"])
@pytest.mark.parametrize("bad", ["\\u0000", "\\ud800"])
@pytest.mark.parametrize(
    ("place", "data"),
    [
        ("queues.0.group", '{"queues": [{"name": "q", "group": "aBADb"}]}'),
        ("users.0.groups.0", '{"users": [{"username": "rita", "groups": ["aBADb"]}]}'),
        ("item_types.0.guidelines", ONE_TYPE % '"guidelines": "aBADb"'),
        ("item_types.0.labels.0", ONE_TYPE % '"labels": ["aBADb", "x"]'),
        ("item_types.0.rules.0.name", ONE_TYPE % '"rules": [{"name": "aBADb", "when": "true"}]'),
    ],
)
def test_text_that_the_database_cannot_keep_is_told_by_its_place(write, name, bad, place, data):
    with pytest.raises(CommandError, match="Remove the null character or the half of a surrogate") as caught:
        run("apply_config", write(data.replace("BAD", bad), name))
    assert f"{place}:" in str(caught.value)
    assert not Queue.objects.exists()


def test_the_kind_of_an_item_type_cannot_change():
    apply()
    with pytest.raises(ConfigError, match="kind of an item type can't change"):
        apply(item_types=sentiment(kind="preference", labels=[], thresholds={}))


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(CommandError, match="can't be read"):
        run("apply_config", tmp_path / "none.yaml")


def test_people_with_rights_in_the_admin_are_let_in_there():
    apply(users=[{"username": "ada", "groups": ["admins"]}, {"username": "kim", "groups": ["clients"]}])
    assert [(user.username, user.is_staff) for user in User.objects.order_by("username")] == [
        ("ada", True),
        ("kim", False),
    ]


def test_another_app_handles_its_own_block(monkeypatch):
    kept = {}

    def store(item_type, data, by):
        if data == "odd":
            raise ConfigError(("size",), "Too odd.")
        changed = kept.get(item_type.slug) != data
        kept[item_type.slug] = data
        return changed

    monkeypatch.setattr(config_parts, "sections", {})
    config_parts.register_section("extra", store, lambda item_type: kept.get(item_type.slug))
    assert "extra of sentiment changed" in apply(item_types=sentiment(extra={"a": 1})).changes
    assert apply(item_types=sentiment(extra={"a": 1})).changes == []
    assert config.export()["item_types"][0]["extra"] == {"a": 1}
    with pytest.raises(ConfigError, match=r"item_types\.0\.extra\.size: Too odd"):
        apply(item_types=sentiment(extra="odd"))
    with pytest.raises(ConfigError, match=r"item_types\.0\.surplus: There is no such field"):
        apply(item_types=sentiment(surplus=1))


NEW = {
    "skill": "german",
    "audit_rate": 0.1,
    "novelty_limit": 0.99,
    "confirm_classes": True,
    "target_alpha": 0.05,
    "target_of": "automated",
    "target_delta": 0.1,
    "certify_by": "class",
    "simultaneous": True,
    "publish_certificates": "automatic",
    "early_audit_rate": 0.4,
    "early_items": 2000,
    "seeded_share": 0.02,
    "route_by_cost": True,
    "cost_error": 80.0,
    "cost_review_hour": 20.0,
    "cost_expert_hour": 60.0,
    "cost_delay_hour": 0.0,
    "four_eyes": True,
}


def test_targets_costs_skills_and_limits_are_applied_and_written_out():
    queues = [
        {"name": "reviews", "group": "reviewers", "timeout_hours": 48},
        {"name": "experts", "group": "experts"},
    ]
    users = [{"username": "rita", "groups": ["reviewers"], "skills": ["german", "law"], "daily_cap": 200}]
    apply(queues=queues, users=users, item_types=sentiment(**NEW))
    written = config.export()
    assert {name: written["item_types"][0][name] for name in NEW} == NEW
    assert [queue["timeout_hours"] for queue in written["queues"]] == [24, 48]
    assert (written["users"][0]["skills"], written["users"][0]["daily_cap"]) == (["german", "law"], 200)
    assert config.apply(written, by="system:test") == config.Report()


def test_who_has_no_limits_gets_no_row_and_limits_can_be_emptied():
    apply()
    assert not Reviewer.objects.exists()
    apply(users=[{"username": "rita", "groups": ["reviewers"], "skills": ["law"], "daily_cap": 5}])
    apply(users=[{"username": "rita", "groups": ["reviewers"], "skills": [], "daily_cap": None}])
    assert list(Reviewer.objects.values_list("skills", "daily_cap")) == [([], None)]
    assert [name for name in ("skills", "daily_cap") if name in config.export()["users"][0]] == []


def test_a_type_of_four_eyes_gets_a_proposal_and_the_same_file_again_makes_no_other(write):
    apply(item_types=sentiment(four_eyes=True))
    text = EXAMPLE.replace("audit_rate: 0.05", "audit_rate: 0.2").replace(
        "kind:", "four_eyes: true\n    kind:"
    )
    assert "proposed sentiment policy 2: another admin must approve it" in run("apply_config", write(text))
    assert run("apply_config", write(text)) == "nothing to change\n"
    assert (Policy.objects.count(), Proposal.objects.get().proposed_by) == (1, "system:apply_config")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"target_alpha": 1.0}, r"target_alpha: Write a share above 0 and below 1"),
        ({"target_alpha": 0.05, "audit_rate": 0.0}, r"audit_rate: An error target is proven by checks"),
        ({"target_alpha": 0.05, "early_audit_rate": 0.0}, r"early_audit_rate: An error target is proven"),
        ({"target_delta": 0.0}, r"target_delta: Write a risk above 0"),
        ({"cost_error": -1.0}, r"cost_error: .*greater than or equal to 0"),
        ({**NEW, "target_alpha": None}, r"target_alpha: Routing by cost needs an error target"),
        ({**NEW, "cost_delay_hour": None}, r"cost_delay_hour: Routing by cost needs this"),
    ],
)
def test_settings_that_can_not_work_are_told_by_their_field(changes, message):
    with pytest.raises(ConfigError, match=r"item_types\.0\." + message):
        apply(item_types=sentiment(**changes))
    assert not ItemType.objects.exists()


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.name)
def test_each_example_applies_and_applies_again_without_effect(path):
    said = run("apply_config", path)
    assert ("published" in said) == ("item_types:" in path.read_text())
    assert run("apply_config", path) == "nothing to change\n" != said


def test_the_reference_in_the_docs_is_that_of_the_code():
    written = (settings.BASE_DIR / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert tables() in written


CLASSES = {"negative": 0.95}


def other(field):
    """Return a value for this column that is not the usual one, or None where it must stay."""
    usual = field.get_default()
    if isinstance(usual, bool):
        return not usual
    if field.choices:
        return next(value for value, _ in field.choices if value != usual)
    return {"FloatField": 0.4, "PositiveIntegerField": 77, "PositiveSmallIntegerField": 3}.get(
        field.get_internal_type()
    )


@pytest.mark.parametrize("several", [True, False])
def test_every_setting_of_an_item_type_is_written_out_and_read_again(write, several):
    fixed = {"minimum": None, "maximum": None, "multilabel": several, "ordered": not several}
    fixed |= {"auto_approve": 0.9, "expert": 0.1}
    with transaction.atomic():
        apply(item_types=sentiment())
        names = {*FIELDS, *THRESHOLDS} - {"slug", "kind", "queue", "expert_queue", *fixed}
        fields = [ItemType._meta.get_field(name) for name in names]
        changed = {field.name: value for field in fields if (value := other(field)) is not None} | fixed
        changed |= {
            "skill": "law",
            "name": "Mood",
            "sure_at": 0.9,
            "most_opinions": 4,
            "guidelines": "Read.",
            "class_thresholds": {"negative": 0.95},
        }
        ItemType.objects.update(**changed)
        exported = run("export_config")
        transaction.set_rollback(True)
    run("apply_config", write(exported, "all.yaml"))
    assert run("export_config") == exported
    assert list(ItemType.objects.values(*changed)) == [changed]


def test_with_a_name_a_file_is_that_persons_who_can_not_approve_it(write):
    ada = factories.person("ada")
    watched = EXAMPLE.replace("audit_rate: 0.05", "audit_rate: 0.05\n    four_eyes: true")
    run("apply_config", write(watched), by="ada")
    run("apply_config", write(watched.replace("auto_approve: 0.95", "auto_approve: 0.9")), by="ada")
    with pytest.raises(NeedsASecond):
        policies.approve(Proposal.objects.get(), why="mine", by=ada)
    with pytest.raises(CommandError, match="no active user 'bob'"):
        run("apply_config", write(watched), by="bob")
