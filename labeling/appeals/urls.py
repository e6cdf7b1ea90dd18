"""The page for whom an item is about, under /appeal/."""

from django.urls import path

from labeling.appeals import pages

urlpatterns = [path("<str:token>/", pages.appeal, name="appeal")]
