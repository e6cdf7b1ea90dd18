"""The API's addresses of items, under /api/v1/."""

from django.urls import path

from routing import api

urlpatterns = [
    path("items/", api.Items.as_view(), name="items"),
    path("items/<uuid:item_id>/", api.OneItem.as_view(), name="item"),
    path("items/<uuid:item_id>/trail/", api.ItemTrail.as_view(), name="item-trail"),
]
