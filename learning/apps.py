"""The learning app."""

from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "learning"

    def ready(self) -> None:
        """Answer for items that come without a prediction; torch and sklearn stay unloaded."""
        from learning import serving
        from routing import predictor

        predictor.register(serving.opinions)
