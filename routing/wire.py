"""JSON on the wire: read strictly, written fast."""

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any

import orjson
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.utils.encoders import JSONEncoder

from routing.bounds import too_many
from routing.errors import InvalidInput
from routing.values import storable, too_deep

_SUSPECT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")


class StrictJsonParser(BaseParser):
    """Parse JSON of bounded size and depth; NaN and infinities are refused, whole numbers kept exactly."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: dict | None = None) -> Any:
        """Return the body's value.

        Raises ParseError, InvalidInput naming a text that can't be stored, or RequestDataTooBig where the
        body exceeds the setting.
        """
        # Django reads a body whole only up to its limit; reading the stream would know none.
        raw = parser_context["request"].body if parser_context else stream.read()
        if many := too_many(raw):
            raise InvalidInput.single(many, code="too_large")
        try:
            text = raw.removeprefix(codecs.BOM_UTF8).decode()
            data = json.loads(text, parse_constant=_refuse)
        except UnicodeDecodeError as error:
            raise ParseError("The body is not UTF-8.") from error
        except RecursionError as error:
            raise ParseError("The body is nested too deeply.") from error
        except ValueError as error:
            raise ParseError(f"The body is not JSON: {error}.") from error
        if too_deep(data):
            raise ParseError("The body is nested too deeply.")
        # Only an escape can bring in what PostgreSQL refuses; nearly every body is free of them.
        if _SUSPECT.search(text):
            _refuse_unstorable(data)
        return data


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a JSON number")


def _refuse_unstorable(data: Any) -> None:
    for path, text in _texts(data, ()):
        if not storable(text):
            detail = "Remove the null character or the half of a surrogate pair, which can't be stored."
            attr = ".".join(path) if all(map(storable, path)) else None
            raise InvalidInput.single(detail, attr=attr or None)


def _texts(data: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield every text and field name within `data`, with the path of where it stands."""
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield path, key
            yield from _texts(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _texts(value, (*path, str(index)))


class FastJsonRenderer(BaseRenderer):
    """Render plain values, times and UUIDs as UTF-8 JSON."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: dict | None = None
    ) -> bytes:
        """Return the body; empty for an answer without content."""
        return b"" if data is None else dump(data)


def dump(data: Any) -> bytes:
    """Return `data` as UTF-8 JSON."""
    try:
        return orjson.dumps(data, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:
        # Whole numbers beyond 64 bits and lazy texts are the slow encoder's.
        return json.dumps(data, cls=JSONEncoder).encode()
