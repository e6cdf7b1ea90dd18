"""What people said: the rows of labeling."""

from labeling.models.agents import Approval
from labeling.models.answers import Label, Review
from labeling.models.appeals import Appeal
from labeling.models.feedback import ProductionFeedback
from labeling.models.flags import Flag
from labeling.models.golden import GoldenExample, Precedent
from labeling.models.imports import ImportRun
from labeling.models.sittings import Keymap, ReviewSession
from labeling.models.skills import AnnotatorSkill

__all__ = [
    "AnnotatorSkill",
    "Appeal",
    "Approval",
    "Flag",
    "GoldenExample",
    "ImportRun",
    "Keymap",
    "Label",
    "Precedent",
    "ProductionFeedback",
    "Review",
    "ReviewSession",
]
