"""The page on watching the server lists the metrics that there are, no more and no fewer."""

import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.api_client import caller

PAGE = Path(__file__).resolve().parents[2] / "docs" / "observability.md"


@pytest.mark.django_db
def test_every_metric_is_in_the_table():
    told = caller("metrics:read").get("/metrics").content.decode()
    there = {family.name for family in text_string_to_metric_families(told)}
    table = "".join(line for line in PAGE.read_text().splitlines(True) if line.startswith("| `hitl_"))
    listed = {name.removesuffix("_total") for name in re.findall(r"`(hitl_\w+)`", table)}
    assert listed == there
