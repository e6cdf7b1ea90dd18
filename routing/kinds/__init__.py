"""The kinds of decisions: what a label of each is, how far two are apart, how people name one."""

from routing.kinds.agent_action import AgentAction
from routing.kinds.base import EMBEDDING, Choice, Kind, Lesson, TypeSpec, for_people
from routing.kinds.classification import Classification
from routing.kinds.detection import Detection
from routing.kinds.entity_linking import EntityLinking
from routing.kinds.generation import Generation
from routing.kinds.preference import Preference
from routing.kinds.regression import Regression
from routing.values import KindErrors

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Classification(),
        EntityLinking(),
        Generation(),
        Preference(),
        Detection(),
        Regression(),
        AgentAction(),
    )
}

__all__ = ["EMBEDDING", "KINDS", "Choice", "Kind", "KindErrors", "Lesson", "TypeSpec", "for_people"]
