"""What the review page fetches before it is needed: the pictures of the item that is likely to come next."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from labeling.pages.forms import WhichForm
from labeling.pages.parts import addresses
from labeling.pages.views import SKIPPED
from routing import assignments


@never_cache
@login_required
@require_GET
def ahead(request: HttpRequest) -> HttpResponse:
    """The addresses of those pictures and nothing else, so that no answer is told; takes no seat."""
    which = WhichForm(request.GET).which()
    passed = request.session.get(SKIPPED, [])
    coming = assignments.front(**which, without=passed, limit=1, by=request.user)
    return JsonResponse({"images": [source for seat in coming for source in addresses(seat.item.payload)]})
