"""What the how-tos say works: their code is executed as it stands, and what it makes is used."""

import re
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from django.template import engines

from labeling.pages.previewing import preview
from learning.learners import catalogue
from learning.sampling import strategies
from routing import kinds
from routing.router import Entry
from tests import factories

DOCS = Path(__file__).resolve().parents[2] / "docs"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def followed(name, language="python"):
    """Return the names that the blocks of a page define, executed in order, its assertions among them."""
    made = ModuleType(name.replace("-", "_"))
    for spoken, code in BLOCK.findall((DOCS / f"{name}.md").read_text()):
        if spoken == language:
            exec(compile(code, f"docs/{name}.md", "exec"), vars(made))
    return made


def test_a_learner_that_follows_the_page_is_found_by_its_path_and_learns(monkeypatch):
    made = followed("how-to-learner")
    monkeypatch.setitem(sys.modules, made.__name__, made)
    learner = catalogue.find("centroids", {"centroids": f"{made.__name__}.Centroids"})
    rows, y = np.eye(4, dtype=np.float32), np.array([0, 0, 1, 1])
    setting = next(iter(learner.settings(rows, y, 0, "cpu").values()))
    predictor = setting.fit(rows, y, np.ones(4), 2, 0)
    assert (learner.dense, predictor.logits(rows).argmax(axis=1).tolist()) == (True, [0, 0, 1, 1])


def test_a_strategy_that_follows_the_page_takes_what_its_score_says():
    made = followed("how-to-strategy")
    assert "flatness" not in strategies.STRATEGIES  # else the page names one that there is
    assert made.flatness_scores(np.array([[1.0, 0.0], [0.5, 0.5]])).tolist() == [0.0, 1.0]


@pytest.mark.django_db
def test_a_kind_that_follows_the_page_is_shown_to_reviewers(monkeypatch, rita):
    kind = followed("how-to-kind").Position()
    monkeypatch.setitem(kinds.KINDS, kind.name, kind)
    item_type = factories.item_type("boards")
    item_type.kind = kind.name  # the database takes it once the migration is made
    shown = preview(item_type, Entry("a", {"board": "x.o......"}), by=rita)
    blocks = BLOCK.findall((DOCS / "how-to-kind.md").read_text())
    page = next(code for spoken, code in blocks if spoken == "html")
    html = engines["django"].from_string(page).render({"page": shown, "frame": "labeling/preview.html"})
    assert re.findall(r'name="number" value="(\d)"', html) == ["2", "4", "5", "6", "7", "8", "9"]


def test_the_tutorials_pictures_are_there_and_small():
    named = set(re.findall(r"\(pictures/([\w-]+\.png)\)", "".join(p.read_text() for p in DOCS.glob("*.md"))))
    sizes = {name: (DOCS / "pictures" / name).stat().st_size for name in named}
    assert [name for name, size in sizes.items() if size > 150_000] == []
