"""The addresses under /compliance/."""

from django.urls import path

from hitl_project.compliance import checking, download, events, filters, overview, people
from hitl_project.compliance.bundles import pages as bundles
from hitl_project.compliance.privacy import pages as privacy
from hitl_project.compliance.story import pages as story

urlpatterns = [
    path("items/", story.items, name="compliance-items"),
    path("items/<uuid:item_id>/", story.story, name="compliance-story"),
    path("bundles/", bundles.bundles, name="compliance-bundles"),
    path("bundles/verify_bundle.py", bundles.verifier, name="compliance-verifier"),
    path("bundles/<int:pk>/", bundles.bundle, name="compliance-bundle"),
    path("bundles/<int:pk>/file/", bundles.file, name="compliance-bundle-file"),
    path("erasures/", privacy.erasures, name="compliance-erasures"),
    path("erasures/act/", privacy.act, name="compliance-erasures-act"),
    path("erasures/lift/", privacy.lift, name="compliance-holds-lift"),
    path("", overview.overview, name="compliance"),
    path("events/", events.events, name="compliance-events"),
    path("events/<int:event_id>/", events.event, name="compliance-event"),
    path("events/download.<slug:form>", download.download, name="compliance-download"),
    path("checking/", checking.page, name="compliance-checking"),
    path("checking/begin/", checking.begin, name="compliance-check"),
    path("checking/sign/", checking.sign, name="compliance-sign"),
    path("checking/checkpoints.jsonl", checking.signed, name="compliance-signed"),
    path("filters/", filters.kept, name="compliance-filters"),
    path("filters/add/", filters.add, name="compliance-filter-add"),
    path("filters/<int:filter_id>/", filters.change, name="compliance-filter"),
    path("filters/<int:filter_id>/delete/", filters.delete, name="compliance-filter-delete"),
    path("people/", people.people, name="compliance-people"),
    path("people/<path:name>/", people.person, name="compliance-person"),
]
