"""How the admin lays out values."""

from routing.admin.show import laid_out


def test_of_many_numbers_the_first_are_shown_and_of_few_all():
    shown = laid_out({"embedding": [0.5] * 384, "features": [0.25] * 64})
    assert (shown.count("0.5"), shown.count("0.25")) == (8, 64)
    assert "… (384 numbers)" in shown
