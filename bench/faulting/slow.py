"""A learner that takes its time, so that a fault finds it at work."""

import os
import time
from pathlib import Path
from typing import Any

from learning.learners import linear

AT_IT = "HITL_FAULTS_TRAINING"  # the file into which it writes the id of its process
SECONDS = 1.0


class Slow:
    """The linear learner, a second later."""

    dense = True

    def fit(self, rows: Any, y: Any, weights: Any, classes: int, seed: int) -> Any:
        """Return the linear learner's predictor."""
        Path(os.environ[AT_IT]).write_text(str(os.getpid()))
        time.sleep(SECONDS)
        return linear.fit(rows, y, weights, classes, seed, c=1.0)
