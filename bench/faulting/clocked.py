"""The server's settings, and a clock that a file sets: so many seconds ahead of the machine's.

What the server knows of the time it asks Django's `timezone.now` and `time.time`; both are replaced before
anything else is imported. libfaketime(1) would do it from outside, but breaks Python's `sleep`.
"""

import os
import time
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from hitl_project import settings

CLOCK = "HITL_FAULTS_CLOCK"  # the file with the seconds

globals().update({name: getattr(settings, name) for name in dir(settings) if name.isupper()})
_file = Path(os.environ[CLOCK])
_now, _time = timezone.now, time.time


def _ahead() -> float:
    return float(_file.read_text())


timezone.now = lambda: _now() + timedelta(seconds=_ahead())
time.time = lambda: _time() + _ahead()
