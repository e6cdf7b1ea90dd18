"""Items: facts, found by reference, each with its whole story on one page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from audit import trail
from audit.admin import FactAdmin
from routing import personal, policies
from routing.admin import marking
from routing.admin.asking import ask_opinions
from routing.admin.lists import BoundedListMixin, search_references
from routing.admin.show import ago, badge, laid_out, percent, short
from routing.admin.teams import OfTeams
from routing.models import Assignment, Item, Policy, Status
from routing.policies.replay import replay
from routing.workflows import data as workflow_data

CHOICES = 200  # policies to judge by, the newest
HEAVY = ("payload", "context", "reasons", "shadow")


@admin.register(Item)
class ItemAdmin(OfTeams, BoundedListMixin, FactAdmin):
    change_form_template = "admin/routing/item/change_form.html"
    fields = ["item_ref"]  # the template shows the rest
    list_display = ["item_ref", "item_type", "state", "route", "answer", "sure", "arrived"]
    list_filter = ["item_type", "status", "action"]
    looked_up = ("model",)
    list_select_related = ["item_type"]
    search_fields = ["item_ref"]
    search_help_text = "The whole reference, as the client sent it."
    actions = [ask_opinions, marking.use, marking.refuse, marking.leave]

    def has_mark_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(marking.MARKS)

    def get_queryset(self, request: HttpRequest) -> Any:
        queryset = super().get_queryset(request)
        if request.resolver_match.url_name == "routing_item_changelist":
            return queryset.defer(*HEAVY)
        return queryset.select_related("item_type", "policy")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, term: str
    ) -> tuple[QuerySet, bool]:
        return search_references(queryset, term), False

    def has_steer_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("routing.change_assignment")

    @admin.display(description="status", ordering="status")
    def state(self, row: Item) -> SafeString:
        return badge(row.status)

    @admin.display(description="route")
    def route(self, row: Item) -> str:
        return row.get_action_display().lower() if row.action else "–"

    @admin.display(description="final label")
    def answer(self, row: Item) -> str:
        return short(row.label, 40) if row.decided_at else "–"

    @admin.display(description="confidence", ordering="confidence")
    def sure(self, row: Item) -> str:
        return percent(row.confidence)

    @admin.display(description="arrived", ordering="id")
    def arrived(self, row: Item) -> SafeString | str:
        return ago(row.created_at)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        may_read_trail = request.user.has_perm("audit.view_auditevent")
        asked = request.GET.get("policy", "")
        story = {**_story(row, may_read_trail=may_read_trail), **_again(row, asked)} if row else {}
        if row:
            shown, beside = personal.masked(row.payload, row.context, row.item_type, request.user)
            story |= {"shown": shown, "payload": laid_out(shown), "item_context": laid_out(beside)}
        may = {
            "may_ask": self.has_steer_permission(request),
            "may_mark": bool(row) and row.status == Status.APPROVED and self.has_mark_permission(request),
            "chosen_name": ACTION_CHECKBOX_NAME,
        }
        return super().change_view(request, object_id, form_url, {**story, **may, **(extra_context or {})})


def _story(row: Item, *, may_read_trail: bool) -> dict[str, Any]:
    """Return what happened to the item: predictions, seats with what people said there, messages, events."""
    seats = row.assignments.select_related("queue", "user", "review").order_by("pk")
    events = (
        [{"row": event, "data": laid_out(trail.opened(event, row.secret))} for event in trail.story(row)]
        if may_read_trail
        else None
    )
    return {
        "final": short(row.label),
        "predictions": [{"row": one, "said": short(one.label)} for one in row.predictions.all()],
        "seats": [_seat(seat) for seat in seats],
        "deliveries": list(row.deliveries.order_by("pk")),
        "events": events,
        "workflow": workflow_data.shown(row),
    }


def _again(row: Item, asked: str) -> dict[str, Any]:
    """Return the item judged again: by its own policy, by today's, and by the one asked for."""
    own = replay(row)
    if own.impossible:
        return {"replays": [own]}
    numbers = Policy.objects.filter(item_type=row.item_type_id).order_by("-number")
    others = list(numbers.exclude(pk=row.policy_id)[:CHOICES])
    today, replays = policies.latest(row.item_type), [own]
    chosen = next((one for one in others if asked == str(one.number)), None)
    for one in dict.fromkeys([today, chosen]):
        if one and one.pk != row.policy_id:
            replays.append(replay(row, policy=one))
    return {"replays": replays, "others": others, "today": today, "chosen": chosen}


def _seat(seat: Assignment) -> dict[str, Any]:
    # Labeling hangs the review onto the seat; one that nobody has answered has none.
    review = getattr(seat, "review", None)
    said = short(review.label) if review and review.label is not None else ""
    return {"row": seat, "review": review, "said": said}
