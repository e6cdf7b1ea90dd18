"""What gunicorn serves: `gunicorn hitl_project.wsgi`."""

import atexit
import os
from contextlib import closing
from threading import Thread

from django.core.wsgi import get_wsgi_application
from django.db import connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hitl_project.settings")
application = get_wsgi_application()


def _warm() -> None:
    from learning import serving

    with closing(connection):
        serving.warm()


def _share_counts() -> None:
    from audit.throttling import meeting
    from routing import counters

    meeting.share(counters.bring)
    atexit.register(counters.flush)


_share_counts()
Thread(target=_warm, name="read the sentence model", daemon=True).start()
