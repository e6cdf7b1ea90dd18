"""The latest items of a type, read by the index whatever else the table holds."""

from __future__ import annotations

from routing.models.choices import Status

# The newest of each status by its index, then the newest of those: a rare type costs no more than another.
_RECENT = """
    SELECT item.* FROM unnest(%(statuses)s::text[]) AS one(status)
    CROSS JOIN LATERAL (
        SELECT COLUMNS FROM routing_item
        WHERE item_type_id = %(item_type)s AND status = one.status ORDER BY id DESC LIMIT %(last)s
    ) item
    ORDER BY item.id DESC LIMIT %(last)s
"""


def sql(*columns: str) -> str:
    """Return the statement that reads these columns; it takes what `values` returns."""
    return _RECENT.replace("COLUMNS", ", ".join(columns))


def values(item_type: int, last: int) -> dict[str, object]:
    """Return what the statement is given to read the last items of this type."""
    return {"statuses": list(Status.values), "item_type": item_type, "last": last}
