"""The API's addresses of seats, labels, golden examples and figures, under /api/v1/."""

from django.urls import path

from labeling.api import (
    agents,
    agreement,
    appeals,
    beside,
    correcting,
    decisions,
    exports,
    feedback,
    golden,
    labels,
    seats,
    sittings,
)

urlpatterns = [
    path("assignments/", seats.Front.as_view(), name="assignments"),
    path("assignments/claim/", seats.Claim.as_view(), name="assignment-claim"),
    path("assignments/<seat:seat_id>/submit/", seats.Submit.as_view(), name="assignment-submit"),
    path("assignments/<seat:seat_id>/correct/", correcting.Correct.as_view(), name="assignment-correct"),
    path("assignments/<seat:seat_id>/alike/", beside.Alike.as_view(), name="assignment-alike"),
    path("assignments/<seat:seat_id>/renew/", seats.Renew.as_view(), name="assignment-renew"),
    path("assignments/<seat:seat_id>/release/", seats.Release.as_view(), name="assignment-release"),
    path("agents/approvals/", agents.Approvals.as_view(), name="agent-approvals"),
    path("agents/approvals/<uuid:item_id>/", agents.OneApproval.as_view(), name="agent-approval"),
    path("items/<uuid:item_id>/appeal/", appeals.Dispute.as_view(), name="item-appeal"),
    path("items/<uuid:item_id>/appeal-link/", appeals.Link.as_view(), name="item-appeal-link"),
    path("appeals/", appeals.Appeals.as_view(), name="appeals"),
    path("appeals/<int:appeal_id>/", appeals.OneAppeal.as_view(), name="api-appeal"),
    path("appeals/<int:appeal_id>/withdraw/", appeals.Withdraw.as_view(), name="appeal-withdraw"),
    path("sitting/", sittings.Sitting.as_view(), name="sitting"),
    path("sitting/end/", sittings.End.as_view(), name="sitting-end"),
    path("labels/", labels.Labels.as_view(), name="labels"),
    path("exports/<str:name>/", exports.Export.as_view(), name="export"),
    path("golden/", golden.Golden.as_view(), name="golden"),
    path("golden/similar/", golden.Similar.as_view(), name="golden-similar"),
    path("feedback/", feedback.Feedback.as_view(), name="feedback"),
    path("feedback/analytics/", feedback.Figures.as_view(), name="feedback-analytics"),
    path("decisions/", decisions.Decisions.as_view(), name="decisions"),
    path("agreement/", agreement.AgreementView.as_view(), name="api-agreement"),
    path("metrics/", labels.Metrics.as_view(), name="api-metrics"),
]
