"""The app of the trail and of API keys; it knows no other app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = "Trail and keys"
