"""The settings of a real server process that a test starts on the test's own database."""

import os

from hitl_project import settings

globals().update({name: getattr(settings, name) for name in dir(settings) if name.isupper()})
settings.DATABASES["default"]["NAME"] = os.environ["HITL_TEST_DATABASE"]
