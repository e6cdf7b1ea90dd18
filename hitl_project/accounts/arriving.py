"""A person whom a sign-in provider vouches for: found by issuer and subject, given the roles it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, transaction

from audit import sessions, trail
from audit.models import Identity
from audit.trail import Actor
from hitl_project.accounts import claims as claimed

BY = "system:oidc"
INACTIVE = "Your account is switched off. Ask an admin."
NO_ROLE = "You have no role on this server. Ask an admin for one, and sign in again."
TAKEN = "This sign-in belongs to another account already. An admin can unlink it there."
ANOTHER = "Your account is linked to somebody else at your organisation. An admin can unlink that."


class Refused(Exception):
    """Why somebody whom the provider knows may not come in, in words for them."""


def arrive(claims: Mapping[str, Any], *, issuer: str) -> User:
    """Return the person whom checked claims are about, with the roles that they say; makes who is new.

    Nobody is found by name or e-mail: only by issuer and subject. Raises Refused for the inactive, and for
    who has no role where HITL_OIDC_GROUP_ROLES says which groups give one.
    """
    try:
        with transaction.atomic():
            return _arrive(claims, issuer)
    except IntegrityError:  # somebody's first two sign-ins at once: the other was first
        with transaction.atomic():
            return _arrive(claims, issuer)


@transaction.atomic
def link(user: User, claims: Mapping[str, Any], *, issuer: str) -> None:
    """Let a signed-in person sign in with this provider from now on.

    Raises Refused where somebody else does so already, or this person as another one of the provider's.
    """
    User.objects.select_for_update().get(pk=user.pk)
    found = Identity.objects.filter(issuer=issuer, subject=claims["sub"]).first()
    if found and found.user_id != user.pk:
        raise Refused(TAKEN)
    if found is None and Identity.objects.filter(issuer=issuer, user=user).exists():
        raise Refused(ANOTHER)
    if found is None:
        Identity.objects.create(user=user, issuer=issuer, subject=claims["sub"])
        trail.record("user.identity_linked", user, by=user, issuer=issuer)


def may_link(user: User) -> bool:
    """Return whether this person, who has a password to prove it, is not linked to the provider yet."""
    linked = Identity.objects.filter(issuer=settings.HITL_OIDC_ISSUER, user=user).exists()
    return bool(settings.HITL_OIDC_ISSUER) and user.has_usable_password() and not linked


@transaction.atomic
def unlink(identity: Identity, *, by: Actor) -> None:
    """Let nobody sign in to an account with this identity any more; what the provider gave goes with it."""
    identity = Identity.objects.select_for_update(of=("self",)).select_related("user").get(pk=identity.pk)
    user = identity.user
    _regroup(identity, [])
    identity.delete()
    trail.record("user.identity_unlinked", user, by=by, username=user.username, issuer=identity.issuer)
    sessions.end(user, why="unlinked from the provider", by=by)


def _arrive(claims: Mapping[str, Any], issuer: str) -> User:
    theirs = claimed.groups_of(claims, settings.HITL_OIDC_GROUPS_CLAIM)
    mapping = settings.HITL_OIDC_GROUP_ROLES
    wanted = claimed.roles_of(theirs, mapping)
    identities = Identity.objects.select_for_update(of=("self",)).select_related("user")
    identity = identities.filter(issuer=issuer, subject=claims["sub"]).first()
    if identity is None and mapping and not wanted:
        raise Refused(NO_ROLE)
    identity = identity or _new(claims, issuer)
    if not identity.user.is_active:
        raise Refused(INACTIVE)
    _regroup(identity, wanted)
    return identity.user


def admitted(user: User) -> None:
    """Raise Refused where roles come from the provider and this person has none, of its or by hand."""
    if settings.HITL_OIDC_GROUP_ROLES and not (user.is_superuser or user.groups.exists()):
        raise Refused(NO_ROLE)


def _new(claims: Mapping[str, Any], issuer: str) -> Identity:
    wish = claimed.username_of(claims)
    taken = set(User.objects.filter(username__startswith=wish).values_list("username", flat=True))
    user = User(username=claimed.username_of(claims, taken=taken))
    user.first_name, user.last_name = _text(claims, "given_name"), _text(claims, "family_name")
    if claims.get("email_verified") is True:
        user.email = _text(claims, "email", longest=254)
    user.set_unusable_password()
    user.save(force_insert=True)
    trail.record("user.arrived", user, by=BY, username=user.username, issuer=issuer)
    return Identity.objects.create(user=user, issuer=issuer, subject=claims["sub"])


def _regroup(identity: Identity, wanted: list[str]) -> None:
    """Give and take the groups of the provider; those given here by hand stay."""
    user = identity.user
    known = {row.name: row for row in Group.objects.filter(name__in={*wanted, *identity.roles})}
    held = set(user.groups.values_list("name", flat=True))
    gains, loses, given = claimed.regrouped(held, identity.roles, [one for one in wanted if one in known])
    if given != identity.roles:
        identity.roles = given
        identity.save(update_fields=["roles"])
    if not gains and not loses:
        return
    user.groups.add(*(known[name] for name in gains))
    user.groups.remove(*(known[name] for name in loses))
    data = {"before": sorted(held), "after": sorted((held | set(gains)) - set(loses))}
    missing = sorted(set(wanted) - set(known))
    trail.record("user.regrouped", user, by=BY, **data, **({"no_such_group": missing} if missing else {}))
    if loses:
        sessions.end(user, why="roles taken away", by=BY)


def _text(claims: Mapping[str, Any], name: str, longest: int = 150) -> str:
    value = claims.get(name)
    if not isinstance(value, str):
        return ""
    return value.encode(errors="ignore").decode().replace("\x00", "")[:longest]
