"""The last live decisions, decided once more by a new model under the policy in force."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import numpy as np

from learning import dataset, embeddings, reading
from learning.judging import replay
from learning.judging.replay import Decided, Replay
from learning.learners.artifacts import Model
from learning.models import ModelVersion
from routing import policies
from routing.backtest import Case, history, known_labels
from routing.kinds import KINDS, TypeSpec
from routing.models import ItemType
from routing.opinions import Opinion
from routing.policy import Policy, decide

LAST = 1_000  # decisions
CHUNK = 100  # of them, whose payloads are held in memory at once


def run(item_type: ItemType, model: Model, champion: Model | None) -> Replay | None:
    """Return what the model would change of the last decisions; None where there are none.

    Both sides are decided by the policy in force. What our own models had answered, the champion answers
    again, so that what an earlier one did is not laid to the new one; what clients had predicted stands as it
    came. The new model is given the name of the one that had answered: the thresholds that are proven of that
    one count for it too, as they will once as much is proven of it.
    """
    policy = policies.newest(item_type)
    if policy is None:
        return None
    pure = policies.pure(policy)
    numbers = ModelVersion.objects.filter(item_type=item_type).values_list("number", flat=True)
    judge = _Judge(pure, pure.spec or item_type.spec, frozenset(f"{item_type.slug}@{n}" for n in numbers))
    wanted = [one.encoder.name for one in (model, champion) if one]
    items: list[str] = []
    before: list[Decided] = []
    after: list[Decided] = []
    with closing(history.load(item_type, LAST)) as cases:
        for some in dataset.chunks((case for case in cases if case.opinions), CHUNK):
            ids, came = [UUID(case.id) for case in some], [case.payload for case in some]
            payloads = embeddings.remember(wanted, ids, came)
            new = _answers(model, payloads)
            old = _answers(champion, payloads) if champion else [None] * len(some)
            items += [case.id for case in some]
            before += [judge.before(case, said) for case, said in zip(some, old, strict=True)]
            after += [judge.by(case, said) for case, said in zip(some, new, strict=True)]
    return replay.compare(items, before, after)


@dataclass(frozen=True)
class _Judge:
    policy: Policy
    spec: TypeSpec
    own: frozenset[str]

    def before(self, case: Case, champion: Opinion | None) -> Decided:
        """Return what becomes of the item as it came, or by the champion where our own had answered."""
        if champion is None or case.opinions[0].model not in self.own:
            return self._decided(case)
        return self.by(case, champion)

    def by(self, case: Case, said: Opinion | None) -> Decided:
        """Return what becomes of the item where this is its judged answer; None: it could not be read."""
        first = case.opinions[0]
        if said is None:
            return self._decided(replace(case, opinions=()))
        same = said.label == first.label
        opinions = (replace(said, model=first.model), *case.opinions[1:])
        # What is known of one label says nothing of another.
        corrected, unseen = (case.corrected, case.unseen) if same else (None, None)
        return self._decided(replace(case, opinions=opinions, corrected=corrected, unseen=unseen))

    def _decided(self, case: Case) -> Decided:
        verdict = decide(
            self.policy,
            case.opinions,
            payload=case.payload,
            context=case.context,
            spec=self.spec,
            known_labels=known_labels(case, self.spec),
            novelty=case.novelty,
            corrected=case.corrected,
        )
        label = KINDS[self.spec.kind].describe(case.opinions[0].label) if case.opinions else None
        return Decided(label, verdict.action)


def _answers(model: Model, payloads: Sequence[dict[str, Any]]) -> list[Opinion | None]:
    """Return what the model says of each payload, None where it can't read it."""
    read: Callable[[Sequence[dict[str, Any]]], np.ndarray] = model.predict_proba
    found, kept = reading.rows(read, payloads)
    said: list[Opinion | None] = [None] * len(payloads)
    for place, row in zip(kept, found, strict=True):
        best = int(row.argmax())
        shares = dict(zip(model.classes, row.tolist(), strict=True))
        said[place] = Opinion("", model.classes[best], min(float(row[best]), 1.0), shares)
    return said
