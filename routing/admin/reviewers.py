"""People's limits: what each may decide, how much in a day, and who is given nothing for now."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Count, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from audit.admin import AuditedAdmin
from routing import standing, teams
from routing.admin.confirming import Question, confirm
from routing.admin.show import ago, badge
from routing.models import Assignment, ItemType, Reviewer

STOP = "routing.change_reviewer"
ELSEWHERE = "they failed questions whose answers are known"  # at an item type that the reader may not see


@admin.register(Reviewer)
class ReviewerAdmin(AuditedAdmin):
    """The limits of one person; who is not listed has none."""

    asks_why = True
    note = "Limits of single people: skills, a daily cap, a pause. Who is not listed has none of them."
    change_form_template = "admin/routing/reviewer/change_form.html"
    list_display = ["user", "act", "given", "answered", "daily_cap", "held", "may_decide"]
    list_select_related = ["user"]
    search_fields = ["user__username", "skills"]
    fields = ["user", "skills", "asked_for", "daily_cap", "state"]
    ordering = ["user__username"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reviewer]:
        now = timezone.now()
        theirs = Assignment.objects.filter(user=OuterRef("user")).order_by().values("user")
        answered = theirs.filter(closed_at__gt=now - standing.CAP_WINDOW).annotate(n=Count("pk")).values("n")
        held = theirs.filter(closed_at__isnull=True, leased_until__gt=now)
        failed_elsewhere = When(paused_for__in=teams.hidden(request), then=Value(ELSEWHERE))
        return (
            super()
            .get_queryset(request)
            .annotate(
                answers=Coalesce(Subquery(answered), 0),
                holds=Coalesce(Subquery(held.annotate(n=Count("pk")).values("n")), 0),
                because=Case(failed_elsewhere, default=F("paused_because")),
            )
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Reviewer | None = None) -> list[str]:
        return ["user", "asked_for", "state"] if obj else ["asked_for", "state"]

    @admin.display(description="skills")
    def may_decide(self, row: Reviewer) -> str:
        return ", ".join(row.skills) or "only what asks for none"

    @admin.display(description="skills that are asked for")
    def asked_for(self, row: Reviewer) -> str:
        asked = ItemType.objects.exclude(skill="").order_by("skill").values_list("skill", flat=True)
        return ", ".join(asked.distinct()) or "no item type asks for one"

    @admin.display(description="state")
    def state(self, row: Reviewer) -> SafeString | str:
        if row.paused_at is None:
            return badge("at work", "good")
        return format_html("{} {}: {}", badge("paused", "warn"), ago(row.paused_at), row.because)

    @admin.display(description="state", ordering="paused_at")
    def given(self, row: Reviewer) -> SafeString | str:
        """The state, short enough for a list: the whole reason is on the person's page."""
        if row.paused_at is None:
            return self.state(row)
        why = Truncator(row.because).chars(30)
        return format_html("<span title='{}'>{} {}</span>", row.because, badge("paused", "warn"), why)

    @admin.display(description="answers in 24 hours", ordering="answers")
    def answered(self, row: Reviewer) -> SafeString | str:
        full = row.daily_cap is not None and row.answers + row.holds >= row.daily_cap
        return badge(str(row.answers), "warn") if full else str(row.answers)

    @admin.display(description="held now", ordering="holds")
    def held(self, row: Reviewer) -> int:
        return row.holds

    @admin.display(description="")
    def act(self, row: Reviewer) -> SafeString:
        name = "resume" if row.paused_at else "pause"
        url = reverse(f"admin:routing_reviewer_{name}", args=[row.pk])
        return format_html("<a href='{}'>{}</a>", url, name.capitalize())

    def get_urls(self) -> list[URLPattern]:
        acts = [("pause", self.pause_view), ("resume", self.resume_view)]
        return [
            *(
                path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"routing_reviewer_{name}")
                for name, view in acts
            ),
            *super().get_urls(),
        ]

    def pause_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask why, and give this person nothing from now on."""
        row = self._row(request, pk)
        question = Question(
            title=f"Pause {row.user}",
            intro="They are given nothing from now on, and read the reason. What they hold they may answer.",
            changes=[f"{row.holds} held now, {row.answers} answered in 24 hours"],
            button=f"Pause {row.user}",
            nothing=f"{row.user} is paused already." if row.paused_at else "",
        )
        return confirm(request, self, row, question, self._act(request, row, standing.pause, "is paused"))

    def resume_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask why, and give this person work again."""
        row = self._row(request, pk)
        question = Question(
            title=f"Let {row.user} go on",
            intro="They are given work again, from their next claim on.",
            changes=[f"paused because: {row.because}"],
            button=f"Let {row.user} go on",
            nothing="" if row.paused_at else f"{row.user} is not paused.",
        )
        return confirm(request, self, row, question, self._act(request, row, standing.resume, "may go on"))

    def _row(self, request: HttpRequest, pk: int) -> Reviewer:
        if not request.user.has_perm(STOP):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request).select_related("user"), pk=pk)

    def _act(
        self, request: HttpRequest, row: Reviewer, verb: Callable[..., bool], done: str
    ) -> Callable[[str], str]:
        def act(reason: str) -> str:
            changed = verb(row, why=reason, by=request.user)
            return (
                f"{row.user} {done}." if changed else f"{row.user}: nothing to change, it was done already."
            )

        return act
