"""What the clock does for labeling."""

from labeling import golden
from labeling.alike import precedents
from labeling.importing import uploads
from labeling.models import ImportRun
from routing.models import ItemType

SCHEDULES = [
    ("go on with imports that broke off", "labeling.tasks.go_on_importing", "* * * * *"),
    ("note what was answered, to find what is alike", "labeling.tasks.note_precedents", "* * * * *"),
    ("retire old golden examples", "labeling.tasks.retire_golden", "50 3 * * *"),
]


def take_in(run_id: str) -> None:
    """Go on with an import that somebody sent a file for."""
    uploads.work_on(ImportRun.objects.select_related("item_type").get(pk=run_id))


def go_on_importing() -> int:
    """Queue the imports whose worker was killed, and return how many."""
    return uploads.go_on()


def note_precedents() -> int:
    """Note what people have answered of every item type since the last run, and return how many items."""
    return sum(precedents.note(item_type) for item_type in ItemType.objects.order_by("pk"))


def retire_golden() -> int:
    """Retire golden examples that are older than their item type allows, and return how many."""
    types = ItemType.objects.filter(golden_days__isnull=False)
    return sum(golden.retire_old(item_type, by="system:golden") for item_type in types)
