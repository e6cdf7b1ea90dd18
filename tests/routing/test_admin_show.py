"""How the admin lays out values."""

import html

from routing.admin.show import laid_out


def test_of_many_numbers_the_first_are_shown_and_of_few_all():
    shown = laid_out({"embedding": [0.5] * 384, "features": [0.25] * 64})
    assert (shown.count("0.5"), shown.count("0.25")) == (8, 64)
    assert "… (384 numbers)" in shown


def test_a_list_of_numbers_stands_on_one_line_and_text_as_it_was_sent():
    sent = {"features": [0.5, -1, 2e-05], "text": "[\n 1 ]", "odd": "[" + "1" * 999}
    shown = html.unescape(laid_out(sent))
    assert '"features": [0.5, -1, 2e-05],' in shown
    assert ('"text": "[\\n 1 ]"' in shown, "1" * 999 in shown) == (True, True)
