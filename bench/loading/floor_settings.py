"""The settings under which gunicorn serves the floor: the same server and database, and nothing of ours."""

from hitl_project import settings

globals().update({name: getattr(settings, name) for name in dir(settings) if name.isupper()})
ROOT_URLCONF = "bench.floor"
MIDDLEWARE: list[str] = []
