"""What a provider's claims say of a person: their groups, the roles these stand for, and a name (pure)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from typing import Any

LONGEST_NAME = 150
UNFIT = re.compile(r"[^\w.@+-]+")


def value_at(claims: Mapping[str, Any], path: str) -> Any:
    """Return the claim of this name, or the one that dots lead to: realm_access.roles; None where none is."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def groups_of(claims: Mapping[str, Any], path: str) -> list[str]:
    """Return the names of the provider's groups that a claim holds; none where it is missing or no list."""
    found = value_at(claims, path)
    if isinstance(found, str):
        return [found]
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def roles_of(groups: Iterable[str], mapping: Mapping[str, Collection[str]]) -> list[str]:
    """Return the names of our groups that the provider's stand for, each once, sorted."""
    return sorted({ours for theirs in groups for ours in mapping.get(theirs, ())})


def regrouped(
    held: Collection[str], given: Collection[str], wanted: Collection[str]
) -> tuple[list[str], list[str], list[str]]:
    """Return which groups a person gains and loses, and which the provider has given from now on.

    Of those `held`, the provider gave `given`; all others were given here by hand and are never taken away.
    """
    by_hand = set(held) - set(given)
    gains = set(wanted) - set(held)
    loses = (set(given) & set(held)) - set(wanted)
    return sorted(gains), sorted(loses), sorted(set(wanted) - by_hand)


def username_of(claims: Mapping[str, Any], *, taken: Collection[str] = ()) -> str:
    """Return a username for a new person, from what the provider calls them, that nobody has."""
    wish = claims.get("preferred_username")
    wish = wish if isinstance(wish, str) and wish.strip() else str(claims["sub"])
    # Normalised as Django's own forms do it: else a name could look like another's and not be it.
    plain = unicodedata.normalize("NFKC", wish).strip()
    base = UNFIT.sub("-", plain).strip("-")[: LONGEST_NAME - 5] or "person"
    number, name = 1, base
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    return name
