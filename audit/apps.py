"""The app of the trail and of API keys; it knows no other app."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from audit import encoding


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = "Trail and keys"

    def ready(self) -> None:
        """Have every migration look at the database's encoding first."""
        register(encoding.check, Tags.database)
