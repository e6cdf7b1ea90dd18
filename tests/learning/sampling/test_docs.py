"""What admins read of the strategies names each of them."""

import re
from pathlib import Path

from learning.sampling import STRATEGIES

DOCS = Path(__file__).parents[3] / "docs" / "sampling.md"


def test_the_docs_list_every_strategy_once():
    listed = re.findall(r"^\| `(\w+)` \|", DOCS.read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(STRATEGIES)
