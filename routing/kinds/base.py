"""What every kind of decision can be asked."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from routing.kinds.cells import OPEN, Cell
from routing.values import Findings, called

MAX_LABELS = 500
MAX_LABEL = 100  # characters
EMBEDDING = "embedding"  # field of any kind's payload, for models alone: people are never shown it

# Two answers that are as far apart as allowed agree, whatever the last bit of the division says.
SLACK = 1e-9


@dataclass(frozen=True)
class TypeSpec:
    """What a kind needs to know of an item type.

    `tolerance` is how far apart (0 to 1) two people's labels may lie and still agree.
    """

    kind: str
    labels: tuple[str, ...] = ()
    multilabel: bool = False
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    tolerance: float = 0.0


@dataclass(frozen=True)
class Lesson:
    """What an item can teach a language model: the question, its context, and what the model said.

    Without an output of its own (None) the item's prediction is what the model said.
    """

    query: str
    context: Any
    output: str | None


@dataclass(frozen=True)
class Choice:
    """One answer to choose: the label, its name and description for people, and its own key if it has one."""

    label: Any
    name: str
    description: str = ""
    key: str | None = None


class Kind:
    """One kind of decision. Methods that check raise KindErrors, whose `attr` names the field."""

    name = ""
    label_fields: tuple[str, ...] = ()  # of the payload, read by clean_label
    cells: tuple[Cell, ...] = OPEN  # of the payload, as columns of a table
    own_fields: tuple[str, ...] = ()  # of the payload, shown by the kind's own page and not as details
    exact = True  # whether two people who mean the same say the same; else a tolerance tells who agrees
    free_text = False  # whether a label is what somebody says in words of their own
    gist_settles = True  # whether items of one gist have one answer
    shuffles = False  # whether `choices` come in an order drawn for each person and seat
    closeness = "likeness"  # what one minus the distance of two labels is called

    def clean_spec(self, spec: TypeSpec) -> None:
        """Raise KindErrors where an item type's settings can't work; `attr` is the setting's name."""

    def clean_payload(self, payload: dict[str, Any], spec: TypeSpec) -> dict[str, Any]:
        """Return the payload with what the kind fills in; fields it doesn't know are kept as details.

        Of any kind, `embedding` is what a model of the client's made of the item: a list of numbers.
        """
        findings = Findings()
        if not isinstance(payload, dict):
            findings.add("payload", "invalid", f"Send an object, not {called(payload)}.")
            findings.raise_any()
        known = (*self._check_payload(payload, findings), EMBEDDING)
        if EMBEDDING in payload:
            findings.embedding(payload[EMBEDDING], f"payload.{EMBEDDING}")
        findings.free_form({key: value for key, value in payload.items() if key not in known}, "payload")
        findings.raise_any()
        return dict(payload)

    def clean_label(self, label: Any, payload: dict[str, Any] | None, spec: TypeSpec) -> Any:
        """Return the label in the one form in which it is stored and compared.

        Without a payload (None: the item is not known yet) only what needs none is checked.
        """
        findings = Findings()
        cleaned = self._check_label(label, payload, spec, findings)
        findings.raise_any()
        return cleaned

    def distance(self, a: Any, b: Any, spec: TypeSpec) -> float:
        """Return how far apart two cleaned labels are, in [0, 1]; 0 for equal ones."""
        return 0.0 if a == b else 1.0

    def agree(self, a: Any, b: Any, spec: TypeSpec) -> bool:
        """Return whether two people (or a person and a model) who say `a` and `b` agree."""
        return self.conflict(a, b) is None and self.near(self.distance(a, b, spec), spec)

    def writes_labels_as_json(self, spec: TypeSpec) -> bool:
        """Return whether a label in a cell of a table is JSON; else it is text."""
        return False

    def scale(self, spec: TypeSpec) -> str:
        """Return how labels are compared beyond equal or not: nominal, interval (numbers) or distance."""
        return "nominal" if self.exact else "distance"

    def hits(self, a: Any, b: Any) -> tuple[int, int]:
        """Return of two labels made of parts how many parts have a partner, and how many both have.

        The first over the second is their F1; (0, 0) where labels have no parts.
        """
        return 0, 0

    def near(self, distance: float, spec: TypeSpec) -> bool:
        """Return whether two labels this far apart agree as far as distance goes."""
        return distance <= spec.tolerance + SLACK

    def conflict(self, a: Any, b: Any) -> str | None:
        """Return what makes two cleaned labels say different things however near they look, or None."""
        return None

    def classes(self, spec: TypeSpec) -> tuple[str, ...] | None:
        """Return the classes to choose from, or None where they can't be listed."""
        return None

    def refusal(self, action: str, comment: str, payload: dict[str, Any]) -> tuple[str, str] | None:
        """Return why an item's own terms don't allow an act (field and sentence), or None."""
        return None

    def choices(self, payload: dict[str, Any], spec: TypeSpec, *, chance: float) -> tuple[Choice, ...]:
        """Return what there is to choose from at this item, in the order in which it is shown.

        `chance` in [0, 1) is a draw kept for the person and the seat; only a kind that shuffles reads it.
        """
        return tuple(Choice(label, label) for label in self.classes(spec) or ())

    def display(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Return what the kind's own page shows of a cleaned payload, by name."""
        return {}

    def slices(self, label: Any) -> tuple[str, ...]:
        """Return the classes that a label names: what per-class thresholds and reports go by."""
        return ()

    def novelty(
        self, label: Any, payload: dict[str, Any], known: Collection[str] | None, *, confirm: bool
    ) -> str | None:
        """Return what is new about a predicted label, or None.

        `known` are the classes that people have given as answers, None where nobody has looked; with
        `confirm` any other class is new.
        """
        if known is None or not confirm:
            return None
        new = [name for name in self.slices(label) if name not in known]
        return f"nobody has given {', '.join(map(repr, new))} as an answer yet" if new else None

    def describe(self, label: Any) -> str:
        """Return the label in words for people; never raises."""
        return "nothing" if label is None else str(label)

    def summary(self, payload: dict[str, Any]) -> str:
        """Return up to 120 characters that tell items apart in a list, from a cleaned payload."""
        text = next((payload[key] for key in self._telling if isinstance(payload.get(key), str)), "")
        line = " ".join(text[:400].split())
        return line if len(line) <= 120 else line[:119] + "…"

    def gist(self, payload: dict[str, Any]) -> str:
        """Return the text of a cleaned payload by which items are found alike; empty where it has none."""
        return payload.get("text") or ""

    def reading(self, payload: dict[str, Any]) -> str:
        """Return the text of a cleaned payload that nobody can answer without looking at it."""
        return self.gist(payload)

    def lesson(self, payload: dict[str, Any]) -> Lesson | None:
        """Return what an answered item can teach a language model, or None where it can't."""
        return None

    _telling: tuple[str, ...] = ("text",)

    def _check_payload(self, payload: dict[str, Any], findings: Findings) -> tuple[str, ...]:
        """Note what is wrong with the kind's own fields and return their names."""
        return ()

    def _check_label(
        self, label: Any, payload: dict[str, Any] | None, spec: TypeSpec, findings: Findings
    ) -> Any:
        """Note what is wrong with the label and return its canonical form."""
        return label


def for_people(payload: dict[str, Any]) -> dict[str, Any]:
    """Return the payload without what is for models alone."""
    return {name: value for name, value in payload.items() if name != EMBEDDING}


def check_labels(spec: TypeSpec, least: int, findings: Findings) -> None:
    """Note where an item type's labels are too few, too many, doubled or not storable."""
    if not least <= len(spec.labels) <= MAX_LABELS:
        findings.add("labels", "invalid", f"Name {least} to {MAX_LABELS} labels.")
    if len(set(spec.labels)) != len(spec.labels):
        findings.add("labels", "invalid", "A label is named twice.")
    for label in spec.labels:
        if not findings.text(label, "labels", limit=MAX_LABEL):
            return


def check_choice(label: Any, choices: tuple[str, ...], attr: str, findings: Findings) -> bool:
    """Return whether the label is one of the choices; note why not, with the choices."""
    if isinstance(label, str) and label in choices:
        return True
    shown = ", ".join(choices[:20]) + (", …" if len(choices) > 20 else "")
    if isinstance(label, str):
        findings.add(attr, "unknown_label", f"There is no label {label[:100]!r}. Use one of: {shown}.")
    else:
        findings.add(attr, "invalid", f"Send a label, not {called(label)}. Use one of: {shown}.")
    return False


def text_lesson(payload: dict[str, Any]) -> Lesson | None:
    """Return the text of an open payload as a question to be answered with a label; None without a text."""
    text = payload.get("text")
    return Lesson(text, [], None) if text else None


def check_open_payload(payload: dict[str, Any], findings: Findings) -> tuple[str, ...]:
    """Note what is wrong with a payload of any of text, image and features; return these names."""
    checks = {"text": findings.text, "image": findings.image, "features": findings.features}
    sent = [name for name in checks if name in payload]
    if not sent:
        findings.add("payload", "required", "Send at least one of text, image and features.")
    for name in sent:
        checks[name](payload[name], f"payload.{name}")
    return tuple(checks)
