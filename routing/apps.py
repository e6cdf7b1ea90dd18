"""The routing app."""

from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "routing"

    def ready(self) -> None:
        """Read how item types treat whom their items are about from configuration files."""
        from routing.privacy import config

        config.register()
