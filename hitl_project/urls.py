"""Every address of the server."""

from django.contrib import admin
from django.urls import include, path, re_path

from hitl_project import api_root, health, metrics
from hitl_project.compliance import api as compliance_api
from hitl_project.compliance import proving
from hitl_project.dashboard import analytics
from hitl_project.dashboard import views as dashboard_views
from hitl_project.goals import api as goals_api

handler500 = "hitl_project.away.server_error"
api = [
    path("", include("routing.urls")),
    path("", include("labeling.api.urls")),
    path("", include("learning.api.urls")),
    path("audit/verify/", proving.Verify.as_view(), name="audit-verify"),
    path("audit/checkpoints/", proving.Checkpoints.as_view(), name="audit-checkpoints"),
    path("audit/events/", compliance_api.EventList.as_view(), name="audit-events"),
    path("", include("hitl_project.compliance.story.urls")),
    path("", include("hitl_project.compliance.bundles.urls")),
    path("targets/", goals_api.Targets.as_view(), name="api-targets"),
]
urlpatterns = [
    path("", dashboard_views.page, name="dashboard"),
    path("analytics/", analytics.page, name="analytics"),
    path("analytics/figures.csv", analytics.table, name="analytics-csv"),
    path("targets/", include("hitl_project.goals.urls")),
    path("appeal/", include("labeling.appeals.urls")),
    path("review/", include("labeling.pages.urls")),
    path("compliance/", include("hitl_project.compliance.urls")),
    path("admin/", admin.site.urls),
    path("accounts/", include("hitl_project.accounts.urls")),
    path("api/v1/", include(api)),
    path("api/schema/", api_root.Document.as_view(), name="api-schema"),
    path("api/docs/", api_root.Docs.as_view(), name="api-docs"),
    re_path("^api/", api_root.unknown),
    path("health", health.health, name="health"),
    path("ready", health.ready, name="ready"),
    path("metrics", metrics.Metrics.as_view(), name="metrics"),
]
