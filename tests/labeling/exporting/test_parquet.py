"""Parquet: the rows of CSV with types, and a clear word where the library is missing."""

import csv
import io
import json

import duckdb
import pytest

from labeling.exporting import formats, parquet
from labeling.exporting.formats import FormatUnavailable
from labeling.exporting.table import COLUMNS
from routing.kinds import KINDS
from tests.labeling.api.test_exports import URL, caller
from tests.labeling.exporting.worlds import populate


def read(path, content):
    """Return the rows of a Parquet file as dictionaries, and the type of each column."""
    path.write_bytes(content)
    found = duckdb.read_parquet(str(path))
    rows = found.project("* REPLACE (ts::VARCHAR AS ts)").fetchall()
    return [dict(zip(found.columns, row, strict=True)) for row in rows], [*map(str, found.types)]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
def test_parquet_holds_the_rows_of_csv_with_types(kind, tmp_path):
    populate(kind)
    client = caller("labels:read")
    content = client.get(URL.format("parquet") + "&split=all").getvalue()
    rows, types = read(tmp_path / "a.parquet", content)
    text = client.get(URL.format("csv") + "&split=all").getvalue().decode()
    plain = list(csv.DictReader(io.StringIO(text)))
    assert [row["id"] for row in rows] == [row["id"] for row in plain]
    assert {type(row["weight"]) for row in rows} == {float}
    assert dict(zip(COLUMNS, types, strict=True))["ts"] == "TIMESTAMP WITH TIME ZONE"
    assert all(isinstance(json.loads(row["payload"]), dict) for row in rows if row["payload"])


@pytest.mark.django_db
def test_parquet_without_any_label_is_a_file_without_rows(tmp_path):
    populate("classification")
    content = caller("labels:read").get(URL.format("parquet") + "&since=2090-01-01T00:00:00Z").getvalue()
    assert read(tmp_path / "a.parquet", content)[0] == []


def test_a_server_without_the_library_says_what_to_install(monkeypatch):
    monkeypatch.setattr(parquet, "available", lambda: False)
    with pytest.raises(FormatUnavailable, match=r"install hitl\[parquet\]"):
        formats.find("parquet", "classification")
