"""No cell of a CSV is a formula, and every text comes back as it was."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from audit.spreadsheets import FORMULA, guarded, plain
from labeling.importing.files import table

TEXTS = st.one_of(st.text(), st.builds("".join, st.lists(st.sampled_from(["'", *FORMULA, "1+1", "cmd|"]))))


@given(TEXTS)
def test_a_guarded_text_is_no_formula_and_comes_back(text):
    assert not guarded(text).startswith(FORMULA)
    assert plain(guarded(text)) == text


def test_an_import_reads_what_a_guarded_cell_stands_for():
    file = io.StringIO()
    csv.writer(file).writerows([["a", "b"], [guarded("=1+1"), guarded("'-2")], ["-1", "it's"]])
    file.seek(0)
    assert [row.value for row in table(file)] == [{"a": "=1+1", "b": "'-2"}, {"a": "-1", "b": "it's"}]
