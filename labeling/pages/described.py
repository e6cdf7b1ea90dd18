"""What a client says of an item in Markdown, as HTML that loads nothing and runs nothing."""

from __future__ import annotations

from functools import lru_cache

from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

LONGEST = 10_000  # characters; of "*a *a *a …" the parser's time grows with their square

# Without pictures: a text that somebody else wrote must not call an address when it is read.
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


@lru_cache(maxsize=256)
def render(text: str) -> SafeString:
    """Return the Markdown text as HTML that is safe to show; tags in it are shown as they were written.

    A text over LONGEST is shown as it was written, in paragraphs.
    """
    if len(text) > LONGEST:
        return linebreaks(text, autoescape=True)
    tokens = _markdown.parse(text)
    for token in tokens:
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("target", "_blank")
                child.attrSet("rel", "noopener noreferrer")
    return mark_safe(_markdown.renderer.render(tokens, _markdown.options, {}))
