"""Signed-in people for tests, one of each role."""

from django.test import Client

from routing.roles import ROLES, ensure_roles
from tests import factories


def signed_in(*groups: str, name: str = "ada", **fields: object) -> Client:
    """Return a browser in which a new person of these groups is signed in; the roles hold their rights."""
    if any(ROLES.get(group) for group in groups):
        ensure_roles(by="system:test")
    client = Client()
    client.user = factories.person(name, *groups, **fields)
    client.force_login(client.user, backend="django.contrib.auth.backends.ModelBackend")
    return client
