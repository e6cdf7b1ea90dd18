"""What a client says of an item in Markdown."""

from time import process_time

import pytest

from labeling.pages import described


def test_markdown_is_rendered_and_tags_are_shown_as_written():
    assert described.render("**Two** <b>") == "<p><strong>Two</strong> &lt;b&gt;</p>\n"


def test_a_long_text_is_shown_as_it_was_written():
    text = "**Two**\n\n<b>" + " a" * described.LONGEST
    assert described.render(text).startswith("<p>**Two**</p>\n\n<p>&lt;b&gt; a a")


@pytest.mark.parametrize("bit", ["*a ", "***a ", "[a](", "![", "`", "<a "])
def test_no_text_of_any_length_takes_long(bit):
    begun = process_time()
    described.render(bit * (described.LONGEST // len(bit)))
    described.render(bit * (100_000 // len(bit)))
    assert process_time() - begun < 3  # it was 8 seconds
