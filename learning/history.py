"""How the models of an item type have got better: F1 by version, and what the last quarter has brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from learning import comparing
from learning.comparing import Comparison, NotComparable
from learning.dataset import Unlearnable
from learning.files import ModelUnusable
from learning.models import Evaluation, ModelVersion
from routing.models import ItemType

METRICS = ("macro_f1", "accuracy", "automation")
LATEST = 40  # versions
QUARTER = timedelta(days=90)
WIDTH, HEIGHT = 720, 220  # the units of the picture's viewBox


@dataclass(frozen=True)
class Measured:
    """One version and what it was measured at when it was judged; a metric that was not is None."""

    version: ModelVersion
    macro_f1: Evaluation | None
    accuracy: Evaluation | None
    automation: Evaluation | None


@dataclass(frozen=True)
class Dot:
    """One version in the picture: its place, the ends of its interval, and whether it was ever in force."""

    name: str
    x: float
    y: float
    top: float
    bottom: float
    in_force: bool


@dataclass(frozen=True)
class Lift:
    """What the time since `earlier` was promoted has brought: both judged on the held-out labels of today."""

    earlier: ModelVersion
    now: ModelVersion
    found: Comparison


def versions(item_type: ItemType) -> list[Measured]:
    """Return the last LATEST versions that were measured, oldest first, in two statements."""
    rows = ModelVersion.objects.filter(item_type=item_type, evaluations__metric="macro_f1").distinct()
    rows = list(rows.select_related("item_type").order_by("-number")[:LATEST])
    found = Evaluation.objects.filter(model_version__in=rows, metric__in=METRICS, slice="all")
    by = {(one.model_version_id, one.metric): one for one in found}
    return [Measured(row, *(by.get((row.pk, name)) for name in METRICS)) for row in reversed(rows)]


def picture(measured: list[Measured]) -> tuple[list[Dot], float]:
    """Return a dot with its interval for each version by macro F1, and the score at the lower edge."""
    scores = [one.macro_f1 for one in measured]
    low = min((one.value if one.low is None else one.low) for one in scores) if scores else 0.0
    floor = min(int(low * 10) / 10, 0.9)

    def up(score: float) -> float:
        return round(HEIGHT * (1 - score) / (1 - floor), 1)

    step = WIDTH / max(len(measured), 1)
    return [
        Dot(
            str(one.version),
            round(step * (place + 0.5), 1),
            up(score.value),
            up(score.value if score.high is None else score.high),
            up(score.value if score.low is None else score.low),
            one.version.promoted_at is not None,
        )
        for place, (one, score) in enumerate(zip(measured, scores, strict=True))
    ], floor


def lift(item_type: ItemType, *, now: datetime) -> Lift | None:
    """Return what the last quarter has brought; None without two champions that can be compared.

    The earlier one is the champion of a quarter ago, or the first there was.
    """
    promoted = ModelVersion.objects.filter(item_type=item_type, promoted_at__isnull=False)
    promoted = promoted.select_related("item_type")
    champion = promoted.filter(status=ModelVersion.Status.CHAMPION).first()
    before = promoted.filter(promoted_at__lte=now - QUARTER).order_by("-promoted_at").first()
    earlier = before or promoted.order_by("promoted_at").first()
    if champion is None or earlier is None or earlier.pk == champion.pk:
        return None
    try:
        return Lift(earlier, champion, comparing.compare(earlier, champion))
    except (NotComparable, ModelUnusable, Unlearnable):
        return None
