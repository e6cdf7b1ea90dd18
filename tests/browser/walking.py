"""Somebody who does a task in the browser, and how long that would take a person who reads and types."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page

# The keystroke-level model (Card, Moran and Newell, "The keystroke-level model", CACM 23(7), 1980), seconds.
KEY, POINT, PRESS, THINK, HOME = 0.28, 1.1, 0.2, 1.35, 0.4
WORDS_A_MINUTE = 238  # silent reading of English (Brysbaert, "How many words do we read per minute?", 2019)


@dataclass
class Walk:
    """One person's way: `steps` is what they did, each with the seconds that it takes them."""

    page: Page
    steps: list[tuple[str, float]] = field(default_factory=list)

    def read(self, part: str = "main") -> None:
        """Read what stands in these parts of the page, each word once; lists that are folded stay so."""
        words = sum(len(text.split()) for text in self.page.locator(part).all_inner_texts())
        words -= sum(len(text.split()) for text in self.page.locator(f"{part} select").all_inner_texts())
        self.steps.append((f"reads {words} words", 60 * words / WORDS_A_MINUTE))

    def press(self, role: Any, name: str) -> None:
        """Find a button or link that leads to another page, press it, and wait until that is loaded."""
        with self.page.expect_navigation():
            self.page.get_by_role(role, name=name, exact=True).click()
        self.steps.append((f"presses {name}", THINK + POINT + PRESS))

    def fill(self, field_: Locator, text: str) -> None:
        """Go into a field and type."""
        field_.fill(text)
        self.steps.append((f"types {text!r}", THINK + POINT + PRESS + 2 * HOME + KEY * len(text)))

    def choose(self, field_: Locator, title: str) -> None:
        """Take an entry of a list."""
        field_.select_option(label=title)
        self.steps.append((f"takes {title}", 2 * (THINK + POINT + PRESS)))

    def drop(self, path: str) -> None:
        """Find a file among their own and give it to the page."""
        self.page.set_input_files("input[type=file]", path)
        self.steps.append(("finds their file", 4 * (THINK + POINT + PRESS)))

    def key(self, key: str) -> None:
        """Press one key."""
        self.page.keyboard.press(key)
        self.steps.append((f"presses {key}", THINK + KEY))

    @property
    def seconds(self) -> float:
        """How long all of it takes, waiting left out."""
        return sum(seconds for _, seconds in self.steps)

    def told(self) -> str:
        """Return the steps with their seconds, and the sum."""
        lines = [f"{seconds:6.1f} s  {what}" for what, seconds in self.steps]
        return "\n".join([*lines, f"{self.seconds:6.1f} s  in {len(self.steps)} steps"])
