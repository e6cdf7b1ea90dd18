"""The error that an item type may make: as its admin states it, and what a proof of another one is worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from routing.models import ItemType

SAME = ("of", "by", "simultaneous")


def stated(item_type: ItemType) -> dict[str, Any]:
    """Return the target as the admin has typed it, and of what it is to be proven."""
    return {
        "alpha": item_type.target_alpha,
        "delta": item_type.target_delta,
        "of": item_type.target_of,
        "by": item_type.certify_by,
        "simultaneous": item_type.simultaneous,
    }


def implied(proven: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Return whether what is proven of one target is proven of the other too."""
    same = all(proven[name] == wanted[name] for name in SAME)
    return same and proven["alpha"] <= wanted["alpha"] and proven["delta"] <= wanted["delta"]


def asked(proven: Mapping[str, Any] | None, published: Mapping[str, Any] | None) -> bool:
    """Return whether what is proven of a target is what a published policy asks for.

    A target that is only typed counts for nothing: one admin alone could raise it, and then put in force what
    the certifier proves of it. A policy of before targets were kept, or a proof without one, is let through.
    """
    return not proven or not published or implied(proven, published)
