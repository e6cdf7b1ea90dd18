"""Where a new item type starts: a page of presets and workflows, and the form that they fill in."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from routing import workflows
from routing.admin.rules import RuleInline
from routing.admin.show import percent
from routing.models import ItemType, Priority
from routing.presets import PRESETS, Preset, PresetRule
from routing.workflows import TEMPLATES


class PresetMixin:
    """An item type's admin that offers presets; nothing is stored before the form is saved."""

    change_list_template = "admin/routing/itemtype/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        """Return the admin's addresses with that of the page of presets."""
        view = self.admin_site.admin_view(self.presets_view)
        return [path("presets/", view, name="routing_itemtype_presets"), *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Show the presets first; the form comes once one is chosen, or `?blank=1`, or from a pop-up."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method == "GET" and set(request.GET) <= {"_changelist_filters"}:
            return HttpResponseRedirect(reverse("admin:routing_itemtype_presets"))
        return super().add_view(request, form_url, extra_context)

    def presets_view(self, request: HttpRequest) -> HttpResponse:
        """Show the presets and the workflows, each a link to the form that it fills in."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        cards = [
            {
                "preset": one,
                "workflow": TEMPLATES[one.workflow],
                "target": percent(one.own.get("target_alpha"), 0),
            }
            for one in PRESETS.values()
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": "New item type",
            "opts": self.model._meta,
            "cards": cards,
            "templates": list(TEMPLATES.values()),
        }
        return TemplateResponse(request, "admin/routing/itemtype/presets.html", context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Return what the form of a new item type starts with: a preset's settings, or a workflow's."""
        given = super().get_changeform_initial_data(request)
        preset = chosen(request)
        if preset:
            return given | preset.settings
        template = TEMPLATES.get(request.GET.get("workflow", ""))
        return given | (workflows.settings(template.name) if template else {})

    def get_inline_instances(self, request: HttpRequest, obj: ItemType | None = None) -> list[Any]:
        """Return the inlines; that of the rules has as many empty forms as the preset has rules."""
        inlines = super().get_inline_instances(request, obj)
        preset = chosen(request)
        for inline in inlines:
            if isinstance(inline, RuleInline) and preset and obj is None:
                inline.extra = len(preset.rules)
        return inlines

    def get_formset_kwargs(
        self, request: HttpRequest, obj: ItemType, inline: admin.options.InlineModelAdmin, prefix: str
    ) -> dict[str, Any]:
        """Return what the inlines start with; what is sent isn't compared with it: all is saved."""
        given = super().get_formset_kwargs(request, obj, inline, prefix)
        preset = chosen(request)
        if preset and obj.pk is None and request.method == "GET" and isinstance(inline, RuleInline):
            given["initial"] = [_initial(rule) for rule in preset.rules]
        return given

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Say above the form which workflow its settings amount to, and which preset it came from."""
        row, form = kwargs.get("obj"), context["adminform"].form
        settings = {
            column: getattr(row, column) if row else form.get_initial_for_field(form.fields[column], column)
            for column in workflows.SETTINGS
        }
        context["workflow_sentence"] = workflows.sentence(settings)
        context["preset"] = None if row else chosen(request)
        return super().render_change_form(request, context, *args, **kwargs)


def chosen(request: HttpRequest) -> Preset | None:
    """Return the preset that the address names, or None."""
    return PRESETS.get(request.GET.get("preset", ""))


def _initial(rule: PresetRule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "category": rule.category,
        "state": rule.state,
        "when": rule.when,
        "effect": rule.effect,
        "priority": Priority[rule.priority.upper()].value if rule.priority else None,
    }
