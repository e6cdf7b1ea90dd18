"""Rows of a file one after the other, whatever its size: JSON Lines, CSV, or one long JSON list."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any, TextIO

from audit.spreadsheets import plain

PIECE = 1 << 14  # characters read at once
LONGEST = 64 << 20  # characters of one value
BLANKS = " \t\r\n"
JSON_COLUMN = ":json"
WIDEST_CELL = 16 << 20
NO_NAME = "column"  # of a column without a heading, with its place


@dataclass(frozen=True)
class Row:
    """One row: the line on which it begins (from 1), its value, or why it can't be read."""

    line: int
    value: Any = None
    problem: str = ""


def lines(file: TextIO) -> Iterator[Row]:
    """Yield each line of JSON Lines; empty ones are passed over."""
    for number, text in enumerate(file, start=1):
        if text.strip():
            yield _parsed(number, text.strip())


def _parsed(number: int, text: str) -> Row:
    try:
        return Row(number, json.loads(text, parse_constant=refuse))
    except ValueError as error:
        return Row(number, text, f"This is no JSON: {error}.")
    except RecursionError:
        return Row(number, text, "This is nested too deeply.")


def refuse(name: str) -> Any:
    """Raise ValueError for NaN and the infinities, which Python reads though they are no JSON."""
    raise ValueError(f"{name} is no JSON number")


def table(file: TextIO, delimiter: str = ",") -> Iterator[Row]:
    """Yield each row of a CSV as an object of its columns.

    A column whose name ends in `:json` holds JSON; an empty cell of such a column is left out. A row with
    fewer or more cells than columns is a problem. A second column of one name is called `NAME (2)`, one
    without a name by its place; a first line `sep=;`, which spreadsheets write, is passed over. Where the
    headings can't be read, that is the only row's problem.
    """
    csv.field_size_limit(WIDEST_CELL)
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    try:
        names = _headings(reader)
    except csv.Error as error:
        yield Row(1, problem=f"The headings are no CSV: {error}.")
        return
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield Row(begins, problem=f"This is no CSV: {error}.")
            continue
        if cells is None:
            return
        if cells:
            yield _row(begins, names, cells)


def _headings(reader: Iterator[list[str]]) -> list[str]:
    first = next(reader, [])
    if first[:1] and first[0].lower() == "sep=" and not any(first[1:]):
        first = next(reader, [])
    names: dict[str, None] = {}  # in order; a list would be searched through for each of a wide table
    numbers = defaultdict(lambda: count(2))
    for place, heading in enumerate(first, start=1):
        name = heading.strip() or f"{NO_NAME} {place}"
        others = (f"{name} ({n})" for n in numbers[name])
        names[name if name not in names else next(one for one in others if one not in names)] = None
    return list(names)


def _row(number: int, names: list[str], cells: list[str]) -> Row:
    if len(cells) != len(names):
        here = f"{len(cells)} cell{'s' if len(cells) > 1 else ''}"
        told = f"This row has {here}, the headings are {len(names)}."
        return Row(number, cells, told)
    value: dict[str, Any] = {}
    for name, cell in zip(names, cells, strict=True):
        if not name.endswith(JSON_COLUMN):
            value[name] = plain(cell)
        elif cell:
            parsed = _parsed(number, cell)
            if parsed.problem:
                return Row(number, cells, f"{name}: {parsed.problem}")
            value[name.removesuffix(JSON_COLUMN)] = parsed.value
    return Row(number, value)


def listed(file: TextIO) -> Iterator[Row]:
    """Yield each element of a JSON list, without holding more of it than one element.

    Where the list can't be read any further, that is the last row's problem.
    """
    decoder = json.JSONDecoder(parse_constant=refuse)
    text, line, begun = "", 1, False
    while True:
        rest = text.lstrip(BLANKS + ("," if begun else ""))
        line += text.count("\n", 0, len(text) - len(rest))
        text = rest or file.read(PIECE)
        if not text:
            yield Row(line, problem="The list does not end." if begun else "There is no list here.")
            return
        if not rest:
            continue
        if not begun:
            if text[0] != "[":
                yield Row(line, problem="This is no list: the first character is not [.")
                return
            text, begun = text[1:], True
        elif text[0] == "]":
            return
        else:
            text, value, length, problem = _element(decoder, text, file)
            yield Row(line, value, problem)
            if problem:
                return
            line += text.count("\n", 0, length)
            text = text[length:]


def _element(decoder: json.JSONDecoder, text: str, file: TextIO) -> tuple[str, Any, int, str]:
    """Return the text read so far, the value that it begins with, its length, and what is wrong."""
    while True:
        try:
            return text, *decoder.raw_decode(text), ""
        except RecursionError:
            return text, None, 0, "This is nested too deeply."
        except ValueError as error:
            # Twice as much each time: a long value is not parsed again for every piece.
            more = file.read(max(len(text), PIECE)) if len(text) < LONGEST else ""
            if not more:
                return text, None, 0, f"This is no JSON: {error}."
            text += more


READERS = {"jsonl": lines, "csv": table, "label-studio": listed}


def read(form: str, file: TextIO, delimiter: str) -> Iterator[Row]:
    """Return the rows of a file of this format; only a CSV has a delimiter."""
    return table(file, delimiter) if form == "csv" else READERS[form](file)
