"""Callers of the API for tests: a client with a key of some scopes."""

from django.contrib.auth.models import Group, User
from rest_framework.test import APIClient

from audit import keys
from audit.scopes import SCOPES, beyond
from tests import factories

ITEM = {
    "item_type": "sentiment",
    "item_ref": "r-1",
    "payload": {"text": "The room was fine, the view was not."},
    "predictions": [{"model": "clf@3", "label": "negative", "confidence": 0.85}],
}


def caller(*scopes: str, user: User | None = None) -> APIClient:
    """Return a client whose key has these scopes, of a user who may use them; made where none is given."""
    user = user or factories.person(f"caller-{User.objects.count()}")
    for scope in beyond(user.groups.values_list("name", flat=True), scopes):
        role = next(one for one in ("clients", "reviewers", "admins") if one in SCOPES[scope])
        user.groups.add(Group.objects.get_or_create(name=role)[0])
    _, text = keys.create_key(user, name="test", scopes=scopes, by="system:test")
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {text}")
    client.user = user
    return client


def item(ref: str = "r-1", confidence: float | None = 0.85, **fields: object) -> dict:
    """Return the body of an item; without confidence no model has answered."""
    said = [] if confidence is None else [{"model": "clf@3", "label": "negative", "confidence": confidence}]
    return {**ITEM, "item_ref": ref, "predictions": said} | fields


def attrs(response: object) -> list[tuple[str, str | None]]:
    """Return code and field of every error in an answer."""
    return [(error["code"], error["attr"]) for error in response.json()["errors"]]
