"""Parquet: the rows of CSV with types, and a clear word where the library is missing."""

import csv
import io
import json
from random import Random

import duckdb
import pytest

from labeling.exporting import formats, parquet
from labeling.exporting.formats import FormatUnavailable
from labeling.exporting.records import Head, Tally
from labeling.exporting.table import COLUMNS
from routing.kinds import KINDS, TypeSpec
from tests.labeling.api.test_exports import URL, caller
from tests.labeling.exporting.worlds import populate, take_back


def read(path, content):
    """Return the rows of a Parquet file as dictionaries, and the type of each column."""
    path.write_bytes(content)
    found = duckdb.read_parquet(str(path))
    rows = found.project("* REPLACE (ts::VARCHAR AS ts, superseded_at::VARCHAR AS superseded_at)").fetchall()
    return [dict(zip(found.columns, row, strict=True)) for row in rows], [*map(str, found.types)]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
def test_parquet_holds_the_rows_of_csv_with_types(kind, tmp_path):
    populate(kind)
    take_back(kind)
    client = caller("labels:read")
    content = client.get(URL.format("parquet") + "&split=all").getvalue()
    rows, types = read(tmp_path / "a.parquet", content)
    text = client.get(URL.format("csv") + "&split=all").getvalue().decode()
    plain = list(csv.DictReader(io.StringIO(text)))
    assert [row["id"] for row in rows] == [row["id"] for row in plain]
    assert [bool(row["superseded_at"]) for row in rows] == [bool(row["superseded_at"]) for row in plain]
    assert {type(row["weight"]) for row in rows} == {float}
    assert dict(zip(COLUMNS, types, strict=True))["ts"] == "TIMESTAMP WITH TIME ZONE"
    assert all(isinstance(json.loads(row["payload"]), dict) for row in rows if row["payload"])


@pytest.mark.django_db
def test_parquet_without_any_label_is_a_file_without_rows(tmp_path):
    populate("classification")
    content = caller("labels:read").get(URL.format("parquet") + "&since=2090-01-01T00:00:00Z").getvalue()
    assert read(tmp_path / "a.parquet", content)[0] == []


@pytest.mark.parametrize(("count", "length"), [(20_000, 600), (4_000, 10_000)])
def test_long_texts_that_have_nothing_in_common_are_written_too(count, length, tmp_path):
    said = {"id": "1", "ts": "2026-11-20T00:00:00+00:00", "label": "a", "session": None}
    head = Head("thing", TypeSpec("classification", labels=("a",)), "2026-11-20T00:00:00+00:00")
    texts = ({"text": Random(i).randbytes(length // 2).hex()} for i in range(count))
    records = ({"item_ref": "r", "payload": one, "labels": [said]} for one in texts)
    path, tally = tmp_path / "a.parquet", Tally()
    path.write_bytes(b"".join(parquet.stream(head, records, tally)))
    assert (tally.rows, duckdb.read_parquet(str(path)).count("*").fetchall()) == (count, [(count,)])


def test_a_server_without_the_library_says_what_to_install(monkeypatch):
    monkeypatch.setattr(parquet, "available", lambda: False)
    with pytest.raises(FormatUnavailable, match=r"install hitl\[parquet\]"):
        formats.find("parquet", "classification")
