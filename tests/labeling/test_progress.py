"""Commands say how far they are: by a bar on a terminal, by a line now and then elsewhere."""

import io

import pytest

from labeling import progress
from labeling.progress import CLEAR, Progress


class Terminal(io.StringIO):
    """Something that is written to as to a terminal."""

    def isatty(self):
        return True


@pytest.mark.parametrize(("done", "shown"), [(0, "·" * 30 + "   0%"), (50, "█" * 15 + "·" * 15 + "  50%")])
def test_a_terminal_has_one_line_that_is_drawn_anew(done, shown):
    out = Terminal()
    Progress(out, 100, "rows").show(done, 1_234)
    assert out.getvalue() == f"{CLEAR}{shown}  1,234 rows"


def test_a_terminals_bar_is_full_at_the_most_and_taken_away_at_the_end():
    out = Terminal()
    shown = Progress(out, 0, "rows")
    shown.show(7, 7)
    shown.end()
    assert out.getvalue() == f"{CLEAR}{'█' * 30} 100%  7 rows{CLEAR}"


def test_elsewhere_a_line_comes_after_five_seconds(monkeypatch):
    now, out = [100.0], io.StringIO()
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    shown = Progress(out, 100, "rows")
    for after, done in ((1, 10), (5, 20), (9, 30), (11, 40)):
        now[0] = 100.0 + after
        shown.show(done, done * 10)
    shown.end()
    assert out.getvalue() == " 20%  200 rows\n 40%  400 rows\n"
