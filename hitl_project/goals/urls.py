"""The addresses of the targets, under /targets/."""

from django.urls import path

from hitl_project.goals import views

urlpatterns = [
    path("", views.page, name="targets"),
    path("<slug:metric>/", views.change, name="target-change"),
]
