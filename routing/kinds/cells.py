"""What of a payload may stand in a column of a table, and by which headings it is known."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """A field of the payload in a table: what people call it, headings that mean it, and how it is written.

    `json`: its cells hold numbers, lists or objects as JSON; else they are texts.
    """

    name: str
    title: str
    known_as: tuple[str, ...] = ()
    json: bool = False

    @property
    def target(self) -> str:
        """What an import calls it."""
        return f"{self.name}:json" if self.json else self.name


TEXT = Cell(
    "text",
    "The text to judge",
    ("text", "review", "comment", "message", "post", "body", "content", "description", "sentence", "tweet"),
)
IMAGE = Cell(
    "image",
    "The picture's address",
    ("image", "picture", "photo", "img", "imageurl", "pictureurl", "photourl", "url"),
)
FEATURES = Cell("features", "A list of numbers", ("features", "vector"), json=True)
OPEN = (TEXT, IMAGE, FEATURES)
PICTURE = (
    IMAGE,
    Cell("width", "The picture's width in pixels", ("width", "imagewidth"), json=True),
    Cell("height", "The picture's height in pixels", ("height", "imageheight"), json=True),
)
WRITING = (
    Cell("query", "The question", ("query", "question", "prompt", "field", "instruction")),
    Cell("output", "The answer to judge", ("output", "answer", "response", "completion", "value")),
    Cell(
        "context", "What the answer was made from", ("context", "passage", "source", "document", "evidence")
    ),
)
COMPARING = (
    Cell("prompt", "The question", ("prompt", "query", "question", "instruction")),
    Cell("a", "The first answer", ("a", "answera", "responsea", "chosen", "first", "output1", "answer1")),
    Cell("b", "The second answer", ("b", "answerb", "responseb", "rejected", "second", "output2", "answer2")),
)
ACTING = (
    Cell("action", "The action", ("action", "tool", "function")),
    Cell("args", "Its arguments", ("args", "arguments", "input", "parameters"), json=True),
    Cell("description", "Why the agent asks", ("description", "reason")),
)
LINKING = (
    TEXT,
    Cell("mention", "The mention: its start and end", ("mention", "span"), json=True),
    Cell("candidates", "The candidates", ("candidates", "entities"), json=True),
)
