"""Who may read the book's pages: whoever may read the trail; others are refused, strangers sign in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from audit.authentication import HasScope
from routing import teams

READS_THE_BOOK = "audit.view_auditevent"

View = Callable[..., HttpResponse]


def reads_the_whole_book(view: View) -> View:
    """Return the view for those of them who may see all item types: an event may be about any."""

    @wraps(view)
    def only(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not teams.sees_all(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return reads_the_book(only)


class ReadsWholeBook(BasePermission):
    """The API's way to say the same."""

    message = "The trail is about all item types, and you may not see all."

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Return whether nothing is hidden from the caller."""
        return teams.sees_all(request)


WHOLE_BOOK = [HasScope, ReadsWholeBook]


def reads_the_book(view: View) -> View:
    """Return the view for those who may read the trail: 403 for others, the sign-in page for strangers."""
    return login_required(permission_required(READS_THE_BOOK, raise_exception=True)(view))
