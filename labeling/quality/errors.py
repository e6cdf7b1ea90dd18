"""How probable it is that a finished label is wrong, by what a model said before anybody had labelled it.

Confident learning (Northcutt, Jiang and Chuang 2021, "Confident learning: estimating uncertainty in dataset
labels", JAIR 70): a model is sure of a class where it gives it at least the probability that items with that
label get on average; a label is doubtful where the model is sure of another class and not of the label's own.
Averages by class make up for a model that is over-confident or unsure of a class. The prediction stored with
an item is out of sample: it was made before the label was given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from labeling.quality.doubts import Doubt, doubt

ENOUGH = 100  # labels beside a prediction, before anything is said
ENOUGH_OF_A_CLASS = 5  # under which a class takes the average of all
FLOOR = 1e-6
SLACK = 1e-9  # a mean of equal numbers may miss them by the last bit


@dataclass(frozen=True)
class Averages:
    """What a model gives to the label that people chose, on average: by class, and `overall` for others."""

    by_class: Mapping[str, float]
    overall: float

    def of(self, name: str) -> float:
        """Return the probability from which the model is sure of this class."""
        return self.by_class.get(name, self.overall)


def averages(rows: Iterable[tuple[str, float, int]]) -> Averages | None:
    """Return the averages of (class, mean probability of it, count of its labels); None: too few labels."""
    known = list(rows)
    total = sum(count for _, _, count in known)
    if total < ENOUGH:
        return None
    overall = sum(mean * count for _, mean, count in known) / total
    return Averages({name: mean for name, mean, count in known if count >= ENOUGH_OF_A_CLASS}, overall)


def both(model: Mapping[str, float], people: Mapping[str, float] | None) -> Mapping[str, float]:
    """Return the probabilities of the classes by a model and by other people's answers together.

    Both are taken as independent given the class (naive Bayes with all classes alike beforehand), which holds
    where the people were not shown the model's answer. None: nobody else answered.
    """
    if not people:
        return model
    joint = {name: max(chance, FLOOR) * max(people.get(name, 0.0), FLOOR) for name, chance in model.items()}
    total = sum(joint.values())
    return {name: chance / total for name, chance in joint.items()}


def label_error(label: str, probabilities: Mapping[str, float], known: Averages) -> Doubt | None:
    """Return a doubt where the model is sure of another class; its score is 1 - the label's probability.

    None as well where the model does not know the label's class.
    """
    if label not in probabilities:
        return None
    sure = {name: chance for name, chance in probabilities.items() if chance >= known.of(name) - SLACK}
    if not sure:
        return None
    likelier = max(sure, key=lambda name: (sure[name], name == label))
    if likelier == label:
        return None
    own = probabilities[label]
    detail = f"“{likelier}” is {100 * sure[likelier]:.0f} % probable, this label {100 * own:.0f} %"
    return doubt("label_error", min(max(1 - own, 0.0), 1.0), detail)
