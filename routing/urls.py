"""The API's addresses of items, under /api/v1/."""

from django.urls import path

from routing import api, opinions_api
from routing.policies import replay_api
from routing.privacy import api as privacy_api
from routing.workflows import api as workflow_api

urlpatterns = [
    path("items/", api.Items.as_view(), name="items"),
    path("items/<uuid:item_id>/", api.OneItem.as_view(), name="item"),
    path("items/<uuid:item_id>/trail/", api.ItemTrail.as_view(), name="item-trail"),
    path("items/<uuid:item_id>/replay/", replay_api.ItemReplay.as_view(), name="item-replay"),
    path("items/<uuid:item_id>/opinions/", opinions_api.Opinions.as_view(), name="item-opinions"),
    path("items/<uuid:item_id>/workflow/", workflow_api.ItemWorkflow.as_view(), name="item-workflow"),
    path("erasures/", privacy_api.Erasures.as_view(), name="erasures"),
    path("erasures/<int:erasure_id>/", privacy_api.OneErasure.as_view(), name="erasure"),
    path("holds/", privacy_api.Holds.as_view(), name="holds"),
    path("holds/<int:hold_id>/lift/", privacy_api.LiftHold.as_view(), name="hold-lift"),
]
