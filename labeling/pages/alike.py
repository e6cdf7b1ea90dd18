"""What the review page fetches once its item is painted: cases like it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from labeling.pages.cases import cases
from routing import assignments


@never_cache
@login_required
@require_GET
def alike(request: HttpRequest, seat_id: int) -> HttpResponse:
    """The cases beside the item in hand, as a part of its page; nothing (204) for who doesn't hold it."""
    seat = assignments.current(request.user)
    if seat is None or seat.pk != seat_id:
        return HttpResponse(status=204)
    return render(request, "labeling/parts/cases.html", {"cases": cases(seat), "now": timezone.now()})
