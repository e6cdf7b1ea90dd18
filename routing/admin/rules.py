"""Business rules: an expression is checked while it is saved, and the form says where it is wrong."""

from django import forms
from django.contrib import admin

from audit.admin import AuditedAdmin
from routing import rules
from routing.models import Rule
from routing.rule_messages import RuleError


class RuleForm(forms.ModelForm):
    class Meta:
        model = Rule
        fields = ["item_type", "name", "category", "state", "when", "effect", "priority", "queue"]
        widgets = {
            "when": forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField code", "spellcheck": "false"})
        }

    def clean_when(self) -> str:
        """Return the expression; a mistake is shown with its place and what to write instead."""
        when = self.cleaned_data["when"].strip()
        try:
            rules.check(when)
        except RuleError as error:
            raise forms.ValidationError(str(error)) from error
        return when


FIELDS = [("name", "category", "state"), "when", ("effect", "priority", "queue")]


class RuleInline(admin.StackedInline):
    model = Rule
    form = RuleForm
    extra = 0
    fields = FIELDS
    verbose_name_plural = "Rules in the draft"


@admin.register(Rule)
class RuleAdmin(AuditedAdmin):
    form = RuleForm
    fields = ["item_type", *FIELDS]
    list_display = ["name", "item_type", "category", "when", "effect", "state"]
    list_filter = ["item_type", "category", "effect", "state"]
    list_select_related = ["item_type"]
    search_fields = ["name", "when"]
    autocomplete_fields = ["item_type"]
