"""What the votes on one item amount to, vote by vote, once it is known how often people are right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from labeling.consensus.annotators import Skills
from labeling.consensus.redundancy import Next, add, another_vote, begin
from labeling.consensus.votes import Array

STRANGER = -1
SHOWN = 5  # classes whose probability is kept: of five hundred most say nothing
DIGITS = 4
NEVER = 2.0  # a probability that nothing reaches


class Known(Protocol):
    """What is known of the people of one item type: `index` says which annotator of `skills` a person is.

    `rates` (classes,) is how frequent each class is, in the order of `classes`.
    """

    skills: Skills
    index: Mapping[int, int]
    classes: Sequence[Any]
    rates: Array


@dataclass(frozen=True)
class Weighed:
    """What is to be done next, the most probable class, and how probable each class is, `posterior`."""

    next: Next
    label: Any
    votes: int
    posterior: Array
    classes: Sequence[Any]

    @property
    def sure(self) -> float:
        """How probable the most probable class is."""
        return float(self.posterior.max())

    @property
    def data(self) -> dict[str, Any]:
        """What the trail keeps: label, votes, and the probabilities of the few most probable classes."""
        first = self.posterior.argsort(kind="stable")[::-1][:SHOWN]
        shares = {str(self.classes[at]): round(float(self.posterior[at]), DIGITS) for at in first}
        return {"method": "posterior", "label": self.label, "votes": self.votes, "posterior": shares}


def weigh(votes: Sequence[tuple[int, Any]], known: Known, *, sure_at: float, most: int) -> Weighed | None:
    """Return what (person, label) votes, at least one, amount to; None where one is outside of the classes.

    The model's own opinion is never the prior. On a blind look it would judge itself; on any other it is in
    the person's answer already, and what is decided here is what the model's errors are counted by.
    """
    place = {label: at for at, label in enumerate(known.classes)}
    posterior, said = begin(known.rates), set()
    for person, label in votes:
        if not isinstance(label, str) or label not in place:
            return None
        posterior = add(posterior, known.index.get(person, STRANGER), place[label], known.skills)
        said.add(label)
    best = known.classes[int(posterior.argmax())]
    # What nobody has said is never decided, however people are wont to mix classes up.
    tau = sure_at if best in said else NEVER
    then = another_vote(posterior, len(votes), cap=most, tau=tau)
    return Weighed(then, best, len(votes), posterior, known.classes)
