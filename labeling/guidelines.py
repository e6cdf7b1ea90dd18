"""An item type's guidelines: Markdown as safe HTML."""

from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

# With HTML disabled every tag in the text is escaped, and the parser refuses javascript: and data: links.
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


@lru_cache(maxsize=256)
def render(text: str) -> SafeString:
    """Return the Markdown text as HTML that is safe to show; HTML in the text is shown as it was written."""
    tokens = _markdown.parse(text)
    for token in tokens:
        for child in token.children or ():
            if child.type == "link_open":
                # A link opens beside the page: following it must not give the item back.
                child.attrSet("target", "_blank")
                child.attrSet("rel", "noopener noreferrer")
    return mark_safe(_markdown.renderer.render(tokens, _markdown.options, {}))
