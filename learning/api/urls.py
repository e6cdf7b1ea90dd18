"""Learning's addresses, under /api/v1/."""

from django.urls import path

from learning.api import cards, drift, external, models, proofs, runs

urlpatterns = [
    path("predict/", models.Predict.as_view(), name="predict"),
    path("models/", external.Models.as_view(), name="models"),
    path("models/<int:pk>/", cards.ModelCard.as_view(), name="model"),
    path("models/<int:pk>/compare/", cards.Compare.as_view(), name="model-compare"),
    path("models/<int:pk>/exam/", external.Exam.as_view(), name="model-exam"),
    path("models/<int:pk>/promote/", models.Promote.as_view(), name="model-promote"),
    path("models/<int:pk>/retire/", models.Retire.as_view(), name="model-retire"),
    path("drift/", drift.DriftList.as_view(), name="drift"),
    path("proofs/", proofs.ProofList.as_view(), name="proofs"),
    path("runs/", runs.RunList.as_view(), name="runs"),
    path("runs/<slug:name>/cancel/", runs.CancelRun.as_view(), name="run-cancel"),
    path("suggestions/", models.LatestSampling.as_view(), name="suggestions"),
]
