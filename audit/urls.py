"""The trail's addresses, under /api/v1/."""

from django.urls import path

from audit import proof_api

urlpatterns = [
    path("audit/verify/", proof_api.Verify.as_view(), name="audit-verify"),
    path("audit/checkpoints/", proof_api.Checkpoints.as_view(), name="audit-checkpoints"),
]
