"""The address of one item's story, under /api/v1/."""

from django.urls import path

from hitl_project.compliance.story import api

urlpatterns = [path("items/<uuid:item_id>/story/", api.ItemStory.as_view(), name="item-story")]
