"""Business rules in the admin: in lists, on the item type's page, and what they did."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import ForeignKey
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from audit.admin import AuditedAdmin
from routing.admin.pages import ROUTING, page
from routing.admin.rule_form import RuleForm, RuleFormSet, check_view, help_view, offered, warn
from routing.admin.show import badge, percent
from routing.admin.teams import OfTeams
from routing.admin.teams import offered as choices
from routing.models import ItemType, Rule
from routing.rules import ledger as rule_ledger
from routing.rules import messages
from routing.rules.ledger import RuleLine

FIELDS = [("name", "category", "state"), "when", ("effect", "priority", "queue")]


class ChosenType(AutocompleteSelect):
    """Looks up what was chosen only where it can be a row's number: Django would end in an error."""

    def optgroups(self, name: str, value: list[str], attr: Any = None) -> Any:
        numbers = [one for one in value if one.isdecimal() and len(one) < 19]
        return super().optgroups(name, numbers, attr)


class DidMixin:
    """A column that says what the rule did to recent items."""

    @admin.display(description="matched / failed")
    def did(self, row: Rule) -> SafeString | str:
        """Return how many of the recent items the rule matched, and on how many it failed."""
        line = _line(row)
        if line is None:
            return "–"
        url = reverse("admin:routing_itemtype_rules", args=[row.item_type_id])
        text = format_html("<a href='{}'>{} of {}</a>", url, f"{line.matched:,}", f"{line.judged:,}")
        return format_html("{} {}", text, badge(f"{line.failed:,} failed", "bad")) if line.failed else text


def _line(row: Rule) -> RuleLine | None:
    """One ledger for all rules of a type that is shown: it is kept with the type."""
    if not row.pk:
        return None
    kept = vars(row.item_type)
    if "rule_lines" not in kept:
        kept["rule_lines"] = {line.rule.name: line for line in rule_ledger.ledger(row.item_type)}
    return kept["rule_lines"].get(row.name)


class RuleInline(DidMixin, admin.StackedInline):
    model = Rule
    form = RuleForm
    formset = RuleFormSet
    extra = 0
    fields = [*FIELDS, "did"]
    readonly_fields = ["did"]
    verbose_name_plural = "Rules in the draft"

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **options: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, **choices(db_field, request) | options)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.request = request
        return formset


@admin.register(Rule)
class RuleAdmin(OfTeams, DidMixin, AuditedAdmin):
    asks_why = True
    form = RuleForm
    fields = ["item_type", *FIELDS, "did"]
    readonly_fields = ["did"]
    list_display = ["name", "item_type", "category", "when", "effect", "state_shown", "did"]
    list_filter = ["item_type", "category", "effect", "state"]
    list_select_related = ["item_type"]
    search_fields = ["name", "when"]
    autocomplete_fields = ["item_type"]

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **options: Any) -> Any:
        if db_field.name in self.autocomplete_fields:
            options["widget"] = ChosenType(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **options)

    @admin.display(description="state", ordering="state")
    def state_shown(self, row: Rule) -> SafeString:
        return badge(row.state)

    def get_fields(self, request: HttpRequest, obj: Rule | None = None) -> list[Any]:
        return self.fields if obj else self.fields[:-1]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found = super().get_changelist_instance(request)
        types: dict[int, ItemType] = {}
        for row in found.result_list:
            row.item_type = types.setdefault(row.item_type_id, row.item_type)
        return found

    def get_urls(self) -> list[URLPattern]:
        views = {"check": check_view, "help": help_view}
        own = [
            path(f"{name}/", self.admin_site.admin_view(view), name=f"routing_rule_{name}")
            for name, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: Rule, form: RuleForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        warn(request, obj.item_type, [obj] if "when" in form.changed_data else [])


@page("rules", "What rules did", ROUTING)
def rules_view(request: HttpRequest, model_admin: admin.ModelAdmin, item_type: ItemType) -> HttpResponse:
    """Show what each rule of the policy in force did to the last items."""
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "What rules did",
        "opts": model_admin.model._meta,
        "original": item_type,
        "home": reverse("admin:routing_itemtype_change", args=[item_type.pk]),
        "rows": [
            {"line": line, "precision": percent(line.precision, 0), "state": badge(line.rule.state)}
            | {"remedy": line.last_error and messages.remedy(line.last_error)}
            for line in rule_ledger.ledger(item_type)
        ],
        "last": rule_ledger.LAST,
        **offered(request, item_type),
    }
    return TemplateResponse(request, "admin/routing/rule/did.html", context)
