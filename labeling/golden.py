"""Cases kept to teach: what was asked, what the model said, what a person made of it."""

from labeling.models import GoldenExample, Review
from routing.kinds import KINDS
from routing.models import Item


def keep(item: Item, review: Review) -> GoldenExample | None:
    """Keep an approved or edited answer as a golden example, where the item's kind has something to teach.

    Held-out items are never kept: what judges a model must not be shown to it.
    """
    if review.label is None or item.held_out:
        return None
    lesson = KINDS[item.item_type.kind].lesson(item.payload)
    if lesson is None:
        return None
    return GoldenExample.objects.create(
        item_type=item.item_type,
        item=item,
        review=review,
        query=lesson.query,
        context=lesson.context,
        output=lesson.output,
        edited_output=review.label,
        created_at=review.created_at,
    )
