"""Ten items of each kind, what a person presses at each, and what that leaves."""

import base64
from dataclasses import dataclass, field
from typing import Any

from routing import router
from routing.policy import Opinion
from tests import factories
from tests.pictures import picture

TOPICS = [
    "art",
    "food",
    "law",
    "money",
    "music",
    "nature",
    "politics",
    "science",
    "sport",
    "travel",
    "war",
    "work",
]


CAR = {"label": "car", "box": [20, 30, 80, 90], "score": 0.75}
OUTLINE = {
    "label": "car",
    "box": [18, 30, 81, 90],
    "polygon": [[18, 30], [81, 30], [80, 90], [20, 90]],
}


@dataclass(frozen=True)
class Turn:
    """One item: what is pressed in order, what was typed into which field, and the act and label it leaves.

    `type:` before a press types what follows. `again` is pressed where the typed text came back by itself.
    """

    presses: tuple[str, ...]
    action: str
    label: Any = None
    typed: tuple[str, str] | None = None
    again: tuple[str, ...] = ()


@dataclass(frozen=True)
class Work:
    """One kind's item type, the payload of each item, the model's guess, and the turns in order."""

    kind: str
    payload: dict[str, Any]
    guess: Any
    turns: tuple[Turn, ...]
    fields: dict[str, Any] = field(default_factory=dict)
    name: str = ""

    @property
    def slug(self) -> str:
        """The item type's slug, and what its items' references begin with."""
        return self.name or self.kind


def _people() -> list[dict[str, str]]:
    names = ["Paris, capital of France", "Paris, Texas", "Paris Hilton", "Paris of Troy"]
    names += [f"Paris, township {n}" for n in range(7)]
    return [
        {"id": f"Q{n}", "name": name, "description": "A place or one."} for n, name in enumerate(names, 1)
    ]


LINKING = Work(
    "entity_linking",
    {"text": "She sang in Paris last year.", "mention": {"start": 12, "end": 17}, "candidates": _people()},
    "Q1",
    (
        Turn(("Enter",), "approve", "Q1"),
        Turn(("2",), "edit", "Q2"),
        Turn(("0",), "edit", None),
        Turn(("n", "type:Q999", "Enter"), "edit", "Q999", ("#typed", "Q999"), ("n", "Enter")),
        Turn(("/", "type:troy", "Enter"), "edit", "Q4"),
    )
    * 2,
)
LONGER = "The fee is 3 percent. It is due on Monday."
WRITING = Work(
    "generation",
    {
        "query": "What is the fee?",
        "context": ["The fee is 3 percent.", "It is due on Monday."],
        "used": [0],
        "output": "The fee is 3 percent.",
    },
    "The fee is 3 percent.",
    (
        Turn(("Enter",), "approve", "The fee is 3 percent."),
        Turn(("i", "type: Due at noon.", "Control+Enter"), "edit", "The fee is 3 percent. Due at noon."),
        Turn(("x",), "reject"),
        Turn(
            ("i", "type: It is due on Monday.", "Escape", "Enter"),
            "edit",
            LONGER,
            ("#edited", LONGER),
            ("Enter",),
        ),
        Turn(("i", "Escape", "Enter"), "approve", "The fee is 3 percent."),
    )
    * 2,
)
COMPARING = Work(
    "preference",
    {"prompt": "Say hello.", "a": "Hello there.", "b": "Yo."},
    "a",
    (
        Turn(("Enter",), "approve", "a"),
        Turn(("1",), "", "first"),
        Turn(("2",), "", "second"),
        Turn(("0",), "edit", "tie"),
        Turn(("u", "2"), "", "second"),
    )
    * 2,
)
MEASURING = Work(
    "regression",
    {"text": "A flat of three rooms."},
    7.25,
    (
        Turn(("Enter",), "approve", 7.25),
        Turn(("8", "Enter"), "edit", 8),
        Turn(("type:3,5", "Enter"), "edit", 3.5),
        Turn(("type:9.75", "Escape", "Enter"), "edit", 9.75, ("#number", "9.75"), ("Enter",)),
        Turn(("type:6", "ArrowUp", "Enter"), "edit", 6.1),
    )
    * 2,
    {"labels": [], "minimum": 0, "maximum": 10, "unit": "m²"},
)
SORTING = Work(
    "classification",
    {"text": "The minister paid for the war."},
    ["money"],
    (
        Turn(("Enter",), "approve", ["money"]),
        Turn(("1", "Enter"), "edit", ["art", "money"]),
        Turn(("4", "Enter"), "edit", []),
        Turn(
            ("/", "type:war", "Enter", "type:pol", "Enter", "Escape", "Enter"),
            "edit",
            ["money", "politics", "war"],
            again=("Enter",),
        ),
        Turn(("/", "type:sci", "Enter", "Control+Enter"), "edit", ["money", "science"]),
    )
    * 2,
    {"labels": TOPICS, "multilabel": True},
)
PICKING = Work(
    "classification",
    {"text": "The minister paid for the war."},
    "money",
    (
        Turn(("Enter",), "approve", "money"),
        Turn(("1",), "edit", "art"),
        Turn(("/", "type:pol", "Enter"), "edit", "politics"),
        Turn(("c", "type:Hm.", "Escape", "2"), "edit", "food", ("#comment", "Hm."), ("2",)),
        Turn((".",), "edit", "food"),
    )
    * 2,
    {"labels": TOPICS},
    "topics",
)
DRAWING = Work(
    "detection",
    {
        "image": f"data:image/png;base64,{base64.b64encode(picture(200, 160)).decode()}",
        "width": 200,
        "height": 160,
    },
    [CAR],
    (
        Turn(("Enter",), "approve", [CAR]),
        Turn(
            ("w", "ArrowRight", "ArrowRight", "Shift+ArrowDown", "Control+ArrowUp", "Enter"),
            "edit",
            [{"label": "car", "box": [24, 29, 84, 91]}],
        ),
        Turn(("n", "2", "ArrowDown", "Enter"), "edit", [CAR, {"label": "bike", "box": [75, 62, 125, 102]}]),
        Turn(("w", "Delete", "Enter"), "edit", [], ("[data-boxes]", "[]"), ("Enter",)),
        Turn(("w", "t", "ArrowLeft", "k", "Control+ArrowRight", "Enter"), "edit", [OUTLINE]),
    )
    * 2,
    {"labels": ["car", "bike"]},
)
REFUND = {"action": "refund", "args": {"sum": 180, "order": 12345678901234567890}}
DEARER = {"action": "refund", "args": REFUND["args"] | {"sum": 1805}}
ACTING = Work(
    "agent_action",
    REFUND | {"description": "The customer sent the shoes back."},
    REFUND,
    (
        Turn(("Enter",), "approve", REFUND),
        Turn(("n",), "reject"),
        Turn(("i", "End", "type:5", "Control+Enter"), "edit", DEARER),
        Turn(
            ("i", "End", "type:5", "Escape", "Enter"),
            "edit",
            DEARER,
            ("[data-arg=sum] input", "1805"),
            ("Enter",),
        ),
        Turn(("x", "type:Ask first.", "Control+Enter"), "reject"),
    )
    * 2,
    {"reject_means": "withhold"},
)
EVERY = (LINKING, WRITING, COMPARING, MEASURING, SORTING, PICKING, DRAWING, ACTING)
WORK = {work.slug: work for work in EVERY}


def waiting(work: Work) -> None:
    """Let this work wait for a person, its items in order of their turns."""
    factories.item_type(work.slug, **({"kind": work.kind, "labels": []} | work.fields))
    entries = [
        router.Entry(f"{work.slug}-{n}", work.payload, opinions=(Opinion("model@1", work.guess, 0.85),))
        for n in range(len(work.turns))
    ]
    router.submit(work.slug, entries, by="system:test")
