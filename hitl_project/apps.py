"""The project as an app of its own, and which site the admin is."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ProjectConfig(AppConfig):
    name = "hitl_project"

    def ready(self) -> None:
        """Read targets from configuration files, and say how private parts of the book are opened."""
        from audit.bundles import opening
        from hitl_project.compliance.bundles import secrets
        from hitl_project.goals import config

        config.register()
        opening.register(secrets.secrets, secrets.RIGHT)


class HitlAdminConfig(AdminConfig):
    default_site = "hitl_project.admin_site.HitlAdminSite"
