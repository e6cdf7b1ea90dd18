"""Learning's addresses, under /api/v1/."""

from django.urls import path

from learning import api

urlpatterns = [
    path("predict/", api.Predict.as_view(), name="predict"),
    path("models/", api.ModelList.as_view(), name="models"),
    path("models/<int:pk>/promote/", api.Promote.as_view(), name="model-promote"),
    path("models/<int:pk>/retire/", api.Retire.as_view(), name="model-retire"),
    path("suggestions/", api.LatestSampling.as_view(), name="suggestions"),
]
