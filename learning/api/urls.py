"""Learning's addresses, under /api/v1/."""

from django.urls import path

from learning.api import models

urlpatterns = [
    path("predict/", models.Predict.as_view(), name="predict"),
    path("models/", models.ModelList.as_view(), name="models"),
    path("models/<int:pk>/promote/", models.Promote.as_view(), name="model-promote"),
    path("models/<int:pk>/retire/", models.Retire.as_view(), name="model-retire"),
    path("suggestions/", models.LatestSampling.as_view(), name="suggestions"),
]
