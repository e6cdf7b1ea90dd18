"""The API's addresses of seats, labels, golden examples and figures, under /api/v1/."""

from django.urls import path

from labeling import api, correcting_api, decisions_api, exports_api, feedback_api, golden_api, seats_api

urlpatterns = [
    path("assignments/", seats_api.Front.as_view(), name="assignments"),
    path("assignments/claim/", seats_api.Claim.as_view(), name="assignment-claim"),
    path("assignments/<int:seat_id>/submit/", seats_api.Submit.as_view(), name="assignment-submit"),
    path("assignments/<int:seat_id>/correct/", correcting_api.Correct.as_view(), name="assignment-correct"),
    path("assignments/<int:seat_id>/renew/", seats_api.Renew.as_view(), name="assignment-renew"),
    path("assignments/<int:seat_id>/release/", seats_api.Release.as_view(), name="assignment-release"),
    path("labels/", api.Labels.as_view(), name="labels"),
    path("exports/<str:name>/", exports_api.Export.as_view(), name="export"),
    path("golden/", golden_api.Golden.as_view(), name="golden"),
    path("golden/similar/", golden_api.Similar.as_view(), name="golden-similar"),
    path("feedback/", feedback_api.Feedback.as_view(), name="feedback"),
    path("feedback/analytics/", feedback_api.Figures.as_view(), name="feedback-analytics"),
    path("decisions/", decisions_api.Decisions.as_view(), name="decisions"),
    path("metrics/", api.Metrics.as_view(), name="api-metrics"),
]
