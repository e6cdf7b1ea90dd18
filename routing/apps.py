"""The routing app."""

from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "routing"

    def ready(self) -> None:
        """Read parts of configuration files, and tell keys which item types there are."""
        from audit import keys
        from routing import teams, teams_config
        from routing.privacy import config

        config.register()
        teams_config.register()
        keys.register_item_types(teams.known)
