"""The form of a business rule: it says where an expression is wrong, and what recent items make of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import widgets
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST

from routing import personal, rules, teams
from routing.models import ItemType, Rule
from routing.rules import fields as rule_fields
from routing.rules import messages as rule_messages
from routing.rules import remarks, trial
from routing.rules.messages import RuleError

STATE_HELP = (
    "A way in three steps. Draft: kept here, not part of a policy. Shadow: once published, what it would "
    "have done is recorded with each item, and changes nothing: look at “What rules did” after some days. "
    "Live: once published, it sends items to people. Every step needs “Publish the draft”."
)
EFFECT_HELP = (
    "What a match leads to. A rule only makes routing stricter: it never approves. A person looks: at "
    "least a reviewer. An expert decides: high priority. Priority and queue: only for items that go to a "
    "person anyway."
)
UNTRIED = "The expression can be read. On the items of an item type it is tried as well."

PREDICTION = (
    ("label", "what the model answers"),
    ("confidence", "the model's own confidence, 0 to 1; thresholds weigh it already"),
    ("score", "the confidence by which the router judges, 0 to 1"),
    ("model", "its name and version"),
    ("probabilities", "object: a probability for each label, where the model sends them"),
)


class WhenWidget(forms.Textarea):
    """An expression, with the place in which a script says at once what is made of it."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        attrs = {
            **(attrs or {}),
            "data-check": reverse("admin:routing_rule_check"),
            "data-help": reverse("admin:routing_rule_help"),
        }
        box = super().render(name, value, attrs, renderer)
        said = f"{attrs.get('id', name)}-said"
        return format_html(
            "<div class='when-box'>{}<output role='status' id='{}' class='when-said'></output>"
            "<details class='when-help' hidden><summary>Fields and examples</summary><div></div></details>"
            "</div>",
            box,
            said,
        )


class RuleForm(forms.ModelForm):
    class Meta:
        model = Rule
        fields = ["item_type", "name", "category", "state", "when", "effect", "priority", "queue"]
        help_texts = {"state": STATE_HELP, "effect": EFFECT_HELP}
        widgets = {
            "name": widgets.AdminTextInputWidget,
            "when": WhenWidget(
                attrs={
                    "rows": 3,
                    "class": "vLargeTextField code",
                    "spellcheck": "false",
                    "autocapitalize": "off",
                    "autocomplete": "off",
                    "maxlength": rules.MAX_LENGTH,
                }
            ),
        }

    class Media:
        js = ["js/rule_form.js"]

    def clean_when(self) -> str:
        """Return the expression; a mistake is shown with its place and what to write instead."""
        when = self.cleaned_data["when"].strip()
        try:
            rules.check(when)
        except RuleError as error:
            pointed = rule_messages.pointed(when, error)
            raise forms.ValidationError(
                format_html("{}<pre class='pointed'>{}</pre>", str(error), pointed)
            ) from error
        return when


class RuleFormSet(forms.BaseInlineFormSet):
    """The rules on an item type's page; warns, after saving, of what doesn't fit recent items."""

    request: HttpRequest

    def save(self, commit: bool = True) -> list[Rule]:
        """Save the rules; those that were written anew are looked at again."""
        saved = super().save(commit)
        changed = [form.instance for form in self.forms if "when" in form.changed_data and form.instance.pk]
        warn(self.request, self.instance, changed)
        return saved


def warn(request: HttpRequest, item_type: ItemType, changed: list[Rule]) -> None:
    """Tell the person what in these rules doesn't fit the fields of recent items."""
    if not changed:
        return
    fields = rule_fields.seen(item_type)
    for rule in changed:
        for said in remarks.warnings(rule.when, fields):
            messages.warning(request, f"Rule “{rule.name}”: {said}")


@require_POST
def check_view(request: HttpRequest) -> JsonResponse:
    """Say what is made of an expression before it is saved: its mistake, or which recent items it matches."""
    _may_write(request)
    when = request.POST.get("when", "").strip()
    item_type = _item_type(request.POST.get("item_type", ""), request)
    try:
        rules.check(when)
    except RuleError as error:
        place = {"line": error.line, "column": error.column, "pointed": rule_messages.pointed(when, error)}
        return JsonResponse({"ok": False, "message": error.message, **place})
    if item_type is None:
        return JsonResponse({"ok": True, "message": UNTRIED, "of": 0})
    found = trial.trial(item_type, when)
    # Which items have a value that is tried would tell what somebody's name is, letter by letter.
    may_see = request.user.has_perm("routing.view_item") and not personal.hidden(item_type, request.user)
    return JsonResponse(
        {
            "ok": True,
            "message": _summary(found),
            "warnings": remarks.warnings(when, rule_fields.seen(item_type)),
            "matched": found.matched,
            "of": found.of,
            "errors": found.errors,
            "error": found.error,
            "remedy": found.error and rule_messages.remedy(found.error),
            "examples": list(found.examples) if may_see else [],
        }
    )


@require_GET
def help_view(request: HttpRequest) -> HttpResponse:
    """Return the part of the form that lists fields and examples, for one item type."""
    _may_write(request)
    item_type = _item_type(request.GET.get("item_type", ""), request)
    return render(
        request, "admin/routing/rule/fields.html", {**offered(request, item_type), "clickable": True}
    )


def offered(request: HttpRequest, item_type: ItemType | None) -> dict[str, Any]:
    """Return what the list of fields and examples shows; values only to those who may see items."""
    if item_type is None:
        return {"item_type": None}
    fields = rule_fields.seen(item_type)
    hidden = personal.hidden(item_type, request.user)
    may_see = request.user.has_perm("routing.view_item") and not hidden
    return {
        "item_type": item_type,
        "prediction": PREDICTION,
        "fields": fields,
        "may_see": may_see,
        "examples": rule_fields.examples(item_type, fields, values=may_see),
    }


def _summary(found: trial.Trial) -> str:
    if not found.of:
        return "The expression can be read. There is no item of this type yet to try it on."
    items = "item" if found.of == 1 else f"{found.of:,} items"
    return f"Matches {found.matched:,} of the last {items}."


def _may_write(request: HttpRequest) -> None:
    if not (request.user.has_perm("routing.change_rule") or request.user.has_perm("routing.add_rule")):
        raise PermissionDenied


def _item_type(pk: str, request: HttpRequest) -> ItemType | None:
    known = teams.visible(ItemType.objects.all(), request)
    return known.filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 19 else None
