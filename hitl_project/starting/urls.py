"""Where the guide's pages are: below the admin's address, and only for who may enter that."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.admin import AdminSite
from django.http import HttpResponse
from django.urls import URLPattern, path

from hitl_project.starting import files, people, views


def urls(site: AdminSite) -> list[URLPattern]:
    """Return the guide's addresses within the admin site."""

    def at(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
        return path(f"start/{route}", site.admin_view(view), name=name)

    return [
        at("", views.start, "start"),
        at("later/", views.later, "start_later"),
        at("new/", views.uses, "start_uses"),
        at("new/<slug:preset>/", views.describe, "start_describe"),
        at("<int:pk>/", views.start, "start_of"),
        at("<int:pk>/data/", files.data, "start_data"),
        at("<int:pk>/data/<uuid:run>/", files.columns, "start_columns"),
        at("<int:pk>/people/", people.people, "start_people"),
    ]
