"""What the machine makes of it: the rows of learning."""

from learning.models.backends import MLBackend
from learning.models.choices import STRATEGIES, Goal, Trainer, Update
from learning.models.plans import LearningPlan
from learning.models.runs import PoolChunk, Run, SamplingRun, TrainingRun
from learning.models.versions import Evaluation, ModelVersion, TrialAnswer
from learning.models.watching import DriftReport, Embedding, Proof

__all__ = [
    "STRATEGIES",
    "DriftReport",
    "Embedding",
    "Evaluation",
    "Goal",
    "LearningPlan",
    "MLBackend",
    "ModelVersion",
    "PoolChunk",
    "Proof",
    "Run",
    "SamplingRun",
    "Trainer",
    "TrainingRun",
    "TrialAnswer",
    "Update",
]
