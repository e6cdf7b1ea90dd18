"""Checks of JSON values from outside: finite, of bounded size and depth, and storable as they are."""

import math
from array import array
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from routing import pictures
from routing.errors import Problem

MAX_TEXT = 100_000  # characters
MAX_FEATURES = 100_000  # numbers
MAX_EMBEDDING = 4_096  # numbers
MAX_NODES = 20_000  # values in one free-form object
MAX_DEPTH = 32  # levels of lists and objects
MAX_URL = 2_000  # characters
MAX_PATH = 150  # characters of the path of a field that there is not


class KindErrors(ValueError):
    """What is wrong with a payload, a label or an item type's settings."""

    def __init__(self, errors: list[Problem]) -> None:
        self.errors = errors
        super().__init__("; ".join(f"{error.attr}: {error.detail}" for error in errors))


class Findings:
    """Collects what is wrong, so that a client learns of everything at once."""

    def __init__(self) -> None:
        self.errors: list[Problem] = []

    def add(self, attr: str, code: str, detail: str) -> None:
        """Note one error."""
        self.errors.append(Problem(attr, code, detail))

    def raise_any(self) -> None:
        """Raise KindErrors where anything was noted."""
        if self.errors:
            raise KindErrors(self.errors)

    def fields(self, given: Iterable[Any], known: Collection[str], attr: str = "") -> None:
        """Note each field of an object, which itself stands at `attr`, that is not known."""
        for name in given:
            if name not in known:
                place = f"{attr}.{name}" if attr else str(name)
                self.add(
                    place[:MAX_PATH], "unknown_field", f"There is no such field. Use: {', '.join(known)}."
                )

    def text(self, value: Any, attr: str, *, limit: int = MAX_TEXT, blank: bool = False) -> bool:
        """Return whether the value is storable text within the limit; note why not."""
        if not isinstance(value, str):
            self.add(attr, "invalid", f"Send text, not {called(value)}.")
        elif len(value) > limit:
            self.add(attr, "max_length", f"Send at most {limit:,} characters; this has {len(value):,}.")
        elif not blank and not value.strip():
            self.add(attr, "blank", "This field may not be blank.")
        elif not storable(value):
            self.add(attr, "invalid", "Remove the null character or the half of a surrogate pair.")
        else:
            return True
        return False

    def number(
        self,
        value: Any,
        attr: str,
        *,
        low: float | None = None,
        high: float | None = None,
        whole: bool = False,
    ) -> bool:
        """Return whether the value is a finite number within the limits; note why not."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.add(attr, "invalid", f"Send a {'whole ' * whole}number, not {called(value)}.")
        elif not is_number(value):
            self.add(attr, "invalid", "Send a finite number, of at most 1e308.")
        elif whole and not isinstance(value, int):
            self.add(attr, "invalid", f"Send a whole number; this is {value:g}.")
        elif (low is not None and value < low) or (high is not None and value > high):
            self.add(attr, "out_of_range", f"Send a number {_span(low, high)}; this is {value:g}.")
        else:
            return True
        return False

    def features(self, value: Any, attr: str) -> bool:
        """Return whether the value is a list of 1 to MAX_FEATURES finite numbers; note why not."""
        return self._numbers(value, attr, MAX_FEATURES, "feature")

    def embedding(self, value: Any, attr: str) -> bool:
        """Return whether the value is a list of 1 to MAX_EMBEDDING finite numbers; note why not."""
        return self._numbers(value, attr, MAX_EMBEDDING, "number of an embedding")

    def _numbers(self, value: Any, attr: str, limit: int, one: str) -> bool:
        if not isinstance(value, list) or not 1 <= len(value) <= limit:
            self.add(attr, "invalid", f"Send a list of 1 to {limit:,} numbers.")
        elif not _all_finite(value):
            self.add(attr, "invalid", f"Every {one} must be a finite number.")
        else:
            return True
        return False

    def image(self, value: Any, attr: str) -> bool:
        """Return whether the value is an http(s) URL or a data URI of a bitmap; note why not."""
        if isinstance(value, str) and value[:5].lower() == "data:":
            return self._data_uri(value, attr)
        if not self.text(value, attr, limit=MAX_URL):
            return False
        if not pictures.is_address(value):
            self.add(attr, "invalid", "Send a data URI, or an http(s) address outside of private networks.")
            return False
        return True

    def _data_uri(self, value: str, attr: str) -> bool:
        head, _, body = value.partition(",")
        mime, _, encoding = head[5:].lower().partition(";")
        if mime not in pictures.FORMATS:
            self.add(attr, "image_type", f"Send one of {', '.join(pictures.FORMATS)}, not {mime[:40]!r}.")
        elif len(body) * 3 // 4 > pictures.MOST_BYTES:
            self.add(attr, "max_length", f"Send at most {pictures.MOST_BYTES // 10**6} MB, or an address.")
        elif encoding != "base64" or (size := pictures.size(body, mime)) is None:
            self.add(attr, "invalid", f"This isn't a base64-encoded {mime} file.")
        elif size[0] * size[1] > pictures.MOST_PIXELS:
            most = f"Send a picture of at most {pictures.MOST_PIXELS // 10**6} million pixels."
            self.add(attr, "max_length", most)
        else:
            return True
        return False

    def free_form(self, value: Any, attr: str) -> bool:
        """Return whether any JSON value is finite, storable and of bounded size and depth; note why not."""
        for count, (node, depth) in enumerate(_walk(value)):
            if count > MAX_NODES:
                self.add(attr, "too_large", f"Send at most {MAX_NODES:,} values here.")
            elif depth > MAX_DEPTH:
                self.add(attr, "too_deep", f"Nest at most {MAX_DEPTH} levels.")
            elif isinstance(node, str) and not (len(node) <= MAX_TEXT and storable(node)):
                self.add(attr, "invalid", f"A text here is over {MAX_TEXT:,} characters or can't be stored.")
            elif isinstance(node, int | float) and not isinstance(node, bool) and not is_number(node):
                self.add(attr, "invalid", "NaN, infinity and numbers over 1e308 are not accepted.")
            elif node is not None and not isinstance(node, str | int | float | bool | list | dict):
                self.add(attr, "invalid", f"{called(node)} is not JSON.")
            else:
                continue
            return False
        return True


def clean_context(context: Any) -> dict[str, Any]:
    """Return the context that rules read; raises KindErrors where it isn't an object that can be stored."""
    findings = Findings()
    if not isinstance(context, dict):
        findings.add("context", "invalid", f"Send an object, not {called(context)}.")
    else:
        findings.free_form(context, "context")
    findings.raise_any()
    return context


def too_deep(value: Any, limit: int = 4 * MAX_DEPTH) -> bool:
    """Return whether lists and objects are nested deeper than `limit`; never recurses itself."""
    level = [value]
    for _ in range(limit):
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True


def is_number(value: Any) -> bool:
    """Return whether the value is a finite number that a float can hold; True and False are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def storable(text: str) -> bool:
    """Return whether PostgreSQL can keep the text: no null character, no lone surrogate."""
    if text.isascii():
        return "\x00" not in text
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text


def called(value: Any) -> str:
    """Return what people call a value of this type."""
    if isinstance(value, bool):
        return "true or false"
    names = {str: "text", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return "nothing" if value is None else names.get(type(value), type(value).__name__)


def _span(low: float | None, high: float | None) -> str:
    if low is None:
        return f"of at most {high:g}"
    return f"of at least {low:g}" if high is None else f"from {low:g} to {high:g}"


def _all_finite(values: list[Any]) -> bool:
    if not set(map(type, values)) <= {int, float}:
        return False
    try:
        return all(map(math.isfinite, array("d", values)))
    except OverflowError:
        return False


def _walk(value: Any) -> Iterator[tuple[Any, int]]:
    """Yield every value and key below `value` with its depth, without recursion."""
    stack = [(value, 0)]
    while stack:
        node, depth = stack.pop()
        yield node, depth
        if isinstance(node, dict):
            stack.extend((key, depth + 1) for key in node)
            stack.extend((child, depth + 1) for child in node.values())
        elif isinstance(node, list):
            stack.extend((child, depth + 1) for child in node)
