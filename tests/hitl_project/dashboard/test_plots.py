"""What a chart shows, to the script and to whoever reads the table."""

from hitl_project.dashboard.plots import COUNT, Line, Plot, line

STEPS = ("Mon", "Tue")


def test_the_table_says_values_and_intervals_in_words():
    estimated = Line("Right", "--accent", (0.5, None), (0.25, None), (0.75, None))
    plot = Plot("right", "Right", "Day", STEPS, (estimated,), "share")
    cells = [(step, [(value, between)]) for step, [(value, between)] in plot.rows]
    half, low, high = (f"{share}\N{NO-BREAK SPACE}%" for share in ("50.0", "25.0", "75.0"))
    assert cells == [("Mon", [(half, f"{low} to {high}")]), ("Tue", [("–", "")])]


def test_counts_are_written_as_numbers():
    plot = Plot("went", "Went", "Day", STEPS, (line("All", "--accent", [1234, 0]),), COUNT, stacked=True)
    assert [cells for _, cells in plot.rows] == [[("1 234", "")], [("0", "")]]


def test_bars_of_nothing_are_empty_and_a_line_at_zero_is_not():
    zero, unknown = line("All", "--accent", [0, 0]), line("All", "--accent", [None, None])
    found = [
        Plot("one", "One", "Day", STEPS, (drawn,), "share", stacked=stacked).empty
        for drawn, stacked in ((zero, True), (zero, False), (unknown, False))
    ]
    assert found == [True, False, True]
