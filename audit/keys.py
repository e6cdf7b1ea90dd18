"""API keys: make one, find the one that a text names, revoke one.

A key reads hitl_PREFIX_SECRET. The secret is 32 random bytes, so a plain SHA-256 of it can't be guessed back
and no slow password hash is needed.
"""

import hashlib
import secrets
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef
from django.utils import timezone

from audit import trail
from audit.models import ApiKey
from audit.scopes import SCOPES, beyond
from audit.trail import Actor, actor_name

BRAND = "hitl"
PREFIX = 8  # characters
# The groups of a key's user, by name: they come with the key, in one statement.
GROUPS = ArraySubquery(Group.objects.filter(user=OuterRef("user")).values("name"))
# Made once: making it anew would cost each request a quarter of a millisecond.
_WHOLE = ApiKey.objects.select_related("user").annotate(groups=GROUPS)


# The rooms above, which know the item types, say how to find out which of these short names there are.
_known_types: list[Callable[[Collection[str]], Collection[str]]] = []


def register_item_types(known: Callable[[Collection[str]], Collection[str]]) -> None:
    """Take over which item types there are: `known` returns those of the short names given that exist."""
    _known_types[:] = [known]


def unknown_item_types(slugs: Collection[str]) -> list[str]:
    """Return those of the short names that no item type has, in the order given."""
    found = {slug for known in _known_types for slug in known(slugs)}
    return [slug for slug in slugs if slug not in found]


def create_key(
    user: User,
    *,
    name: str,
    scopes: Iterable[str],
    item_types: Iterable[str] = (),
    expires_at: datetime | None = None,
    most_a_minute: int | None = None,
    by: Actor,
) -> tuple[ApiKey, str]:
    """Make a key, for these `item_types` alone where any are named, and return it with its text, shown once.

    Raises ValueError, naming the valid ones, where a scope is unknown or none is given; so for item types.
    Scopes beyond what the user's roles allow are the caller's to give, or to refuse (`too_much`).
    """
    wanted, types = sorted(set(scopes)), sorted(set(item_types))
    _refuse_unknown(wanted)
    _refuse_unknown_types(types)
    prefix, secret = secrets.token_hex(PREFIX // 2), secrets.token_hex(32)
    more = _beyond(user, wanted)
    with transaction.atomic():
        key = ApiKey.objects.create(
            user=user,
            name=name,
            prefix=prefix,
            hash=_hash(secret),
            scopes=wanted,
            by_role=[scope for scope in wanted if scope not in more],
            item_types=types,
            expires_at=expires_at,
            most_a_minute=most_a_minute,
            created_by=actor_name(by),
        )
        about = {"user": user.get_username(), "name": name, "prefix": prefix, "scopes": wanted}
        limits = {"expires_at": expires_at, "most_a_minute": most_a_minute}
        trail.record("key.created", key, by=by, **about, item_types=types, **limits)
    return key, f"{BRAND}_{prefix}_{secret}"


def too_much(user: User, scopes: Collection[str]) -> str | None:
    """Return which of these scopes no role of a person allows, as a sentence; None where all are allowed."""
    if not (more := _beyond(user, scopes)):
        return None
    groups = ", ".join(sorted(user.groups.values_list("name", flat=True)))
    said = f"{user} is in {groups or 'no group'} and may not use {', '.join(more)}"
    return f"{said}: give them a role that may, or leave that out."


def withheld(key: ApiKey) -> list[str]:
    """Return the scopes of a key, read with GROUPS as `groups`, that its user has lost with a role.

    Whoever has the server's command line may give a key more than roles allow: that is not lost with one.
    """
    return [] if key.user.is_superuser else beyond(key.groups, key.by_role)


def _beyond(user: User, scopes: Collection[str]) -> list[str]:
    groups = user.groups.values_list("name", flat=True)
    return [] if user.is_superuser else beyond(groups, scopes)


def _refuse_unknown_types(slugs: Collection[str]) -> None:
    if missing := unknown_item_types(slugs):
        raise ValueError(f"There is no item type {', '.join(missing)}.")


def _refuse_unknown(scopes: list[str]) -> None:
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        said = f"Unknown scope {', '.join(unknown)}" if unknown else "A key needs a scope"
        raise ValueError(f"{said}; valid are {' '.join(SCOPES)}.")


def rotate(key: ApiKey, *, by: Actor, grace: timedelta | None = None) -> str:
    """Give a key a new secret and return its text, shown once; the old one works for `grace` longer.

    Without `grace` that is HITL_KEY_GRACE_HOURS; not beyond the age that HITL_KEY_MAX_DAYS allows, so that a
    secret refused for its age stays so. One before the old one ends at once. Raises ValueError for a key
    that is revoked.
    """
    now, secret = timezone.now(), secrets.token_hex(32)
    grace = timedelta(hours=settings.HITL_KEY_GRACE_HOURS) if grace is None else grace
    with transaction.atomic():
        row = ApiKey.objects.select_for_update().select_related("user").get(pk=key.pk)
        if row.revoked_at:
            raise ValueError(f"Key {row} was revoked: make a new one.")
        row.old_hash, row.old_until = row.hash, min(filter(None, [now + grace, ends_at(row)]))
        row.hash, row.rotated_at = _hash(secret), now
        row.save(update_fields=["hash", "old_hash", "old_until", "rotated_at"])
        about = {"user": row.user.get_username(), "prefix": row.prefix, "old_until": row.old_until}
        trail.record("key.rotated", row, by=by, **about)
    return f"{BRAND}_{row.prefix}_{secret}"


def ends_at(key: ApiKey) -> datetime | None:
    """Return when a key stops working by itself: expired, or its secret too old; None where it does not."""
    ends = [key.expires_at] if key.expires_at else []
    if most := settings.HITL_KEY_MAX_DAYS:
        ends.append((key.rotated_at or key.created_at) + timedelta(days=most))
    return min(ends, default=None)


def ending(within: timedelta) -> list[ApiKey]:
    """Return the keys in use that stop working by themselves within a time, the next first."""
    now = timezone.now()
    alive = ApiKey.objects.filter(revoked_at=None, user__is_active=True).select_related("user")
    ends = [(end, key) for key in alive if (end := ends_at(key)) and now < end <= now + within]
    return [key for _, key in sorted(ends, key=lambda one: (one[0], one[1].pk))]


def find_key(text: str) -> ApiKey | None:
    """Return the key whose text this is, with its user and `groups`, be it usable or not; None for any other.

    Of a key that was rotated the earlier text finds it too, marked as `replaced`.
    """
    brand, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    if brand != BRAND or not (prefix.isascii() and prefix.isalnum()):
        return None
    key = _WHOLE.filter(prefix=prefix).first()
    # An unknown prefix costs the same comparison, so that timing tells nothing about which ones exist.
    hashed = _hash(secret)
    same = secrets.compare_digest(hashed, key.hash if key else "0" * 64)
    old = secrets.compare_digest(hashed, (key.old_hash if key else "") or "0" * 64)
    if key and old:
        key.replaced = True
    return key if key and (same or old) else None


def refusal(key: ApiKey, *, now: datetime) -> str | None:
    """Return why a key may not be used at a time, as a sentence; None where it may."""
    if key.revoked_at:
        return "This API key was revoked."
    if key.expires_at and key.expires_at <= now:
        return "This API key has expired."
    if getattr(key, "replaced", False) and key.old_until <= now:
        return "This API key was rotated: its earlier secret is refused now. Use the new one."
    if (end := ends_at(key)) and end <= now:
        return f"This API key is older than {settings.HITL_KEY_MAX_DAYS} days: it must be rotated."
    if not key.user.is_active:
        return "The user of this API key is inactive."
    return None


@transaction.atomic
def revoke(key: ApiKey, *, by: Actor) -> bool:
    """Revoke a key for good; false where somebody had before."""
    now, actor = timezone.now(), actor_name(by)
    mine = ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now, revoked_by=actor)
    if mine:
        key.revoked_at, key.revoked_by = now, actor
        trail.record("key.revoked", key, by=by, user=key.user.get_username(), prefix=key.prefix)
    return bool(mine)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
