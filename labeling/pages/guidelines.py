"""An item type's guidelines: Markdown as safe HTML, and what is new in them to a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from labeling.models import Review
from labeling.pages.words import Piece, compared
from routing.models import Guidelines, ItemType

NEWS = timedelta(days=30)  # for so long a change is told to those who come back
LOOKED_AT = 500  # a person's latest answers; who hasn't met the type in these reads it all anew
KEPT = 120  # characters of unchanged text on each side of a change

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


@dataclass(frozen=True)
class News:
    """What changed in the guidelines since the version that a person has worked by."""

    since: int
    pieces: tuple[Piece, ...]


def news(item_type: ItemType, user_id: int, *, now: datetime) -> News | None:
    """Return what changed since this person's last answer to an item of this type; None where nothing did.

    One statement where the guidelines changed within 30 days (the first page of a process asks once more for
    their texts), else none.
    """
    number = item_type.guidelines_version
    if number == 1 or _version(item_type.pk, number).created_at <= now - NEWS:
        return None
    seen = _last_seen(user_id, item_type)
    if seen is None or seen >= number:
        return None
    return News(seen, changes(item_type.pk, seen, number))


def _last_seen(user_id: int, item_type: ItemType) -> int | None:
    """Return by which version this person last answered an item of this type."""
    latest = Review.objects.filter(user=user_id).order_by("-created_at")
    rows = latest.values_list("item__item_type", "guidelines")[:LOOKED_AT]
    return next((number for kept, number in rows if kept == item_type.pk), None)


@lru_cache(maxsize=256)
def _version(item_type_id: int, number: int) -> Guidelines:
    """Return one version, which never changes."""
    return Guidelines.objects.get(item_type=item_type_id, number=number)


@lru_cache(maxsize=256)
def changes(item_type_id: int, before: int, after: int) -> tuple[Piece, ...]:
    """Return the text of one version with what changed since another, long unchanged text shortened."""
    pieces = compared(_version(item_type_id, before).text, _version(item_type_id, after).text)
    return tuple(_shortened(piece) for piece in pieces)


def _shortened(piece: Piece) -> Piece:
    """Return the piece with the middle of long unchanged text left out."""
    if piece.kind != "same" or len(piece.text) <= 3 * KEPT:
        return piece
    return Piece("same", f"{piece.text[:KEPT]} … {piece.text[-KEPT:]}")
