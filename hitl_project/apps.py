"""The project as an app of its own, and which site the admin is."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ProjectConfig(AppConfig):
    name = "hitl_project"


class HitlAdminConfig(AdminConfig):
    default_site = "hitl_project.admin_site.HitlAdminSite"
