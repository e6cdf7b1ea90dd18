"""Who may take files in, and who may read the rows of them that were refused."""

from __future__ import annotations

from routing import personal
from routing.models import ItemType

TAKES_IN = "labeling.add_importrun"


def reads_refused(user: personal.User, item_type: ItemType) -> bool:
    """Return whether a person may read rows as they were sent, in which nothing personal can be hidden."""
    return user.has_perm(TAKES_IN) and not personal.hidden(item_type, user)
