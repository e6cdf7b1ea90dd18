"""The labeling app."""

from django.apps import AppConfig


class LabelingConfig(AppConfig):
    name = "labeling"

    def ready(self) -> None:
        """Tell the router, when it asks, what people have answered so far."""
        from labeling.answering import answered
        from routing import novelty

        novelty.register_answers(answered.answers)
