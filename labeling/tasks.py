"""What the clock does for labeling."""

from labeling.importing import uploads
from labeling.models import ImportRun

SCHEDULES = [("go on with imports that broke off", "labeling.tasks.go_on_importing", "* * * * *")]


def take_in(run_id: str) -> None:
    """Go on with an import that somebody sent a file for."""
    uploads.work_on(ImportRun.objects.select_related("item_type").get(pk=run_id))


def go_on_importing() -> int:
    """Queue the imports whose worker was killed, and return how many."""
    return uploads.go_on()
