"""What the clock does for labeling."""

from time import monotonic

from django_q.tasks import async_task

from labeling import golden
from labeling.agents import timing
from labeling.alike import precedents
from labeling.appeals import experts
from labeling.importing import uploads
from labeling.models import ImportRun
from labeling.people import agreement_reports, pausing, planting, skills
from labeling.quality import checking, seconds
from routing.models import ItemType, Reviewer

SCHEDULES = [
    ("end approvals whose time is over", "labeling.tasks.time_out_approvals", "* * * * *"),
    ("go on with imports that broke off", "labeling.tasks.go_on_importing", "* * * * *"),
    ("note what was answered, to find what is alike", "labeling.tasks.note_precedents", "* * * * *"),
    ("check new labels", "labeling.tasks.check_labels", "*/2 * * * *"),
    ("plant known questions", "labeling.tasks.plant_gold", "* * * * *"),
    ("judge people by known questions", "labeling.tasks.judge_people", "*/5 * * * *"),
    ("measure how often people are right", "labeling.tasks.measure_people", "35 * * * *"),
    ("find experts for disputes", "labeling.tasks.staff_disputes", "*/10 * * * *"),
    ("measure how far people agree", "labeling.tasks.measure_agreement", "20 2 * * *"),
    ("retire old golden examples", "labeling.tasks.retire_golden", "50 3 * * *"),
]

TIMED_OUT = 5_000  # approvals a run
CHECKED_FOR = 60  # seconds a run


def take_in(run_id: str) -> None:
    """Go on with an import that somebody sent a file for."""
    uploads.work_on(ImportRun.objects.select_related("item_type").get(pk=run_id))


def go_on_importing() -> int:
    """Queue the imports whose worker was killed, drop files that nobody came back to; return how many."""
    uploads.forsake()
    return uploads.go_on()


def time_out_approvals() -> int:
    """End the approvals that nobody answered in time and return how many."""
    return timing.close_all(most=TIMED_OUT)


def note_precedents() -> int:
    """Note what people have answered of every item type since the last run, and return how many items."""
    return sum(precedents.note(item_type) for item_type in ItemType.objects.order_by("pk"))


def check_labels() -> int:
    """Check the labels that came since, ask for second looks at doubtful ones, and return how many came."""
    done, end = 0, monotonic() + CHECKED_FOR
    while monotonic() < end and (read := checking.check()):
        done += read
    for item_type in seconds.flagged():
        seconds.ask(item_type)
    return done


def staff_disputes() -> int:
    """Find others for disputes whose expert may not decide them any more, and return how many."""
    return experts.name_again()


def retire_golden() -> int:
    """Retire golden examples that are older than their item type allows, and return how many."""
    types = ItemType.objects.filter(golden_days__isnull=False)
    return sum(golden.retire_old(item_type, by="system:golden") for item_type in types)


def plant_gold() -> int:
    """Put known questions among people's looks and return how many."""
    types = ItemType.objects.filter(gold_share__gt=0).select_related("queue")
    return sum(len(planting.plant(item_type)) for item_type in types)


def judge_people() -> int:
    """Pause people who are proven to fail known questions and return how many."""
    types = ItemType.objects.filter(gold_share__gt=0, pause_below__isnull=False)
    return sum(len(pausing.judge(item_type)) for item_type in types)


def tell_leads(reviewer_id: int) -> int:
    """Tell leads by e-mail that this person is paused and return how many leads."""
    return pausing.tell_leads(Reviewer.objects.select_related("user", "paused_for").get(pk=reviewer_id))


def measure_people() -> int:
    """Start what measures the people of each item type and return how many types.

    Each is a task of its own: one with many classes and people takes long.
    """
    types = list(ItemType.objects.order_by("pk").values_list("pk", flat=True))
    for item_type in types:
        async_task("labeling.tasks.measure_people_of", item_type)
    return len(types)


def measure_agreement() -> int:
    """Start what measures how far people agree about each item type and return how many types."""
    types = list(ItemType.objects.order_by("pk").values_list("pk", flat=True))
    for item_type in types:
        async_task("labeling.tasks.measure_agreement_of", item_type)
    return len(types)


def measure_agreement_of(item_type_id: int) -> int:
    """Measure how far people agree about one item type and return how many reports are new."""
    return agreement_reports.measure(ItemType.objects.get(pk=item_type_id))


def measure_people_of(item_type_id: int) -> int:
    """Measure the people of one item type, clear what waits for those who left; return how many people."""
    item_type = ItemType.objects.get(pk=item_type_id)
    planting.clear(item_type)
    return skills.measure(item_type)
