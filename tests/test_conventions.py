"""Conventions that every table of ours keeps, found by looking rather than by remembering."""

from django.apps import apps
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint
from django.db.models.expressions import Combinable

OURS = ("audit", "routing", "labeling", "learning", "hitl_project")


def models():
    """Return every model of our apps."""
    return [model for model in apps.get_models() if model._meta.app_label in OURS]


def pairs(model):
    """Return the endings NAME for which a model has columns NAME_at and NAME_by, one of them nullable."""
    fields = {field.name: field for field in model._meta.get_fields() if field.concrete}
    both = [name[:-3] for name in fields if name.endswith("_at") and f"{name[:-3]}_by" in fields]
    return [name for name in both if fields[f"{name}_at"].null or fields[f"{name}_by"].null]


def named(condition):
    """Return the columns that a condition speaks of."""
    if isinstance(condition, Q):
        return set().union(*map(named, condition.children))
    if isinstance(condition, tuple):
        return {condition[0].partition("__")[0]}
    if isinstance(condition, F):
        return {condition.name}
    expressions = condition.get_source_expressions() if isinstance(condition, Combinable) else []
    return set().union(*map(named, expressions))


def unchecked(model):
    """Return the pairs of a model that no CHECK sets together."""
    checks = [one.condition for one in model._meta.constraints if isinstance(one, CheckConstraint)]
    return [name for name in pairs(model) if {f"{name}_at", f"{name}_by"} not in map(named, checks)]


def test_a_time_and_its_author_are_set_together_or_not_at_all():
    found = {model._meta.label: pairs(model) for model in models() if pairs(model)}
    assert found == {
        "audit.ApiKey": ["revoked"],
        "routing.Item": ["decided"],
        "routing.LegalHold": ["lifted"],
        "routing.Proposal": ["closed"],
        "labeling.Appeal": ["closed"],
        "learning.ModelVersion": ["promoted"],
    }
    assert [(model._meta.label, name) for model in models() for name in unchecked(model)] == []


def led(model):
    """Return the columns with which a declared index of all rows of a model begins."""
    made = [*model._meta.indexes, *model._meta.constraints]
    whole = [one for one in made if isinstance(one, Index | UniqueConstraint) and not one.condition]
    return {one.fields[0].removeprefix("-") for one in whole if one.fields}


def test_no_column_has_an_index_with_which_another_begins():
    fields = [(model, field) for model in models() for field in model._meta.local_concrete_fields]
    twice = [
        f"{model._meta.label}.{field.name}"
        for model, field in fields
        if field.db_index and not field.unique and field.name in led(model)
    ]
    assert twice == []
