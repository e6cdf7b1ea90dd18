"""The parts of documentation pages that benches write, between two marks of a name."""

import re
from pathlib import Path


def put(page: Path, name: str, text: str) -> None:
    """Write the text between the page's marks of this name; ValueError where the page has no such marks."""
    marks = re.compile(rf"(<!-- {name}: [^\n]* -->\n).*?(<!-- end of the {name} -->)", re.S)
    written, found = marks.subn(lambda mark: mark[1] + text.rstrip() + "\n" + mark[2], page.read_text())
    if not found:
        raise ValueError(f"{page} lacks the lines <!-- {name}: … --> and <!-- end of the {name} -->")
    page.write_text(written)
