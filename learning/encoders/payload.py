"""Reading one field of many payloads, with an error that says which payload is at fault."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


class EncodeError(ValueError):
    """A payload does not hold what the encoder reads, or no payload can be read here.

    `why` says it without naming the payload, which with a `place` is payload number `place`.
    """

    def __init__(self, why: str, place: int | None = None) -> None:
        super().__init__(why if place is None else f"payload {place} {why}")
        self.why = why if place is None else f"its payload {why}"


def read(payloads: Sequence[Mapping[str, Any]], field: str, take: Callable[[Any], T]) -> list[T]:
    """Return `take(payload[field])` for each; EncodeError names the payload's place in the list and why."""
    taken = []
    for place, payload in enumerate(payloads):
        try:
            taken.append(take(payload[field]))
        except KeyError as error:
            raise EncodeError(f"has no {field!r}", place) from error
        except (TypeError, ValueError, OverflowError) as error:
            raise EncodeError(f"has a {field!r} that can't be read: {error}", place) from error
    return taken


def text(value: Any) -> str:
    """Return the value; TypeError where it is no string."""
    if not isinstance(value, str):
        raise TypeError("it must be a string")
    return value
