"""On an item type's page: how it treats the people whom its items are about."""

from __future__ import annotations

from django.contrib import admin

from routing.models import SubjectRights


class RightsInline(admin.StackedInline):
    model = SubjectRights
    extra = 0
    max_num = 1
    can_delete = False  # emptied, never taken away
    fields = ["subject_path", "personal_fields", ("retention_days", "appeal_days")]
    verbose_name_plural = "The people whom it is about"
