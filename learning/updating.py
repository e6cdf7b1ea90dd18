"""From scratch or from the champion: which way a new model comes, and from which labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np
from django.conf import settings

from learning import reading, registry, serving
from learning.dataset import Labelled
from learning.encoders import EncodeError, choose_encoder
from learning.learners import catalogue
from learning.models import LearningPlan, ModelVersion, Update
from routing.models import ItemType

if TYPE_CHECKING:
    from learning.learners.artifacts import Model

AUTO_TUNES_FROM = 100_000  # labels; with fewer a head is trained anew in seconds, and better (SCIENCE 6.1)
MOST_TUNED = 10  # times in a row that auto tunes before it trains anew: what is lost each time adds up
MOST_REPLAYED = 5_000
MOST_NEW = 10_000  # new labels × members of an ensemble; of more a model is trained anew, which costs less


@dataclass(frozen=True)
class Start:
    """What a model is trained from: labels, and where it goes on from a champion also that and which are new.

    `said` is for people: from scratch (and why), or from which model on how many labels.
    """

    data: Labelled
    said: str
    model: Model | None = None
    new: np.ndarray | None = None


def begin(item_type: ItemType, plan: LearningPlan, data: Labelled) -> Start:
    """Return what to train from, as the plan's `update` says and as far as there is a champion to go on from.

    Tuning takes the labels that came since the champion was trained, and one old label for each, at most
    MOST_REPLAYED, the classes evenly.
    """
    scratch = Start(data, "from scratch")
    if plan.update == Update.RETRAIN or (plan.update == Update.AUTO and len(data) < AUTO_TUNES_FROM):
        return scratch
    champion = registry.champion(item_type)
    if champion is None:
        return scratch
    try:
        model = serving.loaded(champion) if champion.artifact else None
    except registry.ModelUnusable as unusable:
        return replace(scratch, said=f"from scratch: {unusable}")
    why = _unfit(plan, champion, model, data)
    if why:
        return replace(scratch, said=f"from scratch: {why}")
    new = np.array([key > champion.run.last_label for key in data.keys])
    if not new.any():
        return replace(scratch, said="from scratch: no label is new to the champion")
    if new.sum() * plan.ensemble > MOST_NEW:
        return replace(scratch, said=f"from scratch: {new.sum()} labels are new, too many to go on with")
    fresh = [data.payloads[place] for place in np.flatnonzero(new)]
    if 2 * len(reading.rows(model.encoder.encode, fresh)[1]) < len(fresh):
        return replace(scratch, said="from scratch: the champion can't read what is new")
    return _tuning(champion, model, data, new)


def _unfit(plan: LearningPlan, champion: ModelVersion, model: Model | None, data: Labelled) -> str:
    """Return why training can't go on from the champion, or nothing."""
    if model is None or champion.run is None or champion.run.last_label is None:
        return "the champion was not trained here"
    if model.learner != plan.learner:
        return f"the champion is of the learner {model.learner}"
    if catalogue.find(plan.learner, settings.HITL_LEARNERS).tune is None:
        return f"{plan.learner} can't go on from a champion"
    if len(model.committee()) != plan.ensemble:
        return f"the champion has {len(model.committee())} members"
    if model.encoder.name != _wanted(plan, data):
        return f"the champion reads payloads by the encoder {model.encoder.name}"
    if plan.update == Update.AUTO and model.tuned >= MOST_TUNED:
        return f"it was tuned {model.tuned} times in a row"
    return ""


def _wanted(plan: LearningPlan, data: Labelled) -> str:
    try:
        return choose_encoder(data.payloads, plan.encoder, plan.item_type.kind)
    except EncodeError:
        return ""  # fitting an encoder will say why


def _tuning(champion: ModelVersion, model: Model, data: Labelled, new: np.ndarray) -> Start:
    from learning.learners.tuning import replayed

    fresh, known = np.flatnonzero(new), set(model.classes)
    # A label of a class that the champion does not know has nothing to be held by.
    old = np.array([place for place in np.flatnonzero(~new) if data.labels[place] in known], np.intp)
    kept = replayed([data.labels[place] for place in old], min(len(fresh), MOST_REPLAYED), seed=champion.pk)
    used = np.sort(np.concatenate([fresh, old[kept]]))
    said = f"from {champion} on {len(fresh)} new labels and {len(kept)} old ones"
    return Start(_some(data, used), said, model, new[used])


def _some(data: Labelled, places: Sequence[int]) -> Labelled:
    """Return these of the labels, in the order given."""
    lists = {one.name: getattr(data, one.name) for one in fields(data)}
    return Labelled(**{name: [values[place] for place in places] for name, values in lists.items()})
