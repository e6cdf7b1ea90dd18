"""Reading one field of many payloads, with an error that says which payload is at fault."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


class EncodeError(ValueError):
    """A payload does not hold what the encoder reads."""


def read(payloads: Sequence[Mapping[str, Any]], field: str, take: Callable[[Any], T]) -> list[T]:
    """Return `take(payload[field])` for each; EncodeError names the payload's place in the list and why."""
    taken = []
    for place, payload in enumerate(payloads):
        try:
            taken.append(take(payload[field]))
        except KeyError as error:
            raise EncodeError(f"payload {place} has no {field!r}") from error
        except (TypeError, ValueError, OverflowError) as error:
            raise EncodeError(f"payload {place}: {field!r} can't be read: {error}") from error
    return taken
