"""The labeling app."""

from django.apps import AppConfig
from django.urls import register_converter


class LabelingConfig(AppConfig):
    name = "labeling"

    def ready(self) -> None:
        """Tell the router, when it asks, what people have answered, and Django how addresses name seats."""
        from labeling import forgetting
        from labeling.agents import responses
        from labeling.answering import answered
        from routing import names, novelty, webhooks
        from routing.kinds.agent_action import AgentAction
        from routing.privacy.forgetting import register

        novelty.register_answers(answered.answers)
        register("labeling", forgetting.forget)
        webhooks.ADDED[AgentAction.name] = responses.added
        register_converter(names.SeatConverter, "seat")
