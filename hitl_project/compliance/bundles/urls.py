"""The addresses of bundles, under /api/v1/."""

from django.urls import path

from hitl_project.compliance.bundles import api

urlpatterns = [
    path("audit/bundles/", api.Bundles.as_view(), name="audit-bundles"),
    path("audit/bundles/<int:pk>/", api.OneBundle.as_view(), name="audit-bundle"),
    path("audit/bundles/<int:pk>/file/", api.BundleFile.as_view(), name="audit-bundle-file"),
]
