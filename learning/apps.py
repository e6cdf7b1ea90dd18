"""The learning app."""

from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "learning"

    def ready(self) -> None:
        """Answer for items without a prediction, measure novelty, read plans; loads nothing heavy."""
        from learning import config, serving
        from routing import novelty, predictor

        predictor.register(serving.opinions)
        novelty.register(serving.strangeness)
        config.register()
