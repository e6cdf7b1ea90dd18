"""Keys are made once, found by their text alone, and revoked once."""

import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone

from audit import keys
from audit.models import ApiKey, AuditEvent
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita():
    return factories.person("rita", "leads")


def make(user, **fields):
    """Return a new key and its text."""
    return keys.create_key(user, **({"name": "k", "scopes": ["items:read"], "by": "system:test"} | fields))


def test_a_key_keeps_the_hash_of_its_secret_only(rita):
    key, text = make(rita)
    brand, prefix, secret = text.split("_")
    assert (brand, prefix, len(prefix), len(bytes.fromhex(secret))) == ("hitl", key.prefix, 8, 32)
    row = ApiKey.objects.values().get()
    assert row["hash"] == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in str(row)


def test_a_key_is_found_by_its_text(rita, django_assert_num_queries):
    key, text = make(rita)
    make(rita)
    with django_assert_num_queries(1):
        assert keys.find_key(text).user == key.user


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[:-1] + ("0" if text[-1] != "0" else "1"),
        lambda text: text.replace("hitl", "gitl"),
        lambda text: text[:13],
        lambda text: "hitl_00000000_" + text[14:],
        lambda text: "hitl_\x00_x",
        lambda text: "",
        lambda text: text + " ",
        lambda text: text.upper(),
    ],
)
def test_no_other_text_finds_it(rita, change):
    assert keys.find_key(change(make(rita)[1])) is None


@pytest.mark.parametrize(
    ("scopes", "said"),
    [(["items:read", "items:eat"], "Unknown scope items:eat"), ([], "A key needs a scope")],
)
def test_scopes_must_be_known_and_some(rita, scopes, said):
    with pytest.raises(ValueError, match=f"{said}; valid are items:write items:erase") as caught:
        make(rita, scopes=scopes)
    assert "metrics:read" in str(caught.value)


def test_a_key_remembers_which_scopes_its_users_roles_allowed(rita, admin_user):
    scopes = ["audit:read", "items:read"]
    assert [make(user, scopes=scopes)[0].by_role for user in (rita, admin_user)] == [["items:read"], scopes]


def test_making_and_revoking_are_recorded_without_the_secret(rita):
    key, text = make(rita, scopes=["labels:read", "items:read"])
    assert (keys.revoke(key, by=rita), keys.revoke(key, by=rita)) == (True, False)
    made, revoked = AuditEvent.objects.all()
    assert made.data == {
        "user": "rita",
        "name": "k",
        "prefix": key.prefix,
        "scopes": ["items:read", "labels:read"],
        "expires_at": None,
        "most_a_minute": None,
        "item_types": [],
    }
    assert (made.actor, revoked.actor, revoked.verb) == ("system:test", "user:rita", "key.revoked")
    assert text.split("_")[2] not in made.body + revoked.body


def test_a_revoked_key_names_when_and_by_whom(rita):
    key, _ = make(rita)
    keys.revoke(key, by=rita)
    key.refresh_from_db()
    assert (key.revoked_by, key.revoked_at is not None) == ("user:rita", True)


def test_a_key_that_may_not_be_used_says_why(rita):
    now = timezone.now()
    key, _ = make(rita, expires_at=now)
    assert keys.refusal(key, now=now - timedelta(seconds=1)) is None
    assert keys.refusal(key, now=now) == "This API key has expired."
    key.user.is_active = False
    assert keys.refusal(key, now=now - timedelta(seconds=1)) == "The user of this API key is inactive."
    keys.revoke(key, by=None)
    assert keys.refusal(key, now=now) == "This API key was revoked."


def test_a_rotated_key_has_a_new_text_and_the_old_one_works_for_the_days_of_grace(rita, time_machine):
    time_machine.move_to(timezone.now())
    key, old = make(rita)
    new = keys.rotate(key, by="system:test", grace=timedelta(hours=1))
    found = [keys.find_key(text) for text in (old, new)]
    assert [keys.refusal(one, now=timezone.now()) for one in found] == [None, None]
    later = timezone.now() + timedelta(hours=1)
    refused = keys.refusal(found[0], now=later)
    assert ("earlier secret" in refused, keys.refusal(found[1], now=later)) == (True, None)
    event = AuditEvent.objects.get(verb="key.rotated")
    assert (event.data["prefix"], new.split("_")[2] in str(event.data)) == (key.prefix, False)


def test_a_secret_that_is_refused_for_its_age_is_not_let_in_again_by_rotating(rita, settings, time_machine):
    settings.HITL_KEY_MAX_DAYS = 30
    time_machine.move_to(timezone.now())
    key, old = make(rita)
    time_machine.shift(timedelta(days=30))
    assert "must be rotated" in keys.refusal(keys.find_key(old), now=timezone.now())
    new = keys.rotate(key, by="system:test")
    said = [keys.refusal(keys.find_key(text), now=timezone.now()) for text in (old, new)]
    assert ("earlier secret" in said[0], said[1]) == (True, None)


def test_a_key_rotated_twice_has_forgotten_its_first_text(rita):
    key, first = make(rita)
    keys.rotate(key, by="system:test")
    keys.rotate(key, by="system:test")
    assert keys.find_key(first) is None


def test_a_revoked_key_is_not_rotated(rita):
    key, _ = make(rita)
    keys.revoke(key, by="system:test")
    with pytest.raises(ValueError, match="was revoked"):
        keys.rotate(key, by="system:test")


def test_a_secret_older_than_the_most_days_is_refused_until_it_is_rotated(rita, settings):
    settings.HITL_KEY_MAX_DAYS = 90
    key, _ = make(rita)
    key.created_at -= timedelta(days=90)
    key.save()
    assert "older than 90 days" in keys.refusal(key, now=timezone.now())
    assert keys.refusal(keys.find_key(keys.rotate(key, by="system:test")), now=timezone.now()) is None


def test_keys_that_end_soon_are_told_with_the_next_first(rita, settings):
    now = timezone.now()
    ends = {name: make(rita, name=name, expires_at=now + timedelta(days=days))[0].name
            for name, days in (("later", 9), ("soon", 3), ("far", 40))}  # fmt: skip
    make(rita, name="never")
    assert [key.name for key in keys.ending(timedelta(days=14))] == [ends["soon"], ends["later"]]
    settings.HITL_KEY_MAX_DAYS = 10
    assert [key.name for key in keys.ending(timedelta(days=14))] == ["soon", "later", "far", "never"]
