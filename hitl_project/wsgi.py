"""What gunicorn serves: `gunicorn hitl_project.wsgi`."""

import atexit
import os
from contextlib import closing
from threading import Thread

from django.core.wsgi import get_wsgi_application
from django.db import connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hitl_project.settings")
application = get_wsgi_application()


def _share() -> None:
    from audit.throttling import meeting

    meeting.share()


def _warm() -> None:
    from learning import serving

    with closing(connection):
        serving.warm()


def _keep_counts() -> None:
    from routing import counters

    atexit.register(counters.flush)


_keep_counts()
_share()
Thread(target=_warm, name="read the sentence model", daemon=True).start()
