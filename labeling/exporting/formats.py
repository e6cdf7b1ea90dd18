"""The formats that there are, by the name under which they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from labeling.exporting import a2i, boxes, chat, own, parquet, studio, table
from labeling.exporting.lessons import TEACHES, Lesson, lesson
from labeling.exporting.records import ITEM, Head, Record, Tally, line
from routing.errors import HitlError

LESSONS = frozenset(TEACHES)
BOXES = frozenset({"detection"})
NDJSON = "application/x-ndjson"


class FormatUnavailable(HitlError):
    """Parquet needs DuckDB, which this server does not have: install hitl[parquet], or take jsonl or csv."""

    code = "format_unavailable"


class UnknownFormat(HitlError):
    """There is no such format."""

    code = "unknown_format"
    status = 404


class KindHasNoFormat(HitlError):
    """Items of this kind can't be said in this format."""

    code = "kind_not_supported"


@dataclass(frozen=True)
class Format:
    """One format: how its file is called and what it holds.

    What models are trained on leaves out held-out items unless it is asked for them. `kinds` are those that
    it can say; None: all. One that `teaches` leaves out what has been retired as a golden example.
    """

    suffix: str
    content_type: str
    split: str = "all"
    kinds: frozenset[str] | None = None
    teaches: bool = False


@dataclass(frozen=True)
class Rows(Format):
    """A format of rows that follow one another, so that a file that broke off can be gone on with.

    `rows` takes a record, the head and how many rows came before; one piece of bytes is one row.
    """

    start: Callable[[Head], bytes] = own.start
    rows: Callable[[Record, Head, int], Iterator[bytes]] = own.rows
    end: Callable[[Head, int], bytes] = own.end


@dataclass(frozen=True)
class Whole(Format):
    """A format that is only right as a whole; `stream` counts its rows in the tally."""

    stream: Callable[[Head, Iterable[Record], Tally], Iterator[bytes]] = boxes.coco


def _lessons(
    shape: Callable[[Lesson], Iterator[dict[str, Any]]], record: Record, head: Head, number: int
) -> Iterator[bytes]:
    taught = lesson(record, head.spec.kind) if record["record"] == ITEM else None
    if taught:
        yield from map(line, shape(taught))


def _chat(shape: Callable[[Lesson], Iterator[dict[str, Any]]]) -> Rows:
    return Rows("jsonl", NDJSON, "train", LESSONS, True, rows=partial(_lessons, shape))


FORMATS: dict[str, Format] = {
    "jsonl": Rows("jsonl", NDJSON),
    "csv": Rows("csv", "text/csv; charset=utf-8", start=table.start, rows=table.rows, end=table.end),
    "parquet": Whole("parquet", "application/vnd.apache.parquet", stream=parquet.stream),
    "label-studio": Rows("json", "application/json", start=studio.start, rows=studio.rows, end=studio.end),
    "a2i": Rows("jsonl", NDJSON, rows=a2i.rows),
    "openai-chat": _chat(chat.openai_chat),
    "sft": _chat(chat.sft),
    "dpo": _chat(chat.dpo),
    "kto": _chat(chat.kto),
    "coco": Whole("json", "application/json", "train", BOXES, stream=boxes.coco),
    "yolo": Whole("zip", "application/zip", "train", BOXES, stream=boxes.yolo),
}


def find(name: str, kind: str) -> Format:
    """Return the format of this name; raises UnknownFormat, FormatUnavailable and KindHasNoFormat."""
    if name == "parquet" and not parquet.available():
        raise FormatUnavailable
    found = FORMATS.get(name)
    if found is None:
        raise UnknownFormat(f"There is no format {name[:50]!r}. Use one of: {', '.join(FORMATS)}.")
    if found.kinds is not None and kind not in found.kinds:
        kinds = ", ".join(sorted(found.kinds))
        raise KindHasNoFormat(
            f"{name} is for items of kind {kinds}; this type is of kind {kind}.", attr="item_type"
        )
    return found
