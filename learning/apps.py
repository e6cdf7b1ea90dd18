"""The learning app."""

from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "learning"

    def ready(self) -> None:
        """Answer for items without a prediction, measure novelty, read plans; loads nothing heavy."""
        from django.conf import settings

        from learning import config, forgetting, serving
        from learning.encoders import sentence_model
        from routing import novelty, predictor
        from routing.privacy.forgetting import register

        predictor.register(serving.opinions, serving.standing)
        novelty.register(serving.strangeness)
        config.register()
        register("learning", forgetting.forget)
        sentence_model.use(settings.HITL_TEXT_MODEL, settings.HITL_DEVICE)
