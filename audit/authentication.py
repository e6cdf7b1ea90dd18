"""Who calls the API, and whether they may: Bearer keys with scopes, or a session with a group."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from audit import keys
from audit import request as current_request
from audit.models import ApiKey
from audit.scopes import SCOPES, allows
from audit.throttling.keys import seconds_to_wait

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which itself imports this module, by its name in the settings

SCHEME = "Bearer"
USED_EVERY = timedelta(minutes=1)


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key>`; the request acts for the key's user, and `request.auth` is the key."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """Return user and key, or None where no such header came.

        401 for a key that may not be used, 429 for one that was used too often.
        """
        scheme, *rest = get_authorization_header(request).split() or [b""]
        if scheme.lower() != SCHEME.lower().encode():
            return None
        key = keys.find_key(rest[0].decode("latin-1")) if len(rest) == 1 else None
        if key is None:
            raise AuthenticationFailed("This API key is not valid.")
        now = timezone.now()
        if why := keys.refusal(key, now=now):
            raise AuthenticationFailed(why)
        current_request.used_key(key.prefix, key.user_id)
        # A throttle of the framework's own would come after the permissions: what they refuse had no end.
        if wait := seconds_to_wait(key):
            raise Throttled(wait)
        stale = now - USED_EVERY
        if key.last_used_at is None or key.last_used_at < stale:
            unused = Q(last_used_at__isnull=True) | Q(last_used_at__lt=stale)
            ApiKey.objects.filter(unused, pk=key.pk).update(last_used_at=now)
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        """Return what a 401 says in WWW-Authenticate."""
        return f'{SCHEME} realm="api"'


class HasScope(BasePermission):
    """Allow who has the scope that the view's `required_scopes` names; a view that names none is closed.

    `required_scopes` is one scope for all methods, or a scope by method: {"GET": "items:read"}. For a session
    the groups of scopes.SCOPES count, and a superuser's may all; for a key its scopes, but for those that
    were its user's by a role that they no longer have.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Return whether the caller may use this method of the view; nobody known means 401."""
        if not request.user or not request.user.is_authenticated:
            return False
        if request.method not in view.allowed_methods:
            return True  # there is nothing to guard: the view answers 405
        scope = required_scope(view, request.method)
        if scope is None:
            self.message = "Nobody may do this here."
            return False
        allowed = may(request, scope)
        lost = not allowed and isinstance(request.auth, ApiKey) and scope in keys.withheld(request.auth)
        whose = ", which this key has lost with a role of its user" if lost else ""
        self.message = f"This needs the scope {scope}{whose}."
        return allowed


def may(request: Request, scope: str) -> bool:
    """Return whether the caller, with a key or signed in, may do what a scope allows."""
    key = request.auth
    if not isinstance(key, ApiKey):
        return person_may(request.user, scope)
    lost = keys.withheld(key)
    return allows([one for one in key.scopes if one not in lost], scope)


def required_scope(view: Any, method: str) -> str | None:
    """Return the scope that a method of a view asks for; None where the view names none."""
    scopes = getattr(view, "required_scopes", None)
    if scopes is None or isinstance(scopes, str):
        return scopes
    if method == "OPTIONS":
        return next(iter(scopes.values()), None)
    return scopes.get("GET" if method == "HEAD" else method)


def person_may(user: User, scope: str) -> bool:
    """Return whether a signed-in person may do what a scope allows a key."""
    if user.is_superuser:
        return True
    return user.groups.filter(name__in=SCOPES[scope]).exists()


class ApiKeyScheme(OpenApiAuthenticationExtension):
    """Say in the OpenAPI document how a key is sent."""

    target_class = "audit.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return the security scheme object."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "hitl_PREFIX_SECRET"}
