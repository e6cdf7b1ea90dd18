"""What the router is told of an item's novelty: how strange its payload is, which classes nobody has given.

How strange a payload is, measures whoever has registered (learning does); which classes people have given as
answers is noted here when they answer, and gathered from earlier answers (labeling reads them) when a policy
begins to ask for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from routing.kinds import KINDS, KindErrors, TypeSpec
from routing.models import ItemType, SeenClass
from routing.opinions import Opinion
from routing.policy import Policy

Payload = dict[str, Any]
# For each payload the share (0 to 1) of the labelled ones that lie nearer to each other than it lies to
# them; None where there is nothing to compare with.
Measure = Callable[[ItemType, Sequence[Payload]], list[float | None]]

# Every different answer that people have ever given to items of a type.
Answers = Callable[[ItemType], Iterable[Any]]

_registered: list[Measure] = []
_answers: list[Answers] = []


def register(measure: Measure) -> None:
    """Make `measure` the one that says how far payloads lie from all that was labelled."""
    _registered[:] = [measure]


def register_answers(answers: Answers) -> None:
    """Make `answers` the one that says what people have answered so far."""
    _answers[:] = [answers]


def gather(item_type: ItemType) -> None:
    """Note the classes that people have given before anybody asked which."""
    if _answers:
        _note({(item_type.pk, name) for label in _answers[0](item_type) for name in _named(item_type, label)})


def signals(
    item_type: ItemType, policy: Policy, spec: TypeSpec, said: Sequence[tuple[Payload, Sequence[Opinion]]]
) -> list[dict[str, Any]]:
    """Return what `Item.signals` keeps of the novelty of each payload and its judged opinion.

    `novelty` is how strange the payload is, where the policy has a limit for it and it could be measured.
    `unseen` are the predicted classes that nobody has given yet; it is there where this was asked for: of
    kinds whose classes can't be listed, and where the policy wants classes confirmed. It costs one statement
    however many items, and none where the policy asks for nothing.
    """
    told: list[dict[str, Any]] = [{} for _ in said]
    if policy.novelty_limit is not None and _registered and said:
        measured = _registered[0](item_type, [payload for payload, _ in said])
        for signal, share in zip(told, measured, strict=True):
            if share is not None:
                signal["novelty"] = share
    if policy.confirm_classes or KINDS[spec.kind].classes(spec) is None:
        named = [_predicted(payload, opinions, spec) for payload, opinions in said]
        given = _given(item_type, {name for names in named for name in names})
        for signal, names in zip(told, named, strict=True):
            if names:
                signal["unseen"] = [name for name in names if name not in given]
    return told


def known_labels(
    signals: dict[str, Any], payload: Payload, opinions: Sequence[Opinion], spec: TypeSpec
) -> list[str] | None:
    """Return the `known_labels` that `decide` takes, from an item's signals; None: nobody had looked."""
    if "unseen" not in signals:
        return None
    return [name for name in _predicted(payload, opinions, spec) if name not in signals["unseen"]]


def note(answers: Iterable[tuple[ItemType, Any]]) -> None:
    """Note the classes that people's answers name, for types that ask for it, in one statement or none."""
    found = {
        (item_type.pk, name)
        for item_type, label in answers
        if item_type.confirm_classes or KINDS[item_type.kind].classes(item_type.spec) is None
        for name in _named(item_type, label)
    }
    _note(found)


def _named(item_type: ItemType, label: Any) -> tuple[str, ...]:
    return () if label is None else KINDS[item_type.kind].slices(label)


def _note(found: set[tuple[int, str]]) -> None:
    # In a fixed order, so that two who note the same classes never wait for one another in a circle.
    rows = [SeenClass(item_type_id=item_type, name=name) for item_type, name in sorted(found)]
    if rows:
        SeenClass.objects.bulk_create(rows, ignore_conflicts=True)


def _predicted(payload: Payload, opinions: Sequence[Opinion], spec: TypeSpec) -> tuple[str, ...]:
    kind = KINDS[spec.kind]
    try:
        return kind.slices(kind.clean_label(opinions[0].label, payload, spec)) if opinions else ()
    except KindErrors:
        return ()  # what can't be read is a finding of its own


def _given(item_type: ItemType, names: set[str]) -> set[str]:
    if not names:
        return set()
    rows = SeenClass.objects.filter(item_type=item_type, name__in=sorted(names))
    return set(rows.values_list("name", flat=True))
