#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys


def main() -> None:
    """Run one management command; what is wrong with the settings is said in one sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hitl_project.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from hitl_project.postgres_programs import DatabaseProblem

    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, DatabaseProblem) as problem:
        sys.exit(f"{problem}")


if __name__ == "__main__":
    main()
