"""The learning app."""

from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "learning"

    def ready(self) -> None:
        """Answer for items that come without a prediction, and read plans from files; loads nothing heavy."""
        from learning import config, serving
        from routing import predictor

        predictor.register(serving.opinions)
        config.register()
