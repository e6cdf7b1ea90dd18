"""Parquet: one row a label as in CSV, with types, written by DuckDB from a file beside it."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from labeling.exporting.records import Head, Record, Tally, dump, line
from labeling.exporting.table import COLUMNS, told

PIECE = 1 << 20
# What isn't text: JSON stays JSON in a column of text, since its shape differs from kind to kind.
TIMES = dict.fromkeys(("ts", "superseded_at"), "TIMESTAMPTZ")
TYPES = {"user_id": "BIGINT", "prev_confidence": "DOUBLE", "weight": "DOUBLE"} | TIMES
JSON = ("label", "answer", "payload")
LEAST_GROUP, MOST_GROUP = (
    2_048,
    10_000,
)  # rows; DuckDB reads so many at once, and holds a group until it is written
GROUP = 4 << 20  # bytes of a group where that is more than the least
SETTINGS = {"threads": 1, "autoinstall_known_extensions": False}
LEAST_LINE, LEAST_MEMORY = 1 << 16, 64 << 20  # bytes; DuckDB reads in pieces of several lines


def available() -> bool:
    """Return whether the optional library is installed."""
    return importlib.util.find_spec("duckdb") is not None


def stream(head: Head, records: Iterable[Record], tally: Tally) -> Iterator[bytes]:
    """Yield a Parquet file in pieces: the columns of CSV; label, answer and payload hold JSON as text."""
    with TemporaryDirectory(prefix="hitl-parquet-") as folder:
        lines, made = Path(folder, "rows.jsonl"), Path(folder, "rows.parquet")
        longest = LEAST_LINE
        with lines.open("wb") as file:
            for record in records:
                for one in told(record):
                    longest = max(longest, file.write(line(_typed(one))))
                    tally.rows += 1
            mean = file.tell() // max(tally.rows, 1)
        _convert(lines, made, longest, mean)
        with made.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece


def _typed(one: Record) -> Record:
    """Return a row whose values fit their columns."""
    return one | {name: None if one[name] is None else dump(one[name]).decode() for name in JSON}


def _convert(lines: Path, made: Path, longest: int, mean: int) -> None:
    """Write the lines, of so many bytes at most and on average, as Parquet."""
    import duckdb

    columns = {name: TYPES.get(name, "VARCHAR") for name in COLUMNS}
    memory = LEAST_MEMORY + 16 * longest + 4 * LEAST_GROUP * mean
    limits = {"temp_directory": str(made.parent), "memory_limit": f"{memory}B"}
    group = max(LEAST_GROUP, min(MOST_GROUP, GROUP // max(mean, 1)))
    with duckdb.connect(config=SETTINGS | limits) as connection:
        rows = connection.read_json(
            str(lines), columns=columns, format="newline_delimited", maximum_object_size=longest
        )
        rows.write_parquet(str(made), compression="zstd", row_group_size=group)
