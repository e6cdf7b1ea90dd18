"""The alert rules and the dashboard are valid, tested, and name only metrics that /metrics has."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from prometheus_client.parser import text_string_to_metric_families

from tests.api_client import caller

DEPLOY = Path(settings.BASE_DIR) / "deploy"
RULES = DEPLOY / "prometheus" / "alerts.yml"
NAMES = re.compile(r"\bhitl_[a-z_]+\b")


def promtool(*arguments, cwd=RULES.parent):
    done = subprocess.run(["promtool", *arguments], cwd=cwd, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def alerts():
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def drawn():
    """Return every expression of the dashboard, its variables filled in."""
    board = json.loads((DEPLOY / "grafana" / "dashboard.json").read_text())
    found = [one["expr"] for panel in board["panels"] for one in panel.get("targets", ())]
    return [expression.replace("$item_type", ".*") for expression in found]


def test_the_rules_are_valid_and_do_what_their_tests_say():
    promtool("check", "rules", "alerts.yml")
    promtool("test", "rules", "alerts_test.yml")


def test_the_configuration_is_valid(tmp_path):
    told = (DEPLOY / "prometheus" / "prometheus.yml").read_text()
    key = tmp_path / "key"
    key.write_text("hitl_")
    (tmp_path / "alerts.yml").write_text(RULES.read_text())
    (tmp_path / "prometheus.yml").write_text(told.replace("/etc/prometheus/hitl-metrics-key", str(key)))
    promtool("check", "config", "prometheus.yml", cwd=tmp_path)


def test_every_expression_of_the_dashboard_is_valid(tmp_path):
    rules = [{"record": f"panel:number{place}", "expr": one} for place, one in enumerate(drawn())]
    (tmp_path / "drawn.yml").write_text(json.dumps({"groups": [{"name": "drawn", "rules": rules}]}))
    promtool("check", "rules", "drawn.yml", cwd=tmp_path)


def families():
    """Return the families of metrics that a scrape shows."""
    return list(text_string_to_metric_families(caller("metrics:read").get("/metrics").content.decode()))


@pytest.mark.django_db
def test_every_metric_that_is_drawn_or_watched_exists():
    known = set()
    for family in families():
        known |= {family.name, *(f"{family.name}_{end}" for end in ("total", "bucket", "sum", "count"))}
    used = {name for text in [*drawn(), *(rule["expr"] for rule in alerts())] for name in NAMES.findall(text)}
    assert used - known == set()


def test_every_alert_says_what_to_do_in_the_documentation():
    said = (Path(settings.BASE_DIR) / "docs" / "observability.md").read_text()
    told = set(re.findall(r"^### (\w+)$", said, re.MULTILINE))
    assert {rule["alert"] for rule in alerts()} == told
    links = {rule["annotations"]["action"] for rule in alerts()}
    assert links == {f"docs/observability.md#{name.lower()}" for name in told}


@pytest.mark.django_db
def test_every_metric_is_explained_and_none_that_is_not_there():
    said = (Path(settings.BASE_DIR) / "docs" / "observability.md").read_text()
    there = {f"{one.name}_total" if one.type == "counter" else one.name for one in families()}
    assert set(re.findall(r"`(hitl_[a-z_]+)`", said)) == there
