"""What a key may be allowed to do, and which groups may do the same when signed in."""

from collections.abc import Collection, Iterable

# A key needs the scope itself; a person signed in by session needs one of the groups.
SCOPES: dict[str, frozenset[str]] = {
    "items:write": frozenset({"admins", "clients"}),
    "items:erase": frozenset({"admins", "compliance"}),
    "items:read": frozenset({"leads", "admins", "compliance", "clients"}),
    "reviews:write": frozenset({"reviewers", "experts", "leads"}),
    "labels:read": frozenset({"leads", "admins", "compliance"}),
    "labels:train": frozenset({"leads", "admins", "compliance"}),
    "labels:write": frozenset({"leads", "admins"}),
    "models:read": frozenset({"leads", "admins", "compliance"}),
    "models:write": frozenset({"admins"}),
    "audit:read": frozenset({"compliance", "admins"}),
    "metrics:read": frozenset({"leads", "admins", "compliance"}),
}

# Who has the second may do what the first allows, and more.
WIDER = {"labels:train": "labels:read"}


def allows(scopes: Collection[str], wanted: str) -> bool:
    """Return whether a key with these scopes may do what the wanted one allows."""
    return wanted in scopes or WIDER.get(wanted) in scopes


def beyond(groups: Collection[str], scopes: Iterable[str]) -> list[str]:
    """Return the scopes that none of these groups may use, in the order given."""
    return [scope for scope in scopes if SCOPES[scope].isdisjoint(groups)]
