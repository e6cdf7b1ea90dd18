"""A learner that takes its time, so that a fault finds it at work."""

import os
import time
from pathlib import Path
from typing import Any

from learning.learners import linear

AT_IT = "HITL_FAULTS_TRAINING"  # the file into which it writes the id of its process
SECONDS = 0.3


class Slow:
    """The linear learner, a moment later; a model is several fits."""

    dense = True

    def fit(self, rows: Any, y: Any, weights: Any, classes: int, seed: int) -> Any:
        """Return the linear learner's predictor."""
        at_it = Path(os.environ[AT_IT])
        at_it.write_text(str(os.getpid()))
        time.sleep(SECONDS)
        at_it.unlink(missing_ok=True)
        return linear.fit(rows, y, weights, classes, seed, c=1.0)
