"""Pages about one item type beside its form: each module that has one adds it here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from routing.models import ItemType

# What a page is about, in the order of the links.
ROUTING, LEARNING, PEOPLE, ANSWERS = "Routing", "Learning", "People", "Answers"
ABOUT = (ROUTING, LEARNING, PEOPLE, ANSWERS)

View = Callable[[HttpRequest, ModelAdmin, ItemType], HttpResponse]


@dataclass(frozen=True)
class Page:
    """One page; its URL is /admin/routing/itemtype/ID/`name`/, named `admin:routing_itemtype_NAME`."""

    name: str
    title: str
    about: str
    view: View
    right: str = "routing.view_itemtype"

    @property
    def url_name(self) -> str:
        """The name by which templates reverse it."""
        return f"admin:routing_itemtype_{self.name}"


PAGES: list[Page] = []


def page(
    name: str, title: str, about: str, *, right: str = "routing.view_itemtype"
) -> Callable[[View], View]:
    """Make the decorated view a page of each item type, linked from its form and from its other pages."""

    def add(view: View) -> View:
        PAGES.append(Page(name, title, about, view, right))
        return view

    return add


def offered(user: User) -> list[Page]:
    """Return the pages that this person may open, by what they are about."""
    return sorted((one for one in PAGES if user.has_perm(one.right)), key=lambda one: ABOUT.index(one.about))


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    """Return the URLs of all pages, each refused to who lacks its right."""

    def bound(one: Page) -> Callable[[HttpRequest, int], HttpResponse]:
        def view(request: HttpRequest, pk: int) -> HttpResponse:
            if not request.user.has_perm(one.right):
                raise PermissionDenied
            row = get_object_or_404(model_admin.get_queryset(request), pk=pk)
            response = one.view(request, model_admin, row)
            if isinstance(response, TemplateResponse):
                response.context_data |= {"page": one, "pages": offered(request.user)}
            return response

        return view

    return [
        path(
            f"<int:pk>/{one.name}/",
            model_admin.admin_site.admin_view(bound(one)),
            name=f"routing_itemtype_{one.name}",
        )
        for one in PAGES
    ]
